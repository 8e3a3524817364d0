"""What every importer is: a file written by another tool in, sightings of posts with their evidence out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from scanner.domain.accounts import Platform
from scanner.domain.posts import Media, Role
from scanner.domain.runs import Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One post as a file shows it, not yet known to be a listed account's: the caller keeps those and drops the rest.

    The author is who published it. Being tagged, mentioned or depicted never makes an author (guardrail G18).
    A post with joint authors is one sighting per author: the first has the platform's id, each further one has
    role CO_AUTHORED and the id `<id>#co:<handle>`, because one id belongs to one account. For a repost the shared
    words are the text (sharing is the deed); for a quote or a comment other people's words are the context.
    """

    platform: Platform
    native_id: str
    """X status id; Instagram and Threads shortcode; TikTok, YouTube and Facebook id; `<channel>/<id>` on Telegram;
    `mcl:<id>` from the Meta Content Library, whose ids are its own."""
    author_handle: str | None
    """As the file writes it, without @. At least one of handle and id is told."""
    author_id: str | None
    role: Role
    posted_at: datetime | None
    """UTC; None when the file does not tell the time of day, or a time that is known not to be the post's."""
    text: str
    """The words, then alternative texts and link titles as bracketed notes (labelling codebook: the unit)."""
    url: str | None = None
    edited_at: datetime | None = None
    language: str | None = None
    context: str = ""
    """Other people's words, handles masked."""
    media: tuple[Media, ...] = ()
    truncated: bool = False
    verifiable: bool = True
    repaired: bool = False
    public: bool = True
    """False when the file says that only followers or logged-in people could see it (guardrail G3). Most tables
    tell nothing about this and count as public: whoever captured them answers for it."""
    captured_at: datetime | None = None
    """When the other tool saw it, UTC."""
    line: int | None = None
    """1-based line or row of the file."""
    raw: bytes = field(default=b"", repr=False)
    """This one item as evidence: its line untouched, or JSON when the line holds other items or session data."""


@dataclass(frozen=True, slots=True)
class Detected:
    """Which format a file has, and by what it was told."""

    format: str
    why: str


@dataclass(frozen=True, slots=True)
class Head:
    """What can be seen of a file without reading it whole. Formats are told by content, never by file name."""

    name: str
    start: bytes
    """The first 16 bytes."""
    record: Mapping[str, Any]
    """The first JSON object among the first lines, or of the whole document; empty when there is none."""
    columns: tuple[str, ...]
    """The header of a CSV, TSV or Parquet table; empty for JSON."""
    delimiter: str

    def seen(self) -> str:
        """Say in one phrase what the file begins with, for error messages."""
        if self.columns:
            return f"columns {', '.join(self.columns[:12])}"
        if self.record:
            return f"JSON with the keys {', '.join(list(self.record)[:12])}"
        return f"bytes {self.start!r}"


@dataclass(frozen=True, slots=True)
class Hints:
    """What the person who imports says about a file that does not say it itself."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Our name -> column of the table (see importer `table`)."""
    platform: Platform | None = None


class Importer(ABC):
    """Reads one format. `read` streams; an item it cannot use becomes a Rejected, never the end of the file.

    It raises ImportFailed only for a file that cannot be used at all.
    """

    name: ClassVar[str]
    version: ClassVar[str]
    """Changes whenever the same bytes would be read differently."""
    describes: ClassVar[str]
    """In plain words, which files these are and what they leave out."""

    def __init__(self, hints: Hints | None = None) -> None:
        self.hints = hints or Hints()

    @abstractmethod
    def recognises(self, head: Head) -> str | None:
        """Tell by what this file is known to be of this format, or None."""

    @abstractmethod
    def read(self, path: Path) -> Iterator[Sighting | Rejected]:
        """Yield every post of the file in its order, with everything that could not be read."""
