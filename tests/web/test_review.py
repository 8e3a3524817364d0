"""Judging without a script: forms and redirects do it all, and before one's own verdict no answer tells anything."""

from __future__ import annotations

import re
import threading
from typing import Any

import pytest
from bs4 import BeautifulSoup
from starlette.responses import Response
from starlette.testclient import TestClient

from scanner.review.decide import new_key
from scanner.review.drafts import save_draft
from scanner.web.pages import review as pages_review
from tests.web.conftest import Site


def form_of(client: TestClient) -> dict[str, str]:
    """Return the fields of the form for the post that is shown."""
    page = BeautifulSoup(client.get("/review").text, "html.parser")
    return {name: str(page.select_one(f"#judge [name={name}]")["value"]) for name in ("item", "key")}


def send(client: TestClient, verdict: str = "not_violation", **changes: Any) -> tuple[dict[str, str], Response]:
    """Judge the post that is shown, rightly but for what is changed."""
    form = {**form_of(client), "verdict": verdict, "note": "", **changes}
    return form, client.post("/review/decide", data=form)  # type: ignore[return-value]


def said(site: Site) -> list[tuple[Any, ...]]:
    return site.rows("SELECT reviewer, flag_id, verdict, note, stage FROM judgements ORDER BY seq")


def test_a_verdict_is_recorded_and_leads_on_by_a_redirect(site: Site):
    form, answer = send(site.client("sari"), note="kutipan berita")
    assert (answer.status_code, answer.headers["location"].partition("=")[0]) == (303, "/review/decided?item")
    assert said(site) == [("sari", form["item"], "not_violation", "kutipan berita", "blind")]


def test_the_same_form_sent_twice_is_one_verdict(site: Site):
    client = site.client("sari")
    form, _ = send(client)
    assert client.post("/review/decide", data=form).status_code == 303
    assert len(said(site)) == 1


def test_the_next_post_is_another_one(site: Site):
    client = site.client("sari")
    first, _ = send(client)
    assert form_of(client)["item"] != first["item"]


def test_a_page_that_was_lost_comes_back_with_the_same_post(site: Site):
    client = site.client("sari")
    assert form_of(client)["item"] == form_of(client)["item"]


def test_when_all_is_judged_the_page_says_so(site: Site):
    client = site.client("sari")
    for _ in range(3):
        send(client)
    assert "Tidak ada yang menunggu Anda" in client.get("/review").text
    assert len(said(site)) == 3


def test_a_suspicion_names_a_code(site: Site):
    client = site.client("sari")
    _, refused = send(client, "suspected")
    assert (refused.status_code, said(site)) == (400, [])
    form, answer = send(client, "suspected", codes=["AJAKAN-PILIH"])
    assert answer.status_code == 303
    assert said(site)[0][1:3] == (form["item"], "suspected")


def test_codes_of_other_verdicts_are_not_kept(site: Site):
    send(site.client("sari"), "unsure", codes=["AJAKAN-PILIH"])
    assert site.rows("SELECT codes::VARCHAR FROM judgements") == [("[]",)]


@pytest.mark.parametrize("missing", ["item", "key", "verdict", "note"])
def test_a_form_without_a_field_is_refused_and_says_which(site: Site, missing: str):
    client = site.client("sari")
    form = {**form_of(client), "verdict": "unsure", "note": ""}
    del form[missing]
    answer = client.post("/review/decide", data=form)
    assert (answer.status_code, said(site)) == (400, [])
    assert missing in answer.text


@pytest.mark.parametrize("verdict", ["", "guilty", "withdrawn", "SUSPECTED"])
def test_only_the_three_verdicts_are_known(site: Site, verdict: str):
    _, answer = send(site.client("sari"), verdict)
    assert (answer.status_code, said(site)) == (400, [])


@pytest.mark.parametrize("seconds", ["", "x", "-1", "nan", "inf", "1e99"])
def test_a_time_that_cannot_be_is_taken_from_the_record(site: Site, seconds: str):
    send(site.client("sari"), seconds=seconds)
    assert site.rows("SELECT seconds FROM judgements") == [(0.0,)]


def test_a_note_too_long_is_refused(site: Site):
    _, answer = send(site.client("sari"), note="a" * 10_001)
    assert (answer.status_code, said(site)) == (400, [])


def test_a_post_of_ones_own_agency_reads_like_one_that_is_not_there(site: Site):
    from scanner.review.users import recuse_user

    client = site.client("sari")
    form = {**form_of(client), "verdict": "unsure", "note": ""}
    recuse_user(site.store, "sari", by="joko", now=site.desk.now(), add=["Dinas Pendidikan Nusa Rimba"])
    hidden = client.post("/review/decide", data=form)
    absent = client.post("/review/decide", data={**form, "item": "tidak-ada", "key": new_key()})
    assert (hidden.status_code, hidden.text) == (absent.status_code, absent.text)
    assert (hidden.status_code, said(site)) == (404, [])


def test_who_comes_too_late_is_told_and_what_was_written_is_kept(site: Site):
    late = {**form_of(site.client("sari")), "verdict": "unsure", "note": "catatan saya"}
    site.rows("UPDATE assignments SET held_until = taken_at")
    for name in ("budi", "tina"):
        answer = site.client(name).post("/review/decide", data={**late, "key": new_key(), "note": ""})
        assert answer.status_code == 303
    answer = site.client("sari").post("/review/decide", data=late)
    assert answer.status_code == 409
    assert "Sudah terlambat" in answer.text
    assert [row[0] for row in said(site)] == ["budi", "tina"]
    assert site.rows("SELECT person, note FROM drafts") == [("sari", "catatan saya")]


def test_a_draft_comes_back_with_the_post_and_an_empty_one_is_forgotten(site: Site):
    client = site.client("sari")
    item = form_of(client)["item"]
    assert client.post("/review/draft", data={"item": item, "note": "setengah kal"}).status_code == 303
    page = BeautifulSoup(client.get("/review").text, "html.parser")
    assert page.select_one("#note").text == "setengah kal"
    script = client.post("/review/draft", data={"item": item, "note": ""}, headers={"x-desk": "fragment"})
    assert (script.status_code, site.rows("FROM drafts")) == (204, [])


def test_a_page_waits_for_the_words_of_its_reader_that_are_being_kept(site: Site, monkeypatch: pytest.MonkeyPatch):
    client, slow, begun = site.client("sari"), threading.Event(), threading.Event()
    item = form_of(client)["item"]

    def save_slowly(*args: Any, **kwargs: Any) -> None:
        begun.set()
        slow.wait(0.5)
        save_draft(*args, **kwargs)

    monkeypatch.setattr(pages_review, "save_draft", save_slowly)
    keeping = threading.Thread(
        target=client.post, args=("/review/draft",), kwargs={"data": {"item": item, "note": "hampir"}}
    )
    keeping.start()
    assert begun.wait(10)
    assert ">hampir</textarea>" in site.client("sari").get("/review").text
    keeping.join()


def test_nobody_keeps_a_draft_on_what_was_never_theirs(site: Site):
    item = form_of(site.client("sari"))["item"]
    assert site.client("budi").post("/review/draft", data={"item": item, "note": "x"}).status_code == 404
    assert site.rows("FROM drafts") == []


def test_an_undo_brings_the_post_back_before_all_others(site: Site):
    client = site.client("sari")
    form, _ = send(client)
    assert client.post("/review/undo", data={"key": new_key()}).status_code == 303
    assert form_of(client)["item"] == form["item"]
    assert [row[2] for row in said(site)] == ["not_violation", "withdrawn"]


def test_there_is_nothing_to_undo_at_the_beginning(site: Site):
    assert site.client("sari").post("/review/undo", data={"key": new_key()}).status_code == 400


def test_before_a_verdict_no_answer_tells_what_machine_or_others_think(site: Site):
    form, _ = send(site.client("budi"), "suspected", codes=["AJAKAN-PILIH"], note="catatan-rahasia")
    [(explanation, model)] = site.rows("SELECT explanation, model_id FROM flags WHERE id = $id", {"id": form["item"]})
    client = site.client("sari")
    draft = {"item": form["item"], "note": ""}
    answers = [
        client.get("/review"),
        client.get("/review/decided", params={"item": form["item"]}),
        client.get("/review/picture", params={"item": form["item"], "position": "0"}),
        client.post("/review/views", data=draft),
        client.post("/review/draft", data=draft),
        client.get("/guideline", headers={"x-desk": "fragment"}),
    ]
    told = "".join(f"{answer.headers}{answer.text}" for answer in answers)
    assert [answer.status_code for answer in answers] == [200, 404, 404, 404, 303, 200]
    for secret in ("catatan-rahasia", explanation, model, "<mark", "Budi", "keyakinan tinggi"):
        assert str(secret) not in told
    assert re.search(r"\b0[.,]\d{2,}", told) is None


def test_the_script_is_told_what_the_machine_saw_and_given_the_next_posts(site: Site):
    client = site.client("sari")
    form = {**form_of(client), "verdict": "unsure", "note": ""}
    answer = client.post("/review/decide", data=form, headers={"x-desk": "fragment"})
    piece = BeautifulSoup(answer.text, "html.parser")
    items = [str(article["data-item"]) for article in piece.select("article")]
    assert (answer.status_code, piece.find("html")) == (200, None)
    assert form["item"] not in items
    assert len(set(items)) == len(items) == 2
    assert piece.select_one("#decided a")["href"].startswith("/review/decided?item=")


def test_the_script_is_not_given_again_what_it_says_it_has_painted(site: Site):
    client = site.client("sari")
    page = BeautifulSoup(client.get("/review").text, "html.parser")
    first, second, third = (str(article["data-item"]) for article in page.select("article[data-item]"))
    form = {**form_of(client), "verdict": "unsure", "note": "", "painted": [second]}
    answer = client.post("/review/decide", data=form, headers={"x-desk": "fragment"})
    items = [str(article["data-item"]) for article in BeautifulSoup(answer.text, "html.parser").select("article")]
    assert (form["item"], items) == (first, [third])
