"""Pages of what a run saw: only listed accounts, none of one's own agency or of oneself, none of who is suspended."""

from __future__ import annotations

import pytest

from scanner.domain.runs import Coverage, Outcome
from scanner.store import accounts, persons
from scanner.store.connection import Lease
from scanner.store.covered import count_outcomes, coverage_page
from scanner.store.runs import save_coverage
from tests.store.samples import NOON, make_account
from tests.store.test_runs import make_coverage

LISTED = [
    make_account(f"u{number}@desa.example", person_id=f"PEG-{number}", agency="Dinas A" if number < 3 else " Dinas B ")
    for number in range(6)
]
OUTCOMES = [Outcome.COMPLETE, Outcome.GONE, Outcome.COMPLETE, Outcome.PARTIAL, Outcome.COMPLETE, Outcome.NOT_TRIED]


@pytest.fixture
def seen(lease: Lease) -> Lease:
    accounts.save_accounts(lease, LISTED)
    own = [make_coverage(account=one.id, outcome=outcome) for one, outcome in zip(LISTED, OUTCOMES, strict=True)]
    save_coverage(lease, [*own, make_coverage(account="comments:x:paslon"), make_coverage(2, account=LISTED[0].id)])
    return lease


def page(lease: Lease, *hidden: str, limit: int = 10, offset: int = 0) -> list[str]:
    found: list[Coverage] = coverage_page(lease, "run-1", hidden=hidden, limit=limit, offset=offset)
    return [one.account_id.removeprefix("mastodon:").partition("@")[0] for one in found]


def test_pages_follow_each_other_in_order_of_account(seen: Lease):
    assert [page(seen, limit=4, offset=first) for first in (0, 4, 8)] == [["u0", "u1", "u2", "u3"], ["u4", "u5"], []]


def test_all_that_was_seen_of_an_account_is_told(seen: Lease):
    assert coverage_page(seen, "run-1", hidden=(), limit=1) == [
        make_coverage(account=LISTED[0].id, outcome=Outcome.COMPLETE)
    ]


def test_outcomes_are_counted_in_their_order(seen: Lease):
    counted = count_outcomes(seen, "run-1", hidden=())
    assert list(counted.items()) == [
        (Outcome.COMPLETE, 3),
        (Outcome.PARTIAL, 1),
        (Outcome.GONE, 1),
        (Outcome.NOT_TRIED, 1),
    ]


@pytest.mark.parametrize(
    ("hidden", "left"),
    [(("dinas b",), ["u0", "u1", "u2"]), (("peg-4", "dinas a"), ["u3", "u5"]), (("dinas",), ["u0", "u1"])],
)
def test_ones_own_agency_and_oneself_are_neither_shown_nor_counted(seen: Lease, hidden: tuple[str], left: list[str]):
    assert page(seen, *hidden)[: len(left)] == left
    assert sum(count_outcomes(seen, "run-1", hidden=hidden).values()) == len(page(seen, *hidden))


def test_who_is_suspended_or_off_the_list_is_neither_shown_nor_counted(seen: Lease):
    persons.suspend(seen, "PEG-0", reason="keberatan", by="dian", at=NOON)
    accounts.remove_account(seen, LISTED[1].id, reason="pensiun", by="dian", approved_by="agus", at=NOON)
    assert page(seen) == ["u2", "u3", "u4", "u5"]
    assert sum(count_outcomes(seen, "run-1", hidden=()).values()) == 4
