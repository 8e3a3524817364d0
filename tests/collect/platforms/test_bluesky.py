"""What is particular to Bluesky: identity in three steps, records and their true age, reposts beside posts, threads."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from scanner.collect.interface import Options, Window
from scanner.collect.platforms.bluesky import BlueskyCollector
from scanner.collect.platforms.bluesky_identity import Document, address_of_document, server_of
from scanner.collect.platforms.bluesky_records import time_of_key
from scanner.domain.accounts import Platform
from scanner.domain.posts import Media, Role
from scanner.domain.runs import Cursor
from scanner.errors import Blocked, FetchFailed, FormatDrift, Gone, Private, RateLimited
from tests.collect.fakes import account_of
from tests.collect.fakes.base import as_json
from tests.collect.fakes.bluesky import DID, OTHER, POST, REPOST, document, error, tid
from tests.collect.servers import NOT_FOUND, Reply, Request, Site, plain_client

HANDLE = "ani.contoh.example"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SAMPLE = Path(__file__).parents[3] / "../shared/real/bluesky/getAuthorFeed.sample.json"
HIDDEN = {"values": [{"val": "!no-unauthenticated"}]}


def post(text: str = "Halo", at: datetime = NOON, did: str = DID, key: str | None = None, **fields) -> dict:
    value = {"$type": POST, "text": text, "createdAt": at.isoformat(), "langs": ["id"]} | fields
    return {"uri": f"at://{did}/{POST}/{key or tid(at)}", "cid": "bafycontoh", "value": value}


def repost(subject: str, at: datetime = NOON) -> dict:
    value = {"$type": REPOST, "subject": {"uri": subject, "cid": "bafy"}, "createdAt": at.isoformat()}
    return {"uri": f"at://{DID}/{REPOST}/{tid(at)}", "cid": "bafycontoh", "value": value}


def view(record: dict, handle: str = "budi.contoh.example", labels: list[str] = ()) -> dict:
    did = record["uri"].split("/")[2]
    author = {"did": did, "handle": handle, "labels": [{"val": name} for name in labels]}
    return {"uri": record["uri"], "cid": record["cid"], "author": author, "record": record["value"]}


@dataclass
class Network:
    """Public view, directory and record server at one address."""

    posts: list = field(default_factory=list)
    reposts: list = field(default_factory=list)
    views: list = field(default_factory=list)
    answers: dict = field(default_factory=dict)
    """Replies by method or path, before all else."""
    profile: dict = field(default_factory=dict)
    status: dict = field(default_factory=lambda: {"active": True})
    did: str = DID
    claims: str = HANDLE

    def __call__(self, request: Request) -> Reply:
        asked = request.path.removeprefix("/xrpc/")
        if asked in self.answers:
            found = self.answers[asked]
            return found(request) if callable(found) else found
        match asked:
            case "com.atproto.identity.resolveHandle":
                return as_json({"did": self.did})
            case "com.atproto.sync.getRepoStatus":
                return as_json({"did": self.did} | self.status)
            case "com.atproto.repo.getRecord":
                return self.record(request)
            case "com.atproto.repo.listRecords":
                return self.records(request)
            case "app.bsky.feed.getPosts":
                return as_json({"posts": self.views})
        known = self.did in asked or asked == "/.well-known/did.json"
        return as_json(document(self.did, self.claims, f"http://{request.headers['host']}")) if known else NOT_FOUND

    def record(self, request: Request) -> Reply:
        if request.query["collection"] == "app.bsky.actor.profile":
            return as_json({"uri": "at://x", "value": self.profile}) if self.profile else error("RecordNotFound")
        where = "/".join(request.query[part] for part in ("repo", "collection", "rkey"))
        found = [item for item in (*self.posts, *self.reposts) if item["uri"] == f"at://{where}"]
        return as_json(found[0]) if found else error("RecordNotFound", "Could not locate record")

    def records(self, request: Request) -> Reply:
        items = self.posts if request.query["collection"] == POST else self.reposts
        items = sorted(items, key=lambda item: item["uri"] if isinstance(item, dict) else "", reverse=True)
        below = request.query.get("cursor", "~")
        shown = [item for item in items if item["uri"].split("/")[-1] < below][: int(request.query["limit"])]
        return as_json({"records": shown} | ({"cursor": shown[-1]["uri"].split("/")[-1]} if shown else {}))


@contextmanager
def collector_at(answer, **options):
    with Site(answer) as site, plain_client(site.host, f"localhost:{site.host.split(':')[1]}") as client:
        yield BlueskyCollector(client, Options(base_url=site.url, **options)), site


def listed(handle: str = HANDLE, native_id: str | None = None):
    return replace(account_of(Platform.BLUESKY, handle), native_id=native_id)


def pages_of(answer, account=None, cursor: Cursor | None = None, window: Window | None = None, **options):
    with collector_at(answer, **options) as (collector, _):
        return list(collector.collect(account or listed(), cursor or Cursor(), window or Window()))


def posts_of(network, **options):
    return [found for page in pages_of(network, **options) for found in page.posts]


def post_of(views=(), **fields):
    (found,) = posts_of(Network([post(**fields)], views=list(views)))
    return found


# What a record says


def test_a_post_is_known_by_its_authors_immutable_id():
    found = post_of(text="Halo dari kantor")
    assert found.native_id == f"{DID}/{POST}/{tid(NOON)}"
    assert (found.role, found.text, found.context, found.language) == (Role.POSTED, "Halo dari kantor", "", "id")
    assert found.url == f"https://bsky.app/profile/{DID}/post/{tid(NOON)}"
    assert found.posted_at == NOON


def test_pictures_films_links_and_tags_belong_to_the_words():
    blob = {"$type": "blob", "ref": {"$link": "bafkgambar"}, "mimeType": "image/png", "size": 70}
    images = {"$type": "app.bsky.embed.images", "images": [{"alt": "Spanduk biru", "image": blob}]}
    link = {"$type": "app.bsky.richtext.facet#link", "uri": "https://berita.example/panjang"}
    facets = [{"index": {"byteStart": 0, "byteEnd": 4}, "features": [link]}]
    found = post_of(text="Lihat berita.example/pan…", embed=images, facets=facets, tags=["pemilu"])
    assert found.text == "Lihat berita.example/pan…\n\n[gambar: Spanduk biru]\n\n[tagar: #pemilu]"
    picture, address = found.media
    assert (picture.kind, picture.description) == ("image", "Spanduk biru")
    assert picture.url.endswith(f"/xrpc/com.atproto.sync.getBlob?did={DID.replace(':', '%3A')}&cid=bafkgambar")
    assert address == Media(kind="link", url="https://berita.example/panjang")
    card = {"$type": "app.bsky.embed.external", "external": {"uri": "https://b.example", "title": "Judul"}}
    assert post_of(embed=card).text == "Halo\n\n[tautan: Judul]"
    film = {"$type": "app.bsky.embed.video", "video": blob, "alt": "Pidato"}
    assert post_of(embed=film).text == "Halo\n\n[video: Pidato]"


@pytest.mark.parametrize("strange", [{"$type": "x.example.embed", "images": "satu"}, {"$type": "y", "record": 5}])
def test_a_part_of_unknown_kind_costs_no_post(strange):
    assert post_of(embed=strange, facets=[{"features": [{"$type": "z", "uri": 5}]}]).text == "Halo"


def test_a_reply_to_others_is_a_reply_and_one_to_oneself_is_a_thread():
    to = {"root": {"uri": f"at://{OTHER}/{POST}/3a"}, "parent": {"uri": f"at://{OTHER}/{POST}/3a"}}
    found = post_of(reply=to)
    assert (found.role, found.context) == (Role.REPLIED, "[membalas unggahan @…; unggahan itu tidak diambil]")
    own = post_of(reply=to | {"parent": {"uri": f"at://{DID}/{POST}/3b"}})
    assert (own.role, own.context) == (Role.POSTED, "")


BUDIS = post("Kata Budi untuk @citra.contoh.example", did=OTHER)


@pytest.mark.parametrize("media", [False, True], ids=["alone", "with a picture"])
def test_quoted_words_are_context(media):
    record = {"uri": BUDIS["uri"], "cid": "bafy"}
    plain = {"$type": "app.bsky.embed.record", "record": record}
    both = {"$type": "app.bsky.embed.recordWithMedia", "record": plain, "media": {"images": [{"alt": "Peta"}]}}
    found = post_of([view(BUDIS)], embed=both if media else plain)
    assert found.role is Role.QUOTED
    assert found.text == ("Halo\n\n[gambar: Peta]" if media else "Halo")
    assert found.context == "[mengutip unggahan @…]\n\nKata Budi untuk @…"
    assert "Kata Budi" not in post_of([], embed=plain).context


def test_what_quotes_a_list_or_feed_quotes_nobody():
    record = {"uri": f"at://{OTHER}/app.bsky.graph.list/3a", "cid": "bafy"}
    assert post_of(embed={"$type": "app.bsky.embed.record", "record": record}).role is Role.POSTED


def test_a_repost_is_the_accounts_deed_with_other_peoples_words():
    pages = pages_of(Network([post()], [repost(BUDIS["uri"])], [view(BUDIS)]))
    _, found = [found for page in pages for found in page.posts]
    assert (found.role, found.native_id) == (Role.REPOSTED, f"{DID}/{REPOST}/{tid(NOON)}")
    assert found.text == "Kata Budi untuk @…"
    assert found.context == "[membagikan unggahan @… (repost)]"
    assert found.url == f"https://bsky.app/profile/{OTHER}/post/{tid(NOON)}"
    assert {found.capture_sha256} <= {one.capture.sha256 for page in pages for one in page.evidence}


def test_a_repost_of_oneself_and_one_whose_post_is_gone_say_so():
    own = post("Kataku")
    network = Network([own], [repost(own["uri"]), repost(BUDIS["uri"], NOON + timedelta(hours=1))], [view(own)])
    _, gone, mine = posts_of(network)
    assert (mine.text, mine.context) == ("Kataku", "[membagikan unggahan sendiri (repost)]")
    assert (gone.text, gone.context) == ("", "[membagikan unggahan @… (repost); unggahan itu tidak diambil]")


def test_shared_words_are_asked_for_25_at_a_time_and_each_once():
    subjects = [f"at://{OTHER}/{POST}/{tid(NOON + timedelta(hours=number % 40))}" for number in range(60)]
    reposts = [repost(uri, NOON + timedelta(minutes=number)) for number, uri in enumerate(subjects)]
    with collector_at(Network([], reposts)) as (collector, site):
        list(collector.collect(listed(), Cursor(), Window()))
        assert [request.path for request in site.pages].count("/xrpc/app.bsky.feed.getPosts") == 2


def test_words_of_people_hidden_from_logged_out_viewers_are_not_kept():
    pages = pages_of(Network([], [repost(BUDIS["uri"])], [view(BUDIS, labels=["!no-unauthenticated"])]))
    (found,) = [found for page in pages for found in page.posts]
    assert found.text == ""
    assert b"Kata Budi" not in b"".join(one.body for page in pages for one in page.evidence)


@pytest.mark.parametrize(
    "broken",
    [error("AuthMissing", status=401), Reply("x", 502), NOT_FOUND, as_json([1])],
    ids=["key", "502", "404", "list"],
)
def test_a_silent_public_view_costs_no_post_but_is_said_and_looked_at_again(broken):
    network = Network([post()], [repost(BUDIS["uri"])], answers={"app.bsky.feed.getPosts": broken})
    network.status["rev"] = "r1"
    pages = pages_of(network)
    assert [found.role for page in pages for found in page.posts] == [Role.POSTED, Role.REPOSTED]
    assert "could not be fetched" in "".join(page.note for page in pages)
    network.answers, network.views = {}, [view(BUDIS)]
    again = pages_of(network, cursor=pages[-1].cursor)
    assert "Kata Budi untuk @…" in [found.text for page in again for found in page.posts]
    assert dict(again[-1].cursor.validators)["rev"] == "r1"


def test_an_edit_is_another_version_of_the_same_post():
    first, second = post_of(text="Lama"), post_of(text="Baru")
    assert first.id == second.id
    assert first.version_id != second.version_id


def test_handles_of_others_are_masked_and_ones_own_stays():
    assert post_of(text=f"@budi.contoh.example dan @{HANDLE}").text == f"@… dan @{HANDLE}"


# When a record was made


def test_keys_tell_their_time_to_the_microsecond():
    moment = datetime(2026, 3, 1, 12, 0, 1, 234567, tzinfo=UTC)
    assert time_of_key(tid(moment)) == moment
    assert time_of_key("self") is None
    assert time_of_key("zzzzzzzzzzzzz") is None


OLD, FUTURE = datetime(2019, 4, 17, tzinfo=UTC), datetime(2090, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "key", "found", "noted"),
    [
        (OLD, NOON, NOON, True),
        (NOON, OLD, NOON, False),
        (NOON + timedelta(hours=3), NOON, NOON + timedelta(hours=3), False),
        (FUTURE, NOON, NOON, True),
        (NOON, FUTURE, NOON, False),
    ],
    ids=["old date", "old key", "hours apart", "future date", "future key"],
)
def test_a_post_cannot_hide_behind_a_date_it_gives_itself(written, key, found, noted):
    got = post_of(at=written, key=tid(key))
    assert got.posted_at == found
    assert ("bertanggal" in got.context) == noted


@pytest.mark.parametrize("written", ["kemarin", "", "2026-03-01T12:00:00"])
def test_a_date_that_cannot_be_read_costs_no_post(written):
    assert post_of(key=tid(NOON), createdAt=written).posted_at == NOON


def test_a_key_of_the_future_does_not_end_later_walks():
    """A real server accepts any key its author chooses."""
    network = Network(
        [post("Umpan", key="jzzzzzzzzzzzz")] + [post(f"Kabar {n}", NOON + timedelta(n)) for n in range(5)]
    )
    first = pages_of(network, page_size=2)
    assert first[-1].cursor.high_water == tid(NOON + timedelta(4))
    network.posts += [post(f"Baru {n}", NOON + timedelta(days=10 + n)) for n in range(9)]
    again = pages_of(network, cursor=first[-1].cursor, page_size=2, overlap=1)
    assert {f"Baru {n}" for n in range(9)} <= {found.text for page in again for found in page.posts}


# Whose account this is


def test_the_immutable_id_comes_with_every_page():
    assert {page.native_id for page in pages_of(Network([post()]))} == {DID}


def test_an_id_on_the_roster_needs_no_handle():
    assert len(pages_of(Network([post()], claims="lain.example"), listed(DID))[0].posts) == 1


def test_a_handle_that_points_at_somebody_who_does_not_claim_it_is_blocked():
    with pytest.raises(Blocked, match="does not call itself so"):
        pages_of(Network([post()], claims="lain.example"))
    (page, *_) = pages_of(Network([post()], claims="lain.example"), listed(native_id=DID))
    assert page.posts
    assert "no longer leads" in page.note


def test_a_handle_that_leads_nowhere_is_gone_unless_the_roster_knows_the_id():
    network = Network([post()], answers={"com.atproto.identity.resolveHandle": error("HandleNotFound")})
    with pytest.raises(Gone, match="no such handle"):
        pages_of(network)
    (page, *_) = pages_of(network, listed(native_id=DID))
    assert (len(page.posts), page.note) == (
        1,
        "the handle no longer leads to the account, which was read by its immutable id",
    )


@pytest.mark.parametrize("handle", ["ani", "@ani.contoh.example", "ani@contoh.example", "ani.1", "did:key:z6", ""])
def test_it_refuses_what_is_no_handle(handle):
    with pytest.raises(Blocked, match="valid: name"):
        pages_of(Network(), listed(handle))


def test_an_id_may_live_on_its_own_host():
    with Site(Network([post(did="x")])) as site:
        site.answer.did = did = f"did:web:localhost%3A{site.host.split(':')[1]}"
        site.answer.posts = [post(did=did)]
        port = f"localhost:{site.host.split(':')[1]}"
        with plain_client(site.host, port) as client:
            collector = BlueskyCollector(client, Options(base_url=site.url))
            (page, *_) = collector.collect(listed(), Cursor(), Window())
    assert [found.native_id for found in page.posts] == [f"{did}/{POST}/{tid(NOON)}"]


def test_public_hosts_of_ids_and_servers_are_asked_by_https():
    with plain_client() as client:
        collector = BlueskyCollector(client, Options(directory="https://plc.example/"))
        assert address_of_document(collector, DID) == f"https://plc.example/{DID}"
        assert address_of_document(collector, "did:web:a.example") == "https://a.example/.well-known/did.json"
        with pytest.raises(Blocked, match="https"):
            server_of(collector, msgspec.convert(document(DID, HANDLE, "http://pds.example"), Document))
        with pytest.raises(Gone, match="names no server"):
            server_of(collector, Document(id=DID))


@pytest.mark.parametrize("answer", [{"did": "did:plc:../../x"}, {"did": "did:key:z6Mk"}])
def test_an_id_that_is_none_is_never_put_into_an_address(answer):
    with pytest.raises(Blocked, match="no id we know"):
        pages_of(Network(answers={"com.atproto.identity.resolveHandle": as_json(answer)}))


def test_a_document_of_somebody_else_is_drift():
    network = Network(answers={f"/{DID}": as_json(document(OTHER, HANDLE, "http://x.example"))})
    with pytest.raises(FormatDrift, match="another id"):
        pages_of(network)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("deactivated", "deactivated by its owner"),
        ("takendown", "taken down by moderators"),
        ("suspended", "suspended by moderators"),
        ("deleted", "deleted"),
        (None, "not active"),
    ],
)
def test_an_account_that_is_not_there_says_why(status, reason):
    with pytest.raises(Gone, match=reason):
        pages_of(Network([post()], status={"active": False, "status": status}))


def test_a_server_that_pauses_an_account_is_tried_again_later():
    with pytest.raises(FetchFailed, match="throttled"):
        pages_of(Network(status={"active": False, "status": "throttled"}))


@pytest.mark.parametrize("said", [error("RepoNotFound"), error("InvalidRequest", "Could not find repo: did:plc:x")])
def test_an_account_that_left_its_server_is_gone(said):
    with pytest.raises(Gone):
        pages_of(Network(answers={"com.atproto.sync.getRepoStatus": said}))


def test_who_asks_to_be_hidden_is_not_read_though_the_server_would_show_it():
    network = Network([post()], profile={"displayName": "Ani", "labels": HIDDEN})
    with collector_at(network) as (collector, site):
        with pytest.raises(Private, match="logged-out"):
            list(collector.collect(listed(), Cursor(), Window()))
        assert "/xrpc/com.atproto.repo.listRecords" not in [request.path for request in site.pages]
    assert len(posts_of(Network([post()], profile={"displayName": "Ani", "labels": {"values": [{"val": "x"}]}}))) == 1


def test_a_limit_says_how_long_in_the_servers_own_header():
    headers = {"RateLimit-Limit": "3000", "RateLimit-Reset": "9999999999", "RateLimit-Policy": "3000;w=300"}
    limited = replace(error("RateLimitExceeded", status=429), headers=headers | {"Retry-After": "117"})
    with pytest.raises(RateLimited) as caught:
        pages_of(Network(answers={"com.atproto.repo.listRecords": limited}))
    assert caught.value.retry_after == 117


# Walking two collections


def test_an_unchanged_repository_costs_three_requests():
    network = Network([post()], [repost(BUDIS["uri"])], [view(BUDIS)], status={"active": True, "rev": "r1"})
    with collector_at(network) as (collector, site):
        first = list(collector.collect(listed(), Cursor(), Window()))
        asked = len(site.pages)
        (page,) = collector.collect(listed(), first[-1].cursor, Window())
        assert len(site.pages) - asked == collector.terms.least == 3
    assert page.unchanged
    assert (page.posts, page.cursor, page.native_id, len(page.evidence)) == ((), first[-1].cursor, DID, 3)
    assert first[-1].cursor.validators == (("reposts", tid(NOON)), ("rev", "r1"))


def test_what_changed_while_walking_is_seen_by_the_next_visit():
    network = Network([post()], status={"active": True, "rev": "r1"})
    with collector_at(network) as (collector, _):
        walk = collector.collect(listed(), Cursor(), Window())
        pages = [next(walk)]
        network.posts.append(post("Datang di tengah", NOON + timedelta(hours=1)))
        network.status["rev"] = "r2"
        pages += walk
        assert dict(pages[-1].cursor.validators)["rev"] == "r1"
        later = [found.text for page in collector.collect(listed(), pages[-1].cursor, Window()) for found in page.posts]
    assert "Datang di tengah" in later


def test_a_walk_cut_among_the_reposts_goes_on_among_the_reposts():
    reposts = [repost(BUDIS["uri"], NOON + timedelta(hours=number)) for number in range(5)]
    network = Network([post()], reposts, [view(BUDIS)])
    with collector_at(network, page_size=2) as (collector, site):
        walk = collector.collect(listed(), Cursor(), Window())
        begun = [next(walk) for _ in range(3)]  # posts, their end, two reposts
        walk.close()
        assert begun[-1].cursor.next_page == f"{REPOST}/{tid(NOON + timedelta(hours=3))}"
        asked = len(site.pages)
        rest = list(collector.collect(listed(), begun[-1].cursor, Window()))
        read = [request.query["collection"] for request in site.pages[asked:] if "listRecords" in request.path]
    assert set(read) == {REPOST}
    found = [found.native_id for page in (*begun, *rest) for found in page.posts]
    assert len(found) == len(set(found)) == 6
    assert rest[-1].cursor == Cursor(high_water=tid(NOON), validators=(("reposts", tid(NOON + timedelta(hours=4))),))


def test_a_stored_token_the_server_no_longer_knows_begins_again_from_the_top():
    network = Network([post(f"Kabar {n}", NOON + timedelta(hours=n)) for n in range(4)])

    def answer(request: Request) -> Reply:
        bad = request.query.get("cursor") == "usang"
        return error("InternalServerError", status=500) if bad else network.records(request)

    network.answers["com.atproto.repo.listRecords"] = answer
    pages = pages_of(network, cursor=Cursor(next_page=f"{POST}/usang", top=tid(NOON)))
    assert len([found for page in pages for found in page.posts]) == 4
    assert pages[-1].cursor.high_water == tid(NOON + timedelta(hours=3))
    network.answers["com.atproto.repo.listRecords"] = Reply("x", 500)
    with pytest.raises(FetchFailed):
        pages_of(network, cursor=Cursor(next_page=f"{POST}/usang"))


def test_a_server_that_ignores_its_own_tokens_is_noticed():
    same = as_json({"records": [post()], "cursor": "itu-itu-saja"})
    pages = pages_of(Network(answers={"com.atproto.repo.listRecords": same}))
    assert any("ignores paging" in page.note for page in pages)
    assert len(pages) < 6


# Looking up by id


def test_only_the_servers_own_word_makes_a_post_missing():
    network = Network([post("Masih ada")], [repost(BUDIS["uri"])], [view(BUDIS)])
    ids = [f"{DID}/{POST}/{tid(NOON)}", f"{DID}/{REPOST}/{tid(NOON)}", f"{DID}/{POST}/{tid(OLD)}"]
    with collector_at(network) as (collector, site):
        found = list(collector.look_up(listed(), ids))
        assert [[one.text for one in item.posts] for item in found] == [["Masih ada"], ["Kata Budi untuk @…"], []]
        assert [item.missing for item in found] == [(), (), (ids[2],)]
        assert [request.path for request in site.pages].count(f"/{DID}") == 1
        network.answers["com.atproto.repo.getRecord"] = error("InvalidRequest", "Could not find repo: x")
        with pytest.raises(Gone):
            list(collector.look_up(listed(), ids))


def test_a_post_looked_up_has_the_text_and_context_it_was_gathered_with():
    network = Network([post(reply={"parent": {"uri": BUDIS["uri"]}})], [repost(BUDIS["uri"])], [view(BUDIS)])
    with collector_at(network) as (collector, _):
        walked = [one for page in collector.collect(listed(), Cursor(), Window()) for one in page.posts]
        looked = [one for item in collector.look_up(listed(), [one.native_id for one in walked]) for one in item.posts]
    assert [one.version_id for one in looked] == [one.version_id for one in walked]


# Comments under a campaign account


CAMPAIGN = "did:plc:kampanyekampanyekampan22"
PLEDGE = post("Janji kami", did=CAMPAIGN)


def node(record: dict, *replies: dict, handle: str = "lain.example", labels: list[str] = ()) -> dict:
    return {"$type": "app.bsky.feed.defs#threadViewPost", "post": view(record, handle, labels), "replies": [*replies]}


def campaign(*replies: dict, posts: int = 1) -> Network:
    pledges = [post(f"Janji {n}", NOON + timedelta(hours=n), CAMPAIGN) for n in range(posts)]
    feed = [{"post": view(one, "kampanye.example") | {"replyCount": 1}} for one in pledges]
    feed += [{"post": view(BUDIS) | {"replyCount": 9}}, {"post": view(PLEDGE, "kampanye.example") | {"replyCount": 0}}]
    network = Network(did=CAMPAIGN)
    network.answers["app.bsky.feed.getAuthorFeed"] = as_json({"feed": feed})
    network.answers["app.bsky.feed.getPostThread"] = as_json({"thread": node(PLEDGE, *replies)})
    return network


def comments_of(network, people=None, cursor=None, window=None):
    people = people if people is not None else {DID: listed(native_id=DID), HANDLE: listed(native_id=DID)}
    with collector_at(network) as (collector, _):
        return list(collector.comments("kampanye.example", people, cursor or Cursor(), window or Window()))


def test_comments_of_listed_accounts_are_kept_at_any_depth_and_nothing_of_others():
    mine = post("Setuju @budi.contoh.example", NOON + timedelta(hours=2), reply={"parent": {"uri": BUDIS["uri"]}})
    deep = node(post("Omongan orang lain", did=OTHER), node(mine, handle=HANDLE))
    gone = {"$type": "app.bsky.feed.defs#blockedPost", "uri": "at://x", "blocked": True}
    (page,) = comments_of(campaign(deep, gone, node(post("Kata tetangga", did="did:plc:tetangga"))))
    (found,) = page.posts
    assert (found.role, found.text, found.account_id) == (Role.COMMENTED, "Setuju @…", f"bluesky:{HANDLE}")
    assert found.native_id == f"{DID}/{POST}/{tid(NOON + timedelta(hours=2))}"
    (evidence,) = page.evidence
    assert found.capture_sha256 == evidence.capture.sha256
    kept = repr(page)
    assert not any(words in kept for words in ("Omongan", "tetangga", "Janji", OTHER.split(":")[2] + "/x"))
    assert [item["record"]["text"] for item in json.loads(evidence.body)] == ["Setuju @budi.contoh.example"]


def test_a_comment_is_the_same_version_as_the_reply_gathered_from_the_account():
    mine = post("Setuju", reply={"parent": {"uri": PLEDGE["uri"]}})
    (page,) = comments_of(campaign(node(mine, handle=HANDLE)))
    (gathered,) = posts_of(Network([mine]))
    assert page.posts[0].version_id == gathered.version_id


def test_a_listed_handle_worn_by_somebody_else_is_not_listed():
    theirs = node(post("Bukan saya", did=OTHER), handle=HANDLE)
    assert comments_of(campaign(theirs))[0].posts == ()
    (page,) = comments_of(campaign(theirs), {HANDLE: listed()})
    assert len(page.posts) == 1, "the roster knows no id: the handle decides"


def test_a_bad_comment_of_a_listed_account_is_rejected_and_one_outside_the_window_left_out():
    bad = node({"uri": f"at://{DID}/{POST}/3abc", "cid": "x", "value": {"text": 5}}, handle=HANDLE)
    foreign = node(post("x"), handle=HANDLE)
    foreign["post"]["uri"] = BUDIS["uri"]
    (page,) = comments_of(
        campaign(bad, foreign, node(post("Lama"), handle=HANDLE)), window=Window(since=NOON + timedelta(1))
    )
    assert page.posts == ()
    assert [one.reason.partition(": ")[2] for one in page.rejected] == ["of another shape than known"] * 2


def test_hidden_people_and_hidden_campaigns_are_left_alone():
    hidden = node(post("Rahasia"), handle=HANDLE, labels=["!no-unauthenticated"])
    (page,) = comments_of(campaign(hidden))
    assert (page.posts, b"Rahasia" in page.evidence[0].body) == ((), False)
    network = campaign()
    shy = view(PLEDGE, labels=["!no-unauthenticated"]) | {"replyCount": 1}
    network.answers["app.bsky.feed.getAuthorFeed"] = as_json({"feed": [{"post": shy}]})
    with pytest.raises(Private):
        comments_of(network)


def test_threads_cut_off_are_gone_on_with_and_deleted_ones_passed_over():
    network = campaign(node(post("Setuju"), handle=HANDLE), posts=3)
    pages = comments_of(network)
    assert [page.cursor.next_page is None for page in pages] == [False, False, True]
    assert len(comments_of(network, cursor=pages[0].cursor)) == 2
    assert len(comments_of(network, cursor=Cursor(next_page="at://lama"))) == 3
    network.answers["app.bsky.feed.getPostThread"] = error("NotFound", "Post not found")
    assert comments_of(network) == []


# A real server's answers


def test_records_as_a_real_server_gave_them_are_read():
    if not SAMPLE.is_file():
        pytest.skip("../shared/real/bluesky is not here")
    items = [entry["post"] for entry in json.loads(SAMPLE.read_text("utf-8"))["feed"]]
    author = items[0]["author"]["did"]
    own = [
        {"uri": one["uri"], "cid": one["cid"], "value": one["record"]}
        for one in items
        if one["author"]["did"] == author
    ]
    found = posts_of(Network(own, did=author), account=listed(author))
    assert len(found) == len(own) == 9
    assert {one.role for one in found} == {Role.POSTED, Role.QUOTED, Role.REPLIED}
    backdated = next(one for one in found if "2019" in one.text)
    assert backdated.posted_at.year == 2026
    assert "[gambar: foto rapat]" in "".join(one.text for one in found)
