"""Proving who one is: name, password and code, the same work and the same words for whatever does not fit."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from argon2 import PasswordHasher

from scanner.domain.captures import sha256
from scanner.domain.users import User, folded, is_user_name
from scanner.errors import SignInRefused
from scanner.review import throttle, totp
from scanner.review.passwords import decoy, hash_password, password_fits
from scanner.store import attempts, audit, credentials, sessions, users
from scanner.store.connection import Lease, Store
from scanner.store.credentials import Credential

DEVICE_KEPT = timedelta(days=90)
"""For how long a browser that is not used stays known."""
_SKEW = timedelta(minutes=1)
"""What clocks and requests side by side may differ by."""
_NOBODY = "-"
"""The actor when a name is nobody's; what was typed may be a password and is not kept."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody gives to prove who they are."""

    name: str
    password: str = field(repr=False)
    code: str = field(repr=False)
    address: str
    """From where."""
    device: str | None = field(repr=False)
    """Token of the browser, if it has one."""
    now: datetime

    @property
    def who(self) -> str:
        """Return the name to look up: one that nobody can have where what was given is no name at all."""
        name = folded(self.name)
        return name if is_user_name(name) else _NOBODY


@dataclass(frozen=True, slots=True)
class _Try:
    id: str
    subjects: tuple[str, ...]
    credential: Credential | None


def prove(store: Store, proof: Proof, act: Callable[[Lease, User], T], *, hasher: PasswordHasher) -> T:
    """Check what is given and, if it fits, act in the same lease; the try is counted before it is checked.

    SignInRefused when something does not fit, or when there were too many tries; nothing tells names that exist from
    others. Hashing, which is slow on purpose, happens between two short leases.
    """
    trial = _begin(store, proof)
    kept = trial.credential.password if trial.credential else None
    nobody = decoy(hasher)
    fits = password_fits(proof.password, kept or nobody, hasher) and kept is not None
    with store.lease("sign-in: the outcome of a try") as lease:
        user, wrong = _judged(lease, proof, trial, fits=fits)
        if user is None or wrong:
            wait = _refuse(lease, proof, trial, user, wrong)
        else:
            attempts.take_back(lease, trial.id)
            done = act(lease, user)
    if wrong:
        raise SignInRefused("sign-in: name, password or code do not fit; try again with a new code", wait)
    if kept and hasher.check_needs_rehash(kept):
        _renew(store, proof, kept, hasher)
    return done


def _begin(store: Store, proof: Proof) -> _Try:
    """Count a try, unless it comes too soon: then it costs nothing and prolongs nothing."""
    now = proof.now
    with store.lease("sign-in: a try") as lease:
        attempts.forget_attempts(lease, before=now - throttle.WINDOW, after=now + _SKEW)
        subjects = throttle.subjects_of(folded(proof.name), proof.address, _known_device(lease, proof))
        wait = throttle.pause(attempts.attempts_on(lease, subjects).values(), now)
        if wait > 0:
            raise SignInRefused(f"sign-in: too many tries; wait {wait:.0f} seconds", wait)
        trial = _Try(secrets.token_hex(16), subjects, credentials.load_credential(lease, proof.who))
        attempts.add_attempt(lease, trial.id, subjects, now)
    return trial


def _known_device(lease: Lease, proof: Proof) -> str | None:
    device_id = device_key(proof.device or "")
    known = sessions.is_device_of(lease, device_id, proof.who, since=proof.now - DEVICE_KEPT)
    return device_id if known else None


def device_key(token: str) -> str:
    """Return what a browser's token is stored as."""
    return sha256(token.encode("utf-8", "surrogatepass"))


def _judged(lease: Lease, proof: Proof, trial: _Try, *, fits: bool) -> tuple[User | None, str]:
    """Return whom the name names, and what does not fit: empty when all does. Takes the code's one use."""
    user, kept = users.load_user(lease, proof.who), credentials.load_credential(lease, proof.who)
    step = totp.step_of(kept.totp_secret if kept else totp.DECOY, proof.code, proof.now)
    if user is None or kept is None:
        return None, "name"
    if not fits or trial.credential is None or kept.password != trial.credential.password:
        return user, "password"
    if user.disabled_at is not None:
        return user, "disabled"
    if step is None or not credentials.use_step(lease, user.name, step):
        return user, "code"
    return user, ""


def _refuse(lease: Lease, proof: Proof, trial: _Try, user: User | None, wrong: str) -> float:
    tried = attempts.attempts_on(lease, trial.subjects).values()
    name = user.name if user else _NOBODY
    detail = {"wrong": wrong, "address": proof.address[:64], "tries": max(map(len, tried), default=0)}
    audit.append(lease, actor=name, action="sign_in.refuse", subject=name, detail=detail, at=proof.now)
    return throttle.pause(tried, proof.now)


def _renew(store: Store, proof: Proof, kept: str, hasher: PasswordHasher) -> None:
    new = hash_password(proof.password, hasher)
    with store.lease("sign-in: renew a hash") as lease:
        credentials.renew_hash(lease, proof.who, old=kept, new=new)
