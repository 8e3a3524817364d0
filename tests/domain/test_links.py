from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from scanner.domain.captures import Capture
from scanner.domain.links import digest_of, leaf_of, new_salt, next_link, record_of, rehash
from tests.store.samples import HOUR, NOON, make_evidence

SALT = "00" * 16
OTHER: dict[str, Any] = {
    "sha256": "f" * 64,
    "size": 5,
    "url": "https://lain.example/",
    "method": "import",
    "status": 304,
    "media_type": "text/html",
    "captured_at": NOON + HOUR,
    "collector": "rss/1",
    "headers": (),
    "terms_approval": "X-1",
    "access": "app key",
    "request": (("accept", "*/*"),),
}


def leaf(capture: Capture, salt: str = SALT) -> str:
    return leaf_of(record_of(capture, salt))


@pytest.mark.parametrize("name", sorted(OTHER))
def test_every_field_of_a_capture_changes_its_leaf(name: str) -> None:
    capture = make_evidence().capture
    assert leaf(replace(capture, **{name: OTHER[name]})) != leaf(capture)


def test_no_field_is_forgotten() -> None:
    assert sorted(field.name for field in fields(Capture)) == sorted(OTHER)


def test_a_leaf_tells_nothing_without_its_salt() -> None:
    capture = make_evidence().capture
    assert len({leaf(capture, new_salt()) for _ in range(20)}) == 20
    assert len(new_salt()) == 32


def test_what_is_empty_is_left_out_so_that_a_later_field_changes_no_old_leaf() -> None:
    record = record_of(make_evidence(headers=(), status=None).capture, SALT)
    assert set(record) == {"sha256", "size", "url", "method", "media_type", "captured_at", "collector", "salt"}


def test_the_same_moment_in_another_zone_is_the_same_leaf() -> None:
    capture = make_evidence().capture
    jakarta = replace(capture, captured_at=NOON.astimezone(timezone(7 * HOUR)))
    assert leaf(jakarta) == leaf(capture)


def test_the_order_of_leaves_does_not_matter_but_their_number_does() -> None:
    assert digest_of(["b", "a"]) == digest_of(["a", "b"])
    assert len({digest_of(given) for given in ([], ["a"], ["a", "a"], ["ab"], ["a", "b"])}) == 5


def test_a_link_is_the_hash_of_all_it_says() -> None:
    link = next_link(2, "0" * 64, ["a", "b"], NOON)
    assert (link.seq, link.captures, link.hash) == (2, 2, rehash(link))
    changes: list[dict[str, Any]] = [
        {"seq": 3},
        {"saved_at": NOON + timedelta(microseconds=1)},
        {"captures": 3},
        {"digest": "c"},
        {"prev_hash": "1" * 64},
    ]
    assert len({rehash(replace(link, **change)) for change in changes} | {link.hash}) == 6


def test_the_forms_are_those_that_old_links_were_made_with() -> None:
    """Never change these: whoever verifies a bundle years later counts on them."""
    capture = make_evidence(captured_at=datetime(2026, 11, 20, 12, 0, 0, 5, tzinfo=UTC)).capture
    assert leaf(capture) == "275bf7e2ffa7d06b9db4c9088bc18d42b89801d74bc419241d22443bc235cac3"
    assert (
        next_link(1, "0" * 64, [leaf(capture)], NOON).hash
        == "2566db8b9171c1c6fd48828f9b48b1525f1d031c78d4211a06ea474c8992517d"
    )
