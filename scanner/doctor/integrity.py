"""Whether the record can be trusted: both chains, the evidence behind them, and who vouched for it."""

from __future__ import annotations

import random
from collections.abc import Sequence

from scanner.doctor.case import Case
from scanner.doctor.check import Finding, Mode, Named, fix, well
from scanner.report.timestamps import check_kept
from scanner.store import audit, captures, evidence, manifest_check, media

EVENTS, LINKS, FILES = 20_000, 300, 200
"""The newest events and links, and a sample of files, that are looked at; `--deep`: all."""


def _audit(case: Case) -> Finding:
    with case.reading("audit") as lease:
        report = audit.verify(lease, newest=None if case.deep else EVENTS)
    found = f"{report.events} events, anchored at {report.anchored}"
    return fix(_first(report.problems), found) if report.problems else well(found)


def _manifest(case: Case) -> Finding:
    with case.reading("manifest") as lease:
        report = manifest_check.verify(lease, newest=None if case.deep else LINKS)
    found = f"{report.links} saved pages, anchored at {report.anchored}"
    return fix(f"{_first(report.problems)}; see `scanner verify`", found) if report.problems else well(found)


def _evidence(case: Case) -> Finding:
    with case.reading("evidence") as lease:
        hashes = captures.captured_hashes(lease)
    chosen = _sample(case, hashes)
    damaged = [one.message for one in evidence.verify(evidence.folder_of(case.data), chosen)]
    if damaged:
        return fix(f"{damaged[0]} ({len(damaged)} of {len(chosen)} looked at): restore it from a backup")
    return well(f"{len(chosen)} of {len(hashes)} captures have the bytes they are named by")


def _pictures(case: Case) -> Finding:
    with case.reading("pictures") as lease:
        hashes, lost = media.display_hashes(lease), media.without_capture(lease)
    if lost:
        return fix(f"{len(lost)} pictures, as {lost[0]}: no capture tells where they came from; see `scanner verify`")
    chosen = _sample(case, hashes)
    damaged = [one.message for one in evidence.verify(media.folder_of(case.data), chosen)]
    if damaged:
        return fix(f"{damaged[0]} ({len(damaged)} of {len(chosen)} looked at): restore it from a backup")
    return well(f"{len(chosen)} of {len(hashes)} pictures are as they were drawn")


def _timestamps(case: Case) -> Finding:
    authority = case.workspace.authority
    count, problems = check_kept(case.store, authority.ca_file if authority else None)
    return fix(_first(problems)) if problems else well(f"{count} timestamps hold")


def _sample(case: Case, hashes: Sequence[str]) -> Sequence[str]:
    """Return some of the hashes, others each time, or all."""
    if case.deep or len(hashes) <= FILES:
        return hashes
    return random.Random(case.now.isoformat()).sample(hashes, FILES)  # noqa: S311


def _first(problems: Sequence[str]) -> str:
    return "; ".join(problems[:3]) + (f" (and {len(problems) - 3} more)" if len(problems) > 3 else "")


CHECKS = {
    "audit chain": Named(_audit, needs=("database",), record=True),
    "manifest": Named(_manifest, needs=("database",), record=True),
    "evidence": Named(_evidence, needs=("database",), record=True),
    "pictures": Named(_pictures, needs=("database",), record=True),
    "timestamps": Named(_timestamps, needs=("database",), mode=Mode.DEEP, record=True),
}
