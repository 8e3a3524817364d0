"""What annotation tools make of a file that went out: the same tasks with what a reviewer chose."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from scanner.review.offline.tasks import verdict_words


def labelled(path: Path, verdict: str = "not_violation", codes: tuple[str, ...] = (), note: str = "") -> list[Any]:
    """Return the JSON export of Label Studio."""
    tasks = json.loads(path.read_text("utf-8"))
    return [
        {
            "id": number,
            "data": task["data"],
            "annotations": [annotation(verdict, codes, note)],
            "predictions": [],
            "meta": {},
        }
        for number, task in enumerate(tasks, start=1)
    ]


def annotation(verdict: str, codes: tuple[str, ...] = (), note: str = "", **changes: Any) -> dict[str, Any]:
    """Return one annotation as Label Studio writes it."""
    chosen = [("verdict", "choices", [verdict]), ("codes", "choices", list(codes)), ("note", "text", [note])]
    result = [
        {"id": name, "from_name": name, "to_name": "text", "type": kind, "value": {kind: value}, "origin": "manual"}
        for name, kind, value in chosen
        if value not in ([], [""])
    ]
    head = {"id": 1, "completed_by": 1, "was_cancelled": False, "ground_truth": False, "lead_time": 12.25}
    return {**head, "result": result, **changes}


def classified(path: Path, verdict: str = "not_violation", codes: tuple[str, ...] = (), note: str = "") -> list[Any]:
    """Return the lines of doccano's JSONL export."""
    lines = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]
    label = sorted([verdict_words()[verdict], *codes])
    comments = [note] if note else []
    return [{"id": number, **line, "label": label, "Comments": comments} for number, line in enumerate(lines, start=1)]


def packed(path: Path, told: list[Any], *, lines: bool) -> Path:
    """Write what a tool gives back."""
    text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in told) if lines else json.dumps(told)
    path.write_text(text, "utf-8")
    return path
