"""Accounts: listing, coverage day by day with words, posts with every text, captures; each reading is one event."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup

from scanner.domain.accounts import Platform
from scanner.domain.runs import Coverage, Outcome, Tally
from scanner.domain.users import Role
from scanner.store import accounts, posts, runs
from tests.store.samples import make_account, make_post
from tests.web.conftest import Site

ACCOUNT = "mastodon:sari_guru@nusarimba.example"


def page(site: Site, address: str = f"/accounts/{quote(ACCOUNT, safe='')}", role: Role = Role.ANALYST) -> BeautifulSoup:
    answer = site.client(role).get(address)
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def cover(site: Site, outcome: Outcome, days_ago: int, reason: str = "") -> None:
    at = site.desk.now() - timedelta(days=days_ago)
    with site.store.lease("test") as lease:
        runs.save_coverage(lease, [Coverage(f"scan-{days_ago}", ACCOUNT, outcome, reason, Tally(), 1, at, at)])


def test_the_list_stands_by_agency_and_leads_to_each_account(site: Site):
    links = [str(link["href"]) for link in page(site, "/accounts").select("td a")]
    assert len(links) == 3
    for link in links:
        assert site.client(Role.ANALYST).get(link).status_code == 200


@pytest.mark.parametrize(("name", "count"), [("GURU", 1), ("kesehatan", 1), ("dinas", 3), ("%", 0), ("_", 3)])
def test_the_list_is_narrowed_by_handle_agency_or_unit(site: Site, name: str, count: int):
    assert len(page(site, f"/accounts?name={quote(name)}").select("td a")) == count


def test_the_listing_tells_on_what_ground_and_how_long(site: Site):
    words = page(site).get_text(" ")
    with site.store.lease("test") as lease:
        account = accounts.load_account(lease, ACCOUNT)
    assert account is not None
    for told in (account.legal_basis, account.decree_number, account.requested_by, account.approved_by):
        assert told in words
    assert "A: dinyatakan sendiri" in words


def test_every_day_of_the_strip_says_what_was_seen_in_words(site: Site):
    cover(site, Outcome.COMPLETE, 0)
    cover(site, Outcome.BLOCKED, 3, "robots.txt")
    days = page(site).select(".strip li .out")
    assert len(days) == 56
    assert days[-1].get_text().endswith(": lengkap")
    assert days[-4].get_text().endswith(": ditolak")
    assert [day.get_text().partition(": ")[2] for day in days[:-4]] == ["tidak diamati"] * 52
    assert "bukan berarti bersih" in page(site).get_text()


def test_the_latest_gap_is_told_with_its_reason(site: Site):
    cover(site, Outcome.PARTIAL, 0, "anggaran hari ini habis")
    assert "anggaran hari ini habis" in page(site).get_text()
    assert "anggaran hari ini habis" in page(site, "/accounts").get_text()
    assert "Belum pernah tercakup lengkap" in page(site).get_text()


def test_a_post_is_shown_with_every_text_it_had_and_when_it_went(site: Site):
    now = site.desk.now()
    [(native_id, posted_at)] = site.rows(
        "SELECT native_id, posted_at FROM posts AS p JOIN versions AS v ON v.id = p.version_id WHERE text LIKE 'Hujan%'"
    )
    edited = make_post(native_id=native_id, account_id=ACCOUNT, text="Hujan reda", posted_at=posted_at, media=())
    with site.store.lease("test") as lease:
        posts.save_posts(lease, [edited], run_id="scan-x", seen_at=now)
        lease.execute("UPDATE posts SET missing_at = $at WHERE native_id = $id", {"at": now, "id": native_id})
    [article] = [one for one in page(site).select("article") if "Hujan" in one.get_text()]
    assert article.select_one(".quote").get_text() == "Hujan reda"
    assert "2 teks tercatat" in article.get_text()
    assert "Hujan sejak subuh" in article.get_text()
    assert "hilang sejak" in article.get_text()


def test_captures_are_told_by_hash_time_and_address(site: Site):
    [(digest, url)] = site.rows("SELECT sha256, url FROM captures")
    words = page(site).get_text(" ")
    assert digest in words
    assert url in words


def test_posts_come_on_pages_of_their_own(site: Site):
    now = site.desk.now()
    made = [make_post(200 + n, account_id=ACCOUNT, text=f"nomor {n:02}", media=()) for n in range(30)]
    with site.store.lease("test") as lease:
        posts.save_posts(lease, made, run_id="scan-x", seen_at=now)
    address = f"/accounts/{quote(ACCOUNT, safe='')}"
    texts = [one.get_text() for n in (1, 2) for one in page(site, f"{address}?page={n}").select(".quote")]
    assert len(texts) == len(set(texts)) == 34
    assert page(site, address).select_one('a[rel="next"]') is not None


@pytest.mark.parametrize(
    "handle", ["https://desa.example/umpan?x=1&y=2", "a/../b", "ruang kosong", "tanda#pagar", "ÄÖ"]
)
def test_whatever_a_handle_is_made_of_its_page_is_found_by_the_link(site: Site, handle: str):
    account = make_account(handle, platform=Platform.RSS, agency="Aaa")
    with site.store.lease("test") as lease:
        accounts.save_accounts(lease, [account])
    link = str(page(site, "/accounts").select_one("td a")["href"])
    assert link == f"/accounts/{quote(account.id, safe='')}"
    assert page(site, link).select_one("h1").get_text().startswith(handle)


@pytest.mark.parametrize(
    ("address", "event"),
    [
        ("/accounts", ("ratna", "accounts.show", "accounts")),
        (f"/accounts/{quote(ACCOUNT, safe='')}", ("ratna", "account.show", ACCOUNT)),
        ("/search?words=", ("ratna", "posts.search", "posts")),
    ],
)
def test_each_reading_is_one_event_and_a_refused_one_is_none(site: Site, address: str, event: tuple[str, str, str]):
    before = len(site.rows("FROM audit"))
    page(site, address)
    assert site.rows("SELECT actor, action, subject FROM audit ORDER BY seq DESC LIMIT 1") == [event]
    assert len(site.rows("FROM audit")) == before + 1
    assert site.client(Role.RESEARCHER).get(address).status_code == 403
    assert site.client(Role.ANALYST).get("/accounts/tidak-ada").status_code == 404
    assert len(site.rows("FROM audit")) == before + 1


def test_only_those_who_may_open_the_chain_are_led_to_it(site: Site):
    assert page(site, role=Role.AUDITOR).select_one('a[href^="/audit?subject="]') is not None
    assert page(site, role=Role.ADJUDICATOR).select_one('a[href^="/audit"]') is None
