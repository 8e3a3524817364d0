"""What publishing a snapshot is told from a workspace, and who may ask for words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scanner.cli.options import operator
from scanner.errors import UsageError

if TYPE_CHECKING:
    from scanner.report.snapshot.office import Office, Order
    from scanner.workspace import Workspace


def order_of(opened: Workspace, series: str, *, with_text: bool, reason: str, agreement: str, by: str) -> Order:
    """Return who wants which snapshot. UsageError where words are wanted and nobody who may answers for them."""
    from scanner.report.snapshot.office import Order

    chosen = opened.settings.snapshots
    return Order(
        by=_answerable(opened, by) if with_text else operator(),
        at=datetime.now(UTC),
        series=series,
        smallest=chosen.smallest_group,
        keep=chosen.keep,
        with_text=with_text,
        reason=reason,
        agreement=agreement,
    )


def _answerable(opened: Workspace, name: str) -> str:
    """Return the user who answers for words that leave; UsageError for anybody who may not."""
    from scanner.domain.users import Role
    from scanner.store import users

    if not name.strip():
        raise UsageError("--by: empty; words leave only in the name of a user who is DPO or analyst")
    with opened.store.lease("snapshot: who asks", reading=True) as lease:
        user = users.load_user(lease, name)
    if user is None or user.disabled_at is not None or user.role not in (Role.DPO, Role.ANALYST):
        raise UsageError(f"--by {name}: is no user with the role dpo or analyst; `scanner users list` shows who is")
    return user.name


def office_of(opened: Workspace) -> Office:
    """Return what the office works with: calendar, rules, model, and how agreement is measured."""
    from scanner.report.snapshot.office import Office
    from scanner.review.agreement import flat, measure_agreement

    labels = {code: known.label for code, known in opened.ruleset.codes.items()}
    return Office(
        zone=opened.election.region.tz,
        phase_on=opened.election.phase_on,
        election=opened.election.id,
        ruleset=opened.ruleset,
        model=opened.model,
        measure=lambda doubles: flat(measure_agreement(doubles, labels)),
        public=tuple(name for one in opened.election.participants for name in one.aliases),
    )
