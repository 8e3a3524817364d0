from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scanner.detect.reader import Reader, Text
from scanner.domain.flags import Label, Phase
from scanner.report.cases import worst
from tests.report.samples import judged, make_reader

LABEL = Label.CAMPAIGN_SUPPORT
POSTS = judged(
    [
        {"text": "apel pagi di kantor", "campaign_support": 0, "platform": "x", "note": "rutin"},
        {"text": "ayo coblos wirya laila", "campaign_support": 1},
        {"text": "panen cabai melimpah", "campaign_support": 0},
        {"text": "diam-diam yang itu ya", "campaign_support": 1},
    ]
)
TEXTS = [Text(text=post.text, phase=Phase.KAMPANYE) for post in POSTS]
PROBABILITIES = np.array([0.9, 0.8, 0.7, 0.1])


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    return make_reader(tmp_path, random=True)


def test_the_gravest_errors_come_first(reader: Reader):
    found = worst(LABEL, POSTS, TEXTS, PROBABILITIES, reader)
    assert [case.text for case in found.false_alarms] == ["apel pagi di kantor", "panen cabai melimpah"]
    assert [case.text for case in found.misses] == ["diam-diam yang itu ya", "ayo coblos wirya laila"]


def test_no_more_than_asked_are_kept(reader: Reader):
    found = worst(LABEL, POSTS, TEXTS, PROBABILITIES, reader, most=1)
    assert (len(found.false_alarms), len(found.misses)) == (1, 1)


def test_a_case_tells_what_rules_and_words_said(reader: Reader):
    called = worst(LABEL, POSTS, TEXTS, PROBABILITIES, reader).misses[1]
    assert any(signal.startswith("MEDSOS-DUKUNG “") for signal in called.signals)
    weights = [*called.towards, *called.away]
    assert weights
    assert all(word in called.text for word, _ in weights)
    assert all(weight > 0 for _, weight in called.towards)
    assert all(weight < 0 for _, weight in called.away)


def test_a_case_keeps_where_it_came_from(reader: Reader):
    alarm = worst(LABEL, POSTS, TEXTS, PROBABILITIES, reader).false_alarms[0]
    assert (dict(alarm.facets), alarm.note) == ({"platform": "x"}, "rutin")


def test_a_word_written_twice_is_told_once(reader: Reader):
    post = judged([{"text": "menang menang menang", "campaign_support": 0}])
    found = worst(LABEL, post, [Text(text=post[0].text, phase=Phase.KAMPANYE)], np.array([0.5]), reader)
    [case] = found.false_alarms
    words = [word for word, _ in (*case.towards, *case.away)]
    assert len(words) == len(set(words)) == 1
