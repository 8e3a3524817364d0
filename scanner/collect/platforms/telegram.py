"""Public Telegram channels through their web preview t.me/s/<channel>: off until the terms' approval is on record."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from bs4.element import Tag

from scanner.collect.html import MASK, join_parts, mask_handles, note, parse_page, render_tag, valid_text
from scanner.collect.interface import Collector, Page, Window
from scanner.collect.response import Response
from scanner.collect.terms import Terms
from scanner.collect.walk import Step, walk
from scanner.domain.accounts import Account, Platform
from scanner.domain.captures import sha256
from scanner.domain.posts import Media, Post, Role
from scanner.domain.runs import Cursor, Rejected
from scanner.errors import Blocked, FormatDrift, Private

_CHANNEL = re.compile(r"[A-Za-z]\w{2,31}", re.ASCII)
_IMAGE = re.compile(r"background-image:\s*url\(['\"]?([^'\")]+)")
_TEXT = ".js-message_text"
_REPLY = ".tgme_widget_message_reply"
_FORWARD = ".tgme_widget_message_forwarded_from, .tgme_widget_message_forwarded_from_name"
_WITHHELD = ".message_media_not_supported"


class TelegramCollector(Collector):
    """Reads the preview pages of one public channel; `account.handle` is the channel's name."""

    platform = Platform.TELEGRAM
    version = "1"
    terms = Terms(
        needs_approval=True,
        duty="its content may not be fed to machine learning without consent of all users: only with approval",
        import_instead="any CSV, JSONL or Parquet with a column map; snscrape JSONL",
    )
    home = "https://t.me"
    sees = "messages of public channels that allow a web preview: text, polls, link titles, forwarded words"
    misses = (
        "groups, personal profiles and channels without preview; media the web preview withholds; words inside "
        "pictures and films; times of edits"
    )

    def collect(self, account: Account, cursor: Cursor, window: Window) -> Iterator[Page]:
        """Yield pages newest first. Raises Private for a channel without public preview."""
        if _CHANNEL.fullmatch(account.handle) is None:
            raise Blocked(f"telegram: {account.handle!r} is not a channel name; valid: letters, digits, underscores")
        channel = f"{self.base(account)}/s/{account.handle}"

        def read(below: str | None) -> Step:
            address = channel + (f"?before={below}" if below else "")
            return _step(account, self.fetch(address, accept="text/html"))

        yield from walk(read, cursor, window, self.options)


def _step(account: Account, response: Response) -> Step:
    soup = parse_page(response)
    history = _history(account, response, soup)
    capture = response.evidence.capture
    posts, ids, rejected, withheld = [], [], [], 0
    channel_id = None
    for message in history.select(".tgme_widget_message"):
        try:
            native_id, time = _identity(account, message)
        except ValueError as error:
            digest = sha256(str(message).encode("utf-8", "replace"))
            rejected.append(Rejected(source=capture.url, line=None, reason=str(error), raw_sha256=digest))
            continue
        ids.append(native_id)
        channel_id = channel_id or _channel_id(message)
        post = _post(account, message, native_id, time, capture.sha256)
        if message.select_one(_WITHHELD) is not None and not post.text:
            withheld += 1
        elif "service_message" not in (message.get("class") or ()):
            posts.append((native_id, post))
    return Step(
        posts=tuple(reversed(posts)),
        evidence=(response.evidence,),
        next_page=_next_page(soup),
        ids=tuple(reversed(ids)),
        rejected=tuple(rejected),
        native_id=channel_id,
        note=f"{withheld} messages are withheld from the web preview" if withheld else "",
    )


def _history(account: Account, response: Response, soup: BeautifulSoup) -> Tag:
    """Return the list of messages; t.me redirects to a page without one when there is no public preview."""
    history = soup.select_one(".tgme_channel_history")
    if history is not None:
        return history
    moved = not urlsplit(response.url).path.startswith("/s/")
    if moved or soup.select_one(".tgme_page") is not None:
        raise Private(f"telegram {account.handle}: no public preview (private, restricted, a group or not there)")
    raise FormatDrift(f"{response.evidence.capture.url}: no list of messages: a login page or a new layout?")


def _identity(account: Account, message: Tag) -> tuple[str, datetime]:
    """Return number and time of a message; raises ValueError when it is not a message of this channel."""
    channel, _, number = str(message.get("data-post", "")).partition("/")
    if not (number.isascii() and number.isdigit()):
        raise ValueError("message without data-post id")
    if channel.casefold() != account.handle.casefold():
        raise ValueError("message of another channel in the list of this one")
    stamp = message.select_one(".tgme_widget_message_date time[datetime], .tgme_widget_message_meta time[datetime]")
    if stamp is None:
        raise ValueError("message without time")
    moment = datetime.fromisoformat(str(stamp["datetime"]))
    return number, moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _post(account: Account, message: Tag, number: str, time: datetime, capture_sha256: str) -> Post:
    own = {account.handle.lower()}
    words = [render_tag(tag) for tag in message.select(_TEXT) if tag.find_parent(class_=_REPLY[1:]) is None]
    text = join_parts(*(part.text for part in words), *_notes(message))
    role, context = _role(account, message)
    return Post(
        platform=Platform.TELEGRAM,
        native_id=f"{account.handle.lower()}/{number}",
        account_id=account.id,
        role=role,
        posted_at=time,
        text=mask_handles(text, own),
        url=f"https://t.me/{account.handle}/{number}",
        context=mask_handles(context, own),
        media=_media(message, [href for part in words for href in part.links]),
        repaired="\ufffd" in text,
        capture_sha256=capture_sha256,
    )


def _role(account: Account, message: Tag) -> tuple[Role, str]:
    """Forwarded words are other people's, shared; a reply to one's own channel is a thread."""
    if message.select_one(_FORWARD) is not None:
        return Role.REPOSTED, f"[meneruskan pesan {MASK}]"
    reply = message.select_one(_REPLY)
    if reply is None:
        return Role.POSTED, ""
    answered = reply.select_one(f"{_TEXT}, .tgme_widget_message_metatext, .tgme_widget_message_text")
    quoted = render_tag(answered).text if answered is not None else ""
    path = urlsplit(str(reply.get("href", ""))).path.casefold()
    own = path.startswith(f"/{account.handle.casefold()}/")
    return (Role.POSTED if own else Role.REPLIED), join_parts("[membalas pesan]", quoted)


def _notes(message: Tag) -> list[str]:
    question = _all_text(message, ".tgme_widget_message_poll_question")
    options = _all_text(message, ".tgme_widget_message_poll_option_text")
    return [
        note("jajak pendapat", " / ".join([*question, *options])),
        *(note("berkas", title) for title in _all_text(message, ".tgme_widget_message_document_title")),
        *(note("tautan", title) for title in _all_text(message, ".link_preview_title")),
    ]


def _all_text(message: Tag, selector: str) -> list[str]:
    return [valid_text(tag.get_text(" ", strip=True)) for tag in message.select(selector)]


def _media(message: Tag, links: list[str]) -> tuple[Media, ...]:
    """Describe what belongs to the message; the addresses of the pictures expire."""
    photos = message.select(".tgme_widget_message_photo_wrap[style]")
    images = [found[1] for tag in photos if (found := _IMAGE.search(str(tag["style"])))]
    videos = [str(tag["src"]) for tag in message.select("video[src]")]
    previews = {str(tag["href"]): "" for tag in message.select("a.tgme_widget_message_link_preview[href]")}
    return (
        *(Media(kind="image", url=url) for url in images),
        *(Media(kind="video", url=url) for url in videos),
        *(Media(kind="link", url=url) for url in dict.fromkeys([*previews, *links])),
    )


def _channel_id(message: Tag) -> str | None:
    """Return the channel's immutable number, which the preview keeps only in data-view (base64 JSON)."""
    packed = str(message.get("data-view", ""))
    try:
        seen = json.loads(urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
        return str(seen["c"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _next_page(soup: BeautifulSoup) -> str | None:
    more = soup.select_one(".tme_messages_more[data-before]")
    before = str(more["data-before"]) if more is not None else ""
    return before if before.isascii() and before.isdigit() else None
