"""Counting what is asked and sent: every request, every byte, everybody who asks us to come later, and the ceiling."""

from __future__ import annotations

import gzip
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pytest

from scanner.collect.client import Client
from scanner.collect.traffic import Counter, Traffic
from scanner.errors import BudgetSpent, CollectError, FetchFailed, RateLimited
from tests.collect.servers import RawServer, Reply, Request, Site, plain_client, plain_config


def test_it_counts_requests_with_robots_and_redirects_and_bytes_as_they_came():
    def answer(request: Request) -> Reply:
        return Reply(status=302, headers={"Location": "/b"}) if request.path == "/a" else Reply("<html>isi</html>")

    with Site(answer, robots=Reply("User-agent: *\n", media_type="text/plain")) as site, plain_client(site.host) as one:
        one.get(f"{site.url}/a", collector="test/1")
        assert one.traffic.take() == Traffic(requests=3, throttled=0, bytes=len("User-agent: *\n<html>isi</html>"))
        assert one.traffic.take() == Traffic(), "what was taken is not told again"


def test_packed_answers_count_as_they_came_and_not_as_they_unpack():
    packed = gzip.compress(b'{"a": 1}' * 500)
    reply = Reply(packed, media_type="application/json", headers={"Content-Encoding": "gzip"})
    with Site(lambda _: reply) as site, plain_client(site.host) as one:
        assert len(one.get(site.url, collector="test/1", robots=False).evidence.body) == 4000
        assert one.traffic.take().bytes == len(packed)


@pytest.mark.parametrize(("status", "later"), [(429, 1), (503, 3), (500, 0), (403, 0), (200, 0)])
def test_answers_that_ask_us_to_come_later_are_counted_each_time(status: int, later: int):
    with Site(lambda _: Reply("<html></html>", status=status)) as site, plain_client(site.host) as one:
        with suppress(CollectError):
            one.get(site.url, collector="test/1", robots=False)
        assert one.traffic.take().throttled == later


def test_a_platform_that_asks_us_to_wait_in_words_of_its_own_counts_once():
    def check(_: object) -> None:
        raise RateLimited("kuota per menit habis", retry_after=60)

    with Site(lambda _: Reply("{}", status=403)) as site, plain_client(site.host) as one:
        with pytest.raises(RateLimited):
            one.get(site.url, collector="test/1", robots=False, check=check)
        assert one.traffic.take().throttled == 1


def test_a_request_in_vain_counts_and_so_do_the_bytes_of_an_answer_cut_off():
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
    with RawServer(lambda talk, _: talk.sendall(head + b"12345")) as server, plain_client(server.host) as one:
        with pytest.raises(FetchFailed):
            one.get(server.url, collector="test/1", robots=False)
        assert one.traffic.take() == Traffic(requests=3, bytes=15), "three tries"


def test_behind_the_ceiling_nothing_is_asked_any_more():
    with Site(lambda _: Reply("<html></html>")) as site:
        config = replace(plain_config(site.host), max_requests=2)
        with Client(config) as one:
            one.get(site.url, collector="test/1")
            for _ in range(2):
                with pytest.raises(BudgetSpent, match="the 2 requests allowed to this run are used up"):
                    one.get(site.url, collector="test/1")
        assert len(site.requests) == 2, "robots.txt is one of them"


def test_threads_lose_no_count_and_do_not_pass_the_ceiling_together():
    counter = Counter(ceiling=500)

    def ask(_: int) -> bool:
        try:
            counter.begin()
        except BudgetSpent:
            return False
        counter.add(throttled=1, received=10)
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(2000))) == 500
    assert counter.take() == Traffic(requests=500, throttled=500, bytes=5000)
