"""Posts that say the same: offered after "not a violation" alone, read in full, dismissed by one button."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup, Tag
from starlette.testclient import TestClient

from scanner.domain.posts import Media
from scanner.review.duplicates import MOST
from scanner.store import accounts, flags, posts
from scanner.web.pages.alike import differences
from tests.review.desks import NO, UNSURE, YES, add_flags, say
from tests.store.samples import make_flag, make_post
from tests.web.conftest import Site

WISHES = "Selamat hari jadi kabupaten kita, semoga makin maju dan sejahtera bersama, warga {}!"
FIRST = 50


def put(site: Site, count: int = 4) -> list[str]:
    """Put so many posts on record that say nearly the same; return their ids."""
    with site.store.lease("test") as lease:
        [(owner,)] = lease.rows("SELECT DISTINCT account_id FROM posts")
        account = accounts.load_account(lease, owner)
        return add_flags(lease, range(FIRST, FIRST + count), account, text=WISHES)


def page(site: Site, item: str, name: str = "sari", more: str = "") -> BeautifulSoup:
    answer = site.client(name).get(f"/review/decided?item={quote(item, safe='')}{more}")
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def boxes(soup: BeautifulSoup) -> list[Tag]:
    return soup.select("#alike input[type=checkbox]")


def send(client: TestClient, like: str, values: list[str]):
    return client.post("/review/alike", data={"like": like, "items": values})


def said(site: Site) -> dict[str, str]:
    return dict(site.rows("SELECT flag_id, verdict FROM judgements WHERE reviewer = 'sari'"))


def test_those_that_wait_are_offered_whole_and_ticked(site: Site):
    first, *others = put(site)
    say(site.store, "sari", NO, first, now=site.desk.now())
    soup = page(site, first)
    assert {box["value"].partition(" ")[2] for box in boxes(soup)} == set(others)
    assert all(box.has_attr("checked") for box in boxes(soup))
    shown = {quote.get_text() for quote in soup.select("#alike .quote")}
    assert shown == {WISHES.format(number) for number in range(FIRST + 1, FIRST + 4)}
    assert [mark.get_text() for mark in soup.select("#alike mark")]


@pytest.mark.parametrize("verdict", [YES, UNSURE])
def test_nothing_is_offered_after_any_other_verdict(site: Site, verdict: object):
    first, *_ = put(site)
    say(site.store, "sari", verdict, first, now=site.desk.now())  # type: ignore[arg-type]
    assert page(site, first).select("#alike") == []
    [(item,)] = site.rows("SELECT id FROM flags WHERE id <> $id LIMIT 1", {"id": first})
    assert send(site.client("sari"), first, [f"kunci {item}"]).status_code == 404
    assert len(said(site)) == 1


def test_one_button_dismisses_those_that_are_ticked_and_says_so(site: Site):
    first, *_ = put(site)
    say(site.store, "sari", NO, first, now=site.desk.now())
    *ticked, left = [str(box["value"]) for box in boxes(page(site, first))]
    answer = send(site.client("sari"), first, ticked)
    assert answer.status_code == 303
    assert set(said(site).values()) == {"not_violation"}
    assert said(site).keys() == {first, *(value.partition(" ")[2] for value in ticked)}
    soup = BeautifulSoup(site.client("sari").get(answer.headers["location"]).text, "html.parser")
    assert "2 dicatat sebagai bukan pelanggaran" in soup.select_one("#alike [role=status]").get_text()
    assert [box["value"].partition(" ")[2] for box in boxes(soup)] == [left.partition(" ")[2]]


def test_the_same_list_sent_twice_is_one_judgement_each(site: Site):
    first, *_ = put(site)
    say(site.store, "sari", NO, first, now=site.desk.now())
    values = [str(box["value"]) for box in boxes(page(site, first))]
    for _ in range(2):
        assert send(site.client("sari"), first, values).status_code == 303
    assert site.rows("SELECT count(*) FROM judgements") == [(4,)]


def test_what_others_have_by_now_is_told(site: Site):
    first, second, *_ = put(site)
    say(site.store, "sari", NO, first, now=site.desk.now())
    values = [str(box["value"]) for box in boxes(page(site, first))]
    for name in ("budi", "tina"):
        say(site.store, name, YES, second, now=site.desk.now())
    answer = send(site.client("sari"), first, values)
    assert "1 sudah ditangani orang lain" in site.client("sari").get(answer.headers["location"]).text
    assert second not in said(site)


def test_nothing_ticked_is_nothing_recorded(site: Site):
    first, *_ = put(site)
    say(site.store, "sari", NO, first, now=site.desk.now())
    assert send(site.client("sari"), first, []).status_code == 303
    assert said(site).keys() == {first}


@pytest.mark.parametrize("value", ["", "x", " ", "kunci ", " item"])
def test_a_value_that_no_box_has_is_refused(site: Site, value: str):
    first, *_ = put(site)
    say(site.store, "sari", NO, first, now=site.desk.now())
    assert send(site.client("sari"), first, [value]).status_code == 400
    assert said(site).keys() == {first}


def test_what_does_not_say_the_same_is_refused(site: Site):
    first, *_ = put(site)
    say(site.store, "sari", NO, first, now=site.desk.now())
    [(other,)] = site.rows("SELECT id FROM flags WHERE NOT id = ANY($ids) LIMIT 1", {"ids": [first, *_]})
    assert send(site.client("sari"), first, [f"kunci {other}"]).status_code == 400
    assert said(site).keys() == {first}


def test_one_of_the_two_never_sees_what_waits_for_somebody_else(site: Site):
    first, *_ = put(site)
    say(site.store, "sari", NO, first, now=site.desk.now())
    assert send(site.client("budi"), first, []).status_code == 404


def test_never_more_than_twenty(site: Site):
    first, *others = put(site, MOST + 5)
    say(site.store, "sari", NO, first, now=site.desk.now())
    assert len(boxes(page(site, first))) == MOST
    assert send(site.client("sari"), first, [f"k{item} {item}" for item in others]).status_code == 400
    assert said(site).keys() == {first}


def test_what_has_pictures_is_left_for_the_person_to_tick(site: Site):
    first, *_ = put(site)
    with site.store.lease("test") as lease:
        [(owner,)] = lease.rows("SELECT DISTINCT account_id FROM posts")
        post = make_post(90, text=WISHES.format(90), account_id=owner, media=(Media(kind="image", description="x"),))
        posts.save_posts(lease, [post], run_id="scan-1", seen_at=site.desk.now())
        flags.save_flags(lease, [make_flag(post_id=post.id, version_id=post.version_id, account_id=owner)])
    say(site.store, "sari", NO, first, now=site.desk.now())
    ticked = {box["value"].partition(" ")[2]: box.has_attr("checked") for box in boxes(page(site, first))}
    assert ticked.pop(post.version_id) is False
    assert set(ticked.values()) == {True}


@pytest.mark.parametrize("more", ["&together=x&late=-1", "&together=999", "&together=²", "&together=21"])
def test_figures_that_cannot_be_are_not_repeated(site: Site, more: str):
    first, *_ = put(site)
    say(site.store, "sari", NO, first, now=site.desk.now())
    assert page(site, first, more=more).select("#alike [role=status]") == []


def test_without_others_the_page_says_so(site: Site):
    [first] = put(site, 1)
    say(site.store, "sari", NO, first, now=site.desk.now())
    assert "Tidak ada unggahan lain" in page(site, first).select_one("#alike").get_text()


def test_differences_are_marked_word_by_word_and_nothing_is_lost():
    found = list(differences("coblos nomor 1 ya", "coblos nomor 2  ya"))
    assert "".join(text for text, _ in found) == "coblos nomor 2  ya"
    assert [text.strip() for text, differs in found if differs] == ["2"]
    assert [differs for _, differs in differences("sama", "sama")] == [False]
