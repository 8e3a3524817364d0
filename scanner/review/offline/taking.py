"""Taking judgements back in: every line checked on its own, appended once, and told what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

from scanner.domain.captures import sha256
from scanner.domain.reviews import Verdict
from scanner.errors import ReviewError, TooLate, UsageError
from scanner.review.decide import decide, judgement_of
from scanner.review.drafts import save_draft
from scanner.review.offline import seals
from scanner.review.offline.answers import Answer, is_seal, read_answer
from scanner.review.offline.returned import TASKS_MOST, Given, read_returned
from scanner.review.offline.seals import Ticket
from scanner.store import audit, judgements, users
from scanner.store.connection import Store

Said: TypeAlias = tuple[Verdict, tuple[str, ...]]
"""A verdict with the codes it names."""


class Outcome(StrEnum):
    """What became of one line."""

    TAKEN = "taken"
    KNOWN = "known"  # imported before, with the same words
    LATE = "late"  # others have the item by now, or the file has expired: kept as a draft
    OPEN = "open"  # not judged there
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Line:
    """One judgement of a file, and what became of it."""

    number: int
    """From 1."""
    outcome: Outcome
    item: str = ""
    """Empty where the seal does not fit: what the file says then is anybody's."""
    reason: str = ""
    """Why it was late or refused."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file."""

    path: Path
    lines: tuple[Line, ...] = ()
    reviewer: str = ""
    """Whose judgements they are; of several the names in order."""
    problem: str = ""
    """Why the file was refused as a whole; empty otherwise."""

    @property
    def counts(self) -> Mapping[Outcome, int]:
        """Count the lines by what became of them."""
        return Counter(line.outcome for line in self.lines)

    @property
    def whole(self) -> bool:
        """Tell whether nothing was refused."""
        return not self.problem and not self.counts[Outcome.REFUSED]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where judgements are taken in, and by which rules."""

    store: Store
    codes: Collection[str]
    """Codes that may be named."""
    overlap: int
    by: str
    """Who runs the import."""
    now: datetime


@dataclass(frozen=True, slots=True)
class _Taking:
    """One file being taken in."""

    desk: Desk
    key: bytes
    known: dict[str, Said]
    """What is on record, by seal; grows with each line."""


def take_file(desk: Desk, path: Path) -> Taken:
    """Take in one file. What is wrong with it, or with a line, is told and stops nothing else.

    StoreError only where the record itself cannot be used: repeating is safe. A file in which anything was new, late
    or refused leaves one event on the audit chain, beside those of its judgements.
    """
    try:
        body = _read(path)
        given = read_returned(body)
    except UsageError as error:
        return Taken(path=path, problem=str(error))
    key = seals.load_key(desk.store.path.parent)
    taking = _Taking(desk, key, _known(desk, given))
    lines = tuple(_take_line(taking, one) for one in given)
    taken = Taken(path=path, lines=lines, reviewer=", ".join(sorted({one.reviewer for one in _tickets(given)})))
    _tell(desk, given, taken, sha256(body))
    return taken


def _read(path: Path) -> bytes:
    """Read no more than may be: a device or a file that grows has no end."""
    try:
        with path.open("rb") as file:
            return file.read(TASKS_MOST + 1)
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}") from error


def _tickets(given: Sequence[Given]) -> set[Ticket]:
    return {one.ticket for one in given if one.ticket is not None}


def _known(desk: Desk, lines: Sequence[Given]) -> dict[str, Said]:
    """Return what is on record under the seals of a file, in one lease for all of them."""
    told = [one.line for one in lines]
    given = {line["seal"] for line in told if isinstance(line, dict) and isinstance(line.get("seal"), str)}
    with desk.store.lease("review: which judgements are known", reading=True) as lease:
        found = (judgements.load_judgement(lease, one) for one in sorted(given) if is_seal(one))
        return {one.id: (one.verdict, one.codes) for one in found if one is not None}


def _take_line(taking: _Taking, given: Given) -> Line:
    item = ""
    try:
        if given.ticket is None or given.problem:
            raise UsageError(given.problem)
        if given.line is None:
            return Line(given.number, Outcome.OPEN)
        answer = read_answer(given.line)
        _check_seal(taking.key, given.ticket, answer)
        item = answer.item
        _check_codes(taking.desk, answer)
        return Line(given.number, _append(taking, given.ticket, answer), item)
    except TooLate as error:
        return Line(given.number, Outcome.LATE, item, str(error))
    except (ReviewError, UsageError) as error:
        return Line(given.number, Outcome.REFUSED, item, str(error))


def _check_seal(key: bytes, ticket: Ticket, answer: Answer) -> None:
    if not seals.fits(key, ticket, answer.item, answer.seal):
        raise UsageError(
            "the seal does not fit: item, reviewer, validity or export was altered, or it is of another workspace"
        )


def _check_codes(desk: Desk, answer: Answer) -> None:
    if unknown := [code for code in answer.codes if code not in desk.codes]:
        raise UsageError(f"code {unknown[0]!r} is not one that may be named; known: {', '.join(sorted(desk.codes))}")
    if answer.codes and answer.said is not Verdict.SUSPECTED:
        raise UsageError(f"verdict {answer.verdict} names codes; only suspected does")


def _append(taking: _Taking, ticket: Ticket, answer: Answer) -> Outcome:
    """Append a judgement under its seal as its key, so that a second import of it changes nothing."""
    desk = taking.desk
    said = answer.said, tuple(dict.fromkeys(answer.codes))
    if before := taking.known.get(answer.seal):
        if before != said:
            raise UsageError(f"on record as {before[0]} already; to judge it anew, undo that at the desk")
        return Outcome.KNOWN
    if ticket.expired(desk.now):
        _keep(desk, ticket, answer, said)
        raise TooLate(f"the file was valid until {ticket.valid_until:%Y-%m-%d %H:%M} UTC; it is kept as a draft")
    done = decide(
        desk.store,
        judgement_of(
            key=answer.seal,
            flag_id=answer.item,
            reviewer=ticket.reviewer,
            verdict=said[0],
            codes=said[1],
            note=answer.note,
            seconds=answer.seconds,
            now=desk.now,
        ),
        overlap=desk.overlap,
        timed=answer.seconds is not None,
    )
    taking.known[answer.seal] = said
    return Outcome.TAKEN if done.stored else Outcome.KNOWN


def _keep(desk: Desk, ticket: Ticket, answer: Answer, said: Said) -> None:
    with desk.store.lease("review: who judged offline", reading=True) as lease:
        user = users.require_user(lease, ticket.reviewer)
    save_draft(desk.store, user, answer.item, note=answer.note, verdict=said[0], codes=said[1], now=desk.now)


def _tell(desk: Desk, given: Sequence[Given], taken: Taken, digest: str) -> None:
    counts = {str(outcome): count for outcome, count in sorted(taken.counts.items())}
    if set(counts) <= {Outcome.KNOWN, Outcome.OPEN}:
        return
    orders = sorted({one.id for one in _tickets(given)})
    subject = orders[0] if len(orders) == 1 else "review"
    detail = {"sha256": digest, **counts} | ({"orders": len(orders)} if len(orders) != 1 else {})
    with desk.store.lease("review: a file came back") as lease:
        audit.append(lease, actor=desk.by, action="review.import", subject=subject, detail=detail, at=desk.now)
