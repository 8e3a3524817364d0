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
    shown = page(site, f"/accounts?name={quote(name)}")
    assert len(shown.select("td a")) == count
    assert not count or f"{count} akun" in shown.get_text()


def test_the_list_comes_in_pages_each_account_on_one_of_them(site: Site):
    more = [make_account(f"akun{n}@desa.example", agency=f"Dinas {n % 7}") for n in range(110)]
    with site.store.lease("test") as lease:
        accounts.save_accounts(lease, more)
    shown = [page(site, f"/accounts?page={n}&name=desa.example") for n in (1, 3)]
    links = [[str(link["href"]) for link in one.select("td a")] for one in shown]
    assert ([len(one) for one in links], len({link for one in links for link in one})) == ([50, 10], 60)
    assert [one.select_one('a[rel="next"]') is not None for one in shown] == [True, False]


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


def test_how_an_account_is_doing_is_told_with_what_to_do_and_how_long_ago_it_was_well(site: Site):
    cover(site, Outcome.COMPLETE, 3)
    cover(site, Outcome.NOT_TRIED, 0, "mastodon: no key; set token under [platforms.mastodon.keys] in secrets.toml")
    words = " ".join(page(site).get_text(" ").split())
    assert "Kunci platform tidak ada, kedaluwarsa, atau ditolak." in words
    assert "Yang perlu dilakukan: Pasang kunci yang berlaku di secrets.toml" in words
    assert "(3 hari yang lalu)" in words
    assert "lebih dari dua selang" in words


def test_an_account_seen_completely_just_now_is_well_and_the_others_are_overdue(site: Site):
    cover(site, Outcome.COMPLETE, 0)
    rows = page(site, "/accounts").select("tbody tr")
    told = {row.select_one("a").get_text(): [tag.get_text() for tag in row.select(".state .tag")] for row in rows}
    assert told.pop("sari_guru@nusarimba.example") == ["teramati lengkap"]
    assert list(told.values()) == [["Belum pernah dilihat.", "terlambat"]] * 2


def test_an_account_off_the_list_has_no_health_and_its_page_opens(site: Site):
    with site.store.lease("test") as lease:
        accounts.remove_account(lease, ACCOUNT, reason="selesai", by="dian", approved_by="agus", at=site.desk.now())
    words = page(site, role=Role.DPO).get_text()
    assert "selesai" in words
    assert "terlambat" not in words


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


def test_a_word_of_the_record_that_nobody_knows_is_no_fault_of_the_program(site: Site):
    with site.store.lease("test") as lease:
        lease.execute("UPDATE accounts SET platform = 'entah'")
    assert site.client(Role.ANALYST).get("/accounts").status_code == 503


def test_only_those_who_may_open_the_chain_are_led_to_it(site: Site):
    assert page(site, role=Role.AUDITOR).select_one('a[href^="/audit?subject="]') is not None
    assert page(site, role=Role.ADJUDICATOR).select_one('a[href^="/audit"]') is None
