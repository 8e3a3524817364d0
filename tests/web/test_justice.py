"""What the desk must never offer (reliability PU3, guardrails G8, G15): ranks, sums over a person, participants."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from urllib.parse import quote

import pytest

import scanner.web
from scanner.store import histories, searches, trails
from scanner.web.pages import PAGES
from tests.web.conftest import Site

ROOT = Path(scanner.web.__file__).parent
TEMPLATES = sorted((ROOT / "templates").glob("*.html"))
ASKED = {
    "words", "account", "platform", "since", "until", "state", "sort", "name", "actor", "action", "subject", "page",
    "item", "position", "saved", "again", "done", "drawn",
}  # fmt: skip
"""Everything an address may ask for. Whoever adds one thinks of participants first."""
SENT = {
    "name", "password", "code", "item", "key", "verdict", "codes", "note", "reason", "seconds", "language", "new",
    "again", "off", "reject", "unsure", "suspected", "undo", "context", "guideline", "help",
    "like", "items", "late_because", "sure",
}  # fmt: skip
"""Everything a form may send."""
BANNED = re.compile(
    r"rank|leader|score_sum|total_score|participant|paslon|partai|party|candidate|calon\b|peserta", re.I
)


def asked_in(path: Path) -> set[str]:
    """Return the names by which a view reads the address: `visit.query("item")`, `filters.words(visit, "name")`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            place = {"query": 0, "words": 1, "choice": 1}.get(node.func.attr)
            if place is not None and len(node.args) > place and isinstance(node.args[place], ast.Constant):
                found.add(str(node.args[place].value))
    return found


@pytest.mark.parametrize("path", sorted((ROOT / "pages").glob("*.py")), ids=lambda path: path.name)
def test_no_view_asks_for_a_participant_or_an_order_of_persons(path: Path):
    assert asked_in(path) <= ASKED


def test_the_scan_of_views_sees_what_they_ask_for():
    assert {"words", "platform", "state", "sort"} <= asked_in(ROOT / "pages" / "search.py")
    assert not any(BANNED.search(one) for one in ASKED | SENT)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_form_has_a_field_for_it(path: Path):
    names = re.findall(r'<(?:input|select|textarea|button)[^>]*\bname="([^"{]+)"', path.read_text("utf-8"))
    assert set(names) <= ASKED | SENT


def test_no_route_is_about_it():
    assert not [page.path for page in PAGES if BANNED.search(page.path)]


def test_posts_are_ordered_by_time_alone():
    assert set(searches.Sort) == {"newest", "oldest", "captured"}
    assert set(searches.Wanted.__dataclass_fields__) == {
        "words", "account", "platform", "since", "until", "state", "sort",
    }  # fmt: skip


@pytest.mark.parametrize("module", [searches, histories, trails], ids=lambda module: module.__name__)
def test_no_query_of_these_pages_reads_scores_or_what_anybody_said(module: object):
    source = Path(str(module.__file__)).read_text("utf-8")  # type: ignore[attr-defined]
    queries = " ".join(re.findall(r'"""(.*?)"""', source, re.DOTALL)[1:]).lower()
    tables = set(re.findall(r"\b(?:from|join)\s+([a-z_]+)", queries))
    assert tables.isdisjoint({"scores", "signals", "flag_findings", "judgements", "standing_judgements", "referrals"})
    assert "mentions" not in queries


@pytest.mark.parametrize("name", ["ratna", "joko", "agus", "dian"])
def test_an_accounts_page_is_the_same_whether_anything_of_it_was_flagged(site: Site, name: str):
    """So it holds no score, no number of flags, nothing said by anybody, and no order that follows from them."""
    [(account,)] = site.rows("SELECT DISTINCT account_id FROM flags")
    client, addresses = site.client(name), ("/accounts", f"/accounts/{quote(str(account), safe='')}")
    before = [client.get(address).content for address in addresses]
    with site.store.lease("test") as lease:
        for table in ("flags", "flag_findings", "signals", "exculpatory", "scores", "assignments"):
            lease.execute(f'DELETE FROM "{table}"')
    assert [client.get(address).content for address in addresses] == before


@pytest.mark.parametrize("name", ["sari", "joko"])
def test_whoever_judges_finds_the_same_posts_alike_whether_flagged_or_not(site: Site, name: str):
    client, address = site.client(name), "/search?words="
    before = client.get(address).content
    with site.store.lease("test") as lease:
        for table in ("flags", "flag_findings", "signals", "scores"):
            lease.execute(f'DELETE FROM "{table}"')
    assert client.get(address).content == before
    assert client.get("/search?state=waiting").status_code == 400


def test_accounts_stand_by_agency_and_handle_alone(site: Site):
    page = site.client("agus").get("/accounts").text
    found = re.findall(r"<td>(Dinas [^<]+)<small", page)
    assert found == sorted(found, key=str.casefold)
    assert len(found) == 3
    for order in ("sort=score", "sort=flags", "order=-posts"):
        other = site.client("agus").get(f"/accounts?{order}").text
        assert re.findall(r"<td>(Dinas [^<]+)<small", other) == found


def test_no_page_gives_many_names_as_a_file():
    assert [page.path for page in PAGES if page.path.endswith((".csv", ".json", ".xlsx"))] == ["/agreement.csv"]
