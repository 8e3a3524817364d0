"""Messages say counts, alarms and a link, in both languages, and hold nothing else."""

from __future__ import annotations

import re
import string
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.domain.users import Language
from scanner.notify.message import MONTHS, Style, compose, say_trouble, texts
from scanner.notify.notes import Alarm, Count, Kind, Note
from scanner.notify.outbox import Trouble
from tests.notify.sinks import NOW, STYLE, alarm, message, run

HOUR = timedelta(hours=1)
WORDS = {word for one in texts().values() for text in one.values() for word in re.findall(r"[^\W\d_]+", text)}
OURS = WORDS | {"scanner", "https", "meja", "bawaslu", "example", "WIB"}
OURS |= {month for months in MONTHS.values() for month in months}


def test_a_digest_adds_up_what_all_runs_brought():
    said = message(run(1, new=1200, complete=40), run(2, at=NOW + HOUR, new=34, partial=2)).text
    assert said == (
        "2 pemindaian, 22 Nov 2026 18.05 WIB sampai 22 Nov 2026 19.05 WIB\n"
        "Amatan akun: 40 lengkap, 2 sebagian, 0 gagal, 0 tidak dicoba\n"
        "Unggahan: 1.234 baru, 0 berubah, 0 tidak ada lagi\n\n"
        "Meja telaah: https://meja.bawaslu.example/\n"
    )


def test_alarms_come_first_the_gravest_at_the_top_and_are_counted_in_the_title():
    said = message(run(new=1), alarm(Alarm.PURGE_LAG), alarm(Alarm.CHAIN_BROKEN))
    assert said.title == "[scanner] Perlu ditangani: 2"
    assert re.findall("Rantai audit|Penghapusan|Pemindaian", said.text) == ["Rantai audit", "Penghapusan", "Pemindaian"]


def test_of_an_alarm_that_came_and_went_while_nobody_could_be_told_only_its_end_is_told():
    said = message(alarm(), alarm(over=True, at=NOW + HOUR))
    assert said.title == "[scanner] Sudah teratasi: 1"
    assert "Ruang disk cukup lagi (teratasi 22 Nov 2026 19.05 WIB)" in said.text
    assert "hampir habis" not in said.text


def test_in_english_all_of_it_is_english():
    notes = [run(new=1200), *(alarm(one, number=1234) for one in Alarm)]
    said = compose(notes, Style(Language.EN, STYLE.zone))
    assert "1,200 new" in said.text
    assert "18:05" in said.text
    assert not {"unggahan", "akun", "sejak", "Pemindaian"} & set(re.findall(r"\w+", said.text))


def test_the_same_notes_make_a_message_of_the_same_id_in_whatever_order():
    one, other = message(run(1), alarm()), message(alarm(), run(1))
    assert one.id == other.id != message(run(2), alarm()).id


@pytest.mark.parametrize("key", sorted(texts()))
def test_every_text_is_there_in_both_languages_and_has_the_same_gaps(key: str):
    gaps = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in texts()[key].values()]
    assert set(texts()[key]) == {"id", "en"}
    assert gaps[0] == gaps[1] <= {"n", "line", "at", "since", "until"}


def test_every_alarm_and_every_trouble_has_its_words():
    assert {f"{what}_{one}" for one in Alarm for what in ("alarm", "over")} <= set(texts())
    assert all(say_trouble(Language.ID, one) for one in (*Trouble, None))


@pytest.mark.parametrize("one", ["", "../told", "a b", "nama@desa", "a/b", "é"])
def test_an_id_that_could_name_another_file_or_somebody_is_refused(one: str):
    with pytest.raises(ValueError, match="not letters"):
        Note(one, Kind.TEST, NOW)


numbers = st.integers(0, 10**9)
notes = st.one_of(
    st.builds(alarm, st.sampled_from(list(Alarm)), number=numbers, over=st.booleans()),
    st.dictionaries(st.sampled_from([str(one) for one in Count]), numbers).map(lambda found: run(1, **found)),
    st.just(Note("uji", Kind.TEST, NOW)),
)


@given(st.lists(notes, min_size=1, max_size=12), st.sampled_from(list(Language)))
def test_whatever_is_told_no_word_stands_in_it_that_is_not_one_of_our_texts(found: list[Note], language: Language):
    said = compose(found, Style(language, STYLE.zone, STYLE.link))
    assert set(re.findall(r"[^\W\d_]+", f"{said.title} {said.text}")) <= OURS
