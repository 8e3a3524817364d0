"""The texts of posts as captured, each kept once: read whole, by id, and those that no model has scored yet."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scanner.domain.accounts import Platform
from scanner.domain.posts import Media, Post, Role
from scanner.store import tables
from scanner.store.connection import Lease

_STORED = """SELECT v.*, p.platform, p.native_id, p.account_id, p.role, p.url, p.missing_at
             FROM versions AS v JOIN posts AS p ON p.id = v.post_id"""


@dataclass(frozen=True, slots=True)
class Version:
    """A text of a post as stored, with what is known about its capture."""

    post: Post
    captured_at: datetime
    """When this text was first seen: legal clocks may start here."""
    run_id: str
    missing_at: datetime | None = None
    """When a second look confirmed that the post is gone."""


def unscored(lease: Lease, *, model_id: str, ruleset: str, limit: int, after: str = "") -> list[Version]:
    """Return up to `limit` versions without a score of this model and ruleset, in order of id, from behind `after`.

    Pass the last version's id as `after` to walk on past versions that shall not be scored, as those posted
    outside the service dates (guardrail G5).
    """
    # Ids first, texts after: sorting whole rows took about twice as long at a million versions.
    return _load(
        lease,
        """v.id IN (
               SELECT id FROM versions WHERE id > $after AND NOT EXISTS (
                   FROM scores WHERE version_id = versions.id AND model_id = $model_id AND ruleset = $ruleset)
               ORDER BY id LIMIT $limit)
           ORDER BY v.id""",
        {"after": after, "model_id": model_id, "ruleset": ruleset, "limit": limit},
    )


def load_versions(lease: Lease, ids: Iterable[str]) -> dict[str, Version]:
    """Return the versions with these ids by id; an id that is not stored is left out."""
    found = _load(lease, "v.id = ANY($ids::VARCHAR[]) ORDER BY v.id", {"ids": list(ids)})
    return {version.post.version_id: version for version in found}


def texts(lease: Lease, ids: Iterable[str]) -> dict[str, str]:
    """Return the words of versions, the author's own, by id; an id that is not stored is left out."""
    return dict(lease.rows("SELECT id, text FROM versions WHERE id = ANY($ids::VARCHAR[])", {"ids": list(ids)}))


def versions_of(lease: Lease, post_id: str) -> list[Version]:
    """Return all versions of a post, the first captured first."""
    return versions_of_each(lease, [post_id])[post_id]


def versions_of_each(lease: Lease, post_ids: Iterable[str], *, known: Collection[str] = ()) -> dict[str, list[Version]]:
    """Return all versions of each of these posts by its id, the first captured first.

    `known`: ids of versions, at least one of each post; the others of those that were edited are then asked for alone.
    """
    found: dict[str, list[Version]] = {one: [] for one in post_ids}
    theirs, posts = tables.among(found)
    current = "" if known else f"SELECT version_id FROM posts WHERE id IN {theirs} UNION "  # noqa: S608
    # By their own ids, which the primary key finds; by the post's they are looked for among all texts, in 7 to 17 ms.
    ids = lease.rows(f"{current}SELECT version_id FROM edits WHERE post_id IN {theirs}", posts)  # noqa: S608
    marks, params = tables.among({*known, *(key for (key,) in ids)})
    versions = _load(lease, f"v.id IN {marks}", params)
    # Sorted here: of these few rows, in a quarter less time than by ORDER BY.
    for version in sorted(versions, key=lambda one: (one.captured_at, one.post.version_id)):
        found[version.post.id].append(version)
    return found


def _load(lease: Lease, where: str, params: Mapping[str, Any]) -> list[Version]:
    return [_version(row) for row in lease.dicts(f"{_STORED} WHERE {where}", params)]


def _version(row: Mapping[str, Any]) -> Version:
    media: Sequence[Mapping[str, Any]] = json.loads(row["media"])
    post = Post(
        platform=tables.word_of(Platform, row["platform"], "posts.platform"),
        native_id=row["native_id"],
        account_id=row["account_id"],
        role=tables.word_of(Role, row["role"], "posts.role"),
        posted_at=row["posted_at"],
        text=row["text"],
        url=row["url"],
        edited_at=row["edited_at"],
        language=row["language"],
        context=row["context"],
        media=tuple(Media(**item) for item in media),
        truncated=row["truncated"],
        verifiable=row["verifiable"],
        repaired=row["repaired"],
        capture_sha256=row["capture_sha256"],
    )
    return Version(post=post, captured_at=row["captured_at"], run_id=row["run_id"], missing_at=row["missing_at"])
