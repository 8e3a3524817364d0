"""The fictional people who may open the demo's desk: two reviewers, the one who rules, and the auditor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pyotp

from scanner.domain.users import Role, User
from scanner.review.totp import code_at
from scanner.review.users import add_user, reset_user
from scanner.store import users
from scanner.store.connection import Store

AGENCY = "Bawaslu Nusa Rimba (fiktif)"
PEOPLE = (
    ("penelaah.satu", "Penelaah Satu", Role.REVIEWER),
    ("penelaah.dua", "Penelaah Dua", Role.REVIEWER),
    ("ketua", "Ketua", Role.ADJUDICATOR),
    ("auditor", "Auditor", Role.AUDITOR),
)


@dataclass(frozen=True, slots=True)
class Pass:
    """What one of them signs in with."""

    name: str
    role: Role
    password: str
    secret: str
    """For an authenticator."""
    code: str
    """Of this moment."""


def let_in(store: Store, *, now: datetime) -> Iterator[Pass]:
    """Add the demo's people, or give them new passwords; yields what each signs in with."""
    with store.lease("demo: who is there", reading=True) as lease:
        known = {user.name for user in users.load_users(lease)}
    for name, display, role in PEOPLE:
        user = User(name=name, display=display, role=role, agency=AGENCY, created_at=now)
        again = name in known
        issued = reset_user(store, name, by="demo", now=now) if again else add_user(store, user, by="demo")
        secret = pyotp.parse_uri(issued.otpauth).secret
        yield Pass(name, role, issued.password, secret, code_at(secret, now))
