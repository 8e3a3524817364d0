"""Where the desk may listen: on this machine alone, unless the way to it is encrypted and its names are known."""

from __future__ import annotations

import ipaddress
import re
import stat
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from scanner.errors import SettingsError

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""Names of this machine for itself."""
_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:.]+\]")


@dataclass(frozen=True, slots=True)
class Bind:
    """An address the desk may listen on, and how."""

    host: str
    port: int
    hosts: frozenset[str]
    """Names to which it answers, without ports, IPv6 in brackets."""
    certificate: Path | None
    key: Path | None
    behind_proxy: bool
    """A proxy speaks TLS with the browser and tells in X-Forwarded-For who asks."""

    @property
    def tls(self) -> bool:
        """Tell whether browsers come by https."""
        return self.certificate is not None or self.behind_proxy


def check_bind(
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    hosts: Collection[str] = (),
    certificate: Path | None = None,
    key: Path | None = None,
    behind_proxy: bool = False,
) -> Bind:
    """Return how the desk listens; SettingsError says what would be valid (reliability A8).

    Any address but loopback needs TLS, by certificate and key or by a proxy, and the names it answers to.
    """
    address = _address(host)
    _require_port(port)
    _require_pair(certificate, key)
    names = frozenset(map(_host_name, hosts))
    if not address.is_loopback and certificate is None and not behind_proxy:
        raise SettingsError(
            f"bind {host}: others could read along; valid: 127.0.0.1, or a certificate and its key, or --behind-proxy"
        )
    if not names and (behind_proxy or not address.is_loopback):
        raise SettingsError(f"bind {host}: no host names; name those by which browsers reach the desk, e.g. desk.go.id")
    return Bind(
        host=str(address),
        port=port,
        hosts=names or LOOPBACK,
        certificate=certificate,
        key=key,
        behind_proxy=behind_proxy,
    )


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        return ipaddress.ip_address("127.0.0.1" if host == "localhost" else host.strip("[]"))
    except ValueError as error:
        raise SettingsError(f"bind {host!r}: not an address; valid: 127.0.0.1, ::1, 10.0.0.5") from error


def _require_port(port: int) -> None:
    if not 0 <= port <= 65535:
        raise SettingsError(f"port {port}: 0 (any that is free) to 65535 would be valid")


def _require_pair(certificate: Path | None, key: Path | None) -> None:
    if (certificate is None) != (key is None):
        raise SettingsError("TLS: certificate and key go together; give both PEM files or neither")
    for path in filter(None, (certificate, key)):
        if not path.is_file():
            raise SettingsError(f"{path}: no such file; a PEM file would be valid")
    if key is not None and stat.S_IMODE(key.stat().st_mode) & 0o077:
        raise SettingsError(f"{key}: others can read the key; run `chmod 600 {key}`")


def _host_name(name: str) -> str:
    """Return a name as browsers send it; wildcards, schemes and ports are refused: only whole names are safe."""
    lower = name.strip().lower()
    if not _NAME.fullmatch(lower):
        raise SettingsError(f"host {name!r}: not a plain name; valid: desk.go.id, 10.0.0.5, [fd00::5]")
    return lower
