"""Who is suspended is not fetched from then on: not in the next run, and for seconds alone in the one under way."""

from __future__ import annotations

from datetime import UTC, datetime

from scanner.domain.accounts import Account
from scanner.domain.runs import Coverage, Outcome
from scanner.scan.run import Summary
from scanner.store import accounts, persons, runs
from tests.scan.conftest import Town


def suspend(town: Town, account: Account) -> None:
    with town.workspace.store.lease("test") as lease:
        persons.suspend(lease, account.person_id, reason="keberatan", by="dian", at=datetime.now(UTC))


def listed(town: Town, platform: str) -> list[Account]:
    with town.workspace.store.lease("test") as lease:
        return [one for one in accounts.load_accounts(lease) if one.platform == platform]


def scan(town: Town) -> Summary:
    with town.workspace.scan() as prepared:
        return prepared.run(prepared.plan(datetime.now(UTC)))


def of(town: Town, account: Account) -> tuple[list[Coverage], int]:
    """Return the coverage on record of an account, and how many posts of it are stored."""
    with town.workspace.store.lease("test") as lease:
        told = [one for run in runs.last_runs(lease) for one in runs.coverage_of(lease, run.id)]
        [(posts,)] = lease.rows("SELECT count(*) FROM posts WHERE account_id = $id", {"id": account.id})
    return [one for one in told if one.account_id == account.id], posts


def test_nothing_is_fetched_and_coverage_says_why(town: Town):
    one = listed(town, "mastodon")[0]
    suspend(town, one)
    summary = scan(town)
    [told], posts = of(town, one)
    assert (told.outcome, told.reason, told.requests, posts) == (Outcome.NOT_TRIED, "suspended", 0, 0)
    assert one.id not in [shown.account_id for shown in summary.coverage]
    assert summary.exit_code == 0, "whoever is suspended is no gap of the run"


def test_a_plan_names_nobody_suspended(town: Town):
    one = listed(town, "rss")[0]
    suspend(town, one)
    with town.workspace.scan() as prepared:
        plan = prepared.plan(datetime.now(UTC), only=frozenset({one.id}))
    assert (plan.planned, plan.refused, [hidden.id for hidden in plan.suspended]) == ((), (), [one.id])


def test_a_run_under_way_stores_nothing_more_of_them(town: Town):
    one = listed(town, "mastodon")[-1]
    with town.workspace.scan() as prepared:
        plan = prepared.plan(datetime.now(UTC))
        suspend(town, one)  # planned before, suspended before its first page
        summary = prepared.run(plan)
    _, posts = of(town, one)
    assert posts == 0
    [told] = [shown for shown in summary.coverage if shown.account_id == one.id]
    assert (told.outcome is not Outcome.COMPLETE, told.reason) == (True, "suspended")


def test_after_resuming_the_next_run_brings_everything(town: Town):
    one = listed(town, "mastodon")[0]
    suspend(town, one)
    scan(town)
    with town.workspace.store.lease("test") as lease:
        persons.resume(lease, one.person_id, reason="ditolak", by="dian", at=datetime.now(UTC))
    scan(town)
    assert of(town, one)[1] > 0
