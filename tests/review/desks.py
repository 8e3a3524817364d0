"""A desk with a few flags and three people at it, all fictional."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from scanner.domain.accounts import Account
from scanner.domain.flags import Phase
from scanner.domain.reviews import Verdict
from scanner.domain.users import Role, User
from scanner.review.decide import Revealed, decide, judgement_of
from scanner.review.items import Item
from scanner.review.queue import take_next
from scanner.store import accounts, audit, drafts, flags, pages
from scanner.store.connection import Lease, Store
from scanner.store.drafts import Draft
from tests.conftest import Keep
from tests.store.samples import NOON, make_account, make_evidence, make_flag, make_post

YES, NO, UNSURE = Verdict.SUSPECTED, Verdict.NOT_VIOLATION, Verdict.UNSURE
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
LATER = NOON + timedelta(hours=2)
"""When people sit down at the desk."""


def make_user(name: str = "sari", role: Role = Role.REVIEWER, **changes: Any) -> User:
    values: dict[str, Any] = {
        "name": name,
        "display": name.title(),
        "role": role,
        "agency": "Bawaslu Contoh",
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return User(**{**values, **changes})


SARI, BUDI, TINA = make_user("sari"), make_user("budi"), make_user("tina")
KETUA = make_user("ketua", Role.ADJUDICATOR)


def make_desk(folder: Path, count: int = 3, keep: Keep | None = None, **changes: Any) -> Store:
    """Make a store in which so many posts of one account wait for reviewers; `keep` it open where the desk would."""
    closed = Store(folder / "data" / "scanner.duckdb")
    store = keep(closed) if keep else closed
    with store.lease("test") as lease:
        add_flags(lease, range(1, count + 1), **changes)
    return store


def add_flags(
    lease: Lease,
    numbers: range,
    account: Account | None = None,
    text: str = "Coblos nomor 9 ya, warga {}!",
    **changes: Any,
) -> list[str]:
    """Put posts of an account on record and flag them; return the flags' ids in order of number."""
    owner = account or make_account()
    accounts.save_accounts(lease, [owner])
    posts = [make_post(number, text=text.format(number), account_id=owner.id, media=()) for number in numbers]
    pages.save_page(
        lease,
        run_id="scan-1",
        account=owner,
        posts=posts,
        captures=[make_evidence()],
        cursor=None,
        rejected=(),
        seen_at=NOON,
    )
    flags.save_flags(
        lease,
        [make_flag(post_id=post.id, version_id=post.version_id, account_id=owner.id, **changes) for post in posts],
    )
    return [post.version_id for post in posts]


def flag(number: int = 1) -> str:
    return make_flag(number).id


def say(
    store: Store,
    user: User | str,
    verdict: Verdict,
    item: str = flag(1),
    *,
    key: str = "",
    overlap: int = 2,
    **more: Any,
) -> Revealed:
    """Let somebody judge an item."""
    name = user if isinstance(user, str) else user.name
    codes = ("AJAKAN-PILIH",) if verdict is YES else ()
    said = judgement_of(key or f"{name}/{item}", item, name, verdict, **{"codes": codes, "now": LATER, **more})
    return decide(store, said, overlap=overlap)


def given(store: Store, user: User, **more: Any) -> Item:
    """Give somebody the next item, which must be there."""
    item = take_next(store, user, **{"now": LATER, "chance": never, **more})
    assert item is not None
    return item


def never() -> float:
    return 1.0


def always() -> float:
    return 0.0


def actions(store: Store, subject: str | None = None) -> list[tuple[str, str]]:
    """Return who did what, the first first."""
    with store.lease("test") as lease:
        return [(event.actor, event.action) for event in reversed(audit.events(lease, subject=subject))]


def phase_of_all(_: datetime) -> Phase:
    return Phase.KAMPANYE


def drafts_of(store: Store, user: User, items: list[str]) -> dict[str, Draft]:
    """Return what a person has begun to write about items."""
    with store.lease("test") as lease:
        return drafts.load_drafts(lease, user.name, items)
