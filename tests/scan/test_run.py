"""A whole scan over real HTTP: what is new goes in once, others' posts never, and gaps are said aloud."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from scanner.demo.show import ZONE
from scanner.domain.accounts import Platform
from scanner.domain.runs import Coverage, Outcome
from scanner.errors import MandateError, StoreLocked
from scanner.scan.run import Summary
from scanner.scan.stopping import Stop
from scanner.store import audit, locking, runs
from tests.scan.conftest import Town

NOW = datetime.now(UTC)


@pytest.fixture
def town(kept_town: Town) -> Town:
    """Beside a running desk, which keeps the record open; `test_kill` scans where nobody does."""
    return kept_town


def scan(town: Town, **narrowed: frozenset[str] | frozenset[Platform]) -> Summary:
    with town.workspace.scan() as prepared:
        return prepared.run(prepared.plan(NOW, **narrowed))


def ids(town: Town, table: str = "posts") -> set[str]:
    with town.workspace.store.lease("test") as lease:
        return {key for (key,) in lease.rows(f"SELECT id FROM {table}")}


def test_a_scan_gathers_every_post_of_listed_accounts_and_nobody_elses(town: Town):
    summary = scan(town)
    assert ids(town) == town.expected()
    assert summary.tally.new == len(town.expected())
    assert {item.outcome for item in summary.coverage} == {Outcome.COMPLETE}
    assert summary.exit_code == 0


def test_a_second_scan_finds_nothing_new(town: Town):
    first = scan(town)
    again = scan(town)
    assert (again.tally.new, again.tally.changed) == (0, 0)
    assert again.flagged.scored == 0
    assert first.flagged.scored == len(town.expected())


def test_an_edit_becomes_a_version_beside_the_old_one(town: Town):
    scan(town)
    edited = next(
        post
        for post in town.platform.posts
        if town.platform.accounts[post.account].platform == "mastodon"
        and post.account in town.listed
        and post.kind == "post"
    )
    town.platform.posts = [
        replace(post, text=f"{post.text} (disunting)", edited_at=NOW) if post.id == edited.id else post
        for post in town.platform.posts
    ]
    with town.workspace.store.lease("test") as lease:  # the edited post may lie behind the overlap: walk afresh
        lease.execute("DELETE FROM cursors")
    assert scan(town).tally.changed == 1
    assert len(ids(town, "versions")) == len(town.expected()) + 1


def test_unlisted_people_are_nowhere_on_record_as_accounts(town: Town):
    scan(town)
    with town.workspace.store.lease("test") as lease:
        known = {key for (key,) in lease.rows("SELECT account_id FROM posts")}
        listed = {key for (key,) in lease.rows("SELECT id FROM accounts")}
    assert known <= listed
    assert len(listed) == len(town.listed)


def test_a_scan_can_be_narrowed_to_a_platform_or_an_account(town: Town):
    assert {item.account_id.split(":")[0] for item in scan(town, platforms=frozenset({Platform.RSS})).coverage} == {
        "rss"
    }
    with town.workspace.store.lease("test") as lease:
        [(one,)] = lease.rows("SELECT id FROM accounts ORDER BY id LIMIT 1")
    assert [item.account_id for item in scan(town, only=frozenset({one})).coverage] == [one]


def test_an_account_that_may_not_be_looked_at_is_not_tried_and_says_why(town: Town):
    with town.workspace.store.lease("test") as lease:
        lease.execute("UPDATE accounts SET listed_until = current_date - 1 WHERE platform = 'rss'")
    summary = scan(town)
    [untried] = [item for item in summary.coverage if item.outcome is Outcome.NOT_TRIED]
    assert "listed" in untried.reason
    assert summary.exit_code == 3
    assert not any(key.startswith("rss:") for key in ids(town))


def test_a_platform_without_its_approval_is_not_tried_and_the_others_go_on(town: Town):
    config = town.root / "scanner.toml"
    head, _, tail = config.read_text().partition("[platforms.telegram]")
    config.write_text(head + "[platforms.telegram]" + tail.replace('terms_approval = "CONTOH-1 (fiktif)"\n', ""))
    summary = scan(town)
    untried = [item for item in summary.coverage if item.outcome is Outcome.NOT_TRIED]
    assert len(untried) == 2
    assert all("platforms.telegram.terms_approval" in item.reason for item in untried)
    assert any(key.startswith("mastodon:") for key in ids(town))


def test_a_platform_switched_off_is_not_tried(town: Town):
    config = town.root / "scanner.toml"
    config.write_text(config.read_text().replace("[platforms.rss]\n", "[platforms.rss]\nenabled = false\n"))
    [untried] = [item for item in scan(town).coverage if item.outcome is Outcome.NOT_TRIED]
    assert untried.reason == "platforms.rss.enabled is false"


def test_a_handle_that_points_to_somebody_else_is_blocked_before_anything_is_stored(town: Town):
    with town.workspace.store.lease("test") as lease:
        [(account,)] = lease.rows("SELECT id FROM accounts WHERE platform = 'mastodon' ORDER BY id LIMIT 1")
        lease.execute("UPDATE accounts SET native_id = 'somebody-else' WHERE id = $id", {"id": account})
    [blocked] = [item for item in scan(town).coverage if item.outcome is Outcome.BLOCKED]
    assert blocked.account_id == account
    assert "renamed or taken over" in blocked.reason
    with town.workspace.store.lease("test") as lease:
        assert lease.rows("SELECT id FROM posts WHERE account_id = $id", {"id": account}) == []


def test_posts_from_outside_the_service_dates_are_never_stored(town: Town):
    with town.workspace.store.lease("test") as lease:
        first = datetime.now(ZONE).date() - timedelta(days=5)
        lease.execute("UPDATE accounts SET service_from = $first", {"first": first})
    scan(town)
    edge = datetime.combine(first, time(), ZONE)
    posted = {post.id: post.at for post in town.platform.posts}
    assert ids(town)
    assert all(posted[int(key.rsplit("/", 1)[1])] >= edge for key in ids(town))


def test_a_stopped_scan_says_so_and_the_next_one_goes_on(town: Town):
    stop = threading.Event()
    stop.set()
    with town.workspace.scan() as prepared:
        summary = prepared.run(prepared.plan(NOW), stop=stop)
    assert {item.outcome for item in summary.coverage} == {Outcome.NOT_TRIED}
    scan(town)
    assert ids(town) == town.expected()


@pytest.mark.parametrize("by_hand", [False, True], ids=["out of time", "stopped by hand meanwhile"])
def test_a_scan_that_is_out_of_time_still_scores_what_it_gathered(town: Town, by_hand: bool):
    parent = Stop()
    stop = Stop(parent)

    def up(_: Coverage) -> None:
        stop.out_of_time("its time was up")
        if by_hand:
            parent.set()

    with town.workspace.scan() as prepared:
        summary = prepared.run(prepared.plan(NOW), progress=up, stop=stop)
    assert summary.tally.new > 0
    assert summary.flagged.scored == (0 if by_hand else summary.tally.new)


def test_two_scans_of_one_workspace_do_not_run_at_once(town: Town):
    with locking.held(town.root / "data" / "scan", "scan", wait=0), pytest.raises(StoreLocked, match="PID"):
        scan(town)


def test_a_run_is_on_record_with_its_versions_and_in_the_audit_chain(town: Town):
    summary = scan(town)
    with town.workspace.store.lease("test") as lease:
        [run] = runs.last_runs(lease)
        actions = [event.action for event in audit.events(lease, subject=summary.run.id)]
    assert run == summary.run
    assert run.exit_code == 0
    assert "rules 2026" in run.versions
    assert sorted(actions) == ["run.finish", "run.start"]


def test_nothing_is_fetched_without_a_valid_mandate(town: Town):
    config = town.root / "scanner.toml"
    config.write_text(config.read_text().replace('dpia_id = "DPIA-NR-2026-03 (fiktif)"', 'dpia_id = ""'))
    with pytest.raises(MandateError, match="dpia_id missing"):
        scan(town)
    assert ids(town) == set()


def test_every_flag_names_rules_model_phase_and_clauses(town: Town):
    scan(town)
    with town.workspace.store.lease("test") as lease:
        flags = lease.dicts("SELECT * FROM flags")
        findings = lease.dicts("SELECT * FROM flag_findings")
    assert flags
    assert all(row["ruleset"].startswith("2026") and row["model_id"] and row["phase"] == "KAMPANYE" for row in flags)
    assert all(json.loads(row["citations"]) for row in findings)
