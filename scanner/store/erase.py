"""Erasing posts, wholly: rows, flags, pictures, and every raw answer that holds them; then the file written anew.

What stays is an event on the audit chain with the reason and the hashes of the ids, and the leaves of the manifest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from ahocorasick_rs import BytesAhoCorasick

from scanner.errors import StoreError
from scanner.store import audit, evidence, locking, manifest, media
from scanner.store.connection import Lease, Store

_OF_VERSIONS = (
    "DELETE FROM signals WHERE flag_id = ANY(?::VARCHAR[])",
    "DELETE FROM exculpatory WHERE flag_id = ANY(?::VARCHAR[])",
    "DELETE FROM flag_findings WHERE flag_id = ANY(?::VARCHAR[])",
    "DELETE FROM flags WHERE id = ANY(?::VARCHAR[])",
    "DELETE FROM scores WHERE version_id = ANY(?::VARCHAR[])",
    "DELETE FROM media WHERE version_id = ANY(?::VARCHAR[])",
    "DELETE FROM versions WHERE id = ANY(?::VARCHAR[])",
)
"""Everything that holds words of a version; a flag has the id of its version."""


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
    hash of a text. Bytes go only after the commit.
    """
    named = sorted(set(ids))
    found = lease.rows("SELECT id, platform, native_id FROM posts WHERE id = ANY($ids::VARCHAR[])", {"ids": named})
    if not found:
        return Erased()
    versions = [key for (key,) in lease.rows("SELECT id FROM versions WHERE post_id = ANY(?::VARCHAR[])", [named])]
    hashes = _captures_with(lease, {platform for _, platform, _ in found}, [native for _, _, native in found], named)
    hashes |= _pictures_of(lease, versions)
    hashes -= _captures_of(lease, kept)
    for statement in _OF_VERSIONS:
        lease.execute(statement, [versions])
    lease.execute("DELETE FROM posts WHERE id = ANY(?::VARCHAR[])", [named])
    tombs = [hashlib.sha256(key.encode()).hexdigest() for key, _, _ in found]
    audit.append(lease, actor=by, action="post.erase", subject="posts", detail={"reason": reason, "ids": tombs}, at=at)
    return Erased(len(found), manifest.erase(lease, hashes, by=by, reason=reason, at=at))


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
    return Erased(0, manifest.erase(lease, [digest for (digest,) in rows], by=by, reason=reason, at=at))


def write_anew(store: Store) -> None:
    """Write the database into a new file and put it in the place of the old: deleted words lie in the old one still.

    `DELETE`, `CHECKPOINT` and `VACUUM` leave them (design, decision 4). Killed half-way, the old file is whole.
    """
    with store.lease("write the record anew") as lease:
        lease.execute("SELECT 1")  # migrations are through, and the WAL is taken in when the lease ends
    fresh = store.path.with_name(f"{store.path.name}.fresh")
    with locking.held(store.path, "write the record anew", wait=store.wait):
        fresh.unlink(missing_ok=True)
        store.copy_to(fresh)
        if store.path.with_name(f"{store.path.name}.wal").exists():
            raise StoreError(f"{store.path}: its WAL was not taken in, so nothing was replaced; try again")
        fresh.chmod(0o600)
        fresh.replace(store.path)


def _captures_with(lease: Lease, platforms: Iterable[str], natives: Sequence[str], ids: Sequence[str]) -> set[str]:
    """Find the raw answers that hold any of these posts: those they were read from, and those that name their ids.

    No table says which answer shows which post (there would be millions of rows); erasing is rare, so they are read.
    """
    hashes = _captures_of(lease, ids)
    finder = BytesAhoCorasick([native.rpartition("/")[2].encode() for native in natives])
    folder = evidence.folder_of(lease.folder)
    for platform in sorted(platforms):
        found = lease.rows("SELECT DISTINCT sha256 FROM captures WHERE starts_with(collector, ?)", [f"{platform}/"])
        for (digest,) in found:
            path = evidence.path_of(folder, digest)
            if digest not in hashes and path.exists() and finder.find_matches_as_indexes(path.read_bytes()):
                hashes.add(digest)
    return hashes


def _captures_of(lease: Lease, ids: Iterable[str]) -> set[str]:
    rows = lease.rows("SELECT DISTINCT capture_sha256 FROM versions WHERE post_id = ANY(?::VARCHAR[])", [list(ids)])
    return {digest for (digest,) in rows}


def _pictures_of(lease: Lease, versions: Sequence[str]) -> set[str]:
    """Return the captures of pictures that no other post shows, and unlink what was drawn from them for display."""
    rows = lease.rows(
        """SELECT sha256, any_value(display_sha256) FROM media WHERE sha256 NOT NULL GROUP BY sha256
           HAVING bool_and(version_id = ANY($ids::VARCHAR[]))""",
        {"ids": list(versions)},
    )
    for _, digest in rows:
        if digest is not None:
            path = media.display_path(lease.folder, digest)
            lease.after_commit[f"picture {digest}"] = partial(path.unlink, missing_ok=True)
    return {digest for digest, _ in rows}
