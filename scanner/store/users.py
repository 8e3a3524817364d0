"""People who use the desk. Every change of them leaves its event in the audit chain, in the same lease."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from scanner.domain.captures import sha256
from scanner.domain.users import Language, Role, User, folded
from scanner.errors import StoreError
from scanner.store import audit, sessions, tables
from scanner.store.connection import Lease


def add_user(lease: Lease, user: User, *, by: str) -> None:
    """Store a new user; StoreError when the name is taken.

    Somebody disabled keeps the name, so that it means one person throughout the record.
    """
    row = {
        "name": user.name,
        "display": user.display,
        "role": user.role,
        "language": user.language,
        "agency": user.agency,
        "recused": tables.to_json(user.recused),
        "keys": tables.to_json(dict(user.keys)),
        "created_at": user.created_at,
        "disabled_at": user.disabled_at,
    }
    if not tables.insert_new(lease, "users", [row], keys=["name"]):
        raise StoreError(f"user {user.name}: is there already; `scanner users list` shows everybody")
    detail = {"role": user.role, "agency": user.agency}
    audit.append(lease, actor=by, action="user.add", subject=user.name, detail=detail, at=user.created_at)


def load_user(lease: Lease, name: str) -> User | None:
    """Return one user, disabled or not; None for a name that nobody has."""
    rows = lease.dicts("FROM users WHERE name = $name", {"name": folded(name)})
    return _user(rows[0]) if rows else None


def require_user(lease: Lease, name: str) -> User:
    """Return one user, disabled or not; StoreError for a name that nobody has."""
    user = load_user(lease, name)
    if user is None:
        raise StoreError(f"user {name}: there is nobody of this name; `scanner users list` shows everybody")
    return user


def load_users(lease: Lease) -> list[User]:
    """Return everybody in order of name, the disabled too."""
    return [_user(row) for row in lease.dicts("FROM users ORDER BY name")]


def save_role(lease: Lease, name: str, role: Role, *, by: str, at: datetime) -> None:
    """Give a user another role; their sessions end with it."""
    before = require_user(lease, name).role
    _update(lease, name, "role", role)
    sessions.end_sessions(lease, name)
    detail = {"role": role, "before": before}
    audit.append(lease, actor=by, action="user.role", subject=folded(name), detail=detail, at=at)


def save_disabled(lease: Lease, name: str, disabled_at: datetime | None, *, by: str, at: datetime) -> None:
    """Shut a user out, or let them in again with None; their sessions end with it."""
    require_user(lease, name)
    _update(lease, name, "disabled_at", disabled_at)
    sessions.end_sessions(lease, name)
    action = "user.enable" if disabled_at is None else "user.disable"
    audit.append(lease, actor=by, action=action, subject=folded(name), detail={}, at=at)


def save_recused(lease: Lease, name: str, recused: tuple[str, ...], *, by: str, at: datetime) -> None:
    """Store whose posts a user must never be shown, besides those of their own agency.

    The chain, which lasts, holds hashes of them: who is related to whom is nobody's to read there.
    """
    before = require_user(lease, name).recused
    _update(lease, name, "recused", tables.to_json(recused))
    detail = {"added": _hashes(recused, but=before), "lifted": _hashes(before, but=recused)}
    audit.append(lease, actor=by, action="user.recuse", subject=folded(name), detail=detail, at=at)


def save_keys(lease: Lease, name: str, keys: Mapping[str, str], *, at: datetime | None = None) -> None:
    """Store a user's own keys by act. Which keys are fit is for the caller to decide: this keeps what it is given."""
    require_user(lease, name)
    _update(lease, name, "keys", tables.to_json(dict(keys)))
    audit.append(lease, actor=folded(name), action="user.keys", subject=folded(name), detail=dict(keys), at=at)


def save_language(lease: Lease, name: str, language: Language, *, at: datetime | None = None) -> None:
    """Store in which language a user is shown the desk."""
    require_user(lease, name)
    _update(lease, name, "language", language)
    detail = {"language": language}
    audit.append(lease, actor=folded(name), action="user.language", subject=folded(name), detail=detail, at=at)


def _update(lease: Lease, name: str, column: str, value: Any) -> None:
    tables.replace(lease, "users", [{"name": folded(name), column: value}], keys=["name"])


def _hashes(ones: tuple[str, ...], *, but: tuple[str, ...]) -> list[str]:
    return sorted(sha256(one.encode()) for one in ones if one not in but)


def _user(row: Mapping[str, Any]) -> User:
    return User(
        name=row["name"],
        display=row["display"],
        role=Role(row["role"]),
        agency=row["agency"],
        created_at=row["created_at"],
        language=Language(row["language"]),
        recused=tuple(json.loads(row["recused"])),
        disabled_at=row["disabled_at"],
        keys=json.loads(row["keys"]),
    )
