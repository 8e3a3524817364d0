from __future__ import annotations

import pytest

from scanner.rules.names import names_of
from scanner.rules.senses import senses_of
from scanner.rules.views import reader_of
from tests.rules.casts import election, ruleset

LEXICON = ruleset().lexicon
READER = reader_of(LEXICON.numbers)
SENSES = senses_of(names_of([election()], LEXICON), READER)


@pytest.mark.parametrize(
    ("text", "word", "ordinary"),
    [
        ("nonton film serangan fajar", "serangan fajar", True),
        ("serangan fajar dari timses", "serangan fajar", False),
        ("serangan fajar di kampung", "serangan fajar", False),
        ("relawan pmi siaga banjir", "relawan", True),
        ("relawan pmi coblos paslon", "relawan", False),
        ("rapat rutin", "rapat", False),
    ],
)
def test_an_ordinary_cue_decides_unless_a_political_one_stands_near(text, word, ordinary):
    view = READER.read(text)
    first = view.words.index(word.split()[0])
    assert SENSES.ordinary(view, first, first + len(word.split())) is ordinary
