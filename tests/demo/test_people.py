"""The demo's people can open its desk, and get new passwords each time."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from scanner.demo.people import PEOPLE, let_in
from scanner.review.signin import sign_in
from scanner.store.connection import Store


def test_each_can_sign_in_with_what_is_shown(tmp_path: Path):
    store, now = Store(tmp_path / "x.duckdb"), datetime.now(UTC)
    first = list(let_in(store, now=now))
    again = list(let_in(store, now=now))
    assert [one.name for one in again] == [name for name, _, _ in PEOPLE]
    assert not {one.password for one in first} & {one.password for one in again}
    given = {"name": again[0].name, "password": again[0].password, "code": again[0].code}
    assert sign_in(store, **given, address="127.0.0.1", device=None, now=now).user.role is again[0].role
