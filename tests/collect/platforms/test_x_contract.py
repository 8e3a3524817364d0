"""Everything the X collector asks, held by a real Prism server against X's own OpenAPI documents, old and new."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from scanner.collect.interface import Options, Window
from scanner.collect.platforms.x import XCollector
from scanner.domain.runs import Cursor
from tests.collect.fakes import START
from tests.collect.fakes.x import FakeX
from tests.collect.servers import NOT_FOUND, Site, plain_client
from tests.servers.prism import NotInstalled, running_prism

pytestmark = pytest.mark.slow
REAL = Path(__file__).parents[3] / "../shared/real/x"
DOCUMENTS = {"tweet": "x-openapi-2.166.json", "post": "x-openapi-2.167.json"}


class Judged(XCollector):
    """Keeps where Prism found each of its requests, or of the look-alike's answers, to break the document."""

    def __init__(self, client, options: Options) -> None:
        super().__init__(client, options)
        self.breaches: list[list[str]] = []
        self.untrue: list[list[str]] = []

    def fetch(self, url, *, check, **rest):
        def judge(answer):
            found = [one["location"] for one in json.loads(answer.headers.get("sl-violations", "[]"))]
            self.breaches.append([".".join(place[1:]) for place in found if place[0] == "request"])
            self.untrue += [place for place in found if place[0] == "response" and answer.status == 200]
            check(answer)

        return super().fetch(url, check=judge, **rest)


@dataclass
class Bench:
    fake: FakeX
    site: Site
    collector: Judged
    named: set[str]
    """Query parameters that the document knows."""

    def gather(self, cursor: Cursor | None = None, window: Window | None = None) -> Cursor:
        pages = list(self.collector.collect(self.fake.account, cursor or Cursor(), window or Window()))
        return pages[-1].cursor


@pytest.fixture(scope="module", params=DOCUMENTS)
def prism(request) -> Iterator[tuple[str, str, Site]]:
    """Prism runs once for each document; the look-alike behind it changes with the test."""
    document = REAL / DOCUMENTS[request.param]
    if not document.is_file():
        pytest.skip("../shared/real/x is not here")
    with Site(lambda _: NOT_FOUND) as site:
        try:
            with running_prism(document, site.url) as address:
                yield request.param, address, site
        except NotInstalled as error:
            pytest.skip(str(error))


@contextmanager
def bench(prism, count: int = 7) -> Iterator[Bench]:
    spelling, address, site = prism
    fake = FakeX(count)
    fake.spelling = spelling
    site.answer = fake.answer
    site.requests.clear()
    with plain_client(urlsplit(address).netloc, clock=FakeX.clock, deadline=20.0) as client:
        collector = Judged(client, Options(base_url=address, keys=fake.keys, page_size=5))
        yield Bench(fake, site, collector, set(named_in(DOCUMENTS[spelling])))


def named_in(document: str) -> Iterator[str]:
    """Yield the parameters of what we ask: Prism lets pass those that a document does not name."""
    described = json.loads((REAL / document).read_text("utf-8"))
    for path in ("/2/users/by/username/{username}", "/2/users/{id}/tweets", "/2/tweets"):
        for one in described["paths"][path]["get"]["parameters"]:
            yield one.get("name") or described["components"]["parameters"][one["$ref"].rpartition("/")[2]]["name"]


def test_no_request_breaks_the_document(prism):
    with bench(prism) as b:
        cursor = b.gather()
        b.fake.edit(7, "Diubah")
        b.fake.add("Kabar baru")
        b.gather(cursor)
        b.gather(window=Window(since=START, until=START + timedelta(hours=4)))
        b.gather(Cursor(next_page=b.fake.native_id(b.fake.items[3]), top=cursor.high_water))
        ids = [b.fake.native_id(item) for item in b.fake.items]
        found = list(b.collector.look_up(b.fake.account, [*ids, "1577730467436138524"]))
        assert {post.native_id for one in found for post in one.posts} == set(ids)
        asked = [{*one.query} for one in b.site.pages]
        assert {"since_id", "until_id", "pagination_token", "ids", "user.fields"} <= set().union(*asked)
        assert len(b.collector.breaches) == len(asked) > 10
        broken = {number: places for number, places in enumerate(b.collector.breaches) if places}
        unknown = {number for number, names in enumerate(asked) if not names <= b.named}
        # The first request for posts speaks the old names; refused, it is the only one that does.
        expected = {1: ["query.expansions.3"]} if b.fake.spelling == "post" else {}
        assert (broken, unknown) == (expected, set(expected))
        assert b.collector.untrue == []


def test_prism_does_find_breaches(prism):
    with bench(prism) as b:
        address = b.collector.base(b.fake.account)
        b.collector._send(f"{address}/2/tweets", {"ids": "12a", "media.fields": "alt_text,banyak"})
        (places,) = b.collector.breaches
        assert sorted(places) == ["query.ids.0", "query.media.fields.1"]
