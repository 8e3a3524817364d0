from __future__ import annotations

import math
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from scanner.classify.evaluate import Interval
from scanner.report.markup import NOTHING, count, heading, interval, number, table, text


class Seen(HTMLParser):
    """Collects the tags and words of a piece of HTML."""

    def __init__(self, piece: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words = ""
        self.feed(piece)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.words += data


@given(st.text())
def test_no_text_can_become_markup(value):
    seen = Seen(f'<p title="{text(value)}">{text(value)}</p>')
    assert seen.tags == ["p"]
    assert "\x1b" not in seen.words


def test_words_stay_as_they_were_written():
    assert Seen(text('Coblos <b>&amp; "dua"\nbaris')).words == 'Coblos <b>&amp; "dua"\nbaris'


def test_what_no_screen_shows_becomes_a_dot():
    assert text("a\x1b[31m\u202eb") == "a·[31m·b"


def test_figures_are_written_the_indonesian_way():
    assert number(0.8549) == "0,855"
    assert number(3.0, 1) == "3,0"
    assert count(1234567) == "1.234.567"
    assert interval(Interval(0.5, 0.25, 0.75)) == "0,500 <small>(0,250–0,750)</small>"


def test_what_cannot_be_told_is_a_dash():
    assert number(math.nan) == interval(None) == interval(Interval(math.nan, 0, 1)) == NOTHING


def test_columns_of_figures_are_marked_and_cells_kept_as_html():
    made = table(["Nama", "#Nilai"], [["<b>a</b>", "1"]], "short")
    assert Seen(made).tags == ["table", "thead", "tr", "th", "th", "tbody", "tr", "td", "b", "td"]
    assert '<th class="figure">Nilai</th>' in made
    assert '<td class="figure">1</td>' in made


def test_a_heading_says_it_in_both_languages_and_can_be_linked_to():
    assert heading(2, "Ringkasan", "Summary", "r") == '<h2 id="r">Ringkasan <small lang="en">Summary</small></h2>'
