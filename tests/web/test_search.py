"""Searching posts: by words, account, platform, period and state; each search is one event."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from scanner.domain.users import Role
from scanner.store import posts
from scanner.store.connection import Lease
from scanner.store.searches import plain_words
from scanner.web.pages.search import SIZE
from tests.offices import CALLS, PLAIN
from tests.store.samples import make_post
from tests.web.conftest import Site


def found(site: Site, query: str, role: Role = Role.ANALYST) -> list[str]:
    answer = site.client(role).get(f"/search?{query}")
    assert answer.status_code == 200, answer.text
    return [quote.get_text() for quote in BeautifulSoup(answer.text, "html.parser").select(".quote")]


def add_posts(site: Site, texts: list[str], **changes: object) -> None:
    with site.store.lease("test") as lease:
        save(lease, site, texts, **changes)


def save(lease: Lease, site: Site, texts: list[str], **changes: object) -> None:
    [(account,)] = lease.rows("SELECT DISTINCT account_id FROM posts")
    now = site.desk.now()
    made = [
        make_post(100 + number, text=text, **{"account_id": account, "posted_at": now - timedelta(days=9), **changes})
        for number, text in enumerate(texts)
    ]
    posts.save_posts(lease, made, run_id="scan-x", seen_at=now)


def events(site: Site) -> list[tuple[str, str]]:
    return [(str(actor), str(detail)) for actor, detail in site.rows(
        "SELECT actor, detail FROM audit WHERE action = 'posts.search' ORDER BY seq"
    )]  # fmt: skip


def test_before_anything_is_asked_nothing_is_read_and_nothing_recorded(site: Site):
    page = site.client(Role.ANALYST).get("/search").text
    assert "coblos" not in page
    assert events(site) == []


def test_all_words_must_stand_in_the_text_whatever_their_case_and_accents(site: Site):
    add_posts(site, ["Café di Pasar BARU, ramai", "pasar lama", "ÉLÉGAN"])
    assert found(site, "words=cafe+baru") == ["Café di Pasar BARU, ramai"]
    assert set(found(site, "words=PÁSAR")) == {"Café di Pasar BARU, ramai", "pasar lama"}
    assert found(site, "words=elegan") == ["ÉLÉGAN"]
    assert found(site, "words=cafe+lama") == []
    assert plain_words("  Café  CAFÉ baru ") == ("cafe", "baru")


def test_signs_of_patterns_are_words_like_any_other(site: Site):
    add_posts(site, ["diskon 50% _hari_ ini", "diskon 505 hari ini"])
    assert found(site, "words=50%25") == ["diskon 50% _hari_ ini"]
    assert found(site, "words=_hari_") == ["diskon 50% _hari_ ini"]


def test_each_search_is_one_event_with_what_was_looked_for(site: Site):
    found(site, "words=Coblos&platform=mastodon", Role.AUDITOR)
    [(actor, detail)] = events(site)
    assert actor == "agus"
    assert '"words":"coblos"' in detail
    assert '"platform":"mastodon"' in detail
    assert all(text not in detail for text in CALLS)


def test_the_newest_comes_first_unless_another_order_is_asked_for(site: Site):
    add_posts(site, ["yang lama sekali"])
    newest = found(site, "words=")
    assert newest[-1] == "yang lama sekali"
    assert found(site, "words=&sort=oldest") == newest[::-1]
    assert found(site, "words=&sort=captured")[0] == "yang lama sekali"


def test_filters_narrow_and_empty_ones_do_not(site: Site):
    everything = found(site, "words=&account=&platform=&since=&until=&state=&sort=")
    assert sorted(everything) == sorted((*CALLS, PLAIN))
    assert found(site, "account=SARI_guru") == everything
    assert found(site, "account=yuni") == found(site, "platform=rss") == []
    assert found(site, "state=none") == [PLAIN]
    assert sorted(found(site, "state=waiting")) == sorted(CALLS)
    assert found(site, "state=settled") == []


def test_days_are_those_of_the_region_and_both_belong_to_the_period(site: Site):
    midnight = site.desk.now().astimezone(site.desk.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    first = midnight - timedelta(days=20)
    add_posts(site, ["tepat tengah malam"], posted_at=first)
    day, before = first.date(), first.date() - timedelta(days=1)
    assert found(site, f"since={day}&until={day}") == ["tepat tengah malam"]
    assert found(site, f"since={before}&until={before}") == []


@pytest.mark.parametrize(
    "query",
    ["platform=vk", "state=guilty", "sort=score", "since=kemarin", "since=2026-02-02&until=2026-02-01", "page=0",
     "page=-1", "page=x", "page=99999", "page=1e3", "words=%00", f"words={'x' * 301}", "until=9999-12-31x",
     "until=9999-12-31", "since=0001-01-01"],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_and_not_recorded(site: Site, query: str):
    assert site.client(Role.ANALYST).get(f"/search?{query}").status_code == 400
    assert events(site) == []


def test_fifty_stand_on_a_page_and_every_one_on_exactly_one(site: Site):
    add_posts(site, [f"nomor {number:03}" for number in range(120)])
    pages = [found(site, f"words=nomor&page={number}") for number in (1, 2, 3, 4)]
    texts = [text for page in pages for text in page if text.startswith("nomor ")]
    assert len(pages[0]) == SIZE
    assert sorted(texts) == [f"nomor {number:03}" for number in range(120)]
    page = BeautifulSoup(site.client(Role.ANALYST).get("/search?words=nomor&page=2").text, "html.parser")
    assert page.select_one('a[rel="next"]')["href"] == "/search?words=nomor&page=3"
    assert page.select_one('a[rel="prev"]')["href"] == "/search?words=nomor&page=1"
    last = BeautifulSoup(site.client(Role.ANALYST).get("/search?words=nomor&page=3").text, "html.parser")
    assert last.select_one('a[rel="next"]') is None


def test_an_earlier_text_of_a_post_is_found_and_called_so(site: Site):
    add_posts(site, ["sebelum disunting"])
    with site.store.lease("test") as lease:
        save(lease, site, ["sesudah diubah"])
    page = site.client(Role.ANALYST).get("/search?words=disunting").text
    assert "teks lama" in page
    assert found(site, "words=diubah") == ["sesudah diubah"]


def test_a_post_that_is_gone_says_so(site: Site):
    with site.store.lease("test") as lease:
        lease.execute("UPDATE posts SET missing_at = $at", {"at": site.desk.now()})
    assert site.client(Role.ANALYST).get("/search?words=hujan").text.count("hilang sejak") == 1
