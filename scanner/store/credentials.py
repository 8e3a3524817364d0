"""What people sign in with: a password's hash and the secret of their authenticator. Read by the sign-in alone."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime

from scanner.domain.users import folded
from scanner.store import sessions, tables
from scanner.store.connection import Lease


@dataclass(frozen=True, slots=True)
class Credential:
    """One user's. Its secrets are left out when it is printed."""

    user_name: str
    password: str = field(repr=False)
    """Argon2id hash with its salt and parameters."""
    totp_secret: str = field(repr=False)
    """Base32."""
    set_at: datetime
    """When the password was set."""
    chosen: bool
    """By the person, not drawn by the program."""
    totp_step: int = 0
    """Last time step (Unix time // 30 s) whose code was used."""


def save_credential(lease: Lease, credential: Credential) -> None:
    """Store what a user signs in with from now on; their sessions end with what they signed in with before."""
    sessions.end_sessions(lease, credential.user_name)
    tables.replace(lease, "credentials", [asdict(credential)], keys=["user_name"])


def load_credential(lease: Lease, name: str) -> Credential | None:
    """Return what a user signs in with; None for a name that nobody has."""
    rows = lease.dicts("FROM credentials WHERE user_name = $name", {"name": folded(name)})
    return Credential(**rows[0]) if rows else None


def use_step(lease: Lease, name: str, step: int) -> bool:
    """Note that the code of a time step was used; False when it, or a later one, was used before."""
    used = lease.rows(
        "UPDATE credentials SET totp_step = $step WHERE user_name = $name AND totp_step < $step RETURNING user_name",
        {"name": folded(name), "step": step},
    )
    return bool(used)


def renew_hash(lease: Lease, name: str, *, old: str, new: str) -> None:
    """Replace a hash by one of the same password with today's parameters, unless a new password was set meanwhile."""
    lease.execute(
        "UPDATE credentials SET password = $new WHERE user_name = $name AND password = $old",
        {"name": folded(name), "old": old, "new": new},
    )
