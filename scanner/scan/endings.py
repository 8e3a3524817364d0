"""What cut a walk short, told alike for accounts and comments: what closes a platform, and what ends the run."""

from __future__ import annotations

import logging

from scanner.domain.accounts import Platform
from scanner.domain.runs import Outcome
from scanner.errors import BudgetSpent, KeyNeeded, ScannerError, StoreDamaged, StoreLocked
from scanner.logs import Word, cause_of
from scanner.scan.platforms import Platforms

log = logging.getLogger(__name__)


def cut_by(error: Exception, whom: str, platform: Platform, platforms: Platforms) -> Exception | tuple[Outcome, str]:
    """Return an error that ended one walk as `seen.ending` takes it; a record that cannot be used ends the run.

    A refused key and a spent budget close the platform. A fault of ours in one collector costs nobody else; what it
    says may be anybody's words, so only its kind and its place are told.
    """
    if isinstance(error, ScannerError):
        log.info("%s on %s cut short by %s", whom, platform, Word(type(error).__name__))
    match error:
        case KeyNeeded() | BudgetSpent():
            platforms.close(platform, error)
            return error
        case StoreLocked() | StoreDamaged():
            raise error
        case ScannerError():
            return error
        case _:
            log.error("gathering %s on %s failed: %s", whom, platform, cause_of(error))
            return Outcome.PARTIAL, f"unexpected {type(error).__name__}; see the log and report it"
