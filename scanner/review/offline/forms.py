"""The forms in which items leave for a reviewer: our own page, or files for an annotation tool."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from scanner.review.offline import doccano, labelstudio
from scanner.review.offline.page import Shown, make_page
from scanner.rules.ruleset import Ruleset


@dataclass(frozen=True, slots=True)
class Form:
    """How items are written."""

    body: Callable[[Shown], str]
    beside: Mapping[str, Callable[[Ruleset], str]] = field(default_factory=dict)
    """Settings of the tool, by what the name of their file ends in; no personal data."""


FORMS: Mapping[str, Form] = {
    "html": Form(make_page),
    "labelstudio": Form(labelstudio.body, {".xml": labelstudio.config}),
    "doccano": Form(doccano.body, {".labels.json": doccano.config}),
}
"""By name."""
