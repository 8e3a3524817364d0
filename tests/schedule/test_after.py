"""Who is told of a scheduled run: the switch, by a digest of counts, in status.json; and nothing of it fails a run."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scanner.notify import outbox
from scanner.notify.notes import Count
from scanner.schedule import after
from scanner.schedule.tick import Tick, tick
from scanner.workspace import open_workspace
from tests.collect.servers import Reply, Request, Site
from tests.scan.conftest import Town


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def sink() -> Iterator[Site]:
    """A switch and a webhook."""
    with Site(lambda _: Reply("OK")) as site:
        yield site


def tell(root: Path, sink: Site, more: str = "", switch: str | None = None) -> None:
    """Set a webhook and a switch."""
    config = root / "scanner.toml"
    config.write_text(config.read_text().replace("allow_hosts = [", f'allow_hosts = ["{sink.host}", '))
    secrets = root / "secrets.toml"
    secrets.write_text(
        f'[notifications]\nwebhook = "{sink.url}/masuk"\nwebhook_key = "kunci"\n{more}\n'
        f'[ping]\nurl = "{switch or sink.url + "/uuid"}"\n'
    )
    secrets.chmod(0o600)


def asked(sink: Site, path: str = "") -> list[Request]:
    return [request for request in sink.pages if request.path.startswith(path)]


def messages(sink: Site) -> list[dict[str, Any]]:
    return [json.loads(request.body) for request in asked(sink, "/masuk")]


def status(town: Town) -> dict[str, Any]:
    return json.loads((town.root / "data" / "status.json").read_bytes())


def test_a_run_pings_beginning_and_success_and_sends_one_digest_of_what_it_brought(kept: Town, sink: Site):
    tell(kept.root, sink)
    done = tick(kept.workspace, now())
    assert [request.path for request in asked(sink, "/uuid")] == ["/uuid/start", "/uuid"]
    [message] = messages(sink)
    [note] = message["notes"]
    assert note["id"] == f"run-{done.run_id}"
    assert (note["counts"]["complete"], note["counts"]["new"]) == (3, len(kept.expected()))
    assert tick(kept.workspace, now()).run_id is None
    assert len(sink.pages) == 3


@pytest.mark.slow
def test_a_run_that_brings_nothing_sends_nothing_unless_all_are_wanted(kept: Town, sink: Site):
    tell(kept.root, sink)
    tick(kept.workspace, now())
    tick(kept.workspace, now() + timedelta(days=1))
    assert len(messages(sink)) == 1
    tell(kept.root, sink, 'digest = "always"')
    tick(kept.workspace, now() + timedelta(days=2))
    tell(kept.root, sink, 'digest = "never"')
    tick(kept.workspace, now() + timedelta(days=3))
    assert len(messages(sink)) == 2


def test_a_run_that_cannot_begin_pings_its_exit_code_and_is_an_alarm_until_one_succeeds(kept: Town, sink: Site):
    tell(kept.root, sink)
    config = kept.root / "scanner.toml"
    whole = config.read_text()
    config.write_text(whole.replace('decree_number = "', 'decree_number = "" # "'))
    assert tick(kept.workspace, now()).exit_code == 1
    assert tick(kept.workspace, now()).exit_code == 1
    config.write_text(whole)
    assert tick(kept.workspace, now()).exit_code == 0
    assert [request.path for request in asked(sink, "/uuid")] == ["/uuid/start", "/uuid/1"] * 2 + [
        "/uuid/start",
        "/uuid",
    ]
    told = [(note["kind"], note["alarm"]) for message in messages(sink) for note in message["notes"]]
    assert sorted(told, key=str) == [("alarm", "run_failed"), ("over", "run_failed"), ("run", None)]


def test_status_says_what_stands_in_a_private_file(kept: Town, sink: Site):
    tell(kept.root, sink, switch=f"{sink.url}/uuid")
    done = tick(kept.workspace, now())
    said = status(kept)
    assert stat.S_IMODE((kept.root / "data" / "status.json").stat().st_mode) == 0o600
    assert (said["last_run"]["id"], said["last_run"]["exit_code"], said["accounts"]) == (
        done.run_id,
        0,
        {"complete": 3},
    )
    assert (said["alarms"], said["outbox"], said["outbox_since"], said["ping"]) == ({}, 0, None, None)
    assert said["next_due"] > said["written_at"] >= said["last_success"]


@pytest.mark.parametrize("broken", ["switch", "channels", "outbox", "status"])
def test_whatever_of_it_fails_the_run_ends_as_it_would(kept: Town, sink: Site, broken: str):
    tell(kept.root, sink, switch="http://127.0.0.1:9/rahasia" if broken == "switch" else None)
    data = kept.root / "data"
    match broken:
        case "channels":
            sink.answer = lambda _: Reply("no", status=403)
        case "outbox":
            (data / "outbox").write_text("not a folder")
        case "status":
            (data / "status.json").mkdir()
    assert tick(kept.workspace, now()).exit_code == 0
    if broken == "switch":
        assert status(kept)["ping"] == "blocked"
    if broken == "channels":
        assert (status(kept)["outbox"], status(kept)["outbox_since"] is not None) == (1, True)
        assert outbox.stuck(data, now())[0].trouble is outbox.Trouble.REFUSED


def test_showing_who_is_due_tells_nobody(kept: Town, sink: Site, capsys: pytest.CaptureFixture[str]):
    from scanner.cli.ticks import scan_due

    tell(kept.root, sink)
    assert scan_due(kept.root, dry_run=True, as_json=False, quiet=True) == 0
    assert sink.requests == []


def test_a_run_that_is_no_more_on_record_is_told_by_its_ping_alone(kept: Town, sink: Site):
    tell(kept.root, sink)
    after.after_run(open_workspace(kept.root), Tick(0, "", run_id="scan-tidak-ada"), now())
    assert [request.path for request in sink.pages] == ["/uuid"]


def test_a_digest_counts_what_a_digest_can_count():
    from scanner.domain.runs import Run

    fields = set(Run.__dataclass_fields__)
    assert {str(one) for one in Count} <= fields
