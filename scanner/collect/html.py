"""HTML to the words a reader sees, and other people's handles out of them. Shared by all collectors."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from io import BytesIO, StringIO

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

from scanner.collect.client import Response

MASK = "@…"
"""What stands for the handle of somebody else (guardrail G2)."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACE = re.compile(r"[ \t\r\n\f\v]+")
_MANY_LINES = re.compile(r"\n{3,}")
_SCHEME = re.compile(r"^(?:https?://)?(?:www\.)?", re.IGNORECASE)
_HANDLE = re.compile(r"(?<!\w)[@＠](\w(?:[\w.-]*\w)?(?:[@＠][\w.-]*\w)*)")
_XML_PROLOG = re.compile(rb"^\s*<\?xml[^>]*\?>")
_BLOCKS = ("p", "div", "li", "blockquote", "pre", "tr", "section", "article", "figure", "figcaption", "ul", "ol")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_UNSEEN = ("script", "style", "template", "svg", "noscript", "head")


@dataclass(frozen=True, slots=True)
class Rendered:
    """The visible words, and where links lead whose words do not say it."""

    text: str
    links: tuple[str, ...] = ()


def parse_page(response: Response) -> BeautifulSoup:
    """Parse a whole page; the character set comes from the header, then the page, then its byte order mark."""
    # A file object: bytes that look like a URL or a file name would make bs4 warn.
    body = BytesIO(_XML_PROLOG.sub(b"", response.body))
    return BeautifulSoup(body, "lxml", from_encoding=response.charset)


def render(html: str) -> Rendered:
    """Return the words of an HTML fragment: paragraphs and breaks as newlines, addresses written out in full."""
    soup = BeautifulSoup(StringIO(_SPACE.sub(" ", valid_text(html))), "lxml")
    for tag in soup(_UNSEEN):
        tag.decompose()
    links = tuple(href for anchor in soup("a", href=True) if (href := _spell_out(anchor)) is not None)
    for image in soup("img", alt=True):
        image.replace_with(NavigableString(_words_of_image(image)))
    for tag in soup("br"):
        tag.replace_with(NavigableString("\n"))
    for tag in soup((*_BLOCKS, *_HEADINGS)):
        tag.insert_before(NavigableString("\n"))
        tag.insert_after(NavigableString("\n"))
    return Rendered(text=tidy(soup.get_text()), links=tuple(dict.fromkeys(links)))


def tidy(text: str) -> str:
    """Strip each line and leave at most one empty line between two."""
    return _MANY_LINES.sub("\n\n", "\n".join(line.strip(" \t\r\f\v") for line in text.split("\n"))).strip()


def valid_text(text: str) -> str:
    """Replace lone surrogates and drop NUL: what remains can be stored and hashed."""
    return _SURROGATE.sub("\ufffd", text).replace("\0", "")


def mask_handles(text: str, own: Collection[str]) -> str:
    """Replace handles of other people by `@…`; `own` are the account's spellings, lower case, without @."""
    return _HANDLE.sub(lambda found: found[0] if found[1].lower() in own else MASK, text)


def join_parts(*parts: str) -> str:
    """Join what belongs to the words of one post (text, photo notes, link titles), one part to a paragraph."""
    return "\n\n".join(part for part in parts if part)


def note(kind: str, words: str | None) -> str:
    """Return a bracketed note as the labelling codebook counts it to the text: `[gambar: ...]`, or nothing."""
    words = tidy(valid_text(words or ""))
    return f"[{kind}: {words}]" if words else ""


def _spell_out(anchor: Tag) -> str | None:
    """Write a shortened address out in full; return the target of a link whose words are other words."""
    href = str(anchor["href"])
    if not href.startswith(("http://", "https://")) or {"mention", "hashtag"} & set(anchor.get("class") or ()):
        return None
    shown = _SCHEME.sub("", anchor.get_text().strip()).rstrip("…")
    if not shown or not _SCHEME.sub("", href).startswith(shown):
        return href
    anchor.replace_with(NavigableString(href))
    return None


def _words_of_image(image: Tag) -> str:
    alt = str(image["alt"])
    return alt if any("emoji" in name for name in image.get("class") or ()) else note("gambar", alt)
