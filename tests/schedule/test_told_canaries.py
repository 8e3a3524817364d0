"""Canaries of 25 kinds through runs that succeed and fail in every way: none is in anything that anybody is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from scanner.collect.client import Client
from scanner.collect.exchange import Exchange
from scanner.collect.platforms.feed import FeedCollector
from scanner.collect.platforms.mastodon import MastodonCollector
from scanner.errors import FetchFailed, KeyNeeded
from scanner.schedule.tick import tick
from scanner.workspace import Workspace, open_workspace
from tests.cli.test_log_canaries import (  # noqa: F401  fixtures
    Canaries,
    _libraries_keep_their_levels,
    canaries,
    failing,
    town,
)
from tests.collect.servers import Reply, Site
from tests.notify.sinks import Mail, mail_server

DAY = timedelta(days=1)


@pytest.fixture
def mail() -> Iterator[Mail]:
    with mail_server() as found:
        yield found


def tell(root: Path, site: Site, mail: Mail, of: dict[str, str]) -> None:
    """Let mail, another service, a webhook and a switch be told, at addresses that are canaries themselves."""
    hosts = f'allow_hosts = ["{site.host}", "127.0.0.1:{mail.port}", '
    config = root / "scanner.toml"
    config.write_text(config.read_text().replace("allow_hosts = [", hosts))
    (root / "secrets.toml").write_text(
        f'[platforms.x.keys]\ntoken = "{of["platform key"]}"\n[notifications]\ndigest = "always"\n'
        f'urls = ["{mail.url}", "json://{site.host}/{of["apprise address"]}"]\n'
        f'webhook = "{site.url}/{of["webhook"]}?token={of["query of a URL"]}"\nwebhook_key = "{of["webhook key"]}"\n'
        f'[ping]\nurl = "{site.url}/{of["ping address"]}"\n'
    )


@pytest.mark.slow
@pytest.mark.usefixtures("_libraries_keep_their_levels")
def test_no_canary_is_in_messages_pings_outbox_or_status(
    town: Path,  # noqa: F811
    canaries: Canaries,  # noqa: F811
    mail: Mail,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
):
    song, now, kept = canaries.song, datetime.now(UTC), []
    with Site(lambda _: Reply("OK")) as site:
        tell(town, site, mail, canaries.of)

        def run(day: int) -> None:
            tick(open_workspace(town), now + day * DAY)
            kept.extend(path.read_text("utf-8") for path in (town / "data").glob("outbox/*"))
            kept.extend(path.read_text("utf-8") for path in (town / "data").glob("*.json"))

        run(0)
        site.answer = lambda _: Reply(song.replace("\r\n", " "), status=500)  # so that the outbox fills
        mail.answer = f"550 {song}".replace("\r\n", " ")
        for day, (owner, name, error) in enumerate(
            (
                (MastodonCollector, "collect", ValueError(song)),
                (FeedCollector, "collect", FetchFailed(song)),
                (MastodonCollector, "collect", KeyNeeded(song)),
                (Exchange, "send", httpx.ReadError(song)),
                (Workspace, "scan", KeyNeeded(song)),
                (Client, "close", OSError(28, "No space left on device")),
            ),
            1,
        ):
            with monkeypatch.context() as patch:
                patch.setattr(owner, name, failing(canaries, error))
                try:
                    run(day)
                except OSError:
                    assert owner is Client
        site.answer, mail.answer = lambda _: Reply("OK"), "250 OK"
        run(7)
    pings = [request for request in site.pages if canaries.of["ping address"] in request.path]
    others = [request for request in site.pages if request not in pings]
    assert {request.path.rpartition("/")[2] for request in pings} >= {"start", "1", canaries.of["ping address"]}
    assert {request.body for request in pings} == {b""}
    sent = [*mail.got, *(request.body.decode() for request in others), *(str(request.headers) for request in others)]
    told = "\n".join([*sent, *kept, *(json.dumps(json.loads(r.body), ensure_ascii=False) for r in others)])
    for word in ("lengkap", "run_failed", "Pemindaian terakhir gagal", "outbox_since", "gone"):
        assert word in told, word
    assert (len(mail.got) >= 2, len(others) >= 4, len(kept) > 20) == (True, True, True)
    assert canaries.in_text(told) == []
    assert canaries.in_text(json.dumps([request.headers for request in pings])) == []
    heard = capfd.readouterr()
    assert {"apprise address", "webhook", "webhook key", "ping address"}.isdisjoint(
        canaries.in_text(heard.out + heard.err)
    )
