"""What names people who are suspended, so that lists of events, runs and faults can be shown without them.

Whatever hangs on an account leaves the screen by the view `listed`; this is for texts in which an account, a post or a
person may stand anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ahocorasick_rs import AhoCorasick

from scanner.domain.runs import Rejected, Run
from scanner.store import tables
from scanner.store.accounts import suspended_ids
from scanner.store.audit import Event
from scanner.store.connection import Lease

HIDDEN = "(ditangguhkan / suspended)"
"""Stands where somebody who is suspended would be named."""

_TELLING = 4
"""Characters from which a name tells one account from the words around it."""

_NAMES = """
    SELECT DISTINCT lower(name) FROM (
        SELECT unnest([id, handle, person_id, native_id, url]) AS name FROM accounts WHERE id = ANY($ids::VARCHAR[])
        UNION ALL SELECT unnest([id, url]) FROM posts WHERE account_id = ANY($ids::VARCHAR[])
    ) WHERE length(name) >= $telling"""


@dataclass(frozen=True, slots=True)
class Names:
    """Finds what some accounts, their people and their posts are called in texts."""

    finder: AhoCorasick | None
    """None where there are no such accounts."""

    def stand_in(self, *texts: str) -> bool:
        """Tell whether any of them is named."""
        return self.finder is not None and any(self.finder.find_matches_as_indexes(one.lower()) for one in texts)

    def hidden(self, text: str) -> str:
        """Return a text, or only that somebody is suspended where it names them."""
        return HIDDEN if self.stand_in(text) else text


def names_of(lease: Lease, account_ids: Iterable[str]) -> Names:
    """Read what these accounts, their people and their posts are called."""
    ids = sorted(account_ids)
    names = lease.rows(_NAMES, {"ids": ids, "telling": _TELLING}) if ids else []
    return Names(AhoCorasick([name for (name,) in names]) if names else None)


def suspended_names(lease: Lease) -> Names:
    """Read whom a text must not name."""
    return names_of(lease, suspended_ids(lease))


def hide_in_events(lease: Lease, events: Iterable[Event]) -> list[Event]:
    """Return events, without subject and detail where these name somebody who is suspended. The chain stays whole."""
    names = suspended_names(lease)
    return [
        replace(one, subject=HIDDEN, detail={}) if names.stand_in(one.subject, tables.to_json(one.detail)) else one
        for one in events
    ]


def hide_in_runs(lease: Lease, runs: Iterable[Run]) -> list[Run]:
    """Return runs, without notes that name somebody who is suspended."""
    names = suspended_names(lease)
    return [replace(one, note=names.hidden(one.note)) for one in runs]


def hide_in_rejected(lease: Lease, rejected: Iterable[Rejected]) -> list[Rejected]:
    """Return items in quarantine, without places and reasons that name somebody who is suspended."""
    names = suspended_names(lease)
    return [replace(one, source=names.hidden(one.source), reason=names.hidden(one.reason)) for one in rejected]
