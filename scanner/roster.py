"""The roster: whom we may look at. A strict CSV, and the checks that must hold before anything is fetched."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from scanner.domain.accounts import Account, Confidence, Employment, Mandate, Platform
from scanner.errors import RosterError

REQUIRED = (
    "person_id", "platform", "handle", "agency", "unit", "employment", "service_from", "confidence",
    "legal_basis", "decree_number", "requested_by", "approved_by", "listed_from", "listed_until",
)  # fmt: skip
OPTIONAL = ("service_until", "native_id", "url", "leave")

_NATIONAL_NUMBER = re.compile(r"\d{16}|\d{18}")  # NIK has 16 digits, NIP 18
_FORBIDDEN_COLUMNS = re.compile(
    r"^(?:spouse|suami|istri|family|keluarga|children|anak|parents?|orang_?tua|religion|agama|ethnicity|suku"
    r"|leaning|party|partai|pilihan|nik|nip|phone|telepon|hp|password)$"
)
_HANDLE = (r"[\w.\-]{1,100}", "nama_akun")
_HANDLES: Mapping[Platform, tuple[str, str]] = {
    Platform.MASTODON: (r"[\w.-]+@[\w.-]+(?::\d+)?", "nama@server.id"),
    Platform.BLUESKY: (r"[\w.-]+\.[\w.-]+|did:[a-z]+:[\w.:%-]+", "nama.bsky.social"),
    Platform.RSS: (r"https?://\S+", "https://blog.id/feed"),
    Platform.WEB: (r"https?://\S+", "https://blog.id/"),
}
"""How a platform writes an account, and an example for error messages; all others write a plain name."""

T = TypeVar("T", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row or account that may not be used, and why."""

    place: str
    """`roster.csv row 4 column handle`, or an account id."""
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Roster:
    """What was read: the accounts that may be listed and the rows that may not."""

    accounts: tuple[Account, ...]
    refusals: tuple[Refusal, ...]


def read_roster(path: Path) -> Roster:
    """Read a roster CSV (UTF-8, header row, comma or semicolon). Row 1 is the header.

    Good rows go in and bad ones come back as refusals naming row and column. Raises RosterError when
    the file itself cannot be used: not UTF-8, no header, missing or forbidden columns.
    """
    rows = _rows(path)
    header = next(rows, None)
    if header is None:
        raise RosterError(f"{path}: empty; the first row must name the columns: {', '.join(REQUIRED)}")
    columns = _check_header(path, header)
    accounts: dict[str, Account] = {}
    refusals: list[Refusal] = []
    for number, row in enumerate(rows, start=2):
        if not any(cell.strip() for cell in row):
            continue
        place = f"{path.name} row {number}"
        try:
            account = _account(place, columns, row)
            if account.id in accounts:
                raise RosterError(f"{place} column handle: {account.id} stands in an earlier row; list it once")
        except RosterError as error:
            where, _, why = str(error).partition(": ")
            refusals.append(Refusal(place=where, reason=why))
        else:
            accounts[account.id] = account
    return Roster(accounts=tuple(accounts.values()), refusals=tuple(refusals))


def refuse_mandate(mandate: Mandate, today: date) -> Refusal | None:
    """Tell why this mandate does not allow looking today, or None (guardrails G1, G17)."""
    if not mandate.valid_from <= today <= mandate.valid_until:
        return Refusal("mandate", f"valid {mandate.valid_from} to {mandate.valid_until}, today is {today}; renew it")
    return None


def refuse_account(account: Account, today: date) -> Refusal | None:
    """Tell why this account may not be looked at today, or None (guardrails G1, G4, G5)."""
    if account.confidence is Confidence.C:
        return Refusal(account.id, "confidence C: the person is not confirmed; A or B is needed")
    if not account.listed_from <= today <= account.listed_until:
        return Refusal(account.id, f"listed {account.listed_from} to {account.listed_until}, today is {today}")
    if account.service_until is not None and account.service_until < account.listed_from:
        return Refusal(account.id, f"left service on {account.service_until}, before the listing began")
    return None


def coverage_by_unit(accounts: Iterable[Account]) -> Counter[str]:
    """Count listed accounts per agency and unit: listing one office only is seen at once (guardrail G9)."""
    return Counter(f"{account.agency} / {account.unit}" for account in accounts)


def _rows(path: Path) -> Iterator[list[str]]:
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError as error:
        raise RosterError(f"{path}: not there") from error
    except UnicodeDecodeError as error:
        raise RosterError(f"{path}: not UTF-8 at byte {error.start}; save it as CSV UTF-8") from error
    except OSError as error:
        raise RosterError(f"{path}: cannot be read: {error.strerror}") from error
    first = text.split("\n", 1)[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise RosterError(f"{path}: not a CSV table: {error}") from error


def _check_header(path: Path, header: list[str]) -> tuple[str, ...]:
    columns = tuple(name.strip().casefold() for name in header)
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise RosterError(f"{path} row 1: column {', '.join(missing)} missing; needed: {', '.join(REQUIRED)}")
    twice = [name for name, count in Counter(columns).items() if count > 1]
    if twice:
        raise RosterError(f"{path} row 1: column {', '.join(twice)} stands twice; name each column once")
    forbidden = [name for name in columns if _FORBIDDEN_COLUMNS.match(name)]
    if forbidden:
        raise RosterError(
            f"{path} row 1: column {', '.join(forbidden)} may not be recorded; "
            "list civil servants only, without family, belief, leaning or national numbers"
        )
    return columns


def _account(place: str, columns: tuple[str, ...], row: list[str]) -> Account:
    if len(row) != len(columns):
        raise RosterError(f"{place}: {len(row)} cells under {len(columns)} columns; quote cells that hold a comma")
    cells = dict(zip(columns, (cell.strip() for cell in row), strict=True))
    for name in REQUIRED:
        if not cells[name]:
            raise RosterError(f"{place} column {name}: empty; it must be filled")
    platform = _choice(place, cells, "platform", Platform)
    account = Account(
        platform=platform,
        handle=_handle(place, platform, cells["handle"]),
        person_id=_person_id(place, cells["person_id"]),
        agency=cells["agency"],
        unit=cells["unit"],
        employment=_choice(place, cells, "employment", Employment),
        service_from=_day(place, cells, "service_from"),
        service_until=_day(place, cells, "service_until") if cells.get("service_until") else None,
        confidence=_choice(place, cells, "confidence", Confidence),
        legal_basis=cells["legal_basis"],
        decree_number=cells["decree_number"],
        requested_by=cells["requested_by"],
        approved_by=cells["approved_by"],
        listed_from=_day(place, cells, "listed_from"),
        listed_until=_day(place, cells, "listed_until"),
        native_id=cells.get("native_id") or None,
        url=cells.get("url") or None,
        leave=_leave(place, cells.get("leave", "")),
        extra={name: value for name, value in cells.items() if name not in REQUIRED + OPTIONAL},
    )
    return _consistent(place, account)


def _consistent(place: str, account: Account) -> Account:
    if account.requested_by.casefold() == account.approved_by.casefold():
        raise RosterError(f"{place} column approved_by: the same person as requested_by; a second one must approve")
    if account.listed_until < account.listed_from:
        raise RosterError(f"{place} column listed_until: {account.listed_until} lies before {account.listed_from}")
    if account.service_until is not None and account.service_until < account.service_from:
        raise RosterError(f"{place} column service_until: {account.service_until} lies before {account.service_from}")
    return account


def _choice(place: str, cells: Mapping[str, str], name: str, kind: type[T]) -> T:
    for choice in kind:
        if choice.value.casefold() == cells[name].casefold():
            return choice
    raise RosterError(f"{place} column {name}: '{cells[name]}' is not one of {', '.join(kind)}")


def _day(place: str, cells: Mapping[str, str], name: str) -> date:
    try:
        return date.fromisoformat(cells[name])
    except ValueError as error:
        raise RosterError(f"{place} column {name}: '{cells[name]}' is not a date like 2026-11-21") from error


def _person_id(place: str, value: str) -> str:
    if _NATIONAL_NUMBER.fullmatch(re.sub(r"[\s.\-]", "", value)):
        raise RosterError(f"{place} column person_id: looks like a NIP or NIK; use the agency's own number")
    return value


def _handle(place: str, platform: Platform, value: str) -> str:
    handle = value.removeprefix("@")
    pattern, example = _HANDLES.get(platform, _HANDLE)
    if not re.fullmatch(pattern, handle):
        raise RosterError(f"{place} column handle: '{value}' is no {platform} account; write it like {example}")
    return handle


def _leave(place: str, value: str) -> tuple[tuple[date, date], ...]:
    periods = []
    for part in filter(None, (piece.strip() for piece in value.split(";"))):
        start, _, end = part.partition("/")
        try:
            period = date.fromisoformat(start.strip()), date.fromisoformat(end.strip())
        except ValueError as error:
            raise RosterError(f"{place} column leave: '{part}' is not a period like 2026-09-01/2026-12-31") from error
        if period[1] < period[0]:
            raise RosterError(f"{place} column leave: '{part}' ends before it begins")
        periods.append(period)
    return tuple(periods)
