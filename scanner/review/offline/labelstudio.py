"""Label Studio: tasks and the settings of its page out, its JSON export back in."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree as ET

import msgspec

from scanner.errors import UsageError
from scanner.review.keys import open_codes
from scanner.review.offline.answers import SECONDS_MOST, short
from scanner.review.offline.page import Shown
from scanner.review.offline.tasks import Sealed, answer, code_words, tasks, verdict_words
from scanner.rules.ruleset import Ruleset

_PARTS = (
    ("about", "Akun dan waktu / Account and time"),
    ("exculpatory", "Yang meringankan / Speaks for the author"),
    ("context", "Kata orang lain yang ditanggapi / Other people's words it answers"),
    ("media", "Gambar dan video, tidak ikut dalam berkas / Pictures and videos, not in the file"),
    ("versions", "Teks sebelumnya / Earlier texts"),
    ("text", "Kata-kata penulisnya / The author's words"),
)


class _Value(msgspec.Struct, frozen=True):
    choices: list[str] = []
    text: str | list[str] = ""


class _Result(msgspec.Struct, frozen=True):
    from_name: str
    value: _Value


class _Annotation(msgspec.Struct, frozen=True):
    result: list[_Result]
    was_cancelled: bool = False
    lead_time: float | None = None


class _Annotated(msgspec.Struct, frozen=True):
    annotations: list[_Annotation]


def body(shown: Shown) -> str:
    """Return the tasks as Label Studio imports them."""
    return json.dumps([{"data": task} for task in tasks(shown)], ensure_ascii=False, indent=1) + "\n"


def config(ruleset: Ruleset) -> str:
    """Return the labelling configuration (XML): one verdict, codes, a note. It says nothing of any post."""
    view = ET.Element("View")
    for name, title in _PARTS:
        ET.SubElement(view, "Header", value=title, size="5")
        ET.SubElement(view, "Text", name=name, value=f"${name}")
    head = {"name": "verdict", "toName": "text", "choice": "single", "required": "true", "showInline": "true"}
    verdicts = ET.SubElement(view, "Choices", head)
    for verdict, words in verdict_words().items():
        ET.SubElement(verdicts, "Choice", value=words, alias=verdict)
    ET.SubElement(view, "Header", value="Kode, hanya untuk dugaan / Codes, for suspicions alone", size="5")
    codes = ET.SubElement(view, "Choices", name="codes", toName="text", choice="multiple")
    for code in open_codes(ruleset):
        ET.SubElement(codes, "Choice", value=code_words(code), alias=code.code, hint=code.meaning)
    ET.SubElement(
        view, "TextArea", name="note", toName="text", rows="3", maxSubmissions="1", placeholder="Catatan / Note"
    )
    ET.indent(view)
    return ET.tostring(view, encoding="unicode") + "\n"


def read(task: Sealed, told: object) -> dict[str, Any] | None:
    """Return the judgement of one task; None where it was not judged. UsageError says what is wrong with it."""
    try:
        given = msgspec.convert(told, _Annotated).annotations
    except (ValueError, RecursionError) as error:
        raise UsageError(f"not a task of Label Studio: {short(error)}") from error
    judged = [one for one in given if not one.was_cancelled]
    if not judged:
        return None
    if len(judged) > 1:
        raise UsageError(f"{len(judged)} annotations; one would be valid: a task is for one reviewer")
    seconds = None if judged[0].lead_time is None else min(max(judged[0].lead_time, 0.0), SECONDS_MOST)
    verdicts = _chosen(judged[0], "verdict")
    if len(verdicts) != 1:
        raise UsageError(f"{len(verdicts)} verdicts; one would be valid")
    aliases = {words: verdict for verdict, words in verdict_words().items()}
    codes = [code.partition(" · ")[0] for code in _chosen(judged[0], "codes")]
    return answer(task, aliases.get(verdicts[0], verdicts[0]), codes, _note(judged[0]), seconds)


def _chosen(annotation: _Annotation, name: str) -> list[str]:
    return [choice for one in annotation.result if one.from_name == name for choice in one.value.choices]


def _note(annotation: _Annotation) -> str:
    said = [one.value.text for one in annotation.result if one.from_name == "note"]
    return "\n".join(line for text in said for line in ([text] if isinstance(text, str) else text))
