"""Whole gathering against hosts that mean no good: the figures of reliability.md F5, F6, F7a, F7b and F8.

Each has a small case that always runs; the full figures are marked slow.
"""

from __future__ import annotations

import html
import json
import logging
import re
import shutil
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.collect.client import Client
from scanner.collect.collectors import collector_for
from scanner.collect.interface import Options, Page, Window
from scanner.collect.retry_after import LONGEST_WAIT
from scanner.domain.accounts import Account, Platform
from scanner.domain.captures import sha256
from scanner.domain.posts import Post
from scanner.domain.runs import Coverage, Cursor, Outcome, Run
from scanner.scan.flagging import Flagged
from scanner.scan.gather import Gatherer
from scanner.scan.plan import Planned
from scanner.scan.platforms import Platforms
from scanner.scan.run import Summary
from scanner.scan.writer import Writer
from scanner.store import accounts, cursors
from scanner.store.connection import Store
from tests.collect.fakes import PAGE, START, account_of, fake_of
from tests.collect.fakes.base import as_json
from tests.collect.servers import FakeTime, RawServer, Reply, Request, Site, plain_client, plain_config
from tests.collect.test_addresses import HOSTS, OTHERS
from tests.scan.hostile import (
    BEHAVIOURS,
    DOMAIN,
    MIB,
    Authority,
    Behaviour,
    Hostile,
    Memory,
    Misbehaving,
    Net,
    Talk,
    bomb,
    heavy,
    honest,
    read_request,
    socket_buffers,
)

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Record:
    """A store, and runs over it."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder / "data" / "scanner.duckdb", wait=10.0)
        self.number = 0

    def list(self, people: Sequence[Account]) -> None:
        with self.store.lease("test") as lease:
            accounts.save_accounts(lease, people)

    def gather(
        self, client: Client, people: Sequence[Account], *, given: Callable[[Platform], Options] = lambda _: Options()
    ) -> dict[str, Coverage]:
        """Gather these accounts once, each from where it stands."""
        self.number += 1
        with self.store.lease("test") as lease:
            known = cursors.load_cursors(lease, [one.id for one in people])
        gatherer = Gatherer(self.store, Platforms(client, given), f"run-{self.number:02}", ZoneInfo("UTC"))
        planned = [Planned(one, known.get(one.id, Cursor()), Window(since=START)) for one in people]
        return {one.account_id: one for one in gatherer.gather(planned)}

    def posts(self) -> dict[str, set[tuple[str, str]]]:
        """Return native id and text of what is stored, by account."""
        found: dict[str, set[tuple[str, str]]] = {}
        with self.store.lease("test") as lease:
            asked = "SELECT p.account_id, p.native_id, v.text FROM posts p JOIN versions v ON v.post_id = p.id"
            for account_id, native_id, text in lease.rows(asked):
                found.setdefault(account_id, set()).add((native_id, text))
        return found


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanner.scan.gather.Writer", partial(Writer, pause=0.05))


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return Record(tmp_path)


def listed(platform: Platform, handle: str) -> Account:
    return replace(account_of(platform, handle, author="Ani Contoh"), listed_until=date(2030, 1, 1))


def exit_code(found: Mapping[str, Coverage]) -> int:
    """Return what the run would end with."""
    run = Run(id="run", kind="scan", started_at=NOW, ended_at=None, exit_code=None, versions="")
    return Summary(run=run, coverage=tuple(found.values()), flagged=Flagged()).exit_code


# F5: 25 behaviours x 20


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    return Authority(tmp_path_factory.mktemp("tls"))


@dataclass(slots=True)
class Province:
    """Accounts of one platform on hosts that misbehave alike, and a healthy one elsewhere."""

    platform: Platform
    behaviour: Behaviour
    count: int

    def account(self, number: int, port: int) -> Account:
        host = f"jahat-{number:02}.{DOMAIN}:{port}"
        path = {Platform.RSS: "/feed.xml", Platform.WEB: "/ani"}.get(self.platform)
        return listed(self.platform, f"https://{host}{path}" if path else f"ani@{host}")

    def is_bad(self, request: Request) -> bool:
        """Tell where a host misbehaves: at the look-up, on the first page, or on the second one."""
        if self.platform is not Platform.MASTODON:
            return True
        place = "lookup" if request.path.endswith("/lookup") else "second" if "max_id" in request.query else "first"
        return place == self.place(number_of(request.headers["host"]))

    def place(self, number: int) -> str:
        if self.behaviour.handshake != "good":
            return "lookup"
        if self.behaviour.kept == "all but one":
            return ("first", "second")[number % 2]
        return ("lookup", "first", "second")[number % 3]

    def answer(self, request: Request) -> Reply:
        """Answer as the platform does; ids are told apart by host."""
        reply = fake_of(self.platform)(5).answer(request)
        return replace(reply, body=str(reply.body).replace("blog.contoh.example", request.headers["host"]))

    def expected(self, account: Account, number: int) -> set[int]:
        """Return the numbers of the posts that shall be stored: of whole pages, nothing else."""
        if self.behaviour.kept == "all":
            return {1, 2, 3, 4, 5}
        place = self.place(number) if self.platform is Platform.MASTODON else "first"
        if self.behaviour.kept == "all but one":
            return {1, 2, 3, 4, 5} - ({5} if place == "first" else {2})
        return {3, 4, 5} if place == "second" else set()


def number_of(host: str) -> int:
    return int(host.split(".")[0].partition("-")[2])


def post_of(account: Account, number: int) -> tuple[str, str]:
    host = account.handle.split("/")[2] if "://" in account.handle else account.handle.partition("@")[2]
    native = {
        Platform.MASTODON: f"{host}/{1000 + number}",
        Platform.RSS: f"https://{host}/ani/{number}",
        Platform.WEB: f"https://{host}/ani/{number}",
    }[account.platform]
    return native, f"Kabar nomor {number} dari kantor"


def meet(record: Record, authority: Authority, province: Province, caplog: pytest.LogCaptureFixture) -> None:
    """Gather bad accounts and a healthy one in one run; check all that F5 promises."""
    behaviour, asked, sent = province.behaviour, Counter[tuple[str, str]](), list[int]()
    bad = Misbehaving(behaviour, province.answer, province.is_bad, asked, sent)
    good = Province(Platform.MASTODON, BEHAVIOURS["5xx flap"], 1)
    bomb(), heavy()
    memory = Memory()
    with (
        Hostile(bad, wrap=authority.wrap(behaviour.handshake)) as hostile,
        Hostile(honest(good.answer), wrap=authority.wrap()) as calm,
    ):
        people = [province.account(number, hostile.port) for number in range(province.count)]
        healthy = listed(Platform.MASTODON, f"ani@sehat.{DOMAIN}:{calm.port}")
        record.list([*people, healthy])
        names = [one.handle.split("@")[-1].removeprefix("https://").split("/")[0] for one in (*people, healthy)]
        config = replace(plain_config(*names, deadline=behaviour.deadline), ca_file=authority.ca_file)
        memory.begin()
        with Client(config, resolver=lambda *_: ["127.0.0.1"]) as client:
            found = record.gather(client, [*people, healthy], given=lambda _: Options(page_size=PAGE))
    assert memory.risen() <= 200 * MIB
    stored = record.posts()
    for number, one in enumerate(people):
        assert found[one.id].outcome is behaviour.outcome, found[one.id].reason
        assert re.search(behaviour.says, found[one.id].reason), found[one.id].reason
        assert stored.get(one.id, set()) == {post_of(one, post) for post in province.expected(one, number)}
    assert (found[healthy.id].outcome, found[healthy.id].reason) == (Outcome.COMPLETE, "")
    assert stored[healthy.id] == {post_of(healthy, post) for post in range(1, 6)}
    assert exit_code(found) == (0 if behaviour.outcome is Outcome.COMPLETE else 3)
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]
    if behaviour is BEHAVIOURS["endless body"]:
        assert max(sent) <= 20 * MIB + socket_buffers(), "what the sockets hold comes on top of the 20 MiB"


CASES = [(name, kind) for name, behaviour in BEHAVIOURS.items() for kind in behaviour.kinds]


def test_there_are_25_behaviours_and_more():
    assert len(BEHAVIOURS) >= 25


@pytest.mark.parametrize("name", ["truncated gzip", "5xx flap", "array with a bad item"])
def test_a_hostile_host_costs_no_other_account_in_short(record, authority, caplog, name):
    """F5 in short."""
    meet(record, authority, Province(Platform.MASTODON, BEHAVIOURS[name], 3), caplog)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "kind"),
    [pytest.param(name, kind, id=f"{name}, {kind}") for name, kind in CASES],
)
def test_a_hostile_host_costs_no_other_account(record, authority, caplog, name, kind):
    """F5: each behaviour x 20 accounts; posts of broken answers 0, outcome right, memory <= 200 MiB, exit 3."""
    meet(record, authority, Province(kind, BEHAVIOURS[name], 20), caplog)


# F6: 1,000 accounts x 6 forms of Retry-After


FORMS: dict[str, tuple[Callable[[datetime], str], float]] = {
    "3600": (lambda _: "3600", 3600),
    "HTTP date": (lambda now: format_datetime(now + timedelta(hours=1), usegmt=True), 3600),
    "past date": (lambda now: format_datetime(now - timedelta(hours=1), usegmt=True), 60),
    "-1": (lambda _: "-1", 60),
    "1e9": (lambda _: str(10**9), LONGEST_WAIT),
    "text": (lambda _: "besok pagi", 60),
}


@dataclass(slots=True)
class Storm:
    """A Mastodon server with many accounts of five posts each that tells everybody to wait once it has had enough."""

    form: Callable[[], str | None]
    calm: float
    """Requests it answers before it has had enough."""
    served: int = 0
    refused: list[int] = field(default_factory=list)
    """The status of every refusal."""

    def answer(self, request: Request) -> Reply:
        if self.served >= self.calm:
            asked = self.form()
            self.refused.append(429 if asked and len(self.refused) % 2 == 0 else 503)
            return Reply("nanti", status=self.refused[-1], headers={"Retry-After": asked} if asked else {})
        self.served += 1
        if request.path.endswith("/lookup"):
            user = request.query["acct"]
            return as_json(self.profile(user[3:], user))
        number = request.path.split("/")[4]
        below, limit = int(request.query.get("max_id", 10**9)), int(request.query["limit"])
        ids = [i for i in range(int(number) * 10 + 5, int(number) * 10, -1) if i < below]
        more = {"Link": f'<https://x.example/?max_id={ids[limit - 1]}>; rel="next"'} if len(ids) > limit else {}
        end = more or {"Link": '<https://x.example/?min_id=9>; rel="prev"'}
        return as_json([self.status(i, number) for i in ids[:limit]], end)

    def profile(self, number: str, user: str) -> dict:
        return {"id": number, "username": user, "acct": user}

    def status(self, native_id: int, number: str) -> dict:
        at = (START + timedelta(minutes=native_id)).isoformat()
        author = self.profile(number, f"ani{number}")
        content = f"<p>Kabar {native_id}</p>"
        return {"id": str(native_id), "created_at": at, "visibility": "public", "content": content, "account": author}


def storm_people(count: int) -> list[Account]:
    return [listed(Platform.MASTODON, f"ani{number:04}@contoh.example") for number in range(1, count + 1)]


def storm_posts(people: Sequence[Account]) -> dict[str, set[tuple[str, str]]]:
    numbers = {one.id: int(one.handle[3:7]) for one in people}
    return {
        key: {(f"contoh.example/{i}", f"Kabar {i}") for i in range(number * 10 + 1, number * 10 + 6)}
        for key, number in numbers.items()
    }


@dataclass(slots=True)
class Weather:
    """A storm, a host where the sun shines, and a clock that only we move."""

    record: Record
    time: FakeTime
    storm: Storm
    site: Site
    other: Site

    @contextmanager
    def client(self) -> Iterator[Client]:
        with Client(plain_config(self.site.host, self.other.host), clock=self.time.clock()) as client:
            yield client

    def gather(self, client: Client, people: Sequence[Account]) -> dict[str, Coverage]:
        """Gather these and the one on the other host, which is always complete."""
        calm = listed(Platform.RSS, f"{self.other.url}/feed.xml")
        self.record.list([calm])
        found = self.record.gather(client, [*people, calm], given=self.given)
        assert found.pop(calm.id).outcome is Outcome.COMPLETE
        return found

    def given(self, platform: Platform) -> Options:
        return Options(page_size=PAGE, base_url=self.site.url if platform is Platform.MASTODON else None)


@contextmanager
def weather(record: Record, form: Callable[[datetime], str | None], calm: int) -> Iterator[Weather]:
    time = FakeTime(NOW)
    clock = time.clock()
    storm = Storm(lambda: form(clock.now()), calm)
    feed = fake_of(Platform.RSS)(5)
    with Site(storm.answer) as site, Site(feed.page) as other:
        yield Weather(record, time, storm, site, other)


def sit_out(record: Record, form: Callable[[datetime], str], window: float, count: int) -> None:
    """Meet a storm with many accounts, window by window; then go on in the next run."""
    people = storm_people(count)
    record.list(people)
    with weather(record, form, calm=25) as sky:
        with sky.client() as client:
            found = sky.gather(client, people)
            assert len(sky.storm.refused) == 1, "one request meets the storm, not one of each account"
            assert Counter(one.outcome for one in found.values())[Outcome.PARTIAL] >= count - 25
            assert exit_code(found) == 3
            began, few = sky.time.passed, people[-5:]
            for moment in (window / 2, window - 1):
                sky.time.passed = began + moment
                sky.gather(client, few)
                assert len(sky.storm.refused) == 1, "nothing is asked inside the window"
            for number in range(2, 6):
                sky.time.passed += window + 1
                sky.gather(client, few)
                assert len(sky.storm.refused) == number, "one request for each window, none longer than an hour"
            sky.time.passed += min(window + 1, 290)
            found = sky.gather(client, few)
            assert len(sky.storm.refused) == 5, "after five in a row the host is left alone"
            if window < 290:
                assert "failed 5 times in a row" in found[few[0].id].reason
        assert set(sky.storm.refused) == {429, 503}
        sky.storm.calm = 10**9
        some = people[:40]
        with sky.client() as client:
            found = sky.gather(client, some)
    assert {one.outcome for one in found.values()} == {Outcome.COMPLETE}
    expected = storm_posts(some)
    stored = record.posts()
    assert {key: stored[key] for key in expected} == expected, "no gap where the storm began"


def test_a_storm_is_asked_once_for_each_window_in_short(record):
    """F6 in short."""
    sit_out(record, *FORMS["-1"], count=45)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_a_storm_is_asked_once_for_each_window(record, form):
    """F6: 1,000 accounts on one host x 6; <= 1 request a window, at most 1 h, circuit after 5, resumed without gap."""
    sit_out(record, *FORMS[form], count=1000)


@pytest.mark.slow
def test_the_circuit_opens_after_five_failures_that_name_no_time(record):
    """F6: a 503 without Retry-After x 1,000 accounts costs five requests, and one more every five minutes."""
    people = storm_people(1000)
    record.list(people)
    with weather(record, lambda _: None, calm=0) as sky, sky.client() as client:
        found = sky.gather(client, people)
        assert sky.storm.refused == [503] * 5
        assert {one.outcome for one in found.values()} == {Outcome.PARTIAL}
        sky.time.passed += 301
        sky.gather(client, people[:20])
        assert len(sky.storm.refused) == 6


# F7a: redirects


def targets(port: int) -> list[str]:
    """The payloads of the address guard's own tests, as places a redirect may lead to."""
    with_port = [other.replace("127.0.0.1/", f"127.0.0.1:{port}/") for other in OTHERS]
    return [*(f"http://{host}:{port}/" for host in HOSTS), *with_port]


def lead_astray(record: Record, kinds: Sequence[Platform], take: slice) -> None:
    """Let feeds and pages, and their robots.txt, redirect to each payload; nothing may reach the victim."""
    with RawServer(lambda connection, _: connection.sendall(b"rahasia")) as victim:
        places = targets(victim.port)[take]

        def redirect(connection: socket.socket, raw: bytes) -> None:
            number = number_of(read_request(raw).headers["host"])
            status = (301, 302, 303, 307, 308)[number % 5]
            head = f"HTTP/1.1 {status} Pindah\r\nLocation: {places[number % len(places)]}\r\nContent-Length: 0\r\n\r\n"
            connection.sendall(head.encode())

        def robots(connection: socket.socket, raw: bytes) -> None:
            if "robot" in read_request(raw).headers["host"]:
                redirect(connection, raw)
            else:
                connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")

        with Hostile(redirect, robots=robots) as hostile:
            port = hostile.port
            names = [
                f"{kind}{way}-{number:03}.{DOMAIN}:{hostile.port}"
                for kind in kinds
                for way in ("", "robot")
                for number in range(len(places))
            ]
            people = [listed(Platform(name[:3]), f"http://{name}/umpan.xml") for name in names]
            record.list(people)
            with Net().watching() as net, plain_client(*names, resolver=as_the_system_reads) as client:
                found = record.gather(client, people)
        assert (victim.connections, victim.requests) == (0, [])
        assert set(net.tried) == {("127.0.0.1", port)}, "nobody else was spoken to"
    asked = Counter(read_request(raw).headers["host"] for raw in hostile.requests)
    assert max(asked.values()) <= 7, "robots.txt, and at most five hops behind the first page"
    assert not {one.outcome for one in found.values()} & {Outcome.COMPLETE, Outcome.NOT_TRIED}
    assert not [one for one in found.values() if "unexpected" in one.reason]
    assert record.posts() == {}


def as_the_system_reads(host: str, port: int) -> list[str]:
    """Read odd numbers as addresses, as the system's resolver does; every name is this machine."""
    try:
        return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, flags=socket.AI_NUMERICHOST)]
    except OSError:
        return ["127.0.0.1"]


def test_a_redirect_of_a_listed_feed_leads_nowhere_inside_in_short(record):
    """F7a in short."""
    lead_astray(record, [Platform.RSS], slice(None, None, 20))


@pytest.mark.slow
@pytest.mark.parametrize("kind", [Platform.RSS, Platform.WEB])
def test_a_redirect_of_a_listed_feed_leads_nowhere_inside(record, kind):
    """F7a: all payloads (>= 120), from pages and from robots.txt: 0 bytes reach the victim, at most 5 hops."""
    lead_astray(record, [kind], slice(None))


def test_hops_are_counted_and_own_headers_stay_at_home(record):
    """F7a: a loop and 20 hops end after five; what we say to one host (If-None-Match) is not told to another."""
    feed = fake_of(Platform.RSS)(5)

    def answer(request: Request) -> Reply:
        if request.path == "/feed.xml":
            return feed.page(request) if len(site.pages) == 1 else Reply(status=302, headers={"Location": other.url})
        step = int(request.path.rpartition("/")[2]) + 1
        return Reply(status=302, headers={"Location": f"/lompat/{step}" if "lompat" in request.path else "/putar/0"})

    with Site(lambda _: Reply("x")) as other, Site(answer) as site, plain_client(site.host, other.host) as client:
        people = [listed(Platform.RSS, f"{site.url}/{path}") for path in ("feed.xml", "lompat/0", "putar/0")]
        record.list(people)
        assert record.gather(client, people[:1])[people[0].id].outcome is Outcome.COMPLETE
        found = record.gather(client, people)
    assert {"if-none-match" in one.headers for one in site.pages if one.path == "/feed.xml"} == {True, False}
    assert [one for one in other.pages if "if-none-match" in one.headers] == []
    assert len([one for one in site.pages if "lompat" in one.path]) == 6
    assert len([one for one in site.pages if "putar" in one.path]) == 6
    assert all("more than 5 redirects" in found[one.id].reason for one in people[1:])


# F7b: names that change their address


PUBLIC = "93.184.216.34"
_V6 = [
    "::1",
    "fe80::1",
    "fd00:ec2::254",
    "::ffff:127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::1",
    "::ffff:a9fe:a9fe",
]
REBINDINGS: dict[str, Callable[[int], list[list[str]]]] = {
    "public, then loopback": lambda n: [[PUBLIC]] * (1 + n % 2) + [["127.0.0.1"]],
    "public, then metadata": lambda n: [[PUBLIC]] * (1 + n % 2) + [["169.254.169.254"]],
    "mixed": lambda n: [[PUBLIC, "127.0.0.1"] if n % 2 else ["169.254.169.254", PUBLIC]],
    "AAAA only": lambda n: [[_V6[n % len(_V6)]]],
}
"""What a name answers to the first look, the second, and so on; the last answer stays."""


def rebind(record: Record, sequence: Callable[[int], list[list[str]]], count: int) -> None:
    """Gather feeds whose names turn inward between looks, a third of them behind a redirect of a public host."""
    looks: Counter[str] = Counter()
    asked: list[str] = []

    def resolver(host: str, _: int) -> list[str]:
        answers = [[PUBLIC]] if host.startswith("gerbang") else sequence(number_of(host))
        looks[host] += 1
        return answers[min(looks[host], len(answers)) - 1]

    def public(connection: socket.socket, raw: bytes) -> None:
        request = read_request(raw)
        host = request.headers["host"]
        asked.append(host)
        if host.startswith("gerbang"):
            place = f"http://{host.replace('gerbang', 'balik')}/feed.xml"
            talk = Talk(connection, Reply(headers={"Location": place}), 1)
            talk.whole(b"", status="302 Found")
            return
        honest(Province(Platform.RSS, BEHAVIOURS["5xx flap"], 1).answer)(connection, raw)

    with RawServer(lambda *_: None) as victim, Hostile(public) as server, Net().watching() as net:
        net.led, port = {PUBLIC: server.port}, victim.port
        names = [f"{'gerbang' if n % 3 == 2 else 'balik'}-{n:03}.{DOMAIN}" for n in range(count)]
        people = [listed(Platform.RSS, f"http://{name}:{port}/feed.xml") for name in names]
        record.list(people)
        with plain_client(resolver=resolver) as client:
            found = record.gather(client, people)
        assert victim.connections == 0
    assert {address for address, _ in net.tried} <= {PUBLIC}
    for number, person in enumerate(people):
        answers, host = sequence(number), f"balik-{number:03}.{DOMAIN}"
        turned = next(place for place, one in enumerate(answers, 1) if one != [PUBLIC])
        assert looks[host] == min(turned, 2), "one look for each hop: robots.txt and the feed"
        assert looks[host] + looks[host.replace("balik", "gerbang")] == (min(turned, 2) + 2 * (number % 3 == 2))
        assert found[person.id].outcome is (Outcome.COMPLETE if turned > 2 else Outcome.BLOCKED), found[
            person.id
        ].reason
        assert asked.count(f"{host}:{port}") == (1 if turned > 2 else 0)
    assert len(net.tried) == len(server.requests), "each connection that was tried was one that was allowed"


@pytest.mark.parametrize("pattern", REBINDINGS)
def test_a_name_that_turns_inward_is_not_followed_in_short(record, pattern):
    """F7b in short."""
    rebind(record, REBINDINGS[pattern], 6)


@pytest.mark.slow
@pytest.mark.parametrize("pattern", REBINDINGS)
def test_a_name_that_turns_inward_is_not_followed(record, pattern):
    """F7b: 100 x 4; 0 connections to what is not public, one resolution per hop."""
    rebind(record, REBINDINGS[pattern], 100)


# F8: 10,000 texts


MARKS = "a" + "\u0301" * 100_000
_SCRIPTS = ["ꦥꦶꦭꦶꦃ", "انتخبوا", "👨‍👩‍👧‍👦", "e" + "\u0301" * 40, "\u202eagit\u202c", "kantor", "pilih\u200bnomor"]
TEXTS = 40
"""Texts of one answer."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text, as it stands in JSON."""

    raw: bytes
    shown: str = ""
    """What must be found in the stored text; empty: nothing is asked."""
    broken: bool = False
    """No valid text: something must be put in its place, and the flag must say so."""


def written(text: str, *, shown: bool = False) -> Piece:
    content = html.escape(text)
    return Piece(json.dumps(content, ensure_ascii=len(text) % 2 == 0)[1:-1].encode(), text if shown else "")


_plain = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffd"), max_size=12)
_high = st.binary(min_size=1, max_size=4).map(lambda data: bytes(byte | 0x80 for byte in data))
_clean = st.one_of(
    _plain.map(written),
    st.sampled_from(_SCRIPTS).map(lambda text: written(text, shown=True)),
    st.integers(0, 999).map(lambda number: written(MARKS if number == 617 else "ada", shown=True)),
)
_damaged = st.one_of(
    _high.filter(lambda data: not is_utf8(data)).map(lambda data: Piece(data, broken=True)),
    st.sampled_from([b"\\ud800", b"\\udfff", b"\\ud83d", b"\\ude00 \\ud83d", b"\xed\xa0\x80"]).map(
        lambda data: Piece(data, broken=True)
    ),
    st.sampled_from([b"\\u0000", b"\0", b"\x01\x1f", "ada".encode("utf-16-le"), b"\\u001b[2J"]).map(Piece),
)
_texts = st.lists(st.lists(st.one_of(_clean, _clean, _damaged), max_size=4), min_size=TEXTS, max_size=TEXTS)
CHARSETS = [
    "; charset=utf-8",
    "",
    "; charset=bogus",
    "; charset=utf-16",
    "; charset=latin-1",
    '; charset="',
]
F8 = {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None}


def is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


class Reading:
    """One account that is read again and again; the answer is what we lay out."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.laid = Reply()
        self.site = Site(self._answer)
        handle = "ani@contoh.example" if platform is Platform.MASTODON else "https://contoh.example/feed.xml"
        self.account = replace(listed(platform, handle), extra={})
        self.count = 0

    def _answer(self, request: Request) -> Reply:
        if request.path.endswith("/lookup"):
            return as_json({"id": "7", "username": "ani", "acct": "ani"})
        return self.laid

    def read(self, client: Client, reply: Reply) -> list[Post]:
        """Read an answer; check that its bytes are kept with their hash, and that all texts can be stored."""
        self.laid = reply
        collector = collector_for(self.platform, client, Options(base_url=self.site.url, page_size=TEXTS))
        pages = list(collector.collect(self.account, Cursor(), Window()))
        require_whole(pages, reply.body)
        posts = [post for page in pages for post in page.posts]
        self.count += len(posts)
        return posts


def require_whole(pages: Sequence[Page], body: bytes | str) -> None:
    assert not [one for page in pages for one in page.rejected]
    kept = pages[-1].evidence[-1]
    assert kept.body == body
    assert kept.capture.sha256 == sha256(kept.body)
    for page in pages:
        for post in page.posts:
            post.text.encode()
            assert "\0" not in post.text
            assert post.capture_sha256 == kept.capture.sha256


LAST = {"Link": '<https://contoh.example/x?min_id=9>; rel="prev"'}
"""No older page."""


def toots(texts: Sequence[Sequence[Piece]]) -> bytes:
    statuses = (
        b'{"id": "%d", "created_at": "2026-03-02T05:00:00Z", "visibility": "public", "account": {"id": "7", '
        b'"username": "ani"}, "content": "<p>kata %s</p>"}' % (1000 + number, b" ".join(one.raw for one in pieces))
        for number, pieces in enumerate(texts)
    )
    return b"[" + b",".join(statuses) + b"]"


def read_toots(examples: int) -> int:
    """Serve so many answers of 40 texts as Mastodon posts; return how many posts were read."""
    reading = Reading(Platform.MASTODON)
    with reading.site, plain_client(reading.site.host, deadline=30.0) as client:

        @settings(max_examples=examples, **F8)
        @given(_texts, st.sampled_from(CHARSETS))
        def check(texts: list[list[Piece]], charset: str) -> None:
            reply = Reply(toots(texts), media_type=f"application/json{charset}", headers=LAST)
            posts = {post.native_id: post for post in reading.read(client, reply)}
            assert len(posts) == TEXTS
            for number, pieces in enumerate(texts):
                post = posts[f"contoh.example/{1000 + number}"]
                assert post.repaired == any(one.broken for one in pieces) == ("\ufffd" in post.text)
                assert all(one.shown in post.text for one in pieces)

        check()
    return reading.count


def test_strange_texts_are_kept_as_posts_of_mastodon_in_short():
    """F8 in short, with one text of 100,000 combining marks."""
    assert read_toots(3) >= 3 * TEXTS
    reading = Reading(Platform.MASTODON)
    with reading.site, plain_client(reading.site.host) as client:
        reply = Reply(toots([[written(MARKS)]]), media_type="application/json", headers=LAST)
        (post,) = reading.read(client, reply)
    assert post.text == f"kata {MARKS}"


@pytest.mark.slow
def test_strange_texts_are_kept_as_posts_of_mastodon():
    """F8: 10,000 texts; raw bytes kept with SHA-256, text valid UTF-8, flag where bytes were replaced, no abort."""
    assert read_toots(10_000 // TEXTS) >= 10_000


_entries = st.lists(
    st.lists(st.one_of(_plain, st.sampled_from([*_SCRIPTS, "\0", "\x01", "\x1b[2J"])), max_size=4),
    min_size=TEXTS,
    max_size=TEXTS,
)
ENCODINGS = {
    "utf-8": ("; charset=utf-8", "utf-8"),
    "not said": ("", "utf-8"),
    "bogus": ("; charset=bogus", "utf-8"),
    "mistaken": ("; charset=latin-1", "utf-8"),
    "utf-16 without mark": ("", "utf-16-le"),
    "utf-16, mistaken": ("; charset=utf-8", "utf-16-be"),
    "utf-16": ("; charset=utf-16", "utf-16"),
}
"""What the header says, and what the bytes are."""


def feed_of(contents: Sequence[str]) -> str:
    entries = (
        f"<item><guid>https://contoh.example/{number}</guid><description>{content}</description></item>"
        for number, content in enumerate(contents)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Ani</title>{"".join(entries)}</channel></rss>'


def read_feeds(examples: int) -> int:
    """Serve so many feeds of 40 texts; return how many posts were read."""
    reading = Reading(Platform.RSS)
    with reading.site, plain_client(reading.site.host, deadline=30.0) as client:

        @settings(max_examples=examples, **F8)
        @given(_entries, st.sampled_from(sorted(ENCODINGS)))
        def check(texts: list[list[str]], name: str) -> None:
            charset, encoding = ENCODINGS[name]
            body = feed_of([html.escape(html.escape(" ".join(["kata", *parts]))) for parts in texts])
            reply = Reply(body.encode(encoding), media_type=f"application/rss+xml{charset}")
            posts = {post.native_id: post for post in reading.read(client, reply)}
            assert len(posts) == TEXTS
            for number, parts in enumerate(texts):
                text = posts[f"https://contoh.example/{number}"].text
                assert name == "mistaken" or all(one in text for one in parts if one in _SCRIPTS)

        check()
    return reading.count


def test_strange_texts_are_kept_as_entries_of_feeds_in_short():
    """F8 in short, with one text of 100,000 combining marks."""
    assert read_feeds(4) >= 4 * TEXTS
    reading = Reading(Platform.RSS)
    with reading.site, plain_client(reading.site.host) as client:
        (post,) = reading.read(client, Reply(feed_of([MARKS]).encode(), media_type="application/rss+xml"))
    assert post.text == MARKS


@pytest.mark.slow
def test_strange_texts_are_kept_as_entries_of_feeds():
    """F8: 10,000 texts in seven encodings, told rightly and wrongly; raw bytes kept, text valid UTF-8, no abort."""
    assert read_feeds(10_000 // TEXTS) >= 10_000


HARM = {
    "invalid bytes": (b"rusak \xff\xc3 x", "; charset=utf-8"),
    "lone surrogate": (b"rusak &#xD800; x", "; charset=utf-8"),
    "even length as utf-16": (b"utuh.", "; charset=utf-16"),
}


@pytest.mark.parametrize("harm", HARM)
def test_one_harmed_entry_harms_no_other_entry_of_the_feed(harm):
    """F8: what one entry holds costs neither the others' letters nor the account, and the flag tells of it."""
    entry, charset = HARM[harm]
    body = feed_of(["ꦥꦶꦭꦶꦃ 😀", "XX"]).encode().replace(b"XX", entry)
    reading = Reading(Platform.RSS)
    with reading.site, plain_client(reading.site.host) as client:
        posts = reading.read(client, Reply(body, media_type=f"application/rss+xml{charset}"))
    assert [post.text == "ꦥꦶꦭꦶꦃ 😀" for post in posts] == [True, False]
    assert [post.repaired for post in posts] == [False, entry != b"utuh."]
