"""Addresses can be tried from the command line, and what waits is seen there; nothing secret is shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scanner.domain.runs import Run as Scan
from scanner.notify import outbox
from scanner.notify.outbox import Trouble, Try
from scanner.schedule.after import digest_of
from scanner.schedule.telling import sender_of
from scanner.store import audit
from scanner.workspace import open_workspace
from tests.cli.conftest import Run
from tests.collect.servers import Reply, Site
from tests.schedule.test_after import tell

SECRET = "kenariRahasia42"


@pytest.fixture
def sink() -> Iterator[Site]:
    with Site(lambda _: Reply("OK")) as site:
        yield site


def set_webhook(office: Path, sink: Site) -> None:
    config = office / "scanner.toml"
    config.write_text(config.read_text().replace("[network]", f'[network]\nallow_hosts = ["{sink.host}"]'))
    tell(office, sink)
    secrets = office / "secrets.toml"
    secrets.write_text(secrets.read_text().replace("/masuk", f"/{SECRET}"))


def test_a_test_message_goes_to_each_address_and_leaves_one_audit_event(run: Run, office: Path, sink: Site):
    set_webhook(office, sink)
    ended = run("notify", "test", "-w", office)
    assert (ended.code, ended.err) == (0, "")
    assert "webhook-" in ended.out
    assert SECRET not in ended.out
    [message] = [json.loads(request.body) for request in sink.pages]
    assert "Pesan uji: pemberitahuan sampai ke alamat ini." in message["text"]
    with open_workspace(office).store.lease("test") as lease:
        [event] = [one for one in audit.events(lease) if one.action == "notification.test"]
    assert event.detail == {"channels": 1}


def test_what_cannot_be_put_on_record_is_not_sent(run: Run, office: Path, sink: Site):
    set_webhook(office, sink)
    audit.anchor_path(open_workspace(office).data).unlink()
    ended = run("notify", "test", "-w", office)
    assert (ended.code, "the anchor of" in ended.err, sink.pages) == (1, True, [])


def test_an_address_that_refuses_is_exit_3_with_what_to_do_and_without_the_address(run: Run, office: Path, sink: Site):
    set_webhook(office, sink)
    sink.answer = lambda _: Reply(SECRET, status=403)
    ended = run("notify", "test", "-w", office)
    with open_workspace(office).store.lease("test") as lease:
        assert [one.detail for one in audit.events(lease, subject="notifications")] == [{"channels": 1}]
    assert ended.code == 3
    assert "refused: check its key and address" in ended.out
    assert SECRET not in ended.out + ended.err


def test_without_any_address_nobody_can_be_told(run: Run, office: Path):
    ended = run("notify", "test", "-w", office)
    assert ended.code == 1
    assert "secrets.toml [notifications]: neither urls nor webhook is set" in ended.err


def test_what_does_not_get_through_is_shown_with_since_when_and_why(run: Run, office: Path, sink: Site):
    set_webhook(office, sink)
    workspace, now = open_workspace(office), datetime.now(UTC)
    sender = sender_of(workspace)
    assert "0 messages wait." in run("notify", "show", "-w", office).err
    began = now - timedelta(hours=30)
    scan = Scan(id="scan-1", kind="scan", started_at=began, ended_at=began, exit_code=0, versions="", new=3)
    sender.put(digest_of(scan, began), began)
    [entry] = outbox.entries(workspace.data)
    [name] = entry.to
    tried = Try(now, tries=20, trouble=Trouble.UNREACHABLE, given_up=True)
    outbox.write(workspace.data, replace(entry, to={name: tried}))
    shown, told = run("notify", "show", "-w", office), run("notify", "show", "-w", office, "--json")
    assert "not reachable" in shown.out
    assert f"{began:%Y-%m-%d %H:%M}Z" in shown.out
    assert "1 messages wait. Given up:" in shown.err
    [stuck] = json.loads(told.out)["stuck"]
    assert (stuck["channel"], stuck["messages"], stuck["given_up"], stuck["trouble"]) == (name, 1, 1, "unreachable")


def test_a_name_stays_when_other_addresses_are_added_before_it(office: Path, sink: Site):
    set_webhook(office, sink)
    [before] = sender_of(open_workspace(office)).channels
    secrets = office / "secrets.toml"
    secrets.write_text(secrets.read_text().replace("[notifications]", '[notifications]\nurls = ["tgram://a/b"]'))
    names = [one.name for one in sender_of(open_workspace(office)).channels]
    assert (names[0][:6], names[1]) == ("tgram-", before.name)
