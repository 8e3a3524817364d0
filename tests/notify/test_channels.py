"""Mail, other services and the webhook really get messages; what goes wrong is told without the address."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from scanner.collect.client_config import ClientConfig
from scanner.notify import channels
from scanner.notify.channels import SIGNATURE
from scanner.notify.notes import Alarm
from scanner.notify.outbox import Trouble
from tests.collect.servers import RawServer, Reply, Site
from tests.notify.sinks import NOW, Mail, accepting, address, alarm, mail_server, message, run, webhook

SECRET = "kenariRahasia42"


@pytest.fixture
def mail() -> Iterator[Mail]:
    with mail_server() as found:
        yield found


def test_a_mail_says_what_the_message_says(mail: Mail):
    said = message(alarm(), run(new=3))
    assert address(mail.url, f"127.0.0.1:{mail.port}").send(said, NOW) is None
    [got] = mail.got
    assert "'[scanner] Perlu ditangani: 1'" in got
    assert said.text.strip() in got.replace("\r\n", "\n")


def test_nothing_of_the_folder_that_one_stands_in_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "apprise.py").write_text("from pathlib import Path\nPath('ran').touch()\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert address("json://127.0.0.1:9/", "127.0.0.1:9").send(message(), NOW) is Trouble.UNREACHABLE
    assert not (tmp_path / "ran").exists()


@pytest.mark.slow
def test_a_mail_server_that_refuses_is_told_as_such(mail: Mail):
    mail.answer = f"550 {SECRET} is not known here"
    assert address(mail.url, f"127.0.0.1:{mail.port}").send(message(), NOW) is Trouble.REFUSED


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["json", "ntfy", "gotify"])
def test_other_services_get_it_too(kind: str):
    with Site(lambda _: Reply('{"id": "1"}', media_type="application/json")) as site:
        assert address(f"{kind}://{site.host}/{SECRET}", site.host).send(message(), NOW) is None
        [request] = site.pages
        assert "Ruang disk" in json.dumps(json.loads(request.body), ensure_ascii=False)


answers = pytest.mark.parametrize(
    ("status", "trouble"),
    [(401, Trouble.REFUSED), (404, Trouble.REFUSED), (429, Trouble.THROTTLED), (500, Trouble.UNREACHABLE)],
)


@answers
def test_what_a_webhook_answers_becomes_a_word_of_ours(status: int, trouble: Trouble):
    with Site(lambda _: Reply(SECRET, status=status)) as site:
        assert webhook(site, path=f"/{SECRET}").send(message(), NOW) is trouble


@pytest.mark.slow
@answers
def test_what_a_service_answers_becomes_a_word_of_ours(status: int, trouble: Trouble):
    with Site(lambda _: Reply(SECRET, status=status)) as site:
        assert address(f"json://{site.host}/{SECRET}", site.host).send(message(), NOW) is trouble


@pytest.mark.slow
@pytest.mark.parametrize("url", [f"mailto://{SECRET}", f"tgram://{SECRET}", f"nosuch://{SECRET}@x.example"])
def test_an_address_that_cannot_be_read_is_told_without_it(url: str, capfd: pytest.CaptureFixture[str]):
    assert address(url).send(message(), NOW) is Trouble.UNUSABLE
    assert SECRET not in "".join(capfd.readouterr())


@pytest.mark.slow
@pytest.mark.parametrize("host", ["127.0.0.1", "169.254.169.254", "10.1.2.3", "[::1]", "localhost"])
def test_addresses_that_are_not_public_are_refused_by_both(host: str):
    assert address(f"json://{host}:9/{SECRET}").send(message(), NOW) is Trouble.BLOCKED
    hook = channels.Webhook("webhook-1", f"http://{host}:9/{SECRET}", "kunci", ClientConfig())
    assert hook.send(message(), NOW) is Trouble.BLOCKED


@pytest.mark.slow
def test_a_service_cannot_send_us_on_to_an_address_that_is_not_public():
    with Site(accepting) as inner:
        outer = Site(lambda _: Reply(status=302, headers={"Location": f"{inner.url}/dalam"}))
        with outer:
            assert address(f"json://{outer.host}/", outer.host).send(message(), NOW) is Trouble.BLOCKED
            assert webhook(outer).send(message(), NOW) is Trouble.REFUSED
        assert inner.requests == []


@pytest.mark.slow
def test_a_closed_port_is_unreachable_for_both():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        host = f"127.0.0.1:{taken.getsockname()[1]}"
    assert address(f"json://{host}/", host).send(message(), NOW) is Trouble.UNREACHABLE
    hook = channels.Webhook("webhook-1", f"http://{host}/x", "", ClientConfig(allow_hosts=(host,)))
    assert hook.send(message(), NOW) is Trouble.UNREACHABLE


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["address", "webhook"])
def test_one_that_drips_and_never_ends_is_left_behind_in_time(kind: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(channels, "SECONDS", 1.5)
    ended = threading.Event()

    def drip(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while not ended.wait(0.2):
            connection.sendall(b"X-Drip: 1\r\n")

    with RawServer(drip) as server:
        channel = address(f"json://{server.host}/", server.host)
        if kind == "webhook":
            channel = channels.Webhook("webhook-1", server.url, "", ClientConfig(allow_hosts=(server.host,)))
        began = time.monotonic()
        assert channel.send(message(), NOW) is Trouble.LATE
        ended.set()
    assert time.monotonic() - began < 4


def test_a_webhook_gets_json_and_can_tell_that_it_is_ours():
    with Site(accepting) as site:
        said = message(alarm(Alarm.CHAIN_BROKEN, number=2), run(new=3))
        assert webhook(site, key=SECRET).send(said, NOW) is None
        [request] = site.pages
    signed = hmac.new(SECRET.encode(), request.body, hashlib.sha256).hexdigest()
    assert request.headers[SIGNATURE.lower()] == f"sha256={signed}"
    got = json.loads(request.body)
    assert {name: got[name] for name in ("id", "sent_at", "title", "text")} == {
        "id": said.id,
        "sent_at": "2026-11-22T11:05:00+00:00",
        "title": said.title,
        "text": said.text,
    }
    assert [(note["kind"], note["alarm"], note["number"], note["counts"]) for note in got["notes"]] == [
        ("alarm", "chain_broken", 2, {}),
        ("run", None, 0, {"new": 3}),
    ]


def test_without_a_key_nothing_is_signed():
    with Site(accepting) as site:
        assert replace(webhook(site), key="").send(message(), NOW) is None
        assert SIGNATURE.lower() not in site.pages[0].headers


def test_neither_addresses_nor_keys_stand_in_what_is_printed_of_a_channel():
    with Site(accepting) as site:
        shown = repr(webhook(site, key=SECRET, path=f"/{SECRET}")) + repr(address(f"tgram://{SECRET}"))
    assert SECRET not in shown
