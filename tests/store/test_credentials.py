from __future__ import annotations

from typing import Any

import pytest

from scanner.errors import StoreError
from scanner.store import credentials, sessions
from scanner.store.connection import Lease
from scanner.store.credentials import Credential
from tests.store.samples import NOON
from tests.store.test_sessions import make_session


def make_credential(name: str = "sari", **changes: Any) -> Credential:
    values: dict[str, Any] = {"password": "$argon2id$lama", "totp_secret": "ABC234", "set_at": NOON, "chosen": False}
    return Credential(user_name=name, **{**values, **changes})


def test_credentials_come_back_and_new_ones_replace_the_old(lease: Lease) -> None:
    for credential in (make_credential(), make_credential("budi"), make_credential(chosen=True, totp_secret="XYZ")):
        credentials.save_credential(lease, credential)
    assert credentials.load_credential(lease, "SARI") == make_credential(chosen=True, totp_secret="XYZ")
    assert credentials.load_credential(lease, "budi") == make_credential("budi")
    assert credentials.load_credential(lease, "tina") is None


def test_new_credentials_end_the_sessions_of_their_owner(lease: Lease) -> None:
    for name in ("sari", "budi"):
        sessions.begin_session(lease, make_session(f"of {name}", user_name=name))
    credentials.save_credential(lease, make_credential())
    assert sessions.sessions_of(lease, "sari") == []
    assert len(sessions.sessions_of(lease, "budi")) == 1


def test_a_step_is_used_once_and_no_earlier_one_after_it(lease: Lease) -> None:
    credentials.save_credential(lease, make_credential())
    credentials.save_credential(lease, make_credential("budi"))
    assert [credentials.use_step(lease, "sari", step) for step in (7, 7, 6, 8)] == [True, False, False, True]
    assert credentials.use_step(lease, "budi", 7)
    assert not credentials.use_step(lease, "tina", 7)


def test_a_hash_is_renewed_unless_another_password_was_set_meanwhile(lease: Lease) -> None:
    credentials.save_credential(lease, make_credential())
    credentials.renew_hash(lease, "sari", old="$argon2id$lain", new="$argon2id$salah")
    assert credentials.load_credential(lease, "sari") == make_credential()
    credentials.renew_hash(lease, "sari", old="$argon2id$lama", new="$argon2id$baru")
    assert credentials.load_credential(lease, "sari") == make_credential(password="$argon2id$baru")


def test_printing_shows_no_secret() -> None:
    assert "lama" not in repr(make_credential())
    assert "ABC234" not in repr(make_credential())


@pytest.mark.parametrize("password", ["rahasia", "$2b$12$bcrypt", ""])
def test_the_database_keeps_argon2id_hashes_only(lease: Lease, password: str) -> None:
    with pytest.raises(StoreError, match="CHECK constraint"):
        credentials.save_credential(lease, make_credential(password=password))
