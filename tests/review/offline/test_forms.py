"""Files for annotation tools are orders to one reviewer: blind, sealed, and taken in by the same door as our page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from scanner.domain.reviews import Verdict
from scanner.errors import UsageError
from scanner.review.keys import open_codes
from scanner.review.offline.forms import FORMS
from scanner.review.offline.taking import Outcome, Taken, take_file
from scanner.review.offline.tasks import verdict_words
from tests.people import add_person
from tests.review.offline.conftest import Office
from tests.review.offline.payloads import PAYLOADS
from tests.review.offline.tools import annotation, classified, labelled, packed

CODE = "MEDSOS-DUKUNG"
TOOLS: dict[str, tuple[str, Callable[..., list[Any]]]] = {
    "labelstudio": ("tugas.json", labelled),
    "doccano": ("contoh.jsonl", classified),
}


def sent(office: Office, tool: str, **changes: Any) -> Path:
    return office.export(name=TOOLS[tool][0], form=FORMS[tool], **changes)[0]


def back(office: Office, told: list[Any], *, lines: bool = False, **changes: Any) -> Taken:
    return take_file(office.desk(**changes), packed(office.folder / "kembali.json", told, lines=lines))


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("lines", [True, False])
def test_judgements_of_a_tool_go_in_like_those_of_our_page(office: Office, tool: str, lines: bool):
    told = TOOLS[tool][1](sent(office, tool, limit=3), "suspected", (CODE,), "jelas\nsekali")
    done = back(office, told, lines=lines)
    assert done.counts == {Outcome.TAKEN: 3}
    rows = office.rows("SELECT reviewer, verdict, codes, note, seconds, stage FROM judgements")
    seconds = 12.25 if tool == "labelstudio" else None
    assert rows == [("sari", "suspected", f'["{CODE}"]', "jelas\nsekali", seconds, "blind")] * 3
    again = back(office, told, lines=lines)
    assert (again.counts, again.whole) == ({Outcome.KNOWN: 3}, True)


def test_a_file_that_would_have_the_name_of_its_settings_is_refused(office: Office):
    with pytest.raises(UsageError, match="its settings would have this name"):
        office.export(name="sari.xml", form=FORMS["labelstudio"])
    assert not list(office.folder.glob("sari*"))


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("verdict", ["suspected", "not_violation", "unsure"])
def test_every_verdict_comes_back(office: Office, tool: str, verdict: str):
    codes = (CODE,) if verdict == "suspected" else ()
    assert back(office, TOOLS[tool][1](sent(office, tool, limit=1), verdict, codes)).counts == {Outcome.TAKEN: 1}
    assert office.rows("SELECT verdict FROM judgements") == [(verdict,)]


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("key", ["item", "seal", "export", "reviewer", "valid_until"])
def test_whatever_was_altered_is_refused(office: Office, tool: str, key: str):
    told = TOOLS[tool][1](sent(office, tool, limit=2))
    given = told[0].get("data", told[0])
    changed = {"reviewer": "budi", "valid_until": "2099-01-01T00:00:00+00:00", "item": "x:y/1@0"}
    given[key] = changed.get(key, "0" * len(given[key]))
    done = back(office, told)
    assert done.counts == {Outcome.REFUSED: 1, Outcome.TAKEN: 1}
    assert done.lines[0].reason.startswith("the seal does not fit")


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("value", [None, "\x1b[2J", "2026-01-01"])
@pytest.mark.parametrize("key", ["item", "seal", "export", "reviewer", "valid_until"])
def test_a_task_without_its_seal_is_one_clear_line_and_the_others_go_in(
    office: Office, tool: str, key: str, value: Any
):
    told = TOOLS[tool][1](sent(office, tool, limit=2))
    told[0].get("data", told[0])[key] = value
    done = back(office, told)
    assert done.counts == {Outcome.REFUSED: 1, Outcome.TAKEN: 1}
    assert done.lines[0].reason.isprintable()


@pytest.mark.parametrize("tool", TOOLS)
def test_what_comes_too_late_is_kept_as_a_draft(office: Office, tool: str):
    told = TOOLS[tool][1](sent(office, tool, limit=1), "suspected", (CODE,))
    assert back(office, told, now=office.now + timedelta(days=8)).counts == {Outcome.LATE: 1}
    assert office.rows("SELECT person, verdict, codes FROM drafts") == [("sari", "suspected", f'["{CODE}"]')]


def test_tasks_of_two_orders_in_one_project_go_in_together(office: Office):
    first = labelled(sent(office, "labelstudio", limit=2))
    second = labelled(office.export("budi", "budi.json", form=FORMS["labelstudio"], limit=2)[0])
    done = back(office, [*first, *second])
    assert (done.counts, done.reviewer) == ({Outcome.TAKEN: 4}, "budi, sari")
    assert office.rows("SELECT subject FROM audit WHERE action = 'review.import'") == [("review",)]


def test_tasks_that_were_not_judged_stay_open(office: Office):
    told = labelled(sent(office, "labelstudio", limit=3))
    told[0]["annotations"], told[1]["annotations"][0]["was_cancelled"] = [], True
    done = back(office, told)
    assert (done.counts, done.whole) == ({Outcome.OPEN: 2, Outcome.TAKEN: 1}, True)
    examples = classified(sent(office, "doccano", limit=1))
    examples[0]["label"] = []
    assert back(office, examples).counts == {Outcome.OPEN: 1}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([annotation("unsure"), annotation("suspected")], "2 annotations"),
        ([annotation("unsure", (CODE,))], "only suspected does"),
        ([annotation("suspected")], "at least one code"),
        ([annotation("suspected", ("KARANGAN",))], "'KARANGAN' is not one that may be named"),
        ([annotation("withdrawn")], "withdrawn"),
        ([annotation("unsure", note="n" * 10_001)], "note"),
        ([annotation("unsure", result=[])], "0 verdicts"),
        ([annotation("unsure", result=7)], "not a task of Label Studio"),
        ([annotation("unsure", lead_time="lama")], "not a task of Label Studio"),
        ({}, "not a task of Label Studio"),
    ],
)
def test_what_is_no_judgement_is_refused_with_its_reason(office: Office, given: Any, words: str):
    told = labelled(sent(office, "labelstudio", limit=2))
    told[1]["annotations"] = given
    done = back(office, told)
    assert (done.counts, words in done.lines[1].reason) == ({Outcome.REFUSED: 1, Outcome.TAKEN: 1}, True)


@pytest.mark.parametrize(
    ("label", "words"),
    [(["KARANGAN"], "0 verdicts"), (list(verdict_words().values()), "3 verdicts"), ("ya", "not an example of doccano")],
)
def test_categories_that_are_no_judgement_are_refused(office: Office, label: Any, words: str):
    told = classified(sent(office, "doccano", limit=1))
    told[0]["label"] = label
    [line] = back(office, told).lines
    assert (line.outcome, words in line.reason) == (Outcome.REFUSED, True)


def test_the_words_shown_are_taken_for_their_aliases(office: Office):
    told = labelled(sent(office, "labelstudio", limit=1), verdict_words()["suspected"], (f"{CODE} · apa pun",))
    assert back(office, told).counts == {Outcome.TAKEN: 1}
    assert office.rows("SELECT verdict, codes FROM judgements") == [("suspected", f'["{CODE}"]')]


@pytest.mark.parametrize("tool", TOOLS)
def test_a_file_is_blind(office: Office, tool: str):
    with office.workspace.store.lease("test") as lease:
        [flag, *_] = [flag for (flag,) in lease.rows("SELECT id FROM flags ORDER BY id")]
    add_person(office.workspace.store, "penelaah.kedua")
    office.decide(flag, "penelaah.kedua", Verdict.SUSPECTED, CODE)
    with office.workspace.store.lease("test") as lease:
        hidden = lease.rows("""SELECT DISTINCT unnest([model_id, ruleset, explanation]) FROM flags
                               UNION SELECT DISTINCT unnest([entry, weight || ' ']) FROM signals
                               UNION SELECT printf('%.4f', probability) FROM scores
                               UNION SELECT reviewer FROM judgements UNION SELECT id FROM judgements""")
        codes = {code for (code,) in lease.rows("SELECT code FROM flag_findings")}
    body = sent(office, tool).read_text("utf-8")
    assert len(hidden) > 5
    assert [word for (word,) in hidden if len(word) > 3 and word in body] == []
    assert [code for code in codes if code in body] == []
    assert not re.search(r"class_hint|probability|signal|second_reading|gold|draw", body)


@pytest.mark.parametrize("tool", TOOLS)
def test_settings_offer_every_open_code_whatever_the_posts_and_name_no_post(office: Office, tool: str):
    target = sent(office, tool)
    [ending] = FORMS[tool].beside
    settings = target.with_suffix(ending).read_text("utf-8")
    assert all(code.code in settings for code in open_codes(office.workspace.ruleset))
    assert settings == FORMS[tool].beside[ending](office.workspace.ruleset)
    assert target.stat().st_mode & 0o777 == 0o600


def test_settings_of_label_studio_name_only_fields_that_tasks_have(office: Office):
    target = sent(office, "labelstudio", limit=1)
    view = ET.parse(target.with_suffix(".xml")).getroot()  # our own file
    [task] = json.loads(target.read_text("utf-8"))
    shown = {one.get("value", "").removeprefix("$") for one in view.iter("Text")}
    assert shown < task["data"].keys()
    assert {one.get("toName") for one in view.iter("Choices")} == {"text"}


@pytest.mark.slow
def test_hostile_posts_stay_words(hostile_office: Office):
    tasks = json.loads(sent(hostile_office, "labelstudio").read_text("utf-8"))
    texts = " ".join(task["data"]["text"] for task in tasks)
    assert all(payload in texts for payload in PAYLOADS)
    assert back(
        hostile_office, [json.loads(json.dumps(one)) for one in labelled(hostile_office.folder / "tugas.json")]
    ).whole
    lines = classified(hostile_office.export("budi", "budi.jsonl", form=FORMS["doccano"])[0])
    assert back(hostile_office, lines, lines=True).whole


def test_settings_that_are_there_are_not_written_over(office: Office):
    (office.folder / "tugas.xml").write_text("berharga")
    with pytest.raises(UsageError, match=r"tugas\.xml: is there already"):
        sent(office, "labelstudio")
    assert not (office.folder / "tugas.json").exists()
    assert office.rows("FROM assignments") == []
