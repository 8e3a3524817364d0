"""Signing in and out: sessions kept on the server, ended at once when anything about the person changes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher

from scanner.domain.captures import sha256
from scanner.domain.users import User
from scanner.review.passwords import HASHER
from scanner.review.proof import DEVICE_KEPT, Proof, device_key, prove
from scanner.store import audit, credentials, sessions, users
from scanner.store.connection import Lease, Store
from scanner.store.sessions import Session

IDLE = timedelta(minutes=30)
"""A session ends when it was not used for so long (reliability A3)."""
LONGEST = timedelta(hours=12)
"""A session ends after so long, used or not."""
TOUCH = timedelta(minutes=1)
"""How exactly the last use is kept; also what a clock may be set back by without ending sessions."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody has signed in. Both tokens go into cookies and are kept here as hashes only."""

    token: str = field(repr=False)
    """Of the session, 256 random bits; a new one at each sign-in."""
    user: User
    device: str = field(repr=False)
    """By which the browser is known from now on."""
    drawn: bool = False
    """Whether the password was drawn by the program, so that somebody else saw it: ask for one of their own."""


def sign_in(
    store: Store,
    *,
    name: str,
    password: str,
    code: str,
    address: str,
    device: str | None,
    now: datetime,
    replaces: str | None = None,
    hasher: PasswordHasher = HASHER,
) -> SignedIn:
    """Begin a session for whoever proves to be `name`; SignInRefused tells after how many seconds to try again.

    `device` is the token by which the browser is known, `replaces` that of a session it has now, which ends.
    """
    proof = Proof(name=name, password=password, code=code, address=address, device=device, now=now)
    return prove(store, proof, lambda lease, user: _admit(lease, proof, user, replaces), hasher=hasher)


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who is signed in, and by which session."""

    user: User
    session: Session


def session_user(store: Store, token: str, now: datetime) -> User | None:
    """Return whose session a token is of, as `present` does."""
    found = present(store, token, now)
    return found.user if found else None


def present(store: Store, token: str, now: datetime) -> Present | None:
    """Return whose session a token is of; None when it was ended, was not used for long or has lasted too long."""
    with store.lease("sign-in: whose session", reading=True) as lease:
        session = sessions.load_session(lease, _key(token))
        if session is None or not _is_alive(session, now):
            return None
        user = users.load_user(lease, session.user_name)
    if user is None or user.disabled_at is not None:
        return None
    if now - session.seen_at >= TOUCH:
        with store.lease("sign-in: a session is used") as lease:
            sessions.touch_session(lease, session.id, now)
    return Present(user, session)


def sign_out(store: Store, token: str, now: datetime | None = None) -> None:
    """End a session at once; nothing happens when it has ended already."""
    with store.lease("sign-in: sign out") as lease:
        _end(lease, token, now or datetime.now(UTC))


def sessions_beside(store: Store, token: str, now: datetime) -> list[Session]:
    """Return the other sessions of whoever a token's session is of, the latest begun first."""
    with store.lease("sign-in: other sessions", reading=True) as lease:
        own = sessions.load_session(lease, _key(token))
        found = sessions.sessions_of(lease, own.user_name) if own is not None else []
    return [one for one in found if one.id != _key(token) and _is_alive(one, now)]


def sign_out_elsewhere(store: Store, token: str, now: datetime) -> int:
    """End all sessions of a person but the token's own (ASVS V7.4.3); return how many."""
    with store.lease("sign-in: sign out elsewhere") as lease:
        own = sessions.load_session(lease, _key(token))
        if own is None:
            return 0
        ended = sessions.end_sessions(lease, own.user_name, but=own.id)
        name, detail = own.user_name, {"sessions": ended}
        audit.append(lease, actor=name, action="user.sign_out", subject=name, detail=detail, at=now)
    return ended


def _admit(lease: Lease, proof: Proof, user: User, replaces: str | None) -> SignedIn:
    now, token, device = proof.now, secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    if replaces is not None:
        _end(lease, replaces, now)
    sessions.forget_sessions(lease, idle_since=now - IDLE, begun_before=now - LONGEST)
    session = Session(id=_key(token), user_name=user.name, began_at=now, seen_at=now, address=proof.address[:64])
    sessions.begin_session(lease, session)
    sessions.forget_devices(lease, user.name, unused_since=now - DEVICE_KEPT)
    sessions.replace_device(lease, user.name, old=device_key(proof.device or ""), new=device_key(device), at=now)
    detail = {"address": session.address}
    audit.append(lease, actor=user.name, action="session.begin", subject=user.name, detail=detail, at=now)
    credential = credentials.load_credential(lease, user.name)
    return SignedIn(token=token, user=user, device=device, drawn=credential is not None and not credential.chosen)


def _end(lease: Lease, token: str, now: datetime) -> None:
    session = sessions.load_session(lease, _key(token))
    if session is not None and sessions.end_session(lease, session.id):
        name = session.user_name
        audit.append(lease, actor=name, action="session.end", subject=name, detail={}, at=now)


def _is_alive(session: Session, now: datetime) -> bool:
    return -TOUCH <= now - session.seen_at < IDLE and -TOUCH <= now - session.began_at < LONGEST


def _key(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass"))
