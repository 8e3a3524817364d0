"""A look that takes too long and a run that is stopped end requests, whatever the other side does meanwhile."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from scanner.collect import patience
from scanner.collect.client import Client
from scanner.collect.client_config import ClientConfig
from scanner.errors import CollectError, FetchFailed, OutOfTime
from tests.collect.servers import RawServer, plain_client


def silent(connection: socket.socket, _request: bytes) -> None:
    """Answer nothing until the other side hangs up."""
    connection.recv(1)


def failing(connection: socket.socket, _request: bytes) -> None:
    connection.sendall(b"HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n")


def took(began: float) -> float:
    return time.monotonic() - began


def test_a_hurried_client_cuts_what_is_under_way_and_begins_nothing_more():
    with RawServer(silent) as server, plain_client(server.host, deadline=20) as client, ThreadPoolExecutor() as pool:
        began = time.monotonic()
        asked = pool.submit(client.get, server.url, collector="test/1", robots=False)
        while not server.requests:
            time.sleep(0.01)
        client.hurry(0.1)
        with pytest.raises(CollectError):
            asked.result(timeout=10)
        with pytest.raises(OutOfTime, match="the run was stopped"):
            client.get(server.url, collector="test/1", robots=False)
        assert took(began) < 8
        assert len(server.requests) == 1


def test_whoever_waits_for_a_turn_waits_no_longer():
    config = ClientConfig(min_interval=30, allow_hosts=("127.0.0.1:9",))
    with Client(config) as client, ThreadPoolExecutor() as pool:
        began = time.monotonic()
        waiting = [pool.submit(client.get, "http://127.0.0.1:9/", collector="test/1", robots=False) for _ in range(3)]
        time.sleep(0.1)
        client.hurry(0.1)
        assert all(isinstance(one.exception(timeout=10), FetchFailed | OutOfTime) for one in waiting)
        assert took(began) < 8


def test_a_name_that_is_looked_up_holds_up_neither_a_stop_nor_the_end_of_a_look():
    hangs = threading.Event()

    def hang(_host: str, _port: int) -> list[str]:
        hangs.wait(20)
        return []

    with plain_client(deadline=20, resolver=hang) as client, ThreadPoolExecutor() as pool:
        began = time.monotonic()
        with patience.bounded(0.05), pytest.raises(OutOfTime, match="took longer than"):
            client.get("http://h.example/", collector="test/1", robots=False)
        asked = pool.submit(client.get, "http://h.example/", collector="test/1", robots=False)
        time.sleep(0.05)
        client.hurry(0.05)
        try:
            assert isinstance(asked.exception(timeout=5), FetchFailed)
        finally:
            hangs.set()
        assert took(began) < 5


_HANGING = """
import time
from scanner.collect.client import Client
from scanner.collect.client_config import ClientConfig
def hang(host, port):
    time.sleep(30)
with Client(ClientConfig(deadline=0.1), resolver=hang) as client:
    try:
        client.get("http://h.example/", collector="test/1", robots=False)
    except Exception as error:
        print(error)
"""


@pytest.mark.slow
def test_a_process_ends_although_a_name_is_still_looked_up():
    done = subprocess.run([sys.executable, "-c", _HANGING], capture_output=True, text=True, timeout=20, check=True)
    assert "not resolved within" in done.stdout


def test_the_time_of_a_look_bounds_its_requests_and_counts_against_no_host():
    with RawServer(silent) as server, plain_client(server.host, deadline=20) as client:
        with patience.bounded(0.2), pytest.raises(OutOfTime, match=r"took longer than 0\.2 s; the next look goes on"):
            client.get(server.url, collector="test/1", robots=False)
        assert len(server.requests) == 1


def test_it_ends_repeats_and_the_waiting_between_them():
    with RawServer(failing) as server:
        config = ClientConfig(min_interval=20, allow_hosts=(server.host,))
        with Client(config) as client, patience.bounded(0.2), pytest.raises(OutOfTime):
            client.get(server.url, collector="test/1", robots=False)
        assert len(server.requests) == 1


def test_waiting_for_others_at_the_same_host_costs_nothing_of_ones_own_time():
    def slow(connection: socket.socket, _request: bytes) -> None:
        time.sleep(0.3)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    def ask(_: int) -> bytes:
        with patience.bounded(0.6):
            return client.get(server.url, collector="test/1", robots=False).body

    with RawServer(slow) as server, plain_client(server.host) as client, ThreadPoolExecutor() as pool:
        assert list(pool.map(ask, range(4))) == [b"ok"] * 4


def test_each_thread_has_its_own_time_and_none_without_a_bound():
    found = []
    with patience.bounded(0.001):
        time.sleep(0.01)
        other = threading.Thread(target=lambda: found.append(patience.require()))
        other.start()
        other.join()
        with pytest.raises(OutOfTime):
            patience.require()
        assert patience.left() == 0.0
    with patience.bounded(None):
        patience.require()
    assert found == [None]
