"""Who watches the operation sees alarms and messages that do not arrive, in either language; nobody else does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from scanner.domain.users import Role
from scanner.notify import outbox
from scanner.notify.changes import tell_changes
from scanner.notify.deliver import Sender
from scanner.notify.notes import Alarm
from scanner.notify.outbox import Trouble, Try
from tests.notify.sinks import STYLE, Memory
from tests.web.conftest import Site


def notices(site: Site, role: Role) -> list[str]:
    answer = site.client(role).get("/summary")
    assert answer.status_code == 200
    return [" ".join(one.get_text(" ").split()) for one in BeautifulSoup(answer.text, "html.parser").select(".notice")]


def fail(site: Site) -> None:
    """Let an alarm stand that could not be told."""
    data, now = site.store.path.parent, site.desk.now()
    sender = Sender(data, (Memory("mailtos-1a2b3c", Trouble.REFUSED),), STYLE)
    tell_changes(sender, {Alarm.BACKUP_OLD: 30}, now)
    sender.deliver(now)


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR, Role.DPO])
def test_what_needs_a_hand_and_what_was_not_delivered_stands_on_top(site: Site, role: Role):
    assert notices(site, role) == []
    fail(site)
    alarm, unsent = notices(site, role)
    assert alarm.startswith("Perlu ditangani: Cadangan terakhir dibuat 30 jam lalu (sejak ")
    assert unsent.startswith("1 pemberitahuan belum sampai ke mailtos-1a2b3c sejak ")
    assert "menolak: periksa kunci dan alamatnya" in unsent


@pytest.mark.parametrize("role", [Role.ADJUDICATOR, Role.RESEARCHER])
def test_others_see_neither(site: Site, role: Role):
    fail(site)
    assert notices(site, role) == []


def test_in_english_too(site: Site):
    fail(site)
    with site.store.lease("test") as lease:
        lease.execute("UPDATE users SET language = 'en'")
    alarm, unsent = notices(site, Role.ANALYST)
    assert alarm.startswith("Needs a hand: The last backup was made 30 hours ago (since ")
    assert "1 notifications did not reach mailtos-1a2b3c since " in unsent


def test_what_nobody_sends_is_seen_too_after_a_quarter_of_an_hour(site: Site):
    fail(site)
    data = site.store.path.parent
    [entry] = outbox.entries(data)
    for minutes, seen in ((10, 1), (20, 2)):
        tried = Try(site.desk.now() - timedelta(minutes=minutes))
        outbox.write(data, replace(entry, to={"mailtos-1a2b3c": tried}))
        assert len(notices(site, Role.ANALYST)) == seen
