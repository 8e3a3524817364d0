"""The traps of the channel preview: replies within messages, albums, service messages, withheld media, forwards."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner.collect.interface import Options, Window
from scanner.collect.platforms.telegram import TelegramCollector
from scanner.domain.accounts import Platform
from scanner.domain.posts import Media, Role
from scanner.domain.runs import Cursor
from scanner.errors import Blocked, Private
from tests.collect.fakes import account_of
from tests.collect.servers import Reply, Site, plain_client

RECORDED = Path(__file__).parents[3] / "../shared/real/telegram/telegram-2026-05.excerpt.html"
TEXT = '<div class="tgme_widget_message_text js-message_text" dir="auto">{}</div>'


def message(
    inner: str, number: int = 7, kind: str = "", time: str = "2026-03-01T10:00:00+00:00", meta: str = ""
) -> str:
    return (
        f'<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message {kind}"'
        f' data-post="Kanal_Contoh/{number}" data-view="eyJjIjotMTIzLCJwIjo3fQ"><div>{inner}</div>'
        f'<div class="tgme_widget_message_footer"><span class="tgme_widget_message_views">1.2K</span>'
        f'<span class="tgme_widget_message_meta">{meta}<a class="tgme_widget_message_date" href="https://t.me/k/7">'
        f'<time datetime="{time}"></time></a></span></div></div></div>'
    )


def page_of(*messages: str, handle: str = "kanal_contoh"):
    body = f'<html><body><section class="tgme_channel_history">{"".join(messages)}</section></body></html>'
    (page,) = pages_of(lambda _: Reply(body), handle)
    return page


def pages_of(answer, handle: str = "kanal_contoh", cursor: Cursor | None = None):
    with Site(answer) as site, plain_client(site.host) as client:
        collector = TelegramCollector(client, Options(base_url=site.url, terms_approval="SK-7"))
        return list(collector.collect(account_of(Platform.TELEGRAM, handle), cursor or Cursor(), Window()))


def post_of(inner: str, **kwargs):
    (post,) = page_of(message(inner, **kwargs)).posts
    return post


def test_a_message_is_read_with_its_channel_id():
    page = page_of(message(TEXT.format("Halo<br/>semua <i class='emoji'><b>😀</b></i> @budi @kanal_contoh")))
    (post,) = page.posts
    assert (post.id, post.url) == ("telegram:kanal_contoh/7", "https://t.me/kanal_contoh/7")
    assert post.text == "Halo\nsemua 😀 @… @kanal_contoh"
    assert post.posted_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert page.native_id == "-123"


def test_the_words_of_a_reply_are_context_and_not_the_text():
    def reply(place: str) -> str:
        quoted = '<div class="tgme_widget_message_text js-message_text">Kata Budi @citra</div>'
        return f'<a class="tgme_widget_message_reply" href="{place}">{quoted}</a>' + TEXT.format("Setuju")

    post = post_of(reply("https://t.me/lain/5"))
    assert (post.role, post.text) == (Role.REPLIED, "Setuju")
    assert post.context == "[membalas pesan]\n\nKata Budi @…"
    assert post_of(reply("https://t.me/Kanal_Contoh/5")).role is Role.POSTED


def test_forwarded_words_are_other_peoples_and_shared():
    forward = '<div class="tgme_widget_message_forwarded_from">Forwarded from <a>Kanal Lain</a></div>'
    post = post_of(forward + TEXT.format("Kata kanal lain"))
    assert (post.role, post.text, post.context) == (Role.REPOSTED, "Kata kanal lain", "[meneruskan pesan @…]")


def test_an_album_is_one_post_with_all_its_pictures():
    photo = '<a class="tgme_widget_message_photo_wrap" style="width:1px;background-image:url(\'https://c.example/{}.jpg\')"></a>'
    post = post_of(photo.format(1) + photo.format(2) + TEXT.format("Album"))
    assert post.media == tuple(Media(kind="image", url=f"https://c.example/{n}.jpg") for n in (1, 2))


def test_an_edit_keeps_the_original_time():
    post = post_of(TEXT.format("Diubah"), meta="edited &nbsp;")
    assert (post.text, post.posted_at, post.edited_at) == ("Diubah", datetime(2026, 3, 1, 10, tzinfo=UTC), None)


def test_service_messages_are_no_posts():
    assert page_of(message(TEXT.format("Kanal Contoh pinned a photo"), kind="service_message")).posts == ()


def test_withheld_media_are_noted_and_not_stored_as_silence():
    gone = '<div class="message_media_not_supported">Please open Telegram to view this post</div>'
    page = page_of(message(gone, number=7), message(gone + TEXT.format("Dengan teks"), number=8))
    assert [post.text for post in page.posts] == ["Dengan teks"]
    assert page.note == "1 messages are withheld from the web preview"


def test_polls_files_and_link_titles_belong_to_the_words():
    post = post_of(
        '<div class="tgme_widget_message_poll_question">Pilih siapa?</div>'
        '<div class="tgme_widget_message_poll_option_text">A</div>'
        '<div class="tgme_widget_message_poll_option_text">B</div>'
        '<div class="tgme_widget_message_document_title">jadwal.pdf</div>'
        '<a class="tgme_widget_message_link_preview" href="https://b.example/">'
        '<div class="link_preview_title">Judul</div></a>'
    )
    assert post.text == "[jajak pendapat: Pilih siapa? / A / B]\n\n[berkas: jadwal.pdf]\n\n[tautan: Judul]"
    assert post.media == (Media(kind="link", url="https://b.example/"),)


@pytest.mark.parametrize("time", ["kemarin", "", "2026-13-01T00:00:00+00:00"])
def test_a_message_with_an_unreadable_time_is_rejected(time):
    page = page_of(message(TEXT.format("a"), number=7, time=time), message(TEXT.format("b"), number=8))
    assert [post.text for post in page.posts] == ["b"]
    assert len(page.rejected) == 1


def test_a_channel_without_preview_leads_away_and_is_private():
    def answer(request):
        if request.path.startswith("/s/"):
            return Reply(status=302, headers={"Location": "/kanal_contoh"})
        return Reply("<html><body>If you have Telegram, you can contact @kanal_contoh</body></html>")

    with pytest.raises(Private, match="no public preview"):
        pages_of(answer)


@pytest.mark.parametrize("handle", ["../etc", "a", "kanal/../x", "kanal contoh", "@kanal", "kanal?before=1", ""])
def test_it_refuses_what_is_no_channel_name(handle):
    with pytest.raises(Blocked, match="valid: letters"):
        pages_of(lambda _: Reply("x"), handle)


def test_a_recorded_page_is_read():
    if not RECORDED.is_file():
        pytest.skip("../shared/real/telegram is not here")
    requests = []

    def answer(request):
        requests.append(request.query)
        empty = '<html><section class="tgme_channel_history"></section></html>'
        return Reply(empty if "before" in request.query else RECORDED.read_bytes())

    first, last = pages_of(answer, "telegram")
    assert [post.native_id for post in first.posts] == ["telegram/439", "telegram/420", "telegram/419"]
    assert first.native_id == "-1005640892"
    assert all(post.text and post.posted_at and "tgme" not in post.text for post in first.posts)
    assert "\n\n[tautan: Passkeys, Gift Purchase Offers and More]" in first.posts[1].text
    assert "https://telegram.org/blog/passkeys-and-gift-offers" in first.posts[1].text
    assert first.posts[2].media[0].kind == "image"
    assert requests == [{}, {"before": "419"}]
    assert last.cursor == Cursor(high_water="439")
