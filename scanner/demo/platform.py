"""A small local platform: Mastodon-compatible API with paging, RSS feeds, and a channel preview in HTML.

It speaks the protocols as the real servers do (Link headers, ETag, robots.txt, oldest-first channel pages), so
that the demo runs the real collectors over real HTTP, with no keys and no internet.
"""

from __future__ import annotations

import hashlib
import html
import json
import threading
from collections.abc import Sequence
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from scanner.demo.cast import DOMAIN, DemoAccount, DemoPost

_CHANNEL_PAGE = 20


class DemoPlatform:
    """Serves the cast on 127.0.0.1 while the context is open; `url` is where."""

    def __init__(self, accounts: dict[str, DemoAccount], posts: Sequence[DemoPost], port: int = 0) -> None:
        self.accounts = accounts
        self.posts = posts
        handler = type("Handler", (_Handler,), {"platform": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="demo-platform", daemon=True)

    @property
    def host(self) -> str:
        """host:port."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        """Address of the platform."""
        return f"http://{self.host}"

    def __enter__(self) -> DemoPlatform:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def account(self, platform: str, handle: str) -> DemoAccount | None:
        """Return the account with this handle on this platform."""
        found = (a for a in self.accounts.values() if a.platform == platform and a.handle == handle)
        return next(found, None)

    def posts_of(self, account: DemoAccount) -> list[DemoPost]:
        """Return the posts of an account, newest first."""
        return sorted((post for post in self.posts if post.account == account.key), key=lambda post: -post.id)

    # Mastodon

    def lookup(self, acct: str) -> dict[str, Any] | None:
        """Answer /api/v1/accounts/lookup."""
        account = self.account("mastodon", acct.removesuffix(f"@{DOMAIN}"))
        return self._profile(account) if account else None

    def statuses(self, account_id: str, query: dict[str, str]) -> tuple[list[dict[str, Any]], str]:
        """Answer /api/v1/accounts/:id/statuses: a page and its Link header."""
        account = self.account("mastodon", account_id)
        if account is None:
            return [], ""
        limit = min(int(query.get("limit", "20")), 40)
        posts = self.posts_of(account)
        if "max_id" in query:
            posts = [post for post in posts if post.id < int(query["max_id"])]
        if "since_id" in query:
            posts = [post for post in posts if post.id > int(query["since_id"])]
        page = posts[:limit]
        where = f"{self.url}/api/v1/accounts/{account_id}/statuses?limit={limit}"
        link = f'<{where}&max_id={page[-1].id}>; rel="next"' if len(posts) > limit else ""
        return [self._status(account, post) for post in page], link

    def _profile(self, account: DemoAccount) -> dict[str, Any]:
        return {
            "id": account.handle,
            "username": account.handle,
            "acct": account.handle,
            "display_name": account.display_name,
            "locked": False,
            "bot": False,
            "indexable": True,
            "noindex": False,
            "url": f"https://{DOMAIN}/@{account.handle}",
        }

    def _status(self, account: DemoAccount, post: DemoPost) -> dict[str, Any]:
        boosted = self._boosted(post)
        return {
            "id": str(post.id),
            "created_at": post.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "edited_at": post.edited_at.isoformat().replace("+00:00", "Z") if post.edited_at else None,
            "in_reply_to_id": "1" if post.kind == "reply" else None,
            "in_reply_to_account_id": "1" if post.kind == "reply" else None,
            "visibility": "public",
            "language": "id",
            "sensitive": False,
            "spoiler_text": "",
            "uri": f"https://{DOMAIN}/users/{account.handle}/statuses/{post.id}",
            "url": f"https://{DOMAIN}/@{account.handle}/{post.id}",
            "content": "" if boosted else _paragraphs(post.text),
            "reblog": boosted,
            "poll": None,
            "card": None,
            "account": self._profile(account),
            "media_attachments": [],
            "mentions": [],
            "tags": [],
        }

    def _boosted(self, post: DemoPost) -> dict[str, Any] | None:
        if post.kind != "boost" or post.boost_of is None:
            return None
        author = self.accounts[post.boost_of["account"]]
        original = DemoPost(
            id=100_000 + post.id,
            account=author.key,
            at=post.at,
            text=post.boost_of["text"],
            kind="post",
            title=None,
            boost_of=None,
            edited_at=None,
        )
        return self._status(author, original)

    # RSS and channel preview

    def feed(self, handle: str) -> str | None:
        """Return the RSS document of a blog."""
        account = self.account("rss", handle)
        if account is None:
            return None
        items = "".join(_feed_item(account, post) for post in self.posts_of(account)[:50])
        title = html.escape(account.display_name)
        return (
            '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
            f"<title>{title}</title><link>https://{DOMAIN}/{handle}</link><description>{title}</description>"
            f"{items}</channel></rss>"
        )

    def channel(self, handle: str, before: int | None) -> str | None:
        """Return one preview page of a public channel, oldest message first."""
        account = self.account("telegram", handle)
        if account is None:
            return None
        posts = [post for post in self.posts_of(account) if before is None or post.id < before]
        page = list(reversed(posts[:_CHANNEL_PAGE]))
        more = _more_link(handle, page[0].id) if len(posts) > _CHANNEL_PAGE else ""
        messages = "".join(_message(account, post) for post in page)
        return (
            "<!DOCTYPE html><html><body>"
            f'<div class="tgme_channel_info"><div class="tgme_channel_info_header_title">'
            f"{html.escape(account.display_name)}</div></div>"
            f'<section class="tgme_channel_history js-message_history">{more}{messages}</section></body></html>'
        )


class _Handler(BaseHTTPRequestHandler):
    platform: DemoPlatform
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        path = [piece for piece in parts.path.split("/") if piece]
        match path:
            case ["robots.txt"]:
                self._send("text/plain", "User-agent: *\nAllow: /\n")
            case ["api", "v1", "accounts", "lookup"]:
                self._send_json(self.platform.lookup(query.get("acct", "")))
            case ["api", "v1", "accounts", account_id, "statuses"]:
                page, link = self.platform.statuses(account_id, query)
                self._send_json(page, headers={"Link": link} if link else {})
            case ["s", handle]:
                before = int(query["before"]) if "before" in query else None
                self._send("text/html; charset=utf-8", self.platform.channel(handle, before))
            case [handle, "feed.xml"]:
                self._send("application/rss+xml; charset=utf-8", self.platform.feed(handle))
            case _:
                self._send("text/plain", None)

    def _send_json(self, answer: object, headers: dict[str, str] | None = None) -> None:
        if answer is None:
            self._send("application/json", '{"error":"Record not found"}', status=404)
        else:
            self._send("application/json; charset=utf-8", json.dumps(answer), headers=headers)

    def _send(
        self, media_type: str, text: str | None, *, status: int = 200, headers: dict[str, str] | None = None
    ) -> None:
        body = (text or "not found").encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if text is None:
            status = 404
        elif status == 200 and self.headers.get("If-None-Match") == etag:
            status, body = 304, b""
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", etag)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: the demo's own output is what counts."""


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{html.escape(part)}</p>" for part in text.split("\n") if part.strip())


def _feed_item(account: DemoAccount, post: DemoPost) -> str:
    address = f"https://{DOMAIN}/{account.handle}/{post.id}"
    return (
        f"<item><title>{html.escape(post.title or '')}</title><link>{address}</link>"
        f'<guid isPermaLink="true">{address}</guid><pubDate>{format_datetime(post.at)}</pubDate>'
        f"<description>{html.escape(_paragraphs(post.text))}</description></item>"
    )


def _more_link(handle: str, before: int) -> str:
    return (
        f'<a class="tme_messages_more js-messages_more" data-before="{before}" href="/s/{handle}?before={before}"></a>'
    )


def _message(account: DemoAccount, post: DemoPost) -> str:
    address = f"https://t.me/{account.handle}/{post.id}"
    text = html.escape(post.text).replace("\n", "<br/>")
    edited = "edited &nbsp;" if post.edited_at else ""
    return (
        '<div class="tgme_widget_message_wrap js-widget_message_wrap">'
        f'<div class="tgme_widget_message js-widget_message" data-post="{account.handle}/{post.id}">'
        f'<div class="tgme_widget_message_text js-message_text" dir="auto">{text}</div>'
        '<div class="tgme_widget_message_footer"><span class="tgme_widget_message_meta">'
        f'{edited}<a class="tgme_widget_message_date" href="{address}"><time datetime="{post.at.isoformat()}"></time>'
        "</a></span></div></div></div>"
    )
