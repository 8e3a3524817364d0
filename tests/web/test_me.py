"""One's own page: what one may set, what is refused, and nobody else's figures."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup

from scanner.domain.users import Language, Role, User
from scanner.review.keys import DEFAULT
from scanner.store import users
from tests.people import CODE_LATER
from tests.web.conftest import PEOPLE, Site

NEW = "perahu ungu melompati pagar"


def user(site: Site, name: str) -> User:
    with site.store.lease("test") as lease:
        return users.require_user(lease, name)


def last_event(site: Site) -> tuple[Any, ...]:
    return site.rows("SELECT actor, action, subject FROM audit ORDER BY seq DESC LIMIT 1")[0]


@pytest.mark.parametrize("name", PEOPLE)
def test_everybody_has_one_and_it_names_nobody_else(shared_site: Site, name: str):
    page = shared_site.client(name).get("/me")
    assert page.status_code == 200
    assert not [other for other in PEOPLE if other != name and f">{other.title()}<" in page.text]
    judges = PEOPLE[name] in (Role.REVIEWER, Role.ADJUDICATOR)
    assert ("Irama saya" in page.text) is (PEOPLE[name] is Role.REVIEWER)
    assert ("Putusan saya" in page.text) is (PEOPLE[name] is Role.ADJUDICATOR)
    assert ('action="/me/keys"' in page.text) is judges


def test_the_language_is_kept_and_used_from_the_next_page_on(site: Site):
    client = site.client("putri")
    assert client.post("/me/language", data={"language": "en"}).headers["location"] == "/me?saved=language"
    page = client.get("/me?saved=language").text
    assert '<html lang="en">' in page
    assert "Language saved." in page
    assert last_event(site) == ("putri", "user.language", "putri")
    assert user(site, "agus").language is Language.ID


@pytest.mark.parametrize("language", ["", "ms", "EN", "id\n"])
def test_another_language_is_refused(site: Site, language: str):
    assert site.client("putri").post("/me/language", data={"language": language}).status_code == 400
    assert user(site, "putri").language is Language.ID


def test_own_keys_are_kept_shown_and_told_to_the_review_page(site: Site):
    client = site.client("sari")
    answer = client.post("/me/keys", data={**DEFAULT, "reject": "J"})
    assert answer.headers["location"] == "/me?saved=keys"
    assert user(site, "sari").keys == {"reject": "j"}
    assert last_event(site) == ("sari", "user.keys", "sari")
    page = BeautifulSoup(client.get("/me").text, "html.parser")
    assert page.select_one("[name=reject]")["value"] == "j"
    assert page.select_one("[name=unsure]")["value"] == " "
    assert ">J</kbd>" in client.get("/review").text
    assert user(site, "budi").keys == {}


def test_keys_can_be_switched_off(site: Site):
    site.client("sari").post("/me/keys", data={**DEFAULT, "off": "yes"})
    assert user(site, "sari").keys == {"off": "yes"}
    assert 'data-keys-off="yes"' in site.client("sari").get("/review").text
    site.client("sari").post("/me/keys", data=DEFAULT)
    assert user(site, "sari").keys == {}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reject": "a"}, "both"),
        ({"reject": ""}, "printable"),
        ({"note": "ab"}, "printable"),
        ({"undo": "é"}, "printable"),
    ],
)
def test_keys_that_collide_or_type_nothing_are_refused_and_what_was_typed_stays(
    site: Site, changes: dict[str, str], words: str
):
    answer = site.client("sari").post("/me/keys", data={**DEFAULT, **changes})
    page = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 422
    assert words in page.select_one("[role=alert]").get_text()
    for act, key in changes.items():
        assert page.select_one(f"[name={act}]")["value"] == key
    assert user(site, "sari").keys == {}


def test_acts_nobody_knows_are_not_stored(site: Site):
    assert site.client("sari").post("/me/keys", data={**DEFAULT, "role": "dpo", "delete": "q"}).status_code == 303
    assert user(site, "sari").keys == {}
    assert user(site, "sari").role is Role.REVIEWER


def form(site: Site, who: str, **changes: str) -> dict[str, str]:
    person = site.people[who]
    code = person.code(site.desk.now())
    return {"password": person.password, "code": code, "new": NEW, "again": NEW, **changes}


def test_another_password_ends_every_session_and_is_the_one_that_fits_from_then_on(site: Site):
    client, person = site.client("sari"), site.people["sari"]
    answer = client.post("/me/password", data=form(site, "sari"))
    assert answer.headers["location"] == "/sign-in"
    assert site.client("sari").get("/me").headers["location"] == "/sign-in"
    later = site.desk.now() + CODE_LATER
    assert person.enter(site.store, later, password=NEW).user.name == "sari"
    assert site.client("budi").get("/me").status_code == 200


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"password": "bukan ini"}, "tidak cocok"),
        ({"code": "000000x"}, "tidak cocok"),
        ({"again": NEW + "!"}, "differ"),
        ({"new": "pendek", "again": "pendek"}, "6 characters"),
        ({"new": "sarisarisari", "again": "sarisarisari"}, "guessed"),
    ],
)
def test_a_password_is_not_changed_without_proof_or_for_a_poor_one(site: Site, changes: dict[str, str], words: str):
    answer = site.client("sari").post("/me/password", data=form(site, "sari", **changes))
    assert answer.status_code == 422
    assert words in BeautifulSoup(answer.text, "html.parser").select_one("[role=alert]").get_text()
    assert NEW not in answer.text
    assert site.client("sari").get("/me").status_code == 200


def test_the_form_is_always_about_whoever_is_signed_in(site: Site):
    answer = site.client("sari").post("/me/password", data=form(site, "budi", name="budi"))
    assert answer.status_code == 422
    assert site.client("budi").get("/me").status_code == 200


def test_other_sessions_are_shown_and_ended_and_this_one_goes_on(site: Site):
    elsewhere = site.people["sari"].enter(site.store, site.desk.now() + timedelta(seconds=30), address="198.51.100.4")
    client = site.client("sari")
    assert "198.51.100.4" in client.get("/me").text
    assert "198.51.100.4" not in site.client("budi").get("/me").text
    assert client.post("/me/sessions").headers["location"] == "/me?saved=sessions"
    assert last_event(site) == ("sari", "user.sign_out", "sari")
    assert "198.51.100.4" not in client.get("/me").text
    other = site.client("sari")
    other.cookies.set("session", elsewhere.token)
    assert client.get("/me").status_code == 200
    assert site.rows("SELECT count(*) FROM sessions WHERE user_name = 'sari'") == [(1,)]
    assert site.rows("SELECT count(*) FROM sessions WHERE user_name = 'budi'") == [(1,)]


def test_one_sees_ones_own_pace_once_there_is_enough_of_it(site: Site):
    page = BeautifulSoup(site.client("sari").get("/me").text, "html.parser")
    assert page.get_text().count("belum cukup") == 2
    assert "leaderboard" not in page.get_text().lower()


def test_an_adjudicator_sees_what_they_ruled_and_gets_to_what_is_settled(shared_site: Site):
    page = BeautifulSoup(shared_site.client("joko").get("/me").text, "html.parser")
    assert [one.get_text() for one in page.select(".facts dd")] == ["0", "belum cukup", "belum cukup"]
    assert page.select("main a[href='/settled']")


def test_an_unknown_message_is_not_repeated(site: Site):
    page = site.client("sari").get("/me?saved=<b>x").text
    assert "notice good" not in page
    assert "b>x" not in page


def test_whoever_comes_in_with_a_password_made_for_them_is_led_to_choose_their_own(site: Site):
    person, client = site.people["putri"], site.client()
    at = site.desk.now()
    given = {"name": "putri", "password": person.password, "code": person.code(at)}
    first = client.post("/sign-in", data=given)
    assert first.headers["location"] == "/me?drawn=yes#password"
    told = "Kata sandi Anda dibuatkan"
    assert told in client.get(first.headers["location"]).text
    assert told not in client.get("/me").text
    later = {"password": person.password, "code": person.code(at + CODE_LATER), "new": NEW, "again": NEW}
    assert client.post("/me/password", data=later).status_code == 303
