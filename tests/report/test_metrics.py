"""Figures as Prometheus reads them: named in the documentation, whole in their file, with labels that name nobody."""

from __future__ import annotations

import re
import stat
from dataclasses import fields, replace
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from scanner.domain.accounts import Platform
from scanner.domain.runs import Outcome
from scanner.errors import StoreError
from scanner.report.figures import Figures
from scanner.report.metrics import METRICS, registry_of, render, write_textfile
from scanner.store.operations import Operations, Trouble
from tests.store.samples import HOUR, NOON

PAGE = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text("utf-8")
OWN = re.compile(r"scanner_[a-z_]+")

RECORD = Operations(
    succeeded_at=NOON,
    ended_at=NOON + HOUR,
    exit_code=3,
    seconds=12.5,
    requests=70,
    throttled=2,
    accounts={Outcome.COMPLETE: 3, Outcome.GONE: 1},
    posts={"mastodon": 20, "x": 4},
    troubles={Trouble.DRIFT: 5},
    waiting={"pilbup": [NOON, NOON + HOUR]},
    held=1,
    backed_up_at=NOON,
    events=44,
    paused=False,
)
FULL = Figures(
    record=RECORD,
    overdue=1,
    purge_lag_days=2,
    free_bytes=10**12,
    database_bytes=5,
    verified=40,
    verified_at=NOON,
    stale=0,
    next_due=NOON,
    interval=3 * HOUR,
    outbox=0,
)


def told(figures: Figures) -> dict[tuple[str, str], float]:
    """Return the figures as a reader finds them, by name and value of the label."""
    samples = (one for family in text_string_to_metric_families(render(figures)) for one in family.samples)
    return {(one.name, next(iter(one.labels.values()), "")): one.value for one in samples}


def test_a_reader_finds_every_figure():
    found = told(FULL)
    assert found["scanner_last_success_timestamp_seconds", ""] == NOON.timestamp()
    assert found["scanner_last_run_exit_code", ""] == 3
    assert found["scanner_accounts", "complete"] == 3
    assert found["scanner_posts", "x"] == 4
    assert found["scanner_errors_day", "drift"] == 5
    assert found["scanner_queue_items", ""] == 2
    assert found["scanner_queue_oldest_timestamp_seconds", ""] == NOON.timestamp()
    assert found["scanner_schedule_interval_seconds", ""] == 3 * 3600
    assert found["scanner_schedule_paused", ""] == 0
    assert {name for name, _ in found} == {f"scanner_{metric.name}" for metric in METRICS}


def test_outcomes_and_classes_that_did_not_occur_are_told_as_none():
    found = told(FULL)
    assert {label for name, label in found if name == "scanner_accounts"} == set(Outcome)
    assert {label for name, label in found if name == "scanner_errors_day"} == set(Trouble)
    assert found["scanner_errors_day", "key"] == 0


@pytest.mark.parametrize("name", [field.name for field in fields(Figures) if field.name != "record"])
def test_a_figure_that_is_not_known_is_left_out(name):
    assert len(told(replace(FULL, **{name: None}))) == len(told(FULL)) - 1


def test_without_the_record_what_lies_beside_it_is_told():
    found = told(replace(FULL, record=None, overdue=None))
    assert found["scanner_record_readable", ""] == 0
    assert found["scanner_free_bytes", ""] == 10**12
    assert ("scanner_accounts", "complete") not in found


def test_there_are_no_labels_but_platform_class_and_outcome():
    assert {metric.label for metric in METRICS} == {None, "platform", "class", "outcome"}
    labels = {
        pair for f in text_string_to_metric_families(render(FULL)) for s in f.samples for pair in s.labels.items()
    }
    allowed = {"platform": set(Platform), "class": set(Trouble), "outcome": set(Outcome)}
    assert all(value in allowed[name] for name, value in labels)


def test_nothing_is_told_of_the_process_or_its_python():
    assert all(name.startswith("scanner_") for name, _ in told(FULL))


def test_figures_are_read_anew_with_each_scrape():
    given = iter([FULL, replace(FULL, stale=7)])
    registry = registry_of(lambda: next(given))
    assert [registry.get_sample_value("scanner_accounts_stale") for _ in range(2)] == [0, 7]


def test_the_page_names_every_figure_with_its_label_and_no_other():
    rows = re.findall(r"^\| `(scanner_\w+)` \| (?:`(\w+)` )?\| .+ \|$", PAGE, re.MULTILINE)
    assert rows == [(f"scanner_{metric.name}", metric.label or "") for metric in METRICS]


def test_the_page_names_every_class_and_outcome():
    after = PAGE.split("Classes of")[1].split("##")[0]
    named = {
        word for cell in re.findall(r"^\| (`.+?`) \|", after, re.MULTILINE) for word in re.findall(r"`(\w+)`", cell)
    }
    assert named == set(Trouble)
    [row] = [line for line in PAGE.splitlines() if line.startswith("| `scanner_accounts` ")]
    assert set(re.findall(r"`(\w+)`", row.split("|")[3])) == set(Outcome)


def test_the_alerts_of_the_page_ask_for_figures_there_are():
    [block] = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    rules = yaml.safe_load(block)["groups"][0]["rules"]
    assert len(rules) == 3
    for rule in rules:
        asked = set(OWN.findall(rule["expr"]))
        assert asked
        assert asked <= {f"scanner_{metric.name}" for metric in METRICS}
        assert rule["expr"].count("(") == rule["expr"].count(")")


def test_the_file_is_whole_replaces_the_last_one_and_may_be_read_by_all(tmp_path):
    path = tmp_path / "scanner.prom"
    write_textfile(path, "lama\n" * 1000)
    write_textfile(path, render(FULL))
    assert path.read_text() == render(FULL)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_written_is_told_with_its_path(tmp_path):
    (tmp_path / "scanner.prom").mkdir()
    (tmp_path / "scanner.prom" / "isi").touch()
    with pytest.raises(StoreError, match=r"scanner\.prom: cannot be written"):
        write_textfile(tmp_path / "scanner.prom", "x")


def test_moments_are_times_and_no_ages():
    assert not [metric.name for metric in METRICS if "age" in metric.name.split("_")]
