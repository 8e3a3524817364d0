"""No payload may lead a connection to an address that is not public."""

from __future__ import annotations

import ipaddress
import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.collect.addresses import check_address, is_public, parse_url, without_secrets
from scanner.errors import Blocked, CollectError
from tests.collect.servers import RawServer, plain_client

_DANGEROUS_V4 = """
127.0.0.1 127.1.2.3 0.0.0.0 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1
100.100.100.200 192.0.0.192 192.0.0.8 198.18.0.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
168.63.129.16 192.0.2.1 198.51.100.1 203.0.113.1
"""
DANGEROUS_V4 = _DANGEROUS_V4.split()


def wrapped(address: str) -> list[str]:
    """The ways IPv6 can carry an IPv4 address."""
    high, low = divmod(int(ipaddress.IPv4Address(address)), 65536)
    inverted = int(ipaddress.IPv4Address(address)) ^ 0xFFFFFFFF
    return [
        f"::ffff:{address}",
        f"::{address}",
        f"64:ff9b::{high:x}:{low:x}",
        f"64:ff9b:1::{high:x}:{low:x}",
        f"2002:{high:x}:{low:x}::1",
        f"2001:0:1234::{inverted >> 16:x}:{inverted & 0xFFFF:x}",
        f"::ffff:0:{high:x}:{low:x}",
    ]


_DANGEROUS_V6 = """
::1 :: fe80::1 fc00::1 fd00:ec2::254 ff02::1 2001:db8::1 3fff::1 100::1 2001:10::1 fec0::1 5f00::1
"""
DANGEROUS_V6 = _DANGEROUS_V6.split()


@pytest.mark.parametrize("address", DANGEROUS_V4 + DANGEROUS_V6 + [w for a in DANGEROUS_V4 for w in wrapped(a)])
def test_it_refuses_addresses_that_are_not_public(address):
    with pytest.raises(Blocked, match="allow_hosts"):
        check_address(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1", "::ffff:1.1.1.1", "64:ff9b::101:101"])
def test_it_lets_public_addresses_through(address):
    check_address(address)


@given(st.ip_addresses(v=4))
@settings(max_examples=300, deadline=None)
def test_it_never_calls_public_what_the_standard_library_calls_private(ip):
    if ip.is_private or ip.is_multicast or ip.is_reserved:
        assert not is_public(ip)
        assert not is_public(ipaddress.IPv6Address(f"::ffff:{ip}"))


_HOSTS = """
127.0.0.1 2130706433 0x7f000001 017700000001 0x7f.0.0.1 0177.0.0.1 127.1 127.0.1 0 0x0 0x 127.0.0.1.
127.000.000.001 127.0.0.01 0x7f.1 １２７.0.0.1 １２７．０．０．１ 127。0。0。1 ①②⑦.⓪.⓪.① 127.0.0.1%00 127.0.0.1%2e
%31%32%37.0.0.1 localhost LOCALHOST localhost. ⓛocalhost localhost%00 [::1] [::] [0:0:0:0:0:0:0:1]
[::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1] [64:ff9b::7f00:1] [2002:7f00:1::] [fe80::1%25eth0]
[fe80::1%eth0] [::1%1] user@127.0.0.1 public.example@127.0.0.1 public.example:80@127.0.0.1
127.0.0.1:1@127.0.0.1 public.example\\@127.0.0.1 public.example\\.127.0.0.1 127.0.0.1#@public.example
127.0.0.1?@public.example public.example&@127.0.0.1 public.example%40127.0.0.1 127.0.0.1%09 127.0.0.1%20
127.0.0.1.127.0.0.1 00000000177.1 4294967297 256.256.256.256 1.2.3.4.5 127.0.0.1_ -127.0.0.1 .127.0.0.1
127..0.1 169.254.169.254 2852039166 0xa9fea9fe 0xa9.0xfe.0xa9.0xfe 0251.0376.0251.0376 [::ffff:a9fe:a9fe]
[fd00:ec2::254] 169.254.43518 10.0.0.1 192.168.0.1 0300.0250.0.1 0xc0a80001 100.100.100.200 [fe80::1]
[fc00::1] [ff02::1] 168.63.129.16 0.0.0.0 [] [:] : . .. %00 * a..b -a.example a-.example xn-- xn--a [1.1.1.1]
[v1.fe80::a] 127.0.0.1,public.example 127.0.0.1;public.example 127.0.0.1|public.example {127.0.0.1}
<127.0.0.1> "127.0.0.1" '127.0.0.1' `127.0.0.1` ^127.0.0.1 ~127.0.0.1
"""
HOSTS = _HOSTS.split()
OTHERS = [
    "file:///etc/passwd",
    "data:text/html,x",
    "ftp://127.0.0.1/",
    "gopher://127.0.0.1:1/x",
    "dict://127.0.0.1/",
    "javascript:alert(1)",
    "//127.0.0.1/",
    "http:/127.0.0.1/",
    "http:127.0.0.1",
    "http:///127.0.0.1/",
    "HTTP://127.0.0.1\t/",
    "http://127.0.0.1\r\n/",
    "http://127.0.0.1\\/",
    "\x01http://127.0.0.1/",
    " http://127.0.0.1/",
    "http://127.0.0.1\u2028/",
    "http://",
    "http://[::1",
    "http://127.0.0.1:99999/",
    "http://127.0.0.1:0/",
    "http://127.0.0.1:-1/",
    "http://127.0.0.1:port/",
    "http://" + "a" * 300 + ".example/",
    "http://public.example/" + "a" * 9000,
    "",
]


def test_the_list_of_payloads_is_long_enough():
    assert len(HOSTS) + len(OTHERS) >= 120


@pytest.fixture(scope="module")
def victim():
    with RawServer(lambda connection, _: None) as server:
        yield server


@pytest.mark.parametrize("payload", [f"http://{{}}{host}" for host in HOSTS] + OTHERS)
def test_no_payload_reaches_a_listener_on_loopback(payload, victim):
    host = payload.removeprefix("http://{}")
    url = f"http://{host}:{victim.port}/" if payload.startswith("http://{}") else payload
    with plain_client("public.example:1", resolver=_local_resolver) as client, pytest.raises(CollectError):
        client.get(url, collector="test/1")
    assert victim.connections == 0


def _local_resolver(host: str, port: int) -> list[str]:
    """Like the system's resolver, which reads odd numbers as addresses; other names are this machine."""
    try:
        return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, flags=socket.AI_NUMERICHOST)]
    except OSError:
        return ["127.0.0.1"]


def test_it_writes_a_target_in_one_canonical_way():
    target = parse_url("HTTPS://Contoh.EXAMPLE.:443/a b".replace(" ", "%20") + "?q=é#bagian")
    assert target.url == "https://contoh.example/a%20b?q=%C3%A9"
    assert (target.authority, target.host_header) == ("contoh.example:443", "contoh.example")
    assert parse_url("http://münchen.example:8080").url == "http://xn--mnchen-3ya.example:8080/"
    assert parse_url("http://[2606:4700:0::1111]/").origin == "http://[2606:4700::1111]"


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(text):
    for url in (text, f"http://{text}", f"http://h.example/{text}"):
        try:
            assert parse_url(url).url.isascii()
        except Blocked as error:
            assert str(error).isprintable()


def test_secrets_do_not_leave_in_urls():
    url = "https://ani:rahasia@h.example/p?access_token=S3CRET&q=1&X-Amz-Signature=S3CRET&api_key=S3CRET#t"
    shown = without_secrets(url)
    assert "S3CRET" not in shown
    assert "rahasia" not in shown
    assert shown.startswith("https://h.example/p?access_token=&q=1")
    assert without_secrets("http://h.example/\r\nINFO forged \x1b[2J").isprintable()
    assert without_secrets("http://[") == "(unreadable URL)"
