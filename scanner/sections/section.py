"""What all sections of scanner.toml have in common."""

from __future__ import annotations

from datetime import time
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


class Section(BaseModel):
    """What all sections have in common: frozen, and no key that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _local(moment: time) -> time:
    """Refuse a zone, and a bare number, which counts seconds in UTC: times of day are meant in the schedule's zone."""
    if moment.tzinfo is not None:
        raise ValueError(f"{moment} is in a zone of its own or a bare number; {moment:%H:%M} would be valid, as a text")
    return moment


TimeOfDay = Annotated[time, AfterValidator(_local)]
"""In the zone of the schedule."""
