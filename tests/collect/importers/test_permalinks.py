from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.collect.importers.permalinks import read_permalink


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("https://x.com/budi_asn/status/1700000000000000001", ("x", "budi_asn", "1700000000000000001")),
        ("http://mobile.twitter.com/budi_asn/status/17?s=20#m", ("x", "budi_asn", "17")),
        ("https://x.com/i/status/17", ("x", None, "17")),
        ("https://www.instagram.com/p/Cab-12_x/", ("instagram", None, "Cab-12_x")),
        ("https://www.instagram.com/budi.asn/reel/Cab12/", ("instagram", "budi.asn", "Cab12")),
        ("https://www.threads.com/@budi.asn/post/Dab12", ("threads", "budi.asn", "Dab12")),
        ("https://www.tiktok.com/@budi.asn/video/7288?x=1", ("tiktok", "budi.asn", "7288")),
        ("https://www.facebook.com/dinas.kita/posts/12345", ("facebook", "dinas.kita", "12345")),
        ("https://www.facebook.com/dinas.kita/photos/a.1/987/?type=3", ("facebook", "dinas.kita", "987")),
        ("https://www.facebook.com/groups/warga/posts/5", ("facebook", None, None)),
        ("https://www.facebook.com/permalink.php?story_fbid=1&id=2", ("facebook", None, None)),
        ("https://www.youtube.com/watch?app=m&v=abcdefghijk&t=1s", ("youtube", None, "abcdefghijk")),
        ("https://youtu.be/abcdefghijk", ("youtube", None, "abcdefghijk")),
        ("https://www.youtube.com/namakanal12", ("youtube", None, None)),
        ("https://t.me/s/kabar_desa/12", ("telegram", "kabar_desa", "kabar_desa/12")),
        ("https://bsky.app/profile/budi.example/post/3kab", ("bluesky", "budi.example", "3kab")),
        ("https://X.com/budi_asn", ("x", None, None)),
    ],
)  # fmt: skip
def test_an_address_tells_platform_author_and_id(address: str, told: tuple[str, str | None, str | None]) -> None:
    found = read_permalink(address)
    assert found is not None
    assert (found.platform, found.handle, found.native_id) == told


@pytest.mark.parametrize(
    "address",
    ["", "budi_asn", "https://x.com.example/budi_asn/status/1", "https://example/x.com/a/status/1", "ftp://x.com/a",
     "https://budi@x.com/a/status/1", "javascript:alert(1)"],
)  # fmt: skip
def test_an_address_elsewhere_tells_nothing(address: str) -> None:
    assert read_permalink(address) is None


@settings(deadline=None, max_examples=200)
@given(st.text(), st.sampled_from(["", "https://x.com/", "https://www.facebook.com/", "https://youtu.be/"]))
def test_any_text_is_read_or_passed_over(rest: str, start: str) -> None:
    read_permalink(start + rest)
