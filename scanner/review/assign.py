"""Who is given what: only those whose part it is, nobody posts of their own agency or kin, gold among the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from scanner.domain.reviews import Stage
from scanner.domain.users import Role, User, folded
from scanner.errors import NotGiven, UsageError
from scanner.review.clock import Clock
from scanner.store import assignments, gold, users
from scanner.store.connection import Lease
from scanner.store.waiting import Front

JUDGES = frozenset({Role.REVIEWER, Role.ADJUDICATOR})
"""Roles that are given items."""
GOLD_SHARE = 0.05
"""How much of what a reviewer gets is gold (reliability B2)."""

Chance = Callable[[], float]
"""Gives a number from 0 to 1 by chance."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for items, when, and by which rules."""

    user: User
    now: datetime
    overlap: int
    """Judgements wanted for each item."""
    clock: Clock
    hints: bool = False
    """Codes and signals stand beside the post, as at the terminal; unflagged posts have none and are left out."""

    def front(self, lease: Lease) -> Front:
        """Return what waits for them, read as far as it is asked for."""
        return Front(lease, self.user, now=self.now, overlap=self.overlap, due=self.clock.at)


@dataclass(frozen=True, slots=True)
class Place:
    """An item found for somebody."""

    id: str
    stage: Stage
    before_id: str | None = None
    """Of gold: the waiting item it is put before."""
    shown: bool = False
    """They have seen it; it was not only fetched ahead."""
    held_until: datetime | None = None
    """Of what is kept for them already."""


def judge_named(lease: Lease, name: str) -> User:
    """Return the user of this name, or for the terminal one of this name alone, who is recused from nobody.

    UsageError for an empty name, and for somebody who was shut out or whose role is another.
    """
    if not name.strip():
        raise UsageError("reviewer: empty; give the name under which the judgement is recorded")
    stranger = User(name=folded(name), display=name, role=Role.REVIEWER, agency="", created_at=datetime.now(UTC))
    user = users.load_user(lease, name) or stranger
    require_judge(user)
    return user


def require_judge(user: User) -> None:
    """Refuse with UsageError whoever is not given items."""
    if user.disabled_at is not None:
        raise UsageError(
            f"{user.name}: was shut out on {user.disabled_at:%Y-%m-%d}; `scanner users list` shows everybody"
        )
    if user.role not in JUDGES:
        raise UsageError(f"{user.name}: role {user.role} judges nothing; {' and '.join(sorted(JUDGES))} do")


def require_reader(user: User) -> None:
    """Refuse with UsageError whoever is no one of the two who read blind."""
    require_judge(user)
    if user.role is Role.ADJUDICATOR:
        raise UsageError(f"{user.name}: role {user.role} rules on what two disagree on; a reviewer judges blind")


def require_seen_by(lease: Lease, user: User, item_id: str) -> None:
    """Refuse an item that is not there, or of somebody off the list, suspended, or whom the user is recused from (A10).

    NotGiven reads the same for all of them: whether there is such an item is not theirs to know.
    """
    if not may_see(lease, user, item_id):
        raise NotGiven(f"{item_id}: there is no such item for you")


def may_see(lease: Lease, user: User, item_id: str) -> bool:
    """Tell whether there is such an item, of somebody listed, not suspended, from whom the user is not recused."""
    rows = lease.rows(
        """SELECT a.agency, a.person_id FROM items AS i JOIN listed AS a ON a.id = i.account_id
           WHERE i.id = $id""",
        {"id": item_id},
    )
    return bool(rows) and user.hidden.isdisjoint(map(folded, rows[0]))


def kept(lease: Lease, asker: Asker, front: Front, *, wanted: int) -> list[Place]:
    """Return what is kept for a person and still theirs to judge, shown items first; the front is read for more."""
    held = assignments.held_by(lease, asker.user.name, asker.now)
    golden = set(gold.gold_for(lease, asker.user)) if any(one.stage is Stage.GOLD for one in held) else set()
    waits = front.among([one.item_id for one in held], only=len(held) >= wanted)
    places = [Place(one.item_id, one.stage, one.before_id, one.shown_at is not None, one.held_until) for one in held]
    return [one for one in places if one.id in (golden if one.stage is Stage.GOLD else waits)]


def fresh(
    lease: Lease, asker: Asker, front: Front, *, count: int = 1, but: Iterable[str] = (), chance: Chance
) -> list[Place]:
    """Return up to `count` further items for a person, now and then gold in front of one; none when nothing waits."""
    left_out = set(but)
    waits = next_places(asker, front, limit=count, but=sorted(left_out)) if count > 0 else []
    lucky = [chance() < GOLD_SHARE for _ in waits]
    golden = [one for one in gold.gold_for(lease, asker.user) if one not in left_out] if any(lucky) else []
    found: list[Place] = []
    for place, is_lucky in zip(waits, lucky, strict=True):
        if is_lucky and golden:
            found.append(Place(golden.pop(0), Stage.GOLD, before_id=place.id))
        found.append(place)
    return found[:count]


def next_places(asker: Asker, front: Front, *, limit: int, but: Sequence[str] = ()) -> list[Place]:
    """Return what waits for a person, in their order."""
    return [Place(one.id, one.stage) for one in front.next(limit=limit, but=but, draws=not asker.hints)]
