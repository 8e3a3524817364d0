"""What the posts of the X API are to us: their words and notes, whose they are, and how the account stands to them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec

from scanner.collect.html import MASK, join_parts, mask_handles, note, tidy, valid_text
from scanner.collect.platforms.x_answers import PostsAnswer, Shown
from scanner.domain.accounts import Account, Platform
from scanner.domain.captures import sha256
from scanner.domain.posts import Media, Post, Role
from scanner.domain.runs import Rejected

_ID = re.compile(r"\d{1,19}", re.ASCII)
_REPOST = re.compile(r"RT @\w+: ", re.ASCII)
_STATUS = re.compile(r"https://(?:twitter|x)\.com/\w+/status/(\d+)(/(?:photo|video)/\d+)?(?:\?.*)?", re.ASCII)
_REPLACED = "\ufffd".encode()
_KINDS = {"photo": "image", "video": "video", "animated_gif": "video"}
_NOTES = {"image": "gambar", "video": "video", "link": "tautan"}
_EPOCH = datetime(2010, 11, 4, 1, 42, 54, 657000, tzinfo=UTC)
"""Ids of posts count milliseconds from here, above 22 bits of numbering."""


@dataclass(slots=True)
class Reading:
    """The posts of one answer that are the account's. They go by the id of their first version."""

    posts: dict[str, Post] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    """All of them, kept or withheld."""
    versions: list[str] = field(default_factory=list)
    """The ids under which this answer shows them."""
    newest: dict[str, str] = field(default_factory=dict)
    """Newest version of those that are shown as they once were."""
    withheld: int = 0
    rejected: list[Rejected] = field(default_factory=list)

    @property
    def note(self) -> str:
        """What was not kept, in plain words."""
        return f"{self.withheld} posts are withheld in Indonesia" if self.withheld else ""


def read_posts(answer: PostsAnswer, account: Account, author_id: str | None) -> Reading:
    """Read the posts of one author. An unreadable or foreign item is rejected, what is withheld here is left out."""
    reading, capture = Reading(), answer.evidence.capture
    for item in answer.items:
        try:
            shown = _read(item, author_id)
            post = _post(shown, answer, account, answer.repaired and _REPLACED in bytes(item))
        except (ValueError, RecursionError) as error:
            rejected = Rejected(
                source=capture.url,
                line=None,
                reason=f"{type(error).__name__}: {error!s:.200}",
                raw_sha256=sha256(bytes(item)),
            )
            reading.rejected.append(rejected)
            continue
        reading.ids.append(post.native_id)
        reading.versions.append(shown.id)
        if shown.withheld_here:
            reading.withheld += 1
            continue
        reading.posts.setdefault(post.native_id, post)
        if shown.history[-1] != shown.id:
            reading.newest[post.native_id] = shown.history[-1]
    return reading


def id_at(moment: datetime) -> int:
    """Return the least id a post of that moment can have; negative before there were such ids."""
    return ((moment - _EPOCH) // timedelta(milliseconds=1)) << 22


def time_of(native_id: str) -> datetime:
    """Return when the post or version with an id was written, in whole seconds as `created_at` has it."""
    return (_EPOCH + timedelta(milliseconds=int(native_id) >> 22)).replace(microsecond=0)


def _read(item: msgspec.Raw, author_id: str | None) -> Shown:
    shown = msgspec.json.decode(item, type=Shown)
    if shown.author_id is None or shown.created_at is None:
        raise ValueError("post without author_id or created_at")
    if shown.author_id != author_id:
        raise ValueError("post of another account in the list of this one")
    if not all(_ID.fullmatch(version) for version in (shown.id, *shown.history)):
        raise ValueError("post with an id that is no number of at most 19 digits")
    return shown


def _post(shown: Shown, answer: PostsAnswer, account: Account, repaired: bool) -> Post:
    first, edited = shown.history[0], len(shown.history) > 1
    original_id = shown.refers_to("retweeted")
    source = answer.others.get(original_id or "", shown)
    # Without the original, deleted or protected by now, a repost is "RT @name: " and the first 140 characters.
    cut = original_id is not None and source is shown
    text = _REPOST.sub("", _text(source), count=1) if cut else _text(source)
    media = _media(source, shown, answer)
    polls = [answer.polls[poll].options for poll in source.poll_ids if poll in answer.polls]
    notes = [
        *(note("jajak pendapat", " / ".join(option.label for option in options)) for options in polls),
        *(note(_NOTES.get(one.kind, "lampiran"), one.description) for one in media),
    ]
    return Post(
        platform=Platform.X,
        native_id=first,
        account_id=account.id,
        role=_role(shown, answer),
        # created_at is the version's own; when the post was first written and last edited stands in their ids.
        posted_at=time_of(first) if edited else _utc(shown.created_at),
        text=mask_handles(join_parts(text, *notes), {account.handle.lower()}),
        url=f"https://x.com/{account.handle}/status/{first}",
        edited_at=time_of(shown.id) if edited else None,
        language=_language(source.lang),
        context=_context(shown, answer),
        media=media,
        truncated=cut,
        repaired=repaired,
        capture_sha256=answer.evidence.capture.sha256,
    )


def _role(shown: Shown, answer: PostsAnswer) -> Role:
    """A reply to oneself is a thread, which is posting."""
    if shown.refers_to("retweeted"):
        return Role.REPOSTED
    if shown.refers_to("quoted"):
        return Role.QUOTED
    answered = shown.refers_to("replied_to")
    if answered is None:
        return Role.POSTED
    other = answer.others.get(answered)
    to = shown.in_reply_to_user_id or (other.author_id if other else None)
    return Role.POSTED if to == shown.author_id else Role.REPLIED


def _context(shown: Shown, answer: PostsAnswer) -> str:
    """Say whose words these are. A repost's words are its text: the joint decree counts sharing as a deed."""
    match _role(shown, answer):
        case Role.REPOSTED:
            return f"[membagikan unggahan {MASK} (repost)]"
        case Role.QUOTED:
            return join_parts(f"[mengutip unggahan {MASK}]", _words(shown.refers_to("quoted"), answer))
        case Role.REPLIED:
            words = _words(shown.refers_to("replied_to"), answer)
            missing = "" if words else "; unggahan itu tidak diambil"
            return join_parts(f"[membalas unggahan {MASK}{missing}]", words)
        case _:
            return ""


def _words(other_id: str | None, answer: PostsAnswer) -> str:
    """Return the words of a post that one of the account's refers to."""
    other = answer.others.get(other_id or "")
    return "" if other is None or other.withheld_here else mask_handles(_text(other), ())


def _text(shown: Shown) -> str:
    """Return the whole text, its addresses written out in full."""
    # X writes & < > as &amp; &lt; &gt; in `text`, and escapes nothing else; the long text it leaves as it is.
    text = shown.long.text if shown.long else shown.text
    for one in shown.urls:
        if one.url and one.expanded_url:
            text = text.replace(one.url, "" if _is_inside(one.expanded_url, shown) else one.expanded_url)
    text = text if shown.long else text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return tidy(valid_text(text))


def _is_inside(url: str, shown: Shown) -> bool:
    """Tell whether an address is only how X hangs pictures, films and the quoted post into a text."""
    found = _STATUS.fullmatch(url)
    return found is not None and (found[2] is not None or found[1] == shown.refers_to("quoted"))


def _media(source: Shown, shown: Shown, answer: PostsAnswer) -> tuple[Media, ...]:
    keys = dict.fromkeys([*source.media_keys, *shown.media_keys])
    attached = [answer.media[key] for key in keys if key in answer.media]
    pictures = [
        Media(
            kind=_KINDS.get(one.type, one.type),
            url=one.url or one.preview_image_url,
            description=valid_text(one.alt_text or ""),
        )
        for one in attached
    ]
    urls = {one.expanded_url: one.title or "" for one in source.urls if one.expanded_url}
    links = [
        Media(kind="link", url=url, description=valid_text(title))
        for url, title in urls.items()
        if not _is_inside(url, source)
    ]
    return (*pictures, *links)


def _language(code: str | None) -> str | None:
    """Return a language; X's old `in` is Indonesian, `und`, `zxx` and `qme` are none."""
    if not code or code in ("und", "zxx") or code.startswith("q"):
        return None
    return "id" if code == "in" else code


def _utc(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
