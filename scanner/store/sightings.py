"""The same post seen from elsewhere: under its own id, or as another server's copy with the same address."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.domain.posts import Post, Role
from scanner.store.connection import Lease


def known_as(lease: Lease, posts: Sequence[Post]) -> dict[str, str]:
    """Return, by the ids of those of these posts that are on record for their account, the id each is on record under.

    A post is known by its id, else by its address. NOTE: the address of a repost is that of the post it shares.
    """
    rows = lease.rows(
        """SELECT id, account_id, url FROM posts WHERE id = ANY($ids::VARCHAR[])
           OR (url = ANY($urls::VARCHAR[]) AND account_id = ANY($accounts::VARCHAR[]) AND role <> $shared)
           ORDER BY id""",
        {
            "ids": [post.id for post in posts],
            "urls": [post.url for post in posts if post.url is not None],
            "accounts": [post.account_id for post in posts],
            "shared": Role.REPOSTED,
        },
    )
    ids = {(account, key): key for key, account, _ in rows}
    addresses = {(account, url): key for key, account, url in rows if url is not None}
    found = {
        post.id: ids.get((post.account_id, post.id)) or addresses.get((post.account_id, post.url)) for post in posts
    }
    return {key: known for key, known in found.items() if known is not None}
