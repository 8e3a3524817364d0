"""What a column of an export is: its name, its type, what it means, and what an empty cell means."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa


class Type(StrEnum):
    """Types of columns; a moment is UTC."""

    TEXT = "text"
    WHOLE = "whole number"
    NUMBER = "number"
    YES_NO = "yes or no"
    MOMENT = "moment (UTC)"
    JSON = "JSON"

    @property
    def arrow(self) -> pa.DataType:
        """Return the type in Arrow and Parquet; JSON is kept as its text."""
        match self:
            case Type.WHOLE:
                return pa.int64()
            case Type.NUMBER:
                return pa.float64()
            case Type.YES_NO:
                return pa.bool_()
            case Type.MOMENT:
                return pa.timestamp("us", "UTC")
            case _:
                return pa.string()


@dataclass(frozen=True, slots=True)
class Column:
    """One column, as the dictionary tells of it."""

    name: str
    type: Type
    id: str
    """What it means, in Indonesian."""
    en: str
    """What it means, in English."""
    empty: str = ""
    """What an empty cell means, Indonesian / English; nothing where no cell is empty."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What may be exported."""

    name: str
    id: str
    """What a row is, in Indonesian."""
    en: str
    """What a row is, in English."""
    columns: tuple[Column, ...]

    @property
    def schema(self) -> pa.Schema:
        """Return the columns as Arrow has them."""
        return pa.schema([(column.name, column.type.arrow) for column in self.columns])
