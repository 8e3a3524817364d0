"""robots.txt is honoured, read once, and its absence is told apart from its failure."""

from __future__ import annotations

from threading import Thread

import pytest

from scanner.collect.addresses import parse_url
from scanner.collect.exchange import Answer, Transient
from scanner.collect.robots import Robots
from scanner.errors import Blocked, FetchFailed, RateLimited

PAGE = parse_url("https://h.example/api/v1/accounts?token=S3CRET")


def robots_of(status: int = 200, body: bytes = b"", asked: list | None = None, now=lambda: 0.0) -> Robots:
    def fetch(target):
        if asked is not None:
            asked.append(target.url)
        return Answer(status, {}, body)

    return Robots(fetch, now)


@pytest.mark.parametrize(
    ("status", "body", "allowed"),
    [
        (404, b"", True),
        (410, b"User-agent: *\nDisallow: /", True),
        (400, b"", True),
        (401, b"", False),
        (403, b"", False),
        (200, b"", True),
        (200, b"User-agent: *\nDisallow: /", False),
        (200, b"\xef\xbb\xbfUser-agent: *\nDisallow: /api/", False),
        (200, b"User-agent: *\nDisallow: /api/\nAllow: /api/v1/", True),
        (200, b"User-agent: Scanner\nDisallow: /\n\nUser-agent: *\nAllow: /", False),
        (200, b"User-agent: otherbot\nDisallow: /", True),
        (200, b"User-agent: *\nDisallow:", True),
        (200, b"<html><body>login</body></html>", True),
        (200, b"\xff\xfe\x00garbage", True),
        (200, b"#" * 600_000 + b"\nUser-agent: *\nDisallow: /", True),
    ],
)
def test_it_reads_the_file_as_the_standard_says(status, body, allowed):
    robots = robots_of(status, body)
    if allowed:
        assert robots.require_allowed(PAGE) == 0.0
    else:
        with pytest.raises(Blocked, match=r"robots\.txt of h\.example forbids /api/v1/accounts") as caught:
            robots.require_allowed(PAGE)
        assert "S3CRET" not in str(caught.value)


@pytest.mark.parametrize(("said", "kept"), [("3", 3.0), ("0.5", 0.5), ("500", 60.0), ("soon", 0.0)])
def test_a_crawl_delay_is_kept_up_to_a_minute(said, kept):
    assert robots_of(200, f"User-agent: *\nCrawl-delay: {said}".encode()).require_allowed(PAGE) == kept


def test_it_is_asked_once_per_origin_and_day_also_by_many_threads():
    asked: list[str] = []
    time = [0.0]
    robots = robots_of(404, asked=asked, now=lambda: time[0])
    threads = [Thread(target=robots.require_allowed, args=(PAGE,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert asked == ["https://h.example/robots.txt"]
    robots.require_allowed(parse_url("https://h.example:8443/"))
    robots.require_allowed(parse_url("http://h.example/"))
    assert asked[1:] == ["https://h.example:8443/robots.txt", "http://h.example/robots.txt"]
    time[0] = 25 * 3600.0
    robots.require_allowed(PAGE)
    assert len(asked) == 4


def test_what_cannot_be_read_now_forbids_for_now_and_is_asked_again():
    errors = [Transient("server error 503"), RateLimited("wait", retry_after=9.0)]

    def fetch(_):
        if errors:
            raise errors.pop(0)
        return Answer(404, {}, b"")

    robots = Robots(fetch, lambda: 0.0)
    with pytest.raises(FetchFailed, match=r"robots\.txt of h\.example cannot be read now: server error 503"):
        robots.require_allowed(PAGE)
    with pytest.raises(RateLimited):
        robots.require_allowed(PAGE)
    assert robots.require_allowed(PAGE) == 0.0
