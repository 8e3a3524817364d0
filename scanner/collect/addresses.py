"""Which addresses we may connect to: strict reading of URLs and a table of networks that are not public.

Python's own `is_global` calls several dangerous addresses public (6to4 and NAT64 forms of link-local ones, cloud
metadata), so the table is written out here (IANA special-purpose registries, RFC 6890 and successors).
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import httpx

from scanner.errors import Blocked

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_PORTS = {"http": 80, "https": 443}
_MAX_URL = 8192
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029]")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_SECRET = re.compile(r"token|secret|passw|pwd|signature|credential|auth|session|api_?key|^(?:key|sig|code|jwt)$", re.I)

_NOT_PUBLIC_V4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private use
        "100.64.0.0/10",  # shared by carriers
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, cloud metadata
        "172.16.0.0/12",  # private use
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private use
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
        "168.63.129.16/32",  # Azure's host, public by number only
    )
)
_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_V6 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",
        "2002::/16",  # 6to4, given up in RFC 7526
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)
_CARRIES_V4 = (ipaddress.IPv6Network("::ffff:0:0/96"), ipaddress.IPv6Network("64:ff9b::/96"))
"""IPv4-mapped and NAT64: as public as the IPv4 address inside. Every other wrapping is refused."""


@dataclass(frozen=True, slots=True)
class Target:
    """One address to fetch, taken apart and canonical."""

    scheme: str
    host: str
    """Lower case ASCII name, or an IP address without brackets."""
    port: int
    path: str
    """Path and query as they go on the wire."""

    @property
    def bracketed(self) -> str:
        """The host as it stands in a URL."""
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def authority(self) -> str:
        """host:port, always with the port: the unit of politeness and of `allow_hosts`."""
        return f"{self.bracketed}:{self.port}"

    @property
    def host_header(self) -> str:
        """Value of the Host header."""
        return self.bracketed if self.port == _PORTS[self.scheme] else self.authority

    @property
    def origin(self) -> str:
        """Scheme and host: what robots.txt speaks for."""
        return f"{self.scheme}://{self.host_header}"

    @property
    def url(self) -> str:
        """The canonical URL, secrets included: never for logs."""
        return f"{self.origin}{self.path}"


def parse_url(url: str) -> Target:
    """Take a URL apart, strictly; raises Blocked when two readers could understand it differently."""
    if len(url) > _MAX_URL or _UNSAFE.search(url):
        raise _refused(url, "holds control characters, spaces or backslashes, or is too long")
    try:
        parts, normal = urlsplit(url), httpx.URL(url)
        port = parts.port
    except (ValueError, httpx.InvalidURL) as error:
        raise _refused(url, "cannot be read as a URL") from error
    scheme = parts.scheme.lower()
    if scheme not in _PORTS:
        raise _refused(url, "has another scheme than http or https")
    if "@" in parts.netloc or "%" in parts.netloc:
        raise _refused(url, "holds a user name or an escaped host")
    host = _canonical_host(url, normal.raw_host.decode("ascii").lower())
    if port == 0:
        raise _refused(url, "has port 0")
    return Target(scheme=scheme, host=host, port=port or _PORTS[scheme], path=normal.raw_path.decode("ascii") or "/")


def _canonical_host(url: str, host: str) -> str:
    """Return the host in its one spelling; numbers that are not plain IPv4 are refused (127.1, 0x7f000001, 017)."""
    if ":" in host:
        try:
            return str(ipaddress.IPv6Address(host.strip("[]")))
        except ValueError as error:
            raise _refused(url, "holds no valid IPv6 address") from error
    labels = host.removesuffix(".").split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise _refused(url, "holds no valid host name")
    if _NUMBER.fullmatch(labels[-1]):
        try:
            return str(ipaddress.IPv4Address(".".join(labels)))
        except ValueError as error:
            raise _refused(url, "writes an IP address in an unusual way") from error
    return ".".join(labels)


def at_base(url: str, base_url: str | None) -> str:
    """Return `url` with its scheme and host replaced by `base_url`, when one is set (relays, demo, tests)."""
    return url if base_url is None else base_url.rstrip("/") + parse_url(url).path


def origin_of(url: str) -> str:
    """Return scheme, host and port of a URL."""
    return parse_url(url).origin


def check_address(address: str) -> None:
    """Refuse an IP address that is not public; raises Blocked naming it."""
    ip = ipaddress.ip_address(address)
    if not is_public(ip):
        raise Blocked(f"{ip}: not a public address; only host:port pairs listed in network.allow_hosts may be private")


def is_public(ip: _Address) -> bool:
    """Tell whether an address lies in the public internet by the table above."""
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in network for network in _NOT_PUBLIC_V4)
    if any(ip in network for network in _CARRIES_V4):
        return is_public(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    return ip in _PUBLIC_V6 and not any(ip in network for network in _NOT_PUBLIC_V6)


def without_secrets(url: str) -> str:
    """Return a URL fit for logs and provenance: no user name, no values of token-like query keys, one line."""
    try:
        parts = urlsplit(url)
        query = [(key, "" if _SECRET.search(key) else value) for key, value in parse_qsl(parts.query, True)]
    except ValueError:
        return "(unreadable URL)"
    secretless = any(_SECRET.search(key) for key, _ in query)
    netloc = parts.netloc.rpartition("@")[2]
    shown = urlunsplit((parts.scheme, netloc, parts.path, urlencode(query) if secretless else parts.query, ""))
    return ascii(shown)[1:-1][:500]


def _refused(url: str, reason: str) -> Blocked:
    return Blocked(f"{without_secrets(url)}: {reason}; valid is http(s)://host[:port]/path")
