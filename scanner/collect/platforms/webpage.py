"""A public web page of one listed person: JSON-LD first, then the article itself, then OpenGraph."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from bs4 import BeautifulSoup

from scanner.collect.authors import folded, listed_author
from scanner.collect.conditional import AddressCollector, validators_of
from scanner.collect.html import join_parts, mask_handles, parse_page, render_tag, tidy, valid_text
from scanner.collect.interface import Page, Window
from scanner.collect.platforms import jsonld
from scanner.collect.response import Response
from scanner.domain.accounts import Account, Platform
from scanner.domain.captures import sha256
from scanner.domain.posts import Media, Post, Role
from scanner.domain.runs import Cursor, Rejected
from scanner.errors import FormatDrift, Private

_OPTED_OUT = {"noindex", "noarchive", "none"}
_FOR_US = re.compile(r"^(?:robots|scanner)$", re.IGNORECASE)
_DOORS = re.compile(
    r"(?:^|[/_.-])(?:log-?in|sign-?in|masuk|auth|sso|checkpoint|consent|captcha|challenge)(?:$|[/_.-])", re.IGNORECASE
)
_WIB = ZoneInfo("Asia/Jakarta")
_ASSUMED = "times without a zone were read as Asia/Jakarta"


class WebPageCollector(AddressCollector):
    """Reads one address; `account.handle` is that address."""

    platform = Platform.WEB
    version = "1"
    accept = "text/html, application/xhtml+xml"
    sees = "what one page says of its posts: JSON-LD, the article text, OpenGraph"
    misses = (
        "other pages of the site, what scripts load later, words inside pictures, anything behind a login, a change of "
        "owner"
    )

    def read(self, account: Account, response: Response, cursor: Cursor, window: Window) -> Page:
        """Return the page's posts. Raises Private behind a login and after an opt-out (noindex)."""
        return _page(account, response, cursor, window)


@dataclass(frozen=True, slots=True)
class _Found:
    """One post as the page describes it."""

    address: str
    text: str
    author: str | None
    posted_at: datetime | None
    edited_at: datetime | None
    language: str | None = None
    media: tuple[Media, ...] = ()
    truncated: bool = False
    zone_assumed: bool = False


def _page(account: Account, response: Response, cursor: Cursor, window: Window) -> Page:
    soup = _open(account, response)
    found, rejected = _read_described(account, response, soup)
    wanted = listed_author(account, (item.author for item in found))
    own = [item for item in found if wanted is None or folded(item.author) == wanted]
    posts = {item.address: _post(account, item, response, soup) for item in reversed(own)}
    kept = tuple(post for post in reversed(posts.values()) if window.holds(post.posted_at))
    return Page(
        posts=kept,
        evidence=(response.evidence,),
        # What lies outside the window must be seen again: with validators a 304 would hide it.
        cursor=replace(cursor, validators=validators_of(response) if len(kept) == len(posts) else ()),
        rejected=tuple(rejected),
        note=_ASSUMED if any(item.zone_assumed for item in own) else "",
    )


def _open(account: Account, response: Response) -> BeautifulSoup:
    """Parse the page unless it is locked, opted out, or no page at all."""
    if "html" not in response.media_type:
        raise FormatDrift(f"{_where(response)}: answered {response.media_type!a} where a page was expected")
    soup = parse_page(response)
    rules = [str(meta.get("content", "")) for meta in soup.find_all("meta", attrs={"name": _FOR_US})]
    spoken = {rule.strip().lower() for line in (*rules, *_robots_header(response)) for rule in line.split(",")}
    if _OPTED_OUT & spoken:
        raise Private(f"{account.handle}: asked not to be indexed or archived (robots meta)")
    if _DOORS.search(urlsplit(response.url).path) and not _DOORS.search(urlsplit(account.handle).path):
        raise Private(f"{account.handle}: leads to a login or consent page")
    return soup


def _robots_header(response: Response) -> list[str]:
    """Return the rules of X-Robots-Tag that speak to everybody or to us."""
    parts = [part.partition(":") for part in response.headers.get("x-robots-tag", "").split(",")]
    return [rule or agent for agent, _, rule in parts if not rule or agent.strip().lower() == "scanner"]


def _read_described(account: Account, response: Response, soup: BeautifulSoup) -> tuple[list[_Found], list[Rejected]]:
    """Read the posts of the page's JSON-LD, or the page itself where it describes none."""
    nodes = jsonld.read_nodes(soup)
    described = [node for node in nodes if jsonld.types_of(node) & jsonld.POSTS]
    if not described:
        is_list = any(jsonld.types_of(node) & jsonld.LISTS for node in nodes)
        return ([] if is_list else [_read_plain(account, response, soup)]), []
    found, rejected = [], []
    for node in described:
        try:
            found.append(_read_node(account, soup, node, alone=len(described) == 1))
        except ValueError as error:
            digest = sha256(json.dumps(node, sort_keys=True).encode())
            rejected.append(Rejected(source=_where(response), line=None, reason=str(error), raw_sha256=digest))
    if len(rejected) > 1 and not found:
        raise FormatDrift(f"{_where(response)}: none of {len(rejected)} posts could be read: {rejected[0].reason}")
    return found, rejected


def _read_node(account: Account, soup: BeautifulSoup, node: jsonld.Node, *, alone: bool) -> _Found:
    """Read one JSON-LD post; without a body the article of a page with one post is its text."""
    body = jsonld.words_of(node, "articleBody", "text") or (_article(soup) if alone else "")
    text = join_parts(jsonld.words_of(node, "headline", "name"), body or jsonld.words_of(node, "description"))
    published = jsonld.string_of(node, "datePublished", "uploadDate")
    address = urljoin(account.handle, jsonld.address_of(node) or "")
    if not text:
        raise ValueError("JSON-LD post without words")
    if not alone and (address == account.handle or not address.startswith(("http://", "https://"))):
        raise ValueError("JSON-LD post without an address of its own")
    return _Found(
        address=address,
        text=text,
        author=jsonld.author_of(node),
        posted_at=_instant(published),
        edited_at=_instant(jsonld.string_of(node, "dateModified")),
        language=jsonld.string_of(node, "inLanguage"),
        truncated=not body,
        zone_assumed=_has_no_zone(published),
    )


def _read_plain(account: Account, response: Response, soup: BeautifulSoup) -> _Found:
    """Read a page that describes no posts: its article, or at least what OpenGraph says."""
    if soup.select_one("input[type=password]") is not None:
        raise Private(f"{account.handle}: asks for a password")
    article, title, excerpt = _article(soup), _meta(soup, "og:title"), _meta(soup, "og:description")
    if not (article or excerpt):
        raise FormatDrift(f"{_where(response)}: no JSON-LD, article or OpenGraph text: a page of another shape")
    stamp = soup.select_one("article time[datetime], main time[datetime]")
    published = _meta(soup, "article:published_time") or (str(stamp["datetime"]) if stamp is not None else None)
    image = _meta(soup, "og:image")
    return _Found(
        address=account.handle,
        text=join_parts("" if article.startswith(title) else title, article or excerpt),
        author=_meta(soup, "article:author") or _meta(soup, "author") or None,
        posted_at=_instant(published),
        edited_at=_instant(_meta(soup, "article:modified_time") or None),
        media=(Media(kind="image", url=image),) if image else (),
        truncated=not article,
        zone_assumed=_has_no_zone(published),
    )


def _post(account: Account, item: _Found, response: Response, soup: BeautifulSoup) -> Post:
    posted, edited = item.posted_at, item.edited_at
    return Post(
        platform=Platform.WEB,
        native_id=item.address,
        account_id=account.id,
        role=Role.POSTED,
        posted_at=posted,
        text=mask_handles(item.text, ()),
        url=item.address,
        edited_at=edited if posted and edited and edited > posted else None,
        language=item.language or (str(soup.html.get("lang") or "") if soup.html else "") or None,
        media=item.media,
        truncated=item.truncated,
        repaired="\ufffd" in item.text,
        capture_sha256=response.evidence.capture.sha256,
    )


def _article(soup: BeautifulSoup) -> str:
    """Return the words of the page's one article; of several none, for they may be other people's."""
    articles = soup.select("article") or soup.select("main, [role=main]")
    return render_tag(articles[0]).text if len(articles) == 1 else ""


def _meta(soup: BeautifulSoup, name: str) -> str:
    tag = soup.find("meta", attrs={"property": name}) or soup.find("meta", attrs={"name": name})
    return tidy(valid_text(str(tag.get("content", "")))) if tag is not None else ""


def _instant(value: str | None) -> datetime | None:
    """Read an ISO time to UTC, Jakarta time where no zone is given; None when it cannot be read."""
    try:
        moment = datetime.fromisoformat((value or "").strip())
        return moment.replace(tzinfo=moment.tzinfo or _WIB).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _has_no_zone(value: str | None) -> bool:
    try:
        return value is not None and datetime.fromisoformat(value.strip()).tzinfo is None
    except ValueError:
        return False


def _where(response: Response) -> str:
    return response.evidence.capture.url
