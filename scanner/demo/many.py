"""Very many made-up posts, written set by set: to measure with, to try snapshots and notebooks on. Nobody is in them.

The share that is flagged, judged and settled is about what a campaign shows; scores and verdicts are drawn by lot and
say nothing of quality. The same numbers give the same posts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa

from scanner.demo import many_writing
from scanner.demo.fragments import AGENCIES, PLATFORMS
from scanner.domain.accounts import Account, Confidence, Employment, Platform
from scanner.errors import UsageError
from scanner.rules.elections import Election
from scanner.store import accounts, audit
from scanner.store.connection import Lease, Store

DOMAIN = "ramai.nusarimba.example"
DAYS = 112
"""Back to which the posts reach: 16 weeks."""
_CHUNK = 100_000
_PER_ACCOUNT = 100


@dataclass(frozen=True, slots=True)
class Order:
    """What to make."""

    posts: int
    election: Election
    codes: Sequence[str]
    """Codes of the rules catalogue that may be on flags, two or more."""
    ruleset: str
    model: str
    now: datetime


def make_posts(store: Store, order: Order, *, by: str) -> Iterator[int]:
    """Add posts behind those made before; yields how many are there after each step.

    UsageError where the record holds accounts that were not made here: nobody real may stand beside them.
    """
    with store.lease("made-up posts: who is there") as lease:
        _require_own(lease)
        [(before,)] = lease.rows("SELECT count(*) FROM posts")
        cast = list(_cast(max(40, (before + order.posts) // _PER_ACCOUNT), order.now.date()))
        accounts.save_accounts(lease, cast)
        audit.append(lease, actor=by, action="dev.make_posts", subject="posts", detail={"posts": order.posts})
    for first in range(before, before + order.posts, _CHUNK):
        last = min(first + _CHUNK, before + order.posts)
        with store.lease("made-up posts") as lease:
            lease.register("people", _people(cast))
            lease.register("calendar", _calendar(order))
            many_writing.write(
                lease, first, last, order.codes, order.ruleset, order.model, order.now, order.election.id
            )
        yield last
    with store.lease("made-up runs") as lease:
        lease.register("people", _people(cast))
        many_writing.write_runs(lease, order.now, DAYS, f"{order.ruleset} {order.model}")


def _require_own(lease: Lease) -> None:
    others = lease.rows(f"SELECT id FROM accounts WHERE NOT ends_with(handle, '{DOMAIN}') LIMIT 1")  # noqa: S608
    if others:
        raise UsageError(
            f"{lease.path}: holds accounts that were not made up ({others[0][0]}); name a folder that is not there yet"
        )


def _cast(count: int, today: date) -> Iterator[Account]:
    """Yield accounts: one person in five has a second one, and the last agencies have very few people."""
    for number in range(count):
        person = number if number % 5 else max(number - 1, 0)
        place = int(len(AGENCIES) * (person * 0.6180339887 % 1) ** 2.5)
        yield Account(
            platform=Platform(PLATFORMS[number % len(PLATFORMS)]),
            handle=f"warga{number:06d}.{DOMAIN}",
            person_id=f"RAMAI-{person:06d}",
            agency=AGENCIES[-1 - place],
            unit="Sekretariat",
            employment=(Employment.PNS, Employment.PNS, Employment.PPPK, Employment.CPNS)[person % 4],
            service_from=date(2010, 1, 1),
            service_until=None,
            confidence=Confidence.A,
            legal_basis="dikarang untuk uji (fiktif)",
            decree_number="SK-000/FIKTIF",
            requested_by="pembuat.uji",
            approved_by="penyetuju.uji",
            listed_from=today - timedelta(days=365),
            listed_until=today + timedelta(days=365),
        )


def _people(cast: Sequence[Account]) -> pa.Table:
    columns = {"place": range(len(cast)), "account_id": [one.id for one in cast]}
    return pa.table(
        {**columns, "platform": [str(one.platform) for one in cast], "handle": [one.handle for one in cast]}
    )


def _calendar(order: Order) -> pa.Table:
    today = order.election.local_date(order.now)
    days = [today - timedelta(days=back) for back in range(-1, DAYS + 3)]
    return pa.table({"day": days, "phase": [str(order.election.phase_on(day)) for day in days]})


def now() -> datetime:
    """Return this moment to the second, as posts have it."""
    return datetime.now(UTC).replace(microsecond=0)
