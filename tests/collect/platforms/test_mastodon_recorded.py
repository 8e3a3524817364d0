"""Answers of a real Mastodon server, recorded by others and played back over loopback."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import yaml

from scanner.collect.interface import Options, Window
from scanner.collect.platforms.mastodon import MastodonCollector
from scanner.collect.retry_after import wait_seconds
from scanner.domain.accounts import Platform
from scanner.domain.posts import Role
from scanner.domain.runs import Cursor
from scanner.errors import FetchFailed, Gone, Private
from tests.collect.fakes import account_of
from tests.collect.servers import Reply, Request, Site, plain_client

RECORDINGS = Path(__file__).parents[3] / "../shared/real/mastodon"
pytestmark = pytest.mark.skipif(not RECORDINGS.is_dir(), reason="../shared/real/mastodon is not here")
ANI = account_of(Platform.MASTODON, "mastodonpy_test@h.example")
_DROPPED = ("content-encoding", "content-length", "transfer-encoding", "connection", "date", "server", "content-type")


@dataclass
class Take:
    """One recorded exchange."""

    method: str
    path: str
    query: dict[str, str]
    reply: Reply

    @property
    def json(self) -> Any:
        return json.loads(self.reply.body)


@dataclass
class Tape:
    """Recorded exchanges. Of several recordings of one request the last is played; what is not there is a 599."""

    takes: list[Take] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __call__(self, request: Request) -> Reply:
        self.asked.append(request.path)
        played = [take.reply for take in self.find("GET", request.path) if take.query == request.query]
        return played[-1] if played else Reply("not recorded", status=599)

    def find(self, method: str, path: str) -> list[Take]:
        return [take for take in self.takes if take.method == method and take.path == path]


def tape(*names: str) -> Tape:
    return Tape([take for name in names for take in _takes(RECORDINGS / f"{name}.yaml")])


def _takes(path: Path) -> Iterator[Take]:
    """Read a file as vcrpy writes it."""
    for exchange in yaml.safe_load(path.read_text("utf-8"))["interactions"]:
        request, answer = exchange["request"], exchange["response"]
        body = answer["body"]["string"]
        raw = body if isinstance(body, bytes) else body.encode()
        headers = {name: values[0] for name, values in answer["headers"].items() if name.lower() not in _DROPPED}
        kind = next(values[0] for name, values in answer["headers"].items() if name.lower() == "content-type")
        uri = urlsplit(request["uri"])
        reply = Reply(gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw, answer["status"]["code"], kind, headers)
        yield Take(request["method"], uri.path, dict(parse_qsl(uri.query)), reply)


@contextmanager
def collector_at(answer, **options) -> Iterator[MastodonCollector]:
    with Site(answer) as site, plain_client(site.host) as client:
        yield MastodonCollector(client, Options(base_url=site.url, **options))


def showing(statuses: Take, profile: Tape):
    """Answer the list of statuses with one recorded list, whatever was asked when it was recorded."""
    return lambda request: profile(request) if request.path.endswith("/lookup") else statuses.reply


def test_pages_are_walked_by_the_link_header_and_resumed_at_it():
    played = tape("test_account_lookup", "test_fetch_next_previous")
    with collector_at(played, page_size=5) as collector:
        walk = collector.collect(ANI, Cursor(), Window())
        first, second = next(walk), next(walk)
        with pytest.raises(FetchFailed):  # what follows was not recorded
            next(walk)
        resumed = next(collector.collect(ANI, first.cursor, Window()))
    posts = [*first.posts, *second.posts]
    shown = [take.json for take in played.takes if take.method == "GET" and take.query.get("limit") == "5"]
    wanted = [status["id"] for page in shown[:2] for status in page]
    assert [post.native_id for post in posts] == [f"h.example/{native_id}" for native_id in wanted]
    assert [post.version_id for post in resumed.posts] == [post.version_id for post in second.posts]
    assert first.native_id == played.find("GET", "/api/v1/accounts/lookup")[-1].json["id"]
    assert not first.rejected + second.rejected


def test_an_edited_status_is_the_same_post_in_another_version():
    played = tape("test_status_edit")
    before = played.takes[0].json
    author = account_of(Platform.MASTODON, f"{before['account']['acct']}@h.example")
    with collector_at(played) as collector:
        (there,) = collector.look_up(author, [f"h.example/{before['id']}"])
        assert list(collector.look_up(ANI, [f"h.example/{before['id']}"])) == [], "it is somebody else's"
    (post,) = there.posts
    assert post.native_id == f"h.example/{before['id']}"
    assert post.edited_at is not None
    assert post.edited_at > post.posted_at == datetime.fromisoformat(before["created_at"])
    (now,) = played.find("GET", f"/api/v1/statuses/{before['id']}")
    assert now.json["content"] != before["content"]
    assert post.text in now.json["content"]
    assert post.role is Role.POSTED


def test_the_title_of_a_link_belongs_to_the_words():
    played = tape("test_status_card")
    (shown,) = (take for take in played.takes if take.method == "GET")
    with collector_at(played) as collector:
        (there,) = collector.look_up(ANI, [f"h.example/{shown.json['id']}"])
    (post,) = there.posts
    assert f"[tautan: {shown.json['card']['title']}]" in post.text
    assert shown.json["card"]["url"] in {media.url for media in post.media}


def test_a_pinned_status_reads_like_any_other_and_its_list_ends_at_once():
    (pinned,) = (take for take in tape("test_account_pinned").takes if take.query.get("pinned"))
    with collector_at(showing(pinned, tape("test_account_lookup"))) as collector:
        (page,) = collector.collect(ANI, Cursor(), Window())
    assert [post.native_id for post in page.posts] == [f"h.example/{status['id']}" for status in pinned.json]
    assert page.note == ""
    assert page.cursor.next_page is None


def test_who_is_not_there_is_gone_and_who_may_not_be_seen_is_private():
    played = tape("test_account_lookup")
    nobody = account_of(Platform.MASTODON, "kljadklajsdkljlkjlkjlkjasdasd@h.example")
    with collector_at(played) as collector, pytest.raises(Gone):
        list(collector.collect(nobody, Cursor(), Window()))
    (refused,) = tape("test_home_tl_anonymous_throws").takes
    with collector_at(showing(refused, played)) as collector, pytest.raises(Private):
        list(collector.collect(ANI, Cursor(), Window()))


def test_the_reset_time_of_its_rate_limit_is_understood():
    takes = tape("test_account_lookup", "test_fetch_next_previous").takes
    told = [(name.lower(), value) for take in takes for name, value in take.reply.headers.items()]
    resets = [value for name, value in told if name == "x-ratelimit-reset"]
    assert resets
    for reset in resets:
        at = datetime.fromisoformat(reset).astimezone(UTC) - timedelta(seconds=90)
        assert wait_seconds({"x-ratelimit-reset": reset}, at) == pytest.approx(90)
