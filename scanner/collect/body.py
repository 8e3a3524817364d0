"""Reading the body of an answer within bounds: wire bytes, decoded bytes, ratio, and an end that can be seen.

httpx itself takes a truncated gzip body for a whole one and unpacks 1.4 kB into gigabytes; hence an own decoder.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO

from scanner.errors import FetchFailed

_STEP = 256 * 1024
_RATIO_FLOOR = 1024 * 1024
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
_ENCODINGS = ("gzip", "x-gzip", "deflate")
_CLOSING = re.compile(rb"</(?:html|rss|feed|rdf:rdf)\s*>", re.IGNORECASE)


class TooLarge(FetchFailed):
    """More bytes, or a picture of more pixels, than we read."""

    permanent = True


class OtherKind(FetchFailed):
    """The answer is of another kind than what was asked for: a page or a film in place of a picture."""

    permanent = True


@dataclass(frozen=True, slots=True)
class Limits:
    """Ceilings of one answer."""

    wire: int = 20 * 1024 * 1024
    """Bytes received."""
    decoded: int = 20 * 1024 * 1024
    """Bytes after decompression: five workers may hold that much each, and all of them 200 MiB (reliability F5)."""
    ratio: int = 100
    """Decoded bytes per wire byte, looked at beyond the first MiB."""
    kinds: tuple[str, ...] = ()
    """Beginnings of the content types whose body is read at all; empty: every kind."""

    def require_kind(self, headers: Mapping[str, str]) -> None:
        """Raise OtherKind before the body is read when it would be of a kind that was not asked for."""
        told = headers.get("content-type", "").strip().lower()
        if self.kinds and not told.startswith(self.kinds):
            raise OtherKind(
                f"content type {told[:60]!a} was not asked for and not read; valid: {', '.join(self.kinds)}"
            )


def read_body(chunks: Iterable[bytes], headers: Mapping[str, str], limits: Limits) -> bytes:
    """Return the whole decoded body; raises FetchFailed (TooLarge) when it is too large, damaged or visibly cut.

    `headers` are lower case. Chunks come as they arrived on the wire.
    """
    encoding = headers.get("content-encoding", "").strip().lower()
    if encoding in _ENCODINGS:
        return _joined(_decompressed(_capped(chunks, limits.wire), limits))
    if encoding not in ("", "identity"):
        raise FetchFailed(f"content encoding {encoding[:40]!r} is not accepted; valid: gzip, deflate or none")
    body = _joined(_capped(chunks, min(limits.wire, limits.decoded)))
    if "content-length" not in headers and "transfer-encoding" not in headers:
        _require_own_end(body, headers.get("content-type", ""))
    return body


def _joined(parts: Iterable[bytes]) -> bytes:
    """Return all parts as one; unlike b"".join, which holds parts and whole at once, this never holds them twice."""
    with BytesIO() as whole:  # closed also when it fails: an error keeps its frames, and they would keep the bytes
        for part in parts:
            whole.write(part)
        return whole.getvalue()


def _capped(chunks: Iterable[bytes], most: int) -> Iterator[bytes]:
    received = 0
    for chunk in chunks:
        received += len(chunk)
        if received > most:
            raise TooLarge(f"the answer is larger than {most} bytes on the wire")
        yield chunk


def _decompressed(chunks: Iterable[bytes], limits: Limits) -> Iterator[bytes]:
    decoder = zlib.decompressobj(_GZIP_OR_ZLIB)
    received = decoded = 0
    for chunk in chunks:
        received += len(chunk)
        rest = chunk
        while rest and not decoder.eof:
            part, rest = _step(decoder, rest)
            decoded += len(part)
            if decoded > limits.decoded or decoded > max(_RATIO_FLOOR, limits.ratio * received):
                raise FetchFailed(f"{received} compressed bytes unpack to more than {decoded}: a decompression bomb")
            yield part
        if decoder.unused_data or (rest and decoder.eof):
            raise FetchFailed("bytes follow the end of the compressed body")
    if received and not decoder.eof:
        raise FetchFailed(f"the compressed body is cut off after {received} bytes")


def _step(decoder: zlib._Decompress, data: bytes) -> tuple[bytes, bytes]:
    try:
        return decoder.decompress(data, _STEP), decoder.unconsumed_tail
    except zlib.error as error:
        raise FetchFailed(f"the compressed body is damaged: {error}") from error


def _require_own_end(body: bytes, content_type: str) -> None:
    """Without length, chunks or compression only the document itself can show that it is whole."""
    cut_unseen = "json" in content_type or (
        ("html" in content_type or "xml" in content_type) and not _CLOSING.search(body[-1024:])
    )
    if body and cut_unseen:
        raise FetchFailed(f"{len(body)} bytes without length and without a visible end: possibly cut off")
