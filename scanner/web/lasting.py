"""How long a session still lasts, for the page to say so in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from scanner.review.signin import IDLE, LONGEST, TOUCH

if TYPE_CHECKING:
    from scanner.web.page import Visit


@dataclass(frozen=True, slots=True)
class Lasting:
    """What a page tells its script."""

    idle: int
    """Seconds without use after which a session is certain to go on no more; the last use is kept to the minute."""
    left: int
    """Seconds until it ends, used or not."""
    ends_at: datetime


def lasting(visit: Visit) -> Lasting | None:
    """Return how long the session of a visit lasts; None for a stranger."""
    if visit.session is None:
        return None
    ends_at = visit.session.began_at + LONGEST
    left = int((ends_at - visit.now).total_seconds())
    return Lasting(idle=int((IDLE - TOUCH).total_seconds()), left=left, ends_at=ends_at)
