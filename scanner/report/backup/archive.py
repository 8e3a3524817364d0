"""The file of a backup: tar, compressed with zstd, encrypted with age, all as a stream, so that memory stays small.

`backup.json` is its first member, `manifest.json` with the hash of every other one its last.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import tarfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, Protocol

import pyarrow as pa
import pyrage

from scanner.errors import StoreDamaged, StoreError

HEAD, MANIFEST = "backup.json", "manifest.json"
_PIECE = 1 << 20
_MOST_FILES, _LONGEST = 20_000_000, 400
_BROKEN = (OSError, EOFError, ValueError, tarfile.TarError, pa.ArrowException, pyrage.DecryptError)


@dataclass(frozen=True, slots=True)
class Member:
    """One file on its way into an archive."""

    name: str
    """Relative to the workspace, with slashes."""
    body: Path | bytes


def write(
    target: IO[bytes], head: Mapping[str, Any], members: Iterable[Member], recipients: list[pyrage.x25519.Recipient]
) -> None:
    """Write an archive. Errors of reading what goes in are raised here."""

    def feed(pipe: IO[bytes]) -> None:
        with (
            pa.CompressedOutputStream(pa.PythonFile(pipe, "w"), "zstd") as packed,
            tarfile.open(fileobj=packed, mode="w|", bufsize=_PIECE) as tar,
        ):
            _add_all(tar, head, members)

    with _piped(feed, writing=True) as pipe:
        pyrage.encrypt_io(pipe, target, recipients)


def read(source: IO[bytes], identity: pyrage.x25519.Identity, take: Callable[[str, IO[bytes]], None]) -> None:
    """Hand every plain file of an archive to `take`, in order, by a name that leads out of no folder.

    StoreDamaged when it cannot be decrypted, is cut, or holds anything but plain files.
    """

    def drain(pipe: IO[bytes]) -> None:
        with pa.CompressedInputStream(pa.PythonFile(pipe, "r"), "zstd") as plain:
            with tarfile.open(fileobj=plain, mode="r|", bufsize=_PIECE) as tar:
                for number, member in enumerate(tar):
                    take(_checked(member, number), _opened(tar, member))
            while plain.read(_PIECE) or pipe.read(_PIECE):  # to the very end, where cutting and altering show
                pass

    try:
        with _piped(drain, writing=False) as pipe:
            pyrage.decrypt_io(source, pipe, [identity])
    except _BROKEN as error:
        raise StoreDamaged(f"the backup cannot be read with this key: another's, cut or altered ({error})") from error


class Readable(Protocol):
    """What can be read piece by piece."""

    def read(self, size: int = -1, /) -> bytes:
        """Return the next piece; nothing at the end."""


def hashed(body: Readable, into: IO[bytes] | None = None) -> tuple[str, int]:
    """Return hash and size of what can be read, writing it down on the way if asked to."""
    digest, size = hashlib.sha256(), 0
    while piece := body.read(_PIECE):
        digest.update(piece)
        size += len(piece)
        if into is not None:
            into.write(piece)
    return digest.hexdigest(), size


def _add_all(tar: tarfile.TarFile, head: Mapping[str, Any], members: Iterable[Member]) -> None:
    _add(tar, HEAD, json.dumps(head).encode())
    manifest = {HEAD: hashlib.sha256(json.dumps(head).encode()).hexdigest()}
    for member in members:
        with contextlib.suppress(FileNotFoundError):  # erased since it was listed
            manifest[member.name] = _add(tar, member.name, member.body)
    _add(tar, MANIFEST, json.dumps(manifest).encode())


def _add(tar: tarfile.TarFile, name: str, body: Path | bytes) -> str:
    """Add a file as it is when it is opened; return the hash of what went in."""
    with body.open("rb") if isinstance(body, Path) else io.BytesIO(body) as file:
        info = tarfile.TarInfo(name)
        info.size = os.fstat(file.fileno()).st_size if isinstance(body, Path) else len(body)
        info.mode = 0o600
        hashing = _Hashing(file)
        tar.addfile(info, hashing)
        return hashing.hash.hexdigest()


class _Hashing:
    """Hashes what is read of a file."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        self.hash.update(piece)
        return piece


def _checked(member: tarfile.TarInfo, number: int) -> str:
    """Return the name of a plain file; ValueError for links, devices, folders and names that lead elsewhere."""
    path = PurePosixPath(member.name)
    plain = member.isreg() and not member.issparse() and number < _MOST_FILES and len(member.name) <= _LONGEST
    if not plain or path.is_absolute() or ".." in path.parts or "\\" in member.name or str(path) != member.name:
        raise ValueError(f"member {member.name[:80]!r} is no plain file of a workspace")
    return member.name


def _opened(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    body = tar.extractfile(member)
    if body is None:
        raise ValueError(f"member {member.name[:80]!r} holds nothing")
    return body


@contextlib.contextmanager
def _piped(work: Callable[[IO[bytes]], None], *, writing: bool) -> Iterator[IO[bytes]]:
    """Run `work` in a thread at one end of a pipe and yield the other end; its error is the one that is raised."""
    source, sink = os.pipe()
    inner, outer = (sink, source) if writing else (source, sink)
    failures: list[Exception] = []

    def run() -> None:
        try:
            with os.fdopen(inner, "wb" if writing else "rb") as pipe:
                work(pipe)
        except Exception as error:
            failures.append(error)

    thread = threading.Thread(target=run, name="archive", daemon=True)
    thread.start()
    try:
        with os.fdopen(outer, "rb" if writing else "wb") as pipe:
            yield pipe
    except Exception as error:
        thread.join()
        raise (failures[0] if failures and not isinstance(failures[0], EOFError) else error) from error
    thread.join()
    if failures:
        raise failures[0]


def require(found: Mapping[str, str], manifest: Mapping[str, str]) -> None:
    """Require that exactly the files of the manifest are there, byte for byte. StoreDamaged names the first other."""
    wrong = sorted(name for name in found.keys() | manifest.keys() if found.get(name) != manifest.get(name))
    if wrong:
        raise StoreDamaged(f"the backup is damaged: {len(wrong)} files are not what its manifest says, as {wrong[0]}")


def as_error(error: OSError, path: Path) -> StoreError:
    """Return what to report when a disk refuses."""
    return StoreError(f"{path}: cannot be written ({error.strerror}); trying again is safe")
