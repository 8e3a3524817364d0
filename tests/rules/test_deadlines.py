from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scanner.errors import RulesError
from scanner.resources import data_folder
from scanner.rules.clauses import load_regulations
from scanner.rules.deadlines import Contest, Timer, Unit, load_deadlines
from scanner.rules.elections import ElectionType

FRIDAY = datetime(2026, 8, 14, 8, 30, tzinfo=UTC)  # 15.30 WIB; Monday the 17th is a national holiday
SHIPPED = load_deadlines()


def timer(limit: int, unit: Unit) -> Timer:
    return Timer(
        timer="X",
        starts="known_at",
        limit=limit,
        unit=unit,
        text="",
        basis="",
        elections=(Contest.PEMILU,),
        source="",
        verified=False,
    )


@pytest.fixture
def keywords(tmp_path: Path) -> Path:
    (tmp_path / "rules").mkdir()
    shutil.copy(data_folder("keywords") / "rules" / "deadlines.yaml", tmp_path / "rules")
    return tmp_path


def rewrite(keywords: Path, old: str, new: str) -> None:
    path = keywords / "rules" / "deadlines.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize(
    ("limit", "unit", "end"),
    [
        (7, Unit.CALENDAR, FRIDAY + timedelta(days=7)),
        (24, Unit.HOURS, FRIDAY + timedelta(hours=24)),
        (3, Unit.WORKING, FRIDAY + timedelta(days=6)),  # Tuesday, Wednesday, Thursday
    ],
)
def test_each_unit_is_counted_in_its_own_way(limit: int, unit: Unit, end: datetime):
    assert timer(limit, unit).ends(FRIDAY) == end


def test_working_days_are_those_of_jakarta():
    """Thursday 23.30 in UTC is Friday morning there: the first working day after it is Tuesday."""
    late = datetime(2026, 8, 13, 23, 30, tzinfo=UTC)
    assert timer(1, Unit.WORKING).ends(late) == datetime(2026, 8, 17, 23, 30, tzinfo=UTC)


def test_a_moment_without_time_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        timer(1, Unit.CALENDAR).ends(datetime(2026, 8, 14))


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (ElectionType.PILKADA, "LAPOR-PILKADA"),
        (ElectionType.PILPRES, "LAPOR-PEMILU"),
        (ElectionType.PILEG, "LAPOR-PEMILU"),
    ],
)
def test_each_kind_of_election_has_its_own_clock_from_first_knowledge(kind: ElectionType, name: str):
    assert [one.timer for one in SHIPPED.started_by("known_at", Contest.of(kind))] == [name]


def test_where_the_kind_is_not_known_all_clocks_run():
    assert {one.timer for one in SHIPPED.started_by("known_at", None)} == {"LAPOR-PEMILU", "LAPOR-PILKADA"}


def test_every_clause_that_is_cited_exists():
    known = load_regulations(data_folder("keywords") / "regulations")
    assert {clause for one in SHIPPED.timers for clause in one.clauses} <= set(known)


def test_what_expired_is_named_as_the_catalogue_names_it():
    assert SHIPPED.expired.state == "LEWAT-WAKTU"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("timer: KAJIAN-AWAL", "timer: GAKKUMDU", "timer GAKKUMDU stands twice"),
        ("unit: hours", "unit: moons", r"timers.7.unit: .*'calendar', 'working' or 'hours'"),
        ("limit: 24", "limit: 0", r"timers.7.limit: .*greater than or equal to 1"),
        ("elections: [PILKADA]", "elections: [PEMILU]", "no timer of PILKADA starts at known_at"),
        ("timers:", "timer:", "timers: Field required"),
    ],
)
def test_a_fault_is_told_with_file_and_key(keywords: Path, old: str, new: str, told: str):
    rewrite(keywords, old, new)
    with pytest.raises(RulesError, match=rf"deadlines\.yaml: .*{told}"):
        load_deadlines(keywords)
