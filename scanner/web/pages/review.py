"""The reviewer's page: one post, blind; a key or a button decides, and the next one is there already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from scanner.domain.reviews import Judgement, Verdict
from scanner.domain.users import Language, Role
from scanner.errors import UsageError
from scanner.review.again import show_held
from scanner.review.decide import decide, judgement_of, new_key
from scanner.review.drafts import save_draft
from scanner.review.items import Item
from scanner.review.keys import CODE_KEYS, keys_of, open_codes
from scanner.review.onward import decide_and_take, take
from scanner.review.progress import progress
from scanner.review.undo import undo
from scanner.rules.codes import Code
from scanner.store import drafts, media
from scanner.store.connection import Lease
from scanner.store.media import Medium
from scanner.web.page import JUDGES, Page, Visit
from scanner.web.pages.rest import tired

AHEAD = 2
"""Items painted before they are asked for; more would be held from others for nothing (reliability B1)."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One item as it is painted."""

    item: Item
    key: str
    """Idempotency key of this showing: sent twice it is one judgement."""
    pictures: tuple[Medium, ...]
    note: str
    """What the reviewer had begun to write."""
    again: bool = False
    """It was taken back just now: it comes before all others."""


def review(visit: Visit) -> Response:
    """Show the next item and, hidden, the two after it; where only the ruling is left, the page to give it on."""
    desk, painting = visit.desk, partial(paint, visit)
    with desk.writing[visit.who.name]:  # what they wrote before they went elsewhere is on its way
        pass
    again = show_held(
        desk.store, visit.who, painting, ahead=AHEAD, now=visit.now, overlap=desk.overlap, clock=desk.clock
    )
    if again is not None:
        return again
    items = take(desk.store, visit.who, ahead=AHEAD, now=visit.now, overlap=desk.overlap, clock=desk.clock)
    with desk.store.lease("review: what is painted", reading=True) as lease:
        return painting(lease, items)


def paint(visit: Visit, lease: Lease, items: list[Item]) -> Response:
    """Return the page with what is in hand."""
    if items and items[0].awaits_ruling:
        return visit.seen(f"/review/decided?item={quote(items[0].id, safe='')}")
    painted = {"items": shown(visit, lease, to_judge(items)), "tired": tired(visit, lease), **around(visit, lease)}
    return visit.html("review.html", rules=visit.who.role is Role.ADJUDICATOR, key=new_key(), **painted)


def to_judge(items: Sequence[Item]) -> list[Item]:
    """Leave out what a person only has to rule on: they have seen what the two said."""
    return [one for one in items if not one.awaits_ruling]


def shown(visit: Visit, lease: Lease, items: Sequence[Item], *, again: bool = False) -> list[Shown]:
    """Add to items what is painted with them: their pictures and what was begun to be written."""
    if not items:
        return []
    ids = [item.id for item in items]
    pictures, begun = media.load_media(lease, ids), drafts.load_drafts(lease, visit.who.name, ids)
    notes = {item: draft.note for item, draft in begun.items()}
    return [Shown(item, new_key(), pictures.get(item.id, ()), notes.get(item.id, ""), again) for item in items]


def around(visit: Visit, lease: Lease) -> dict[str, Any]:
    """Return what stands around the items: progress, keys, and the codes one may name."""
    desk = visit.desk
    codes = open_codes(desk.ruleset)
    return {
        "progress": progress(lease, visit.who, now=visit.now, overlap=desk.overlap, counts=desk.counts),
        "keys": keys_of(visit.who),
        "codes": list(zip(CODE_KEYS, codes, strict=False)),
        "names": {code.code: named(visit, code) for code in codes},
        "exculpatory": {
            tag.tag: tag.meaning if visit.language is Language.ID else tag.meaning_en
            for tag in desk.ruleset.lexicon.contexts.tags
        },
    }


def record(visit: Visit) -> Response:
    """Record a decision; to the desk's script give what may be seen now and the items it has not painted yet."""
    desk, said = visit.desk, _said(visit)
    if not visit.fragment:
        decide(desk.store, said, overlap=desk.overlap)
        return visit.seen(f"/review/decided?item={quote(said.flag_id, safe='')}")
    onward = decide_and_take(desk.store, visit.who, said, ahead=AHEAD, overlap=desk.overlap, clock=desk.clock)
    fresh = [one for one in onward.items if one.id not in visit.fields("painted")]
    with desk.store.lease("review: what is painted", reading=True) as lease:
        painted = {"items": shown(visit, lease, to_judge(fresh)), **around(visit, lease)}
    return visit.html(
        "saved.html",
        codes_seen=onward.codes,
        item=said.flag_id,
        verdict=said.verdict,
        alike=said.verdict is Verdict.NOT_VIOLATION and visit.who.role is Role.REVIEWER,
        to_rule=said.flag_id if visit.who.role is Role.ADJUDICATOR else "",
        **painted,
    )


def _said(visit: Visit) -> Judgement:
    verdict = _verdict(visit.field("verdict"))
    return judgement_of(
        visit.field("key"),
        visit.field("item"),
        visit.who.name,
        verdict,
        codes=tuple(visit.fields("codes")) if verdict is Verdict.SUSPECTED else (),
        note=visit.field("note"),
        seconds=_seconds(visit),
        now=visit.now,
    )


def take_back(visit: Visit) -> Response:
    """Take the last decision back; the item comes again, before all others."""
    desk = visit.desk
    undone = undo(
        desk.store,
        key=visit.field("key"),
        reviewer=visit.who.name,
        overlap=desk.overlap,
        now=visit.now,
        clock=desk.clock,
    )
    if not visit.fragment:
        return visit.seen("/review")
    items = [undone.item] if undone.item else []
    to_rule = next((one.id for one in items if one.awaits_ruling), "")
    with desk.store.lease("review: what is painted", reading=True) as lease:
        painted = {"items": shown(visit, lease, to_judge(items), again=True), **around(visit, lease)}
    nothing: dict[str, Any] = {"codes_seen": None, "item": "", "verdict": None, "alike": False}
    return visit.html("saved.html", to_rule=to_rule, **nothing, **painted)


def keep_draft(visit: Visit) -> Response:
    """Keep what was begun to be written."""
    with visit.desk.writing[visit.who.name]:
        save_draft(visit.desk.store, visit.who, visit.field("item"), note=visit.field("note"), now=visit.now)
    return Response(status_code=204) if visit.fragment else visit.seen("/review")


def _verdict(text: str) -> Verdict:
    known = (Verdict.NOT_VIOLATION, Verdict.UNSURE, Verdict.SUSPECTED)
    if text not in known:
        raise UsageError(f"verdict {text!r} is not known; valid: {', '.join(known)}")
    return Verdict(text)


def _seconds(visit: Visit) -> float | None:
    told = next(iter(visit.fields("seconds")), "")
    try:
        seconds = float(told)
    except ValueError:
        return None
    return seconds if 0 <= seconds < 86400 else None


def named(visit: Visit, code: Code) -> str:
    """Return what a code is called in the reviewer's language."""
    return code.name if visit.language is Language.ID else code.name_en


PAGES = (
    Page("/review", review, JUDGES, heading="nav.review"),
    Page("/review/decide", record, JUDGES, method="POST"),
    Page("/review/undo", take_back, JUDGES, method="POST"),
    Page("/review/draft", keep_draft, JUDGES, method="POST"),
)
