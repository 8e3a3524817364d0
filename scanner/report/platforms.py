"""What can be gathered of each platform, under which terms, and what never: for people who decide whether to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from scanner.collect.collectors import COLLECTORS, collector_class
from scanner.domain.accounts import Platform, platforms_of_others

NOT_OBSERVED = "likes and follows"
"""Offences under the joint decree that no lawful interface shows: not observed, on every platform."""


@dataclass(frozen=True, slots=True)
class PlatformSheet:
    """One platform in plain words."""

    platform: Platform
    ready: bool
    state: str
    """`ready`, or why it is not."""
    sees: str
    misses: str
    not_observed: str
    approval: str
    keys: tuple[str, ...]
    """Names of the keys it wants in secrets.toml."""
    quota: str
    duty: str
    import_instead: str
    """Which file import replaces gathering."""


def platform_sheets(refusal: Callable[[Platform], str]) -> Iterator[PlatformSheet]:
    """Yield a sheet for each platform with a collector. `refusal` says why one may not be asked now, or nothing."""
    for platform in (*COLLECTORS, *map(Platform, platforms_of_others())):
        kind, reason = collector_class(platform), refusal(platform)
        terms = kind.terms
        yield PlatformSheet(
            platform=platform,
            ready=not reason,
            state=reason or "ready",
            sees=kind.sees,
            misses=kind.misses,
            not_observed=NOT_OBSERVED,
            approval=f"needed: platforms.{platform}.terms_approval" if terms.needs_approval else "not needed",
            keys=tuple(f"{name} ({what})" for name, what in terms.keys.items()),
            quota="none known" if terms.daily is None else f"{terms.daily} {terms.unit} a day",
            duty=terms.duty,
            import_instead=terms.import_instead,
        )
