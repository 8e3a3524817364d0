"""Posts and their versions: each text is kept once, a post seen again only moves its last-seen time."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from scanner.domain.accounts import Platform
from scanner.domain.posts import Media, Post, Role
from scanner.domain.runs import Tally
from scanner.errors import StoreError
from scanner.store import tables, tombstones
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


def save_posts(lease: Lease, posts: Iterable[Post], *, run_id: str, seen_at: datetime) -> Tally:
    """Store posts as seen at one moment; return how many were new, had another text, or were as before.

    A new text adds a version. It becomes the current one unless a later look is on record already, as when an old
    export is imported. Storing the same posts of the same moment again changes nothing.
    """
    return save_groups(lease, [list(posts)], run_id=run_id, seen_at=seen_at)[0]


def save_groups(
    lease: Lease,
    groups: Sequence[Sequence[Post]],
    *,
    run_id: str,
    seen_at: datetime,
    buried: Collection[str] | None = None,
) -> list[Tally]:
    """Store the posts of several pages at once, as `save_posts` would one after the other; return a tally of each.

    What had to leave is not stored again and counts as unchanged: `buried`, ids of versions, looked up where not given.
    A post whose id is on record for another account is left out, and of no tally: ids of feeds and pages are chosen
    by their authors, and nobody may put words into another one's mouth (guardrail G4).
    """
    named = {post.id for posts in groups for post in posts}
    known = _known(lease, named) if named else {}
    stored = set(known)
    if buried is None:
        buried = tombstones.buried(lease, [post for posts in groups for post in posts])
    tallies, own = [], list[Post]()
    for posts in groups:
        stays = [post for post in posts if not buried or _version_id(post) not in buried]
        kept = [post for post in stays if _owner(known, post) == post.account_id]
        left = Tally(unchanged=len({post.id for post in posts} - {post.id for post in stays}))
        tallies.append(left + _compare(kept, known, seen_at=seen_at))
        own += kept
    by_version = {_version_id(post): post for post in own}
    current = {post.id: _version_id(post) for post in own}
    if not by_version:
        return tallies
    versions = (_version_row(key, post, run_id=run_id, seen_at=seen_at) for key, post in by_version.items())
    added = Counter(by_version[key].id for key in tables.insert_new(lease, "versions", versions, keys=["id"]))
    _note_edits(lease, {post for post, wordings in added.items() if post in stored or wordings > 1})
    rows = [_post_row(by_version[version_id], version_id, seen_at=seen_at) for version_id in current.values()]
    tables.stage(lease, "incoming", "posts", rows)
    lease.execute("""
        MERGE INTO posts USING incoming AS s USING (id)
        WHEN MATCHED AND s.last_seen >= posts.last_seen THEN
            UPDATE SET version_id = s.version_id, last_seen = s.last_seen, first_missing_at = NULL, missing_at = NULL
        WHEN NOT MATCHED THEN INSERT BY NAME""")
    return tallies


def mark_missing(lease: Lease, ids: Iterable[str], *, seen_at: datetime) -> list[str]:
    """Record that these posts were looked for and not found; return those that a second, later look now confirmed.

    One look may fail for many reasons; a post counts as gone only after two, and not at all once it is seen again.
    """
    wanted = list(ids)
    confirmed = lease.rows(
        """UPDATE posts SET missing_at = $at WHERE id = ANY($ids::VARCHAR[])
           AND missing_at IS NULL AND first_missing_at < $at RETURNING id""",
        {"ids": wanted, "at": seen_at},
    )
    lease.execute(
        """UPDATE posts SET first_missing_at = $at
           WHERE id = ANY($ids::VARCHAR[]) AND first_missing_at IS NULL AND last_seen < $at""",
        {"ids": wanted, "at": seen_at},
    )
    return sorted(key for (key,) in confirmed)


@dataclass(frozen=True, slots=True)
class Unseen:
    """A post that a walk did not show."""

    native_id: str
    id: str
    posted_at: datetime

    def local_day(self, zone: ZoneInfo) -> date:
        """Return the day it was posted on in the region."""
        return self.posted_at.astimezone(zone).date()


def unseen_since(
    lease: Lease, account_id: str, moment: datetime, *, since: datetime | None, until: datetime | None
) -> list[Unseen]:
    """Return an account's own posts last seen before a moment and not known as missing.

    Only posts of a known time inside the half-open window count: a walk that did not look there cannot miss them. Nor
    can it miss comments, which stand under other people's posts.
    """
    rows = lease.dicts(
        """SELECT p.native_id, p.id, v.posted_at FROM posts AS p JOIN versions AS v ON v.id = p.version_id
           WHERE p.account_id = $account AND p.last_seen < $moment AND p.missing_at IS NULL AND p.role <> 'commented'
             AND v.posted_at IS NOT NULL AND v.posted_at >= coalesce($since, v.posted_at)
             AND v.posted_at < coalesce($until, $moment) ORDER BY p.id""",
        {"account": account_id, "moment": moment, "since": since, "until": until},
    )
    return [Unseen(**row) for row in rows]


def count_between(lease: Lease, account_ids: Iterable[str], since: datetime | None, until: datetime | None) -> int:
    """Return how many posts of these accounts, of a known time from `since` and before `until`, are on record."""
    marks, ids = tables.among(account_ids)
    [(count,)] = lease.rows(
        f"""SELECT count(*) FROM posts AS p JOIN versions AS v ON v.id = p.version_id
            WHERE p.account_id IN {marks} AND v.posted_at >= coalesce($since, v.posted_at)
            AND ($until IS NULL OR v.posted_at < $until)""",  # noqa: S608
        {**ids, "since": since, "until": until},
    )
    return int(count)


def known_ids(lease: Lease, ids: Iterable[str]) -> set[str]:
    """Return which of these posts are on record."""
    rows = lease.rows("SELECT id FROM posts WHERE id = ANY($ids::VARCHAR[])", {"ids": list(ids)})
    return {post for (post,) in rows}


def flagged(lease: Lease, ids: Iterable[str]) -> set[str]:
    """Return which of these posts have a flag."""
    rows = lease.rows("SELECT DISTINCT post_id FROM flags WHERE post_id = ANY($ids::VARCHAR[])", {"ids": list(ids)})
    return {post for (post,) in rows}


def flagged_on(lease: Lease, platform: str) -> set[str]:
    """Return the posts of a platform that have a flag."""
    rows = lease.rows(
        "SELECT DISTINCT f.post_id FROM flags AS f JOIN posts AS p ON p.id = f.post_id WHERE p.platform = $platform",
        {"platform": platform},
    )
    return {post for (post,) in rows}


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


def count_posts(lease: Lease) -> int:
    """Return how many posts are on record, but for those of suspended people."""
    sql = "SELECT count(*) FROM posts WHERE account_id NOT IN (SELECT id FROM accounts WHERE suspended_at IS NOT NULL)"
    return int(lease.rows(sql)[0][0])


@dataclass(frozen=True, slots=True)
class _Known:
    """A post as it is on record."""

    account_id: str
    version_id: str
    last_seen: datetime


def _known(lease: Lease, ids: Iterable[str]) -> dict[str, _Known]:
    rows = lease.rows(
        "SELECT id, account_id, version_id, last_seen FROM posts WHERE id = ANY($ids::VARCHAR[])", {"ids": list(ids)}
    )
    return {key: _Known(*rest) for key, *rest in rows}


def _note_edits(lease: Lease, post_ids: Collection[str]) -> None:
    """Note all versions of posts that have several: there are few, while to look through all texts takes long."""
    if not post_ids:
        return
    marks, params = tables.among(post_ids)
    lease.execute(
        f"""MERGE INTO edits USING (SELECT id AS version_id, post_id FROM versions WHERE post_id IN {marks}) AS s
            USING (version_id) WHEN NOT MATCHED THEN INSERT BY NAME""",  # noqa: S608
        params,
    )


def _owner(known: Mapping[str, _Known], post: Post) -> str:
    return known[post.id].account_id if post.id in known else post.account_id


def _compare(posts: Iterable[Post], known: dict[str, _Known], *, seen_at: datetime) -> Tally:
    """Tell how posts differ from what is known, and take them into it: a later page may show them again."""
    current = {post.id: post for post in posts}
    stored = {key: known[key] for key in current if key in known}
    changed = {
        key for key, one in stored.items() if one.version_id != _version_id(current[key]) and one.last_seen <= seen_at
    }
    for key, post in current.items():
        if key not in stored or key in changed:
            known[key] = _Known(post.account_id, _version_id(post), seen_at)
    return Tally(new=len(current) - len(stored), changed=len(changed), unchanged=len(stored) - len(changed))


def _version_id(post: Post) -> str:
    try:
        return post.version_id
    except UnicodeEncodeError as error:
        raise StoreError(f"{post.id}: the text is not valid Unicode (a lone surrogate) and must be repaired") from error


def _post_row(post: Post, version_id: str, *, seen_at: datetime) -> dict[str, Any]:
    return {
        "id": post.id,
        "platform": post.platform,
        "native_id": post.native_id,
        "account_id": post.account_id,
        "role": post.role,
        "url": post.url,
        "version_id": version_id,
        "first_seen": seen_at,
        "last_seen": seen_at,
    }


def _version_row(version_id: str, post: Post, *, run_id: str, seen_at: datetime) -> dict[str, Any]:
    return {
        "id": version_id,
        "post_id": post.id,
        "text": post.text,
        "context": post.context,
        "language": post.language,
        "posted_at": post.posted_at,
        "edited_at": post.edited_at,
        "media": tables.to_json([asdict(media) for media in post.media]),
        "truncated": post.truncated,
        "verifiable": post.verifiable,
        "repaired": post.repaired,
        "capture_sha256": post.capture_sha256,
        "run_id": run_id,
        "captured_at": seen_at,
    }


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
