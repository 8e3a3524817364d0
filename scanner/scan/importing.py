"""One import from files to queue, as one run on record."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from scanner.collect.importers import registry
from scanner.collect.importers.interface import Detected, Sighting
from scanner.detect.local import Detector
from scanner.domain.accounts import Mandate, Platform
from scanner.domain.runs import Rejected, Run, Tally
from scanner.roster import Refusal
from scanner.scan.flagging import Flagged, flag_unscored
from scanner.scan.ingest import Importer, Ingested, Listed, listed_accounts
from scanner.scan.plan import legal_window, require_mandate
from scanner.scan.record import finish, recorded
from scanner.store import accounts, audit
from scanner.store.connection import Store

EXAMPLES = 5
"""Rejected items named on the screen; all of them are in quarantine."""


@dataclass(slots=True)
class FileSummary:
    """What one file was and brought."""

    path: Path
    detected: str
    """Format and why it was recognised."""
    ingested: Ingested
    examples: list[Rejected] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import did."""

    run: Run
    files: tuple[FileSummary, ...]
    flagged: Flagged
    refused: tuple[Refusal, ...]
    """Accounts on the roster that may not be looked at today: their items were dropped like anybody else's."""

    @property
    def tally(self) -> Tally:
        """Posts of all files together."""
        return sum((file.ingested.tally for file in self.files), Tally())

    @property
    def exit_code(self) -> int:
        """0 when everything could be read, 3 when anything is in quarantine."""
        return 3 if any(file.ingested.rejected for file in self.files) else 0


@dataclass(frozen=True, slots=True)
class Import:
    """All an import needs, as plain values from a door."""

    store: Store
    detector: Detector
    mandate: Mandate
    lookback_days: int
    by: str
    """Who imports; kept in the audit chain."""
    columns: Mapping[str, str] = field(default_factory=dict)
    platform: Platform | None = None

    def run(self, files: Sequence[Path], progress: Callable[[FileSummary], None] | None = None) -> ImportSummary:
        """Read the files in order; every format is detected before anything is stored.

        Raises MandateError without a valid mandate and ImportFailed for a file of no known format.
        """
        now, zone = datetime.now(UTC), ZoneInfo(self.detector.election.region.tz)
        today = now.astimezone(zone).date()
        require_mandate(self.mandate, today)
        detected = {path: self._detect(path) for path in files}
        window = legal_window(self.detector.election, now, self.lookback_days)
        with recorded(self.store, "import", self.detector, window=window) as run:
            with self.store.lease("import: read the roster") as lease:
                listed, refused = listed_accounts(accounts.load_accounts(lease), today)
            summaries = []
            for path, found in detected.items():
                summary = self._take(path, found, run, listed, zone, now)
                summaries.append(summary)
                if progress is not None:
                    progress(summary)
            flagged = flag_unscored(self.store, self.detector)
            done = ImportSummary(run=run, files=tuple(summaries), flagged=flagged, refused=refused)
            ended = finish(self.store, run, done.tally, flagged, exit_code=done.exit_code)
        return replace(done, run=ended)

    def _detect(self, path: Path) -> Detected:
        if self.columns:
            return Detected(format="table", why="a column map was given")
        return registry.detect(path)

    def _take(
        self, path: Path, found: Detected, run: Run, listed: Listed, zone: ZoneInfo, now: datetime
    ) -> FileSummary:
        importer = Importer(
            store=self.store,
            listed=listed,
            run_id=run.id,
            window=legal_window(self.detector.election, now, self.lookback_days),
            zone=zone,
            source=path,
            reader=f"{found.format}/{registry.importer_for(found.format).version}",
        )
        summary = FileSummary(path=path, detected=f"{found.format}: {found.why}", ingested=Ingested())
        items = registry.read(path, found.format, columns=self.columns, platform=self.platform)
        summary.ingested = importer.take(_noting(items, summary.examples), now)
        self._record(path, run, summary)
        return summary

    def _record(self, path: Path, run: Run, summary: FileSummary) -> None:
        counts = summary.ingested
        detail = {
            "file_sha256": _file_sha256(path),
            "format": summary.detected,
            "new": counts.tally.new,
            "unlisted_dropped": counts.unlisted,
            "rejected": counts.rejected,
        }
        with self.store.lease("import: record the file") as lease:
            audit.append(lease, actor=self.by, action="import.file", subject=run.id, detail=detail)


def _file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _noting(items: Iterable[Sighting | Rejected], examples: list[Rejected]) -> Iterator[Sighting | Rejected]:
    for item in items:
        if isinstance(item, Rejected) and len(examples) < EXAMPLES:
            examples.append(item)
        yield item
