from __future__ import annotations

from pathlib import Path

import pytest

from scanner.classify.examples import timeline_files
from scanner.classify.timeline import COLUMNS, digest_of, load_timeline
from scanner.errors import ModelError
from scanner.resources import data_folder

LINES = Path(__file__).parents[2] / "../shared/data/corpus"
TEXTS = ["ayo coblos yang baju biru", "hujan lagi di pasar", "  sudah makan belum  "]


@pytest.fixture
def corpus(tmp_path):
    """A corpus with judgements of two of three lines, and the folder the lines lie in."""
    (tmp_path / "lines").mkdir()
    (tmp_path / "lines" / "obrolan.txt").write_text("\n".join(TEXTS) + "\n", encoding="utf-8")
    (tmp_path / "timeline").mkdir()
    write(tmp_path, (digest_of(TEXTS[0]), 1, 0, 2, "explicit"), (digest_of(TEXTS[2]), 0, 0, 0, "ordinary"))
    return tmp_path


def write(corpus, *rows, columns=COLUMNS):
    text = "\n".join("\t".join(map(str, row)) for row in (columns, *rows))
    (corpus / "timeline" / "obrolan.tsv").write_text(text + "\n", encoding="utf-8")


def test_judgements_find_their_lines_and_unread_ones_count_less(corpus):
    first, second = load_timeline(corpus, corpus / "lines")
    assert (first.text, first.judged.campaign_support, first.judged.weight) == (TEXTS[0], 1, 1.0)
    assert second.text == "sudah makan belum"
    assert second.judged.weight < first.judged.weight


def test_blanks_at_the_ends_do_not_change_a_digest():
    assert digest_of(" satu dua ") == digest_of("satu dua")
    assert len(digest_of("satu")) == 16


def test_a_corpus_without_a_timeline_has_no_lines(tmp_path):
    assert timeline_files(tmp_path) == []
    assert load_timeline(tmp_path, tmp_path) == []


def test_a_line_that_is_not_there_is_told_with_file_and_row(corpus):
    write(corpus, (digest_of(TEXTS[1]), 0, 0, 2, "offtopic"), (digest_of("baris lain"), 0, 0, 2, "offtopic"))
    with pytest.raises(ModelError, match=r"obrolan\.tsv:3: .*obrolan\.txt holds no line with digest"):
        load_timeline(corpus, corpus / "lines")


def test_a_missing_file_of_lines_is_told(corpus):
    with pytest.raises(ModelError, match=r"nowhere.*obrolan\.txt: there is no such file"):
        load_timeline(corpus, corpus / "nowhere")


@pytest.mark.parametrize("row", [("ab", 2, 0, 2, "x"), ("ab", 1, 0, 7, "x"), ("ab", "ya", 0, 2, "x")])
def test_a_judgement_that_cannot_be_read_is_told_with_its_row(corpus, row):
    write(corpus, row)
    with pytest.raises(ModelError, match=r"obrolan\.tsv:2: "):
        load_timeline(corpus, corpus / "lines")


def test_other_columns_are_refused(corpus):
    write(corpus, columns=("digest", "label"))
    with pytest.raises(ModelError, match="campaign_support"):
        load_timeline(corpus, corpus / "lines")


def test_the_shipped_judgements_hold_no_words_of_the_lines():
    for path in timeline_files(data_folder("models") / "training"):
        for row in path.read_text(encoding="utf-8").splitlines()[1:]:
            digest, *bits, kind = row.split("\t")
            assert len(digest) == 16
            assert int(digest, 16) >= 0
            assert kind.replace("_", "").isalpha()
            assert all(bit in "012" for bit in bits)


def test_every_shipped_judgement_finds_its_line():
    if not LINES.is_dir():
        pytest.skip("../shared/data/corpus is not here")
    found = load_timeline(data_folder("models") / "training", LINES)
    assert sum(line.judged.campaign_support for line in found) > 300
    assert len({line.judged.digest for line in found}) == len(found)
