"""Which pictures are due, what is known of each, and files for display that are written once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scanner.domain.captures import sha256
from scanner.domain.posts import Media, Post, Role
from scanner.errors import StoreError
from scanner.store import accounts, captures, evidence, flags, media, posts, unseen
from scanner.store.connection import Lease
from scanner.store.media import Medium, State
from tests.store.samples import HOUR, NOON, make_account, make_evidence, make_flag, make_post

OWN = (Role.POSTED, Role.REPLIED)
ME = make_account().id
LIST = (
    Media(kind="link", url="https://berita.example/1"),
    Media(kind="image", url="https://desa.example/a.jpg"),
    Media(kind="video", url="https://desa.example/b.mp4"),
)


def keep(lease: Lease, number: int = 1, flagged: bool = True, **changes: object) -> Post:
    """Store a post with media, and its flag."""
    accounts.save_accounts(lease, [make_account()])
    flag = make_flag(number)
    post = make_post(number, text=f"Coblos nomor 9 ya, warga {number}!", **{"media": LIST, **changes})
    posts.save_posts(lease, [post], run_id="run-1", seen_at=NOON)
    if flagged:
        flags.save_flags(lease, [replace(flag, known_at=NOON + number * HOUR)])
    return post


def medium(post: Post, position: int = 1, **changes: object) -> Medium:
    values = {"url": LIST[position].url, "state": State.FAILED, "reason": "x", "tries": 1, "fetched_at": NOON}
    return Medium(version_id=post.version_id, position=position, **{**values, **changes})


def fetched(post: Post, body: bytes = b"raw", display: bytes = b"drawn", **changes: object) -> Medium:
    hashes = {"sha256": sha256(body), "display_sha256": sha256(display), "phash": "8" * 16}
    shown = {"state": State.FETCHED, "reason": "", "display_type": "image/jpeg", "width": 4, "height": 3}
    return medium(post, **{**shown, **hashes, **changes})


def due(lease: Lease, tries: int = 3) -> list[media.Due]:
    return media.due(lease, [ME], roles=OWN, tries=tries)


def test_media_of_flagged_posts_are_due_and_links_are_not(lease: Lease):
    post = keep(lease)
    keep(lease, 2, flagged=False)
    assert [(one.version_id, one.position, one.number, one.media.kind) for one in due(lease)] == [
        (post.version_id, 1, 1, "image"),
        (post.version_id, 2, 2, "video"),
    ]
    assert due(lease)[0].media == LIST[1]


def test_the_newest_flag_comes_first_because_addresses_expire(lease: Lease):
    keep(lease, 1)
    newest = keep(lease, 2)
    assert due(lease)[0].version_id == newest.version_id


@pytest.mark.parametrize("role", [Role.REPOSTED, Role.QUOTED, Role.TAGGED, Role.DEPICTED])
def test_other_peoples_media_are_never_due(lease: Lease, role: Role):
    keep(lease, role=role)
    assert due(lease) == []


def test_only_the_accounts_asked_for_are_looked_at(lease: Lease):
    keep(lease)
    assert media.due(lease, ["mastodon:lain@desa.example"], roles=OWN, tries=3) == []


def test_a_post_without_media_has_none_due(lease: Lease):
    keep(lease, media=())
    assert due(lease) == []


def test_it_is_told_when_the_post_itself_is_gone(lease: Lease):
    post = keep(lease)
    for hours in (1, 2):
        unseen.mark_missing(lease, [post.id], seen_at=NOON + hours * HOUR)
    assert [one.missing for one in due(lease)] == [True, True]


def test_what_is_known_comes_along_until_it_is_settled(lease: Lease):
    post = keep(lease)
    media.save_medium(lease, medium(post, tries=2))
    assert due(lease)[0].known == medium(post, tries=2)
    media.save_medium(lease, medium(post, tries=3))
    assert [one.position for one in due(lease)] == [2]
    media.save_medium(lease, fetched(post, tries=1))
    assert [one.position for one in due(lease)] == [2]


def test_what_was_saved_is_read_back(lease: Lease):
    post = keep(lease)
    media.save_medium(lease, fetched(post), make_evidence(b"raw"), b"drawn")
    media.save_medium(lease, medium(post, 2))
    assert media.load_media(lease, [post.version_id]) == {post.version_id: (fetched(post), medium(post, 2))}
    assert media.load_media(lease, ["mastodon:x@y"]) == {}
    assert media.count_states(lease) == {State.FETCHED: 1, State.FAILED: 1}


def test_bytes_as_they_came_are_a_capture_and_bytes_for_display_lie_beside(lease: Lease):
    post = keep(lease)
    media.save_medium(lease, fetched(post), make_evidence(b"raw"), b"drawn")
    assert sha256(b"raw") in captures.captured_hashes(lease)
    path = media.display_path(lease.folder, sha256(b"drawn"))
    assert path.read_bytes() == b"drawn"
    assert path.stat().st_mode & 0o777 == 0o400
    assert path.is_relative_to(lease.folder / "media")
    assert media.display_hashes(lease) == [sha256(b"drawn")]
    assert list(evidence.verify(media.folder_of(lease.folder), media.display_hashes(lease))) == []


def test_a_file_for_display_that_is_there_stays_untouched(lease: Lease):
    post = keep(lease)
    media.save_medium(lease, fetched(post), make_evidence(b"raw"), b"drawn")
    before = media.display_path(lease.folder, sha256(b"drawn")).stat()
    media.save_medium(lease, fetched(post), make_evidence(b"raw"), b"drawn")
    assert media.display_path(lease.folder, sha256(b"drawn")).stat() == before


def test_a_picture_without_its_capture_is_named(lease: Lease):
    post = keep(lease)
    media.save_medium(lease, fetched(post, body=b"never kept"), None, b"drawn")
    media.save_medium(lease, medium(post, 2))
    assert media.without_capture(lease) == [sha256(b"never kept")]


@pytest.mark.parametrize("lacking", ["sha256", "display_sha256"])
def test_nothing_counts_as_fetched_without_its_bytes(lease: Lease, lacking: str):
    post = keep(lease)
    with pytest.raises(StoreError, match="CHECK constraint"):
        media.save_medium(lease, fetched(post, **{lacking: None}))


def test_no_name_of_a_file_for_display_leads_out_of_the_folder():
    with pytest.raises(StoreError, match="is not a SHA-256"):
        media.display_path(Path("data"), "../../etc/passwd")
