"""The audit page: newest first, filtered by what is known, a hundred a page; and the check tells what is wrong."""

from __future__ import annotations

import json

import pytest
from bs4 import BeautifulSoup, Tag

from scanner.domain.users import Role
from scanner.store import audit
from scanner.web.pages.audit import SIZE
from tests.web.conftest import Site


def rows(site: Site, query: str = "") -> list[list[str]]:
    answer = site.client(Role.AUDITOR).get(f"/audit?{query}")
    assert answer.status_code == 200, answer.text
    found = BeautifulSoup(answer.text, "html.parser").select("tbody tr")
    return [[cell.get_text() for cell in row.select("td")] for row in found]


def add(site: Site, count: int, **changes: str) -> None:
    values = {"actor": "sari", "action": "item.show", "subject": "x:1", **changes}
    with site.store.lease("test") as lease:
        for _ in range(count):
            audit.append(lease, detail={}, at=site.desk.now(), **values)


def test_the_newest_event_comes_first_and_is_the_reading_itself(site: Site):
    first, second = rows(site)[0], rows(site)[0]
    assert first[2:5] == ["agus", "audit.show", "audit"]
    assert int(second[0]) == int(first[0]) + 1


def test_filters_narrow_by_who_did_what_to_what(site: Site):
    add(site, 2)
    add(site, 1, actor="budi", subject="x:2")
    assert len(rows(site, "action=item.show")) == 3
    assert len(rows(site, "action=item.show&actor=budi")) == 1
    assert {row[4] for row in rows(site, "subject=x:1")} == {"x:1"}
    assert rows(site, "since=2001-01-01&until=2001-01-02") == []


@pytest.mark.parametrize("query", ["actor=nobody", "action=drop", "action=item.show%27--", "page=0", "since=x"])
def test_what_is_not_known_is_refused(site: Site, query: str):
    assert site.client(Role.DPO).get(f"/audit?{query}").status_code == 400


def test_a_hundred_stand_on_a_page(site: Site):
    add(site, SIZE + 5)
    assert len(rows(site, "action=item.show")) == SIZE
    assert len(rows(site, "action=item.show&page=2")) == 5


def check(site: Site) -> Tag:
    answer = site.client(Role.AUDITOR).post("/audit/check")
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def test_a_whole_chain_is_said_to_be_whole_and_the_check_is_an_event(site: Site):
    page = check(site)
    assert "Rantai utuh" in page.select_one("main [role=status]").get_text()
    assert rows(site)[1][3] == "audit.verify"


def test_the_anchored_head_is_shown_as_it_is_on_the_disk(site: Site):
    anchor = json.loads(audit.anchor_path(site.store.path.parent).read_text())
    page = BeautifulSoup(site.client(Role.DPO).get("/audit").text, "html.parser")
    assert anchor["hash"] in page.get_text()


def test_an_altered_event_is_named_and_no_path_is(site: Site):
    with site.store.lease("test") as lease:
        lease.execute("UPDATE audit SET actor = 'orang lain' WHERE seq = 3")
    words = check(site).select_one("[role=alert]").get_text()
    assert "event 3 was altered" in words
    assert str(site.store.path.parent) not in words


def test_a_cut_chain_still_opens_and_says_so(site: Site):
    with site.store.lease("test") as lease:
        lease.execute("DELETE FROM audit WHERE seq > 5")
    page = BeautifulSoup(site.client(Role.AUDITOR).get("/audit").text, "html.parser")
    assert "tidak dapat dilanjutkan" in page.select_one("[role=alert]").get_text()
    assert "cut off" in check(site).select_one("[role=alert]").get_text()
    assert site.rows("SELECT count(*) FROM audit") == [(5,)]


def test_a_missing_anchor_is_a_finding(site: Site):
    audit.anchor_path(site.store.path.parent).unlink()
    page = check(site)
    assert "the anchor is missing" in page.get_text()
    assert str(site.store.path.parent) not in page.get_text()
