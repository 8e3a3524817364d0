"""doccano (text classification): examples and categories out, its JSONL or JSON export back in."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from scanner.errors import UsageError
from scanner.review.keys import open_codes
from scanner.review.offline.answers import short
from scanner.review.offline.page import Shown
from scanner.review.offline.tasks import Sealed, answer, tasks, verdict_words
from scanner.rules.ruleset import Ruleset


class _Labelled(msgspec.Struct, frozen=True):
    label: list[str]
    comments: list[str] = msgspec.field(default=[], name="Comments")


def body(shown: Shown) -> str:
    """Return one example for each item; all but its text is shown by doccano as metadata."""
    return "".join(json.dumps({**task, "label": []}, ensure_ascii=False) + "\n" for task in tasks(shown))


def config(ruleset: Ruleset) -> str:
    """Return the categories: the verdicts by number, and the codes. It says nothing of any post."""
    verdicts = [
        {"text": words, "suffix_key": str(number)} for number, words in enumerate(verdict_words().values(), start=1)
    ]
    codes = [{"text": code.code, "background_color": "#6b7280"} for code in open_codes(ruleset)]
    return json.dumps([*verdicts, *codes], ensure_ascii=False, indent=1) + "\n"


def read(task: Sealed, told: object) -> dict[str, Any] | None:
    """Return the judgement of one example; None where it was not judged. UsageError says what is wrong with it."""
    try:
        labelled = msgspec.convert(told, _Labelled)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"not an example of doccano: {short(error)}") from error
    if not labelled.label:
        return None
    verdicts = {words: verdict for verdict, words in verdict_words().items()}
    said = [verdicts[label] for label in labelled.label if label in verdicts]
    if len(said) != 1:
        raise UsageError(f"{len(said)} verdicts; one would be valid: {', '.join(verdicts)}")
    codes = [label for label in labelled.label if label not in verdicts]
    return answer(task, said[0], codes, "\n".join(labelled.comments), None)
