"""Keys of backups: X25519 keys of age, without passphrase, in a file that is kept elsewhere."""

from __future__ import annotations

from pathlib import Path

import pyrage

from scanner.errors import UsageError
from scanner.store import files


def make_key(path: Path) -> str:
    """Write a new secret key into a file that only its owner may read; return the public one.

    UsageError when the file is there.
    """
    if path.exists():
        raise UsageError(f"{path}: is there already; a key that is written over is lost")
    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    files.write_durably(path, f"# public key: {public}\n{identity}\n".encode(), mode=0o600)
    return public


def recipient_of(text: str) -> pyrage.x25519.Recipient:
    """Read a public key: age1..., or a file in which one stands. UsageError for anything else."""
    named = text if text.startswith("age1") else _key_line(Path(text), "age1", "a public key (age1...)")
    try:
        return pyrage.x25519.Recipient.from_str(named)
    except pyrage.RecipientError as error:
        raise UsageError(
            f"--recipient {text[:80]}: not a public key of age; `scanner backup keygen` makes one"
        ) from error


def identity_of(path: Path) -> pyrage.x25519.Identity:
    """Read the secret key in a file that `keygen` or age wrote. UsageError where there is none."""
    try:
        return pyrage.x25519.Identity.from_str(_key_line(path, "AGE-SECRET-KEY-1", "a secret key of age"))
    except pyrage.IdentityError as error:
        raise UsageError(f"{path}: holds no secret key of age that can be read") from error


def _key_line(path: Path, begin: str, what: str) -> str:
    try:
        lines = [line.strip().removeprefix("# public key: ") for line in path.read_text("utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read; {what} or a file that holds one would be valid") from error
    found = next((line for line in lines if line.startswith(begin)), None)
    if found is None:
        raise UsageError(f"{path}: {what} does not stand in it; `scanner backup keygen FILE` makes one")
    return found
