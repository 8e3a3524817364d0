"""What two agreed on, at the desk: listed for the adjudicator, opened by an act, referred and marked from there."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup

from tests.review.desks import NO, YES, say
from tests.web.conftest import Site

HIDDEN = ("kata sari", "kata budi", "Penilai 1", "Yang dilihat mesin", "<mark", "AJAKAN-PILIH")
"""What is told of an item where it is laid open, and nowhere before."""

DRAW = """
    INSERT INTO draws BY NAME
    SELECT v.id, v.post_id, p.account_id, f.election_id, f.phase, v.posted_at, v.captured_at AS known_at,
           CAST(v.captured_at AS DATE) AS "day"
    FROM versions AS v JOIN posts AS p ON p.id = v.post_id, (FROM flags LIMIT 1) AS f WHERE v.id = ? RETURNING id"""


def flagged(site: Site) -> list[str]:
    return [str(one) for (one,) in site.rows("SELECT id FROM flags ORDER BY id")]


def settle(site: Site, item: str, verdict=YES) -> str:
    for name in ("sari", "budi"):
        say(site.store, name, verdict, item, note=f"kata {name}", now=site.desk.now())
    return item


def cards(site: Site, query: str = "") -> list[str]:
    answer = site.client("joko").get(f"/settled{query}")
    assert answer.status_code == 200
    assert not any(word in answer.text for word in HIDDEN)
    found = BeautifulSoup(answer.text, "html.parser").select("form[action='/settled/open'] [name=item]")
    return [str(one["value"]) for one in found]


def decided(item: str) -> str:
    return f"/review/decided?item={quote(item, safe='')}"


def test_what_is_settled_is_listed_with_what_is_left_of_its_deadline(site: Site):
    first, second, third = flagged(site)
    settle(site, first)
    settle(site, second, NO)
    assert cards(site) == [first]
    assert cards(site, "?state=SIAP-RUJUK") == [first]
    assert cards(site, "?state=BUKAN") == [second]
    assert cards(site, "?state=RUJUKAN") == []
    page = site.client("joko").get("/settled").text
    assert "siap dirujuk" in page
    assert "hari lagi" in page
    assert third not in page
    assert site.rows("SELECT DISTINCT actor FROM audit WHERE action = 'settled.show'") == [("joko",)]


@pytest.mark.parametrize("query", ["?state=TELAAH-1", "?state=ANTREAN", "?page=0", "?page=x"])
def test_what_cannot_be_asked_is_refused(shared_site: Site, query: str):
    assert shared_site.client("joko").get(f"/settled{query}").status_code == 400


def test_it_is_opened_referred_and_made_gold_without_a_view_of_ones_own(site: Site):
    item, client = settle(site, flagged(site)[0]), site.client("joko")
    assert client.get(decided(item)).status_code == 404
    answer = client.post("/settled/open", data={"item": item})
    assert (answer.status_code, answer.headers["location"]) == (303, decided(item))
    page = client.get(decided(item)).text
    assert all(words in page for words in ("kata sari", "kata budi", "Yang dilihat mesin", "Butir uji"))
    assert "Penilaian Anda" not in page
    assert "/review/rule" not in page
    assert client.post("/review/refer", data={"item": item, "sure": "yes"}).status_code == 303
    assert client.post("/review/gold", data={"item": item, "reason": "jelas"}).status_code == 303
    assert cards(site, "?state=RUJUKAN") == [item]
    assert "pernah Anda buka" in client.get("/settled").text
    assert site.rows("SELECT subject FROM audit WHERE action = 'settled.open'") == [(item,)]
    assert site.rows("SELECT stage FROM assignments WHERE person = 'joko'") == [("adjudication",)]


def test_what_was_found_in_the_sample_says_what_can_be_done_with_it(site: Site):
    [item] = site.rows("SELECT id FROM versions WHERE id NOT IN (SELECT id FROM flags)")[0]
    site.rows(DRAW, [item])
    settle(site, item)
    client = site.client("joko")
    assert cards(site, "?state=KLARIFIKASI") == [item]
    assert "diundi, tidak ditandai mesin" in client.get("/settled").text
    client.post("/settled/open", data={"item": item})
    page = BeautifulSoup(client.get(decided(item)).text, "html.parser")
    assert "menambahkan yang terlewat pada aturan" in page.select_one("#referral").get_text()
    assert page.select("form[action='/review/refer']") == []
    assert client.post("/review/refer", data={"item": item, "sure": "yes"}).status_code == 422
    assert client.post("/review/gold", data={"item": item, "reason": "jelas"}).status_code == 303


def test_not_one_byte_of_what_is_open_comes_out_here(site: Site):
    """One of the two has judged it: to the adjudicator it reads like what is not there, whatever they ask."""
    item, client = flagged(site)[0], site.client("joko")
    say(site.store, "sari", YES, item, note="kata sari", now=site.desk.now())
    hidden, absent = (client.post("/settled/open", data={"item": one}) for one in (item, "tidak-ada"))
    assert (hidden.status_code, hidden.content) == (absent.status_code, absent.content) == (404, absent.content)
    told = [client.get(address).text for address in ("/settled", "/settled?state=BUKAN", "/review", decided(item))]
    told += [client.post(path, data={"item": item}).text for path in ("/settled/open", "/review/views")]
    assert not any(word in page for word in HIDDEN for page in told)
    assert site.rows("SELECT count(*) FROM assignments WHERE person = 'joko'") == [(0,)]


def test_opened_and_open_again_it_is_hidden_until_two_disagree(site: Site):
    item, client = settle(site, flagged(site)[0]), site.client("joko")
    client.post("/settled/open", data={"item": item})
    budi = site.client("budi")
    assert budi.post("/review/last", data={"item": item, "key": "u"}).status_code == 303
    absent = client.get(decided("tidak-ada"))
    assert (client.get(decided(item)).content, client.get("/review").status_code) == (absent.content, 200)
    say(site.store, "budi", NO, item, key="anew", now=site.desk.now())
    assert client.get("/review").headers["location"] == decided(item), "they have seen it: only the ruling is left"
    form = {"item": item, "key": "r", "verdict": "not_violation", "reason": "mengutip berita"}
    assert "/review/rule" in client.get(decided(item)).text
    assert client.post("/review/rule", data=form).status_code == 303
    assert cards(site, "?state=BUKAN") == [item]


def test_who_has_nothing_to_rule_on_is_told_what_they_get(shared_site: Site):
    page = shared_site.client("joko").get("/review").text
    assert "yang dinilai berbeda oleh dua penelaah" in page
    assert "<article" not in page
    assert "yang dinilai berbeda" not in shared_site.client("sari").get("/review").text
