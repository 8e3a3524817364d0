"""One scan from plan to queue, as one run on record."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from scanner.collect.interface import Window
from scanner.detect.local import Detector
from scanner.domain.accounts import Account, Mandate, Platform
from scanner.domain.runs import Coverage, Cursor, Outcome, Run, Tally
from scanner.roster import Refusal, refuse_account
from scanner.scan.comments import Comments, source_of
from scanner.scan.drawing import draw_finished_days
from scanner.scan.flagging import Flagged, flag_unscored
from scanner.scan.gather import Gatherer
from scanner.scan.media import Bounds, Fetched, MediaFetcher
from scanner.scan.plan import Plan, Planned, in_fair_order, plan_scan, sweep
from scanner.scan.platforms import Platforms
from scanner.scan.record import finish, recorded
from scanner.scan.stopping import hurrying
from scanner.store import accounts, bindings, cursors, locking, pages, runs
from scanner.store.connection import Store


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did."""

    run: Run
    coverage: tuple[Coverage, ...]
    flagged: Flagged
    pictures: Fetched = field(default_factory=Fetched)
    """Of flagged posts."""

    @property
    def tally(self) -> Tally:
        """Posts of all accounts together."""
        return sum((item.tally for item in self.coverage), Tally())

    @property
    def exit_code(self) -> int:
        """0 when every account was covered completely, 3 when any was not."""
        return 0 if all(item.outcome is Outcome.COMPLETE for item in self.coverage) else 3


@dataclass(frozen=True, slots=True)
class Scan:
    """All a scan needs, as plain values from a door."""

    store: Store
    detector: Detector
    platforms: Platforms
    mandate: Mandate
    lookback_days: int
    workers: int
    sweep_days: int = 7
    media: Bounds | None = None
    """How many pictures of flagged posts are fetched; None: none."""
    unflagged_per_day: int = 0
    """How many unflagged posts of each day are drawn at random for reviewers."""
    account_seconds: float | None = None
    """After these a look at one account is ended; the next one goes on from there. None: it takes what it takes."""

    def plan(
        self,
        now: datetime,
        *,
        window: Window | None = None,
        only: frozenset[str] = frozenset(),
        platforms: frozenset[Platform] = frozenset(),
        limit: int | None = None,
        first: Collection[Platform] = (),
    ) -> Plan:
        """Decide who is looked at; raises MandateError when nobody may.

        `only` and `platforms` narrow the list; `limit` takes those who were asked longest ago. Platforms in `first`
        get three turns for one of the others.
        """

        def wanted(account: Account) -> bool:
            return (not only or account.id in only) and (not platforms or account.platform in platforms)

        with self.store.lease("scan: plan") as lease:
            everybody = accounts.load_accounts(lease)
            listed = [account for account in everybody if wanted(account)]
            suspended = tuple(account for account in accounts.load_suspended(lease) if wanted(account))
            bound = bindings.load_bindings(lease)
            known = cursors.load_cursors(lease, [account.id for account in listed])
            tried = runs.last_tried(lease)
        aside = window not in (None, Window())
        if not aside:
            known = {one.id: sweep(known.get(one.id, Cursor()), now, self.sweep_days) for one in listed}
        plan = plan_scan(
            [replace(one, native_id=one.native_id or bound.get(one.id)) for one in listed],
            mandate=self.mandate,
            election=self.detector.election,
            cursors={} if aside else known,
            now=now,
            lookback_days=self.lookback_days,
            window=window,
        )
        planned, off = self._open(plan)
        chosen = [replace(item, aside=aside) for item in in_fair_order(planned, tried, first)[:limit]]
        asked = tuple(self.platforms.asked(chosen))
        today = self.detector.election.local_date(now)
        known_as = {one.id: one.native_id or bound.get(one.id) for one in everybody}
        return replace(
            plan,
            planned=tuple(chosen),
            refused=(*plan.refused, *off),
            asked=asked,
            suspended=suspended,
            commenters=tuple(
                replace(one, native_id=known_as[one.id])
                for one in (listed if aside else everybody)
                if refuse_account(one, today) is None
            ),
        )

    def _open(self, plan: Plan) -> tuple[list[Planned], list[tuple[Account, Refusal]]]:
        """Part the accounts whose platform may be asked from those where it is off, unapproved or without key."""
        reasons = {
            platform: self.platforms.refusal(platform) for platform in {i.account.platform for i in plan.planned}
        }
        off = [
            (item.account, Refusal(item.account.id, reasons[item.account.platform]))
            for item in plan.planned
            if reasons[item.account.platform]
        ]
        planned = [
            replace(item, host=self.platforms.host(item.account))
            for item in plan.planned
            if not reasons[item.account.platform]
        ]
        return planned, off

    def run(
        self,
        plan: Plan,
        *,
        kind: str = "scan",
        trigger: str = "hand",
        progress: Callable[[Coverage], None] | None = None,
        stop: threading.Event | None = None,
    ) -> Summary:
        """Gather, score, flag, fetch the pictures of what was flagged; every step is on record before the next begins.

        Raises StoreLocked when another scan of this workspace is under way.
        """
        with alone(self.store):
            return self.run_alone(plan, kind=kind, trigger=trigger, progress=progress, stop=stop)

    def run_alone(
        self,
        plan: Plan,
        *,
        kind: str = "scan",
        trigger: str = "hand",
        progress: Callable[[Coverage], None] | None = None,
        stop: threading.Event | None = None,
        campaigns: Collection[str] | None = None,
    ) -> Summary:
        """Run as `run` does, for a caller that made sure with `alone` that no other scan is under way.

        `campaigns` are the sources of comments (`comments.source_of`) that are walked; None: all.
        """
        client = self.platforms.client
        with (
            recorded(self.store, kind, self.detector, trigger=trigger, window=plan.window, client=client) as run,
            hurrying(client, stop),
        ):
            coverage = [self._not_tried(run, account, refusal) for account, refusal in plan.refused]
            with self.store.lease("scan: save coverage") as lease:
                hidden = [self._not_tried(run, one, Refusal(one.id, pages.SUSPENDED)) for one in plan.suspended]
                runs.save_coverage(lease, [*coverage, *hidden])
            for item in self._gatherer(run).gather(plan.planned, stop):
                coverage.append(item)
                if progress is not None:
                    progress(item)
            coverage += self._comments(run, plan, stop, campaigns)
            flagged = flag_unscored(self.store, self.detector, stop=stop)
            draw_finished_days(
                self.store, self.detector.election, count=self.unflagged_per_day, now=datetime.now(UTC), by=kind
            )
            pictures = self._pictures(plan, stop)
            covered = tuple(sorted(coverage, key=lambda one: one.account_id))
            done = Summary(run=run, coverage=covered, flagged=flagged, pictures=pictures)
            ended = finish(self.store, run, done.tally, flagged, exit_code=done.exit_code, client=client)
            return replace(done, run=ended)

    def _comments(
        self, run: Run, plan: Plan, stop: threading.Event | None, campaigns: Collection[str] | None
    ) -> Iterator[Coverage]:
        """Gather what listed accounts commented under the campaign accounts of the election on planned platforms."""
        election = self.detector.election
        if not plan.planned:
            return iter(())
        window, aside = plan.planned[0].window, plan.planned[0].aside
        asked = {item.account.platform for item in plan.planned}
        chosen = [
            (platform, handle)
            for platform, handle in election.campaign_accounts
            if platform in asked and (campaigns is None or source_of(platform, handle) in campaigns)
        ]
        zone = ZoneInfo(election.region.tz)
        comments = Comments(self.store, self.platforms, run.id, zone, aside, self.account_seconds)
        return comments.gather(chosen, plan.commenters, window, stop)

    def _pictures(self, plan: Plan, stop: threading.Event | None) -> Fetched:
        if self.media is None:
            return Fetched()
        return MediaFetcher(self.store, self.platforms.client, self.platforms.options, self.media).fetch(plan, stop)

    def _gatherer(self, run: Run) -> Gatherer:
        return Gatherer(
            store=self.store,
            platforms=self.platforms,
            run_id=run.id,
            zone=ZoneInfo(self.detector.election.region.tz),
            workers=self.workers,
            account_seconds=self.account_seconds,
        )

    def _not_tried(self, run: Run, account: Account, refusal: Refusal) -> Coverage:
        return Coverage(
            run_id=run.id,
            account_id=account.id,
            outcome=Outcome.NOT_TRIED,
            reason=refusal.reason,
            tally=Tally(),
            requests=0,
            started_at=run.started_at,
            ended_at=run.started_at,
        )


def alone(store: Store) -> contextlib.AbstractContextManager[object]:
    """Let no other scan of a workspace begin meanwhile. Raises StoreLocked when one is under way."""
    return locking.held(store.path.with_name("scan"), "scan", wait=0)
