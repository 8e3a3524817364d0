"""Whether the record can still be trusted: captured bytes against their hashes, the audit chain against its anchor."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.store import audit, captures, evidence
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
    return Integrity(captures=len(hashes), events=chain.events, problems=(*chain.problems, *damaged))
