"""What is particular to feeds: keys, dates, validators, several authors, bozo files, and no way to the file system."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.collect.interface import Options, Window
from scanner.collect.platforms.feed import FeedCollector
from scanner.domain.accounts import Platform
from scanner.domain.posts import Media
from scanner.domain.runs import Cursor
from scanner.errors import Blocked, CollectError, FormatDrift
from tests.collect.fakes import account_of
from tests.collect.servers import Reply, Site, plain_client

HANDLE = "https://blog.contoh.example/ani.xml?rss=1"


def rss(*items: str, extra: str = "") -> str:
    return f'<?xml version="1.0"?><rss version="2.0" {extra}><channel><title>x</title>{"".join(items)}</channel></rss>'


def pages_of(body, *, cursor=None, window=None, media_type="application/rss+xml", headers=None, **extra):
    reply = Reply(body, media_type=media_type, headers=headers or {})
    with Site(lambda _: reply) as site, plain_client(site.host) as client:
        collector = FeedCollector(client, Options(base_url=site.url))
        pages = list(
            collector.collect(account_of(Platform.RSS, HANDLE, **extra), cursor or Cursor(), window or Window())
        )
        assert site.pages[0].path == "/ani.xml"
        assert site.pages[0].query == {"rss": "1"}
        return pages


def posts_of(*items: str, **kwargs):
    (page,) = pages_of(rss(*items), **kwargs)
    return page.posts


def test_title_and_body_are_the_words_and_links_are_kept():
    (post,) = posts_of(
        "<item><title>Judul</title><guid>https://b.example/1</guid><link>https://b.example/1</link>"
        "<description>&lt;p&gt;Isi oleh @budi&lt;/p&gt;&lt;p&gt;&lt;a href='https://c.example/x'&gt;klik&lt;/a&gt;&lt;/p&gt;"
        "</description><pubDate>Sun, 01 Mar 2026 17:00:00 +0700</pubDate>"
        '<enclosure url="https://b.example/1.jpg" type="image/jpeg" length="1"/></item>'
    )
    assert post.text == "Judul\n\nIsi oleh @…\n\nklik"
    assert post.posted_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert post.id == "rss:https://b.example/1"
    assert post.url == "https://b.example/1"
    assert post.media == (
        Media(kind="image", url="https://b.example/1.jpg"),
        Media(kind="link", url="https://c.example/x"),
    )
    assert not post.truncated


def test_keys_fall_back_from_guid_to_link_to_hash_and_stay_unique_between_feeds():
    posts = posts_of(
        "<item><guid isPermaLink='false'>12</guid><title>a</title></item>",
        "<item><link>https://b.example/2</link><title>b</title></item>",
        "<item><title>c</title></item>",
    )
    assert posts[0].native_id == f"{HANDLE}#12"
    assert posts[1].native_id == "https://b.example/2"
    assert len(posts[2].native_id) == 64
    assert [post.verifiable for post in posts] == [False, True, False]


def test_a_guid_used_twice_is_told_apart_by_the_link():
    item = "<item><guid>tag:b.example,2026:1</guid><link>https://b.example/{0}</link><title>{0}</title></item>"
    posts = posts_of(item.format("a"), item.format("b"), item.format("a"))
    assert [post.native_id for post in posts] == ["tag:b.example,2026:1", "https://b.example/b"]


@pytest.mark.parametrize("when", ["kemarin", "", "Sun, 99 Mar 2026 99:00:00 GMT", "0000-00-00"])
def test_a_date_that_cannot_be_read_is_unknown_and_not_invented(when):
    (post,) = posts_of(f"<item><title>a</title><pubDate>{when}</pubDate></item>")
    assert post.posted_at is None


def test_atom_tells_edits():
    entry = (
        "<entry><id>urn:1</id><title>a</title><published>2026-03-01T10:00:00Z</published>"
        "<updated>2026-03-02T10:00:00Z</updated><content type='html' xml:lang='id'>&lt;p&gt;isi&lt;/p&gt;</content>"
        "</entry>"
        "<entry><id>urn:2</id><title>b</title><updated>2026-03-03T10:00:00Z</updated></entry>"
    )
    body = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title>{entry}</feed>'
    (page,) = pages_of(body, media_type="application/atom+xml")
    first, second = page.posts
    assert (first.text, first.language) == ("a\n\nisi", "id")
    assert first.edited_at == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert (second.posted_at, second.edited_at) == (datetime(2026, 3, 3, 10, tzinfo=UTC), None)


def test_a_cut_summary_is_marked():
    post, whole = posts_of(
        "<item><title>a</title><description>Awal cerita [&amp;#8230;]</description></item>",
        "<item><title>b</title><description>Cerita utuh.</description></item>",
    )
    assert post.truncated
    assert not whole.truncated


def test_a_micro_blog_does_not_say_its_words_twice():
    (post,) = posts_of("<item><title>Kabar pagi…</title><description>Kabar pagi dari kantor</description></item>")
    assert post.text == "Kabar pagi dari kantor"


def test_validators_are_sent_back_and_304_is_an_empty_page():
    seen = []

    def answer(request):
        seen.append(request.headers)
        if request.headers.get("if-none-match") == '"v1"':
            return Reply(status=304)
        return Reply(
            rss("<item><title>a</title></item>"), headers={"ETag": '"v1"', "Last-Modified": "Sun, 01 Mar 2026"}
        )

    with Site(answer) as site, plain_client(site.host) as client:
        collector = FeedCollector(client, Options(base_url=site.url))
        account = account_of(Platform.RSS, HANDLE)
        (first,) = collector.collect(account, Cursor(), Window())
        (second,) = collector.collect(account, first.cursor, Window())
    assert "if-none-match" not in seen[0]
    assert seen[1]["if-modified-since"] == "Sun, 01 Mar 2026"
    assert (second.posts, second.evidence, second.cursor) == ((), (), first.cursor)


def test_a_validator_that_could_not_be_sent_is_not_kept():
    (page,) = pages_of(rss("<item><title>a</title></item>"), headers={"ETag": '"\u00e9"'.encode().decode("latin-1")})
    assert page.cursor.validators == ()


def test_several_authors_need_a_name_in_the_roster():
    items = [
        f"<item><title>{name}</title><author>{name}@b.example ({name})</author></item>" for name in ("Ani", "Budi")
    ]
    with pytest.raises(Blocked, match="roster column 'author'"):
        pages_of(rss(*items))
    (page,) = pages_of(rss(*items), author="ani@b.example (Ani)")
    assert [post.text for post in page.posts] == ["Ani"]


def test_a_broken_feed_gives_what_it_has_and_says_so():
    body = rss("<item><title>a</title></item>").replace("</channel>", "<item><title>b & c</title></item>")
    (page,) = pages_of(body)
    assert page.posts[0].text == "a"
    assert "not well-formed" in page.note
    (whole,) = pages_of(rss("<item><title>a</title></item>"), media_type="application/json")
    assert whole.note == ""


@pytest.mark.parametrize("body", ["<html><body>Masuk</body></html>", "{}", "http://127.0.0.1:1/"])
def test_what_is_no_feed_is_drift(body):
    with pytest.raises(FormatDrift, match="no RSS or Atom"):
        pages_of(body)


def test_an_answer_that_reads_like_a_file_name_opens_no_file(tmp_path):
    (tmp_path / "feed.xml").write_text(rss("<item><title>RAHASIA</title></item>"))
    with pytest.raises(FormatDrift, match="no RSS or Atom"):
        pages_of(str(tmp_path / "feed.xml"))


def test_entities_neither_explode_nor_read_files(tmp_path):
    (tmp_path / "secret").write_text("RAHASIA")
    bomb = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<!DOCTYPE x [<!ENTITY l0 "lol">{bomb}<!ENTITY e SYSTEM "file://{tmp_path}/secret">]>'
    body = rss("<item><title>a</title></item>", "<item><title>&l9;&e;</title></item>").replace("?>", f"?>{head}", 1)
    (page,) = pages_of(body)
    assert "RAHASIA" not in repr(page.posts)
    assert len(repr(page.posts)) < 10_000


@given(st.binary(max_size=300))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_read_or_refused(data):
    body = (
        b'<rss version="2.0"><channel><item><title>a</title><description>' + data + b"</description></item></channel>"
    )
    for content in (data, body):
        try:
            for page in pages_of(content):
                for post in page.posts:
                    post.text.encode("utf-8")
        except CollectError as error:
            assert str(error)


WORDS = "Réuni “tanpa baju dinas” – Rapat"
ENCODED = {
    "utf-8 without a word": ("", "utf-8", ""),
    "utf-8, header says latin-1": ("", "utf-8", "; charset=iso-8859-1"),
    "utf-8, prolog says latin-1": (' encoding="iso-8859-1"', "utf-8", ""),
    "utf-8 with a mark": ("", "utf-8-sig", ""),
    "windows-1252 by prolog": (' encoding="windows-1252"', "windows-1252", ""),
    "windows-1252 by header": ("", "windows-1252", "; charset=windows-1252"),
    "utf-16 with a mark": (' encoding="utf-16"', "utf-16", ""),
    "utf-16 by header": ("", "utf-16-le", "; charset=utf-16-le"),
    "utf-16 without a word": ("", "utf-16-be", ""),
    "utf-16, header says utf-8": ("", "utf-16-be", "; charset=utf-8"),
    "utf-8, header says utf-16": ("", "utf-8", "; charset=utf-16"),
    "utf-8, header of no known name": ("", "utf-8", "; charset=x-bogus"),
}


@pytest.mark.parametrize("case", ENCODED)
def test_letters_are_read_in_the_encoding_they_are_in(case):
    prolog, encoding, charset = ENCODED[case]
    item = f"<item><guid>https://contoh.example/1</guid><description>{WORDS}</description></item>"
    body = f'<?xml version="1.0"{prolog}?><rss version="2.0"><channel><title>x</title>{item}</channel></rss>'
    (page,) = pages_of(body.encode(encoding), media_type=f"application/rss+xml{charset}")
    (post,) = page.posts
    assert post.text == WORDS
    assert not post.repaired


@pytest.mark.parametrize("reference", ["&#xD800;", "&#xdfff;", "&#55296;", "&#57343;"])
def test_a_reference_to_half_a_sign_is_repaired(reference):
    (post,) = posts_of(f"<item><guid>https://contoh.example/1</guid><description>a {reference} b</description></item>")
    assert (post.text, post.repaired) == ("a \ufffd b", True)


def test_references_to_whole_signs_stay():
    (post,) = posts_of(
        "<item><guid>https://contoh.example/1</guid><description>a &#x1F600; &#57344; b</description></item>"
    )
    assert post.text == "a 😀 \ue000 b"
