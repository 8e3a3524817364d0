"""The tree of errors. Every message says where, what, and what would be valid.

ScannerError                    anything the scanner refuses or cannot do; the command line prints it in one line
├── UsageError                  the request itself is wrong (exit 2)
├── SettingsError               scanner.toml, secrets.toml or SCANNER_* cannot be used
├── MandateError                no lawful ground to look: mandate, DPIA, basis or listing missing or expired
├── RosterError                 a roster row cannot be read or may not be listed
├── RulesError                  keywords/ holds something that cannot be used
├── ModelError                  a model folder is missing, damaged, untrusted or of another format
├── CollectError                one account or one request could not be gathered
│   ├── Blocked                 robots.txt, terms, address guard or the platform forbid it
│   ├── Gone                    the account or post is not there (any more)
│   ├── Private                 the account or post is not public
│   ├── RateLimited             the platform asks us to wait (`retry_after` seconds)
│   ├── KeyNeeded               the platform's key is missing, expired or refused: its accounts are not tried
│   ├── BudgetSpent             what we allow ourselves to ask of the platform in a day is used up
│   ├── OutOfTime               a look at one account took as long as it may, or its run was stopped
│   ├── FetchFailed             deadline, size, decoding, connection or server error
│   └── FormatDrift             the answer has a shape we do not know: not the same as nothing new
├── ScheduleKept                another machine, or another process, keeps the schedule (exit 11)
├── NotNow                      something goes first; later it will do (exit 75)
├── ImportFailed                a file cannot be read as any known format
├── ReviewError                 the desk cannot take this decision
│   ├── NotGiven                there is no such item for this person
│   └── TooLate                 others have the item by now; what was written is kept as a draft
├── SignInRefused               name, password or code do not fit, or there were too many tries (`retry_after` seconds)
└── StoreError                  the database cannot be used
    ├── StoreLocked             another process holds it (exit 11); names its PID
    ├── StoreFull               there is no room for it on the disk; nothing is lost (exit 75)
    ├── StoreInterrupted        the process that keeps it ended in the middle; repeating is safe (exit 75)
    ├── StoreOutdated           an older scanner filled it: `scanner upgrade` comes first
    └── StoreDamaged            it opened, but what it says cannot be trusted
"""

from __future__ import annotations


class ScannerError(Exception):
    """Base of all errors that reach the user as one clear line."""

    exit_code = 1


class UsageError(ScannerError):
    """The request itself is wrong."""

    exit_code = 2


class SettingsError(ScannerError):
    """A setting is missing or wrong."""


class MandateError(ScannerError):
    """There is no recorded lawful ground to look."""


class RosterError(ScannerError):
    """A roster row cannot be read or may not be listed."""


class RulesError(ScannerError):
    """A file under keywords/ cannot be used."""


class ModelError(ScannerError):
    """A model folder cannot be used."""


class CollectError(ScannerError):
    """One account or request could not be gathered.

    `permanent` tells the caller whether trying again in the same run makes sense.
    """

    permanent = False


class Blocked(CollectError):
    """robots.txt, platform terms, our address guard or the platform itself forbid it."""

    permanent = True


class Gone(CollectError):
    """The account or post does not exist (any more)."""

    permanent = True


class Private(CollectError):
    """The account or post is not public."""

    permanent = True


class RateLimited(CollectError):
    """The platform asks us to wait `retry_after` seconds."""

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class KeyNeeded(CollectError):
    """The platform's key is missing, expired or refused; no account of the platform can be tried."""

    permanent = True


class BudgetSpent(CollectError):
    """What we allow ourselves to ask of a platform in a day is used up."""

    permanent = True


class OutOfTime(CollectError):
    """A look at one account took as long as it may, or its run was stopped; the next one goes on from there."""


class FetchFailed(CollectError):
    """Deadline, size limit, decoding, connection or server error."""


class FormatDrift(CollectError):
    """The answer has a shape we do not know."""

    permanent = True


class ScheduleKept(ScannerError):
    """Another machine, or another process of this one, keeps the schedule of the workspace."""

    exit_code = 11


class NotNow(ScannerError):
    """Something goes first, or everything is paused; later it will do."""

    exit_code = 75


class ImportFailed(ScannerError):
    """A file cannot be read as any known format."""


class ReviewError(ScannerError):
    """The desk cannot take this decision."""


class NotGiven(ReviewError):
    """There is no such item for this person; one that is not theirs and one that is not there read the same."""


class TooLate(ReviewError):
    """Others have the item by now; what was written is kept as a draft."""


class SignInRefused(ScannerError):
    """Somebody may not come in; which of name, password and code did not fit is not told."""

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class StoreError(ScannerError):
    """The database cannot be used."""


class StoreLocked(StoreError):
    """Another process holds the database."""

    exit_code = 11


class StoreFull(StoreError):
    """There is no room on the disk; nothing is lost, and repeating is safe once there is."""

    exit_code = 75


class StoreInterrupted(StoreError):
    """The process that keeps the database for others ended in the middle of a lease; repeating is safe."""

    exit_code = 75


class StoreOutdated(StoreError):
    """An older scanner filled the database; it has to be upgraded before anything is done with it."""


class StoreDamaged(StoreError):
    """The database opened, but what it says cannot be trusted."""
