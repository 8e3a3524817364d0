"""What is particular to pages: order of trust, opt-outs, doors, times without a zone, other people's articles."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from scanner.collect.interface import Options, Window
from scanner.collect.platforms.webpage import WebPageCollector
from scanner.domain.accounts import Platform
from scanner.domain.posts import Media
from scanner.domain.runs import Cursor
from scanner.errors import Blocked, FormatDrift, Private
from tests.collect.fakes import account_of
from tests.collect.servers import Reply, Site, plain_client

HANDLE = "https://contoh.example/ani/tulisan"


def ld(*values: object) -> str:
    return "".join(f'<script type="application/ld+json">{json.dumps(value)}</script>' for value in values)


def article(**fields) -> dict:
    return {
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "headline": "Judul",
        "articleBody": "Isi",
    } | fields


def page_of(body: str, head: str = "", *, headers=None, media_type="text/html; charset=utf-8", **extra):
    reply = Reply(f"<!DOCTYPE html><html lang=id><head>{head}</head><body>{body}</body></html>", 200, media_type)
    reply = Reply(reply.body, 200, media_type, headers or {})
    with Site(lambda _: reply) as site, plain_client(site.host) as client:
        collector = WebPageCollector(client, Options(base_url=site.url))
        (page,) = collector.collect(account_of(Platform.WEB, HANDLE, **extra), Cursor(), Window())
        assert site.pages[0].path == "/ani/tulisan"
        return page


def post_of(body: str, head: str = "", **kwargs):
    (post,) = page_of(body, head, **kwargs).posts
    return post


def test_json_ld_is_trusted_first():
    post = post_of(
        "<article>Lain</article>",
        ld(article(articleBody="<p>Isi @budi</p>", datePublished="2026-03-01T17:00:00+07:00", inLanguage="jv")),
    )
    assert post.text == "Judul\n\nIsi @…"
    assert post.posted_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert (post.id, post.url, post.language, post.truncated) == (f"web:{HANDLE}", HANDLE, "jv", False)


@pytest.mark.parametrize(
    "value",
    [
        {"@graph": [{"@type": "WebSite"}, article()]},
        [{"@type": "Organization"}, article()],
        {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": article()}]},
        article(**{"@type": ["Article", "BlogPosting"]}),
        {"@type": "WebPage", "mainEntity": article()},
    ],
)
def test_json_ld_is_found_wherever_pages_put_it(value):
    assert post_of("", ld(value)).text == "Judul\n\nIsi"


def test_what_a_post_shares_or_answers_is_not_the_accounts():
    other = article(headline="Orang lain", url="https://lain.example/1")
    page = page_of("", ld(article(sharedContent=other, comment=[other], isPartOf=other)))
    assert [post.text for post in page.posts] == ["Judul\n\nIsi"]


def test_a_broken_script_does_not_hide_the_others():
    broken = '<script type="application/ld+json">{"@type": "Article", </script>'
    deep = f'<script type="application/ld+json">{"[" * 50_000}</script>'
    assert post_of("", broken + deep + ld(article())).text == "Judul\n\nIsi"


def test_without_a_body_the_article_of_the_page_is_the_text():
    head = ld({"@type": "NewsArticle", "headline": "Judul", "description": "Ringkasan"})
    assert post_of("<nav>Menu</nav><article><p>Satu</p><p>Dua</p></article>", head).text == "Judul\n\nSatu\n\nDua"
    short = post_of("<article>a</article><article>b</article>", head)
    assert (short.text, short.truncated) == ("Judul\n\nRingkasan", True)


def test_opengraph_gives_an_excerpt():
    head = (
        '<meta property="og:title" content="Judul"><meta property="og:description" content="Awal cerita">'
        '<meta property="og:image" content="https://c.example/1.jpg">'
        '<meta property="article:published_time" content="2026-03-01T10:00:00Z">'
        '<meta property="article:modified_time" content="2026-03-02T10:00:00Z">'
    )
    post = post_of("<div>...</div>", head)
    assert (post.text, post.truncated) == ("Judul\n\nAwal cerita", True)
    assert post.posted_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert post.edited_at == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert post.media == (Media(kind="image", url="https://c.example/1.jpg"),)


def test_a_plain_article_is_read_with_its_time():
    post = post_of('<main><h1>Judul</h1><time datetime="2026-03-01T10:00:00Z">kini</time><p>Isi</p></main>')
    assert post.text.startswith("Judul")
    assert post.posted_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert post.language == "id"


def test_times_without_a_zone_are_jakartas_and_said_to_be():
    page = page_of("", ld(article(datePublished="2026-03-01T10:00:00")))
    assert page.posts[0].posted_at == datetime(2026, 3, 1, 3, tzinfo=UTC)
    assert "Asia/Jakarta" in page.note
    assert page_of("", ld(article(datePublished="kemarin"))).posts[0].posted_at is None


@pytest.mark.parametrize(
    ("head", "headers"),
    [
        ('<meta name="robots" content="NOINDEX, nofollow">', {}),
        ('<meta name="Robots" content="noarchive">', {}),
        ('<meta name="scanner" content="none">', {}),
        ("", {"X-Robots-Tag": "noindex"}),
        ("", {"X-Robots-Tag": "scanner: noindex"}),
    ],
)
def test_an_opt_out_is_obeyed(head, headers):
    with pytest.raises(Private, match="asked not to be indexed"):
        page_of("<article>Isi</article>", head, headers=headers)


@pytest.mark.parametrize("headers", [{"X-Robots-Tag": "googlebot: noindex"}, {"X-Robots-Tag": "nofollow"}])
def test_an_opt_out_for_others_is_not_ours(headers):
    head = '<meta name="googlebot" content="noindex"><meta name="robots" content="index, follow">'
    assert post_of("<article>Isi</article>", head, headers=headers).text == "Isi"


@pytest.mark.parametrize("path", ["/login", "/accounts/signin/", "/masuk?next=1", "/consent.html", "/checkpoint/x"])
def test_a_redirect_to_a_door_is_private(path):
    def answer(request):
        if request.path == "/ani/tulisan":
            return Reply(status=302, headers={"Location": path})
        return Reply("<html><meta property=og:description content='Masuk dulu'></html>")

    with Site(answer) as site, plain_client(site.host) as client:
        collector = WebPageCollector(client, Options(base_url=site.url))
        with pytest.raises(Private, match="login or consent"):
            list(collector.collect(account_of(Platform.WEB, HANDLE), Cursor(), Window()))


def test_a_password_field_beside_an_article_is_no_door():
    assert post_of("<input type=password>", ld(article())).text == "Judul\n\nIsi"
    with pytest.raises(Private, match="password"):
        page_of("<article>Masuk dulu</article><form><input type=password></form>")


def test_several_authors_need_a_name_in_the_roster():
    values = [
        article(headline=name, url=f"/{number}", author=[{"@type": "Person", "name": name}])
        for number, name in enumerate(("Ani", "Budi"))
    ]
    with pytest.raises(Blocked, match="roster column 'author'"):
        page_of("", ld(*values))
    (post,) = page_of("", ld(*values), author="ANI").posts
    assert (post.text, post.native_id) == ("Ani\n\nIsi", "https://contoh.example/0")


@pytest.mark.parametrize(
    ("body", "media_type"),
    [("", "text/html"), ("<div id=app></div>", "text/html"), ("<article>Isi</article>", "application/json")],
)
def test_a_page_of_another_shape_is_drift(body, media_type):
    with pytest.raises(FormatDrift):
        page_of(body, media_type=media_type)


def test_bytes_that_are_no_text_are_marked_as_repaired():
    reply = Reply(b"<html><article>caf\xe9 \xff</article></html>", media_type="text/html; charset=utf-8")
    with Site(lambda _: reply) as site, plain_client(site.host) as client:
        (page,) = WebPageCollector(client, Options(base_url=site.url)).collect(
            account_of(Platform.WEB, HANDLE), Cursor(), Window()
        )
    assert page.posts[0].repaired
    assert page.posts[0].text.startswith("caf")
