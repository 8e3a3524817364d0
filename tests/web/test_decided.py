"""After one's own verdict, and never before it: what the machine saw, like posts, others' views and the ruling."""

from __future__ import annotations

import pytest

from scanner.domain.flags import Flag
from scanner.domain.signals import Channel, Signal, Weight
from scanner.review.decide import new_key
from scanner.web.pages.decided import bands, spans
from tests.web.conftest import Site
from tests.web.test_review import form_of, send


def signal(start: int, end: int, text: str) -> Signal:
    return Signal("MEDSOS-DUKUNG", "coblos {P}", Weight.H, Channel.TEXT, start, end, text[start:end])


def test_the_whole_text_comes_back_with_its_signals_marked_and_overlaps_once():
    text = "ayo coblos nomor dua"
    found = list(spans(text, [signal(4, 16, text), signal(11, 20, text)]))
    assert "".join(one.text for one in found) == text
    assert [one.text for one in found if one.signal] == ["coblos nomor"]


def test_a_post_drawn_at_random_has_no_bands():
    none: Flag | None = None
    assert bands(none) == {}


def test_nothing_is_shown_before_ones_own_verdict(site: Site):
    client = site.client("sari")
    item = form_of(client)["item"]
    absent = client.get("/review/decided", params={"item": "mastodon:nowhere/1@0"})
    before = client.get("/review/decided", params={"item": item})
    assert (before.status_code, before.text) == (404, absent.text)


def test_afterwards_the_machines_reasons_and_like_posts_are_shown(site: Site):
    client = site.client("sari")
    form, answer = send(client)
    page = client.get(answer.headers["location"]).text
    assert "Yang dilihat mesin" in page
    assert "<mark" in page
    assert "Unggahan serupa yang sudah diputuskan" in page, "an example of the codebook is near enough"
    assert form["item"].rpartition("@")[0].split(":")[0] in page


def test_others_views_need_an_act_of_ones_own(site: Site):
    first, second = site.client("sari"), site.client("budi")
    form, _ = send(first, note="kata sari")
    while form_of(second)["item"] != form["item"]:
        send(second)
    _, answer = send(second)
    page = second.get(answer.headers["location"])
    assert "kata sari" not in page.text
    shown = second.post("/review/views", data={"item": form["item"]})
    assert "kata sari" in second.get(shown.headers["location"]).text


@pytest.mark.parametrize("verdict", ["unsure", "besok"])
def test_a_ruling_says_one_or_the_other(site: Site, verdict: str):
    form = {"item": "x", "key": new_key(), "verdict": verdict, "reason": "ragu"}
    assert site.client("joko").post("/review/rule", data=form).status_code == 400


def test_where_two_disagree_the_adjudicator_gives_a_view_and_then_rules_with_reasons(site: Site):
    first, second, third = site.client("sari"), site.client("budi"), site.client("joko")
    form, _ = send(first)
    while form_of(second)["item"] != form["item"]:
        send(second)
    send(second, "suspected", codes="MEDSOS-DUKUNG")
    while form_of(third)["item"] != form["item"]:
        send(third)
    _, answer = send(third)
    assert "Putusan ketua" in third.get(answer.headers["location"]).text
    told = {"item": form["item"], "key": new_key(), "verdict": "not_violation", "reason": "mengutip berita"}
    assert third.post("/review/rule", data=told | {"reason": " "}).status_code == 400
    assert third.post("/review/rule", data=told).status_code == 303
    [settled] = site.rows("SELECT settled_at IS NOT NULL FROM flags WHERE id = $id", {"id": form["item"]})
    assert settled == (True,)
