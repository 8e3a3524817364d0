"""Erasing posts, wholly: rows, flags, pictures, and every raw answer that holds them; then the file written anew.

What stays is an event on the audit chain with the reason and the hashes of the ids, and the leaves of the manifest.
What has left the rows but not yet the disk stands in the table `erasing` from the same commit on: a kill loses nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from html import escape

from ahocorasick_rs import BytesAhoCorasick

from scanner.domain.accounts import Platform
from scanner.errors import StoreError
from scanner.store import audit, evidence, files, leftovers, manifest, media
from scanner.store.connection import Lease, Store
from scanner.store.leftovers import Kind

_OF_VERSIONS = (
    "DELETE FROM signals WHERE flag_id = ANY(?::VARCHAR[])",
    "DELETE FROM exculpatory WHERE flag_id = ANY(?::VARCHAR[])",
    "DELETE FROM flag_findings WHERE flag_id = ANY(?::VARCHAR[])",
    "DELETE FROM flags WHERE id = ANY(?::VARCHAR[])",
    "DELETE FROM scores WHERE version_id = ANY(?::VARCHAR[])",
    "DELETE FROM media WHERE version_id = ANY(?::VARCHAR[])",
    "DELETE FROM drafts WHERE item_id = ANY(?::VARCHAR[])",
    "DELETE FROM draws WHERE id = ANY(?::VARCHAR[])",
    "DELETE FROM gold WHERE item_id = ANY(?::VARCHAR[])",
    "DELETE FROM versions WHERE id = ANY(?::VARCHAR[])",
)
"""Everything that holds words of a version; a flag has the id of its version."""

_TELLING = 6
"""Characters from which an id names a post: a shorter one stands in nearly every answer by chance."""


@dataclass(frozen=True, slots=True)
class Erased:
    """How much went."""

    posts: int = 0
    captures: int = 0

    def __add__(self, other: Erased) -> Erased:
        return Erased(self.posts + other.posts, self.captures + other.captures)


def erase_posts(
    lease: Lease, ids: Iterable[str], *, reason: str, by: str, at: datetime, kept: Iterable[str] = ()
) -> Erased:
    """Erase posts with everything that holds their words; other posts of the same raw answers lose their raw bytes.

    Raw answers that the `kept` posts were read from stay whole. Judgements stay: they hold a reviewer's words and the
    hash of a text. Bytes go only after the commit, and all of them once `finish_erasing` has run.
    """
    named = sorted(set(ids))
    found = lease.rows("SELECT id, platform, native_id FROM posts WHERE id = ANY($ids::VARCHAR[])", {"ids": named})
    if not found:
        return Erased()
    versions = [key for (key,) in lease.rows("SELECT id FROM versions WHERE post_id = ANY(?::VARCHAR[])", [named])]
    hashes = _captures_of(lease, named) | _pictures_of(lease, versions)
    for platform in sorted({platform for _, platform, _ in found}):
        natives = [native for _, its, native in found if its == platform]
        hashes |= _captures_with(lease, Platform(platform), natives, without=hashes)
    hashes -= _captures_of(lease, kept)
    shown = _displays_of(lease, versions)
    for statement in _OF_VERSIONS:
        lease.execute(statement, [versions])
    lease.execute("DELETE FROM posts WHERE id = ANY(?::VARCHAR[])", [named])
    tombs = [hashlib.sha256(key.encode()).hexdigest() for key, _, _ in found]
    detail = {"reason": reason, "ids": tombs}
    audit.append(lease, actor=by, action="post.erase", subject="posts", detail=detail, at=at)
    leftovers.note(lease, Kind.PICTURE, shown)
    for digest in shown:
        path = media.display_path(lease.folder, digest)
        lease.after_commit[f"picture {digest}"] = partial(path.unlink, missing_ok=True)
    _note_database(lease)
    return Erased(len(found), _erase_captures(lease, hashes, reason=reason, by=by, at=at))


def erase_old_captures(
    lease: Lease, platform: str, before: datetime, *, kept: Sequence[str], reason: str, by: str, at: datetime
) -> Erased:
    """Erase the raw answers of a platform that are older than a moment, but not those of the `kept` posts."""
    rows = lease.rows(
        """SELECT sha256 FROM captures WHERE starts_with(collector, $collector) GROUP BY sha256
           HAVING max(captured_at) < $before
           EXCEPT SELECT capture_sha256 FROM versions WHERE post_id = ANY($kept::VARCHAR[])""",
        {"collector": f"{platform}/", "before": before, "kept": list(kept)},
    )
    return Erased(0, _erase_captures(lease, [digest for (digest,) in rows], reason=reason, by=by, at=at))


def tidy(store: Store, now: datetime, *, by: str) -> None:
    """Finish what an earlier call left undone, and remove files that killed runs left without a row a day ago."""
    with store.lease("erase: what killed runs left") as lease:
        leftovers.sweep(lease, now - timedelta(days=1), by=by, at=now)
    finish_erasing(store)


def finish_erasing(store: Store) -> None:
    """Take from the disk all that has left the rows, and write the database anew; nothing to do when that was done.

    It may be killed anywhere and be called again: what is done is crossed off only afterwards.
    """
    with store.lease("finish erasing: files") as lease:
        waiting = leftovers.waiting(lease)
        leftovers.unlink(lease, waiting)
        leftovers.cross_off(lease, [one for one in waiting if one[0] is not Kind.DATABASE])
    if of_file := [one for one in waiting if one[0] is Kind.DATABASE]:
        write_anew(store)
        with store.lease("finish erasing: done") as lease:
            leftovers.cross_off(lease, of_file)


def write_anew(store: Store) -> None:
    """Write the database into a new file and put it in the place of the old: deleted words lie in the old one still.

    `DELETE`, `CHECKPOINT` and `VACUUM` leave them (design, decision 4). Killed half-way, the old file is whole.
    """
    with store.lease("write the record anew") as lease:
        lease.execute("SELECT 1")  # migrations are through, and the WAL is taken in when the lease ends
    fresh = store.path.with_name(f"{store.path.name}.fresh")
    with store.aside("write the record anew"):
        for left in (fresh, fresh.with_name(f"{fresh.name}.wal")):
            left.unlink(missing_ok=True)
        store.copy_to(fresh)
        if store.path.with_name(f"{store.path.name}.wal").exists():
            raise StoreError(f"{store.path}: its WAL was not taken in, so nothing was replaced; try again")
        fresh.chmod(0o600)
        fresh.replace(store.path)
        files.flush_folder(store.path.parent)


def _erase_captures(lease: Lease, hashes: Iterable[str], *, reason: str, by: str, at: datetime) -> int:
    named = sorted(set(hashes))
    count = manifest.erase(lease, named, by=by, reason=reason, at=at)
    leftovers.note(lease, Kind.CAPTURE, named)
    if count:
        _note_database(lease)
    return count


def _note_database(lease: Lease) -> None:
    [(event,)] = lease.rows("SELECT max(seq) FROM audit")
    leftovers.note(lease, Kind.DATABASE, [str(event)])


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
