"""What the operation is watched by: runs that really succeeded, troubles by their class, and nobody suspended."""

from __future__ import annotations

import ast
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from scanner.domain.runs import Brought, Coverage, Outcome, Run, Tally
from scanner.errors import StoreDamaged
from scanner.store import accounts, audit, exports, flags, looks, pages, pauses, runs
from scanner.store.connection import Lease
from scanner.store.latest import load_latest
from scanner.store.operations import CLASSES, Trouble, load_operations
from tests.store.samples import HOUR, NOON, make_account, make_evidence, make_flag, make_post

ACCOUNTS = [make_account(f"{name}@desa.example", person_id=name) for name in ("budi", "sari", "tina")]
PACKAGE = Path(__file__).parents[2] / "scanner"
OF = {
    "KeyNeeded": Trouble.KEY,
    "TokenRefused": Trouble.KEY,
    "BudgetSpent": Trouble.BUDGET,
    "RateLimited": Trouble.THROTTLED,
    "FormatDrift": Trouble.DRIFT,
    "drift": Trouble.DRIFT,
    "OutOfTime": Trouble.TIME,
}


@pytest.fixture
def listed(lease: Lease) -> Lease:
    accounts.save_accounts(lease, ACCOUNTS)
    return lease


def ran(
    lease: Lease, hour: int, exit_code: int | None, kind: str = "scan", trigger: str = "hand", **brought: int
) -> None:
    key, began = f"{kind}-{hour}", NOON + hour * HOUR
    runs.start_run(
        lease, Run(id=key, kind=kind, started_at=began, ended_at=None, exit_code=None, versions="v", trigger=trigger)
    )
    if exit_code is not None:
        ended = began + timedelta(minutes=5)
        runs.finish_run(lease, key, ended_at=ended, exit_code=exit_code, brought=Brought(**brought))


def covered(lease: Lease, account: int, outcome: Outcome, reason: str = "", hour: int = 0) -> None:
    at = NOON + hour * HOUR
    runs.save_coverage(
        lease, [Coverage(f"scan-{hour}", ACCOUNTS[account].id, outcome, reason, Tally(), 1, at, at + HOUR / 60)]
    )


def suspend(lease: Lease, account: int) -> None:
    lease.execute("UPDATE accounts SET suspended_at = ? WHERE id = ?", [NOON, ACCOUNTS[account].id])


def flagged(lease: Lease, number: int, known_at: datetime, account: int = 0) -> str:
    account_id = ACCOUNTS[account].id
    post = make_post(number, text=f"Coblos nomor 9, warga {number}", account_id=account_id)
    raw = make_evidence(b"%d" % number, url=f"https://desa.example/{number}")
    pages.save_page(
        lease,
        run_id="r",
        account=ACCOUNTS[account],
        posts=[post],
        captures=[raw],
        cursor=None,
        rejected=(),
        seen_at=NOON,
    )
    flags.save_flags(
        lease, [make_flag(version_id=post.version_id, post_id=post.id, account_id=account_id, known_at=known_at)]
    )
    return post.version_id


def said(node: ast.expr) -> str:
    """Return a message as written in the source, with a word for each value."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "nilai" for part in node.values)
    return str(node.value) if isinstance(node, ast.Constant) else "tiktok: the keys are refused; platforms.tiktok.keys"


@cache
def messages() -> list[tuple[str, str]]:
    """Return every message of these errors anywhere in the program."""
    nodes = (node for path in sorted(PACKAGE.rglob("*.py")) for node in ast.walk(ast.parse(path.read_text("utf-8"))))
    calls = (node for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args)
    return [(call.func.id, said(call.args[0])) for call in calls if call.func.id in OF]


def test_nothing_yet_is_told_as_nothing(lease):
    found = load_operations(lease, NOON)
    assert (found.succeeded_at, found.ended_at, found.exit_code, found.seconds) == (None, None, None, None)
    assert (found.oldest, found.held, found.backed_up_at, found.events, found.paused) == (None, 0, None, 0, False)
    assert (found.accounts, found.posts, found.troubles, found.requests) == ({}, {}, {}, 0)


def test_the_last_run_is_told_and_the_last_one_that_succeeded(lease):
    ran(lease, 0, 0)
    ran(lease, 1, 3, complete=2)
    ran(lease, 2, 1)
    ran(lease, 3, None)
    found = load_operations(lease, NOON + 4 * HOUR)
    assert found.succeeded_at == NOON + HOUR + timedelta(minutes=5)
    assert found.ended_at == NOON + 2 * HOUR + timedelta(minutes=5)
    assert (found.exit_code, found.seconds) == (1, 300)


def test_a_run_that_covered_nobody_has_not_succeeded(lease):
    ran(lease, 0, 3, complete=0)
    assert load_operations(lease, NOON + HOUR).succeeded_at is None


@pytest.mark.parametrize(("kind", "trigger"), [("import", "hand"), ("scan", "backfill")])
def test_imports_and_backfills_are_no_scans(lease, kind, trigger):
    ran(lease, 0, 0, kind=kind, trigger=trigger)
    assert load_operations(lease, NOON + HOUR).ended_at is None


def test_what_was_made_under_a_clock_far_ahead_counts_for_nothing_and_a_little_ahead_does(listed):
    years = 10 * 365 * 24
    for hour, outcome in ((0, Outcome.COMPLETE), (1, Outcome.PARTIAL), (years, Outcome.GONE)):
        ran(listed, hour, 0 if hour < 2 else 1, requests=5)
        covered(listed, 0, outcome, hour=hour)
        made = exports.Export(f"/x/{hour}", "backup", NOON + hour * HOUR, "sari", "0" * 64, identifiable=True)
        exports.save_export(listed, made)
    found = load_operations(listed, NOON)
    assert found.succeeded_at == found.ended_at == NOON + HOUR + timedelta(minutes=5)
    assert (found.exit_code, found.requests, found.backed_up_at) == (0, 10, NOON + HOUR)
    assert (found.accounts[Outcome.PARTIAL], found.troubles) == (1, {Trouble.OTHER: 1})
    assert [one.id for one in runs.last_runs(listed, now=NOON)] == ["scan-1", "scan-0"]
    assert load_operations(listed, NOON + years * HOUR).exit_code == 1, "its time has come"


READERS = (
    ("coverage.outcome", lambda lease: load_operations(lease, NOON)),
    ("coverage.outcome", lambda lease: load_latest(lease, NOON)),
    ("coverage.outcome", lambda lease: runs.coverage_of(lease, "scan-0")),
    ("coverage.outcome", lambda lease: runs.coverage_days(lease, NOON.date())),
    ("accounts.platform", lambda lease: load_latest(lease, NOON)),
    ("accounts.platform", accounts.load_accounts),
    ("accounts.platform", looks.listed),
)


@pytest.mark.parametrize(("column", "read"), READERS)
def test_words_that_nobody_knows_are_told_as_damage_by_whoever_reads_them(listed, column, read):
    covered(listed, 0, Outcome.COMPLETE)
    read(listed)
    table, name = column.split(".")
    listed.execute(f"UPDATE {table} SET {name} = 'entah'")
    with pytest.raises(StoreDamaged, match=f"^{column}: 'entah' is none of its words; .* would be valid"):
        read(listed)


def test_requests_are_those_of_the_last_day(lease):
    ran(lease, 0, 0, requests=5, throttled=1)
    ran(lease, 20, 0, requests=7, throttled=2)
    found = load_operations(lease, NOON + 30 * HOUR)
    assert (found.requests, found.throttled) == (7, 2)


def test_accounts_are_told_by_the_latest_look_and_those_never_looked_at_as_not_tried(listed):
    covered(listed, 0, Outcome.PARTIAL, hour=0)
    covered(listed, 0, Outcome.COMPLETE, hour=1)
    covered(listed, 1, Outcome.GONE)
    found = load_operations(listed, NOON + 2 * HOUR)
    assert found.accounts == {Outcome.COMPLETE: 1, Outcome.GONE: 1, Outcome.NOT_TRIED: 1}


def test_who_is_suspended_has_no_part_in_anything(listed):
    for account in (0, 1):
        covered(listed, account, Outcome.GONE)
        flagged(listed, account + 1, NOON, account)
    suspend(listed, 0)
    found = load_operations(listed, NOON + HOUR)
    assert found.accounts == {Outcome.GONE: 1, Outcome.NOT_TRIED: 1}
    assert found.troubles == {Trouble.GONE: 1}
    assert found.posts == {"mastodon": 1}
    assert sum(map(len, found.waiting.values())) == 1


@pytest.mark.parametrize("kind", sorted(OF))
def test_every_message_in_the_program_is_told_by_its_class(lease, kind):
    found = [text for name, text in messages() if name == kind]
    rows = lease.rows(
        f"SELECT reason, {CLASSES} FROM (SELECT unnest(?::VARCHAR[]) AS reason, 'partial' AS outcome)", [found]
    )
    assert [(text, got) for text, got in rows if got != OF[kind]] == []
    assert found


@pytest.mark.parametrize(
    ("outcome", "reason", "trouble"),
    [
        (Outcome.PRIVATE, "protected", Trouble.PRIVATE),
        (Outcome.GONE, "no such account", Trouble.GONE),
        (Outcome.BLOCKED, "robots.txt forbids it", Trouble.BLOCKED),
        (Outcome.NOT_TRIED, "the mandate has run out", Trouble.NOT_TRIED),
        (Outcome.NOT_TRIED, "x: no key; set token under [platforms.x.keys] in secrets.toml", Trouble.KEY),
        (Outcome.NOT_TRIED, "today's budget of 5 requests is used up; gathering goes on tomorrow", Trouble.BUDGET),
        (Outcome.NOT_TRIED, "the run was stopped before this account", Trouble.TIME),
        (Outcome.PARTIAL, "the run was stopped; the next one goes on from here", Trouble.TIME),
        (Outcome.PARTIAL, "unexpected KeyError; see the log and report it", Trouble.FAULT),
        (Outcome.PARTIAL, "budi: shown no post in 3 runs in a row: the format may have changed", Trouble.DRIFT),
        (Outcome.PARTIAL, "2 items could not be read and are in quarantine", Trouble.UNREADABLE),
        (Outcome.PARTIAL, "https://x.example: server error 502", Trouble.OTHER),
    ],
)
def test_looks_that_were_not_complete_are_told_by_class(listed, outcome, reason, trouble):
    covered(listed, 0, Outcome.COMPLETE, hour=1)
    covered(listed, 0, outcome, reason, hour=2)
    assert load_operations(listed, NOON + 3 * HOUR).troubles == {trouble: 1}
    assert load_operations(listed, NOON + 30 * HOUR).troubles == {}, "a day later it is forgotten"


def test_what_waits_is_told_the_oldest_first_and_what_is_settled_is_not(listed):
    flagged(listed, 1, NOON)
    flagged(listed, 2, NOON - HOUR)
    settled = flagged(listed, 3, NOON - 2 * HOUR)
    listed.execute("UPDATE flags SET settled_at = ? WHERE id = ?", [NOON, settled])
    found = load_operations(listed, NOON)
    assert list(found.waiting.values()) == [[NOON - HOUR, NOON]]
    assert found.oldest == NOON - HOUR


def test_items_in_hand_are_counted_until_their_time_is_over(listed):
    item = flagged(listed, 1, NOON)
    listed.execute(
        """INSERT INTO assignments BY NAME SELECT $item AS item_id, 'sari' AS person, 'blind' AS stage,
           $now::TIMESTAMPTZ AS taken_at, $now::TIMESTAMPTZ + INTERVAL 10 MINUTE AS held_until, false AS closed""",
        {"item": item, "now": NOON},
    )
    assert load_operations(listed, NOON).held == 1
    assert load_operations(listed, NOON + HOUR).held == 0


def test_the_last_backup_the_last_event_and_a_pause_are_told(lease):
    for hour, kind in ((0, "backup"), (1, "backup"), (2, "posts")):
        made = exports.Export(f"/x/{hour}", kind, NOON + hour * HOUR, "sari", "0" * 64, identifiable=True)
        exports.save_export(lease, made)
    audit.append(lease, actor="sari", action="uji", subject="x", detail={}, at=NOON)
    pauses.pause(lease, until=NOON + HOUR, reason="masa tenang", by="sari", at=NOON)
    found = load_operations(lease, NOON)
    assert (found.backed_up_at, found.events, found.paused) == (NOON + HOUR, 2, True)
    assert load_operations(lease, NOON + 2 * HOUR).paused is False
