"""One post after one's own verdict: what the machine and others saw in it, and where two disagree the ruling."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from starlette.responses import Response

from scanner.classify.similar import Neighbour
from scanner.domain.flags import Flag, Label
from scanner.domain.reviews import Verdict
from scanner.domain.signals import Signal
from scanner.domain.users import Role
from scanner.errors import UsageError
from scanner.review.adjudicate import View, rule, views
from scanner.review.decide import new_key
from scanner.review.gold import settled_item
from scanner.review.items import Item
from scanner.review.queue import show
from scanner.review.recall import recall
from scanner.review.refer import allegation
from scanner.web.page import JUDGES, Page, Visit
from scanner.web.pages.alike import alike, counted
from scanner.web.pages.review import around, shown

_HIGH, _MIDDLE = 0.8, 0.5
"""Bands of a calibrated probability. A bare percentage would say more than the machine knows (reliability B1)."""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the original text, and what the rules saw in it."""

    text: str
    signal: Signal | None


def decided(visit: Visit) -> Response:
    """Show everything a person may see of a post on which they have given their view, or which was opened settled."""
    desk, item_id = visit.desk, visit.query("item")
    known = recall(desk.store, visit.who, item_id, overlap=desk.overlap, now=visit.now)
    item = show(desk.store, visit.who, item_id, now=visit.now, overlap=desk.overlap)
    with desk.store.lease("review: what is painted", reading=True) as lease:
        [one] = shown(visit, lease, [item])
        painted = around(visit, lease)
    return visit.html(
        "decided.html",
        one=one,
        known=known,
        spans=list(spans(item.post.text, known.flag.signals if known.flag else ())),
        bands=bands(known.flag),
        views=_views(visit, item_id) if known.sees_views else (),
        clauses=desk.ruleset.clauses,
        key=new_key(),
        similar=_similar(visit, item),
        alike=alike(visit, known, item),
        allegation=allegation(desk.store, visit.who, item_id, overlap=desk.overlap, clock=desk.clock, now=visit.now),
        marked=settled_item(desk.store, visit.who, item_id, overlap=desk.overlap, now=visit.now),
        together=counted(visit, "together"),
        late=counted(visit, "late"),
        **painted,
    )


def others(visit: Visit) -> Response:
    """Show what others said. By POST: from then on the person cannot judge the item blind any more."""
    _views(visit, visit.field("item"))
    return visit.seen(f"/review/decided?item={quote(visit.field('item'), safe='')}")


def ruling(visit: Visit) -> Response:
    """Settle what two judged differently, with reasons."""
    verdict = visit.field("verdict")
    if verdict not in (Verdict.SUSPECTED, Verdict.NOT_VIOLATION):
        raise UsageError(f"verdict {verdict!r}: a ruling is {Verdict.SUSPECTED} or {Verdict.NOT_VIOLATION}")
    rule(
        visit.desk.store,
        key=visit.field("key"),
        flag_id=visit.field("item"),
        adjudicator=visit.who.name,
        verdict=Verdict(verdict),
        codes=tuple(visit.fields("codes")) if verdict == Verdict.SUSPECTED else (),
        reason=visit.field("reason"),
        overlap=visit.desk.overlap,
        now=visit.now,
    )
    return visit.seen(f"/review/decided?item={quote(visit.field('item'), safe='')}")


def spans(text: str, signals: Sequence[Signal]) -> Iterator[Span]:
    """Yield the whole text in order, cut where signals begin and end; of two that overlap the first one shows."""
    place = 0
    for signal in sorted(signals, key=lambda one: (one.start, -one.end)):
        if signal.start < place or signal.end <= signal.start:
            continue
        yield Span(text[place : signal.start], None)
        yield Span(text[signal.start : signal.end], signal)
        place = signal.end
    yield Span(text[place:], None)


def bands(flag: Flag | None) -> dict[Label, str]:
    """Return how sure the model was, in words: high, middle or low."""
    scores = flag.scores if flag else ()
    return {
        one.label: "high" if one.probability >= _HIGH else "middle" if one.probability >= _MIDDLE else "low"
        for one in scores
    }


def _views(visit: Visit, item_id: str) -> tuple[View, ...]:
    return views(visit.desk.store, visit.who, item_id, overlap=visit.desk.overlap, now=visit.now)


def _similar(visit: Visit, item: Item) -> tuple[Neighbour, ...]:
    """Return the judged posts most like this one; none where the encoder cannot be used."""
    finder = visit.desk.finder
    return finder.nearest(visit.desk.store, item, reviewer=visit.who.name) if finder else ()


PAGES = (
    Page("/review/decided", decided, JUDGES),
    Page("/review/views", others, JUDGES, method="POST"),
    Page("/review/rule", ruling, frozenset({Role.ADJUDICATOR}), method="POST"),
)
