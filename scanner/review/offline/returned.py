"""What comes back, whichever form it left in: lines that each name the order they are of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scanner.errors import UsageError
from scanner.review.offline import doccano, labelstudio
from scanner.review.offline.answers import LINES_MOST, load, read_answers
from scanner.review.offline.seals import Ticket
from scanner.review.offline.tasks import sealed

TASKS_MOST = 32 * 1024 * 1024
"""Bytes of a file of an annotation tool, which gives back the texts too."""


_SIGNS = frozenset({"annotations", "label"})
"""Keys by which a task of Label Studio and an example of doccano are known."""


@dataclass(frozen=True, slots=True)
class Given:
    """One line of a file that came back."""

    number: int
    """From 1."""
    ticket: Ticket | None
    """The order it says it is of; None where it names none."""
    line: object
    """A judgement as our page gives it back; None where the item was not judged."""
    problem: str = ""
    """Why it cannot be read; empty otherwise."""


def read_returned(body: bytes) -> list[Given]:
    """Take a file apart: of our page, of Label Studio (JSON) or of doccano (JSONL, JSON).

    UsageError says in one line what is wrong with it as a whole.
    """
    if (tasks := _tasks(body)) is None:
        answers = read_answers(body)
        return [Given(number, answers.ticket, line) for number, line in enumerate(answers.lines, start=1)]
    if len(tasks) > LINES_MOST:
        raise UsageError(f"{len(tasks)} tasks; up to {LINES_MOST} would be valid")
    return [_given(number, task) for number, task in enumerate(tasks, start=1)]


def _tasks(body: bytes) -> list[Any] | None:
    """Return the tasks of an annotation tool's file; None where it is none."""
    if len(body) > TASKS_MOST:
        raise UsageError(f"{len(body)} bytes; up to {TASKS_MOST} would be valid")
    try:
        text = body.decode("utf-8-sig")
        if text.lstrip().startswith("["):
            told = load(text)
            return told if isinstance(told, list) and told else None
        lines = [line for line in text.split("\n") if line.strip()]
        first = load(lines[0]) if lines else None
        return list(map(load, lines)) if isinstance(first, dict) and not first.keys().isdisjoint(_SIGNS) else None
    except RecursionError as error:
        raise UsageError("nested too deeply; a file that the page gave back would be valid") from error
    except ValueError:  # then it is the page's, or nobody's, which is told there
        return None


def _given(number: int, task: Any) -> Given:
    ticket = None
    try:
        tool = isinstance(task, dict) and "annotations" in task
        seal = sealed(task.get("data") if tool else task)
        ticket = seal.ticket
        return Given(number, ticket, (labelstudio.read if tool else doccano.read)(seal, task))
    except UsageError as error:
        return Given(number, ticket, None, str(error))
