"""Style and script: read once, packed once, named by their hash so that browsers may keep them for good."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
_KEPT = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class File:
    """One file of static/."""

    body: bytes
    packed: bytes
    media_type: str


@cache
def _files() -> Mapping[str, File]:
    """Return all files by the name they are asked for: `desk.1a2b3c4d.css`."""
    return dict(_read().values())


@cache
def _read() -> Mapping[str, tuple[str, File]]:
    found = {}
    for path in files("scanner.web").joinpath("static").iterdir():
        stem, _, kind = path.name.rpartition(".")
        if kind in _TYPES:
            body = path.read_bytes()
            hashed = f"{stem}.{hashlib.sha256(body).hexdigest()[:8]}.{kind}"
            found[path.name] = (hashed, File(body, gzip.compress(body, 9, mtime=0), _TYPES[kind]))
    return found


def address(name: str) -> str:
    """Return where browsers find a file of static/."""
    return f"/static/{_read()[name][0]}"


async def serve(request: Request) -> Response:
    """Answer with one of the files; anything else is not there."""
    file = _files().get(request.path_params["name"])
    if file is None:
        return PlainTextResponse("not there\n", 404)
    headers = {"cache-control": _KEPT, "vary": "accept-encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(file.packed, headers=headers | {"content-encoding": "gzip"}, media_type=file.media_type)
    return Response(file.body, headers=headers, media_type=file.media_type)
