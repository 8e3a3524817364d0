"""Whether the record can still be trusted: captured bytes against their hashes, the audit chain against its anchor."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.store import audit, captures, evidence, media
from scanner.store.connection import Store


@dataclass(frozen=True, slots=True)
class Integrity:
    """What was checked and what does not agree."""

    captures: int
    events: int
    problems: tuple[str, ...]


def check_integrity(store: Store) -> Integrity:
    """Check every capture and every audit event; reports, never repairs."""
    with store.lease("verify") as lease:
        hashes = captures.captured_hashes(lease)
        chain = audit.verify(lease)
    damaged = [str(problem) for problem in evidence.verify(evidence.folder_of(store.path.parent), hashes)]
    return Integrity(captures=len(hashes), events=chain.events, problems=(*chain.problems, *damaged, *_pictures(store)))


def _pictures(store: Store) -> list[str]:
    """Check that pictures as shown are unaltered, and that a capture tells where each one fetched came from."""
    with store.lease("verify: pictures") as lease:
        shown, lost = media.display_hashes(lease), media.without_capture(lease)
    altered = evidence.verify(media.folder_of(store.path.parent), shown)
    return [f"picture {digest}: no capture tells where it came from" for digest in lost] + [
        problem.message for problem in altered
    ]
