"""The roster is read strictly: a wrong row names its place, a good row is never lost."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.domain.accounts import Account, Confidence, Mandate, Platform
from scanner.errors import RosterError
from scanner.roster import (
    OPTIONAL,
    REQUIRED,
    coverage_by_unit,
    read_roster,
    refuse_account,
    refuse_mandate,
)

GOOD = {
    "person_id": "PEG-0001",
    "platform": "mastodon",
    "handle": "@sari@rimba.example",
    "agency": "Dinas Pendidikan",
    "unit": "SMAN 4",
    "employment": "PNS",
    "service_from": "2015-03-01",
    "confidence": "A",
    "legal_basis": "akun dinyatakan sendiri",
    "decree_number": "SK-1/2026",
    "requested_by": "analis",
    "approved_by": "ketua",
    "listed_from": "2026-09-01",
    "listed_until": "2026-12-31",
}
TODAY = date(2026, 11, 21)


def write(folder: Path, *rows: dict[str, str], columns: tuple[str, ...] | None = None, delimiter: str = ",") -> Path:
    out = io.StringIO()
    names = columns or tuple(rows[0])
    writer = csv.DictWriter(out, names, delimiter=delimiter, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path = folder / "roster.csv"
    path.write_text(out.getvalue(), "utf-8")
    return path


def only(folder: Path, **changes: str) -> Account:
    roster = read_roster(write(folder, GOOD | changes))
    assert roster.refusals == ()
    return roster.accounts[0]


def refusal(folder: Path, **changes: str) -> str:
    roster = read_roster(write(folder, GOOD | changes))
    assert roster.accounts == ()
    return str(roster.refusals[0])


def test_it_reads_a_complete_row(tmp_path: Path):
    account = only(tmp_path, service_until="2030-01-01", leave="2026-10-01/2026-10-31", position="Guru")
    assert account.id == "mastodon:sari@rimba.example"
    assert account.platform is Platform.MASTODON
    assert account.leave == ((date(2026, 10, 1), date(2026, 10, 31)),)
    assert account.extra == {"position": "Guru"}


def test_it_reads_semicolons_and_a_byte_order_mark_as_spreadsheets_write_them(tmp_path: Path):
    path = write(tmp_path, GOOD, delimiter=";")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(read_roster(path).accounts) == 1


def test_it_skips_empty_rows(tmp_path: Path):
    path = write(tmp_path, GOOD)
    path.write_text(path.read_text() + ",,,\n\n", "utf-8")
    assert read_roster(path).refusals == ()


def test_it_keeps_the_good_rows_beside_a_bad_one(tmp_path: Path):
    bad = GOOD | {"handle": "no spaces allowed"}
    roster = read_roster(write(tmp_path, GOOD, bad, GOOD | {"handle": "budi@rimba.example"}))
    assert [account.handle for account in roster.accounts] == ["sari@rimba.example", "budi@rimba.example"]
    assert [refusal.place for refusal in roster.refusals] == ["roster.csv row 3 column handle"]


@pytest.mark.parametrize("column", REQUIRED)
def test_it_refuses_a_row_that_leaves_a_required_cell_empty(tmp_path: Path, column: str):
    assert refusal(tmp_path, **{column: " "}) == f"roster.csv row 2 column {column}: empty; it must be filled"


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("platform", "myspace", "is not one of mastodon, bluesky"),
        ("employment", "honorer", "is not one of PNS, CPNS, PPPK"),
        ("confidence", "D", "is not one of A, B, C"),
        ("listed_from", "21/11/2026", "is not a date like 2026-11-21"),
        ("listed_until", "2026-08-01", "lies before 2026-09-01"),
        ("service_until", "2010-01-01", "lies before 2015-03-01"),
        ("leave", "2026-10-01", "is not a period like"),
        ("leave", "2026-10-05/2026-10-01", "ends before it begins"),
        ("handle", "sari", "write it like nama@server.id"),
        ("approved_by", "Analis", "a second one must approve"),
        ("person_id", "19800101 200501 1 001", "looks like a NIP or NIK"),
        ("person_id", "1871010101800001", "looks like a NIP or NIK"),
    ],
)
def test_it_names_row_column_and_what_would_be_valid(tmp_path: Path, column: str, value: str, says: str):
    message = refusal(tmp_path, **{column: value})
    assert message.startswith(f"roster.csv row 2 column {column}: ")
    assert says in message


@pytest.mark.parametrize(
    ("platform", "like"), [("web", "https://blog.id/"), ("bluesky", "nama.bsky.social"), ("x", "nama_akun")]
)
def test_a_refused_handle_is_told_how_its_platform_writes_it(tmp_path: Path, platform: str, like: str):
    assert refusal(tmp_path, platform=platform, handle="a b").endswith(f"write it like {like}")


def test_it_refuses_the_same_account_twice_whatever_its_case(tmp_path: Path):
    roster = read_roster(write(tmp_path, GOOD, GOOD | {"handle": "SARI@rimba.example"}))
    assert len(roster.accounts) == 1
    assert "stands in an earlier row" in str(roster.refusals[0])


@pytest.mark.parametrize("column", ["istri", "agama", "nip", "leaning", "partai", "keluarga"])
def test_it_refuses_a_table_that_records_what_must_not_be_recorded(tmp_path: Path, column: str):
    with pytest.raises(RosterError, match="may not be recorded"):
        read_roster(write(tmp_path, GOOD | {column: "x"}))


def test_it_refuses_a_table_without_a_needed_column(tmp_path: Path):
    columns = tuple(name for name in GOOD if name != "legal_basis")
    with pytest.raises(RosterError, match=r"roster\.csv row 1: column legal_basis missing"):
        read_roster(write(tmp_path, GOOD, columns=columns))


def test_it_refuses_a_column_named_twice(tmp_path: Path):
    path = tmp_path / "roster.csv"
    path.write_text(",".join([*REQUIRED, "unit"]) + "\n", "utf-8")
    with pytest.raises(RosterError, match="column unit stands twice"):
        read_roster(path)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b'"open quote\n'])
def test_it_refuses_a_file_that_is_no_table(tmp_path: Path, content: bytes):
    path = tmp_path / "roster.csv"
    path.write_bytes(content)
    with pytest.raises(RosterError, match=r"roster\.csv"):
        read_roster(path)


def test_it_says_when_the_file_is_not_there(tmp_path: Path):
    with pytest.raises(RosterError, match="not there"):
        read_roster(tmp_path / "roster.csv")


@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=400), cells=st.lists(st.text(max_size=30), min_size=14, max_size=14))
def test_it_never_fails_in_another_way(tmp_path_factory: pytest.TempPathFactory, content: bytes, cells: list[str]):
    folder = tmp_path_factory.mktemp("roster")
    path = write(folder, dict(zip(REQUIRED, cells, strict=True)))
    path.write_bytes(path.read_bytes() + content)
    try:
        roster = read_roster(path)
    except RosterError as error:
        assert "roster.csv" in str(error)
    else:
        for account in roster.accounts:
            assert account.approved_by != account.requested_by
        for bad in roster.refusals:
            assert bad.place.startswith("roster.csv row ")


def test_optional_columns_are_not_passed_through_as_extra(tmp_path: Path):
    account = only(tmp_path, **dict.fromkeys(OPTIONAL, ""))
    assert account.extra == {}
    assert account.service_until is None


def test_an_account_is_in_service_between_its_dates_but_not_on_leave(tmp_path: Path):
    account = only(tmp_path, service_until="2026-11-30", leave="2026-10-01/2026-10-31")
    assert account.in_service_on(date(2026, 9, 30))
    assert not account.in_service_on(date(2026, 10, 1))
    assert not account.in_service_on(date(2015, 2, 28))
    assert not account.in_service_on(date(2026, 12, 1))


def test_an_unconfirmed_account_is_never_looked_at(tmp_path: Path):
    account = only(tmp_path, confidence="C")
    assert account.confidence is Confidence.C
    assert "confidence C" in str(refuse_account(account, TODAY))


@pytest.mark.parametrize("today", [date(2026, 8, 31), date(2027, 1, 1)])
def test_an_account_is_only_looked_at_while_it_is_listed(tmp_path: Path, today: date):
    assert "listed 2026-09-01 to 2026-12-31" in str(refuse_account(only(tmp_path), today))
    assert refuse_account(only(tmp_path), TODAY) is None


def test_nobody_is_looked_at_who_left_before_the_listing(tmp_path: Path):
    assert "left service" in str(refuse_account(only(tmp_path, service_until="2026-01-01"), TODAY))


def test_a_mandate_holds_only_between_its_dates():
    mandate = Mandate(
        controller="Bawaslu",
        controller_kind="bawaslu",
        legal_basis="SK",
        decree_number="1",
        purpose="netralitas",
        dpia_id="D-1",
        election_id="x",
        valid_from=date(2026, 9, 1),
        valid_until=date(2026, 12, 31),
    )
    assert refuse_mandate(mandate, TODAY) is None
    assert "renew it" in str(refuse_mandate(mandate, date(2027, 1, 1)))


def test_it_counts_accounts_per_unit_so_that_one_sided_listing_is_seen(tmp_path: Path):
    roster = read_roster(
        write(tmp_path, GOOD, GOOD | {"handle": "b@x.example"}, GOOD | {"handle": "c@x.example", "unit": "UPT"})
    )
    assert coverage_by_unit(roster.accounts) == {"Dinas Pendidikan / SMAN 4": 2, "Dinas Pendidikan / UPT": 1}
