"""Fetching the pictures of flagged posts that are the account's own, a bounded number per run.

Films and sound are never fetched, only the still picture of a film where the platform gives its address. Whatever
was not fetched is on record with its reason. No faces are recognised and no words are read from pictures here.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from scanner.collect.body import Limits, OtherKind
from scanner.collect.client import Client
from scanner.collect.collectors import collector_class
from scanner.collect.interface import Options
from scanner.domain.accounts import Platform
from scanner.domain.captures import Evidence
from scanner.domain.posts import Role
from scanner.errors import BudgetSpent, CollectError, OutOfTime, RateLimited, ScannerError
from scanner.scan.media_hosts import Hosts
from scanner.scan.media_results import Result, medium_fetched, medium_of, state_of, tries_of, url_of
from scanner.scan.plan import Plan
from scanner.store import media
from scanner.store.connection import Store
from scanner.store.media import Due, State

log = logging.getLogger(__name__)

NAME = "media/1"
"""Name and version written into the captures; changes whenever the same bytes would be read differently."""
OWN = (Role.POSTED, Role.REPLIED, Role.COMMENTED)
"""Media of posts that the account quoted, shared or was named in are other people's and are not fetched (G2, G18)."""
TRIES = 3
"""Runs in which a picture is asked for: addresses expire, servers fail."""
_COUNTED = {State.FETCHED: "fetched", State.NOT_TRIED: "left"}
_PICTURES = ("image/", "application/octet-stream", "binary/octet-stream")
_FILMS = frozenset((".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".3gp", ".ts", ".m3u8", ".mpd"))


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much may be fetched."""

    max_per_post: int = 10
    max_bytes: int = 10 * 1024 * 1024
    """Of one picture."""
    max_per_run: int = 200
    """Requests of one run; the next one goes on with what is left."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a run did about pictures."""

    fetched: int = 0
    missed: int = 0
    """Asked for in vain, or found to be none that we ask for: on record with the reason."""
    left: int = 0
    """Left for the next run."""


@dataclass(frozen=True, slots=True)
class MediaFetcher:
    """Fetches what is due, one picture at a time at the pace of its host, and saves each before the next."""

    store: Store
    client: Client
    options: Callable[[Platform], Options]
    bounds: Bounds

    def fetch(self, plan: Plan, stop: threading.Event | None = None) -> Fetched:
        """Fetch the pictures due of the accounts planned; those of accounts refused are on record as not tried."""
        refused = {account.id: refusal.reason for account, refusal in plan.refused}
        accounts = [*refused, *(item.account.id for item in plan.planned)]
        with self.store.lease("media: what is due") as lease:
            pictures = media.due(lease, accounts, roles=OWN, tries=TRIES)
        counts: Counter[str] = Counter()
        hosts = Hosts()
        for due in pictures:
            refusal = self._refusal(due, refused.get(due.account_id))
            if refusal is not None:
                counts["missed"] += self._refuse(due, *refusal)
            elif counts["asked"] >= self.bounds.max_per_run or hosts.shut(url_of(due)) or (stop and stop.is_set()):
                counts["left"] += 1
            else:
                state = self._take(due)
                hosts.note(url_of(due), state)
                counts["asked"] += 1
                counts[_COUNTED.get(state, "missed")] += 1
        return Fetched(fetched=counts["fetched"], missed=counts["missed"], left=counts["left"])

    def _refusal(self, due: Due, refused: str | None) -> tuple[State, str] | None:
        """Say why a picture is not asked for at all, if so."""
        if refused is not None:
            return State.NOT_TRIED, refused
        if due.missing:
            return State.GONE, "the post is gone"
        if due.media.kind == "audio":
            return State.NO_PICTURE, "sound is described, never fetched"
        if not due.media.url:
            return State.NO_PICTURE, "the platform gave no address of a picture"
        if _suffix(due.media.url) in _FILMS:
            return State.NO_PICTURE, "a film is described, never fetched, and the platform gave no still picture of it"
        if due.number > self.bounds.max_per_post:
            return State.NOT_TRIED, f"more than media.max_per_post ({self.bounds.max_per_post}) pictures at one post"
        return None

    def _refuse(self, due: Due, state: State, reason: str) -> bool:
        """Put on record that a picture is not asked for; tell whether that is news. What a try brought stays."""
        known = due.known
        if known is not None and (known.tries or (known.state, known.reason) == (state, reason)):
            return False
        self._save(Result(medium_of(due, state=state, reason=reason)))
        return True

    def _take(self, due: Due) -> State:
        result = self._ask(due)
        self._save(result)
        return result.medium.state

    def _ask(self, due: Due) -> Result:
        from scanner.collect.pictures import read_picture  # the decoders are paid for when there is a picture

        captured: Evidence | None = None
        tried = replace(medium_of(due, State.FAILED, ""), tries=tries_of(due) + 1, fetched_at=datetime.now(UTC))
        try:
            captured = self._get(due)
            picture = read_picture(captured.body)
        except (RateLimited, BudgetSpent, OutOfTime) as error:
            return Result(medium_of(due, State.NOT_TRIED, str(error)))  # no try: it comes again with the next run
        except OtherKind as error:  # bytes that are no picture at all are not kept: nobody published them as one
            return Result(replace(tried, state=State.NO_PICTURE, reason=str(error)))
        except CollectError as error:
            digest = captured.capture.sha256 if captured is not None else None
            return Result(replace(tried, state=state_of(error), reason=str(error), sha256=digest), captured)
        except ScannerError:
            raise
        except Exception as error:  # a fault of ours over one picture must not cost the run
            log.exception("fetching a picture of %s failed", due.version_id)
            reason = f"unexpected {type(error).__name__}: {error}; see the log and report it"
            return Result(replace(tried, reason=reason))
        return Result(medium_fetched(tried, captured, picture), captured, picture)

    def _get(self, due: Due) -> Evidence:
        """Fetch one picture as the platform's terms allow; a film or page in its place is not read."""
        most = self.bounds.max_bytes
        kinds = _PICTURES if due.media.kind == "image" else _PICTURES[:1]
        response = self.client.get(
            url_of(due),
            collector=NAME,
            terms_approval=self.options(due.platform).terms_approval,
            robots=collector_class(due.platform).terms.robots,
            accept="image/*",
            limits=Limits(wire=most, decoded=most, kinds=kinds),
        )
        return response.evidence

    def _save(self, result: Result) -> None:
        display = result.picture.display if result.picture is not None else None
        with self.store.lease("media: save a picture") as lease:
            media.save_medium(lease, result.medium, result.captured, display)


def _suffix(url: str) -> str:
    try:
        return PurePosixPath(urlsplit(url).path).suffix.lower()
    except ValueError:
        return ""
