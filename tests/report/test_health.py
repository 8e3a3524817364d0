"""How accounts are doing: what is in the way in plain words, what to do, since when, and what needs a hand where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.domain.accounts import Platform
from scanner.domain.runs import PUT_OFF, Coverage, Outcome, Run, Tally
from scanner.domain.users import Language
from scanner.report.health import Alarm, Health, Problem, Signal, account_health, alarms, alarms_of
from scanner.store import accounts, persons, runs
from scanner.store.connection import Lease, Store
from scanner.web.language import say
from tests.store.samples import HOUR, NOON, make_account

BUDI, SITA = make_account("budi@desa.example"), make_account("sita@desa.example", person_id="PEG-0002")


def never_stale(account_id: str, last: datetime | None, now: datetime) -> bool:
    return False


def look(lease: Lease, number: int, outcome: Outcome, reason: str = "", **changes: object) -> None:
    """Put a look at Budi's account on record, so many hours before noon."""
    at = NOON - number * HOUR
    one = Coverage(f"scan-{number}", BUDI.id, outcome, reason, Tally(), 1, at, at + HOUR / 4)
    runs.save_coverage(lease, [replace(one, **changes)])  # type: ignore[arg-type]


@pytest.fixture
def listed(tmp_path: Path) -> Iterator[Lease]:
    """A record on which both are listed."""
    with Store(tmp_path / "scanner.duckdb").lease("test") as lease:
        accounts.save_accounts(lease, [BUDI, SITA])
        yield lease


def budi(lease: Lease, stale: object = never_stale) -> Health:
    return account_health(lease, NOON, stale, only=[BUDI.id])[0]  # type: ignore[arg-type]


def test_an_account_that_was_seen_completely_is_well(listed: Lease):
    look(listed, 3, Outcome.COMPLETE)
    found = budi(listed)
    assert (found.problem, found.outcome, found.age) == (None, Outcome.COMPLETE, 2.75 * HOUR)
    assert (found.looked_at, found.succeeded_at) == (NOON - 3 * HOUR, NOON - 2.75 * HOUR)


def test_the_latest_look_tells_what_is_wrong_and_an_earlier_one_when_it_last_was_not(listed: Lease):
    look(listed, 9, Outcome.COMPLETE)
    look(listed, 2, Outcome.PRIVATE, "Budi: not public")
    found = budi(listed)
    assert (found.problem, found.reason) == (Problem.PRIVATE, "Budi: not public")
    assert found.age == 8.75 * HOUR


def test_an_account_never_looked_at_says_so(listed: Lease):
    found = budi(listed)
    assert (found.problem, found.outcome, found.age) == (Problem.NEVER, Outcome.NOT_TRIED, None)


SAID = {
    Problem.GONE: (Outcome.GONE, "https://desa.example/@budi: not there (any more)"),
    Problem.RENAMED: (Outcome.BLOCKED, "budi now points to account 2, it was 1: renamed or taken over; make sure"),
    Problem.ROBOTS: (Outcome.BLOCKED, "robots.txt of desa.example forbids /@budi to scanner"),
    Problem.TERMS: (Outcome.NOT_TRIED, "tiktok: its terms forbid this use; set platforms.tiktok.terms_approval to"),
    Problem.BLOCKED: (Outcome.BLOCKED, "https://desa.example/@budi: the platform refuses"),
    Problem.OFF: (Outcome.NOT_TRIED, "platforms.rss.enabled is false"),
    Problem.LISTING: (Outcome.NOT_TRIED, "listed 2026-01-01 to 2026-02-01, today is 2026-03-01"),
    Problem.KEY: (Outcome.NOT_TRIED, "x: the key is wrong, expired, revoked or not enrolled; [platforms.x.keys]"),
    Problem.BUDGET: (Outcome.PARTIAL, "today's budget of 90 units is used up; gathering goes on tomorrow"),
    Problem.THROTTLED: (Outcome.PARTIAL, "desa.example:443 asks us to wait 120 s"),
    Problem.DRIFT: (Outcome.PARTIAL, "https://desa.example: JSON of another shape than known: x"),
    Problem.SILENT: (Outcome.PARTIAL, "budi: shown no post in 3 runs in a row, though 4 are on record: the format may"),
    Problem.CANARY: (Outcome.PARTIAL, "the canary kpu showed no posts: the platform may have changed its format"),
    Problem.UNREADABLE: (Outcome.PARTIAL, "2 items could not be read and are in quarantine"),
    Problem.TIME: (Outcome.PARTIAL, "took longer than 300 s; the next look goes on from here"),
    Problem.FAULT: (Outcome.PARTIAL, "unexpected KeyError; see the log and report it"),
    Problem.OTHER: (Outcome.PARTIAL, "robots.txt of desa.example cannot be read now: ConnectError"),
}


@pytest.mark.parametrize(("problem", "said"), SAID.items())
def test_what_a_run_says_becomes_a_problem_one_can_do_something_about(
    listed: Lease, problem: Problem, said: tuple[Outcome, str]
):
    look(listed, 1, *said)
    assert budi(listed).problem is problem


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("problem", Problem)
def test_every_problem_has_words_and_something_to_do_in_both_languages(problem: Problem, language: Language):
    words, advice = say(language, f"health.{problem}"), say(language, f"health.{problem}_next")
    assert 10 < len(words) <= 80
    assert 10 < len(advice) <= 130


def test_a_run_that_was_stopped_before_an_account_says_nothing_of_it(listed: Lease):
    look(listed, 3, Outcome.COMPLETE)
    look(listed, 1, Outcome.NOT_TRIED, f"the run was stopped {PUT_OFF}")
    assert budi(listed).problem is None


def test_a_backfill_says_nothing_of_how_an_account_is_doing(listed: Lease):
    runs.start_run(
        listed,
        Run(id="scan-1", kind="scan", started_at=NOON, ended_at=None, exit_code=None, versions="v", trigger="backfill"),
    )
    look(listed, 3, Outcome.GONE, "not there")
    look(listed, 1, Outcome.COMPLETE)
    assert (budi(listed).problem, budi(listed).succeeded_at) == (Problem.GONE, None)


def test_staleness_is_that_of_the_last_success_and_not_of_the_last_look(listed: Lease):
    asked: list[tuple[str, datetime | None, datetime]] = []

    def is_stale(*question: object) -> bool:
        asked.append(question)  # type: ignore[arg-type]
        return True

    look(listed, 9, Outcome.COMPLETE)
    look(listed, 1, Outcome.PARTIAL, "ConnectError")
    assert budi(listed, is_stale).stale
    assert asked == [(BUDI.id, NOON - 8.75 * HOUR, NOON)]


def test_a_clock_set_back_makes_nobody_younger_than_nothing(listed: Lease):
    look(listed, -1, Outcome.COMPLETE)
    assert budi(listed).age == timedelta()


def test_what_was_seen_under_a_clock_far_ahead_does_not_stand_for_what_is_seen_now(listed: Lease):
    look(listed, -24 * 3652, Outcome.COMPLETE)
    assert budi(listed).problem is Problem.NEVER
    look(listed, 9, Outcome.COMPLETE)
    look(listed, 2, Outcome.PRIVATE, "Budi: not public")
    assert (budi(listed).problem, budi(listed).age) == (Problem.PRIVATE, 8.75 * HOUR)


def test_who_is_suspended_or_off_the_list_is_not_there(listed: Lease):
    look(listed, 1, Outcome.PARTIAL, SAID[Problem.DRIFT][1])
    assert [one.account_id for one in account_health(listed, NOON, never_stale)] == [BUDI.id, SITA.id]
    persons.suspend(listed, BUDI.person_id, reason="keberatan", by="dian", at=NOON)
    assert [one.account_id for one in account_health(listed, NOON, never_stale)] == [SITA.id]
    assert account_health(listed, NOON, never_stale, only=[BUDI.id]) == []
    assert alarms(listed, NOON) == []


def test_alarms_count_accounts_by_platform_and_name_none(listed: Lease):
    look(listed, 1, *SAID[Problem.SILENT])
    look(listed, 1, *SAID[Problem.DRIFT], account_id=SITA.id)
    assert alarms(listed, NOON) == [Alarm(Signal.FORMAT_DRIFT, Platform.MASTODON, 2)]
    look(listed, 0, *SAID[Problem.CANARY])
    assert alarms(listed, NOON) == [
        Alarm(Signal.CANARY, Platform.MASTODON, 1),
        Alarm(Signal.FORMAT_DRIFT, Platform.MASTODON, 1),
    ]
    look(listed, -1, Outcome.COMPLETE)
    look(listed, -1, Outcome.COMPLETE, account_id=SITA.id)
    assert alarms(listed, NOON) == [], "what is well again needs no hand"


@given(st.lists(st.tuples(st.sampled_from(Platform), st.none() | st.sampled_from(Problem))))
def test_every_account_with_a_signal_is_counted_once(found: list[tuple[Platform, Problem | None]]):
    told = alarms_of(found)
    signalling = (Problem.DRIFT, Problem.SILENT, Problem.CANARY, Problem.KEY, Problem.THROTTLED)
    assert sum(one.accounts for one in told) == sum(problem in signalling for _, problem in found)
    assert len({(one.signal, one.platform) for one in told}) == len(told)
