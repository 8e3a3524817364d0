"""Drafts: what a reviewer has begun to write stays on the server until it is sent, over lost sessions too."""

from __future__ import annotations

from datetime import UTC, datetime

from scanner.domain.reviews import Verdict
from scanner.domain.users import User
from scanner.errors import NotGiven
from scanner.review.assign import require_seen_by
from scanner.review.texts import clean_note
from scanner.store import assignments, drafts
from scanner.store.connection import Store
from scanner.store.drafts import Draft


def save_draft(
    store: Store,
    user: User,
    item_id: str,
    *,
    note: str,
    verdict: Verdict | None = None,
    codes: tuple[str, ...] = (),
    now: datetime | None = None,
) -> None:
    """Keep a reviewer's unfinished words on an item that was given to them; empty ones are forgotten.

    It is not part of the record and leaves no event. NotGiven for an item they never had; UsageError for no text.
    """
    moment = now or datetime.now(UTC)
    written = clean_note(note)
    with store.lease("review: keep a draft") as lease:
        require_seen_by(lease, user, item_id)
        if assignments.assignment(lease, item_id, user.name) is None:
            raise NotGiven(f"{item_id}: there is no such item for you")
        if written or verdict or codes:
            drafts.save_draft(lease, Draft(item_id, user.name, moment, verdict=verdict, codes=codes, note=written))
        else:
            drafts.drop_draft(lease, item_id, user.name)
