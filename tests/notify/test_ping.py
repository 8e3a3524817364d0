"""The dead man's switch hears beginning, success and failure, and can neither delay nor fail a run."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from scanner.collect.client_config import ClientConfig
from scanner.notify import ping as pings
from scanner.notify.outbox import Trouble
from scanner.notify.ping import address, ping
from tests.collect.servers import RawServer, Reply, Site, plain_config


@pytest.mark.parametrize("suffix", ["start", "", "1", "75"])
def test_each_kind_goes_to_its_own_address_and_says_nothing_else(suffix: str):
    with Site(lambda _: Reply("OK")) as site:
        assert ping(f"{site.url}/0b5e-uuid", plain_config(site.host), suffix=suffix) is None
        [request] = site.pages
    assert request.path == ("/0b5e-uuid/" + suffix).rstrip("/")
    assert (request.body, request.query) == (b"", {})


@pytest.mark.parametrize(
    ("url", "there"),
    [
        ("https://hc.example/ping/uuid", "https://hc.example/ping/uuid/start"),
        ("https://hc.example/ping/uuid/", "https://hc.example/ping/uuid/start"),
        ("https://hc.example/ping/key/slug?create=1", "https://hc.example/ping/key/slug/start?create=1"),
    ],
)
def test_the_suffix_stands_behind_the_path(url: str, there: str):
    assert address(url, "start") == there
    assert address(url, "") == url


@pytest.mark.parametrize(
    ("status", "trouble"), [(204, None), (302, Trouble.REFUSED), (404, Trouble.REFUSED), (500, Trouble.UNREACHABLE)]
)
def test_what_the_switch_answers_is_known(status: int, trouble: Trouble | None):
    with Site(lambda _: Reply(status=status)) as site:
        assert ping(f"{site.url}/uuid", plain_config(site.host)) is trouble


def test_one_that_never_answers_costs_a_few_seconds(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pings, "SECONDS", 0.5)
    ended = threading.Event()
    with RawServer(lambda *_: ended.wait(10) and None) as server:
        began = time.monotonic()
        assert ping(server.url, ClientConfig(allow_hosts=(server.host,), min_interval=0)) is Trouble.LATE
        assert time.monotonic() - began < 2
        ended.set()


def test_one_that_is_not_there_or_not_public_is_only_told():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        host = f"127.0.0.1:{taken.getsockname()[1]}"
    assert ping(f"http://{host}/uuid", plain_config(host)) is Trouble.UNREACHABLE
    assert ping(f"http://{host}/uuid", plain_config()) is Trouble.BLOCKED
