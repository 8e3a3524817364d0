"""HTML to the words a reader sees, and other people's handles out of them. Shared by all collectors."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from io import BytesIO, StringIO

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

from scanner.collect.response import Response
from scanner.text.codepoints import without_halves

MASK = "@…"
"""What stands for the handle of somebody else (guardrail G2)."""
_SPACE = re.compile(r"[ \t\r\n\f\v]+")
_BLANKS = re.compile(r"[ \t\r\f\v]+")
_MANY_LINES = re.compile(r"\n{3,}")
_MARKUP = re.compile(r"[<&\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff]")
"""What a parser may read otherwise than as it stands."""
_SCHEME = re.compile(r"^(?:https?://)?(?:www\.)?", re.IGNORECASE)
_HANDLE = re.compile(r"(?<!\w)[@＠](\w(?:[\w.-]*\w)?(?:[@＠][\w.-]*\w)*)")
_XML_PROLOG = re.compile(rb"^\s*<\?xml[^>]*\?>")
_BLOCKS = frozenset(
    ("p", "div", "li", "ul", "ol", "blockquote", "pre", "tr", "section", "article", "figure", "figcaption")
).union(("h1", "h2", "h3", "h4", "h5", "h6"))
_UNSEEN = frozenset(("script", "style", "template", "svg", "noscript", "head"))


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
    valid = valid_text(html)
    if _MARKUP.search(valid) is None:  # parsing is most of the cost of a short post
        return Rendered(text=tidy(_SPACE.sub(" ", valid)))
    return render_tag(BeautifulSoup(StringIO(valid), "lxml"))


def render_tag(root: Tag) -> Rendered:
    """Return the words of a parsed piece of a page. Takes time in proportion to its size, however deep it nests."""
    words: list[str] = []
    links: list[str] = []
    pending: list[object] = [root]
    while pending:
        item = pending.pop()
        if isinstance(item, Tag):
            pending += reversed(_read_tag(item, links))
        elif type(item) is NavigableString:  # and not one of its kinds: comments, scripts, styles
            words.append(_SPACE.sub(" ", item))
        elif type(item) is str:
            words.append(item)
    return Rendered(text=tidy(valid_text("".join(words))), links=tuple(dict.fromkeys(links)))


def _read_tag(tag: Tag, links: list[str]) -> list[object]:
    """Return what stands for a tag: its children, its own words, or nothing; targets of links go to `links`."""
    if tag.name in _UNSEEN:
        return []
    if tag.name == "br":
        return ["\n"]
    if tag.name == "img":
        return [_words_of_image(tag)]
    if tag.name == "a":
        return _read_anchor(tag, links)
    return ["\n", *tag.contents, "\n"] if tag.name in _BLOCKS else list(tag.contents)


def _read_anchor(anchor: Tag, links: list[str]) -> list[object]:
    """Write a shortened address out in full; keep the target of a link whose words are other words."""
    href = str(anchor.get("href", ""))
    if not href.startswith(("http://", "https://")) or {"mention", "hashtag"} & set(anchor.get("class") or ()):
        return list(anchor.contents)
    shown = _SCHEME.sub("", anchor.get_text().strip()).rstrip("…")
    if shown and _SCHEME.sub("", href).startswith(shown):
        return [href]
    links.append(href)
    return list(anchor.contents)


def _words_of_image(image: Tag) -> str:
    alt = str(image.get("alt", ""))
    return alt if any("emoji" in name for name in image.get("class") or ()) else note("gambar", alt)


def tidy(text: str) -> str:
    """Strip each line and leave at most one space between words and one empty line between lines."""
    lines = (_BLANKS.sub(" ", line).strip(" ") for line in text.split("\n"))
    return _MANY_LINES.sub("\n\n", "\n".join(lines)).strip()


def valid_text(text: str) -> str:
    """Replace lone surrogates and drop NUL: what remains can be stored and hashed."""
    return without_halves(text).replace("\0", "")


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
