"""What became of one picture, as it goes on record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scanner.collect.body import TooLarge
from scanner.domain.captures import Evidence, sha256
from scanner.errors import Blocked, CollectError, Gone, Private
from scanner.store.media import Due, Medium, State

if TYPE_CHECKING:
    from scanner.collect.pictures import Picture


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one picture, ready to be saved."""

    medium: Medium
    captured: Evidence | None = None
    picture: Picture | None = None


def medium_of(due: Due, state: State, reason: str) -> Medium:
    """Return the record of a picture, with the tries it has had so far."""
    return Medium(
        version_id=due.version_id,
        position=due.position,
        url=due.media.url,
        state=state,
        reason=reason,
        tries=tries_of(due),
        fetched_at=due.known.fetched_at if due.known is not None else None,
    )


def medium_fetched(tried: Medium, captured: Evidence, picture: Picture) -> Medium:
    """Return the record of a picture that came and could be read."""
    return replace(
        tried,
        state=State.FETCHED,
        sha256=captured.capture.sha256,
        phash=picture.phash,
        display_sha256=sha256(picture.display),
        display_type=picture.display_type,
        width=picture.width,
        height=picture.height,
    )


def state_of(error: CollectError) -> State:
    """Return what an error says of the picture."""
    from scanner.collect.pictures import Undecodable

    match error:
        case Gone():
            return State.GONE
        case Private() | Blocked():
            return State.BLOCKED
        case TooLarge():
            return State.TOO_LARGE
        case Undecodable():
            return State.UNDECODABLE
        case _:
            return State.FAILED


def tries_of(due: Due) -> int:
    """Return in how many runs a picture was asked for."""
    return due.known.tries if due.known is not None else 0


def url_of(due: Due) -> str:
    """Return where a picture is; empty where the platform does not say."""
    return due.media.url or ""
