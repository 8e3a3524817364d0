"""Referring at the desk: by the adjudicator, on two people's word, in so many words, never silently when it is late."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup, Tag
from starlette.responses import Response

from scanner.domain.reviews import Verdict
from tests.review.desks import NO, UNSURE, YES, say
from tests.web.conftest import Site
from tests.web.test_gold import ruled, some_flag


def settled(site: Site, verdict: Verdict = YES) -> str:
    """Return an item on which Sari and Budi say the same, and which Joko opens where that settles it."""
    item = some_flag(site)
    for name in ("sari", "budi"):
        say(site.store, name, verdict, item, now=site.desk.now())
    site.client("joko").post("/settled/open", data={"item": item})
    return item


def section(site: Site, item: str, name: str = "joko") -> Tag | None:
    answer = site.client(name).get(f"/review/decided?item={quote(item, safe='')}")
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser").select_one("#referral")


def refer(site: Site, item: str, **changes: str) -> Response:
    return site.client("joko").post("/review/refer", data={"item": item, "sure": "yes", **changes})  # type: ignore[return-value]


def referred(site: Site) -> list[tuple[str, ...]]:
    return site.rows("SELECT flag_id, first_reviewer, second_reviewer FROM referrals")


def outdate(site: Site, item: str) -> None:
    early = site.desk.now() - timedelta(days=60)
    site.rows("UPDATE flags SET known_at = $at WHERE id = $id RETURNING id", {"at": early, "id": item})


def test_a_settled_suspicion_is_offered_with_its_deadline_and_referred_as_an_allegation(site: Site):
    item = settled(site)
    box = section(site, item)
    assert box is not None
    assert "hari lagi" in box.get_text()
    assert "dugaan, bukan vonis" in box.get_text()
    assert refer(site, item).status_code == 303
    assert referred(site) == [(item, "sari", "budi")]
    assert site.rows("SELECT actor, subject FROM audit WHERE action = 'flag.refer'") == [("joko", item)]
    shown = section(site, item)
    assert "Dirujuk sebagai dugaan pada" in shown.get_text()
    assert shown.select("form") == []
    assert shown.select_one("dd").get_text(strip=True) != "", "what was referred"


def test_what_was_ruled_suspected_is_offered_too(site: Site):
    item = ruled(site, YES)
    assert section(site, item).select_one("form") is not None
    assert refer(site, item).status_code == 303
    assert len(referred(site)) == 1


def test_sent_twice_it_is_one_referral(site: Site):
    item = settled(site)
    assert [refer(site, item).status_code for _ in range(2)] == [303, 303]
    assert len(site.rows("SELECT seq FROM audit WHERE action = 'flag.refer'")) == 1


@pytest.mark.parametrize("sure", ["", "no", "on"])
def test_it_is_said_in_so_many_words_or_not_done(site: Site, sure: str):
    assert refer(site, settled(site), sure=sure).status_code == 400
    assert referred(site) == []


def test_when_it_is_late_only_with_a_reason_on_the_chain(site: Site):
    item = settled(site)
    outdate(site, item)
    box = section(site, item)
    assert "lewat waktu" in box.get_text()
    assert box.select_one("textarea[required]") is not None
    assert refer(site, item).status_code == 422
    assert refer(site, item, late_because=" ").status_code == 422
    assert referred(site) == []
    assert refer(site, item, late_because="laporan warga baru masuk").status_code == 303
    [(detail,)] = site.rows("SELECT detail FROM audit WHERE action = 'flag.refer_late'")
    assert json.loads(detail) == {"reason": "laporan warga baru masuk"}


@pytest.mark.parametrize("late", [False, True])
def test_an_account_that_is_not_confirmed_is_named_as_the_reason_why_not(site: Site, late: bool):
    item = settled(site)
    site.rows("UPDATE accounts SET confidence = 'B' RETURNING id")
    if late:
        outdate(site, item)
    box = section(site, item)
    assert "Belum dapat dirujuk" in box.get_text()
    assert box.select("form") == []
    assert refer(site, item, late_because="x").status_code == 422
    assert referred(site) == []


@pytest.mark.parametrize("verdict", [NO, UNSURE])
def test_what_is_not_settled_as_suspected_is_not_offered(site: Site, verdict: Verdict):
    item = settled(site, verdict)
    if verdict is NO:
        assert section(site, item) is None
    else:
        assert site.client("joko").get(f"/review/decided?item={quote(item, safe='')}").status_code == 404
    assert refer(site, item).status_code == 422
    assert referred(site) == []


def test_before_the_others_views_nothing_tells_that_it_is_settled(site: Site):
    item = some_flag(site)
    for name in ("sari", "budi"):
        say(site.store, name, YES, item, now=site.desk.now())
    assert section(site, item, "sari") is None
    absent = site.client("joko").get("/review/decided?item=tidak-ada")
    hidden = site.client("joko").get(f"/review/decided?item={quote(item, safe='')}")
    assert (hidden.status_code, hidden.content) == (404, absent.content)


def test_reviewers_neither_find_nor_do_it(site: Site):
    item = settled(site)
    site.client("sari").post("/review/views", data={"item": item})
    assert section(site, item, "sari") is None
    assert site.client("sari").post("/review/refer", data={"item": item, "sure": "yes"}).status_code == 403
    assert referred(site) == []


def test_what_is_not_there_is_not_referred(site: Site):
    assert refer(site, "tidak-ada").status_code == 404
