"""How flags are judged, and what researchers get."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from scanner.sections.section import Section


class ReviewSettings(Section):
    """How flags are judged."""

    overlap: Annotated[int, Field(ge=2, le=5)] = 2
    """Independent judgements per flag; two humans is the least."""
    unflagged_per_day: Annotated[int, Field(ge=0, le=1000)] = 10
    """Unflagged posts of each day that are drawn at random and judged like flags; 0 draws none."""


class SnapshotSettings(Section):
    """What researchers get."""

    keep: Annotated[int, Field(ge=1, le=400)] = 8
    """Snapshots of a series; older ones leave when a further one is published."""
    smallest_group: Annotated[int, Field(ge=10, le=100)] = 10
    """People or posts below which a group is not told apart (reliability P4)."""
