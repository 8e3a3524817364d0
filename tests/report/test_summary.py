"""The summary tells of ten or more, never of a person or a participant, and lets no small number be reckoned."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.classify.slices import FEWEST, wilson
from scanner.domain.flags import Phase
from scanner.domain.reviews import Verdict
from scanner.report.summary import Row, Share, Summary, group_rows, read_summary
from scanner.store import accounts, flags, judgements, settling
from scanner.store.connection import Lease, Store
from scanner.store.figures import Group
from tests.store.samples import NOON, make_account, make_flag, make_judgement

DAY = timedelta(days=1)
PERSONAL = re.compile(r"reviewer|person|handle|account|participant|candidate|lean|rank|sanction", re.IGNORECASE)
NOT_TOLD = Share(None, None)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with ten people listed in one unit and one in another."""
    store = Store(tmp_path / "data" / "scanner.duckdb")
    with store.lease("test") as lease:
        accounts.save_accounts(
            lease, [make_account(f"p{one}@desa.example", person_id=f"PEG-{one}") for one in range(10)]
        )
        accounts.save_accounts(lease, [make_account("tina@desa.example", person_id="PEG-99", unit="Dinas Kecil")])
    return store


def flagged(store: Store, numbers: range, account: str = "mastodon:p0@desa.example", **changes: object) -> None:
    with store.lease("test") as lease:
        flags.save_flags(lease, [make_flag(number, account_id=account, **changes) for number in numbers])


def judged(store: Store, numbers: range, *verdicts: Verdict) -> None:
    with store.lease("test") as lease:
        for number in numbers:
            _judge(lease, make_flag(number).id, verdicts)


def _judge(lease: Lease, flag_id: str, verdicts: tuple[Verdict, ...]) -> None:
    for who, verdict in enumerate(verdicts):
        given = {"flag_id": flag_id, "reviewer": f"penelaah.{who}", "verdict": verdict}
        judgements.append_judgement(lease, make_judgement(f"{flag_id}{who}", **given))
    settling.settle(lease, flag_id, overlap=2, at=NOON + DAY)


def read(store: Store, **changes: datetime) -> Summary:
    return read_summary(store, due=lambda _, at: at + 7 * DAY, now=NOON + 10 * DAY, **changes)


def by_name(rows: tuple[Row, ...]) -> dict[str, Row]:
    return {row.name: row for row in rows}


def test_nothing_on_record_gives_no_figure(store: Store):
    found = read(store)
    assert (found.weeks, found.codes, found.units) == ((), (), ())
    assert {found.suspected, found.dismissed, found.reversed, found.missed} == {NOT_TOLD}
    assert (found.flagged, found.overdue, found.days_median) == (0, 0, None)


def test_shares_come_with_wilsons_interval(store: Store):
    flagged(store, range(12))
    judged(store, range(9), Verdict.SUSPECTED, Verdict.SUSPECTED)
    judged(store, range(9, 12), Verdict.NOT_VIOLATION, Verdict.NOT_VIOLATION)
    found = read(store)
    assert found.suspected == Share(12, wilson(9, 12))
    assert found.dismissed == Share(12, wilson(3, 12))
    assert (found.days_median, found.days_p90) == (pytest.approx(1), pytest.approx(1))
    assert by_name(found.codes)["LAYANAN-PILIH"] == Row("LAYANAN-PILIH", 12, Share(12, wilson(9, 12)))


def test_what_is_settled_of_fewer_than_ten_has_no_share_and_no_time(store: Store):
    flagged(store, range(12))
    judged(store, range(9), Verdict.SUSPECTED, Verdict.SUSPECTED)
    found = read(store)
    assert (found.suspected, found.days_median, found.days_p90) == (NOT_TOLD, None, None)
    assert by_name(found.codes)["AJAKAN-PILIH"] == Row("AJAKAN-PILIH", 12, NOT_TOLD)


def test_a_unit_of_fewer_than_ten_people_is_never_told_nor_left_to_be_reckoned(store: Store):
    flagged(store, range(30))
    flagged(store, range(30, 60), "mastodon:tina@desa.example")
    # The large unit is the only other one: from it and the total the small one would follow.
    assert read(store).units == (Row("", None, NOT_TOLD),)


def test_no_small_unit_is_named_beside_one_that_is_told():
    units = [Group(name, people, 30, 0, 0) for name, people in (("Dinas Besar", 40), ("Dinas Kecil", 1), ("Lurah", 2))]
    assert group_rows(units) == (Row("Dinas Besar", 30, NOT_TOLD), Row("", None, NOT_TOLD))


def test_small_groups_that_are_not_of_people_keep_their_names():
    assert group_rows([Group("AJAKAN-PILIH", None, 3, 0, 0)]) == (Row("AJAKAN-PILIH", None, NOT_TOLD),)


def test_phases_and_platforms_of_ten_or_more_are_told(store: Store):
    flagged(store, range(10))
    flagged(store, range(10, 30), phase=Phase.TENANG)
    found = read(store)
    assert {row.name: row.flagged for row in found.phases} == {"KAMPANYE": 10, "TENANG": 20}
    assert {row.name: row.flagged for row in found.platforms} == {"mastodon": 30}


def test_weeks_without_anything_stand_between_the_others(store: Store):
    flagged(store, range(2))
    flagged(store, range(2, 3), known_at=NOON + 21 * DAY)
    found = read(store).weeks
    assert [week.monday for week in found] == [date(2026, 11, 16) + week * 7 * DAY for week in range(4)]
    assert [week.flagged for week in found] == [2, 0, 0, 1]


def test_the_period_is_passed_on(store: Store):
    flagged(store, range(2))
    found = read(store, since=NOON + DAY, until=datetime(2026, 12, 1, tzinfo=UTC))
    assert (found.flagged, found.weeks, found.since) == (0, (), NOON + DAY)


def test_no_field_could_hold_a_person_or_a_participant(store: Store):
    flagged(store, range(12))
    found = asdict(read(store))
    assert not [key for key in _keys(found) if PERSONAL.search(key)]
    assert "PEG-" not in str(found)
    assert "@desa" not in str(found)


def _keys(value: object) -> list[str]:
    if isinstance(value, dict):
        return [key for name, inner in value.items() for key in (name, *_keys(inner))]
    return [key for inner in value for key in _keys(inner)] if isinstance(value, list | tuple) else []


GROUPS = st.lists(
    st.builds(
        Group,
        name=st.uuids().map(str),
        people=st.none() | st.integers(0, 40),
        flagged=st.integers(1, 40),
        settled=st.just(0),
        suspected=st.just(0),
    ),
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(GROUPS)
def test_no_hidden_number_follows_from_the_total(groups: list[Group]):
    rows = group_rows(groups)
    named = {row.name for row in rows if row.flagged is not None}
    hidden = [group for group in groups if group.name not in named]
    told = [group for group in groups if group.name in named]
    assert not [group for group in hidden if group.people is not None and group.name in {row.name for row in rows}]
    assert all(group.flagged >= FEWEST and (group.people is None or group.people >= FEWEST) for group in told)
    if hidden and told:
        assert len(hidden) > 1
        assert sum(group.flagged for group in hidden) >= FEWEST


@settings(max_examples=60, deadline=None)
@given(GROUPS)
def test_nothing_is_hidden_where_every_group_is_large(groups: list[Group]):
    large = [group for group in groups if group.flagged >= FEWEST and (group.people or FEWEST) >= FEWEST]
    assert all(row.flagged is not None for row in group_rows([one for one in large if one.people != 0]))
