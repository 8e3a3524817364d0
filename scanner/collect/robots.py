"""robots.txt (RFC 9309), fetched per origin through the same guarded path and honoured everywhere, /api/ included."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from protego import Protego

from scanner.collect.addresses import Target, parse_url, without_secrets
from scanner.collect.exchange import Answer
from scanner.errors import Blocked, FetchFailed

PRODUCT = "scanner"
"""Our name in `User-agent:` lines."""
_LONGEST_DELAY = 60.0
_LARGEST = 500 * 1024
_KEPT_SECONDS = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class _Rules:
    parsed: Protego
    read_at: float


class Robots:
    """Answers whether a path may be fetched. Thread-safe; one request per origin and day."""

    def __init__(self, fetch: Callable[[Target], Answer], monotonic: Callable[[], float]) -> None:
        self._fetch = fetch
        self._monotonic = monotonic
        self._rules: dict[str, _Rules] = {}
        self._locks: dict[str, Lock] = {}
        self._lock = Lock()

    def require_allowed(self, target: Target) -> float:
        """Return the crawl delay in seconds (at most a minute); raises Blocked when the path is forbidden.

        FetchFailed means that robots.txt cannot be read now, which forbids everything for now.
        """
        parsed = self._of(target)
        if not parsed.can_fetch(target.url, PRODUCT):
            path = without_secrets(target.url).removeprefix(target.origin)
            raise Blocked(f"robots.txt of {target.host_header} forbids {path} to {PRODUCT}")
        return min(float(parsed.crawl_delay(PRODUCT) or 0.0), _LONGEST_DELAY)

    def _of(self, target: Target) -> Protego:
        with self._lock:
            lock = self._locks.setdefault(target.origin, Lock())
        with lock:
            known = self._rules.get(target.origin)
            if known is None or self._monotonic() - known.read_at > _KEPT_SECONDS:
                known = _Rules(parsed=self._read(target), read_at=self._monotonic())
                self._rules[target.origin] = known
            return known.parsed

    def _read(self, target: Target) -> Protego:
        try:
            answer = self._fetch(parse_url(f"{target.origin}/robots.txt"))
        except FetchFailed as error:
            raise FetchFailed(f"robots.txt of {target.host_header} cannot be read now: {error}") from error
        return Protego.parse(_text_of(answer))


def _text_of(answer: Answer) -> str:
    """No file means no rules; a locked one means keep out."""
    if answer.status in (401, 403):
        return "User-agent: *\nDisallow: /"
    if answer.status >= 400:
        return ""
    return answer.body[:_LARGEST].decode("utf-8-sig", "replace")
