"""Who may use which route (reliability A1): every cell of the table is asked, and a route without an entry fails."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from starlette.routing import Route

from scanner.domain.users import Role
from scanner.web.pages import PAGES, navigation
from tests.people import make_user
from tests.web.conftest import PEOPLE, Site

ANYBODY = None
EVERYBODY = frozenset(Role)
JUDGES = frozenset({Role.REVIEWER, Role.ADJUDICATOR})
OVERSEERS = frozenset({Role.AUDITOR, Role.DPO})
OFFICE = frozenset({Role.ANALYST, *OVERSEERS})

TABLE: Mapping[tuple[str, str], frozenset[Role] | None] = {
    ("GET", "/"): EVERYBODY,
    ("GET", "/sign-in"): ANYBODY,
    ("POST", "/sign-in"): ANYBODY,
    ("POST", "/sign-out"): EVERYBODY,
    ("POST", "/session"): EVERYBODY,
    ("GET", "/static/{name}"): ANYBODY,
    ("GET", "/guideline"): EVERYBODY,
    ("GET", "/review"): JUDGES,
    ("POST", "/review/decide"): JUDGES,
    ("POST", "/review/undo"): JUDGES,
    ("POST", "/review/draft"): JUDGES,
    ("GET", "/review/picture"): JUDGES,
    ("GET", "/review/decided"): JUDGES,
    ("POST", "/review/views"): JUDGES,
    ("POST", "/review/rule"): frozenset({Role.ADJUDICATOR}),
    ("POST", "/review/alike"): frozenset({Role.REVIEWER}),
    ("GET", "/settled"): frozenset({Role.ADJUDICATOR}),
    ("POST", "/settled/open"): frozenset({Role.ADJUDICATOR}),
    ("GET", "/review/rest"): JUDGES,
    ("POST", "/review/gold"): frozenset({Role.ADJUDICATOR}),
    ("POST", "/review/gold/retire"): frozenset({Role.ADJUDICATOR}),
    ("POST", "/review/refer"): frozenset({Role.ADJUDICATOR}),
    ("GET", "/review/last"): JUDGES,
    ("POST", "/review/last"): JUDGES,
    ("GET", "/search"): OFFICE | JUDGES,
    ("GET", "/accounts"): OFFICE | {Role.ADJUDICATOR},
    ("GET", "/accounts/{id:path}"): OFFICE | {Role.ADJUDICATOR},
    ("GET", "/runs"): OFFICE,
    ("GET", "/runs/{id}"): OFFICE,
    ("GET", "/audit"): OVERSEERS,
    ("POST", "/audit/check"): OVERSEERS,
    ("GET", "/summary"): EVERYBODY - {Role.REVIEWER},
    ("GET", "/agreement"): frozenset({Role.ADJUDICATOR, Role.AUDITOR, Role.RESEARCHER}),
    ("GET", "/agreement.csv"): frozenset({Role.ADJUDICATOR, Role.AUDITOR, Role.RESEARCHER}),
    ("GET", "/me"): EVERYBODY,
    ("POST", "/me/language"): EVERYBODY,
    ("POST", "/me/keys"): JUDGES,
    ("POST", "/me/password"): EVERYBODY,
    ("POST", "/me/sessions"): EVERYBODY,
}
FIRST = {role: name for name, role in reversed(PEOPLE.items())}
"""One person of each role."""


def routed(site: Site) -> set[tuple[str, str]]:
    """Return what the app really answers to; Starlette adds HEAD to every GET."""
    routes = site.app._app.routes
    assert all(isinstance(route, Route) for route in routes)
    return {(method, route.path) for route in routes for method in route.methods - {"HEAD"}}


def test_every_route_has_an_entry_and_every_entry_a_route(shared_site: Site):
    assert routed(shared_site) == TABLE.keys()


@pytest.mark.parametrize("route", TABLE, ids=" ".join)
def test_every_cell_of_the_table(site: Site, route: tuple[str, str]):
    for name in (None, *FIRST.values()):
        status, to = ask(site, route, name)
        roles = TABLE[route]
        if roles is None or PEOPLE.get(name) in roles:
            assert status not in (401, 403), name
            assert (status, to) != (303, "/sign-in") or route == ("POST", "/sign-out"), name
        elif name is not None:
            assert status == 403, name
        else:
            assert (status, to) == ((303, "/sign-in") if route[0] == "GET" else (401, None))


def ask(site: Site, route: tuple[str, str], name: str | None) -> tuple[int, str | None]:
    method, path = route
    address = path.replace("{id:path}", "tidak-ada").replace("{id}", "tidak-ada").replace("{name}", "tidak-ada")
    answer = site.client(name).request(method, address)
    assert answer.status_code < 500, answer.text
    return answer.status_code, answer.headers.get("location")


def test_a_method_nobody_named_is_refused(shared_site: Site):
    for method, path in TABLE:
        other = "PUT" if ("POST", path) in TABLE else "POST" if method == "GET" else "GET"
        if (other, path) not in TABLE:
            address = path.replace("{id:path}", "x").replace("{id}", "x").replace("{name}", "x")
            assert shared_site.client("agus").request(other, address).status_code == 405, (other, path)


@pytest.mark.parametrize("name", FIRST.values())
def test_whoever_asks_by_get_changes_nothing_but_the_chain_and_what_is_in_hand(site: Site, name: str):
    before = held(site)
    for method, path in TABLE:
        if method == "GET":
            ask(site, (method, path), name)
    assert held(site) == before


def held(site: Site) -> dict[str, list[tuple[object, ...]]]:
    spared = ("audit", "assignments", "sessions")
    with site.store.lease("test") as lease:
        tables = [name for (name,) in lease.rows("SELECT table_name FROM duckdb_tables()") if name not in spared]
        return {name: sorted(lease.rows(f'FROM "{name}"'), key=repr) for name in tables}


@pytest.mark.parametrize("role", Role)
def test_the_navigation_leads_only_where_the_role_may_go(shared_site: Site, role: Role):
    client = shared_site.client(role)
    found = [page.path for page in navigation(make_user(role=role))]
    assert found
    for path in found:
        assert client.get(path).status_code == 200, path
    assert client.get("/").headers["location"] == found[0]
    hidden = [page.path for page in PAGES if page.heading and page.path not in found]
    page = client.get(found[-1]).text
    assert all(f'href="{path}"' in page for path in found)
    assert not any(f'href="{path}"' in page for path in hidden)
