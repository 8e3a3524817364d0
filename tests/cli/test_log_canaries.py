"""Canaries of 25 kinds through scans that fail in every way, with tracebacks, at debug level: none is in any log."""

from __future__ import annotations

import contextlib
import logging
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from scanner.collect.client import Client
from scanner.collect.exchange import Exchange
from scanner.collect.platforms.feed import FeedCollector
from scanner.collect.platforms.mastodon import MastodonCollector
from scanner.demo.cast import DemoPost, load_cast
from scanner.demo.platform import DemoPlatform
from scanner.errors import FetchFailed, KeyNeeded
from scanner.report.metrics import render
from scanner.schedule.metering import figures_of
from scanner.workspace import Workspace, open_workspace
from tests.cli.conftest import Run
from tests.scan.conftest import first_day, settle

KINDS = (
    "platform key", "apprise address", "webhook", "webhook key", "ping address", "password in a URL", "query of a URL",
    "cookie", "bearer token", "NIP", "NIK", "telephone", "e-mail", "handle", "handle of a stranger", "display name",
    "person", "agency", "unit", "post text", "quoted text", "post id", "local variable", "message of an error",
    "raw answer",
)  # fmt: skip


@dataclass(frozen=True)
class Canaries:
    """One word for each kind, and words that hold all of them."""

    of: dict[str, str]

    @classmethod
    def new(cls) -> Canaries:
        drawn = {kind: f"kenari{secrets.token_hex(6)}" for kind in KINDS}
        digits = {kind: str(secrets.randbelow(9 * 10**15) + 10**15) for kind in ("NIP", "NIK", "telephone")}
        return cls(drawn | digits)

    @property
    def song(self) -> str:
        """All of them, as they stand in posts, errors and URLs."""
        password, query, bearer = (self.of[kind] for kind in ("password in a URL", "query of a URL", "bearer token"))
        return (
            f"@{self.of['handle']}: {self.of['post text']} {self.of['e-mail']}@desa.example\r\n"
            f"https://u:{password}@x.example/?token={query} Bearer {bearer} " + " ".join(self.of.values())
        )

    def in_text(self, text: str) -> list[str]:
        """Return the kinds that stand in a text."""
        return [kind for kind, token in self.of.items() if token in text]


def test_there_are_canaries_of_25_kinds():
    assert len(set(KINDS)) == 25


@pytest.fixture
def canaries() -> Canaries:
    return Canaries.new()


@pytest.fixture
def town(tmp_path: Path, canaries: Canaries) -> Iterator[Path]:
    """Six accounts on three platforms that write, are called and keep secrets as the canaries do."""
    cast, of = load_cast(), canaries.of
    by_platform = {
        name: [one.key for one in cast.values() if one.person and one.platform == name]
        for name in ("mastodon", "rss", "telegram")
    }
    keys = frozenset(by_platform["mastodon"][:3] + by_platform["rss"][:1] + by_platform["telegram"][:2])
    for key in keys:
        cast[key] = replace(cast[key], display_name=of["display name"])
    named = by_platform["mastodon"][0]
    cast[named] = replace(cast[named], handle=of["handle"])
    posts = [_sung(post, canaries) for post in first_day()]
    with DemoPlatform(cast, posts) as platform:
        root = settle(tmp_path / "town", platform, keys).root
        _rename(root, cast[named].handle, of)
        yield root


def _sung(post: DemoPost, canaries: Canaries) -> DemoPost:
    quoted = {**post.boost_of, "text": canaries.of["quoted text"]} if post.boost_of else None
    return replace(post, text=f"{post.text} {canaries.song}", boost_of=quoted)


def _rename(root: Path, handle: str, of: dict[str, str]) -> None:
    """Put canaries where people, agencies and secrets stand."""
    from scanner.store import accounts

    store = open_workspace(root).store
    with store.lease("test") as lease:
        listed = accounts.load_accounts(lease)
        accounts.save_accounts(
            lease, [replace(one, person_id=of["person"], agency=of["agency"], unit=of["unit"]) for one in listed]
        )
    (root / "secrets.toml").write_text(
        f'[platforms.x.keys]\ntoken = "{of["platform key"]}"\n'
        f'[notifications]\nurls = ["tgram://{of["apprise address"]}"]\nwebhook = "https://x.example/{of["webhook"]}"\n'
        f'webhook_key = "{of["webhook key"]}"\n[ping]\nurl = "https://x.example/{of["ping address"]}"\n'
    )
    (root / "secrets.toml").chmod(0o600)
    with (root / "scanner.toml").open("a", encoding="utf-8") as config:
        config.write('\n[logs]\nlevel = "debug"\n')


def shout(canaries: Canaries) -> None:
    """Let libraries say everything at every level, as httpx, urllib3 or a warning might."""
    for name in ("httpx", "httpcore", "uvicorn.error", "uvicorn.access", "asyncio", "apprise"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.DEBUG)
        for level in (logging.DEBUG, logging.INFO, logging.ERROR):
            logger.log(level, canaries.song)
            logger.log(level, "GET %s", canaries.song)
        with contextlib.suppress(ValueError):
            _fall(canaries)


def _fall(canaries: Canaries) -> None:
    rahasia = canaries.of["local variable"]
    try:
        raise KeyError(rahasia)
    except KeyError as error:
        logging.getLogger("scanner.uji").exception("%s", canaries.song)
        raise ValueError(canaries.song) from error


@pytest.fixture
def _libraries_keep_their_levels() -> Iterator[None]:
    before = {name: logging.getLogger(name).level for name in ("httpx", "httpcore", "uvicorn.error", "asyncio")}
    yield
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


def failing(canaries: Canaries, error: Exception) -> Any:
    """Return a method that shouts and fails, whether it is to yield or to return."""

    def fail(*_: object, **__: object) -> Any:
        shout(canaries)
        local = canaries.of["local variable"]
        assert local
        raise error

    return fail


@pytest.mark.slow
@pytest.mark.usefixtures("_libraries_keep_their_levels")
@pytest.mark.parametrize("json_lines", ["false", "true"])
def test_no_canary_is_in_any_log_after_scans_that_fail_in_every_way(
    run: Run, town: Path, canaries: Canaries, monkeypatch: pytest.MonkeyPatch, json_lines: str
):
    monkeypatch.setenv("SCANNER_LOGS__JSON_LINES", json_lines)
    song = canaries.song
    heard = run("scan", "-w", town, "--json", "--quiet").err
    for owner, name, error in (
        (MastodonCollector, "collect", ValueError(song)),
        (FeedCollector, "collect", FetchFailed(song)),
        (MastodonCollector, "collect", KeyNeeded(song)),
        (Exchange, "send", httpx.ReadError(song)),
        (Workspace, "scan", RuntimeError(song)),
        (Client, "close", OSError(28, "No space left on device")),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, failing(canaries, error))
            heard += run("scan", "-w", town, "--json", "--quiet").err
    logged = "\n".join(path.read_text("ascii") for path in (town / "logs").glob("scanner.log*"))
    for told in ("ValueError", "FetchFailed", "KeyNeeded", "ReadError", "RuntimeError", "OSError", "is complete"):
        assert told in logged, told
    assert canaries.in_text(logged) == []
    assert canaries.in_text(heard) == []
    assert canaries.in_text(render(figures_of(open_workspace(town), datetime.now(UTC)))) == []
