"""The one polite, bounded, guarded HTTP client: everything the scanner fetches goes through `Client.get`."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from threading import Event
from urllib.parse import urlencode, urljoin

import httpx

from scanner.collect import patience
from scanner.collect.addresses import Target, parse_url, without_secrets
from scanner.collect.body import Limits
from scanner.collect.client_config import ClientConfig
from scanner.collect.exchange import Answer, Exchange, Resolver, Transient, resolve
from scanner.collect.pace import Clock, Pace
from scanner.collect.response import Ask, Response, require_content, response_of
from scanner.collect.retry_after import wait_seconds
from scanner.collect.robots import Robots
from scanner.collect.tokens import Tokens
from scanner.collect.traffic import LATER, Counter
from scanner.errors import Blocked, FetchFailed, OutOfTime, RateLimited

_MAX_HOPS = 5
_TRIES = 3
_REDIRECTS = (301, 302, 303, 307, 308)


@cache  # reading the shipped authorities takes 20 ms, and clients may share what was read
def _tls(ca_file: str | None) -> ssl.SSLContext:
    """Return what decides whose certificates are believed: those of the shipped authorities and of one more."""
    tls = httpx.create_ssl_context(trust_env=False)
    if ca_file is not None:
        tls.load_verify_locations(ca_file)
    return tls


class Client:
    """Fetches public pages. Thread-safe; made once per run and closed at its end."""

    def __init__(self, config: ClientConfig, *, clock: Clock | None = None, resolver: Resolver = resolve) -> None:
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)  # they log whole URLs
        self.config = config
        self._hurried = Event()
        self._clock = clock or Clock(sleep=self._wait)
        self.tokens = Tokens(self._clock.monotonic)
        """Access tokens that all collectors of a run share."""
        self.pace = Pace(config.min_interval, self._clock)
        """Which hosts may be asked again, and when."""
        self._robots = Robots(self._fetch_robots, self._clock.monotonic)
        self._exchange = Exchange(
            _tls(config.ca_file),
            limits=config.limits,
            deadline=config.deadline,
            allow_hosts=config.allow_hosts,
            max_connections=config.max_connections,
            max_requests=config.max_requests,
            resolver=resolver,
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._exchange.close()

    def hurry(self, seconds: float) -> None:
        """Begin nothing more, and cut what is under way when so many seconds have passed: those who ask get OutOfTime.

        For a run that is stopped: whoever waits for its turn need not wait for others' answers.
        """
        self._hurried.set()
        self._exchange.hurry(seconds)

    def _wait(self, seconds: float) -> None:
        self._hurried.wait(max(0.0, min(seconds, patience.left())))

    def _require_time(self) -> None:
        if self._hurried.is_set():
            raise OutOfTime("the run was stopped; the next look goes on from here")
        patience.require()

    @property
    def traffic(self) -> Counter:
        """What was asked and sent."""
        return self._exchange.traffic

    def now(self) -> datetime:
        """Return the time in UTC, as captures are stamped with it."""
        return self._clock.now()

    def get(
        self,
        url: str,
        *,
        collector: str,
        headers: Sequence[tuple[str, str]] = (),
        terms_approval: str | None = None,
        robots: bool = True,
        accept: str = "*/*",
        check: Callable[[Answer], None] | None = None,
        body: bytes | None = None,
        with_key: bool = False,
        interval: float | None = None,
        in_flight: int = 1,
        limits: Limits | None = None,
    ) -> Response:
        """Fetch one public page, following at most five redirects; with `body` (JSON) the request is a POST.

        `collector` is the name and version written into the capture. Custom headers and the body are dropped when a
        redirect leaves the origin. `check` reads every answer first and raises what it means on this platform;
        what it lets pass is read by its status. `limits` may be narrower than the client's.
        Raises Blocked, Gone (404, 410), Private (401, 402), RateLimited (429, 503 with Retry-After) and FetchFailed
        (TooLarge, OtherKind).
        """
        ask = Ask(
            collector=collector,
            headers=(("Accept", accept), *headers),
            terms_approval=terms_approval,
            check=check,
            body=body,
            with_key=with_key,
            interval=interval,
            in_flight=in_flight,
            limits=limits,
        )
        first = target = parse_url(url)
        for _ in range(_MAX_HOPS + 1):
            own = ask if target.origin == first.origin else replace(ask, headers=(("Accept", accept),), body=None)
            answer = self._fetch(target, own, robots=robots)
            if answer.status not in _REDIRECTS:
                return response_of(target, answer, own, self._headers(own), self.now())
            target = _next_target(target, answer)
        raise FetchFailed(f"{without_secrets(url)}: more than {_MAX_HOPS} redirects")

    def post_form(
        self,
        url: str,
        form: Mapping[str, str],
        *,
        check: Callable[[Answer], None] | None = None,
        interval: float | None = None,
        in_flight: int = 1,
    ) -> bytes:
        """Exchange a form of secrets for an answer that is one itself: neither becomes evidence.

        No redirect is followed. Raises what `get` raises.
        """
        return self.post(
            url,
            urlencode(form).encode(),
            media_type="application/x-www-form-urlencoded",
            accept="application/json",
            check=check,
            interval=interval,
            in_flight=in_flight,
        )

    def post(
        self,
        url: str,
        body: bytes,
        *,
        media_type: str,
        accept: str,
        check: Callable[[Answer], None] | None = None,
        interval: float | None = None,
        in_flight: int = 1,
    ) -> bytes:
        """Exchange a body for an answer; neither becomes evidence, robots.txt is not asked, no redirect is followed.

        Raises what `get` raises.
        """
        ask = Ask(
            collector="",
            headers=(("Accept", accept),),
            check=check,
            body=body,
            body_type=media_type,
            interval=interval,
            in_flight=in_flight,
        )
        target = parse_url(url)
        answer = self._fetch(target, ask, robots=False)
        require_content(target, answer)
        return answer.body

    def tell(self, url: str, body: bytes, *, media_type: str, headers: Sequence[tuple[str, str]] = ()) -> int:
        """Send a body whose answer nobody reads; return its status, whatever it is below 500.

        Sent once, for it may have arrived although no answer came; robots.txt is not asked, no redirect is followed.
        Raises Blocked, RateLimited (429, 503 with Retry-After), FetchFailed and OutOfTime.
        """
        ask = Ask(collector="", headers=(("Accept", "*/*"), *headers), body=body, body_type=media_type)
        return self._fetch(parse_url(url), ask, robots=False, tries=1).status

    def _fetch(self, target: Target, ask: Ask, *, robots: bool, tries: int = _TRIES) -> Answer:
        """Send one request in its turn, up to three times when the connection or the server fails."""
        self._require_time()
        delay = self._robots.require_allowed(target) if robots else 0.0
        for attempt in range(tries):
            try:
                with self.pace.turn(target.authority, delay, interval=ask.interval, in_flight=ask.in_flight):
                    self._require_time()
                    answer = self._exchange.send(target, self._headers(ask), attempt, body=ask.body, limits=ask.limits)
                    self._check(ask, answer)
                    self._require_willing(target, answer)
                    return answer
            except Transient:
                if attempt == tries - 1:
                    raise
                self._clock.sleep(self._clock.chance() * self.config.backoff * 2**attempt)
        raise AssertionError("unreachable: the last try returns or raises")

    def _check(self, ask: Ask, answer: Answer) -> None:
        """Let the platform's collector read an answer; some ask us to wait by other words than a status."""
        try:
            if ask.check is not None:
                ask.check(answer)
        except RateLimited:
            self.traffic.add(throttled=answer.status not in LATER)
            raise

    def _headers(self, ask: Ask) -> tuple[tuple[str, str], ...]:
        common = (("User-Agent", self.config.agent), ("Accept-Encoding", "gzip"), ("Accept-Language", "id, en;q=0.5"))
        return (*common, *ask.headers, *([("Content-Type", ask.body_type)] if ask.body is not None else ()))

    def _fetch_robots(self, target: Target) -> Answer:
        for _ in range(_MAX_HOPS + 1):
            answer = self._fetch(target, Ask("robots", (("Accept", "text/plain"),)), robots=False)
            if answer.status not in _REDIRECTS:
                return answer
            target = _next_target(target, answer)
        raise FetchFailed(f"{without_secrets(target.url)}: more than {_MAX_HOPS} redirects")

    def _require_willing(self, target: Target, answer: Answer) -> None:
        """Raise RateLimited or Transient inside the turn, so that the host's pace remembers."""
        asked = answer.headers.get("retry-after")
        if answer.status == 429 or (answer.status == 503 and asked is not None):
            wait = wait_seconds(answer.headers, self._clock.now())
            raise RateLimited(f"{target.authority} asks us to wait {wait:.0f} s", retry_after=wait)
        if answer.status >= 500:
            raise Transient(f"{without_secrets(target.url)}: server error {answer.status}")


def _next_target(target: Target, answer: Answer) -> Target:
    """Return where a redirect leads; raises Blocked when it may not be followed."""
    place = answer.headers.get("location")
    if not place:
        raise FetchFailed(f"{without_secrets(target.url)}: redirect {answer.status} without Location")
    try:
        following = parse_url(urljoin(target.url, place))
    except ValueError as error:
        raise Blocked(f"{without_secrets(target.url)}: redirects to something that is not a URL") from error
    if target.scheme == "https" and following.scheme == "http":
        raise Blocked(f"{without_secrets(target.url)}: redirects from https to http")
    return following
