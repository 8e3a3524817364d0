"""Importing files that analysts already have: only what listed accounts wrote goes in, and only once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from scanner.collect.importers.interface import Sighting
from scanner.collect.interface import Window
from scanner.domain.accounts import Account, Platform
from scanner.domain.captures import Capture, Evidence, sha256
from scanner.domain.posts import Post
from scanner.domain.runs import Rejected, Tally
from scanner.roster import Refusal, refuse_account
from scanner.scan.scope import in_scope
from scanner.store import accounts, pages, quarantine, versions
from scanner.store.connection import Lease, Store

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Listed:
    """Finds the listed account an item was written by. The platform's own id decides over the handle."""

    by_handle: Mapping[tuple[Platform, str], Account]
    by_native_id: Mapping[tuple[Platform, str], Account]

    def find(self, sighting: Sighting) -> Account | None:
        """Return the listed account, or None for everybody else and for ids that contradict the handle."""
        if sighting.author_id is not None:
            found = self.by_native_id.get((sighting.platform, sighting.author_id))
            if found is not None:
                return found
        account = self.by_handle.get((sighting.platform, (sighting.author_handle or "").casefold()))
        if account is None or None in (account.native_id, sighting.author_id):
            return account
        return account if account.native_id == sighting.author_id else None


@dataclass(slots=True)
class Ingested:
    """What one file brought."""

    tally: Tally = field(default_factory=Tally)
    unlisted: int = 0
    """Items by people who are not on the roster: counted and dropped."""
    not_public: int = 0
    out_of_scope: int = 0
    """Written before or after service, on leave, or outside the window."""
    rejected: int = 0
    accounts: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Importer:
    """Takes items of a file into the store under one run."""

    store: Store
    listed: Listed
    run_id: str
    window: Window
    zone: ZoneInfo
    source: Path
    reader: str
    """Name and version of the importer."""

    def take(self, items: Iterable[Sighting | Rejected], now: datetime) -> Ingested:
        """Store what listed accounts wrote, and quarantine what could not be read; the rest is only counted.

        Who is erased, suspended or taken off the list while the file is read has left the list for what is not saved.
        """
        done = Ingested()
        for batch in _batches(items):
            rejected = [item for item in batch if isinstance(item, Rejected)]
            found = list(self._found((item for item in batch if isinstance(item, Sighting)), done, now))
            done.rejected += len(rejected)
            with self.store.lease("import: save a batch") as lease:
                quarantine.save_rejected(lease, rejected, run_id=self.run_id, seen_at=now)
                still = accounts.listed_ids(lease, {account.id for account, _, _ in found})
                kept = [one for one in found if one[0].id in still]
                done.tally += self._save(lease, kept, now)
            done.unlisted += len(found) - len(kept)
            done.accounts |= still
        return done

    def _found(
        self, sightings: Iterable[Sighting], done: Ingested, now: datetime
    ) -> Iterator[tuple[Account, Post, Evidence]]:
        for sighting in sightings:
            account = self.listed.find(sighting)
            if account is None:
                done.unlisted += 1
                continue
            evidence = self._evidence(sighting, now)
            post = _post(sighting, account, evidence.capture.sha256)
            if not sighting.public:
                done.not_public += 1
            elif not in_scope(post, account, self.window, self.zone):
                done.out_of_scope += 1
            else:
                yield account, post, evidence

    def _save(self, lease: Lease, found: Sequence[tuple[Account, Post, Evidence]], now: datetime) -> Tally:
        """Save by account. What is on record word for word is left alone: a file is not a fresh look."""
        known = versions.load_versions(lease, (post.version_id for _, post, _ in found))
        grouped: dict[str, list[tuple[Account, Post, Evidence]]] = defaultdict(list)
        for account, post, evidence in found:
            if post.version_id not in known:
                grouped[account.id].append((account, post, evidence))
        tally = Tally(unchanged=len(found) - sum(map(len, grouped.values())))
        for group in grouped.values():
            tally += pages.save_page(
                lease,
                run_id=self.run_id,
                account=group[0][0],
                posts=[post for _, post, _ in group],
                captures=[evidence for _, _, evidence in group],
                cursor=None,
                rejected=(),
                seen_at=now,
            )
        return tally

    def _evidence(self, sighting: Sighting, now: datetime) -> Evidence:
        capture = Capture(
            sha256=sha256(sighting.raw),
            size=len(sighting.raw),
            url=f"file:{self.source.name}#{sighting.line}" if sighting.line else f"file:{self.source.name}",
            method="import",
            status=None,
            media_type="application/json",
            captured_at=sighting.captured_at or now,
            collector=self.reader,
        )
        return Evidence(capture=capture, body=sighting.raw)


def listed_accounts(accounts: Iterable[Account], today: date) -> tuple[Listed, tuple[Refusal, ...]]:
    """Index the accounts that may be looked at today, and tell of the others why not (guardrails G1, G4, G5)."""
    allowed, refused = [], []
    for account in accounts:
        if (refusal := refuse_account(account, today)) is not None:
            refused.append(refusal)
        else:
            allowed.append(account)
    listed = Listed(
        by_handle={(account.platform, account.handle.casefold()): account for account in allowed},
        by_native_id={(a.platform, a.native_id): a for a in allowed if a.native_id is not None},
    )
    return listed, tuple(refused)


def _post(sighting: Sighting, account: Account, capture_sha256: str) -> Post:
    return Post(
        platform=sighting.platform,
        native_id=sighting.native_id,
        account_id=account.id,
        role=sighting.role,
        posted_at=sighting.posted_at,
        text=sighting.text,
        url=sighting.url,
        edited_at=sighting.edited_at,
        language=sighting.language,
        context=sighting.context,
        media=sighting.media,
        truncated=sighting.truncated,
        verifiable=sighting.verifiable,
        repaired=sighting.repaired,
        capture_sha256=capture_sha256,
    )


def _batches(items: Iterable[Sighting | Rejected]) -> Iterator[list[Sighting | Rejected]]:
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH)):
        yield batch
