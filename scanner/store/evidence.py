"""Raw captures as write-once files named by their SHA-256: data/evidence/ab/cd/<sha256> (Berkeley Protocol)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from scanner.domain.captures import Evidence, sha256
from scanner.errors import StoreDamaged, StoreError
from scanner.store import files

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Problem:
    """A capture that is not what its name says."""

    sha256: str
    kind: str
    """missing | altered | unreadable"""
    message: str


def folder_of(data: Path) -> Path:
    """Return the evidence folder of a data folder."""
    return data / "evidence"


def path_of(folder: Path, digest: str) -> Path:
    """Return where the bytes with this hash lie. Only 64 hex digits are a name, so no path can leave the folder."""
    if not _SHA256.fullmatch(digest):
        raise StoreError(f"{folder}: {digest[:80]!r} is not a SHA-256; valid are 64 digits 0-9 a-f")
    return folder / digest[:2] / digest[2:4] / digest


def write(folder: Path, evidence: Evidence) -> Path:
    """Keep the bytes of a capture, durably, before any row names them; bytes that are there stay untouched.

    StoreError when the bytes do not have the hash the capture claims, or when the disk refuses.
    """
    digest = sha256(evidence.body)
    if digest != evidence.capture.sha256:
        raise StoreError(f"{evidence.capture.url}: captured as {evidence.capture.sha256}, but the bytes are {digest}")
    path = path_of(folder, digest)
    if not path.exists():
        files.write_durably(path, evidence.body, mode=0o400)
    return path


def read(folder: Path, digest: str) -> bytes:
    """Return the bytes of a capture; StoreDamaged when they are gone or not what their name says."""
    try:
        body = path_of(folder, digest).read_bytes()
    except OSError as error:
        raise StoreDamaged(f"{folder}: capture {digest} cannot be read: {error.strerror}") from error
    if sha256(body) != digest:
        raise StoreDamaged(f"{folder}: capture {digest} was altered: its bytes have another hash")
    return body


def verify(folder: Path, hashes: Iterable[str]) -> Iterator[Problem]:
    """Check that every capture named is there and unaltered; yields those that are not."""
    for digest in hashes:
        path = path_of(folder, digest)
        try:
            found = sha256(path.read_bytes())
        except FileNotFoundError:
            yield Problem(sha256=digest, kind="missing", message=f"{path} is missing")
        except OSError as error:
            yield Problem(sha256=digest, kind="unreadable", message=f"{path} cannot be read: {error.strerror}")
        else:
            if found != digest:
                yield Problem(sha256=digest, kind="altered", message=f"{path} was altered: its bytes have hash {found}")
