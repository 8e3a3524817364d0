"""The simulated world of `benchmarks.week`: what its platforms answer, what goes wrong when, and an office."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from scanner.collect.addresses import Target
from scanner.collect.client import Client
from scanner.collect.client_config import ClientConfig
from scanner.collect.exchange import Answer, Transient
from scanner.collect.interface import Collector, Options, Page, Window
from scanner.collect.pace import Clock
from scanner.collect.terms import Terms
from scanner.collect.traffic import Counter as Traffic
from scanner.collect.walk import Step, walk
from scanner.demo import province
from scanner.domain.accounts import Account, Confidence, Employment, Platform
from scanner.domain.posts import Post, Role
from scanner.domain.runs import Cursor
from scanner.errors import FormatDrift, KeyNeeded
from scanner.scaffold import create_workspace
from scanner.scan.listing import list_accounts
from scanner.scan.platforms import Platforms
from scanner.scan.run import Scan
from scanner.settings import mandate_of
from scanner.store.connection import Store
from scanner.workspace import Workspace, open_workspace

START = datetime(2026, 6, 7, 17, 0, tzinfo=UTC)
"""Monday, midnight in Jakarta. Masa tenang begins on Tuesday, election day is Friday."""
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
PAGE = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong for a while."""

    kind: str
    begin: float
    """Hours after the start."""
    hours: float
    platform: Platform | None = None
    ahead: timedelta = timedelta()
    """Of the machine's clock."""

    def holds(self, at: datetime) -> bool:
        """Tell whether it goes wrong at this moment."""
        return START + self.begin * HOUR <= at < START + (self.begin + self.hours) * HOUR


FAULTS = (
    Fault("outage", 9, 7, Platform.MASTODON),
    Fault("outage", 70, 26, Platform.RSS),
    Fault("storm", 14, 9, Platform.BLUESKY),
    Fault("storm", 90, 12, Platform.TELEGRAM),
    Fault("layout", 30, 25, Platform.WEB),
    Fault("key", 52, 30, Platform.X),
    Fault("clock", 20, 0.6, ahead=-HOUR),
    Fault("off", 33, 10),
    Fault("clock", 46.2, 0.3, ahead=timedelta(days=1)),
    Fault("clock", 58.2, 0.2, ahead=timedelta(days=3650)),
    Fault("pause", 100, 5),
    Fault("off", 122, 3.4),
)
KILLED = (3.3, 27.1, 61.6, 88.0, 110.4, 140.2)
"""Hours at which the process is killed in the middle of a run."""


class Killed(BaseException):
    """The process is gone."""


@dataclass(slots=True)
class World:
    """What the platforms would answer, and the time it really is."""

    now: datetime = START
    requests: int = 0
    kill_after: int | None = None
    traffic: Traffic = field(default_factory=Traffic)

    def posts(self, number: int, below: int | None, until: datetime) -> list[int]:
        """Return the times (seconds) at which an account published, newest first, one page."""
        every, first = 7 * 3600 + number % 97 * 1200, int((START - 3 * 24 * HOUR).timestamp()) + number % 89 * 700
        last = int(until.timestamp()) if below is None else min(below - 1, int(until.timestamp()))
        newest = first + (last - first) // every * every
        return [at for at in range(newest, newest - PAGE * every, -every) if at >= first]

    def fault(self, kind: str, platform: Platform | None = None) -> Fault | None:
        """Return what goes wrong now."""
        return next(
            (one for one in FAULTS if (one.kind, one.platform) == (kind, platform) and one.holds(self.now)), None
        )

    # What the client asks of an exchange.

    def send(self, target: Target, _headers: object, _attempt: int = 0, **_: object) -> Answer:
        """Answer one request."""
        self.requests += 1
        if self.kill_after is not None and self.requests >= self.kill_after:
            raise Killed
        platform = Platform(target.host.split(".")[1])
        if self.fault("outage", platform):
            raise Transient(f"{target.host}: no connection")
        if self.fault("storm", platform):
            return Answer(429, {"retry-after": "1800"}, b"")
        if self.fault("key", platform):
            return Answer(401, {}, b"")
        return Answer(200, {"content-type": "application/json"}, self._body(target, platform))

    def _body(self, target: Target, platform: Platform) -> bytes:
        if self.fault("layout", platform):
            return b'{"other": 1}'
        asked = parse_qs(urlsplit(target.path).query)
        number = int(urlsplit(target.path).path.strip("/"))
        below = int(asked["below"][0]) if "below" in asked else None
        return json.dumps(self.posts(number, below, self.now)).encode()

    def hurry(self, seconds: float) -> None:
        """Nothing is under way."""

    def close(self) -> None:
        """Nothing is open."""


class SimCollector(Collector):
    """Reads the one simple format that all simulated platforms speak."""

    version = "week"
    terms: ClassVar[Terms] = Terms(robots=False)
    sees, misses = "posts", "nothing"

    def __init__(self, client: Client, options: Options, platform: Platform) -> None:
        super().__init__(client, options)
        self.platform = platform  # type: ignore[misc]

    def base(self, account: Account) -> str:
        """Return one of seven hosts of the platform."""
        return f"https://h{int(account.handle) % 7}.{self.platform}.example"

    def collect(self, account: Account, cursor: Cursor, window: Window) -> Iterator[Page]:
        """Yield pages newest first."""

        def read(below: str | None) -> Step:
            query = f"?below={below}" if below else ""
            response = self.fetch(f"{self.base(account)}/{account.handle}{query}", check=_require_key)
            times = json.loads(response.body)
            if not isinstance(times, list):
                raise FormatDrift(f"{account.id}: an answer of another shape than known")
            posts = tuple((str(at), _post(account, at, response.evidence.capture.sha256)) for at in times)
            ids = tuple(key for key, _ in posts)
            return Step(posts, (response.evidence,), ids[-1] if len(ids) == PAGE else None, ids)

        return walk(read, cursor, window, self.options)


def _require_key(answer: Answer) -> None:
    if answer.status == 401:
        raise KeyNeeded("the key has expired")


def _post(account: Account, at: int, digest: str) -> Post:
    return Post(
        platform=account.platform,
        native_id=f"{account.handle}/{at}",
        account_id=account.id,
        role=Role.POSTED,
        posted_at=datetime.fromtimestamp(at, UTC),
        text=f"Pelayanan loket {account.handle} buka seperti biasa, antrean ke-{at // 60 % 977}",
        url=f"https://{account.platform}.example/{account.handle}/{at}",
        capture_sha256=digest,
    )


class SimPlatforms(Platforms):
    """All platforms may be asked, through the simulated collector."""

    def refusal(self, platform: Platform) -> str:
        """Refuse nobody."""
        return ""

    def gives_comments(self, platform: Platform) -> bool:
        """Give no comments."""
        return False

    def collector(self, platform: Platform) -> Collector:
        """Return the simulated collector; raises what closed the platform."""
        if (error := self._closed.get(platform)) is not None:
            raise type(error)(str(error))
        return SimCollector(
            self.client, replace(self.options(platform), meter=self.meter(platform), overlap=5), platform
        )


class SimWorkspace(Workspace):
    """A workspace whose scans meet the simulated world, and whose record stays open as beside a running desk."""

    @property
    def world(self) -> World:
        """What the platforms would answer."""
        return self.__dict__["world"]

    @property
    def store(self) -> Store:
        """The record."""
        return self.__dict__.get("kept") or Store(self.data / "scanner.duckdb")

    @contextlib.contextmanager
    def scan(self, account_seconds: float | None = None, share: float = 1.0) -> Iterator[Scan]:
        """Prepare a scan as a workspace does, but for the exchange and the clock."""
        clock = Clock(monotonic=lambda: self.world.now.timestamp(), sleep=lambda _: None, chance=lambda: 0.5)
        with Client(ClientConfig(min_interval=0, backoff=0), clock=clock) as client:
            client._exchange = self.world  # type: ignore[assignment]
            found = self.platforms(client)
            yield Scan(
                store=self.store,
                detector=self.detector,
                platforms=SimPlatforms(client=client, options=found.options, used=found.used, share=share),
                mandate=mandate_of(self.settings),
                lookback_days=self.settings.lookback_days,
                workers=self.settings.network.workers,
                account_seconds=account_seconds,
            )


def settle(root: Path, count: int, model: Path | None, minutes: int = 180) -> SimWorkspace:
    """Make a workspace that lists so many fictional accounts, spread over all platforms."""
    day = (START + HOUR).date() - timedelta(days=29)
    chosen = f'model = "{model}"\n' if model else ""
    budget = f"\n[platforms.youtube]\ndaily_budget = {count // len(Platform) * 13}\n"
    config = chosen + province.config(day) + budget + f'\n[schedule]\npurge_at = ""\ninterval = {minutes}\n'
    made = create_workspace(root, config=config)
    for name, content in province.elections(day).items():
        (root / "elections" / name).write_text(content, "utf-8")
    kinds = list(Platform)
    listed = [_account(number, kinds[number % len(kinds)], day) for number in range(count)]
    list_accounts(made.store, listed, mandate=mandate_of(made.settings), by="ketua.rimba")
    return SimWorkspace(root=root, settings=open_workspace(root).settings)


def _account(number: int, platform: Platform, day: Any) -> Account:
    return Account(
        platform=platform,
        handle=str(number),
        person_id=f"PEG-{number:05}",
        agency="Pemerintah Provinsi Nusa Rimba",
        unit="Dinas Contoh",
        employment=Employment.PNS,
        service_from=day - timedelta(days=2000),
        service_until=None,
        confidence=Confidence.A,
        legal_basis="fiktif",
        decree_number="SK-017",
        requested_by="analis.rimba",
        approved_by="ketua.rimba",
        listed_from=day,
        listed_until=day + timedelta(days=150),
    )
