"""scanner export: tables leave with what explains them, and what cannot be exported is one clear line."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import pytest
import typer

from scanner.cli.app import app
from scanner.report.export.formats import FORMATS
from scanner.report.export.kinds import KINDS
from scanner.store import audit, exports
from scanner.workspace import open_workspace
from tests.cli.conftest import Run
from tests.people import add_person


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


@pytest.mark.parametrize("name", ["flags.csv", "flags.tsv", "flags.xlsx", "flags.jsonl", "flags.parquet"])
def test_a_file_has_its_readme_and_dictionary_beside_it(run: Run, office: Path, name: str):
    ended = run("export", "flags", "-w", office, "-o", office / name)
    assert (ended.code, ended.out) == (0, "")
    assert "3 rows of flags; left out: nothing. SHA-256: " in ended.refusal
    assert "personal data" in ended.refusal
    assert {"flags.README.md", "flags.dictionary.csv", name} <= {path.name for path in office.iterdir()}
    assert all((office / one).stat().st_mode & 0o777 == 0o600 for one in (name, "flags.README.md"))


def test_a_folder_holds_all_of_it_with_its_hashes(run: Run, office: Path):
    run("export", "posts", "-w", office, "-o", office / "kiriman", "--format", "jsonl")
    assert {path.name for path in (office / "kiriman").iterdir()} == {
        "posts.jsonl",
        "README.md",
        "dictionary.csv",
        "SHA256SUMS",
    }
    assert len((office / "kiriman" / "posts.jsonl").read_text("utf-8").splitlines()) == 4


def test_a_zip_too(run: Run, office: Path):
    run("export", "agreement", "-w", office, "-o", office / "sepakat.csv.zip")
    with zipfile.ZipFile(office / "sepakat.csv.zip") as archive:
        assert "agreement.csv" in archive.namelist()


def test_filters_count_what_they_leave_out(run: Run, office: Path):
    ended = run("export", "flags", "-w", office, "-o", office / "a.csv", "--posted-since", "2099-01-01")
    assert "0 rows of flags; left out: 3 filtered" in ended.refusal
    listed = open_workspace(office).store
    with listed.lease("test") as lease:
        [(account,)] = lease.rows("SELECT DISTINCT account_id FROM flags")
    ended = run("export", "flags", "-w", office, "-o", office / "b.csv", "--account", account)
    assert "3 rows of flags" in ended.refusal
    assert {row["account_id"] for row in rows(office / "b.csv")} == {account}
    assert account not in (office / "b.README.md").read_text("utf-8")


def test_judgements_of_items_still_judged_stay_behind_unless_asked_for(run: Run, office: Path):
    add_person(open_workspace(office).store, "sari")
    flag = json.loads(run("queue", "-w", office, "--reviewer", "sari", "--json").out)[0]["flag"]
    assert run("label", "-w", office, "--reviewer", "sari", "--limit", "1", typed="x\n").code == 0, flag
    ended = run("export", "reviews", "-w", office, "-o", office / "a.csv")
    assert "0 rows of reviews; left out: 1 unsettled" in ended.refusal
    assert "sari" not in (office / "a.csv").read_text("utf-8")
    ended = run("export", "reviews", "-w", office, "-o", office / "b.csv", "--unsettled", "--excel")
    assert [row["annotator"] for row in rows(office / "b.csv")] == ["sari"]
    assert (office / "b.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_it_is_on_the_audit_chain_and_among_the_exports(run: Run, office: Path):
    run("export", "flags", "-w", office, "-o", office / "a.csv", "--captured-since", "2026-01-01")
    with open_workspace(office).store.lease("test") as lease:
        [event] = audit.events(lease, limit=1)
        [noted] = exports.load_exports(lease)
    assert (event.action, event.subject) == ("export.flags", str((office / "a.csv").absolute()))
    assert event.detail["filters"] == {"captured_since": "2026-01-01 00:00:00+00:00"}
    assert (noted.path, noted.kind, noted.sha256) == (event.subject, "flags", event.detail["sha256"])
    assert noted.identifiable


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["orang", "-o", "a.csv"], "nothing of this name is exported; valid: flags, reviews, posts, agreement"),
        (["flags", "-o", "a.xls"], ".xls is no format; valid: csv, tsv, xlsx"),
        (["flags", "-o", "a.csv", "--format", "xlsx"], "ends in .csv, but --format says xlsx"),
        (["flags", "-o", "a", "--format", "doc"], "--format doc: unknown"),
        (["reviews", "-o", "a", "--format", "labelstudio"], "scanner review export --labelstudio"),
        (["flags", "-o", "a.xlsx", "--excel"], "--excel: is for csv and tsv"),
        (["flags", "-o", "a.csv", "--unsettled"], "only reviews hold judgements"),
        (["flags", "-o", "a.csv", "--posted-since", "kemarin"], "--posted-since: 'kemarin' is not a time"),
        (
            ["flags", "-o", "a.csv", "--posted-since", "2026-02-01", "--posted-until", "2026-01-01"],
            "nothing lies between them",
        ),
        (["agreement", "-o", "a.csv", "--account", "x:y"], "agreement: takes no filter"),
    ],
)
def test_what_cannot_be_exported_is_one_line(
    run: Run, office: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
):
    monkeypatch.chdir(office)
    before = {path.name for path in office.iterdir()}
    ended = run("export", *arguments)
    assert (ended.code, words in ended.refusal) == (2, True), ended.refusal
    assert {path.name for path in office.iterdir()} == before


def test_nothing_is_written_over(run: Run, office: Path):
    (office / "flags.README.md").write_text("berharga")
    ended = run("export", "flags", "-w", office, "-o", office / "flags.csv")
    assert ended.code == 2
    assert "is there already" in ended.refusal
    assert not (office / "flags.csv").exists()


def test_the_document_names_every_kind_format_and_option():
    told = (Path(__file__).parents[2] / "docs" / "export.md").read_text("utf-8")
    command = typer.main.get_command(app).commands["export"]  # type: ignore[attr-defined]
    options = {name for param in command.params for name in param.opts if name.startswith("--")}
    assert {f"`{name}`" for name in KINDS} <= set(re.findall(r"`\w+`", told))
    assert all(form in told for form in FORMATS)
    assert sorted(name for name in options - {"--workspace", "--output"} if f"`{name}`" not in told) == []
