"""Files that are there wholly or not at all, also after a power cut: write beside, flush, rename, flush again."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from typing import IO

from scanner.errors import StoreError


def write_durably(path: Path, body: bytes, *, mode: int) -> None:
    """Write a file so that a reader at any time finds the old, none, or the whole new one; folders are made 0700.

    StoreError when the disk refuses; nothing half-written keeps the name.
    """
    try:
        make_folder(path.parent)
        _write(path, body, mode)
        flush_folder(path.parent)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written ({error.strerror}); trying again is safe") from error


def own_key(path: Path, size: int = 32) -> bytes:
    """Return a key of the workspace, drawn when it is first asked for. Errors: StoreError, OSError."""
    if not path.exists():
        write_durably(path, secrets.token_bytes(size), mode=0o600)
    return path.read_bytes()


def make_folder(folder: Path) -> None:
    """Make a private folder (0700) with its parents and make sure its name outlives a power cut."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    flush_folder(folder.parent)


def _write(path: Path, body: bytes, mode: int) -> None:
    part = path.with_name(f".part-{secrets.token_hex(8)}")
    try:
        with _begun(part) as file:
            file.write(body)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
            if not part.exists():
                # NOTE: with src_dir_fd Python follows the link as it says it does; without, it does not (3.11 to 3.13).
                os.link(f"/proc/self/fd/{file.fileno()}", part, src_dir_fd=file.fileno())
        part.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


def _begun(part: Path) -> IO[bytes]:
    """Begin a file without a name yet, so that a kill leaves nothing of it; where that cannot be, one of this name."""
    try:
        descriptor = os.open(part.parent, os.O_TMPFILE | os.O_WRONLY, 0o600)
    except OSError:
        descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    return os.fdopen(descriptor, "wb")


def flush_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
