"""Who may use the desk: added, shut out, given new credentials, another role or a recusal; each leaves its event."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime

from argon2 import PasswordHasher

from scanner.domain.users import Role, User, folded, is_user_name
from scanner.errors import SignInRefused, UsageError
from scanner.review import totp
from scanner.review.passwords import HASHER, check_password, draw_password, hash_password
from scanner.review.proof import Proof, prove
from scanner.store import accounts, audit, credentials, sessions, users
from scanner.store.connection import Lease, Store
from scanner.store.credentials import Credential


@dataclass(frozen=True, slots=True)
class Issued:
    """What a person needs to sign in, to be shown once: only a hash of the password is kept."""

    name: str
    password: str = field(repr=False)
    otpauth: str = field(repr=False)
    """Address for an authenticator, with its secret."""


def add_user(
    store: Store, user: User, *, by: str, password: str | None = None, hasher: PasswordHasher = HASHER
) -> Issued:
    """Add a person, with a drawn password unless one was chosen.

    UsageError for a name, agency or password that cannot be used, StoreError when the name is taken.
    """
    if not is_user_name(user.name):
        raise UsageError(f"user {user.name!r}: 2 to 40 of a-z, 0-9, dot, dash and underscore would be valid")
    if not user.agency.strip():
        raise UsageError(f"user {user.name}: agency is empty; give the person's own, whose people they never judge")
    credential, issued = _issue(user, password, hasher, user.created_at)
    with store.lease("users: add") as lease:
        users.add_user(lease, user, by=by)
        credentials.save_credential(lease, credential)
    return issued


def reset_user(
    store: Store, name: str, *, by: str, now: datetime, password: str | None = None, hasher: PasswordHasher = HASHER
) -> Issued:
    """Give a person a new password and a new authenticator; their sessions end and no browser is known any more."""
    with store.lease("users: look up", reading=True) as lease:
        user = users.require_user(lease, name)
    credential, issued = _issue(user, password, hasher, now)
    with store.lease("users: reset") as lease:
        credentials.save_credential(lease, credential)
        sessions.forget_devices(lease, user.name)
        audit.append(lease, actor=by, action="user.reset", subject=user.name, detail={}, at=now)
    return issued


def change_password(store: Store, *, proof: Proof, new: str, again: str, hasher: PasswordHasher = HASHER) -> User:
    """Let a person choose another password, proving with the old one and a code; all their sessions end.

    UsageError for a new one that cannot be used, SignInRefused as at sign-in.
    """
    if new != again:
        raise UsageError("password: the two entries differ; the same one twice would be valid")
    check_password(new, about=(proof.name,))
    kept = hash_password(new, hasher)
    return prove(store, proof, lambda lease, user: _set_password(lease, user, kept, proof.now), hasher=hasher)


def disable_user(store: Store, name: str, *, by: str, now: datetime) -> None:
    """Shut a person out at once. Their name stays theirs in the record; nothing they did goes."""
    with store.lease("users: disable") as lease:
        users.save_disabled(lease, name, now, by=by, at=now)


def enable_user(store: Store, name: str, *, by: str, now: datetime) -> None:
    """Let a person in again who was shut out."""
    with store.lease("users: enable") as lease:
        users.save_disabled(lease, name, None, by=by, at=now)


def change_role(store: Store, name: str, role: Role, *, by: str, now: datetime) -> None:
    """Give a person another role; their sessions end at once."""
    with store.lease("users: change a role") as lease:
        users.save_role(lease, name, role, by=by, at=now)


def end_sessions(store: Store, name: str, *, by: str, now: datetime) -> int:
    """End all sessions of a person at once (ASVS V7.4.5); return how many."""
    with store.lease("users: end sessions") as lease:
        ended = sessions.end_sessions(lease, users.require_user(lease, name).name)
        audit.append(lease, actor=by, action="user.sign_out", subject=folded(name), detail={"sessions": ended}, at=now)
    return ended


def recuse_user(
    store: Store, name: str, *, by: str, now: datetime, add: Collection[str] = (), lift: Collection[str] = ()
) -> tuple[str, ...]:
    """Add persons and agencies whose posts a person is never shown, or lift some; return all that hold then.

    UsageError for one that is empty, or to be lifted and not there.
    """
    if not all(one.strip() for one in add):
        raise UsageError(f"user {name}: an empty recusal hides nothing; a person_id or an agency would be valid")
    with store.lease("users: recuse") as lease:
        held = users.require_user(lease, name).recused
        if unknown := sorted(set(lift) - set(held)):
            raise UsageError(f"user {name}: not recused from {unknown[0]!r}; from: {', '.join(held) or 'nobody'}")
        recused = tuple(dict.fromkeys(one for one in (*held, *map(str.strip, add)) if one not in lift))
        if recused != held:
            users.save_recused(lease, name, recused, by=by, at=now)
    return recused


def unlisted(store: Store, ones: Collection[str]) -> list[str]:
    """Return which of these are neither person nor agency of a listed account: so far they hide nothing."""
    with store.lease("users: compare with the roster", reading=True) as lease:
        listed = {
            folded(one) for account in accounts.load_accounts(lease) for one in (account.person_id, account.agency)
        }
    return [one for one in ones if folded(one) not in listed]


def _issue(user: User, password: str | None, hasher: PasswordHasher, now: datetime) -> tuple[Credential, Issued]:
    if password is not None:
        check_password(password, about=(user.name, user.display, user.agency))
    given, secret = password or draw_password(), totp.new_secret()
    credential = Credential(
        user_name=user.name,
        password=hash_password(given, hasher),
        totp_secret=secret,
        set_at=now,
        chosen=password is not None,
    )
    return credential, Issued(name=user.name, password=given, otpauth=totp.otpauth_uri(secret, user.name))


def _set_password(lease: Lease, user: User, kept: str, now: datetime) -> User:
    credential = credentials.load_credential(lease, user.name)
    if credential is None:  # proven a moment ago in this lease
        raise SignInRefused(f"user {user.name}: has nothing to sign in with", 0.0)
    credentials.save_credential(lease, replace(credential, password=kept, set_at=now, chosen=True))
    audit.append(lease, actor=user.name, action="user.password", subject=user.name, detail={}, at=now)
    return user
