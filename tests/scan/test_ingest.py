"""Importing: what listed accounts wrote goes in once, everybody else is counted and dropped."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.demo import province
from scanner.demo.show import ZONE
from scanner.domain.accounts import Confidence
from scanner.domain.captures import sha256
from scanner.errors import ImportFailed, MandateError
from scanner.report.integrity import check_integrity
from scanner.roster import read_roster
from scanner.scaffold import create_workspace
from scanner.scan import ingest
from scanner.scan.flagging import Flagged, flag_unscored
from scanner.scan.importing import Import, ImportSummary
from scanner.scan.ingest import listed_accounts
from scanner.scan.listing import list_accounts
from scanner.settings import mandate_of
from scanner.store import accounts, audit, runs
from scanner.store.person_erase import Order, erase_person
from scanner.workspace import Workspace
from tests.store.samples import NOON, dump, make_account

NOW = datetime.now(UTC).replace(microsecond=0)
_ROW = "Dinas,SD 1,PNS,2015-01-01,{},dinyatakan,SK-1,analis,ketua,2020-01-01,2099-01-01"
ROSTER = "\n".join(
    [
        "person_id,platform,handle,agency,unit,employment,service_from,confidence,legal_basis,decree_number,"
        "requested_by,approved_by,listed_from,listed_until,native_id",
        f"PEG-1,x,sari_guru,{_ROW.format('A')},",
        f"PEG-2,x,budi_camat,{_ROW.format('A')},77",
        f"PEG-3,x,ragu_ragu,{_ROW.format('C')},",
    ]
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    today = datetime.now(ZONE).date()
    workspace = create_workspace(tmp_path / "kantor", config=province.config(today))
    for name, content in province.elections(today).items():
        (workspace.root / "elections" / name).write_text(content, "utf-8")
    (workspace.root / "roster.csv").write_text(ROSTER, "utf-8")
    roster = read_roster(workspace.root / "roster.csv")
    list_accounts(workspace.store, roster.accounts, mandate=mandate_of(workspace.settings), by="ketua")
    return workspace


def tweet(
    number: int, text: str = "Selamat pagi, warga", *, author: str = "sari_guru", **changes: Any
) -> dict[str, Any]:
    return {
        "id": str(1_000_000_000_000_000_000 + number),
        "text": text,
        "author_id": changes.pop("author_id", f"id-{author}"),
        "author": {"id": changes.pop("author_id", f"id-{author}"), "username": author},
        "created_at": (NOW - timedelta(hours=number)).isoformat().replace("+00:00", ".000Z"),
        "__twarc": {"retrieved_at": NOW.isoformat()},
        **changes,
    }


def write(folder: Path, *items: object) -> Path:
    path = folder / "tweets.jsonl"
    path.write_text("".join((item if isinstance(item, str) else json.dumps(item)) + "\n" for item in items), "utf-8")
    return path


def importing(workspace: Workspace) -> Import:
    return Import(
        store=workspace.store,
        detector=workspace.detector,
        mandate=mandate_of(workspace.settings),
        lookback_days=workspace.settings.lookback_days,
        by="analis",
    )


def take(workspace: Workspace, *paths: Path) -> ImportSummary:
    return importing(workspace).run(paths)


def stored(workspace: Workspace) -> dict[str, str]:
    with workspace.store.lease("test") as lease:
        return dict(lease.rows("SELECT account_id, text FROM posts JOIN versions ON versions.post_id = posts.id"))


def test_only_listed_accounts_posts_are_stored(workspace: Workspace, tmp_path: Path):
    path = write(tmp_path, tweet(1), tweet(2, "rahasia tetangga", author="orang_lain"))
    [file] = take(workspace, path).files
    assert stored(workspace) == {"x:sari_guru": "Selamat pagi, warga"}
    assert (file.ingested.tally.new, file.ingested.unlisted) == (1, 1)
    assert file.detected.startswith("twarc: ")


def test_nothing_of_unlisted_people_reaches_the_disk(workspace: Workspace, tmp_path: Path):
    take(
        workspace,
        write(
            tmp_path, tweet(1), tweet(2, "KALIMAT_TETANGGA_XYZ", author="orang_lain"), '{"id": "KALIMAT_TETANGGA_XYZ'
        ),
    )
    for path in workspace.root.rglob("*"):
        assert not path.is_file() or b"KALIMAT_TETANGGA_XYZ" not in path.read_bytes()


def test_importing_the_same_file_twice_changes_nothing_but_the_record_of_runs(workspace: Workspace, tmp_path: Path):
    path = write(tmp_path, tweet(1), tweet(2), "broken")
    take(workspace, path)
    with workspace.store.lease("test") as lease:
        before = dump(lease)
    [file] = take(workspace, path).files
    with workspace.store.lease("test") as lease:
        after = dump(lease)
    assert (file.ingested.tally.new, file.ingested.tally.unchanged) == (0, 2)
    changed = {table for table in before if before[table] != after[table]}
    assert changed == {"runs", "audit"}


def test_a_bad_line_is_quarantined_with_its_place_and_the_rest_goes_in(workspace: Workspace, tmp_path: Path):
    summary = take(workspace, write(tmp_path, tweet(1), '{"id": ', tweet(2)))
    assert summary.exit_code == 3
    assert [(bad.source, bad.line) for bad in summary.files[0].examples] == [("tweets.jsonl", 2)]
    assert summary.files[0].ingested.tally.new == 2
    with workspace.store.lease("test") as lease:
        assert lease.rows("SELECT source, line FROM quarantine") == [("tweets.jsonl", 2)]


def test_a_file_of_no_known_format_is_refused_before_anything_is_stored(workspace: Workspace, tmp_path: Path):
    good, bad = write(tmp_path, tweet(1)), tmp_path / "notes.txt"
    bad.write_text("just some words")
    with pytest.raises(ImportFailed, match=r"notes\.txt"):
        take(workspace, good, bad)
    assert stored(workspace) == {}


def test_the_platforms_id_decides_over_the_handle(workspace: Workspace, tmp_path: Path):
    renamed = tweet(1, "nama baru", author="budi_baru", author_id="77")
    renamed["author"]["id"] = "77"
    squatter = tweet(2, "orang lain", author="budi_camat", author_id="99")
    squatter["author"]["id"] = "99"
    [file] = take(workspace, write(tmp_path, renamed, squatter)).files
    assert stored(workspace) == {"x:budi_camat": "nama baru"}
    assert file.ingested.unlisted == 1


def test_an_unconfirmed_account_is_never_read(workspace: Workspace, tmp_path: Path):
    [file] = take(workspace, write(tmp_path, tweet(1), tweet(2, author="ragu_ragu"))).files
    assert file.ingested.unlisted == 1
    assert "x:ragu_ragu" not in stored(workspace)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"confidence": Confidence.C}, "confidence C"),
        ({"listed_until": NOON.date() - timedelta(days=1)}, "listed 2026-01-01 to 2026-11-19"),
        ({"listed_from": NOON.date() + timedelta(days=1)}, "listed 2026-11-21 to"),
        ({"service_until": date(2025, 12, 31)}, "left service"),
    ],
)
def test_an_account_that_may_not_be_looked_at_is_not_even_indexed(changes: dict[str, Any], why: str):
    listed, refused = listed_accounts([make_account(**changes), make_account("ani@desa.example")], NOON.date())
    assert [account.handle for account in listed.by_handle.values()] == ["ani@desa.example"]
    assert [refusal.place for refusal in refused] == [make_account().id]
    assert refused[0].reason.startswith(why)


def test_an_expired_listing_is_not_read_from_files_either(workspace: Workspace, tmp_path: Path):
    with workspace.store.lease("test") as lease:
        [sari] = [one for one in accounts.load_accounts(lease) if one.handle == "sari_guru"]
        ended = replace(sari, listed_until=datetime.now(ZONE).date() - timedelta(days=1))
        accounts.save_accounts(lease, [ended])
    summary = take(workspace, write(tmp_path, tweet(1), tweet(2)))
    assert stored(workspace) == {}
    assert summary.files[0].ingested.unlisted == 2
    assert {refusal.place for refusal in summary.refused} == {"x:sari_guru", "x:ragu_ragu"}


def test_what_an_import_brought_and_who_did_it_is_in_the_audit_chain(workspace: Workspace, tmp_path: Path):
    path = write(tmp_path, tweet(1), tweet(2, author="orang_lain"), "{rusak")
    take(workspace, path)
    with workspace.store.lease("test") as lease:
        finished, imported, _started = audit.events(lease, limit=3)
    assert (finished.action, finished.detail) == ("run.finish", {"new": 1, "changed": 0, "flagged": 0, "exit": 3})
    assert (imported.actor, imported.action) == ("analis", "import.file")
    assert imported.detail["file_sha256"] == sha256(path.read_bytes())
    assert (imported.detail["new"], imported.detail["unlisted_dropped"], imported.detail["rejected"]) == (1, 1, 1)


def test_an_import_that_fails_half_way_says_so_in_its_run(workspace: Workspace, tmp_path: Path):
    def fail(_summary: object) -> None:
        raise ImportFailed("tweets.jsonl: the medium was pulled out")

    importing = Import(
        store=workspace.store,
        detector=workspace.detector,
        mandate=mandate_of(workspace.settings),
        lookback_days=workspace.settings.lookback_days,
        by="analis",
    )
    with pytest.raises(ImportFailed):
        importing.run([write(tmp_path, tweet(1))], progress=fail)
    with workspace.store.lease("test") as lease:
        [run] = runs.last_runs(lease)
    assert (run.exit_code, run.note) == (1, "tweets.jsonl: the medium was pulled out")
    assert run.ended_at is not None
    assert stored(workspace) == {"x:sari_guru": "Selamat pagi, warga"}


def test_scoring_anew_puts_nothing_before_reviewers_twice(workspace: Workspace, tmp_path: Path):
    take(workspace, write(tmp_path, tweet(1, "Ayo coblos nomor 2, menangkan Bima Prasaja! Coblos Bima-Ratna.")))
    with workspace.store.lease("test") as lease:
        lease.execute("DELETE FROM scores")
    assert flag_unscored(workspace.store, workspace.detector) == Flagged(scored=1, flagged=0)


def test_posts_outside_service_or_window_are_dropped(workspace: Workspace, tmp_path: Path):
    old = tweet(1, created_at="2012-01-01T00:00:00.000Z")
    [file] = take(workspace, write(tmp_path, old, tweet(2))).files
    assert (file.ingested.out_of_scope, file.ingested.tally.new) == (1, 1)


def test_every_stored_post_has_its_evidence(workspace: Workspace, tmp_path: Path):
    take(workspace, write(tmp_path, tweet(1), tweet(2)))
    with workspace.store.lease("test") as lease:
        urls = [url for (url,) in lease.rows("SELECT url FROM captures ORDER BY url")]
    assert urls == ["file:tweets.jsonl#1", "file:tweets.jsonl#2"]
    report = check_integrity(workspace.store)
    assert (report.captures, report.problems) == (2, ())


def test_imported_posts_are_scored_and_flagged_like_gathered_ones(workspace: Workspace, tmp_path: Path):
    call = "Ayo coblos nomor 2, menangkan Bima Prasaja! Jangan lupa coblos Bima-Ratna."
    summary = take(workspace, write(tmp_path, tweet(1, call), tweet(2)))
    assert (summary.flagged.scored, summary.flagged.flagged) == (2, 1)


def test_nothing_is_imported_without_a_valid_mandate(workspace: Workspace, tmp_path: Path):
    importing = Import(
        store=workspace.store,
        detector=workspace.detector,
        mandate=replace(mandate_of(workspace.settings), valid_until=datetime.now(ZONE).date() - timedelta(days=1)),
        lookback_days=30,
        by="analis",
    )
    with pytest.raises(MandateError, match="nothing is fetched"):
        importing.run([write(tmp_path, tweet(1))])


@settings(max_examples=5, deadline=None)
@given(lines=st.lists(st.one_of(st.text(max_size=60), st.just(json.dumps(tweet(3)))), max_size=8))
def test_wild_lines_between_good_ones_lose_nothing(tmp_path_factory: pytest.TempPathFactory, lines: list[str]):
    folder = tmp_path_factory.mktemp("wild")
    today = datetime.now(ZONE).date()
    workspace = create_workspace(folder / "w", config=province.config(today))
    for name, content in province.elections(today).items():
        (workspace.root / "elections" / name).write_text(content, "utf-8")
    (workspace.root / "roster.csv").write_text(ROSTER, "utf-8")
    roster = read_roster(workspace.root / "roster.csv")
    list_accounts(workspace.store, roster.accounts, mandate=mandate_of(workspace.settings), by="ketua")
    path = folder / "tweets.jsonl"
    wild = "\n".join([json.dumps(tweet(1)), *lines, json.dumps(tweet(2))]) + "\n"
    path.write_bytes(wild.encode("utf-8", "surrogatepass"))
    [file] = take(workspace, path).files
    assert file.ingested.tally.new >= 2


def erase_sari(workspace: Workspace) -> None:
    order = Order(person="PEG-1", reason="permintaan 3/2026", by="dian", at=NOW)
    erase_person(workspace.store, order)


def test_who_is_erased_while_a_file_is_read_does_not_come_back(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("scanner.scan.ingest.BATCH", 2)
    path = write(tmp_path, *(tweet(number) for number in range(5)), tweet(9, author="budi_camat", author_id="77"))
    batches = ingest._batches

    def between(items: Any) -> Any:
        for number, batch in enumerate(batches(items)):
            if number == 1:
                erase_sari(workspace)
            yield batch

    monkeypatch.setattr("scanner.scan.ingest._batches", between)
    [file] = take(workspace, path).files
    assert stored(workspace) == {"x:budi_camat": "Selamat pagi, warga"}
    assert (file.ingested.tally.new, file.ingested.unlisted, file.ingested.accounts) == (
        3,
        3,
        {"x:sari_guru", "x:budi_camat"},
    )


def test_who_is_erased_while_posts_are_scored_does_not_come_back_by_a_flag(workspace: Workspace, tmp_path: Path):
    class Erasing:
        """Reads as the detector does; meanwhile somebody is erased."""

        def __getattr__(self, name: str) -> Any:
            return getattr(workspace.detector, name)

        def detect(self, candidates: Any) -> Any:
            found = workspace.detector.detect(candidates)
            erase_sari(workspace)
            return found

    taking = replace(importing(workspace), detector=Erasing())  # type: ignore[arg-type]
    summary = taking.run([write(tmp_path, tweet(1, "Ayo coblos Wirya-Laila, dulur"))])
    assert (summary.tally.new, summary.flagged.flagged) == (1, 0)
    with workspace.store.lease("test") as lease:
        for table in ("posts", "scores", "flags", "signals", "mentions"):
            if lease.rows("SELECT 1 FROM duckdb_tables() WHERE table_name = $t", {"t": table}):
                assert lease.rows(f'SELECT count(*) FROM "{table}"') == [(0,)], table
