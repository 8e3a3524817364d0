"""Lines of JSON of which only text and time are read: everything else passes through as it was written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from scanner.scan.tables import BadRow, open_table


class Scored(msgspec.Struct):
    """What is read of a row."""

    text: Any = None
    posted_at: Any = None


class Line(NamedTuple):
    """A row as it is written, with what was read of it. A tuple and not a dataclass: millions are made."""

    raw: bytes
    text: Any
    posted_at: Any

    @property
    def row(self) -> dict[str, Any]:
        """All of it, decoded."""
        decoded: dict[str, Any] = msgspec.json.decode(self.raw)
        return decoded

    def with_members(self, members: bytes, names: Sequence[bytes]) -> bytes:
        """Return the row with further members of these names: `"a":1,"b":[]`.

        Members that it has already get the new values in their places.
        """
        raw = self.raw
        for name in names:
            if name in raw and b'"%s"' % name in raw:  # a quotation mark is found everywhere, so it is looked for last
                further: dict[str, Any] = msgspec.json.decode(b"{%s}" % members)
                return msgspec.json.encode(self.row | further)
        return b"%s,%s}" % (self.raw[:-1], members)


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
                read = decode(raw)
                yield Line(raw, read.text, read.posted_at)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                yield BadRow(f"{name} line {number}", f"not a JSON object: {error}")
