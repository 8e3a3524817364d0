"""Films of TikTok as posts: what was written, said and stuck on them, and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import msgspec

from scanner.collect.html import join_parts, mask_handles, note, valid_text
from scanner.collect.platforms.tiktok_answers import Films, Video
from scanner.domain.accounts import Account, Platform
from scanner.domain.captures import Evidence, sha256
from scanner.domain.posts import Media, Post, Role
from scanner.domain.runs import Rejected


@dataclass(frozen=True, slots=True)
class FilmPage:
    """One page of films, as given and as read."""

    found: Films
    evidence: Evidence
    posts: tuple[Post, ...]
    rejected: tuple[Rejected, ...]


def read_films(account: Account, evidence: Evidence, found: Films, *, repaired: bool) -> FilmPage:
    """Return the films of a page as posts; one that cannot be read is named with its reason."""
    posts, rejected, capture = [], [], evidence.capture
    for item in found.videos:
        try:
            post = _post(account, msgspec.json.decode(item, type=Video), capture.sha256)
        except (ValueError, OverflowError) as error:
            reason = f"{type(error).__name__}: {error!s:.200}"
            rejected.append(Rejected(source=capture.url, line=None, reason=reason, raw_sha256=sha256(bytes(item))))
            continue
        posts.append(replace(post, repaired=repaired and "\ufffd" in post.text))
    return FilmPage(found=found, evidence=evidence, posts=tuple(posts), rejected=tuple(rejected))


def _post(account: Account, video: Video, capture_sha256: str) -> Post:
    if video.username.casefold() != account.handle.casefold():
        raise ValueError("film of another account in the list of this one")
    stickers = " / ".join(sticker.sticker_name or "" for sticker in video.sticker_info_list or ())
    text = join_parts(
        valid_text(video.video_description or "").strip(),
        note("suara", video.voice_to_text),
        note("teks gambar", stickers.strip(" /")),
    )
    return Post(
        platform=Platform.TIKTOK,
        native_id=str(video.id),
        account_id=account.id,
        role=Role.POSTED,
        posted_at=datetime.fromtimestamp(video.create_time, UTC),
        text=mask_handles(text, {account.handle.lower()}),
        url=f"https://www.tiktok.com/@{video.username}/video/{video.id}",
        media=(Media(kind="video"),),
        capture_sha256=capture_sha256,
    )
