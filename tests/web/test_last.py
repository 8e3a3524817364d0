"""One's own last ten decisions: for nobody else, each taken back by its own button, never what others built on."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag

from scanner.review.gold import mark_gold
from scanner.review.users import recuse_user
from tests.review.desks import KETUA, NO, UNSURE, YES, add_flags, say
from tests.web.conftest import Site
from tests.web.test_review import form_of, send


def listed(site: Site, name: str = "sari") -> list[Tag]:
    answer = site.client(name).get("/review/last")
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser").select("article")


def forms(site: Site) -> list[dict[str, str]]:
    """Return what the buttons would send, the newest decision first."""
    return [{box["name"]: str(box["value"]) for box in one.select("input")} for one in listed(site)]


def flags(site: Site) -> list[str]:
    return [item for (item,) in site.rows("SELECT id FROM flags ORDER BY id")]


def said(site: Site) -> list[tuple[Any, ...]]:
    return site.rows("SELECT flag_id, verdict FROM judgements ORDER BY seq")


def test_the_newest_stands_first_with_its_text_and_verdict_and_the_reading_is_on_record(site: Site):
    one, other, _ = flags(site)
    say(site.store, "sari", YES, one, now=site.desk.now(), note="catatan saya")
    say(site.store, "sari", NO, other, now=site.desk.now())
    first, second = listed(site)
    assert "Bukan pelanggaran" in first.get_text()
    [(text,)] = site.rows("SELECT text FROM versions WHERE id = $id", {"id": one})
    assert "Dugaan" in second.get_text()
    assert text in second.get_text()
    assert "catatan saya" in second.get_text()
    event = site.rows("SELECT actor, action, subject FROM audit ORDER BY seq DESC LIMIT 1")
    assert event == [("sari", "decisions.show", "sari")]


def test_nobody_else_sees_it(site: Site):
    send(site.client("sari"))
    assert listed(site, "budi") == []
    assert "Belum ada keputusan" in site.client("budi").get("/review/last").text


def test_any_of_them_is_taken_back_and_its_post_comes_next(site: Site):
    client = site.client("sari")
    for _ in range(3):
        send(client)
    oldest = forms(site)[-1]
    answer = client.post("/review/last", data=oldest)
    assert (answer.status_code, answer.headers["location"]) == (303, "/review")
    assert said(site)[-1] == (oldest["item"], "withdrawn")
    assert form_of(client)["item"] == oldest["item"]
    assert oldest["item"] not in {form["item"] for form in forms(site)}


def test_the_same_button_pressed_twice_takes_back_once(site: Site):
    client = site.client("sari")
    send(client)
    [form] = forms(site)
    for _ in range(2):
        assert client.post("/review/last", data=form).status_code == 303
    assert [verdict for _, verdict in said(site)] == ["not_violation", "withdrawn"]


def test_of_more_than_ten_the_last_ten_are_listed_and_no_other_is_taken_back(site: Site):
    with site.store.lease("test") as lease:
        more = add_flags(lease, range(60, 72))
    for item in more:
        say(site.store, "sari", UNSURE, item, now=site.desk.now())
    assert [form["item"] for form in forms(site)] == more[:1:-1]
    answer = site.client("sari").post("/review/last", data={"item": more[0], "key": "kunci"})
    assert (answer.status_code, len(said(site))) == (400, 12)


def test_what_others_built_on_stays_and_the_page_does_not_say_what_it_was(site: Site):
    one, *_ = flags(site)
    for name in ("sari", "budi"):
        say(site.store, name, YES, one, now=site.desk.now())
    [form] = forms(site)
    refused = site.client("sari").post("/review/last", data=form)
    assert refused.status_code == 422
    mark_gold(site.store, KETUA, one, now=site.desk.now(), reason="jelas")
    golden = site.client("sari").post("/review/last", data={**form, "key": "lain"})
    assert golden.status_code == 422
    for answer in (refused, golden):
        alert = BeautifulSoup(answer.text, "html.parser").select_one("[role=alert]")
        assert "tidak dapat dibatalkan lagi" in alert.get_text()
    assert len(said(site)) == 2


def test_whoever_has_seen_others_views_is_told_that_it_is_taken_back(site: Site):
    one, *_ = flags(site)
    for name, verdict in (("budi", NO), ("sari", YES)):
        say(site.store, name, verdict, one, now=site.desk.now())
    client = site.client("sari")
    assert client.post("/review/views", data={"item": one}).status_code == 303
    [form] = forms(site)
    answer = client.post("/review/last", data=form)
    assert answer.headers["location"] == "/review/last?done=yes"
    assert "Keputusan dibatalkan." in client.get(answer.headers["location"]).text


def test_another_persons_decision_is_never_taken_back(site: Site):
    form, _ = send(site.client("budi"))
    answer = site.client("sari").post("/review/last", data={"item": form["item"], "key": "kunci"})
    assert answer.status_code == 400
    assert [verdict for _, verdict in said(site)] == ["not_violation"]


def test_posts_of_ones_own_agency_are_not_listed(site: Site):
    send(site.client("sari"))
    recuse_user(site.store, "sari", by="joko", now=site.desk.now(), add=["Dinas Pendidikan Nusa Rimba"])
    assert listed(site) == []


@pytest.mark.parametrize("missing", ["item", "key"])
def test_a_form_without_a_field_is_refused(site: Site, missing: str):
    send(site.client("sari"))
    [form] = forms(site)
    del form[missing]
    assert site.client("sari").post("/review/last", data=form).status_code == 400
    assert len(said(site)) == 1


def test_the_review_page_and_ones_own_page_lead_there(shared_site: Site):
    for address in ("/review", "/me"):
        assert 'href="/review/last"' in shared_site.client("sari").get(address).text
    assert 'href="/review/last"' not in shared_site.client("agus").get("/me").text
