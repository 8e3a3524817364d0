"""Erasing posts, wholly: rows, flags, pictures, and every raw answer that holds them; then the file written anew.

What stays is a tombstone with a keyed mark, an event on the audit chain with the reason, the leaves of the manifest,
and what reviewers said without the words they wrote. What has left the rows but not yet the disk stands in the table
`erasing` from the same commit on: a kill loses nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from scanner.domain.retention import Outcome
from scanner.store import audit, erasures, leftovers, manifest, media, tombstones
from scanner.store.anew import write_anew
from scanner.store.connection import Lease, Store
from scanner.store.leftovers import Kind
from scanner.store.tombstones import Tomb
from scanner.store.traces import find_traces
from scanner.store.words import forget_words


@dataclass(frozen=True, slots=True)
class Erased:
    """How much went."""

    posts: int = 0
    captures: int = 0
    pictures: int = 0
    """Drawn for display."""

    def __add__(self, other: Erased) -> Erased:
        return Erased(self.posts + other.posts, self.captures + other.captures, self.pictures + other.pictures)


def erase_posts(
    lease: Lease,
    ids: Iterable[str],
    *,
    reason: str,
    by: str,
    at: datetime,
    kept: Iterable[str] = (),
    tombs: Mapping[str, Tomb] | None = None,
) -> Erased:
    """Erase posts with everything that holds their words; other posts of the same raw answers lose their raw bytes.

    Raw answers that the `kept` posts were read from stay whole. `tombs` tells by id why each leaves; without it the
    platform withdrew them, and they may come back. Bytes go only after the commit, and all of them once
    `finish_erasing` has run.
    """
    named = sorted(set(ids))
    found = [post for (post,) in lease.rows("SELECT id FROM posts WHERE id = ANY($ids::VARCHAR[])", {"ids": named})]
    if not found:
        return Erased()
    traces = find_traces(lease, found, kept=kept)
    _bury(lease, {post: (tombs or {}).get(post, Tomb(Outcome.WITHDRAWN)) for post in found}, reason, by, at)
    forget_words(lease, traces.versions)
    lease.execute("DELETE FROM posts WHERE id = ANY(?::VARCHAR[])", [found])
    leftovers.note(lease, Kind.PICTURE, traces.displays)
    for digest in traces.displays:
        path = media.display_path(lease.folder, digest)
        lease.after_commit[f"picture {digest}"] = partial(path.unlink, missing_ok=True)
    note_database(lease)
    captures = erase_captures(lease, traces.captures, reason=reason, by=by, at=at)
    return Erased(len(found), captures, len(traces.displays))


def _bury(lease: Lease, tombs: Mapping[str, Tomb], reason: str, by: str, at: datetime) -> None:
    """Leave tombstones, and one event that they name: it counts what left, and no hash in it can be guessed."""
    detail = {"reason": reason, "outcomes": Counter(tomb.outcome for tomb in tombs.values())}
    event = audit.append(lease, actor=by, action="post.erase", subject="posts", detail=detail, at=at)
    tombstones.bury(lease, tombs, event=event.seq, at=at)


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
    return Erased(0, erase_captures(lease, [digest for (digest,) in rows], reason=reason, by=by, at=at))


def erase_captures(lease: Lease, hashes: Iterable[str], *, reason: str, by: str, at: datetime) -> int:
    """Erase raw answers by hash, rows and bytes; return how many rows went."""
    named = sorted(set(hashes))
    count = manifest.erase(lease, named, by=by, reason=reason, at=at)
    leftovers.note(lease, Kind.CAPTURE, named)
    if count:
        note_database(lease)
    return count


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
        erasures.share(store)
        with store.lease("finish erasing: done") as lease:
            leftovers.cross_off(lease, of_file)


def note_database(lease: Lease) -> None:
    """Remember, in the transaction that deletes rows, that the database must be written anew."""
    [(event,)] = lease.rows("SELECT max(seq) FROM audit")
    leftovers.note(lease, Kind.DATABASE, [str(event)])
