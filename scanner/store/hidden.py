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
from scanner.store.audit import Event
from scanner.store.connection import Lease

HIDDEN = "(ditangguhkan / suspended)"
"""Stands where somebody who is suspended would be named."""

_TELLING = 4
"""Characters from which a name tells one account from the words around it."""

_NAMES = """
    WITH theirs AS (FROM accounts WHERE suspended_at IS NOT NULL)
    SELECT DISTINCT lower(name) FROM (
        SELECT unnest([id, handle, person_id, native_id, url]) AS name FROM theirs
        UNION ALL SELECT unnest([id, url]) FROM posts WHERE account_id IN (SELECT id FROM theirs)
    ) WHERE length(name) >= $telling"""


@dataclass(frozen=True, slots=True)
class Hidden:
    """Finds the names of suspended people, of their accounts and of their posts in texts."""

    finder: AhoCorasick | None
    """None while nobody is suspended."""

    def stands_in(self, *texts: str) -> bool:
        """Tell whether any of them is named."""
        return self.finder is not None and any(self.finder.find_matches_as_indexes(one.lower()) for one in texts)

    def without(self, text: str) -> str:
        """Return a text, or only that somebody is suspended where it names them."""
        return HIDDEN if self.stands_in(text) else text


def load_hidden(lease: Lease) -> Hidden:
    """Read whom a text must not name."""
    names = [name for (name,) in lease.rows(_NAMES, {"telling": _TELLING})]
    return Hidden(AhoCorasick(names) if names else None)


def hide_in_events(lease: Lease, events: Iterable[Event]) -> list[Event]:
    """Return events, without subject and detail where these name somebody who is suspended. The chain stays whole."""
    hidden = load_hidden(lease)
    return [
        replace(one, subject=HIDDEN, detail={}) if hidden.stands_in(one.subject, tables.to_json(one.detail)) else one
        for one in events
    ]


def hide_in_runs(lease: Lease, runs: Iterable[Run]) -> list[Run]:
    """Return runs, without notes that name somebody who is suspended."""
    hidden = load_hidden(lease)
    return [replace(one, note=hidden.without(one.note)) for one in runs]


def hide_in_rejected(lease: Lease, rejected: Iterable[Rejected]) -> list[Rejected]:
    """Return items in quarantine, without places and reasons that name somebody who is suspended."""
    hidden = load_hidden(lease)
    return [replace(one, source=hidden.without(one.source), reason=hidden.without(one.reason)) for one in rejected]
