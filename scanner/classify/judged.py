"""One labelled post of any table: its labels, and by what figures can be divided. Read strictly, one row at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scanner.domain.flags import Label, Phase
from scanner.errors import ModelError

FACETS = {
    "platform": ("platform",),
    "source": ("source",),
    "register": ("register",),
    "language": ("language", "dialect"),
    "category": ("category", "kind"),
    "difficulty": ("difficulty",),
    "election_type": ("election_type",),
}
"""By what posts can be divided, and the columns that may tell it."""

_BITS = {"0": False, "1": True, "false": False, "true": True, "0.0": False, "1.0": True}


@dataclass(frozen=True, slots=True)
class JudgedPost:
    """The text of one post with its labels by the codebook, for evaluation."""

    text: str
    labels: Mapping[Label, bool | None]
    """None: nobody judged it."""
    facets: Mapping[str, str]
    id: str = ""
    note: str = ""
    phase: Phase | None = None
    """Phase the post is to be read in, where the table says it."""


def judged_post(row: Mapping[str, object], fields: Mapping[Label, str]) -> JudgedPost:
    """Read one row. `fields` are the table's names of the labels.

    Raises ModelError saying which column is wrong and what would be valid.
    """
    text = row.get("text")
    if not isinstance(text, str) or not text.strip():
        raise ModelError(f"no text; columns: {', '.join(map(str, row))}")
    return JudgedPost(
        text=text,
        labels={label: _bit(row, field) for label, field in fields.items()},
        facets={facet: value for facet, columns in FACETS.items() if (value := _first(row, columns))},
        id=_first(row, ("id",)),
        note=_first(row, ("note",)),
        phase=_phase(row),
    )


def check_judged(posts: Iterable[JudgedPost], fields: Mapping[Label, str]) -> None:
    """Raise ModelError when no post carries any label: the columns then have other names."""
    if not any(value is not None for post in posts for value in post.labels.values()):
        raise ModelError(
            f"no post is labelled: neither {' nor '.join(fields.values())} holds a 0 or 1; "
            "--support-field and --attribute-field name the columns"
        )


def _bit(row: Mapping[str, object], field: str) -> bool | None:
    value = row.get(field)
    if value is None or str(value).strip() == "":
        return None
    known = _BITS.get(str(value).strip().lower())
    if known is None:
        raise ModelError(f"{field}: '{value}' is no label; 0 or 1, or nothing where nobody judged")
    return known


def _phase(row: Mapping[str, object]) -> Phase | None:
    value = _first(row, ("phase",))
    if value and value not in {str(phase) for phase in Phase}:
        raise ModelError(f"phase: '{value}' is not known; known: {', '.join(Phase)}")
    return Phase(value) if value else None


def _first(row: Mapping[str, object], columns: Iterable[str]) -> str:
    """Return the first of the columns that holds something, as text."""
    found = (str(row[column]).strip() for column in columns if row.get(column) is not None)
    return next(filter(None, found), "")
