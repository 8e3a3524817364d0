"""The catalogue proves itself: the examples of every code, and the cases that must or must not be queued."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from scanner.domain.flags import Phase
from scanner.resources import data_folder
from scanner.rules.election_files import load_election
from scanner.rules.match import Matcher
from scanner.rules.minimum import text_findings
from tests.rules.casts import election, filled, matcher_for, ruleset

EXAMPLES = [
    pytest.param(code, example, wanted, id=f"{code.code}-{'flag' if wanted else 'pass'}-{number}")
    for code in ruleset().codes.values()
    for wanted, examples in ((True, code.flag), (False, code.pass_))
    for number, example in enumerate(examples)
]
FIXTURES = yaml.safe_load((data_folder("keywords") / "rules" / "fixtures.yaml").read_text(encoding="utf-8"))
ELSEWHERE = {"roster", "interaction", "ocr"}
"""What text alone cannot give; the rooms above test these."""


def queued(matches, phase, election_type=None):
    """Codes a post would be queued for, were it a listed account's own public post."""
    found = text_findings(ruleset(), matches, Phase(phase), election_type)
    return {one.code for one in found if not one.suppressed_by and not one.context_only}


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize(("code", "example", "wanted"), EXAMPLES)
def test_every_code_keeps_its_own_examples(code, example, wanted, first):
    text = filled(example.text, first=first)
    matches = matcher_for(text).match(text)
    if example.expect == "signal":
        assert code.code in {signal.code for signal in matches.signals}
        return
    assert (code.code in queued(matches, example.phase)) is wanted


def cases(kind):
    return [case for case in FIXTURES[kind] if case.get("needs") not in ELSEWHERE]


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("case", cases("must_queue"), ids=lambda case: case["text"][:40])
def test_what_must_be_queued_is_queued(case, first):
    text = filled(case["text"], first=first)
    targets = [election().participants[first].handles[0]] if case.get("target") else []
    matches = matcher_for(text).match(text, targets=targets)
    assert set(case["codes"]) <= queued(matches, case["phase"])
    found = {one.code: one for one in text_findings(ruleset(), matches, Phase(case["phase"]))}
    for one in (found[code] for code in case["codes"]):
        assert set(case.get("clauses", [])) <= {*one.primary, *one.secondary}
        assert set(case.get("modifiers", [])) <= set(one.modifiers)
        assert one.class_hint == case.get("class", one.class_hint)
        assert set(case.get("exculpatory", [])) <= set(one.dampened_by)


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("case", cases("must_not_queue"), ids=lambda case: case["text"][:40])
def test_what_must_not_be_queued_is_not(case, first):
    text = filled(case["text"], first=first)
    matches = matcher_for(text).match(text)
    assert queued(matches, case["phase"]) == set()
    assert set(case.get("exculpatory", [])) <= {one.tag for one in matches.exculpatory}


@pytest.mark.parametrize("poll", ["pilgub-lampung-2024", "pilpres-2024", "pemilu-2024"])
def test_the_articles_the_project_starts_from_give_no_finding(poll):
    folder = Path(__file__).parents[2] / "../shared/source"
    if not folder.is_dir():
        pytest.skip("../shared/source is not here")
    matcher = Matcher(ruleset(), [load_election(poll)])
    for article in folder.iterdir():
        matches = matcher.match(article.read_text(encoding="utf-8"))
        for phase in Phase:
            assert queued(matches, phase) == set(), (article.name, phase)


@pytest.mark.parametrize("example", ruleset().lexicon.negation.examples, ids=lambda example: example.text)
def test_negation_follows_its_examples(example):
    signals = matcher_for("").match(filled(example.text)).signals
    strong = [signal for signal in signals if signal.weight != "L"]
    assert all(signal.negated for signal in strong) if example.negated else not any(s.negated for s in strong)


@pytest.mark.parametrize("example", ruleset().lexicon.hashtags.examples, ids=lambda example: example.text)
def test_hashtags_follow_their_examples(example):
    found = [signal for signal in matcher_for("").match(example.text).signals if signal.channel == "hashtag"]
    assert {signal.code for signal in found} == set(example.codes)
