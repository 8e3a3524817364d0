"""Sessions as a browser meets them (reliability A3): the cookies, and what an old one is worth a moment later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from http.cookies import Morsel, SimpleCookie

import pytest
from starlette.testclient import TestClient

from scanner.domain.users import Role
from scanner.review import users
from scanner.review.signin import IDLE
from tests.people import CHEAP
from tests.web.conftest import Site

WHO = "budi"


def enter(site: Site, client: TestClient, *, later: int = 60, **changes: str) -> dict[str, Morsel[str]]:
    """Sign in by the form; return the cookies set. `later` makes another code."""
    person, at = site.people[WHO], site.desk.now() + timedelta(seconds=later - 60)
    given = {"name": person.name, "password": person.password, "code": person.code(at), **changes}
    answer = client.post("/sign-in", data=given)
    found: SimpleCookie = SimpleCookie()
    for value in answer.headers.get_list("set-cookie"):
        found.load(value)
    assert answer.status_code == (303 if found else 401)
    return dict(found)


def is_in(site: Site, token: str) -> bool:
    client = site.client()
    client.cookies.set("session", token)
    status = client.get("/me").status_code
    assert status in (200, 303)
    return status == 200


def test_signing_in_sets_two_cookies_out_of_scripts_reach_and_the_session_is_new(site: Site):
    client = site.client()
    client.cookies.set("session", "dibawa-dari-luar")
    found = enter(site, client)
    assert set(found) == {"session", "device"}
    for cookie in found.values():
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "strict", "/")
    assert found["session"].value != "dibawa-dari-luar"
    assert is_in(site, found["session"].value)
    assert not is_in(site, "dibawa-dari-luar")


def test_signing_in_anew_ends_the_session_the_browser_had(site: Site):
    client = site.client(WHO)
    had = site.tokens[WHO]
    assert is_in(site, had)
    found = enter(site, client)
    assert not is_in(site, had)
    assert is_in(site, found["session"].value)


@pytest.mark.parametrize("changes", [{"password": "x"}, {"code": "12345x"}, {"name": "tidak.ada"}, {"name": ""}])
def test_who_is_refused_gets_no_cookie_and_the_same_page(site: Site, changes: dict[str, str]):
    assert enter(site, site.client(), **changes) == {}
    assert site.rows("SELECT count(*) FROM sessions WHERE user_name = $name", {"name": WHO}) == [(1,)]


ENDINGS: dict[str, Callable[[Site], object]] = {
    "signed out": lambda site: site.client(WHO).post("/sign-out"),
    "another role": lambda site: users.change_role(site.store, WHO, Role.AUDITOR, by="joko", now=site.desk.now()),
    "shut out": lambda site: users.disable_user(site.store, WHO, by="joko", now=site.desk.now()),
    "reset": lambda site: users.reset_user(site.store, WHO, by="joko", now=site.desk.now(), hasher=CHEAP),
}


@pytest.mark.parametrize("how", ENDINGS)
def test_an_old_cookie_is_worth_nothing_with_the_next_request(site: Site, how: str):
    token = site.tokens[WHO]
    assert is_in(site, token)
    ENDINGS[how](site)
    assert not is_in(site, token)
    assert site.client(WHO).post("/review/undo", data={"flag": "x"}).status_code == 401


def test_signing_out_takes_the_cookie_back_and_clears_the_browser(site: Site):
    answer = site.client(WHO).post("/sign-out")
    assert answer.status_code == 303
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert 'session=""' in answer.headers["set-cookie"]
    assert "Max-Age=0" in answer.headers["set-cookie"]


def test_a_session_not_used_for_thirty_minutes_is_over(site: Site):
    token = site.tokens[WHO]
    site.rows(
        "UPDATE sessions SET seen_at = $at WHERE user_name = $name RETURNING id",
        {"at": site.desk.now() - IDLE, "name": WHO},
    )
    assert not is_in(site, token)
