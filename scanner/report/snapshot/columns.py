"""How a column of a snapshot is described, and the columns that several views share."""

from __future__ import annotations

from dataclasses import dataclass

WITHHELD = "withheld: too few people share it"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a view, as the data dictionary tells of it."""

    name: str
    type: str
    """DuckDB's name of the type."""
    meaning: str
    unit: str = ""
    """What is counted or measured, or the values there are; empty where the meaning says all."""
    null: str = ""
    """What an empty cell means; empty: there is none."""


@dataclass(frozen=True, slots=True)
class View:
    """One view of a snapshot."""

    name: str
    row: str
    """What one row is."""
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the columns in order."""
        return tuple(column.name for column in self.columns)


POST_ID = Column(
    "post_id", "UUID", "The post, the same in posts, flags and scores of all snapshots of a series", "128 bits"
)
PLATFORM = Column("platform", "VARCHAR", "Where it was published", "mastodon, bluesky, x ...", WITHHELD)
AGENCY = Column(
    "agency", "VARCHAR", "Agency (instansi) of the author; 'lainnya' stands for agencies that are not told apart"
)
PHASE = Column(
    "phase",
    "VARCHAR",
    "Phase of the election on the day it was posted, by the calendar of the region",
    "NON, PRA, TETAP, KAMPANYE, TENANG, HARI_H, REKAP, PSU",
    WITHHELD,
)
START = Column(
    "period_start",
    "DATE",
    "First day of the period it belongs to, local time of the region",
    null=f"{WITHHELD}; or the platform does not say when",
)
PERIOD = Column(
    "period",
    "VARCHAR",
    "How long that period is; nothing in a snapshot is told more exactly than by the week",
    "week (from Monday), month, quarter",
    WITHHELD,
)
RULESET = Column("ruleset", "VARCHAR", "Version and hash of the rules", null=WITHHELD)
MODEL = Column("model", "VARCHAR", "Name and hash of the model", null=WITHHELD)


def estimate(name: str, title: str, null: str) -> tuple[Column, Column, Column]:
    """Return the three columns of a figure with its 95 % interval."""
    return (
        Column(name, "DOUBLE", title, "at most 1; 1 is perfect agreement, 0 what chance gives", null),
        Column(f"{name}_low", "DOUBLE", f"Lower bound of {name}, 95 %", null=null),
        Column(f"{name}_high", "DOUBLE", f"Upper bound of {name}, 95 %", null=null),
    )
