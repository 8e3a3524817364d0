"""Bodies are read whole, within bounds, or not at all."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.collect.body import Limits, OtherKind, read_body
from scanner.errors import FetchFailed

LENGTH = {"content-length": "1"}
GZIP = {"content-encoding": "gzip"}


def pieces(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


@given(st.binary(max_size=5000), st.integers(1, 700))
@settings(max_examples=100, deadline=None)
def test_what_was_packed_is_unpacked_however_it_was_chunked(data, size):
    assert read_body(pieces(gzip.compress(data), size), GZIP, Limits()) == data
    assert read_body(pieces(zlib.compress(data), size), {"content-encoding": "deflate"}, Limits()) == data
    assert read_body(pieces(data, size), LENGTH, Limits()) == data


@given(st.binary(min_size=1, max_size=500), st.data())
@settings(max_examples=100, deadline=None)
def test_no_cut_of_a_packed_body_passes(data, draw):
    packed = gzip.compress(data)
    cut = draw.draw(st.integers(1, len(packed) - 1))
    with pytest.raises(FetchFailed):
        read_body([packed[:cut]], GZIP, Limits())


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_bytes_called_packed_are_read_or_refused(data):
    try:
        body = read_body([data], GZIP, Limits())
    except FetchFailed as error:
        assert str(error)
    else:
        assert body == (zlib.decompress(data, 47) if data else b"")


@pytest.mark.parametrize(
    ("data", "headers", "limits"),
    [
        (b"x" * 101, LENGTH, Limits(wire=100)),
        (b"x" * 101, LENGTH, Limits(decoded=100)),
        (gzip.compress(b"x" * 101), GZIP, Limits(decoded=100)),
        (gzip.compress(b"x" * 101), GZIP, Limits(wire=10)),
        (gzip.compress(bytes(2_000_000)), GZIP, Limits()),
    ],
    # Packed bytes hold the time of packing; as names they would differ between the workers of one run.
    ids=["length told", "length decoded", "packed, decoded", "packed, on the wire", "bomb"],
)
def test_each_limit_is_kept(data, headers, limits):
    with pytest.raises(FetchFailed, match=r"larger than|bomb"):
        read_body([data], headers, limits)


def test_small_bodies_may_pack_well():
    data = b'{"a": 1}' * 100_000
    assert read_body([gzip.compress(data)], GZIP, Limits()) == data


@pytest.mark.parametrize(
    ("media_type", "body", "whole"),
    [
        ("text/html", b"<html>...</HTML >\n", True),
        ("application/rss+xml", b"<rss></rss>", True),
        ("application/atom+xml", b"<feed></feed>\n<!-- x -->", True),
        ("text/html; charset=utf-8", b"<html><p>half", False),
        ("application/rss+xml", b"<rss><item></item>", False),
        ("application/json", b"[]", False),
        ("text/plain", b"User-agent: *", True),
        ("application/json", b"", True),
    ],
)
def test_without_a_length_the_end_must_be_visible(media_type, body, whole):
    if whole:
        assert read_body([body], {"content-type": media_type}, Limits()) == body
    else:
        with pytest.raises(FetchFailed, match="possibly cut off"):
            read_body([body], {"content-type": media_type}, Limits())


@pytest.mark.parametrize("told", ["video/mp4", "text/html; charset=utf-8", "", "x-image/png"])
def test_a_body_of_a_kind_not_asked_for_is_not_read(told):
    with pytest.raises(OtherKind, match="was not asked for and not read; valid: image/"):
        Limits(kinds=("image/",)).require_kind({"content-type": told})


def test_a_body_of_the_kind_asked_for_is_read():
    Limits(kinds=("image/",)).require_kind({"content-type": "Image/JPEG"})
    Limits().require_kind({"content-type": "video/mp4"})
