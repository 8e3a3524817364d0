"""Reading JSON answers: what is broken, what has another shape, and what merely holds damaged characters."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import msgspec

from scanner.collect.html import valid_text
from scanner.collect.response import Response
from scanner.domain.captures import Evidence, sha256
from scanner.errors import FetchFailed, FormatDrift

T = TypeVar("T")
EXTRACT = "application/json; extract"
"""Media type of a capture from which the words of people who are not listed were left out."""


def read_json(response: Response, kind: type[T]) -> tuple[T, bool]:
    """Return the body as `kind`, and whether characters in it had to be replaced by U+FFFD.

    Raises FetchFailed when it is no whole JSON, FormatDrift when it is a page or of another shape.
    """
    where = response.evidence.capture.url
    if "html" in response.media_type:
        raise FormatDrift(f"{where}: answered {response.media_type!a} where JSON was expected: a login or error page?")
    try:
        return _decode(response.body, kind)
    except msgspec.ValidationError as error:
        raise FormatDrift(f"{where}: JSON of another shape than known: {error}") from error
    except RecursionError as error:
        raise FormatDrift(f"{where}: JSON nested deeper than any platform answers") from error
    except ValueError as error:
        raise FetchFailed(f"{where}: half or damaged JSON: {error!s:.200}") from error


def extract(response: Response, items: Sequence[bytes]) -> Evidence:
    """Return as evidence only these items (raw JSON) of an answer: what others wrote beside them is not kept."""
    body = b"[" + b",".join(items) + b"]"
    capture = replace(response.evidence.capture, sha256=sha256(body), size=len(body), media_type=EXTRACT)
    return Evidence(capture=capture, body=body)


def _decode(body: bytes, kind: type[T]) -> tuple[T, bool]:
    try:
        text = body.decode("utf-8-sig")
        return msgspec.json.decode(text, type=kind), False
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, UnicodeDecodeError):
        # Invalid UTF-8, a lone surrogate or a bare NUL in one post must not cost the whole page; Python's reader is
        # lenient.
        lenient = json.dumps(json.loads(body.decode("utf-8-sig", "replace"), strict=False), ensure_ascii=False)
        return msgspec.json.decode(valid_text(lenient), type=kind), True
