"""Reading what comes back: a file anybody may have written, taken apart strictly, line by line."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from scanner.domain.reviews import Verdict
from scanner.errors import UsageError
from scanner.review.offline.seals import Ticket
from scanner.review.texts import LONGEST

BYTES_MOST = 4 * 1024 * 1024
"""Of one file; the 200 items of the largest export with long notes stay below a half of it."""
LINES_MOST = 1000

_SEAL = re.compile(r"[0-9a-f]{64}")
HEX = Annotated[str, Meta(pattern=r"^[0-9a-f]+\Z")]
REVIEWER = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9._-]{1,39}\Z")]
SECONDS_MOST = 604_800
"""As long as an order is valid."""


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One judgement as the page gives it back."""

    item: Annotated[str, Meta(min_length=1, max_length=2000)]
    seal: Annotated[HEX, Meta(min_length=64, max_length=64)]
    verdict: Literal["suspected", "not_violation", "unsure"]
    codes: Annotated[list[Annotated[str, Meta(max_length=64)]], Meta(max_length=40)]
    note: Annotated[str, Meta(max_length=LONGEST)]
    seconds: Annotated[float, Meta(ge=0, le=SECONDS_MOST)] | None
    """None where the tool takes no time."""

    @property
    def said(self) -> Verdict:
        """What the reviewer decided."""
        return Verdict(self.verdict)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: Literal["scanner-judgements/1"]
    export: Annotated[HEX, Meta(min_length=32, max_length=32)]
    reviewer: REVIEWER
    valid_until: datetime
    judgements: Annotated[list[Any], Meta(max_length=LINES_MOST)]


@dataclass(frozen=True, slots=True)
class Answers:
    """A file of judgements: for which export it says it is, and its lines as they came."""

    ticket: Ticket
    lines: Sequence[object]


@dataclass(frozen=True, slots=True)
class _Doubled:
    """An object in which one key stands twice: nobody can tell which value was meant."""

    key: str


def read_answers(body: bytes) -> Answers:
    """Take a file apart. UsageError says in one line what is wrong with it as a whole."""
    if len(body) > BYTES_MOST:
        raise UsageError(f"{len(body)} bytes; up to {BYTES_MOST} would be valid")
    try:
        told = load(body.decode("utf-8-sig"))
        _refuse_doubled(told)
        file = msgspec.convert(told, _File)
        until = utc(file.valid_until)
    except RecursionError as error:
        raise UsageError("nested too deeply; a file that the page gave back would be valid") from error
    except ValueError as error:  # of JSON, of UTF-8, and of msgspec
        raise UsageError(f"not a file of judgements: {short(error)}") from error
    return Answers(Ticket(id=file.export, reviewer=file.reviewer, valid_until=until), file.judgements)


def load(text: str) -> Any:
    """Read JSON strictly: a key that stands twice makes its object unusable, and NaN is no number."""
    return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)


def is_seal(text: str) -> bool:
    """Tell whether a text has the shape of a seal."""
    return _SEAL.fullmatch(text) is not None


def read_answer(line: object) -> Answer:
    """Take one line apart. UsageError says what is wrong with it."""
    try:
        _refuse_doubled(line)
        return msgspec.convert(line, Answer)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"not a judgement: {short(error)}") from error


def short(error: Exception) -> str:
    """Return what is wrong in signs that every screen and file can take: messages may quote what the file says."""
    return ascii(str(error))[1:-1][:200]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any] | _Doubled:
    told = dict(pairs)
    if len(told) == len(pairs):
        return told
    [(key, _)] = Counter(key for key, _ in pairs).most_common(1)
    return _Doubled(key)


def _refuse_doubled(value: object) -> None:
    if isinstance(value, _Doubled):
        raise UsageError(f"the key {value.key[:40]!a} stands in it twice")


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def utc(moment: datetime) -> datetime:
    """Return when an order ends, in UTC. ValueError where nobody can tell."""
    if moment.tzinfo is None:
        raise ValueError("valid_until has no zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("valid_until is out of range") from error
