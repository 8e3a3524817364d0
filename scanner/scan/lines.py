"""Lines of JSON of which only text and time are read: everything else passes through as it was written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from scanner.scan.tables import BadRow, open_table


class Scored(msgspec.Struct):
    """What is read of a row."""

    text: Any = None
    posted_at: Any = None


@dataclass(frozen=True, slots=True)
class Line:
    """A row as it is written, with what was read of it."""

    raw: bytes
    scored: Scored

    @property
    def row(self) -> dict[str, Any]:
        """All of it, decoded."""
        decoded: dict[str, Any] = msgspec.json.decode(self.raw)
        return decoded

    def with_columns(self, columns: dict[str, Any]) -> bytes:
        """Return the row with further columns. Columns that it has already get the new values in their places."""
        if any(b'"%s"' % name.encode() in self.raw for name in columns):
            return msgspec.json.encode(self.row | columns)
        return b"%s,%s" % (self.raw[:-1], msgspec.json.encode(columns)[1:])


def read_lines(name: str) -> Iterator[Line | BadRow]:
    """Yield the rows of a JSONL table; a line that is no JSON object comes as BadRow and the rest goes on."""
    decode = msgspec.json.Decoder(Scored).decode
    with open_table(name) as file:
        for number, line in enumerate(file, start=1):
            raw = line.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else line.strip()
            if not raw:
                continue
            try:
                if not raw.isascii():
                    raw.decode()  # columns that are passed through must be text too
                yield Line(raw=raw, scored=decode(raw))
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                yield BadRow(f"{name} line {number}", f"not a JSON object: {error}")
