"""The courier looks up public addresses only, and tells what went wrong in one word."""

from __future__ import annotations

import json
import socket
import subprocess
import sys

import pytest

from scanner.notify.courier import Guard, kind_of
from scanner.notify.outbox import Trouble


@pytest.mark.parametrize("host", ["127.0.0.1", b"127.0.0.1", "169.254.169.254", "::1", "192.168.1.1", "fe80::1%1"])
def test_what_is_not_public_is_not_looked_up(host: str | bytes):
    guard = Guard([])
    with pytest.raises(OSError, match="not a public address"):
        guard(host, 25)
    assert guard.refused


def test_what_is_allowed_is_so_with_its_port_alone():
    guard = Guard(["127.0.0.1:25", "[::1]:25"])
    assert guard("127.0.0.1", 25, type=socket.SOCK_STREAM)[0][4] == ("127.0.0.1", 25)
    assert guard("::1", 25)
    with pytest.raises(OSError, match="not a public address"):
        guard("127.0.0.1", 26)


def test_a_public_address_is_looked_up_as_ever():
    assert Guard([])("1.1.1.1", 443, type=socket.SOCK_STREAM)[0][4] == ("1.1.1.1", 443)


def test_an_address_that_switches_certificates_off_is_not_sent_to():
    url = "jsons://127.0.0.1:9/#x?verify=no"  # the settings see no query in it; Apprise does
    asked = [sys.executable, "-m", "scanner.notify.courier"]
    order = json.dumps({"url": url, "title": "a", "text": "b", "allow_hosts": ["127.0.0.1:9"]})
    done = subprocess.run(asked, input=order.encode(), capture_output=True, check=True, timeout=60)
    assert done.stdout.decode() == Trouble.UNUSABLE


@pytest.mark.parametrize(
    ("said", "trouble"),
    [
        ("Failed to send JSON notification: Unauthorized - Invalid Token., error=401.", Trouble.REFUSED),
        ("Failed to send Telegram notification to rahasia: Too Many Requests, error=429.", Trouble.THROTTLED),
        ("A Connection error occurred sending JSON: HTTPConnection(host='x'): Read timed out.", Trouble.LATE),
        ("A Connection error occurred: Failed to establish a new connection: [Errno 111]", Trouble.UNREACHABLE),
        ("Socket Exception: (535, b'5.7.8 Authentication credentials invalid')", Trouble.REFUSED),
        ("something nobody thought of", Trouble.FAILED),
        ("", Trouble.FAILED),
    ],
)
def test_what_services_say_becomes_one_word(said: str, trouble: Trouble):
    assert kind_of(said) is trouble
