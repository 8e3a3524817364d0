"""Passwords: drawn or chosen, kept as argon2id hashes with the parameters OWASP asks for at least."""

from __future__ import annotations

import re
import secrets
import threading
import unicodedata
from collections.abc import Iterable
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from scanner.errors import UsageError

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""OWASP Password Storage Cheat Sheet: argon2id, 19 MiB, 2 passes, 1 lane."""
LEAST, MOST = 12, 128
"""Characters of a password that a person chooses (ASVS 5.0 V6.2.1, V6.2.9)."""

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that are mistaken for others
_UNGUESSABLE = 3
"""Of zxcvbn's 0 to 4: more than 10^8 guesses by somebody who knows lists of leaked passwords and the person's names."""
_OURS = ("scanner netralitas bawaslu bkn inspektorat penelaah telaah pilkada pilgub pemilu asn pns",)
"""Words of this work (V6.2.11)."""
_AT_ONCE = threading.Semaphore(4)
"""Hashing costs 19 MiB each, however many ask at once."""


def draw_password() -> str:
    """Return a password of 99 random bits in four groups that can be read out."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))


def check_password(password: str, *, about: Iterable[str]) -> None:
    """Refuse with UsageError a password that is too short, too long or easily guessed.

    `about` is what others know of the person: name, agency. No rule on kinds of signs, none on age (V6.2.5, V6.2.10).
    """
    from zxcvbn import zxcvbn

    if not LEAST <= len(password) <= MOST:
        raise UsageError(f"password: {len(password)} characters; {LEAST} to {MOST} would be valid")
    if zxcvbn(_unknown(password, about))["score"] < _UNGUESSABLE:
        raise UsageError("password: easily guessed; four unrelated words, or one drawn by the program, would be valid")


def hash_password(password: str, hasher: PasswordHasher = HASHER) -> str:
    """Return the hash to keep, with its salt and parameters."""
    with _AT_ONCE:
        return hasher.hash(_bytes(password))


def password_fits(password: str, kept: str, hasher: PasswordHasher = HASHER) -> bool:
    """Tell whether a password is the one whose hash was kept."""
    with _AT_ONCE:
        try:
            return hasher.verify(kept, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False


def _unknown(password: str, about: Iterable[str]) -> str:
    """Return what is left of a password without the words that anybody would try first."""
    rest = password.lower()
    words = {word for text in (*about, *_OURS) for word in re.split(r"\W+", text.lower()) if len(word) > 2}
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest[:72] or "x"


@cache
def decoy(hasher: PasswordHasher) -> str:
    """Return a hash that no password fits, to be asked for names that nobody has: the same work for all."""
    return hash_password(secrets.token_hex(), hasher)


def _bytes(password: str) -> bytes:
    """Make the same of what keyboards compose differently."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
