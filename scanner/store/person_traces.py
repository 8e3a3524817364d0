"""Where a person is named beside posts: raw answers about their accounts, faults, notes of runs, others' recusals."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from ahocorasick_rs import BytesAhoCorasick

from scanner.domain.users import folded
from scanner.store import evidence, tables
from scanner.store.connection import Lease
from scanner.store.hidden import Names

_TELLING = 6
"""Characters from which a name tells an account from words: a shorter one stands in nearly every answer by chance."""


def naming(lease: Lease, accounts: Sequence[str]) -> list[str]:
    """Return the hashes of raw answers that name these accounts in their address or their bytes.

    But for those from which another account's post was read: they are that one's evidence, whomever they mention.
    """
    names = _names(lease, accounts)
    finder = BytesAhoCorasick(sorted(name.encode() for name in names)) if names else None
    if finder is None:
        return []
    rows = lease.rows(
        """SELECT sha256, list(lower(url)), bool_or(sha256 IN (
               SELECT v.capture_sha256 FROM versions AS v JOIN posts AS p ON p.id = v.post_id
               WHERE p.account_id <> ALL($ids::VARCHAR[]))) AS of_others
           FROM captures WHERE method = 'import' OR split_part(collector, '/', 1) = ANY($platforms::VARCHAR[])
           GROUP BY sha256 ORDER BY sha256""",
        {"ids": list(accounts), "platforms": sorted({one.partition(":")[0] for one in accounts})},
    )
    folder = evidence.folder_of(lease.folder)
    found = []
    for digest, urls, of_others in rows:
        by_address = any(name in url for name in names for url in urls)
        path = evidence.path_of(folder, digest)
        if not of_others and (by_address or (path.exists() and _in_body(finder, path))):
            found.append(digest)
    return found


def _in_body(finder: BytesAhoCorasick, path: Path) -> bool:
    return bool(finder.find_matches_as_indexes(path.read_bytes().lower()))


def forget_names(lease: Lease, names: Names, person: str) -> None:
    """Delete faults, notes of runs and recusals in which they are named."""
    faults = lease.rows("SELECT id, source, reason FROM quarantine")
    gone = [key for key, *texts in faults if names.stand_whole(*texts)]
    lease.execute("DELETE FROM quarantine WHERE id = ANY(?::VARCHAR[])", [gone])
    noted = [key for key, note in lease.rows("SELECT id, note FROM runs WHERE note <> ''") if names.stand_whole(note)]
    lease.execute("UPDATE runs SET note = '' WHERE id = ANY(?::VARCHAR[])", [noted])
    told = [key for key, *texts in lease.rows("SELECT rowid, reason FROM coverage") if names.stand_whole(*texts)]
    lease.execute("UPDATE coverage SET reason = '' WHERE rowid = ANY(?::BIGINT[])", [told])
    for name, recused in lease.rows("SELECT name, recused FROM users"):
        kept = [one for one in json.loads(recused) if folded(one) != folded(person)]
        if len(kept) < len(json.loads(recused)):
            lease.execute("UPDATE users SET recused = ? WHERE name = ?", [tables.to_json(kept), name])


def _names(lease: Lease, accounts: Sequence[str]) -> set[str]:
    """Return what platforms call these accounts: handle, its part before the server, native id, address."""
    rows = lease.rows(
        """SELECT unnest([a.handle, split_part(a.handle, '@', 1), a.native_id, b.native_id, a.url])
           FROM accounts AS a LEFT JOIN bindings AS b ON b.account_id = a.id WHERE a.id = ANY($ids::VARCHAR[])""",
        {"ids": list(accounts)},
    )
    return {name.lower() for (name,) in rows if name and len(name) >= _TELLING}
