"""Fictional people of an oversight office, with their authenticators and cheap passwords."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyotp
from argon2 import PasswordHasher

from scanner.domain.users import Role, User
from scanner.review.signin import SignedIn, sign_in
from scanner.review.users import add_user
from scanner.store.connection import Store
from tests.store.samples import NOON

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""For tests alone: handed over as an argument, never by a switch of the program."""
CODE_LATER = timedelta(seconds=30)
"""After so long an authenticator shows another code."""


def make_user(name: str = "sari", **changes: Any) -> User:
    values: dict[str, Any] = {
        "name": name,
        "display": name.title(),
        "role": Role.REVIEWER,
        "agency": "Bawaslu Kabupaten Contoh",
        "created_at": NOON,
    }
    return User(**{**values, **changes})


@dataclass(frozen=True)
class Person:
    """Somebody with an authenticator in hand."""

    name: str
    password: str
    otpauth: str

    def code(self, at: datetime) -> str:
        found = pyotp.parse_uri(self.otpauth)
        assert isinstance(found, pyotp.TOTP)
        return found.at(at)

    def enter(self, store: Store, at: datetime = NOON, **changes: Any) -> SignedIn:
        """Sign in, rightly but for what is changed."""
        given: dict[str, Any] = {
            "name": self.name,
            "password": self.password,
            "code": self.code(at),
            "address": "192.0.2.7",
            "device": None,
            "now": at,
            "hasher": CHEAP,
        }
        return sign_in(store, **{**given, **changes})


def add_person(store: Store, name: str = "sari", **changes: Any) -> Person:
    issued = add_user(store, make_user(name, **changes), by="joko", hasher=CHEAP)
    return Person(name=issued.name, password=issued.password, otpauth=issued.otpauth)
