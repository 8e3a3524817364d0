"""A model that knows nothing, the shipped rules and a few judged posts: a whole evaluation in a second."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from scanner.classify.judged import JudgedPost, judged_post
from scanner.detect.reader import Reader
from scanner.domain.flags import Label
from scanner.resources import data_folder
from scanner.rules.ruleset import load_ruleset
from tests.detect.casts import make_election, make_model, make_random_model

FIELDS = {label: str(label) for label in Label}
HOSTILE = "<script>alert(1)</script> \"onload=' & Ayo coblos {P1} </blockquote>\x1b[31m"
ROWS: list[dict[str, Any]] = [
    {"text": "Ayo coblos {P1}, jangan lupa", "campaign_support": 1, "pns_attribute_use": 0, "platform": "facebook"},
    {"text": "Jalan ke pasar berlubang lagi", "campaign_support": 0, "pns_attribute_use": 0, "platform": "x"},
    {"text": "Pakai seragam korpri kami dukung {P1}", "campaign_support": 1, "pns_attribute_use": 1, "platform": "x"},
    {"text": "KPU tetapkan jadwal debat {P1} dan {P2}", "campaign_support": 0, "pns_attribute_use": 0, "note": "<b>"},
    {"text": HOSTILE, "campaign_support": 0, "pns_attribute_use": None, "category": "<i>jahat</i>"},
]


def judged(rows: list[dict[str, Any]] | None = None) -> list[JudgedPost]:
    return [judged_post(row, FIELDS) for row in rows or ROWS]


def make_reader(folder: Path, *, random: bool = False) -> Reader:
    model = make_random_model() if random else make_model()
    return Reader(ruleset=load_ruleset(), model=model, elections=(make_election(folder),))


def make_models(folder: Path) -> Path:
    """Return a `models` folder with tiny guard sets and the shipped names and corpus."""
    (folder / "training").symlink_to(data_folder("models") / "training")
    (folder / "guard").mkdir()
    lawful = [
        {"id": "g1", "text": "Harga beras naik, Pak {P1}", "kind": "criticism", "language": "id"},
        {"id": "g2", "text": "Ayo coblos {P1}", "kind": "satire", "language": "jv"},
    ]
    disguised = [
        {"id": "o1", "plain": "Ayo coblos {P1}", "disguised": "Ayo c0bl0s {P1}", "kind": "leet"},
        {"id": "o2", "plain": "Ayo coblos {P1}", "disguised": "Ayo zzzzzz {P1} <img src=x>", "kind": "riddle"},
        {"id": "o3", "plain": "Apel pagi", "disguised": "4pel p4gi", "kind": "leet"},
    ]
    for name, rows in (("guard.jsonl", lawful), ("obfuscation.jsonl", disguised)):
        (folder / "guard" / name).write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return folder
