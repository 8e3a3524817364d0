"""What explains an export: a README for people, Indonesian first, and a dictionary of its columns for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from string import Template

from scanner.report.export.columns import Column, Kind
from scanner.report.export.formats import Note
from scanner.report.spreadsheet import csv_text
from scanner.store.exporting import LeftOut, Wanted

README, DICTIONARY = "README.md", "dictionary.csv"

_LEFT_OUT: Mapping[LeftOut, Note] = {
    LeftOut.ERASED: ("kirimannya sudah dihapus", "their post is no longer on record"),
    LeftOut.REMOVED: ("akun dikeluarkan dari daftar", "accounts taken off the list"),
    LeftOut.SUSPENDED: ("orangnya ditangguhkan (UU 27/2022 pasal 41)", "suspended people (UU 27/2022 art. 41)"),
    LeftOut.FILTERED: ("tidak termasuk saringan", "not what the filters ask for"),
    LeftOut.UNSETTLED: (
        "penilaian yang kirimannya belum diputus: membocorkannya mempengaruhi penelaah lain",
        "judgements of items not settled yet: they would sway those who still judge",
    ),
}
_NEVER: Mapping[str, Note] = {
    "flags": (
        "skor, golongan sanksi, peserta pemilihan, penilaian, jumlah per orang",
        "scores, sanction classes, participants of the election, judgements, sums over a person",
    ),
    "reviews": ("teks kiriman, jumlah per penelaah", "texts of posts, sums over a reviewer"),
    "posts": (
        "skor, tanda, penilaian, akun yang tidak terdaftar (kata orang lain yang dikutip ada di `context`)",
        "scores, flags, judgements, accounts not listed (words of others that a post quotes stand in `context`)",
    ),
    "agreement": ("teks, kiriman, akun", "texts, posts, accounts"),
}
_PERIODS = (
    ("posted_since", "terbit sejak", "posted since"),
    ("posted_until", "terbit sebelum", "posted before"),
    ("captured_since", "terlihat sejak", "captured since"),
    ("captured_until", "terlihat sebelum", "captured before"),
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is told of one export."""

    kind: Kind
    data: str
    """Name of the file with the rows."""
    rows: int
    left_out: Mapping[LeftOut, int]
    wanted: Wanted
    at: datetime
    by: str
    versions: Mapping[str, str]
    """Of scanner, rules and model, by what they are versions of."""
    notes: Sequence[Note]
    """Of the format."""


def readme(facts: Facts) -> str:
    """Return the README in Markdown. Accounts are counted, not named: it says nothing of anybody."""
    return Template(files("scanner.report.export").joinpath("readme.md").read_text("utf-8")).substitute(
        kind=facts.kind.name,
        data=facts.data,
        rows=facts.rows,
        at=f"{facts.at:%Y-%m-%d %H:%M:%S} UTC",
        by=facts.by,
        versions=_table(facts.versions.items()),
        **_told(facts, "id", 0),
        **_told(facts, "en", 1),
    )


def dictionary(kind: Kind) -> str:
    """Return the columns as CSV: what each is, means, and means when it is empty."""
    names = ("column", "type", "arti", "meaning", "empty")
    return csv_text(
        [dict(zip(names, (*_cells(one, "id")[:3], one.en, one.empty), strict=True)) for one in kind.columns]
    )


def _told(facts: Facts, language: str, place: int) -> dict[str, str]:
    nothing = ("tidak ada", "nothing")[place]
    left_out = [(_LEFT_OUT[reason][place], count) for reason, count in facts.left_out.items()]
    told = {
        "meaning": (facts.kind.id, facts.kind.en)[place],
        "filters": _table(_filters(facts.wanted, place)) or f"| {nothing} | |",
        "left_out": _table(left_out) or f"| {nothing} | 0 |",
        "never": _NEVER[facts.kind.name][place],
        "notes": "\n".join(f"- {note[place]}" for note in facts.notes),
        "columns": _table(_cells(column, language) for column in facts.kind.columns),
    }
    return {f"{key}_{language}": value for key, value in told.items()}


def _filters(wanted: Wanted, place: int) -> Iterable[tuple[str, object]]:
    for name, *told in _PERIODS:
        if (moment := getattr(wanted, name)) is not None:
            yield told[place], moment.isoformat()
    if wanted.accounts:
        yield ("akun", "accounts")[place], len(wanted.accounts)
    if wanted.unsettled:
        yield ("belum diputus", "not settled")[place], ("disertakan", "included")[place]


def _cells(column: Column, language: str) -> tuple[str, str, str, str]:
    return column.name, column.type.value, column.id if language == "id" else column.en, column.empty or "-"


def _table(rows: Iterable[Sequence[object]]) -> str:
    return "\n".join(f"| {' | '.join(str(cell).replace('|', '&#124;') for cell in row)} |" for row in rows)
