"""All figures of a real workspace, and that nobody stands in them."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest

from scanner.domain.runs import Coverage, Outcome, Run, Tally
from scanner.report.metrics import METRICS, render
from scanner.schedule.lookout import look
from scanner.schedule.metering import figures_of, told, write_configured
from scanner.schedule.scraping import HOST
from scanner.store import accounts, audit, exports, pauses, runs
from scanner.workspace import Workspace
from tests.conftest import Keep
from tests.offices import copy_office, fill, make_office

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = make_office(tmp_path_factory.mktemp("office") / "w")
    fill(workspace)
    return workspace.root


@pytest.fixture
def office(made: Path, tmp_path: Path, keep: Keep) -> Workspace:
    return copy_office(made, tmp_path / "w", keep)


def test_every_figure_but_those_of_backups_and_checks_is_known(office):
    missing = {metric.name for metric in METRICS if metric.read(figures_of(office, NOW)) is None}
    assert missing <= {"last_backup_timestamp_seconds", "chain_verified_events", "chain_verified_timestamp_seconds"} | {
        "last_success_timestamp_seconds", "last_run_timestamp_seconds",
        "last_run_duration_seconds", "last_run_exit_code",
    }  # fmt: skip
    found = figures_of(office, NOW)
    assert found.stale == 3
    assert found.next_due == NOW
    assert found.interval == timedelta(minutes=office.settings.schedule.interval)
    assert found.record is not None
    assert sum(map(len, found.record.waiting.values())) == 3


def test_nobody_who_is_listed_and_nothing_they_wrote_stands_in_any_figure(office):
    """Canaries wherever a name may stand: handles, people, agencies, runs, reasons, reviewers, paths."""
    names = (
        "kenari-" + kind
        for kind in ["run", "note", "reason", "actor", "subject", "detail", "path", "by", "pause", "source"]
    )
    run, note, reason, actor, subject, detail, path, by, why, _ = names
    with office.store.lease("test") as lease:
        listed = accounts.load_accounts(lease)
        marked = [
            replace(
                one, person_id=f"kenari-p{n}", agency=f"kenari-a{n}", unit=f"kenari-u{n}", url=f"https://kenari/{n}"
            )
            for n, one in enumerate(listed)
        ]
        accounts.save_accounts(lease, marked)
        runs.start_run(
            lease,
            Run(
                id=run,
                kind="scan",
                started_at=NOW,
                ended_at=None,
                exit_code=None,
                versions="kenari-versi",
                started_by="kenari-login",
            ),
        )
        runs.finish_run(lease, run, ended_at=NOW, exit_code=3, note=note)
        for n, (one, outcome) in enumerate(zip(listed, (Outcome.PARTIAL, Outcome.BLOCKED, Outcome.GONE), strict=True)):
            text = f"{reason} {one.handle}: unexpected"
            runs.save_coverage(lease, [Coverage(f"{run}{n}", one.id, outcome, text, Tally(), 1, NOW, NOW)])
        audit.append(lease, actor=actor, action="kenari.aksi", subject=subject, detail={"x": detail}, at=NOW)
        exports.save_export(lease, exports.Export(path, "backup", NOW, by, "0" * 64, identifiable=True))
        pauses.pause(lease, until=None, reason=why, by=by, at=NOW)
        texts = [text for (text,) in lease.rows("SELECT text FROM versions")]
        codes = [code for (code,) in lease.rows("SELECT DISTINCT code FROM flag_findings")]
    text = render(figures_of(office, NOW))
    assert "scanner_schedule_paused 1.0" in text
    assert 'scanner_accounts{outcome="blocked"} 1.0' in text
    named = [one for who in marked for one in (who.id, who.handle, who.person_id, who.agency, who.unit)]
    for canary in ("kenari", *named, *texts, *codes, *(office.election.id, str(office.root))):
        assert canary not in text, canary


def test_the_text_file_is_written_where_it_is_set_and_nowhere_else(office, tmp_path):
    write_configured(office, figures_of(office, NOW))
    write_configured(with_metrics(office, textfile="metrik/scanner.prom"), figures_of(office, NOW))
    assert "scanner_record_readable 1.0" in (office.root / "metrik" / "scanner.prom").read_text()


def with_metrics(office: Workspace, **chosen: object) -> Workspace:
    metrics = office.settings.metrics.model_copy(update=chosen)
    return replace(office, settings=office.settings.model_copy(update={"metrics": metrics}))


def test_the_text_file_follows_what_happens_without_a_run_too(office):
    """A pause keeps runs from beginning: without this the alert would not know of it."""
    chosen = with_metrics(office, textfile="scanner.prom")
    with office.store.lease("test") as lease:
        pauses.pause(lease, until=None, reason="masa tenang", by="uji", at=NOW)
    look(chosen, NOW, faults=None)
    assert "scanner_schedule_paused 1.0" in (office.root / "scanner.prom").read_text()


def test_where_a_port_is_set_the_figures_are_told_there(office):
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    with (
        told(with_metrics(office, port=port), lambda: NOW),
        urlopen(f"http://{HOST}:{port}/metrics", timeout=30) as answer,
    ):
        assert b"scanner_record_readable 1.0" in answer.read()


def test_without_a_port_nothing_listens(office):
    with told(office, lambda: NOW):
        pass
