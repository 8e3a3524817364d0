"""Posts: each text is kept once, a post seen again only moves its last-seen time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from scanner.domain.posts import Post
from scanner.domain.runs import Tally
from scanner.errors import StoreError
from scanner.store import tables, tombstones
from scanner.store.connection import Lease


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
