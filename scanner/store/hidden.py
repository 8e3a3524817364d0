"""What names people who are suspended, so that lists of events, runs and faults can be shown without them.

Whatever hangs on an account leaves the screen by the view `listed`; this is for texts in which an account, a post or a
person may stand anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ahocorasick_rs import AhoCorasick

from scanner.domain.accounts import Platform
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

    def stand_whole(self, *texts: str) -> bool:
        """Tell whether any of them is named as a whole: PEG-1 does not stand in PEG-10, but does in PEG-1.csv."""
        return self.finder is not None and any(
            not any(map(str.isalnum, text[max(start - 1, 0) : start] + text[end : end + 1]))
            for text in map(str.lower, texts)
            for _, start, end in self.finder.find_matches_as_indexes(text, overlapping=True)
        )

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
    """Return events, without subject and detail where these name somebody who is suspended. The chain stays whole.

    Meanwhile posts that left the record are not named either: nobody can tell any more whose they were.
    """
    names, events = suspended_names(lease), list(events)
    gone = _gone(lease, {one.subject for one in events}) if names.finder else set()
    return [
        replace(one, subject=HIDDEN, detail={})
        if one.subject in gone or names.stand_in(one.subject, tables.to_json(one.detail))
        else one
        for one in events
    ]


def _gone(lease: Lease, subjects: Iterable[str]) -> set[str]:
    """Return those of these subjects that are ids of accounts, posts or versions, but of none on record."""
    ids = {one for one in subjects if one.partition(":")[0] in set(Platform)}
    marks, params = tables.among(ids)
    known = lease.rows(
        f"""SELECT id FROM accounts WHERE id IN {marks} UNION SELECT id FROM posts WHERE id IN {marks}
            UNION SELECT id FROM versions WHERE id IN {marks}""",  # noqa: S608
        params,
    )
    return ids - {key for (key,) in known}


def hide_in_runs(lease: Lease, runs: Iterable[Run]) -> list[Run]:
    """Return runs, without notes that name somebody who is suspended."""
    names = suspended_names(lease)
    return [replace(one, note=names.hidden(one.note)) for one in runs]


def hide_in_rejected(lease: Lease, rejected: Iterable[Rejected]) -> list[Rejected]:
    """Return items in quarantine, without places and reasons that name somebody who is suspended."""
    names = suspended_names(lease)
    return [replace(one, source=names.hidden(one.source), reason=names.hidden(one.reason)) for one in rejected]
