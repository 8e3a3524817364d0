"""Erasing a person (UU 27/2022 art. 8): posts, listing, all that names them, and what was handed out with them in it.

What stays: tombstones with keyed marks, by which neither posts nor accounts come back unnoticed; reviewers' verdicts
without words; and the ids in events that are on the audit chain already, which nothing can be taken out of.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from scanner.domain.retention import Outcome
from scanner.errors import UsageError
from scanner.store import audit, erase, exports, hidden, leaving, locking, person_marks, person_traces, persons
from scanner.store.connection import Lease, Store
from scanner.store.exports import Export
from scanner.store.leaving import Removal
from scanner.store.person_record import linked_tables
from scanner.store.tombstones import Tomb


@dataclass(frozen=True, slots=True)
class Order:
    """Whom to erase, and on whose word."""

    person: str
    reason: str
    by: str
    at: datetime
    holds: Collection[str] = ()
    """Platforms whose flagged posts stay by the legal hold of the settings."""
    in_spite_of: str = ""
    """Reference of the decision by which what is referred or held goes all the same."""


@dataclass(frozen=True, slots=True)
class ErasedPerson:
    """What went, or would go."""

    accounts: int
    posts: int
    captures: int
    exports: tuple[str, ...]
    """Where files lay that were handed out with the person in them."""
    left: tuple[str, ...] = ()
    """Those of them that were altered or could not be removed: for people to look after."""
    missing: tuple[str, ...] = ()
    """Those of them that were not there any more: whoever moved one has them still."""


def preview(store: Store, order: Order) -> ErasedPerson:
    """Tell what would go; changes nothing. Errors as of `erase_person`."""
    with store.lease("person erase: what would go") as lease:
        accounts = _required(lease, order)
        posts = _posts_of(lease, accounts)
        captures = len(person_traces.naming(lease, accounts))
        return ErasedPerson(
            len(accounts), len(posts), captures, tuple(one.path for one in _handed_out(lease, order, accounts))
        )


def erase_person(store: Store, order: Order) -> ErasedPerson:
    """Erase a person from rows and bytes, after the files that were handed out; the database is written anew.

    No scan may be under way: it would save what is erased (StoreLocked). UsageError for a person of whom no account is
    on record, and while anything is referred or held. Killed anywhere, the next call, or `erase.tidy`, finishes it.
    """
    with locking.held(store.path.with_name("scan"), "person erase", wait=0):
        with store.lease("person erase: files") as lease:
            exports.follow_moved(lease)
            handed = _handed_out(lease, order, _required(lease, order))
        ends = [(one.path, leaving.remove_export(one)) for one in handed]
        with store.lease("person erase") as lease:
            leaving.forget_exports(lease, [path for path, end in ends if end is not Removal.STAYS])
            done = erase_accounts(lease, _required(lease, order), order)
        erase.finish_erasing(store)
    gone, left, missing = (
        tuple(path for path, end in ends if end is which) for which in (Removal.REMOVED, Removal.STAYS, Removal.MISSING)
    )
    return ErasedPerson(done.accounts, done.posts, done.captures, gone, left, missing)


def _required(lease: Lease, order: Order) -> list[str]:
    """Return the person's accounts; UsageError where they may not be erased."""
    if not order.reason.strip():
        raise UsageError("--reason is empty: say who asked for it and by which norm")
    accounts = persons.accounts_of(lease, order.person)
    flags = lease.rows(
        """SELECT f.id IN (SELECT flag_id FROM referrals), p.platform
           FROM flags AS f JOIN posts AS p ON p.id = f.post_id WHERE f.account_id = ANY($ids::VARCHAR[])""",
        {"ids": accounts},
    )
    why = [f"{count} of their flags are referred"] if (count := sum(referred for referred, _ in flags)) else []
    held = sorted({platform for _, platform in flags} & set(order.holds))
    why += [f"flagged posts stay by the legal hold on {platform}" for platform in held]
    if why and not order.in_spite_of.strip():
        raise UsageError(
            f"{order.person}: {' and '.join(why)}; `--in-spite-of REF` names the decision by which they go all the same"
        )
    return accounts


def _handed_out(lease: Lease, order: Order, accounts: Sequence[str]) -> list[Export]:
    """Return files that may hold them: made since they were listed, and telling who is who; evidence of their posts."""
    sql = "SELECT min(first_seen) FROM posts WHERE account_id = ANY($ids::VARCHAR[])"
    [(since,)], subject = lease.rows(sql, {"ids": list(accounts)}), persons.subject_of(lease, order.person)
    theirs = {subject, *_posts_of(lease, accounts)}
    return [
        one
        for one in exports.load_exports(lease)
        if one.identifiable
        and one.kind != "backup"
        and (one.series in theirs if one.kind in ("person", exports.BUNDLE) else since and one.made_at >= since)
    ]


def erase_accounts(lease: Lease, accounts: Sequence[str], order: Order) -> ErasedPerson:
    """Erase these accounts of a person with all that hangs on them; `erase.finish_erasing` must follow."""
    reason = f"{order.reason} ({order.in_spite_of})" if order.in_spite_of else order.reason
    posts, subject = _posts_of(lease, accounts), persons.subject_of(lease, order.person)
    versions = [key for (key,) in lease.rows("SELECT id FROM versions WHERE post_id = ANY(?::VARCHAR[])", [posts])]
    named, names = person_traces.naming(lease, accounts), hidden.names_of(lease, accounts)
    tombs = {post: Tomb(Outcome.ERASED) for post in posts}
    gone = erase.erase_posts(lease, posts, reason=reason, by=order.by, at=order.at, tombs=tombs)
    captures = gone.captures + erase.erase_captures(lease, named, reason=reason, by=order.by, at=order.at)
    _forget_rows(lease, {"account": list(accounts), "post": posts, "version": versions})
    person_traces.forget_names(lease, names, order.person)
    detail = {"reason": reason, "accounts": len(accounts), "posts": len(posts)}
    event = audit.append(lease, actor=order.by, action="person.erase", subject=subject, detail=detail, at=order.at)
    person_marks.leave(lease, accounts, event=event.seq, at=order.at)
    erase.note_database(lease)
    return ErasedPerson(len(accounts), len(posts), captures, ())


def _posts_of(lease: Lease, accounts: Sequence[str]) -> list[str]:
    sql = "SELECT id FROM posts WHERE account_id = ANY(?::VARCHAR[]) ORDER BY id"
    return [key for (key,) in lease.rows(sql, [list(accounts)])]


def _forget_rows(lease: Lease, ids: dict[str, list[str]]) -> None:
    """Delete what hangs on their ids in whatever table; what reviewers said stands under marks by now."""
    for table, columns in linked_tables(lease).items():
        for column, kind in columns:
            if kind in ids:
                lease.execute(f'DELETE FROM "{table}" WHERE "{column}" = ANY(?::VARCHAR[])', [ids[kind]])  # noqa: S608
