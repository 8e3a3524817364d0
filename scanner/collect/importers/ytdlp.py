"""yt-dlp: `.info.json`, JSONL of `-j`, and playlists with entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from scanner.collect.importers.documents import json_records
from scanner.collect.importers.interface import Head, Importer, Sighting
from scanner.collect.importers.permalinks import read_permalink
from scanner.collect.importers.records import Record, as_json, sightings
from scanner.collect.importers.values import handle, identifier, language, moment, objects, words
from scanner.domain.accounts import Platform
from scanner.domain.captures import sha256
from scanner.domain.posts import Media, Role
from scanner.domain.runs import Rejected
from scanner.errors import ImportFailed

_PLATFORMS: Mapping[str, Platform] = {
    "youtube": Platform.YOUTUBE,
    "tiktok": Platform.TIKTOK,
    "twitter": Platform.X,
    "instagram": Platform.INSTAGRAM,
    "facebook": Platform.FACEBOOK,
    "telegram": Platform.TELEGRAM,
    "generic": Platform.WEB,
    "html5mediaembed": Platform.WEB,
}
_KEPT = (
    "id", "display_id", "extractor", "extractor_key", "webpage_url", "original_url", "title", "fulltitle",
    "description", "timestamp", "release_timestamp", "upload_date", "uploader", "uploader_id", "uploader_url",
    "channel", "channel_id", "channel_url", "availability", "live_status", "was_live", "duration", "language",
    "tags", "categories", "thumbnail", "epoch", "_version", "_type",
)  # fmt: skip
"""What goes into the evidence: no formats and http_headers (session data), no comments (other people's words)."""


class YtDlp(Importer):
    """Films of YouTube, TikTok, X, Instagram, Facebook and single web pages."""

    name: ClassVar[str] = "ytdlp"
    version: ClassVar[str] = "1"
    describes: ClassVar[str] = (
        "yt-dlp info.json, JSONL or playlist. Only what is listed publicly counts as public: an unlisted film does "
        "not, nor one of YouTube whose availability is not told. Comments are left out. A web page's time is that "
        "of the file and therefore unknown; a bare upload date tells no time either."
    )

    def recognises(self, head: Head) -> str | None:
        """Tell by the extractor."""
        if head.record.get("extractor_key") or head.record.get("extractor"):
            return f"yt-dlp record of {head.record.get('extractor_key') or head.record['extractor']}"
        return None

    def read(self, path: Path) -> Iterator[Sighting | Rejected]:
        """Yield the films; those of a playlist carry the playlist's line number."""
        return sightings(_films(path), path.name, _read_film)


def _films(path: Path) -> Iterator[Record | Rejected]:
    for record in json_records(path):
        if isinstance(record, Rejected):
            yield record
            continue
        try:
            yield from _entries(record, record.fields)
        except RecursionError:
            reason = "playlists nested too deeply"
            yield Rejected(source=path.name, line=record.line, reason=reason, raw_sha256=sha256(record.raw))


def _entries(record: Record, fields: Mapping[str, Any]) -> Iterator[Record]:
    if fields.get("_type") in ("playlist", "multi_video"):
        for entry in objects(fields.get("entries")):
            yield from _entries(record, entry)
    else:
        kept = {name: fields[name] for name in _KEPT if name in fields}
        yield Record(line=record.line, fields=kept, raw=as_json(kept), repaired=record.repaired)


def _read_film(film: Mapping[str, Any]) -> Iterable[Sighting]:
    if film.get("_type") in ("url", "url_transparent"):
        raise ImportFailed("only a reference: get the playlist without --flat-playlist")
    extractor = words(film.get("extractor_key") or film.get("extractor")).casefold()
    platform = next((one for name, one in _PLATFORMS.items() if extractor.startswith(name)), None)
    if platform is None:
        raise ImportFailed(f"films of this extractor are not read; read are {', '.join(_PLATFORMS)}")
    address, availability = words(film.get("webpage_url")), film.get("availability")
    author_handle, author_id = _author(platform, film, address)
    cover = words(film.get("thumbnail")) or None
    yield Sighting(
        platform=platform,
        native_id=_native_id(platform, film, address),
        author_handle=author_handle,
        author_id=author_id,
        role=Role.POSTED,
        posted_at=None if platform is Platform.WEB else moment(film.get("timestamp")),
        text=_text(platform, film),
        url=address or None,
        language=language(film.get("language")),
        media=(Media(kind="video", url=cover),),
        verifiable=bool(address),
        public=availability == "public" or (availability is None and platform is not Platform.YOUTUBE),
        captured_at=moment(film.get("epoch")),
    )


def _native_id(platform: Platform, film: Mapping[str, Any], address: str) -> str:
    if platform is Platform.WEB:
        return address
    link = read_permalink(address)
    # On X the film has an id of its own; only the address has the post's.
    told = link.native_id if link is not None and link.platform is platform else None
    return told or identifier(film.get("id")) or ""


def _author(platform: Platform, film: Mapping[str, Any], address: str) -> tuple[str | None, str | None]:
    """Return handle and id: every extractor keeps them in other fields."""
    uploader, uploader_id = film.get("uploader"), film.get("uploader_id")
    channel, channel_id = film.get("channel"), identifier(film.get("channel_id"))
    link = read_permalink(address)
    if platform is Platform.WEB:
        return address or None, None
    if platform is Platform.YOUTUBE:
        told = words(uploader_id)
        return (handle(told) if told.startswith("@") else None), channel_id
    if platform is Platform.TIKTOK:
        return handle(uploader), identifier(uploader_id)
    if platform is Platform.X:
        return handle(uploader_id), channel_id
    if platform is Platform.INSTAGRAM:
        return handle(channel), identifier(uploader_id)
    return (link.handle if link else None), identifier(uploader_id) or channel_id


def _text(platform: Platform, film: Mapping[str, Any]) -> str:
    title, description = words(film.get("title")), words(film.get("description"))
    if platform in (Platform.YOUTUBE, Platform.WEB):
        return "\n".join(filter(None, [title, description]))
    return description or title  # elsewhere the title is a cut of the description
