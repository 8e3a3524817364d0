"""A code belongs to one step of thirty seconds, and to its neighbours nobody else's fits."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.review.totp import code_at, new_secret, otpauth_uri, step_of
from tests.store.samples import NOON

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STEP = int(NOON.timestamp()) // 30


@pytest.mark.parametrize(
    ("late", "step"), [(-61, None), (-30, STEP - 1), (0, STEP), (29, STEP), (59, STEP + 1), (60, None)]
)
def test_a_code_may_be_one_step_off_either_way(late: int, step: int | None):
    assert step_of(SECRET, code_at(SECRET, NOON + timedelta(seconds=late)), NOON) == step


@given(st.text(max_size=12))
def test_nothing_but_the_three_codes_is_one(code):
    fitting = {code_at(SECRET, NOON + timedelta(seconds=30 * off)) for off in (-1, 0, 1)}
    assert (step_of(SECRET, code, NOON) is not None) is ("".join(code.split()) in fitting)


def test_codes_are_read_as_authenticators_show_them():
    code = code_at(SECRET, NOON)
    assert step_of(SECRET, f" {code[:3]} {code[3:]}\n", NOON) == STEP


@pytest.mark.parametrize("code", ["", "\ud800", "٠١٢٣٤٥", "0" * 5, "0" * 1000])
def test_strange_codes_are_refused_without_failing(code: str):
    assert step_of(SECRET, code, NOON) is None


def test_the_address_for_the_authenticator_carries_the_secret_and_the_name():
    secret = new_secret()
    read = pyotp.parse_uri(otpauth_uri(secret, "sari"))
    assert (read.secret, read.name, read.issuer) == (secret, "sari", "scanner")
    assert len(secret) * 5 >= 160


def test_secrets_do_not_repeat():
    assert len({new_secret() for _ in range(1000)}) == 1000
