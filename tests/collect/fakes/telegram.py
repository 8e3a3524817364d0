"""The web preview of one Telegram channel."""

from __future__ import annotations

import html

from scanner.domain.accounts import Platform
from tests.collect.fakes.base import PAGE, Fake, Item
from tests.collect.servers import Reply, Request


class FakeTelegram(Fake):
    platform = Platform.TELEGRAM
    handle = "kanal_contoh"

    def native_id(self, item: Item) -> str:
        return f"kanal_contoh/{item.number}"

    def private(self) -> Reply:
        return Reply('<html><body class="x"><div class="tgme_page">Contact @kanal_contoh</div></body></html>')

    def drift(self) -> Reply:
        return Reply("<html><body><section class=new_history></section></body></html>")

    def page(self, request: Request) -> Reply:
        below = int(request.query.get("before", 10**9))
        items = [item for item in self.items if item.number < below]
        shown = items[-PAGE:]
        before = shown[0].number if len(items) > PAGE else None
        more = f'<a class="tme_messages_more js-messages_more" data-before="{before}"></a>' if before else ""
        words = "".join(map(self.message, shown)) or '<div class="tme_no_messages_found">No posts found</div>'
        body = f'<section class="tgme_channel_history js-message_history">{more}{words}</section>'
        return Reply(f"<!DOCTYPE html><html><body>{body}</body></html><!-- 1ms -->")

    def message(self, item: Item) -> str:
        channel = "kanal_lain" if item.kind == "foreign" else "kanal_contoh"
        post = "" if item.kind == "bad" else f'data-post="{channel}/{item.number}"'
        return (
            f'<div class="tgme_widget_message_wrap js-widget_message_wrap"><div {post} data-view="eyJjIjotMTIzfQ"'
            f' class="tgme_widget_message text_not_supported_wrap js-widget_message">'
            f'<div class="tgme_widget_message_text js-message_text" dir="auto">{html.escape(item.text)}</div>'
            f'<span class="tgme_widget_message_meta"><a class="tgme_widget_message_date">'
            f'<time datetime="{item.at.isoformat()}"></time></a></span></div></div>'
        )
