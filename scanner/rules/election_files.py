"""Reading elections from their files: what is out of order or would treat participants unequally is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from scanner.errors import RulesError
from scanner.resources import data_folder
from scanner.rules.elections import ALIAS_FIELDS, Election, ElectionType, Kind, Participant
from scanner.rules.reading import read_record


def load_election(source: Path | str, folder: Path | None = None) -> Election:
    """Read an election by its file or, by its id, from a folder (default: the shipped `keywords/elections`).

    Raises RulesError when it cannot be read, is out of order, or would treat participants unequally (G7).
    """
    folder = folder or data_folder("keywords") / "elections"
    path = source if isinstance(source, Path) else folder / f"{source}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in folder.glob("*.yaml"))) or "none"
        raise RulesError(f"{path}: there is no such election; known in {folder}: {known}")
    return _with_parties(read_election(path), path, folder, read_election)


def load_elections(folder: Path | None = None) -> list[Election]:
    """Read every election of a folder (default: the shipped ones) that lists all its participants, in order of id."""
    folder = folder or data_folder("keywords") / "elections"
    read = lru_cache(read_election)  # many elections share one list of parties
    records = [(path, read_record(path, Election)) for path in sorted(folder.glob("*.yaml"))]
    return [_with_parties(_checked(one, path), path, folder, read) for path, one in records if one.complete]


def read_election(path: Path) -> Election:
    """Read and check one election file, without looking up its parties."""
    return _checked(read_record(path, Election), path)


def _checked(election: Election, path: Path) -> Election:
    if path.stem != election.id:
        raise RulesError(f"{path}: id {election.id!r} is not the name of the file; {path.stem!r} would be valid")
    _check_calendar(election, path)
    _check_participants(election, path)
    return election


def _with_parties(election: Election, path: Path, folder: Path, read: Callable[[Path], Election]) -> Election:
    if election.parties is None:
        return election
    beside = path.parent / f"{election.parties}.yaml"
    listed = read(beside if beside.is_file() else folder / f"{election.parties}.yaml")
    if listed.type is not ElectionType.PILEG:
        raise RulesError(f"{path}: parties: {listed.id} is a {listed.type}; the id of a PILEG would be valid")
    return replace(election, known_parties=listed.participants)


def _check_calendar(election: Election, path: Path) -> None:
    try:
        ZoneInfo(election.region.tz)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise RulesError(f"{path}: region.tz: unknown zone {election.region.tz!r}; e.g. Asia/Jakarta") from error
    dates = election.calendar.in_order()
    for (earlier, first), (later, second) in pairwise(dates):
        if second < first:
            raise RulesError(f"{path}: calendar.{later} {second} lies before calendar.{earlier} {first}")


def _check_participants(election: Election, path: Path) -> None:
    if not election.complete:
        raise RulesError(f"{path}: complete: false; every registered participant must be listed (G7)")
    ids = [one.id for one in election.participants]
    if len(set(ids)) < len(ids) or len(ids) < 2:
        raise RulesError(f"{path}: participants {ids}: need two or more, each id once; a single pair needs a blank_box")
    persons = [one for one in election.participants if one.kind is not Kind.BLANK_BOX]
    for one in election.participants:
        if not one.names:
            raise RulesError(f"{path}: participant {one.id}: names is empty; every participant needs its name (G7)")
        strangers = set(one.ambiguous) - set(one.aliases)
        if strangers:
            raise RulesError(f"{path}: participant {one.id}: ambiguous {sorted(strangers)} is none of its names")
    _check_equal(persons, path)
    _check_watched(persons, path)
    _check_numbers([one.number for one in persons], path)


def _check_equal(persons: list[Participant], path: Path) -> None:
    for name in (one.name for one in fields(Participant) if one.name in ALIAS_FIELDS):
        empty = [one.id for one in persons if not getattr(one, name)]
        if empty and len(empty) < len(persons):
            raise RulesError(
                f"{path}: participant {empty[0]}: {name} is empty but filled for others; fill it for all or none (G7)"
            )


def _check_watched(persons: list[Participant], path: Path) -> None:
    """Comments are looked for under everybody's accounts or under nobody's."""
    for platform in {account.platform for one in persons for account in one.accounts}:
        for one in persons:
            if platform not in {account.platform for account in one.accounts}:
                raise RulesError(
                    f"{path}: participant {one.id}: accounts names none on {platform}, but others do; "
                    "name it, or null where there is none (G7)"
                )


def _check_numbers(numbers: list[int | None], path: Path) -> None:
    drawn = sorted(number for number in numbers if number is not None)
    if drawn and drawn != list(range(1, len(numbers) + 1)):
        raise RulesError(
            f"{path}: participants.number {drawn}: a registered participant is missing; "
            f"1 to {len(numbers)}, each once, or null for all would be valid (G7)"
        )
