"""What the database is asked to find items that wait for a person; `waiting` decides which of them do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scanner.domain.users import Role, User

_OPEN = """items AS i JOIN listed AS a ON a.id = i.account_id
    WHERE i.settled_at IS NULL
      AND NOT list_contains($hidden::VARCHAR[], lower(trim(a.agency)))
      AND NOT list_contains($hidden::VARCHAR[], lower(trim(a.person_id)))"""
"""Open items of listed accounts, but for those that the person is recused from."""
_VISIBLE = f"""{_OPEN}
      AND i.id NOT IN (FROM assignments SELECT item_id WHERE NOT closed AND person = $person AND stage = 'blind'
                       AND (judgement_id IS NOT NULL OR revealed_at IS NOT NULL))"""
"""Those of them that the person does not know."""
_DISPUTED = f"""{_VISIBLE}
      AND i.id IN (FROM assignments SELECT item_id WHERE NOT closed AND stage = 'blind' AND verdict IS NOT NULL
                   GROUP BY item_id HAVING count(*) >= $overlap)"""
"""Those of them that enough have judged: nothing else waits for an adjudicator, and of many open items few do."""


_SEVERITY = "CASE WHEN i.phase IN ('TENANG', 'HARI_H', 'PSU') THEN 0 WHEN i.phase IN ('NON', 'PRA') THEN 2 ELSE 1 END"
"""How much waiting harms: quiet days and polls first, then from penetapan on (1), then the time before it.

By the phase alone, which the reviewer sees anyway: codes and sanction class have no part in it, so that the order tells
nothing of them.
"""


def _day(moment: str) -> str:
    """Return SQL for the day of a moment in Jakarta (WIB, which knows no summer time), as a number."""
    return f"(epoch({moment})::BIGINT + 7 * 3600) // 86400"


@dataclass(frozen=True, slots=True)
class Questions:
    """One way of asking for open items."""

    next: str
    """So many, known longest, with all others of the last one's day; `last` is empty where none are left behind.

    Of the items of one election and day, which are due on one day, only so `many` of `all` as come first, by severity
    and the person's own shuffle.
    """
    count: str

    @classmethod
    def about(cls, source: str) -> Questions:
        """Return the questions about some open items."""
        return cls(
            # Severity and shuffle of the first days' items alone: of all that are open they take a sixth of the time.
            next=f"""
                WITH open AS MATERIALIZED (SELECT i.id, i.election_id, i.known_at, i.drawn, i.phase FROM {source}),
                     last AS (SELECT known_at FROM open ORDER BY known_at LIMIT 1 OFFSET $most),
                     near AS (
                         SELECT i.id, i.election_id, i.known_at, i.drawn, {_SEVERITY} AS severity,
                                md5(i.id || $person) AS shuffle, last.known_at AS last
                         FROM open AS i LEFT JOIN last ON true
                         WHERE last.known_at IS NULL OR {_day("i.known_at")} <= {_day("last.known_at")})
                SELECT near.*, row_number() OVER turn AS many, count(*) OVER alike AS "all" FROM near
                WINDOW alike AS (PARTITION BY election_id, {_day("known_at")}),
                       turn AS (PARTITION BY election_id, {_day("known_at")} ORDER BY severity, shuffle)
                QUALIFY many <= $each""",  # noqa: S608
            count=f"""
                SELECT count(*) FROM {source}
                  AND ($draws OR NOT i.drawn) AND i.id NOT IN (SELECT unnest($taken::VARCHAR[]))""",  # noqa: S608
        )


OPEN_AMONG = f"SELECT i.id FROM {_OPEN} AND i.id IN "  # noqa: S608
"""Those open to the person of the ids whose marks are put behind it, whether they know them or not."""
_OF_ALL, _OF_DISPUTED = Questions.about(_VISIBLE), Questions.about(_DISPUTED)


def questions_for(user: User, *, overlap: int) -> tuple[Questions, dict[str, Any]]:
    """Return what is asked for a person, and the parameters that tell who they are."""
    who: dict[str, Any] = {"person": user.name, "hidden": sorted(user.hidden)}
    if user.role is Role.ADJUDICATOR:
        return _OF_DISPUTED, who | {"overlap": overlap}
    return _OF_ALL, who
