"""Facebook Pages by Page Public Content Access: what one public Page posted. Persons' profiles have no interface."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import msgspec

from scanner.collect.answers import read_json
from scanner.collect.html import MASK, join_parts, mask_handles, note, valid_text
from scanner.collect.interface import Found, Page, Window
from scanner.collect.platforms.facebook_comments import CommentReader
from scanner.collect.platforms.graph import Error, GraphCollector, Listing, moment, read_items, walk_tokens
from scanner.collect.response import Response
from scanner.collect.terms import Terms
from scanner.collect.walk import Step
from scanner.domain.accounts import Account, Platform
from scanner.domain.posts import Media, Post, Role
from scanner.domain.runs import Cursor
from scanner.errors import Blocked, CollectError, Gone, Private

_VERSION = "v25.0"
_HANDLE = re.compile(r"[\w.-]{1,80}", re.ASCII)
_POST = re.compile(r"\d+_\d+", re.ASCII)
_FIELDS = (
    "id,from{id},message,created_time,permalink_url,status_type,"
    "attachments{media_type,url,unshimmed_url,title,description}"
)
_KINDS = {"photo": "image", "album": "image", "video": "video", "link": "link"}


class _Node(msgspec.Struct):
    id: str


class _Attachment(msgspec.Struct):
    media_type: str = ""
    url: str | None = None
    unshimmed_url: str | None = None
    title: str | None = None
    description: str | None = None

    @property
    def target(self) -> str | None:
        """Where it leads, past Facebook's own counting address."""
        shim = urlsplit(self.url or "")
        hidden = parse_qs(shim.query).get("u") if shim.path == "/l.php" else None
        return self.unshimmed_url or (hidden[0] if hidden else self.url)


class _Attachments(msgspec.Struct):
    data: list[_Attachment] = []


class _Item(msgspec.Struct):
    id: str
    created_time: str
    author: _Node | None = msgspec.field(default=None, name="from")
    message: str | None = None
    permalink_url: str | None = None
    status_type: str = ""
    attachments: _Attachments = msgspec.field(default_factory=_Attachments)


class FacebookCollector(GraphCollector):
    """Reads /{page}/posts; `account.handle` is the Page's name in its address, or its number."""

    platform = Platform.FACEBOOK
    version = "1"
    terms = Terms(
        needs_approval=True,
        keys={"token": "token of the operating body's app, reviewed for Page Public Content Access"},
        robots=False,
        least=2,
        interval=1.0,
        refresh_days=30,
        must_erase=True,
        duty="what is gone there leaves here; deleted on request (scanner erase), and when no longer needed",
        import_instead="Meta Content Library CSV, CrowdTangle CSV",
    )
    home = "https://graph.facebook.com"
    sees = "posts of public Pages, titles of links, words of what they share; comments of listed Pages"
    misses = (
        "personal profiles, groups and events have no interface at all; Pages hidden by country or age; of busy Pages "
        "Meta lists about 600 posts a year; words inside pictures and films; edits are seen only as changed words; "
        "comments whose author the app may not see, and those under campaign posts older than the window"
    )

    def collect(self, account: Account, cursor: Cursor, window: Window) -> Iterator[Page]:
        """Yield pages newest first. Raises Private for a person's profile, Gone for a Page that is not shown."""
        looked = self._look_at(account.handle)
        page_id = read_json(looked, _Node)[0].id

        def read(after: str | None) -> Step:
            response = self._list(account.handle, page_id, _FIELDS, after)
            return _step(account, page_id, response, *read_json(response, Listing))

        for number, page in enumerate(walk_tokens(read, cursor, window, self.options)):
            yield page if number else replace(page, evidence=(looked.evidence, *page.evidence))

    def look_up(self, account: Account, native_ids: Sequence[str]) -> Iterator[Found]:
        """Ask for posts one by one: many in one request count as many, and one that is gone would refuse them all."""
        for native_id in filter(_POST.fullmatch, native_ids):
            try:
                response = self.ask(account.handle, f"{_VERSION}/{native_id}", {"fields": _FIELDS})
            except Gone:
                yield Found(posts=(), missing=(native_id,), evidence=())
                continue
            item, repaired = read_json(response, msgspec.Raw)
            step = _step(account, native_id.partition("_")[0], response, Listing(data=[item]), repaired)
            yield Found(posts=tuple(post for _, post in step.posts), missing=(), evidence=step.evidence)

    def comments(self, campaign: str, listed: Mapping[str, Account], cursor: Cursor, window: Window) -> Iterator[Page]:
        """Yield comments of listed accounts under the campaign Page's posts inside the window, newest posts first."""
        page_id = read_json(self._look_at(campaign), _Node)[0].id

        def posts(after: str | None) -> Response:
            return self._list(campaign, page_id, "id,created_time", after)

        def replies(post_id: str, after: str | None) -> Response:
            query = {"fields": "id,from{id},message,created_time", "filter": "stream", "order": "reverse_chronological"}
            return self._edge(campaign, f"{post_id}/comments", query, after)

        reader = CommentReader(posts, replies, page_id, listed, cursor.high_water, window)
        # New comments come under old posts: the walk over posts never stops at what is known.
        yield from walk_tokens(reader.step, replace(cursor, high_water=None), window, self.options)

    def means(self, shown: str, error: Error) -> CollectError | None:
        """Tell persons, Pages that are not there, and an app without review apart as far as Graph does."""
        if error.code == 803 and "query users" in error.message:
            return Private(f"{shown}: a person's profile; Facebook has no interface for persons, only for Pages")
        if error.code == 100 and "Public Content Access" in error.message:
            return Blocked(f"{shown}: the app has not been reviewed for Page Public Content Access")
        if error.code == 803 or (error.code, error.error_subcode) == (100, 33):
            return Gone(f"{shown}: not there (any more), or not shown to this app")
        return None

    def _look_at(self, handle: str) -> Response:
        if _HANDLE.fullmatch(handle) is None:
            raise Blocked(f"facebook: {handle!a} is no name of a Page; valid: letters, digits, dots, or its number")
        return self.ask(handle, f"{_VERSION}/{handle}", {"fields": "id"})

    def _list(self, handle: str, page_id: str, fields: str, after: str | None) -> Response:
        return self._edge(handle, f"{page_id}/posts", {"fields": fields}, after)

    def _edge(self, handle: str, edge: str, query: Mapping[str, str], after: str | None) -> Response:
        paging = {"limit": str(min(self.options.page_size, 100))} | ({"after": after} if after else {})
        return self.ask(handle, f"{_VERSION}/{edge}", {**query, **paging})


def _step(account: Account, page_id: str, response: Response, listing: Listing, repaired: bool) -> Step:
    return read_items(
        response,
        listing.data,
        lambda item: _post(account, page_id, msgspec.json.decode(item, type=_Item)),
        after=listing.after(),
        repaired=repaired,
        native_id=page_id,
    )


def _post(account: Account, page_id: str, item: _Item) -> Post:
    if (item.author.id if item.author else item.id.partition("_")[0]) != page_id:
        raise ValueError("post of somebody else in the list of this Page")
    own = {account.handle.casefold(), page_id}
    shared = _shared(item, own)
    words = valid_text(item.message or "")
    role = Role.POSTED if shared is None else Role.QUOTED if words else Role.REPOSTED
    notes = [note("tautan", one.title) for one in item.attachments.data if one.media_type == "link" and shared is None]
    text = join_parts(words, *notes) if role is not Role.REPOSTED else shared or ""
    return Post(
        platform=Platform.FACEBOOK,
        native_id=item.id,
        account_id=account.id,
        role=role,
        posted_at=moment(item.created_time),
        text=mask_handles(text, own),
        url=item.permalink_url or f"https://www.facebook.com/{item.id}",
        # updated_time also changes with every comment: it does not tell an edit.
        context=_context(role, shared or ""),
        media=tuple(
            Media(kind=_KINDS.get(one.media_type, "link"), url=one.target, description=valid_text(one.title or ""))
            for one in item.attachments.data
        ),
    )


def _context(role: Role, shared: str) -> str:
    """Say whose words these are. Words that are only shared are the text: the joint decree counts sharing as a deed."""
    match role:
        case Role.REPOSTED:
            return f"[membagikan unggahan {MASK}]"
        case Role.QUOTED:
            return join_parts(f"[mengutip unggahan {MASK}]", mask_handles(shared, ()))
        case _:
            return ""


def _shared(item: _Item, own: set[str]) -> str | None:
    """Return the words of somebody else's post that is shared here; None when none is."""
    if item.status_type != "shared_story":
        return None
    foreign = [one for one in item.attachments.data if _is_foreign(one.target or "", own)]
    parts = [part for one in foreign for part in (one.title, one.description) if part]
    return valid_text("\n\n".join(parts)) if foreign else None


def _is_foreign(address: str, own: set[str]) -> bool:
    """Tell an address on Facebook that is not of this Page's own: shared links elsewhere are the Page's own choice."""
    parts = urlsplit(address)
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.").removeprefix("web.")
    owner = parts.path.strip("/").partition("/")[0].casefold()
    return host == "facebook.com" and not ({owner, *parse_qs(parts.query).get("id", [])} & own)
