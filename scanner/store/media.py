"""Pictures of flagged posts: which are due, what became of each, and the files drawn anew for display.

The bytes as they came are captures like all others; display files lie in media/ab/cd/<sha256>, write-once too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from scanner.domain.accounts import Platform
from scanner.domain.captures import Evidence, sha256
from scanner.domain.posts import Media, Role
from scanner.store import captures, evidence, files, tables
from scanner.store.connection import Lease


class State(StrEnum):
    """What became of a picture. Everything but `fetched` means: not observed, which is not clean."""

    FETCHED = "fetched"
    GONE = "gone"
    BLOCKED = "blocked"
    TOO_LARGE = "too_large"
    NO_PICTURE = "no_picture"
    UNDECODABLE = "undecodable"
    FAILED = "failed"
    NOT_TRIED = "not_tried"


@dataclass(frozen=True, slots=True)
class Medium:
    """What is known of one picture of one version of a post."""

    version_id: str
    position: int
    """Place among the media of the version, from 0."""
    url: str | None
    """As the platform gave it; it may have expired since."""
    state: State
    reason: str = ""
    """Why it was not fetched, in plain words; empty when it was."""
    tries: int = 0
    """How often it was asked for."""
    fetched_at: datetime | None = None
    """When it was last asked for."""
    sha256: str | None = None
    """The bytes as they came: a capture."""
    phash: str | None = None
    """Perceptual hash, 64 bits as 16 hex digits."""
    display_sha256: str | None = None
    display_type: str | None = None
    """image/jpeg or image/png."""
    width: int | None = None
    """Pixels of the original, upright."""
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """One medium of a flagged post, with what is known of it so far."""

    version_id: str
    position: int
    number: int
    """Which of the post's media it is, from 1; links do not count."""
    media: Media
    platform: Platform
    account_id: str
    missing: bool
    """The post itself is gone."""
    known: Medium | None = None


def folder_of(data: Path) -> Path:
    """Return the folder of the display files of a data folder."""
    return data / "media"


def due(lease: Lease, accounts: Iterable[str], *, roles: Iterable[Role], tries: int) -> list[Due]:
    """Return the media of flagged posts of these accounts and roles, newest flag first, links left out.

    Those of suspended people, and those that were fetched, or asked for `tries` times in vain, are left out too.
    """
    rows = lease.dicts(
        """SELECT v.id, v.media, p.platform, p.account_id, p.missing_at IS NOT NULL AS missing
           FROM flags AS f JOIN versions AS v ON v.id = f.id JOIN posts AS p ON p.id = v.post_id
           WHERE p.account_id = ANY($accounts::VARCHAR[]) AND p.role = ANY($roles::VARCHAR[])
           AND v.media::VARCHAR <> '[]' AND p.account_id NOT IN (SELECT id FROM accounts WHERE suspended_at IS NOT NULL)
           ORDER BY f.known_at DESC, v.id""",
        {"accounts": list(accounts), "roles": list(roles)},
    )
    known = load_media(lease, [row["id"] for row in rows])
    found = (one for row in rows for one in _media_of(row, known.get(row["id"], ())))
    return [one for one in found if one.known is None or not _settled(one.known, tries)]


def load_media(lease: Lease, version_ids: Iterable[str]) -> dict[str, tuple[Medium, ...]]:
    """Return what is known of the pictures of these versions, in their order; a version without any is left out."""
    marks, params = tables.among(version_ids)
    rows = lease.dicts(f"FROM media WHERE version_id IN {marks} ORDER BY version_id, position", params)
    found: dict[str, tuple[Medium, ...]] = {}
    for row in rows:
        medium = Medium(**{**row, "state": State(row["state"])})
        found[medium.version_id] = (*found.get(medium.version_id, ()), medium)
    return found


def save_medium(lease: Lease, medium: Medium, captured: Evidence | None = None, display: bytes | None = None) -> None:
    """Keep the bytes as they came and as they are shown, durably, then the row that names both."""
    if captured is not None:
        captures.save_captures(lease, [captured])
    if display is not None:
        path = display_path(lease.folder, sha256(display))
        if not path.exists():
            files.write_durably(path, display, mode=0o400)
    tables.replace(lease, "media", [asdict(medium)], keys=["version_id", "position"])


def display_path(data: Path, digest: str) -> Path:
    """Return where the display file with this hash lies under a data folder."""
    return evidence.path_of(folder_of(data), digest)


def display_hashes(lease: Lease) -> list[str]:
    """Return the hashes of all display files, each once. Several pictures may share one."""
    sql = "SELECT DISTINCT display_sha256 FROM media WHERE display_sha256 IS NOT NULL ORDER BY ALL"
    return [digest for (digest,) in lease.rows(sql)]


def without_capture(lease: Lease) -> list[str]:
    """Return the hashes of fetched pictures of whose bytes no capture tells where they came from."""
    rows = lease.rows("""SELECT DISTINCT sha256 FROM media
                         WHERE sha256 IS NOT NULL AND sha256 NOT IN (SELECT sha256 FROM captures) ORDER BY ALL""")
    return [digest for (digest,) in rows]


def count_states(lease: Lease) -> dict[State, int]:
    """Return how many pictures are in which state."""
    return {State(state): number for state, number in lease.rows("SELECT state, count(*) FROM media GROUP BY state")}


def _settled(medium: Medium, tries: int) -> bool:
    return medium.state is State.FETCHED or medium.tries >= tries


def _media_of(row: Mapping[str, Any], known: Sequence[Medium]) -> Iterator[Due]:
    by_position = {medium.position: medium for medium in known}
    items = [(position, Media(**item)) for position, item in enumerate(json.loads(row["media"]))]
    for number, (position, item) in enumerate([one for one in items if one[1].kind != "link"], start=1):
        yield Due(
            version_id=row["id"],
            position=position,
            number=number,
            media=item,
            platform=tables.word_of(Platform, row["platform"], "posts.platform"),
            account_id=row["account_id"],
            missing=row["missing"],
            known=by_position.get(position),
        )
