"""One's own last decisions that stand, to be read again and taken back one by one; nobody else's are ever listed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from scanner.domain.reviews import Judgement
from scanner.domain.users import User
from scanner.review.assign import may_see
from scanner.review.undo import MOST
from scanner.store import assignments, audit, judgements, versions
from scanner.store.connection import Store


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision that stands, and what it was about."""

    said: Judgement
    text: str


def last_decisions(store: Store, user: User, *, now: datetime | None = None) -> list[Decision]:
    """Return those of a person's last ten decisions that they have not taken back, newest first.

    Without posts that are not theirs to see any more. Whether others settled them is not told; that the posts were
    read is on the audit chain.
    """
    with store.lease("review: own last decisions") as lease:
        last = judgements.last_of(lease, user.name, limit=MOST)
        standing = assignments.standing(lease, user.name, [one.id for one in last])
        said = [one for one in last if one.id in standing and may_see(lease, user, one.flag_id)]
        texts = versions.texts(lease, [one.flag_id for one in said])
        if said:
            detail = {"items": [one.flag_id for one in said]}
            moment = now or datetime.now(UTC)
            audit.append(lease, actor=user.name, action="decisions.show", subject=user.name, detail=detail, at=moment)
        return [Decision(one, texts[one.flag_id]) for one in said if one.flag_id in texts]
