"""Whether the record can still be trusted: bytes against their hashes, both chains against their anchors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from scanner.report.timestamps import check_kept
from scanner.store import audit, captures, evidence, files, leftovers, manifest_check, media
from scanner.store.connection import Store
from scanner.store.leftovers import Kind


@dataclass(frozen=True, slots=True)
class Integrity:
    """What was checked and what does not agree."""

    captures: int
    links: int
    """Of the manifest: pages that were saved."""
    erased: int
    """Captures erased by law, with an event that says who and why."""
    events: int
    timestamps: int
    unnamed: int
    """Files that no row names: a killed run leaves them lawfully, and `scanner refresh` removes them a day later."""
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verified:
    """When everything last agreed, for those who watch that it is looked at."""

    events: int
    """Number of the last event of the audit chain then."""
    at: datetime


_VERIFIED = TypeAdapter(Verified)


def note_verified(data: Path, verified: Verified) -> None:
    """Keep in the data folder when everything agreed; it is no proof of anything. StoreError when the disk refuses."""
    files.write_durably(data / "verified.json", _VERIFIED.dump_json(verified), mode=0o600)


def last_verified(data: Path) -> Verified | None:
    """Return when everything last agreed; None where nobody looked yet, or the note cannot be read."""
    try:
        return _VERIFIED.validate_json((data / "verified.json").read_bytes())
    except (OSError, ValidationError):
        return None


def check_integrity(store: Store, ca_file: Path | None = None) -> Integrity:
    """Check every capture, every link of the manifest, every audit event and every timestamp; never repairs.

    `ca_file` holds the certificates of the authority that gave the timestamps.
    """
    with store.lease("verify") as lease:
        hashes = captures.captured_hashes(lease)
        chain, bound = audit.verify(lease), manifest_check.verify(lease)
        unnamed = sum(len(leftovers.unnamed(lease, kind)) for kind in (Kind.CAPTURE, Kind.PICTURE))
        unfinished = _unfinished(leftovers.waiting(lease))
    damaged = [problem.message for problem in evidence.verify(evidence.folder_of(store.path.parent), hashes)]
    stamped, disputed = check_kept(store, ca_file)
    return Integrity(
        captures=len(hashes),
        links=bound.links,
        erased=bound.erased,
        events=chain.events,
        timestamps=stamped,
        unnamed=unnamed,
        problems=(*chain.problems, *bound.problems, *damaged, *_pictures(store), *disputed, *unfinished),
    )


def _unfinished(waiting: Sequence[tuple[Kind, str]]) -> list[str]:
    """Say so when erased words may still lie on the disk."""
    if not waiting:
        return []
    files = sum(kind is not Kind.DATABASE for kind, _ in waiting)
    anew = " and the database must be written anew" if files < len(waiting) else ""
    return [f"an erasing is not finished: {files} files are to be removed{anew}; `scanner purge` does it"]


def _pictures(store: Store) -> list[str]:
    """Check that pictures as shown are unaltered, and that a capture tells where each one fetched came from."""
    with store.lease("verify: pictures") as lease:
        shown, lost = media.display_hashes(lease), media.without_capture(lease)
    altered = evidence.verify(media.folder_of(store.path.parent), shown)
    return [f"picture {digest}: no capture tells where it came from" for digest in lost] + [
        problem.message for problem in altered
    ]
