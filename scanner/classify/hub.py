"""Fetching an encoder from the hub: one commit, named in full, and only files that cannot carry code.

Goes out only when an operator asks for a model by name; nothing about a workspace is sent.
"""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from scanner.classify.folders import READ
from scanner.errors import ModelError, UsageError

_NAME = re.compile(r"\w[\w.-]*/\w[\w.-]*", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40}")
_OTHER_ENGINES = ["onnx/*", "openvino/*"]


def require_pinned(name: str, revision: str | None) -> str:
    """Return the revision of a hub name. Raises UsageError unless both are whole."""
    if not _NAME.fullmatch(name) or ".." in name:
        raise UsageError(f"{name}: neither a folder here nor a name on the hub, such as intfloat/multilingual-e5-small")
    if revision is None or not _COMMIT.fullmatch(revision):
        raise UsageError(
            f"{name}: there is no such folder here, and from the hub it needs --revision with the 40 hexadecimal "
            f"digits of a commit, not {revision or 'nothing'}: a branch or tag can be moved to other weights"
        )
    return revision


@contextlib.contextmanager
def fetch(name: str, revision: str, home: Path) -> Iterator[Path]:
    """Fetch one commit of a model into a folder below `home` that is gone afterwards unless it was moved away.

    Raises ModelError when the hub cannot be reached or has no such commit, or the extra [encoder] is not installed.
    """
    try:
        from huggingface_hub import snapshot_download
    except ImportError as error:
        raise ModelError(f"{name}: fetching needs huggingface_hub; run `pip install 'scanner[encoder]'`") from error
    fresh = home / ".fetched"
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        snapshot_download(
            name,
            revision=revision,
            local_dir=fresh,
            allow_patterns=list(READ),
            ignore_patterns=_OTHER_ENGINES,
            token=False,
        )
    except Exception as error:  # of four kinds, one of them of the library's own HTTP client
        shutil.rmtree(fresh, ignore_errors=True)
        reason = " ".join(str(error).split())[:200]
        raise ModelError(f"{name} at {revision[:12]}: cannot be fetched: {reason}; give its folder instead") from error
    shutil.rmtree(fresh / ".cache", ignore_errors=True)  # the library's own notes
    try:
        yield fresh
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
