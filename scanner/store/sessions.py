"""Who is signed in, and the browsers they are known from. Tokens are stored as their hash only."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from scanner.domain.users import folded
from scanner.store import tables
from scanner.store.connection import Lease


@dataclass(frozen=True, slots=True)
class Session:
    """One person signed in at one browser."""

    id: str
    """SHA-256 of the token in the cookie."""
    user_name: str
    began_at: datetime
    seen_at: datetime
    """Last request, to the minute."""
    address: str
    """Where it began."""


def begin_session(lease: Lease, session: Session) -> None:
    """Store a new session."""
    tables.insert_new(lease, "sessions", [asdict(session)], keys=["id"])


def load_session(lease: Lease, session_id: str) -> Session | None:
    """Return one session, outlived or not; None when there is none or it was ended."""
    rows = lease.dicts("FROM sessions WHERE id = $id", {"id": session_id})
    return Session(**rows[0]) if rows else None


def sessions_of(lease: Lease, name: str) -> list[Session]:
    """Return a user's sessions, the latest begun first."""
    rows = lease.dicts("FROM sessions WHERE user_name = $name ORDER BY began_at DESC, id", {"name": folded(name)})
    return [Session(**row) for row in rows]


def touch_session(lease: Lease, session_id: str, at: datetime) -> None:
    """Note that a session was used."""
    lease.execute("UPDATE sessions SET seen_at = $at WHERE id = $id", {"id": session_id, "at": at})


def end_session(lease: Lease, session_id: str) -> bool:
    """End one session at once; False when there was none."""
    return bool(lease.rows("DELETE FROM sessions WHERE id = $id RETURNING id", {"id": session_id}))


def end_sessions(lease: Lease, name: str, *, but: str = "") -> int:
    """End all sessions of a user at once, but for one where an id is given; return how many."""
    return len(
        lease.rows(
            "DELETE FROM sessions WHERE user_name = $name AND id <> $but RETURNING id",
            {"name": folded(name), "but": but},
        )
    )


def forget_sessions(lease: Lease, *, idle_since: datetime, begun_before: datetime) -> None:
    """Remove sessions not used since a moment and those begun before another."""
    lease.execute(
        "DELETE FROM sessions WHERE seen_at <= $idle OR began_at <= $begun",
        {"idle": idle_since, "begun": begun_before},
    )


def replace_device(lease: Lease, name: str, *, old: str, new: str, at: datetime) -> None:
    """Note that a user has signed in from a browser, which goes by another token from now on."""
    lease.execute("DELETE FROM devices WHERE id = $id AND user_name = $name", {"id": old, "name": folded(name)})
    tables.insert_new(lease, "devices", [{"id": new, "user_name": folded(name), "seen_at": at}], keys=["id"])


def is_device_of(lease: Lease, device_id: str, name: str, *, since: datetime) -> bool:
    """Tell whether a user has signed in from a browser since a moment."""
    return bool(
        lease.rows(
            "FROM devices WHERE id = $id AND user_name = $name AND seen_at > $since",
            {"id": device_id, "name": folded(name), "since": since},
        )
    )


def forget_devices(lease: Lease, name: str, *, unused_since: datetime | None = None) -> None:
    """Forget a user's browsers, all of them or those not used since a moment."""
    lease.execute(
        "DELETE FROM devices WHERE user_name = $name AND ($since IS NULL OR seen_at <= $since)",
        {"name": folded(name), "since": unused_since},
    )
