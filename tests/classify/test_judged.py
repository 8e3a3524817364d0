"""A row of anybody's table becomes a judged post, or says what is wrong with it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.classify.judged import check_judged, judged_post
from scanner.domain.flags import Label, Phase
from scanner.errors import ModelError

FIELDS = {Label.CAMPAIGN_SUPPORT: "dukung", Label.PNS_ATTRIBUTE_USE: "atribut"}


def read(**row):
    return judged_post({"text": "apel pagi", **row}, FIELDS)


@pytest.mark.parametrize("value", [1, True, "1", " 1 ", 1.0, "true", "True"])
def test_it_reads_a_label_however_the_table_writes_it(value):
    assert read(dukung=value).labels[Label.CAMPAIGN_SUPPORT] is True


@pytest.mark.parametrize("value", [0, False, "0", 0.0, "0.0", "FALSE"])
def test_it_reads_the_absence_of_a_label(value):
    assert read(dukung=value).labels[Label.CAMPAIGN_SUPPORT] is False


@pytest.mark.parametrize("row", [{}, {"dukung": None}, {"dukung": ""}, {"dukung": "  "}])
def test_what_nobody_judged_is_neither(row):
    assert read(**row).labels[Label.CAMPAIGN_SUPPORT] is None


@pytest.mark.parametrize("value", [2, -1, "ya", "0.5", [1], {}])
def test_it_refuses_what_is_no_label_and_names_the_column(value):
    with pytest.raises(ModelError, match=r"^dukung: '.*' is no label; 0 or 1"):
        read(dukung=value)


@pytest.mark.parametrize("text", [None, "", "  \n", 7])
def test_it_refuses_a_row_without_text(text):
    with pytest.raises(ModelError, match="no text; columns: text, dukung"):
        judged_post({"text": text, "dukung": 1}, FIELDS)


def test_it_takes_facets_under_either_name_and_passes_the_rest_over():
    post = read(dialect="jv", kind="news", platform="x", shoe_size=42, register="")
    assert dict(post.facets) == {"platform": "x", "language": "jv", "category": "news"}


def test_it_reads_id_note_and_phase():
    post = read(id=7, note="keras", phase="TENANG")
    assert (post.id, post.note, post.phase) == ("7", "keras", Phase.TENANG)
    assert read().phase is None


def test_it_refuses_an_unknown_phase():
    with pytest.raises(ModelError, match="phase: 'SENIN' is not known; known: NON, PRA"):
        read(phase="SENIN")


def test_a_table_without_any_label_is_refused_with_the_options_that_help():
    with pytest.raises(ModelError, match="neither dukung nor atribut holds a 0 or 1; --support-field"):
        check_judged([read(), read()], FIELDS)
    check_judged([read(), read(atribut=0)], FIELDS)


COLUMNS = st.sampled_from(["text", "dukung", "phase", "id", "kind"])


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(COLUMNS, st.text() | st.integers() | st.none()))
def test_any_row_is_read_or_refused_in_words(row):
    try:
        assert judged_post(row, FIELDS).text.strip()
    except ModelError as error:
        assert str(error)
