"""What the public address of a post tells: platform, id and, on most platforms, the author."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from scanner.domain.accounts import Platform

_HOSTS: Mapping[str, Platform] = {
    "x.com": Platform.X,
    "twitter.com": Platform.X,
    "instagram.com": Platform.INSTAGRAM,
    "threads.net": Platform.THREADS,
    "threads.com": Platform.THREADS,
    "tiktok.com": Platform.TIKTOK,
    "facebook.com": Platform.FACEBOOK,
    "fb.com": Platform.FACEBOOK,
    "youtube.com": Platform.YOUTUBE,
    "youtu.be": Platform.YOUTUBE,
    "t.me": Platform.TELEGRAM,
    "bsky.app": Platform.BLUESKY,
}
_ADDRESS = re.compile(r"https?://(?:(?:www|m|mobile|web|id-id)\.)?([\w.-]+)(?::\d+)?(/[^\s#]*)?(?:#\S*)?", re.ASCII)
_PATHS: Mapping[Platform, str] = {
    Platform.X: r"/(?P<handle>\w{1,15})/status(?:es)?/(?P<id>\d+)",
    Platform.INSTAGRAM: r"(?:/(?P<handle>[\w.]{1,30}))?/(?:p|reel|reels|tv)/(?P<id>[\w-]+)",
    Platform.THREADS: r"/@(?P<handle>[\w.]{1,30})/post/(?P<id>[\w-]+)",
    Platform.TIKTOK: r"/@(?P<handle>[\w.]{1,30})/(?:video|photo)/(?P<id>\d+)",
    Platform.FACEBOOK: r"/(?P<handle>[\w.-]+)/(?:posts|videos|photos|reels?)/(?:[^/?]+/)*?(?P<id>\w+)(?=/?(?:\?|$))",
    Platform.YOUTUBE: r"/(?:watch\?(?:.*&)?v=|shorts/|live/|embed/)(?P<id>[\w-]{11})(?![\w-])",
    Platform.TELEGRAM: r"/(?:s/)?(?P<handle>\w{4,32})/(?P<id>\d+)",
    Platform.BLUESKY: r"/profile/(?P<handle>[\w.:%-]+)/post/(?P<id>\w+)",
}
_NOBODY = frozenset({"i", "share", "watch", "groups", "story.php", "permalink.php", "photo", "reel"})


@dataclass(frozen=True, slots=True)
class Permalink:
    """What an address tells of a post."""

    platform: Platform
    handle: str | None
    native_id: str | None


def read_permalink(address: str) -> Permalink | None:
    """Read an address; None when it is of no platform we know. A page of the platform without post has no id."""
    found = _ADDRESS.fullmatch(address.strip())
    platform = _HOSTS.get(found[1].lower()) if found else None
    if found is None or platform is None:
        return None
    path = found[2] or ""
    if found[1].lower() == "youtu.be":  # the short address has the id alone
        path = f"/live{path}"
    post = re.match(_PATHS[platform], path)
    parts = post.groupdict() if post else {}
    handle, native_id = parts.get("handle"), parts.get("id")
    if platform is Platform.TELEGRAM and native_id:
        native_id = f"{handle}/{native_id}"
    return Permalink(platform=platform, handle=None if handle in _NOBODY else handle, native_id=native_id)
