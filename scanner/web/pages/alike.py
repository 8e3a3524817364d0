"""Posts that say the same as one a person has dismissed: read all at once, then dismissed together; nothing else is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from rapidfuzz.distance import Indel
from starlette.responses import Response

from scanner.domain.reviews import Verdict
from scanner.domain.users import Role
from scanner.errors import NotGiven, UsageError
from scanner.review.decide import new_key
from scanner.review.duplicates import MOST, decide_together, near_duplicates
from scanner.review.items import Item
from scanner.review.recall import Recalled
from scanner.web.page import Page, Visit

_READERS = frozenset({Role.REVIEWER})
_WORDS = re.compile(r"\s+|\S+")


@dataclass(frozen=True, slots=True)
class Alike:
    """One of the posts as it is listed."""

    item: Item
    key: str
    """Idempotency key of the judgement it may get."""
    pieces: tuple[tuple[str, bool], ...]
    """Its whole text, and of each piece whether it differs from the post that was read."""

    @property
    def ticked(self) -> bool:
        """Tell whether its text is all there is of it; what has pictures is for the person to tick."""
        return not self.item.post.media


def alike(visit: Visit, known: Recalled, item: Item) -> list[Alike] | None:
    """Return what waits for a person and says the same as what they dismissed; None after anything else.

    To an adjudicator nothing is offered: a ruling is on one item.
    """
    desk = visit.desk
    if visit.who.role not in _READERS or known.said is None or known.said.verdict is not Verdict.NOT_VIOLATION:
        return None
    try:
        found = near_duplicates(desk.store, visit.who, item.id, overlap=desk.overlap, clock=desk.clock, now=visit.now)
    except NotGiven:  # it was judged too fast to count
        return None
    return [Alike(one, new_key(), tuple(differences(item.post.text, one.post.text))) for one in found]


def differences(read: str, other: str) -> Iterator[tuple[str, bool]]:
    """Yield the whole other text in pieces, and of each whether the text that was read lacks it."""
    ours, theirs = _WORDS.findall(read), _WORDS.findall(other)
    for step in Indel.opcodes(ours, theirs):
        if words := "".join(theirs[step.dest_start : step.dest_end]):
            yield words, step.tag != "equal" and not words.isspace()


def dismiss(visit: Visit) -> Response:
    """Dismiss those that are ticked; those that others have by now are told."""
    like = visit.field("like")
    done = decide_together(
        visit.desk.store,
        like=like,
        keys=dict(_ticked(visit)),
        reviewer=visit.who.name,
        overlap=visit.desk.overlap,
        now=visit.now,
    )
    path = f"/review/decided?item={quote(like, safe='')}"
    return visit.seen(f"{path}&together={len(done.decided)}&late={len(done.late)}#alike")


def counted(visit: Visit, name: str) -> int:
    """Return how many the address says were dismissed or came too late; 0 for what cannot be."""
    told = visit.query(name)
    return int(told) if told.isascii() and told.isdecimal() and len(told) <= 2 and int(told) <= MOST else 0


def _ticked(visit: Visit) -> Iterator[tuple[str, str]]:
    """Yield items and keys: a box that is not ticked sends neither."""
    for value in visit.fields("items"):
        key, _, item = value.partition(" ")
        if not key or not item:
            raise UsageError("items: a key and an item with a space between them would be valid")
        yield item, key


PAGES = (Page("/review/alike", dismiss, _READERS, method="POST"),)
