"""Reading heads.skops as if it came from an enemy: SHA-256 first, sizes second, then a bounded child process.

A small .skops can unpack to a gigabyte while only its type list is being read (measured), so even the
check for untrusted types runs where memory and time are limited.
"""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scanner.classify.bundle import HEADS, read_checked, read_config
from scanner.classify.heads import served
from scanner.classify.model import LABELS
from scanner.errors import ModelError

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression

_MEMORY = 2 << 30  # bytes of address space of the child
_SECONDS = 60
_UNPACKED = 64 << 20  # bytes of all members together
_MEMBERS = 64
_CHILD = "from scanner.classify.trusted import read_in_child; read_in_child()"


def dump_heads(heads: dict[str, LogisticRegression]) -> bytes:
    """Write fitted heads as skops bytes."""
    import skops.io

    body: bytes = skops.io.dumps(heads, compression=zipfile.ZIP_DEFLATED, compresslevel=9)
    return body


def load_coefficients(folder: Path) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Read coefficients (genres x slots) and intercepts of the trained heads, for retraining and inspection.

    They are those of the served table, in its order.

    Raises ModelError before anything is unpacked when hash, version, size or kind is wrong, and when the child finds
    a type that is not on the list, needs too much memory or gives another shape.
    """
    import sklearn

    config = read_config(folder)
    here = sklearn.__version__.rsplit(".", 1)[0]
    if config.scikit_learn.rsplit(".", 1)[0] != here:
        raise ModelError(f"{folder}: heads of scikit-learn {config.scikit_learn}, here is {here}.x; train it anew")
    path = folder / HEADS
    body = read_checked(path, config.files[HEADS])
    _check_sizes(path, body)
    arrays = _unpack(path, body)
    coefficients, intercepts = arrays["coefficients"], arrays["intercepts"]
    count = sum(len(head.genres) for head in config.heads)
    if coefficients.shape != (count, config.params.size) or intercepts.shape != (count,):
        raise ModelError(f"{path}: coefficients of shape {coefficients.shape}; {count} x {config.params.size}")
    return coefficients.astype(np.float32), intercepts.astype(np.float64)


def read_in_child() -> None:
    """Run in the child: limit it, read skops bytes from stdin, write the arrays to stdout as .npz."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    import skops.io
    from sklearn.linear_model import LogisticRegression

    body = sys.stdin.buffer.read()
    untrusted = skops.io.get_untrusted_types(data=body)
    if untrusted:
        sys.exit(f"types that are not trusted: {', '.join(sorted(untrusted))}; only LogisticRegression is read")
    heads: Any = skops.io.loads(body, trusted=[])
    if not isinstance(heads, dict) or list(heads) != [str(label) for label in LABELS]:
        sys.exit(f"does not hold the heads {[str(label) for label in LABELS]} in this order")
    if not all(type(head) is LogisticRegression for head in heads.values()):
        sys.exit("holds a head that is no LogisticRegression")
    coefficients, intercepts = zip(*map(served, heads.values()), strict=True)
    np.savez(sys.stdout.buffer, coefficients=np.concatenate(coefficients), intercepts=np.concatenate(intercepts))


def _check_sizes(path: Path, body: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            members = archive.infolist()
    except zipfile.BadZipFile as error:
        raise ModelError(f"{path}: not a skops file: {error}; pickle and joblib are never read") from error
    unpacked = sum(member.file_size for member in members)
    if len(members) > _MEMBERS or unpacked > _UNPACKED:
        raise ModelError(
            f"{path}: {len(members)} members of {unpacked} bytes; at most {_MEMBERS} of {_UNPACKED} bytes are unpacked"
        )


def _unpack(path: Path, body: bytes) -> dict[str, NDArray[Any]]:
    threads = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # each thread would reserve address space
    environment = {"PATH": "", "PYTHONPATH": ":".join(filter(None, sys.path)), **threads}
    try:
        child = subprocess.run(  # noqa: S603  our own interpreter and code; the file goes in by stdin
            [sys.executable, "-P", "-c", _CHILD], input=body, capture_output=True, timeout=_SECONDS, env=environment
        )
    except subprocess.TimeoutExpired as error:
        raise ModelError(f"{path}: reading it took more than {_SECONDS} seconds; train it anew") from error
    if child.returncode != 0:
        reason = child.stderr.decode(errors="replace").strip().splitlines() or [f"exit {child.returncode}"]
        raise ModelError(f"{path}: refused: {reason[-1]}")
    with np.load(io.BytesIO(child.stdout), allow_pickle=False) as arrays:
        return dict(arrays)
