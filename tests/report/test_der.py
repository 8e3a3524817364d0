from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.report.der import with_sorted_certificates


def element(tag: int, *contents: bytes) -> bytes:
    content = b"".join(contents)
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    size = len(content).to_bytes(2, "big")
    return bytes([tag, 0x82]) + size + content


def reply(*certificates: bytes) -> bytes:
    signed = element(0x30, element(0x02, b"\x03"), element(0x31), element(0x30), element(0xA0, *certificates))
    token = element(0x30, element(0x06, b"\x01"), element(0xA0, signed))
    return element(0x30, element(0x30, element(0x02, b"\x00")), token)


@pytest.mark.parametrize("size", [3, 500])
def test_certificates_come_in_the_order_of_their_bytes_and_nothing_else_moves(size: int) -> None:
    one, other = (element(0x30, mark * size) for mark in (b"a", b"b"))
    assert with_sorted_certificates(reply(other, one)) == reply(one, other)
    assert with_sorted_certificates(reply(one, other)) == reply(one, other)


@pytest.mark.parametrize(
    "answer",
    [b"", b"0", b"<html>", element(0x30, element(0x30)), b"\x30\x80\x00\x00", reply()[:-1], element(0x30, b"\x30\x09")],
    ids=["empty", "cut", "page", "refusal", "ber", "short", "too_long"],
)
def test_what_is_no_such_answer_stays_as_it_is(answer: bytes) -> None:
    assert with_sorted_certificates(answer) == answer


@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda body: element(0x30, element(0x30), body)))
def test_no_bytes_make_it_fail_or_change_their_number(answer: bytes) -> None:
    assert len(with_sorted_certificates(answer)) == len(answer)
