"""The second factor: codes of an authenticator (RFC 6238), each good once."""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp

_STEP = 30
"""Seconds a code is shown."""
_DRIFT = 1
"""Steps a clock may be fast or slow."""

DECOY = pyotp.random_base32()
"""Asked for names that nobody has."""


def new_secret() -> str:
    """Return 160 random bits as base32."""
    return pyotp.random_base32()


def otpauth_uri(secret: str, name: str) -> str:
    """Return what an authenticator reads from a QR code; shown once, for it holds the secret."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="scanner")


def code_at(secret: str, at: datetime) -> str:
    """Return the code that an authenticator shows at a moment."""
    return pyotp.TOTP(secret).at(at)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """Return the time step a code belongs to, of this one and its neighbours; None when it is no code of theirs."""
    given = "".join(code.split()).encode("utf-8", "surrogatepass")
    this = int(now.timestamp()) // _STEP
    totp = pyotp.TOTP(secret)
    found = None
    for step in range(this - _DRIFT, this + _DRIFT + 1):  # all of them, so that time does not tell which
        if hmac.compare_digest(totp.generate_otp(step).encode(), given):
            found = step
    return found
