"""What a full walk no longer showed: looked for by id, and marked missing only after both looks agree."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from scanner.collect.interface import Collector, Found
from scanner.domain.accounts import Account
from scanner.domain.posts import Post
from scanner.domain.runs import Cursor, Tally
from scanner.scan.plan import Planned
from scanner.store import pages
from scanner.store.connection import Store
from scanner.store.unseen import mark_missing, unseen_since

_MOMENT = timedelta(microseconds=1)


@dataclass(slots=True)
class LookedUp:
    """What looking up by id brought."""

    tally: Tally = field(default_factory=Tally)
    requests: int = 0
    gone: list[str] = field(default_factory=list)
    """Ids of posts that the platform, asked by id, does not have."""


def look_for_unseen(
    store: Store, collector: Collector, item: Planned, cursor: Cursor, *, zone: ZoneInfo, run_id: str, now: datetime
) -> LookedUp:
    """Ask for the posts that a full walk did not show. The walk is the first look, the platform's answer the second.

    Where a platform cannot be asked by id, a later full walk is the second look.
    """
    began, account, window = cursor.sweep_began, item.account, item.window
    if began is None or not collector.terms.lists_all:
        return LookedUp()
    with store.lease("scan: what was not shown") as lease:
        found = unseen_since(lease, account.id, began, since=window.since, until=window.until)
        unseen = {one.native_id: one.id for one in found if account.in_service_on(one.local_day(zone))}
        mark_missing(lease, unseen.values(), seen_at=now - _MOMENT)
    return look_up(store, collector, account, unseen, run_id=run_id, now=now)


def look_up(
    store: Store, collector: Collector, account: Account, wanted: dict[str, str], *, run_id: str, now: datetime
) -> LookedUp:
    """Ask for posts by id: what is there is saved as seen now, what is not there is a look that missed it.

    `wanted` maps the platform's ids to ours.
    """
    done = LookedUp()
    for found in collector.look_up(account, list(wanted)) if wanted else ():
        done.requests += len(found.evidence)
        with store.lease("scan: looked up by id") as lease:
            done.tally += pages.save_page(
                lease,
                run_id=run_id,
                account=account,
                posts=_same(found, wanted),
                captures=found.evidence,
                cursor=None,
                rejected=(),
                seen_at=now,
            )
            gone = [wanted[native] for native in found.missing if native in wanted]
            mark_missing(lease, gone, seen_at=now)
            done.gone += gone
    return done


def _same(found: Found, wanted: dict[str, str]) -> list[Post]:
    """Keep only what was asked for."""
    return [post for post in found.posts if post.native_id in wanted]
