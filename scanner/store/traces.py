"""Where posts have left traces: raw answers that hold them, pictures as they came, and pictures drawn for display."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from ahocorasick_rs import BytesAhoCorasick

from scanner.domain.accounts import Platform
from scanner.store import evidence, leftovers, tables
from scanner.store.connection import Lease
from scanner.store.leftovers import Kind

_TELLING = 6
"""Characters from which an id names a post: a shorter one stands in nearly every answer by chance."""


@dataclass(frozen=True, slots=True)
class Traces:
    """What shows posts and nothing that stays needs."""

    versions: tuple[str, ...]
    captures: frozenset[str]
    """Hashes of raw answers, and of pictures as they came."""
    displays: frozenset[str]
    """Hashes of pictures drawn for display."""


def find_traces(lease: Lease, ids: Iterable[str], *, kept: Iterable[str] = ()) -> Traces:
    """Find what shows these posts. Raw answers that the `kept` posts were read from are left out."""
    named = sorted(set(ids))
    rows = lease.rows("SELECT platform, native_id FROM posts WHERE id = ANY($ids::VARCHAR[])", {"ids": named})
    versions = [key for (key,) in lease.rows("SELECT id FROM versions WHERE post_id = ANY(?::VARCHAR[])", [named])]
    needed = _captures_of(lease, kept)
    hashes = _captures_of(lease, named) | _pictures_of(lease, versions)
    for platform in sorted({platform for platform, _ in rows}):
        natives = [native for its, native in rows if its == platform]
        hashes |= _captures_with(
            lease, tables.word_of(Platform, platform, "posts.platform"), natives, without=hashes | needed
        )
    return Traces(tuple(versions), frozenset(hashes - needed), frozenset(_displays_of(lease, versions)))


def _captures_with(lease: Lease, platform: Platform, natives: Sequence[str], *, without: set[str]) -> set[str]:
    """Find the raw answers that name any of these ids: the platform's, those of files, those no row names.

    No table says which answer shows which post (there would be millions of rows); erasing is rare, so they are read.
    """
    patterns = sorted({name.encode() for native in natives for name in _names(platform, native)})
    if not patterns:
        return set()
    finder = BytesAhoCorasick(patterns)
    rows = lease.rows(
        "SELECT DISTINCT sha256 FROM captures WHERE starts_with(collector, ?) OR method = 'import'", [f"{platform}/"]
    )
    folder, found = evidence.folder_of(lease.folder), set[str]()
    for digest in ({digest for (digest,) in rows} | leftovers.unnamed(lease, Kind.CAPTURE)) - without:
        path = evidence.path_of(folder, digest)
        if path.exists() and finder.find_matches_as_indexes(path.read_bytes()):
            found.add(digest)
    return found


def _names(platform: Platform, native: str) -> set[str]:
    """Return how an id stands in the platform's answers; none where it is too short to tell one post from others."""
    if platform in (Platform.RSS, Platform.WEB):
        names = {native, escape(native, quote=False)}  # the last part of an address is a word like any other
    else:
        names = {native, native.rpartition("/")[2]}
    return {name for name in names if len(name) >= _TELLING}


def _captures_of(lease: Lease, ids: Iterable[str]) -> set[str]:
    rows = lease.rows("SELECT DISTINCT capture_sha256 FROM versions WHERE post_id = ANY(?::VARCHAR[])", [list(ids)])
    return {digest for (digest,) in rows}


def _pictures_of(lease: Lease, versions: Sequence[str]) -> set[str]:
    """Return the captures of pictures that no other post shows."""
    rows = lease.rows(
        """SELECT sha256 FROM media WHERE sha256 NOT NULL GROUP BY sha256
           HAVING bool_and(version_id = ANY($ids::VARCHAR[]))""",
        {"ids": list(versions)},
    )
    return {digest for (digest,) in rows}


def _displays_of(lease: Lease, versions: Sequence[str]) -> set[str]:
    """Return what was drawn for display and no other post shows: several captures may have been drawn alike."""
    rows = lease.rows(
        """SELECT display_sha256 FROM media WHERE display_sha256 NOT NULL GROUP BY display_sha256
           HAVING bool_and(version_id = ANY($ids::VARCHAR[]))""",
        {"ids": list(versions)},
    )
    return {digest for (digest,) in rows}
