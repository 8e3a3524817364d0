"""Walking newest-first pages back to what is known: cursors, overlap, window and guards, once for all platforms."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

from scanner.collect.interface import Options, Page, Window
from scanner.domain.captures import Evidence
from scanner.domain.posts import Post
from scanner.domain.runs import Cursor, Rejected
from scanner.errors import FormatDrift


@dataclass(frozen=True, slots=True)
class Step:
    """One page as the platform gave it, before window and high-water mark are looked at."""

    posts: tuple[tuple[str, Post], ...]
    """The platform's id as paging counts it, and the post."""
    evidence: tuple[Evidence, ...]
    next_page: str | None
    """Id to go on below, or None at the end; with `token`, a page token."""
    ids: tuple[str, ...]
    """All readable items of the page, kept or not (service messages, non-public ones)."""
    rejected: tuple[Rejected, ...] = ()
    native_id: str | None = None
    note: str = ""
    token: bool = False
    """`next_page` is opaque: it is not compared with ids, and seen twice means that paging does not go on."""


def order(native_id: str) -> tuple[int, str]:
    """Return the place of an id in time: decimal numbers, ULIDs and hex stamps all sort so."""
    return len(native_id), native_id


def walk(read: Callable[[str | None], Step], cursor: Cursor, window: Window, options: Options) -> Iterator[Page]:
    """Yield the pages from the newest post (or where a walk was cut off) back to `cursor.high_water`.

    `read` fetches the page below an id, or the newest one for None. The walk ends at the last page, `overlap`
    posts beyond the high-water mark, at the start of the window, or when the server ignores its own paging.
    """
    asked, top, known = cursor.next_page, cursor.top, 0
    tokens: set[str | None] = set()
    for number in range(1, options.max_pages + 1):
        step = read(asked)
        if asked is None:
            _require_known_shape(step)
        top = _newest(top, step, window)
        known += sum(cursor.high_water is not None and order(i) <= order(cursor.high_water) for i in step.ids)
        tokens.add(asked)
        stuck = _is_stuck(step, asked, tokens)
        done = step.next_page is None or stuck or known >= max(options.overlap, 1) or _is_before(step, window)
        full = number == options.max_pages and not done
        after = replace(cursor, next_page=step.next_page, top=top)
        if done:
            after = replace(cursor, high_water=top or cursor.high_water, next_page=None, top=None)
        yield Page(
            posts=tuple(post for _, post in step.posts if window.holds(post.posted_at)),
            evidence=step.evidence,
            cursor=after,
            rejected=step.rejected,
            native_id=step.native_id,
            note="; ".join(filter(None, (step.note, _STUCK if stuck else "", _FULL if full else ""))),
        )
        if done:
            return
        asked = step.next_page


_STUCK = "the server ignores paging: older posts may exist that were not shown"
_FULL = "stopped at the ceiling of pages; the next run goes on from here"


def _require_known_shape(step: Step) -> None:
    """One bad item is an accident; a newest page of nothing but bad items is a format we do not know.

    Further back it is a gap, on record in the quarantine: the walk goes on, or it would never get past it.
    """
    if len(step.rejected) > 1 and not step.ids:
        first = step.rejected[0]
        raise FormatDrift(f"{first.source}: none of {len(step.rejected)} items could be read; first: {first.reason}")


def _newest(top: str | None, step: Step, window: Window) -> str | None:
    """Return the newest id up to now. Posts beyond the window's end do not count: a later run must find them new."""
    late = {i for i, post in step.posts if window.until and post.posted_at and post.posted_at >= window.until}
    ids = [i for i in step.ids if i not in late] + ([top] if top else [])
    return max(ids, key=order, default=None)


def _is_stuck(step: Step, asked: str | None, tokens: Collection[str | None]) -> bool:
    if step.token:
        return step.next_page is not None and step.next_page in tokens
    if asked is not None and step.ids and all(order(i) >= order(asked) for i in step.ids):
        return True
    return asked is not None and step.next_page is not None and order(step.next_page) >= order(asked)


def _is_before(step: Step, window: Window) -> bool:
    """Tell whether the whole page was posted before the window begins."""
    since = window.since
    times = [post.posted_at for _, post in step.posts]
    return since is not None and bool(times) and all(time is not None and time < since for time in times)
