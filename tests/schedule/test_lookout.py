"""What breaks is told by itself to all channels, beside the desk too, and what fails in telling ends nothing."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner.notify import channels
from scanner.notify.changes import load_told
from scanner.notify.notes import Alarm
from scanner.schedule import lookout
from scanner.schedule.lookout import BEAT, LEFT, Lookout, looking, safely
from scanner.schedule.tick import utc_now
from scanner.store import audit
from scanner.workspace import Workspace
from tests.collect.servers import Reply, Site
from tests.notify.sinks import mail_server
from tests.scan.conftest import Town
from tests.schedule.test_after import messages, tell


def until(found: Callable[[], bool], seconds: float = 60) -> bool:
    """Wait until something holds."""
    ends = time.monotonic() + seconds
    while not (held := found()) and time.monotonic() < ends:
        time.sleep(0.05)
    return held


def break_chain(workspace: Workspace) -> None:
    with workspace.store.lease("test") as lease:
        for number in range(3):
            audit.append(lease, actor="a", action="b.c", subject=str(number), detail={}, at=datetime.now(UTC))
        lease.execute("UPDATE audit SET actor = 'x' WHERE seq = 2")


def test_looks_and_tries_are_so_short_that_what_breaks_is_told_within_five_minutes():
    assert BEAT + 2 * channels.SECONDS < 300, "beside the schedule"
    assert 2 * BEAT + channels.SECONDS <= 300, "and by the desk alone"
    assert BEAT < LEFT.total_seconds() < 2 * BEAT


def test_a_broken_chain_is_told_while_the_desk_keeps_the_record(kept: Town):
    with Site(lambda _: Reply("OK")) as site:
        tell(kept.root, site)
        with looking(kept.root, utc_now, beat=0.05):
            break_chain(kept.workspace)
            assert until(lambda: bool(messages(site)))
    [note] = messages(site)[0]["notes"]
    assert (note["kind"], note["alarm"]) == ("alarm", "chain_broken")


@pytest.mark.slow
def test_a_broken_chain_reaches_all_five_channels(village: Town):
    with Site(lambda _: Reply('{"id": "1"}', media_type="application/json")) as site, mail_server() as mail:
        tell(village.root, site)
        config, secrets = village.root / "scanner.toml", village.root / "secrets.toml"
        config.write_text(config.read_text().replace("allow_hosts = [", f'allow_hosts = ["127.0.0.1:{mail.port}", '))
        urls = [mail.url, f"json://{site.host}/json", f"ntfy://{site.host}/ntfy", f"gotify://{site.host}/gotify"]
        secrets.write_text(
            secrets.read_text().replace("[notifications]", f"[notifications]\nurls = {json.dumps(urls)}")
        )
        with looking(village.root, utc_now, beat=0.5):
            time.sleep(1.0)
            break_chain(village.workspace)
            began = time.monotonic()
            assert until(lambda: len(site.pages) == 4 and len(mail.got) == 1, 120)
        assert time.monotonic() - began < 120
        assert all("Rantai audit" in json.dumps(json.loads(request.body)) for request in site.pages)
        assert "Rantai audit" in mail.got[0]
        assert {request.path for request in site.pages} == {"/masuk", "/json", "/", "/message"}


def test_a_big_chain_is_checked_less_often_than_a_small_one(kept: Town, monkeypatch: pytest.MonkeyPatch):
    asked: list[int | None] = []

    def slow(_: Workspace) -> int:
        time.sleep(0.05)
        return 0

    monkeypatch.setattr(lookout, "chain_faults", slow)
    monkeypatch.setattr(lookout, "look", lambda *_, faults, **__: asked.append(faults))
    one, workspace = Lookout(utc_now), kept.workspace
    for _ in range(5):
        one.look(workspace)
    assert asked == [0, None, None, None, None]


def test_what_fails_in_telling_ends_nothing(caplog: pytest.LogCaptureFixture):
    for error in (OSError(28, "full"), ValueError("rahasia"), KeyError("rahasia")):
        with safely("the digest"):
            raise error
    assert [record.message.split(":")[0] for record in caplog.records] == ["the digest failed"] * 3


def test_a_service_that_hangs_does_not_keep_the_program_from_ending(kept: Town):
    hanging = threading.Event()
    with Site(lambda _: Reply(str(hanging.wait(20)))) as site:
        tell(kept.root, site)
        break_chain(kept.workspace)
        began = time.monotonic()
        with looking(kept.root, utc_now, beat=0.01):
            assert until(lambda: bool(site.requests))
        took = time.monotonic() - began
        hanging.set()
    assert took < 15


def test_alarms_are_kept_for_status_where_nobody_is_to_be_told(kept: Town):
    break_chain(kept.workspace)
    Lookout(utc_now).look(kept.workspace)
    assert set(load_told(kept.root / "data").alarms) == {Alarm.CHAIN_BROKEN}
    assert "chain_broken" in json.loads((kept.root / "data" / "status.json").read_bytes())["alarms"]
    assert not (kept.root / "data" / "outbox").exists()


HASTY_DESK = """
import sys
from scanner.cli.app import main
from scanner.schedule import lookout
lookout.looking.__wrapped__.__kwdefaults__["beat"] = 0.5
lookout.LEFT = lookout.LEFT / 100
main()
"""


@pytest.mark.slow
def test_the_desk_looks_too(village: Town):
    """Its process: the schedule cannot tell that it is silent."""
    with Site(lambda _: Reply("OK")) as site:
        tell(village.root, site)
        break_chain(village.workspace)
        command = [sys.executable, "-c", HASTY_DESK, "serve", "-w", str(village.root), "--port", "0"]
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            assert until(lambda: bool(messages(site)), 90)
        finally:
            process.terminate()
            process.wait(30)
    assert Path(village.root / "data" / "told.json").exists()
