"""The cast of Nusa Rimba: civil servants and private citizens, laid out in time over two days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from scanner.demo.cast import DemoPost, load_cast, load_posts
from scanner.demo.show import ZONE

MIDNIGHT = datetime(2026, 11, 20, tzinfo=ZONE).astimezone(UTC)


def posts(*, second_day: bool) -> dict[int, DemoPost]:
    return {post.id: post for post in load_posts(MIDNIGHT, second_day=second_day)}


def test_every_account_has_its_place_and_every_civil_servant_a_number():
    cast = load_cast()
    assert {account.platform for account in cast.values()} == {"mastodon", "rss", "telegram"}
    listed = [account for account in cast.values() if account.person is not None]
    assert 0 < len(listed) < len(cast)
    assert all(account.person and account.person["person_id"].startswith("PEG-") for account in listed)
    assert len({(account.platform, account.handle) for account in cast.values()}) == len(cast)


def test_every_post_and_every_shared_one_has_an_author_in_the_cast():
    cast = load_cast()
    for post in posts(second_day=True).values():
        assert post.account in cast
        assert post.boost_of is None or post.boost_of["account"] in cast


def test_ids_grow_with_time_as_on_real_platforms():
    for day in (False, True):
        found = list(posts(second_day=day).values())
        assert [post.id for post in found] == list(range(1, len(found) + 1))
    first = list(posts(second_day=False).values())
    assert [post.at for post in first] == sorted(post.at for post in first)


def test_the_second_day_adds_and_edits_and_changes_nothing_else():
    first, second = posts(second_day=False), posts(second_day=True)
    assert len(second) > len(first)
    changed = [number for number in first if first[number] != second[number]]
    assert 0 < len(changed) < 20
    for number in changed:
        assert first[number].text != second[number].text
        assert first[number].edited_at is None
        assert second[number].edited_at == MIDNIGHT - timedelta(hours=12)
        assert (first[number].at, first[number].account) == (second[number].at, second[number].account)


def test_nothing_is_posted_in_the_future():
    assert all(post.at < MIDNIGHT for post in posts(second_day=True).values())
