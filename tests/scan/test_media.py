"""Pictures of flagged posts over real HTTP: fetched once, within bounds, and every one that was not says why."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from scanner.collect import pictures
from scanner.collect.client import Client
from scanner.collect.interface import Options, Window
from scanner.collect.pictures import Picture, read_picture
from scanner.demo.cast import DemoAccount, DemoPost
from scanner.demo.platform import DemoPlatform
from scanner.domain.captures import sha256
from scanner.domain.posts import Media, Role
from scanner.domain.runs import Cursor
from scanner.report.integrity import check_integrity
from scanner.roster import Refusal
from scanner.scan.media import Bounds, Fetched, MediaFetcher
from scanner.scan.plan import Plan, Planned
from scanner.scan.run import Summary
from scanner.store import accounts, captures, evidence, flags, media, posts, unseen
from scanner.store.connection import Store
from scanner.store.media import Medium, State
from tests.collect import images
from tests.collect.images import packed, scene
from tests.collect.servers import NOT_FOUND, Reply, Request, Site, plain_client, plain_config
from tests.conftest import Keep
from tests.scan.conftest import Town
from tests.store.samples import HOUR, NOON, make_account, make_flag, make_post

ME = make_account()
PHOTO = images.from_telephone(scene())


def image(body: bytes = PHOTO, media_type: str = "image/jpeg", **changes: object) -> Reply:
    return Reply(body, media_type=media_type, **changes)


class Bench:
    """A site that holds pictures, and a record of flagged posts that show them."""

    def __init__(self, folder: Path, keep: Keep) -> None:
        self.pictures: dict[str, Reply] = {"/a.jpg": image()}
        self.site = Site(lambda request: self.answer(request))
        self.store = keep(Store(folder / "data" / "scanner.duckdb", wait=10.0))
        self.plan = Plan(planned=(Planned(ME, Cursor(), Window()),), refused=())
        with self.store.lease("test") as lease:
            accounts.save_accounts(lease, [ME])

    def answer(self, request: Request) -> Reply:
        return self.pictures.get(request.path, NOT_FOUND)

    def flag(self, *paths: str, number: int = 1, kind: str = "image", **changes: object) -> str:
        """Put a flagged post with media at these places on record; return its version."""
        places = [self.site.url + path if path.startswith("/") else path for path in paths]
        shown = tuple(Media(kind=kind, url=place or None) for place in places)
        text = f"Coblos nomor 9 ya, warga {number}!"
        post = make_post(number, text=text, **{"media": shown, **changes})
        with self.store.lease("test") as lease:
            posts.save_posts(lease, [post], run_id="run-1", seen_at=NOON)
            flags.save_flags(lease, [replace(make_flag(number), known_at=NOON - number * HOUR)])
        return post.version_id

    def fetch(self, stop: threading.Event | None = None, **bounds: int) -> Fetched:
        options = Options(terms_approval="SK-7/2026")
        with plain_client(self.site.host) as client:
            return MediaFetcher(self.store, client, lambda _: options, Bounds(**bounds)).fetch(self.plan, stop)

    def known(self, version_id: str | None = None) -> list[Medium]:
        version_id = version_id or make_flag().version_id
        with self.store.lease("test") as lease:
            return list(media.load_media(lease, [version_id]).get(version_id, ()))

    def only(self) -> Medium:
        [one] = self.known()
        return one

    def kept(self) -> list[str]:
        with self.store.lease("test") as lease:
            return captures.captured_hashes(lease)


@pytest.fixture
def bench(tmp_path: Path, keep: Keep) -> Iterator[Bench]:
    bench = Bench(tmp_path, keep)
    with bench.site:
        yield bench


def test_a_picture_is_kept_as_it_came_and_drawn_anew(bench: Bench):
    bench.flag("/a.jpg")
    assert bench.fetch() == Fetched(fetched=1)
    one = bench.only()
    assert (one.state, one.reason, one.tries, one.sha256) == (State.FETCHED, "", 1, sha256(PHOTO))
    assert (one.width, one.height, one.display_type) == (300, 400, "image/jpeg")
    data = bench.store.path.parent
    assert evidence.read(evidence.folder_of(data), sha256(PHOTO)) == PHOTO
    display = media.display_path(data, one.display_sha256).read_bytes()
    assert images.PLACE[0] in PHOTO
    assert images.PLACE[0] not in display
    assert not Image.open(BytesIO(display)).getexif()
    assert check_integrity(bench.store).problems == ()


def test_the_capture_says_where_it_came_from_and_how_it_could_be_seen(bench: Bench):
    bench.flag("/a.jpg?sig=geheim&w=2")
    bench.fetch()
    with bench.store.lease("test") as lease:
        [capture] = captures.load_captures(lease, sha256(PHOTO))
    assert capture.collector == "media/1"
    assert (capture.url, capture.access) == (f"{bench.site.url}/a.jpg?sig=&w=2", "without login")
    assert (capture.status, capture.terms_approval, capture.media_type) == (200, "SK-7/2026", "image/jpeg")
    assert bench.site.pages[0].query["sig"] == "geheim"


def test_a_second_run_fetches_nothing_that_is_there(bench: Bench):
    bench.flag("/a.jpg")
    bench.fetch()
    before = bench.only()
    assert bench.fetch() == Fetched()
    assert len(bench.site.pages) == 1
    assert bench.only() == before


WRONG = {
    "gone": (NOT_FOUND, State.GONE, "HTTP 404"),
    "expired": (image(status=403), State.BLOCKED, "HTTP 403"),
    "behind a login": (image(status=401), State.BLOCKED, "not public"),
    "server error": (image(status=500), State.FAILED, "server error 500"),
    "no bytes": (image(b""), State.FAILED, "empty answer"),
    "too many bytes": (image(PHOTO + bytes(60_000)), State.TOO_LARGE, "larger than 50000 bytes"),
    "too many pixels": (image(images.bomb(), "image/png"), State.TOO_LARGE, "3600000000 pixels|more than 50000000"),
    "page": (image(images.PAGE, "text/html"), State.NO_PICTURE, "'text/html' was not asked for"),
    "page called a picture": (image(images.PAGE), State.NO_PICTURE, "no picture of a format"),
    "svg": (image(images.SVG, "image/svg+xml"), State.NO_PICTURE, "no picture of a format"),
    "film called a picture": (image(b"\0\0\0\x20ftypisom" + bytes(90)), State.NO_PICTURE, "no picture of a format"),
    "cut off": (image(PHOTO[: len(PHOTO) // 2]), State.UNDECODABLE, "cannot be decoded"),
}


@pytest.mark.parametrize(("reply", "state", "reason"), WRONG.values(), ids=WRONG.keys())
def test_what_could_not_be_fetched_says_why(bench: Bench, reply: Reply, state: State, reason: str):
    bench.flag("/a.jpg")
    bench.pictures["/a.jpg"] = reply
    assert bench.fetch(max_bytes=50_000) == Fetched(missed=1)
    one = bench.only()
    assert (one.state, one.tries, one.display_sha256) == (state, 1, None)
    assert any(words in one.reason for words in reason.split("|"))
    assert "\n" not in one.reason


def test_a_damaged_picture_is_kept_and_a_page_in_its_place_is_not(bench: Bench):
    half = PHOTO[: len(PHOTO) // 2]
    bench.pictures = {"/half.jpg": image(half), "/page.jpg": image(images.PAGE)}
    bench.flag("/half.jpg", "/page.jpg")
    bench.fetch()
    assert bench.kept() == [sha256(half)]
    assert [one.sha256 for one in bench.known()] == [sha256(half), None]
    assert check_integrity(bench.store).problems == ()


def test_what_failed_is_asked_for_once_in_each_later_run_three_times_in_all(bench: Bench):
    bench.flag("/a.jpg")
    bench.pictures["/a.jpg"] = image(status=403)
    for tries in (1, 2, 3):
        assert bench.fetch() == Fetched(missed=1)
        assert bench.only().tries == tries
    assert bench.fetch() == Fetched()
    assert len(bench.site.pages) == 3


def test_what_comes_back_is_fetched_after_all(bench: Bench):
    bench.flag("/a.jpg")
    bench.pictures.clear()
    bench.fetch()
    bench.pictures["/a.jpg"] = image()
    assert bench.fetch() == Fetched(fetched=1)
    assert (bench.only().state, bench.only().tries, bench.only().reason) == (State.FETCHED, 2, "")


@pytest.mark.parametrize("role", [Role.REPOSTED, Role.QUOTED, Role.TAGGED])
def test_media_of_other_people_are_not_fetched(bench: Bench, role: Role):
    bench.flag("/a.jpg", role=role)
    assert bench.fetch() == Fetched()
    assert bench.site.requests == []


NEVER = {
    "film": ("video", "/film.mp4?x=1", "a film is described, never fetched"),
    "sound": ("audio", "/a.jpg", "sound is described, never fetched"),
    "no address": ("image", "", "gave no address"),
}


@pytest.mark.parametrize(("kind", "path", "reason"), NEVER.values(), ids=NEVER.keys())
def test_films_and_sound_are_never_asked_for(bench: Bench, kind: str, path: str, reason: str):
    bench.flag(path, kind=kind)
    assert bench.fetch() == Fetched(missed=1)
    assert (bench.only().state, bench.only().tries) == (State.NO_PICTURE, 0)
    assert reason in bench.only().reason
    assert bench.site.requests == []
    assert bench.fetch() == Fetched()


def test_the_still_picture_of_a_film_is_fetched_and_a_film_without_a_telling_name_is_not_read(bench: Bench):
    bench.pictures = {"/cover": image(), "/play": image(bytes(2_000_000), "video/mp4")}
    bench.flag("/cover", "/play", kind="video")
    assert bench.fetch() == Fetched(fetched=1, missed=1)
    assert [one.state for one in bench.known()] == [State.FETCHED, State.NO_PICTURE]
    assert "'video/mp4' was not asked for" in bench.known()[1].reason


def test_an_address_the_client_may_not_use_is_blocked(bench: Bench):
    bench.pictures["/away.jpg"] = Reply(status=302, headers={"Location": "http://127.0.0.1:9/x.jpg"})
    bench.pictures["/meta.jpg"] = Reply(status=302, headers={"Location": "http://169.254.169.254/latest/meta-data"})
    odd = ("http://192.168.1.1/router.png", "file:///etc/passwd", "data:image/png;base64,AA")
    bench.flag("/away.jpg", "/meta.jpg", *odd)
    assert bench.fetch() == Fetched(missed=5)
    assert {one.state for one in bench.known()} == {State.BLOCKED}
    assert "not a public address" in bench.known()[0].reason


def test_robots_txt_is_honoured(bench: Bench):
    bench.site.robots = Reply("User-agent: *\nDisallow: /\n", media_type="text/plain")
    bench.flag("/a.jpg")
    bench.fetch()
    assert bench.only().state is State.BLOCKED
    assert "robots.txt" in bench.only().reason
    assert bench.site.pages == []


def test_of_one_post_only_so_many_are_fetched_and_more_once_the_limit_is_raised(bench: Bench):
    bench.pictures |= {f"/{number}.jpg": image() for number in range(4)}
    bench.flag(*(f"/{number}.jpg" for number in range(4)))
    assert bench.fetch(max_per_post=3) == Fetched(fetched=3, missed=1)
    assert (bench.known()[3].state, bench.known()[3].tries) == (State.NOT_TRIED, 0)
    assert "media.max_per_post (3)" in bench.known()[3].reason
    assert bench.fetch(max_per_post=4) == Fetched(fetched=1)


def test_one_run_asks_so_many_times_and_the_next_goes_on(bench: Bench):
    for number in range(3):
        bench.flag("/a.jpg", "/a.jpg", number=number)
    assert bench.fetch(max_per_run=4) == Fetched(fetched=4, left=2)
    assert bench.fetch(max_per_run=4) == Fetched(fetched=2)


def test_a_host_that_keeps_failing_is_left_alone_for_the_rest_of_the_run(bench: Bench):
    bench.flag(*(f"/{number}.jpg" for number in range(6)))
    bench.site.answer = lambda _: Reply(status=500)
    assert bench.fetch() == Fetched(missed=3, left=3)


def test_a_host_that_asks_us_to_wait_is_left_alone_and_no_try_is_counted(bench: Bench):
    bench.flag("/a.jpg", "/b.jpg")
    bench.site.answer = lambda _: Reply(status=429, headers={"Retry-After": "600"})
    assert bench.fetch() == Fetched(left=2)
    assert [(one.state, one.tries) for one in bench.known()] == [(State.NOT_TRIED, 0)]
    assert len(bench.site.pages) == 1
    bench.site.answer = lambda _: image()
    assert bench.fetch() == Fetched(fetched=2)


def test_a_run_that_is_out_of_requests_counts_no_try(bench: Bench):
    bench.flag("/a.jpg")
    config = replace(plain_config(bench.site.host), max_requests=1)
    with Client(config) as client:
        fetcher = MediaFetcher(bench.store, client, lambda _: Options(terms_approval="SK-7/2026"), Bounds())
        assert fetcher.fetch(bench.plan).left == 1
    assert (bench.only().state, bench.only().tries) == (State.NOT_TRIED, 0)
    assert bench.fetch() == Fetched(fetched=1)


def test_pictures_of_accounts_that_may_not_be_looked_at_are_not_fetched(bench: Bench):
    bench.flag("/a.jpg")
    listed = bench.plan
    bench.plan = Plan(planned=(), refused=((ME, Refusal(ME.id, "no longer listed since 2026-01-01")),))
    assert bench.fetch() == Fetched(missed=1)
    assert (bench.only().state, bench.only().reason) == (State.NOT_TRIED, "no longer listed since 2026-01-01")
    assert bench.site.requests == []
    bench.plan = Plan(planned=(), refused=())
    assert bench.fetch() == Fetched()
    bench.plan = listed
    assert bench.fetch() == Fetched(fetched=1)


def test_pictures_of_a_post_that_is_gone_are_not_fetched(bench: Bench):
    bench.flag("/a.jpg")
    with bench.store.lease("test") as lease:
        for hours in (1, 2):
            unseen.mark_missing(lease, [make_post(1).id], seen_at=NOON + hours * HOUR)
    assert bench.fetch() == Fetched(missed=1)
    assert (bench.only().state, bench.only().reason) == (State.GONE, "the post is gone")
    assert bench.site.requests == []


def test_a_stopped_run_leaves_the_rest_to_the_next_one(bench: Bench):
    bench.flag("/a.jpg")
    stop = threading.Event()
    stop.set()
    assert bench.fetch(stop) == Fetched(left=1)
    assert bench.known() == []


def test_what_a_try_brought_is_not_overwritten_by_a_refusal(bench: Bench):
    bench.flag("/b.jpg")
    bench.fetch()
    bench.plan = Plan(planned=(), refused=((ME, Refusal(ME.id, "no longer listed")),))
    assert bench.fetch() == Fetched()
    assert bench.only().state is State.GONE


def test_a_fault_of_ours_costs_one_picture_and_not_the_run(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    def faulty(body: bytes) -> Picture:
        return read_picture(body) if body == PHOTO else 1 // 0

    monkeypatch.setattr(pictures, "read_picture", faulty)
    bench.pictures["/b.png"] = image(packed(scene(), "PNG"), "image/png")
    bench.flag("/b.png", "/a.jpg")
    assert bench.fetch() == Fetched(fetched=1, missed=1)
    assert bench.known()[0].reason.startswith("unexpected ZeroDivisionError")


def test_the_same_picture_at_two_posts_is_one_file_and_two_records(bench: Bench):
    first, second = bench.flag("/a.jpg", number=1), bench.flag("/a.jpg", number=2)
    assert bench.fetch() == Fetched(fetched=2)
    [one], [other] = bench.known(first), bench.known(second)
    assert (one.sha256, one.phash, one.display_sha256) == (other.sha256, other.phash, other.display_sha256)
    assert len(bench.kept()) == 1


def test_a_scan_ends_with_the_pictures_of_what_it_flagged(town: Town, monkeypatch: pytest.MonkeyPatch):
    def with_picture(self: DemoPlatform, account: DemoAccount, post: DemoPost) -> dict[str, Any]:
        shown = {"type": "image", "url": f"{site.url}/{post.id}.jpg", "description": None}
        return {**plain(self, account, post), "media_attachments": [shown]}

    plain = DemoPlatform._status
    monkeypatch.setattr(DemoPlatform, "_status", with_picture)
    with Site(lambda _: image()) as site:
        config = town.root / "scanner.toml"
        config.write_text(config.read_text().replace("allow_hosts = [", f'allow_hosts = ["{site.host}", '))
        first, again = scan(town), scan(town)
    with town.workspace.store.lease("test") as lease:
        flagged = lease.rows("""SELECT p.id FROM flags AS f JOIN posts AS p ON p.id = f.post_id
                                WHERE p.platform = 'mastodon' AND p.role IN ('posted', 'replied')""")
        assert media.count_states(lease) == {State.FETCHED: len(flagged)}
    assert flagged
    assert first.pictures == Fetched(fetched=len(flagged))
    assert again.pictures == Fetched()
    assert len(site.pages) == len(flagged)
    assert check_integrity(town.workspace.store).problems == ()


def test_pictures_are_left_alone_where_the_settings_say_so(town: Town):
    config = town.root / "scanner.toml"
    config.write_text(config.read_text() + "\n[media]\nenabled = false\n")
    with town.workspace.scan() as prepared:
        assert prepared.media is None
    config.write_text(config.read_text().replace("enabled = false", "max_per_post = 2\nmax_bytes = 50_000"))
    with town.workspace.scan() as prepared:
        assert prepared.media == Bounds(max_per_post=2, max_bytes=50_000)


def scan(town: Town) -> Summary:
    with town.workspace.scan() as prepared:
        return prepared.run(prepared.plan(datetime.now(UTC)))
