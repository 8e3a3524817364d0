"""One HTTP exchange with one checked IP address, inside a wall-clock deadline. Nothing is followed or retried here.

The name is resolved once and every address checked; the connection goes to the checked address itself, with the
name in Host and in TLS, so that a second look-up cannot lead elsewhere. httpx's transport is used below its
client: no cookies, no environment, no redirects, no logging of URLs.
"""

from __future__ import annotations

import ipaddress
import math
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from ssl import SSLContext
from threading import Thread

import httpx

from scanner.collect import patience
from scanner.collect.addresses import Target, check_address, without_secrets
from scanner.collect.body import Limits, read_body
from scanner.collect.traffic import LATER, Counter
from scanner.collect.watchdog import Watchdog
from scanner.errors import FetchFailed

Resolver = Callable[[str, int], Sequence[str]]
_CONNECT_SECONDS = 10.0
_LOOK = 0.2
"""Seconds between two looks whether a name that is looked up is still wanted."""


class Transient(FetchFailed):
    """Failed now but may work in a moment: no connection, a broken one, or a server error."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from one exchange."""

    status: int
    headers: Mapping[str, str]
    """Lower case names; repeated ones joined by a comma."""
    body: bytes
    """Decoded."""


def resolve(host: str, port: int) -> list[str]:
    """Return the IP addresses of a name by the system's resolver; raises OSError."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class Exchange:
    """Sends single GET and POST requests over one shared pool. Thread-safe."""

    def __init__(
        self,
        tls: SSLContext,
        *,
        limits: Limits,
        deadline: float,
        allow_hosts: Sequence[str],
        max_connections: int,
        max_requests: int | None = None,
        resolver: Resolver = resolve,
    ) -> None:
        # No connection is kept: the pool knows it by IP address and would lend it to another name, whose
        # certificate was never checked on it.
        pool = httpx.Limits(max_connections=max_connections, max_keepalive_connections=0)
        self._transport = httpx.HTTPTransport(verify=tls, trust_env=False, limits=pool)
        self._limits = limits
        self._deadline = deadline
        self._allowed = frozenset(allow_hosts)
        self._resolver = resolver
        self.traffic = Counter(max_requests)
        self._under_way = set[Watchdog]()
        self._last = math.inf
        """No exchange ends later (monotonic clock)."""

    def hurry(self, seconds: float) -> None:
        """Cut what is under way, and what begins later, when so many seconds have passed."""
        self._last = time.monotonic() + seconds
        for watchdog in tuple(self._under_way):
            watchdog.shorten(self._last)

    def close(self) -> None:
        """Close the pool."""
        self._transport.close()

    def send(
        self,
        target: Target,
        headers: Sequence[tuple[str, str]],
        attempt: int = 0,
        *,
        body: bytes | None = None,
        limits: Limits | None = None,
    ) -> Answer:
        """Return the answer to one GET, or POST of `body`; further attempts go to further addresses of the name.

        `limits` may be narrower than those of all exchanges.
        Raises Blocked for an address that is not public, Transient and FetchFailed.
        """
        ends = min(time.monotonic() + min(self._deadline, patience.left()), self._last)
        addresses = self._addresses(target, ends)
        request = self._request(target, addresses[attempt % len(addresses)], headers, body)
        with Watchdog(ends) as watchdog, self._watched(watchdog):
            request.extensions |= {"timeout": _timeouts(ends), "trace": watchdog.watch}
            try:
                answer = self._exchange(request, limits or self._limits)
            except httpx.LocalProtocolError:  # its message quotes the header, and that may hold a key
                raise FetchFailed(
                    f"{without_secrets(target.url)}: the request cannot be sent: a header holds what may not"
                ) from None
            except httpx.TransportError as error:
                watchdog.refuse_if_late(target)
                raise Transient(f"{without_secrets(target.url)}: {type(error).__name__}: {error!s:.200}") from error
            except FetchFailed as error:
                watchdog.refuse_if_late(target)
                raise type(error)(f"{without_secrets(target.url)}: {error}") from error
            watchdog.refuse_if_late(target)
        return answer

    @contextmanager
    def _watched(self, watchdog: Watchdog) -> Iterator[None]:
        """Let `hurry` find an exchange."""
        self._under_way.add(watchdog)
        watchdog.shorten(self._last)  # it may have been called just before
        try:
            yield
        finally:
            self._under_way.discard(watchdog)

    def _exchange(self, request: httpx.Request, limits: Limits) -> Answer:
        self.traffic.begin()
        response = self._transport.handle_request(request)
        try:
            headers = dict(response.headers)
            self.traffic.add(throttled=response.status_code in LATER)
            if response.is_success:
                limits.require_kind(headers)
            body = read_body(self.traffic.passing(response.iter_raw()), headers, limits)
            return Answer(response.status_code, headers, body)
        finally:
            response.close()

    def _request(
        self, target: Target, address: str, headers: Sequence[tuple[str, str]], body: bytes | None
    ) -> httpx.Request:
        pinned = f"[{address}]" if ":" in address else address
        url = f"{target.scheme}://{pinned}:{target.port}{target.path}"
        return httpx.Request(
            "GET" if body is None else "POST",
            url,
            headers=[("Host", target.host_header), *headers],
            content=body,
            extensions={"sni_hostname": target.host},
        )

    def _addresses(self, target: Target, ends: float) -> list[str]:
        """Resolve once and check every address: one private record among public ones is refused too."""
        addresses = _as_literal(target.host) or self._look_up(target, ends)
        if target.authority not in self._allowed:
            for address in addresses:
                check_address(address)
        return addresses

    def _look_up(self, target: Target, ends: float) -> list[str]:
        # The system's resolver knows no deadline; the thread it hangs in ends by the resolver's own patience, and is
        # a daemon: those of a pool would be waited for when the process ends.
        found: Future[Sequence[str]] = Future()
        Thread(target=_resolve_into, args=(found, self._resolver, target), name="resolve", daemon=True).start()
        while not found.done() and (left := min(ends, self._last) - time.monotonic()) > 0:
            wait([found], timeout=min(left, _LOOK))
        if not found.done():
            patience.require()
            raise FetchFailed(f"{target.host}: the name was not resolved within {self._deadline:g} s")
        try:
            addresses = list(dict.fromkeys(found.result()))
        except (OSError, UnicodeError) as error:
            raise Transient(f"{target.host}: the name cannot be resolved: {error}") from error
        if not addresses:
            raise Transient(f"{target.host}: the name has no address")
        return addresses


def _resolve_into(found: Future[Sequence[str]], resolver: Resolver, target: Target) -> None:
    try:
        found.set_result(resolver(target.host, target.port))
    except BaseException as error:  # whoever waits for the addresses tells of it
        found.set_exception(error)


def _timeouts(ends: float) -> dict[str, float]:
    left = max(0.001, ends - time.monotonic())
    return {"connect": min(left, _CONNECT_SECONDS), "read": left, "write": left, "pool": left}


def _as_literal(host: str) -> list[str]:
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        return []
