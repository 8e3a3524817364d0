"""How often somebody may try: ten times in fifteen minutes, with growing pauses, per account and per address.

A person is not shut out of a browser they have signed in from before by what others try elsewhere: such a device is
counted by itself (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from scanner.domain.captures import sha256

WINDOW = timedelta(minutes=15)
MOST = 10
"""Tries per window (reliability A5)."""
_FREE = 3
"""Tries without a pause; then 1, 2, 4 ... 64 seconds."""


def subjects_of(name: str, address: str, device_id: str | None) -> tuple[str, ...]:
    """Return what a try counts against, hashed; a device from which the account is known counts alone."""
    if device_id is not None:
        return (_hashed("device", device_id),)
    return (_hashed("account", name), _hashed("address", network_of(address)))


def network_of(address: str) -> str:
    """Return what an address counts as: an IPv4 address itself, of IPv6 the /64 that one subscriber has."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))


def pause(tries: Iterable[Sequence[datetime]], now: datetime) -> float:
    """Return for how many seconds the next try has to wait, given the tries per subject in order of time."""
    until = max((_free_again(times, now) for times in tries), default=now)
    return max(0.0, (until - now).total_seconds())


def _free_again(times: Sequence[datetime], now: datetime) -> datetime:
    recent = [at for at in times if now - at < WINDOW]
    if len(recent) >= MOST:
        return recent[-MOST] + WINDOW
    return recent[-1] + timedelta(seconds=2 ** (len(recent) - _FREE)) if len(recent) >= _FREE else now


def _hashed(kind: str, value: str) -> str:
    return sha256(f"{kind}:{value}".encode("utf-8", "surrogatepass"))
