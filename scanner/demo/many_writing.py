"""Writing made-up posts, a hundred thousand at a time, with all that belongs to them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from scanner.demo import fragments, many_sql
from scanner.store.connection import Lease

# NOTE: hash(number, place) would not do for lots: in its low bits all choices go together.
_LOT = re.compile(r"lot\((\d+)\)")
_KTH = re.compile(r"lot\(k, (\d+)\)")
_PICK = re.compile(r"pick\((\$\w+), (lot\([^)]*\)(?: \+ 1)?)\)")


def write(
    lease: Lease,
    first: int,
    last: int,
    codes: Sequence[str],
    ruleset: str,
    model: str,
    now: datetime,
    election: str,
) -> None:
    """Write the posts of these numbers with all that belongs to them; `people` and `calendar` are registered."""
    chosen = {
        "roles": fragments.ROLES,
        "languages": fragments.LANGUAGES,
        "leads": fragments.LEADS,
        "subjects": fragments.SUBJECTS,
        "deeds": fragments.DEEDS,
        "closes": fragments.CLOSES,
        "calls": fragments.CALLS,
    }
    lots = {name: list(values) for name, values in chosen.items()}
    lease.register(
        "made", lease.arrow(_picked(many_sql.MADE), {**lots, "first": first, "last": last, "now": now, "days": 112})
    )
    known: dict[str, object] = {"model": model, "ruleset": ruleset, "election": election, "codes": list(codes)}
    known |= {"weights": list(fragments.WEIGHTS), "channels": list(fragments.CHANNELS)}
    reviewers: dict[str, object] = {"reviewers": list(fragments.REVIEWERS)}
    for statement in many_sql.WRITE:
        _run(lease, statement, known)
    lease.register("said", lease.arrow(_picked(many_sql.SAID), reviewers))
    for statement in many_sql.JUDGE:
        _run(lease, statement, known | reviewers)


def write_runs(lease: Lease, now: datetime, days: int, versions: str) -> None:
    """Write one scan for each week and what it saw of everybody; `people` is registered."""
    known = {"now": now - timedelta(hours=1), "weeks": days // 7, "versions": versions}
    _run(lease, many_sql.RUNS, known)
    _run(lease, many_sql.COVERAGE, known)


def _run(lease: Lease, statement: str, known: dict[str, object]) -> None:
    lease.execute(_picked(statement), {name: value for name, value in known.items() if f"${name}" in statement})


def _picked(statement: str) -> str:
    picked = _PICK.sub(r"\1[CAST(1 + (\2) % len(\1) AS INTEGER)]", statement)
    return _LOT.sub(r"hash(number * 100 + \1)", _KTH.sub(r"hash(number * 1000 + k * 100 + \1)", picked))
