"""A tick looks at who is due by the record; whatever speaks against it is said in one line."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from scanner.collect.interface import Collector, Page
from scanner.collect.platforms.mastodon import MastodonCollector
from scanner.domain.accounts import Account, Platform
from scanner.domain.runs import PUT_OFF, Coverage, Outcome, Run, Tally
from scanner.errors import ScheduleKept
from scanner.rules.elections import Election
from scanner.scan.run import alone
from scanner.schedule import tick as ticks
from scanner.schedule import watch
from scanner.schedule.tick import Tick, tick
from scanner.store import accounts, keepers, pauses, persons, runs
from tests.scan.conftest import Town

DAY = timedelta(days=1)


def now() -> datetime:
    return datetime.now(UTC)


def ran(town: Town) -> list[Run]:
    with town.workspace.store.lease("test") as lease:
        return runs.last_runs(lease)


def listed(town: Town) -> list[Account]:
    with town.workspace.store.lease("test") as lease:
        return accounts.load_accounts(lease)


def covered(town: Town, run_id: str | None) -> dict[str, Coverage]:
    with town.workspace.store.lease("test") as lease:
        return {one.account_id: one for one in runs.coverage_of(lease, run_id or "")}


def look_at(town: Town, who: list[Account], reason: str = "") -> None:
    """Put a look at accounts on record, as of this moment."""
    at = now()
    outcome = Outcome.NOT_TRIED if reason else Outcome.COMPLETE
    with town.workspace.store.lease("test") as lease:
        runs.save_coverage(lease, [Coverage("scan-before", one.id, outcome, reason, Tally(), 1, at, at) for one in who])


def test_the_first_tick_looks_at_everybody_the_second_at_nobody_and_a_late_one_catches_up_once(kept: Town):
    workspace = kept.workspace
    first, second = tick(workspace, now()), tick(workspace, now())
    late = tick(workspace, now() + DAY)
    assert (first.exit_code, first.reason, len(covered(kept, first.run_id))) == (0, "", 3)
    assert (second.exit_code, second.run_id) == (0, None)
    assert second.reason.startswith("nothing is due before 20")
    assert second.next_due is not None
    assert {run.id: run.trigger for run in ran(kept)} == {first.run_id: "schedule", late.run_id: "catch_up"}
    assert set(Counter(kept.platform.looks).values()) == {2}


def test_only_who_is_due_is_looked_at(kept: Town):
    *seen, due = listed(kept)
    look_at(kept, seen)
    assert set(covered(kept, tick(kept.workspace, now()).run_id)) == {due.id}


def test_a_refusal_is_the_look_of_its_slot_but_who_was_put_off_comes_at_once(kept: Town):
    refused, put_off, seen = listed(kept)
    look_at(kept, [seen])
    look_at(kept, [refused], "no key")
    look_at(kept, [put_off], f"the run was stopped {PUT_OFF}")
    assert set(covered(kept, tick(kept.workspace, now()).run_id)) == {put_off.id}


def test_nothing_begins_while_the_schedule_is_paused(kept: Town):
    with kept.workspace.store.lease("test") as lease:
        pauses.pause(lease, until=now() + DAY, reason="perintah ketua", by="ketua.rimba", at=now())
    done = tick(kept.workspace, now())
    assert (done.exit_code, done.run_id) == (0, None)
    assert done.reason.startswith("the schedule is paused until 20")
    assert done.reason.endswith("UTC: perintah ketua")
    assert ran(kept) == []


def test_a_tick_beside_another_scan_does_nothing_and_says_whose(kept: Town):
    with alone(kept.workspace.store):
        done = tick(kept.workspace, now())
    assert (done.exit_code, done.run_id) == (0, None)
    assert done.reason.startswith("another scan is under way: PID")
    assert kept.platform.looks == []


def test_what_another_scan_looked_at_meanwhile_is_not_looked_at_again(kept: Town, monkeypatch: pytest.MonkeyPatch):
    taken = ticks.alone

    def just_after_another(store: object) -> object:
        look_at(kept, listed(kept))
        return taken(store)

    monkeypatch.setattr(ticks, "alone", just_after_another)
    assert tick(kept.workspace, now()).run_id is None
    assert kept.platform.looks == []


def test_a_second_machine_is_refused_with_the_first_ones_name(kept: Town):
    with kept.workspace.store.lease("test") as lease:
        keepers.claim(lease, machine="1a2b3c4d", process=4711, now=now())
    with pytest.raises(ScheduleKept, match="machine 1a2b3c4d"):
        tick(kept.workspace, now())
    assert tick(kept.workspace, now() + keepers.SILENT).run_id is not None


def test_nobody_is_looked_at_without_a_mandate_and_the_tick_says_so(kept: Town):
    done = tick(kept.workspace, now() + 3650 * DAY)
    assert done.exit_code == 1
    assert "nothing is fetched" in done.reason
    assert (ran(kept), kept.platform.looks) == ([], [])


def test_no_account_on_the_list_is_no_failure(kept: Town):
    with kept.workspace.store.lease("test") as lease:
        lease.execute("UPDATE accounts SET removed_at = now()")
    assert tick(kept.workspace, now()) == Tick(0, "no account is listed")


def test_who_is_suspended_is_on_record_as_such_but_makes_no_run(kept: Town):
    hidden, *others = listed(kept)
    with kept.workspace.store.lease("test") as lease:
        persons.suspend(lease, hidden.person_id, reason="keberatan", by="dian", at=now())
    look_at(kept, others[1:])
    done = tick(kept.workspace, now())
    assert {key: one.outcome for key, one in covered(kept, done.run_id).items()} == {
        hidden.id: Outcome.NOT_TRIED,
        others[0].id: Outcome.COMPLETE,
    }
    with kept.workspace.store.lease("test") as lease:
        lease.execute("DELETE FROM coverage WHERE account_id = $id", {"id": hidden.id})
    assert tick(kept.workspace, now()).run_id is None


def test_a_pause_ends_the_scan_under_way_behind_its_page(kept: Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(watch, "LOOK", 0.05)
    kept.platform.seconds = 20.0
    ended: list[Tick] = []
    scanning = threading.Thread(target=lambda: ended.append(tick(kept.workspace, now())))
    scanning.start()
    assert kept.platform.asked.wait(10)
    with kept.workspace.store.lease("test") as lease:
        pauses.pause(lease, until=None, reason="perintah ketua", by="ketua.rimba", at=now())
    time.sleep(0.4)
    kept.platform.released.set()
    scanning.join(10)
    assert ended[0].exit_code == 3
    assert all(one.reason.startswith("the schedule was paused") for one in covered(kept, ended[0].run_id).values())


def test_a_run_whose_time_is_up_puts_off_the_others_who_come_first_in_the_next(
    kept: Town, monkeypatch: pytest.MonkeyPatch
):
    config = kept.root / "scanner.toml"
    config.write_text(config.read_text().replace("[network]", "[network]\nworkers = 1", 1))
    monkeypatch.setattr(ticks, "SHARE", 0.3 / (180 * 60))
    kept.platform.seconds = 0.5
    first = tick(kept.workspace, now())
    outcomes = covered(kept, first.run_id)
    put_off = {key for key, one in outcomes.items() if one.reason.endswith(PUT_OFF)}
    assert [one.outcome for one in outcomes.values()].count(Outcome.PARTIAL) == 1
    assert len(put_off) == 2
    assert all("the run's time was up" in one.reason for one in outcomes.values())
    kept.platform.seconds = 0.0
    monkeypatch.setattr(ticks, "SHARE", 0.8)
    assert set(covered(kept, tick(kept.workspace, now()).run_id)) == put_off


def test_comments_under_a_campaign_account_are_walked_once_a_slot_for_all_listed_accounts(
    kept: Town, monkeypatch: pytest.MonkeyPatch
):
    campaign = (Platform.MASTODON, "kampanye@nusarimba.example")
    asked: list[set[str]] = []

    def comments(_: Collector, _campaign: str, listed: Mapping[str, Account], *_more: object) -> Iterator[Page]:
        asked.append({one.id for one in listed.values()})
        return iter(())

    monkeypatch.setattr(Election, "campaign_accounts", property(lambda _: (campaign,)))
    monkeypatch.setattr(MastodonCollector, "comments", comments)
    everybody = listed(kept)
    look_at(kept, everybody[1:])
    tick(kept.workspace, now())
    assert asked == [{one.id for one in everybody}], "whom a walk leaves out is left out for good"
    with kept.workspace.store.lease("test") as lease:
        lease.execute("DELETE FROM coverage WHERE account_id = $id", {"id": everybody[0].id})
    assert tick(kept.workspace, now()).run_id is not None
    assert len(asked) == 1
