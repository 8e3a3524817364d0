"""No unsafe route of the desk does what another page makes a browser send, and no safe one changes anything (A4)."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.domain.users import Role
from scanner.web.pages import PAGES
from tests.store.samples import dump
from tests.web.conftest import PEOPLE, Site

UNSAFE = [page for page in PAGES if page.method != "GET"]
FORGED: dict[str, dict[str, str]] = {
    "another origin": {"origin": "https://evil.example"},
    "no origin of its own": {"origin": "null"},
    "neither": {},
    "cross-site": {"sec-fetch-site": "cross-site"},
    "same-site": {"sec-fetch-site": "same-site"},
    "typed": {"sec-fetch-site": "none"},
    "plain text": {"sec-fetch-site": "same-origin", "content-type": "text/plain"},
    "multipart": {"sec-fetch-site": "same-origin", "content-type": "multipart/form-data; boundary=x"},
}
OVERRIDES = {"x-http-method-override": "POST", "x-http-method": "POST", "x-method-override": "POST"}


def held(site: Site) -> dict[str, list[Any]]:
    """Return what is on record, but for when sessions were last used."""
    with site.store.lease("test") as lease:
        return dump(lease) | {"sessions": lease.rows("SELECT id, user_name FROM sessions ORDER BY id")}


def address(path: str) -> str:
    return path.replace("{id:path}", "x").replace("{id}", "x").replace("{name}", "x")


@pytest.mark.parametrize("page", UNSAFE, ids=lambda page: f"{page.method} {page.path}")
def test_what_other_pages_make_a_browser_send_is_refused_and_changes_nothing(shared_site: Site, page: Any):
    before = held(shared_site)
    for who in PEOPLE:
        client = shared_site.client(who)
        del client.headers["sec-fetch-site"]
        for name, headers in FORGED.items():
            sent = {"content-type": "application/x-www-form-urlencoded", **headers}
            answer = client.request(page.method, address(page.path), headers=sent, content=b"name=sari")
            assert (who, name, answer.status_code) == (who, name, 403)
    assert held(shared_site) == before


@pytest.mark.parametrize("page", UNSAFE, ids=lambda page: f"{page.method} {page.path}")
def test_reading_an_unsafe_route_with_an_override_does_nothing(shared_site: Site, page: Any):
    before = held(shared_site)
    client = shared_site.client(Role.ADJUDICATOR)
    answer = client.get(f"{address(page.path)}?_method=POST&name=sari", headers=OVERRIDES)
    assert answer.status_code in (200, 404, 405)
    assert held(shared_site) == before
