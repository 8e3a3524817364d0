"""Answers of time-stamping authorities as they come, made readable for a strict reader."""

from __future__ import annotations

from itertools import pairwise

_CERTIFICATES = 0xA0


def with_sorted_certificates(reply: bytes) -> bytes:
    """Return an answer with its certificates in the order DER asks of a set; what is no such answer stays as it is.

    OpenSSL, and authorities built on it, write them as they find them, and rfc3161-client refuses that. Sorting moves
    nothing that is signed and changes no length.
    """
    try:
        _status, token = _children(reply, *_content(reply, 0))
        _kind, wrapped = _children(reply, *_content(reply, token))
        signed, *_ = _children(reply, *_content(reply, wrapped))
        places = _children(reply, *_content(reply, signed))
        place = next(place for place in places if reply[place] == _CERTIFICATES)
        start, end = _content(reply, place)
        bounds = [*_children(reply, start, end), end]
    except (ValueError, IndexError, StopIteration):
        return reply
    return reply[:start] + b"".join(sorted(reply[one:other] for one, other in pairwise(bounds))) + reply[end:]


def _content(data: bytes, place: int) -> tuple[int, int]:
    """Return where the content of the element at a place begins and ends."""
    first, begin = data[place + 1], place + 2
    if first == 0x80:
        raise ValueError("an element of no told length is BER, not DER")
    if first < 0x80:
        return begin, begin + first
    more = first & 0x7F
    return begin + more, begin + more + int.from_bytes(data[begin : begin + more], "big")


def _children(data: bytes, start: int, end: int) -> list[int]:
    """Return the places of the elements between two others."""
    if end > len(data):
        raise ValueError("cut off")
    places = []
    while start < end:
        places.append(start)
        start = _content(data, start)[1]
    if start != end:
        raise ValueError("an element is longer than what it stands in")
    return places
