"""Whatever three reviewers and two adjudicators do in whatever order, the record is the replay of its events (C5, PU2).

Held, judged, undone, ruled on, made gold, referred, taken off the list, and time passing in between.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections import defaultdict
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from scanner.domain.reviews import Stage, Verdict
from scanner.domain.users import Role, User
from scanner.errors import ReviewError, StoreError, UsageError
from scanner.review import adjudicate, gold, refer, settled
from scanner.review.onward import take as take_many
from scanner.review.queue import take_next
from scanner.review.undo import undo
from scanner.store import accounts, assignments, audit, judgements, referrals, users
from scanner.store.connection import Lease, Store
from scanner.store.owner import own
from scanner.store.settled import settled_items
from tests.review.desks import BUDI, KETUA, LATER, NO, SARI, TINA, UNSURE, YES, flag, make_desk, make_user, say
from tests.store.samples import make_account

WAKIL = make_user("wakil", Role.ADJUDICATOR)
EVERYBODY = (SARI, BUDI, TINA, KETUA, WAKIL)
FLAGS = tuple(flag(number) for number in (1, 2, 3))

PEOPLE, ADJUDICATORS = st.sampled_from(EVERYBODY), st.sampled_from((KETUA, WAKIL))
ITEMS, VERDICTS = st.sampled_from(FLAGS), st.sampled_from((YES, NO, UNSURE))


@cache
def begun() -> Store:
    """Return a desk on which nothing has happened yet, to be copied."""
    store = make_desk(Path(tempfile.mkdtemp()), len(FLAGS))
    with store.lease("test") as lease:
        for user in EVERYBODY:
            users.add_user(lease, user, by="test")
    return store


class Desk(RuleBasedStateMachine):
    """The desk, and what its events say happened."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = contextlib.ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        data = shutil.copytree(begun().path.parent, folder / "data")
        self.store = self.stack.enter_context(own(Store(data / "scanner.duckdb")))
        self.now, self.keys = LATER, count()
        self.listed = True
        self.sent: dict[str, tuple[User, Verdict, str]] = {}

    def teardown(self) -> None:
        with self.store.lease("test") as lease:
            assert audit.verify(lease).problems == ()
            if self.listed:
                closed = {item for (item,) in lease.rows("SELECT id FROM flags WHERE settled_at IS NOT NULL")}
                assert closed == set(judgements.settled(lease, overlap=2))
                assert closed == listed_as_settled(lease)
        self.stack.close()

    def key(self) -> str:
        self.now += timedelta(seconds=7)
        return f"k{next(self.keys)}"

    @rule(minutes=st.sampled_from((1, 4, 11)))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(user=PEOPLE, lucky=st.booleans(), skip=st.booleans())
    def take(self, user: User, lucky: bool, skip: bool) -> None:
        chance = (lambda: 0.0) if lucky else (lambda: 1.0)
        item = take_next(self.store, user, now=self.now, chance=chance)
        if item is not None and skip:
            take_next(self.store, user, now=self.now, after=item.id, chance=chance)

    @rule(user=PEOPLE)
    def fetch_ahead(self, user: User) -> None:
        take_many(self.store, user, now=self.now)

    @rule(user=PEOPLE, item=ITEMS, verdict=VERDICTS)
    def judge(self, user: User, item: str, verdict: Verdict) -> None:
        key = self.key()
        with contextlib.suppress(ReviewError, UsageError):
            say(self.store, user, verdict, item, key=key, now=self.now)
            self.sent[key] = (user, verdict, item)

    @rule(user=PEOPLE, verdict=VERDICTS)
    def judge_what_is_next(self, user: User, verdict: Verdict) -> None:
        item = take_next(self.store, user, now=self.now)
        if item is not None:
            self.judge(user, item.id, verdict)

    @rule(chance=st.randoms(use_true_random=False))
    def send_again(self, chance) -> None:
        if self.sent:
            key = chance.choice(sorted(self.sent))
            user, verdict, item = self.sent[key]
            with contextlib.suppress(ReviewError):
                assert not say(self.store, user, verdict, item, key=key, now=self.now).stored

    @rule(user=PEOPLE)
    def take_back(self, user: User) -> None:
        key = self.key()
        with contextlib.suppress(ReviewError, UsageError):
            undone = undo(self.store, key=key, reviewer=user.name, now=self.now)
            assert undo(self.store, key=key, reviewer=user.name, now=self.now).judgement == undone.judgement

    @rule(user=ADJUDICATORS, item=ITEMS, verdict=st.sampled_from((YES, NO)))
    def rule_on(self, user: User, item: str, verdict: Verdict) -> None:
        codes = ("AJAKAN-PILIH",) if verdict is YES else ()
        with contextlib.suppress(ReviewError, UsageError):
            adjudicate.rule(
                self.store,
                key=self.key(),
                flag_id=item,
                adjudicator=user.name,
                verdict=verdict,
                codes=codes,
                reason="alasan",
                now=self.now,
            )

    @rule(user=PEOPLE, item=ITEMS)
    def see_views(self, user: User, item: str) -> None:
        with contextlib.suppress(ReviewError):
            adjudicate.views(self.store, user, item, now=self.now)

    @rule(user=ADJUDICATORS, item=ITEMS)
    def open_settled(self, user: User, item: str) -> None:
        with contextlib.suppress(ReviewError):
            settled.open_settled(self.store, user, item, now=self.now)

    @rule(user=ADJUDICATORS, item=ITEMS)
    def mark_gold(self, user: User, item: str) -> None:
        with contextlib.suppress(ReviewError):
            gold.mark_gold(self.store, user, item, now=self.now, reason="jelas")

    @rule(user=ADJUDICATORS, item=ITEMS, because=st.sampled_from(("", "alasan")))
    def refer(self, user: User, item: str, because: str) -> None:
        with contextlib.suppress(ReviewError):
            refer.refer(self.store, user, item, late_because=because, now=self.now)

    @rule(item=ITEMS)
    def refer_at_the_store(self, item: str) -> None:
        """By whatever way: the store itself refuses (PU2)."""
        with self.store.lease("test") as lease, contextlib.suppress(StoreError):
            referrals.record_referral(lease, item, by="siapa saja", at=self.now)

    @rule()
    def take_off_or_put_back(self) -> None:
        change = accounts.remove_account if self.listed else accounts.restore_account
        with self.store.lease("test") as lease:
            change(lease, make_account().id, reason="diperiksa", by="rina", approved_by="joko", at=self.now)
        self.listed = not self.listed

    @invariant()
    def the_record_is_the_replay_of_its_events(self) -> None:
        with self.store.lease("test") as lease:
            said = replay(lease)
            compare(lease, said, self.now)
            refer_only_what_two_hold(lease, said)


Said = dict[str, dict[str, tuple[str, Stage, Verdict]]]
"""By item and person what stands: judgement, stage, verdict."""


def replay(lease: Lease) -> Said:
    """Tell from the events alone what stands."""
    standing: Said = defaultdict(dict)
    for event in reversed(audit.events(lease, limit=100_000)):
        if event.action != "judgement.append":
            continue
        verdict, stage = Verdict(event.detail["verdict"]), Stage(event.detail["stage"])
        if verdict is Verdict.WITHDRAWN:
            del standing[event.subject][event.actor]
        elif stage is not Stage.PREVIEW:
            assert event.actor not in standing[event.subject], "nobody judges an item twice"
            standing[event.subject][event.actor] = (event.detail["judgement"], stage, verdict)
    return standing


def compare(lease: Lease, said: Said, now: datetime) -> None:
    closed = {item for (item,) in lease.rows("SELECT id FROM flags WHERE settled_at IS NOT NULL")}
    seats = assignments.open_seats(lease, now=now)
    stored = stored_judgements(lease)
    for item in FLAGS:
        blind = [verdict for _, stage, verdict in said[item].values() if stage is Stage.BLIND]
        rulings = [verdict for _, stage, verdict in said[item].values() if stage is Stage.ADJUDICATION]
        assert len(blind) <= 2, "a third judgement only by way of a ruling"
        assert len(rulings) <= 1
        readers = {name for name, (_, stage, _) in said[item].items() if stage is not Stage.ADJUDICATION}
        assert readers.isdisjoint({KETUA.name, WAKIL.name}), "who rules reads nothing blind"
        if rulings:
            assert len(blind) == 2
            assert blind[0] != blind[1] or blind[0] is UNSURE, "a ruling only where two disagree"
        agreed = len(blind) == 2 and blind[0] == blind[1] is not UNSURE
        assert (item in closed) == bool(rulings or agreed)
        assert stored[item] == {name: judgement for name, (judgement, _, _) in said[item].items()}
        holding = [one for one in seats[item] if one.stage is Stage.BLIND and one.held]
        assert len(blind) + len(holding) <= 2, "no more in hand than wanted"


def listed_as_settled(lease: Lease) -> set[str]:
    """Return what an adjudicator finds in the list of what is settled."""
    found = [one for verdict in (YES, NO) for one in settled_items(lease, make_user("ketua"), verdict, overlap=2)]
    return {one.id for one in found}


def stored_judgements(lease: Lease) -> dict[str, dict[str, str]]:
    """Return by item and person the judgement that the queue holds to stand."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    rows = lease.rows("SELECT item_id, person, judgement_id FROM assignments WHERE judgement_id IS NOT NULL")
    for item, person, judgement in rows:
        found[item][person] = judgement
    return found


def refer_only_what_two_hold(lease: Lease, said: Said) -> None:
    for item in referrals.referred_flags(lease):
        holding = {
            name for name, (_, stage, verdict) in said[item].items() if verdict is YES and stage is not Stage.GOLD
        }
        assert len(holding) >= 2, "no referral without two different people (G14)"


def run(sequences: int, steps: int) -> None:
    run_state_machine_as_test(
        Desk,
        settings=settings(
            max_examples=sequences,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )


def test_a_few_sequences_replay():
    run(2, 8)


@pytest.mark.slow
def test_many_sequences_replay():
    """40 take some two minutes; reliability C5 asks for 2,000 in a night: `SEQUENCES=2000 make slow`."""
    run(int(os.environ.get("SEQUENCES", "40")), 15)
