"""What the doctor asks of a record: counts and moments, nothing of anybody's words."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from scanner.domain.posts import Role
from scanner.store import accounts, audit, checkup, pages
from scanner.store.connection import Store
from tests.store.samples import NOON, make_account, make_evidence, make_post

NEXT_DAY = NOON + timedelta(days=1)


@pytest.fixture
def store(store: Store) -> Store:
    with store.lease("uji") as lease:
        accounts.save_accounts(lease, [make_account()])
    return store


def keep(store: Store, **changes: object) -> None:
    with store.lease("uji") as lease:
        pages.save_page(
            lease,
            run_id="uji",
            account=make_account(),
            posts=[make_post(media=(), **changes)],
            captures=[make_evidence()],
            cursor=None,
            rejected=(),
            seen_at=NOON,
        )


def unread(store: Store) -> int:
    with store.lease("uji", reading=True) as lease:
        return checkup.never_scored(lease, before=NEXT_DAY, not_authored=[Role.TAGGED])


def test_a_post_that_no_model_read_is_counted(store: Store):
    keep(store)
    assert unread(store) == 1
    with store.lease("uji") as lease:
        assert checkup.never_scored(lease, before=NOON, not_authored=[]) == 0
        lease.execute("INSERT INTO scores SELECT id, 'campaign_support', 'm', 'r', 0.5 FROM versions")
    assert unread(store) == 0


@pytest.mark.parametrize(
    "change",
    [{"posted_at": None}, {"role": Role.TAGGED}, {"posted_at": NOON - timedelta(days=9000)}],
    ids=["unknown time", "only tagged", "before the service"],
)
def test_what_is_never_scored_is_not_counted(store: Store, change: dict[str, object]):
    keep(store, **change)
    assert unread(store) == 0


@pytest.mark.parametrize(
    "change",
    [{"leave": ((date(2026, 1, 1), date(2026, 12, 31)),)}, {"service_until": date(2026, 1, 31)}],
    ids=["on leave", "after the service"],
)
def test_nor_is_what_somebody_out_of_service_wrote(store: Store, change: dict[str, object]):
    keep(store)
    with store.lease("uji") as lease:
        accounts.save_accounts(lease, [make_account(**change)])
    assert unread(store) == 0


@pytest.mark.parametrize("limit", [None, 1, 10])
def test_words_that_do_not_fit_their_id_are_found(store: Store, limit: int | None):
    keep(store, context="kata orang lain")
    with store.lease("uji") as lease:
        assert checkup.altered_versions(lease, limit) == (1, [])
        lease.execute("UPDATE versions SET context = 'lain'")
        [(key,)] = lease.rows("SELECT id FROM versions")
        assert checkup.altered_versions(lease, limit) == (1, [key])


def test_the_first_and_last_time_something_was_done_are_known(store: Store):
    with store.lease("uji") as lease:
        assert (checkup.first_event(lease), checkup.last_detail(lease, "uji")) == (None, None)
        for hours in (0, 1):
            at = NOON + timedelta(hours=hours)
            audit.append(lease, actor="uji", action=f"uji.{hours}", subject="x", detail={"jam": hours}, at=at)
        assert checkup.first_event(lease) == NOON
        assert checkup.last_event(lease) == checkup.last_event(lease, "uji.1") == NOON + timedelta(hours=1)
        assert checkup.last_detail(lease, "uji.0") == {"jam": 0}


def test_every_table_is_read(store: Store):
    with store.lease("uji", reading=True) as lease:
        [(tables,)] = lease.rows("SELECT count(*) FROM duckdb_tables() WHERE NOT internal")
        assert checkup.read_everything(lease) == tables > 20
