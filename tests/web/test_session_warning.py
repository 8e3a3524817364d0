"""Every page tells its script how long the session lasts, and using it lets it go on; strangers' pages tell nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup, Tag

from scanner.review.signin import IDLE, LONGEST, TOUCH
from tests.web.conftest import PEOPLE, Site


def told(site: Site, name: str | None, address: str = "/guideline") -> Tag | None:
    return BeautifulSoup(site.client(name).get(address).text, "html.parser").select_one("#session")


@pytest.mark.parametrize("name", PEOPLE)
def test_whoever_is_signed_in_is_told(shared_site: Site, name: str):
    box = told(shared_site, name)
    assert box is not None
    assert box["role"] == "status"
    assert int(box["data-idle"]) == (IDLE - TOUCH).total_seconds()
    assert int(box["data-left"]) == (LONGEST - timedelta(minutes=1)).total_seconds(), "they came a minute ago"
    assert all(line.has_attr("hidden") for line in box.select("p")), "without the script nothing is said"


def test_strangers_are_told_nothing(shared_site: Site):
    page = shared_site.client().get("/sign-in").text
    assert 'id="session"' not in page
    assert "session." not in page


def test_pages_that_say_no_tell_it_too(shared_site: Site):
    assert told(shared_site, "sari", "/audit") is not None
    assert told(shared_site, "sari", "/review/decided?item=tidak-ada") is not None


def test_going_on_counts_as_use(site: Site):
    seen = "SELECT seen_at FROM sessions WHERE user_name = 'sari'"
    early = site.desk.now() - timedelta(minutes=29)
    site.rows("UPDATE sessions SET seen_at = $at WHERE user_name = 'sari' RETURNING id", {"at": early})
    answer = site.client("sari").post("/session", headers={"x-desk": "fragment"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert site.rows(seen) == [(site.desk.now(),)]
    assert site.client("sari").post("/session").headers["location"] == "/"


def test_what_has_ended_does_not_go_on(site: Site):
    site.rows("UPDATE sessions SET seen_at = $at RETURNING id", {"at": site.desk.now() - IDLE})
    assert site.client("sari").post("/session", headers={"x-desk": "fragment"}).status_code == 401
