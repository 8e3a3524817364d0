from __future__ import annotations

import pickle
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.text.edits import Kind
from scanner.text.normalise import Rewrite, normalise
from scanner.text.watched import vocabulary

SLANG = {"nomer": "nomor", "yg": "yang", "tdk": "tidak", "makasih": "terima kasih"}

WILD = st.text(
    st.one_of(
        st.characters(),
        st.characters(categories=["Cs", "Mn", "Cf", "Cc", "So", "No", "Nl"]),
        st.sampled_from("coblos 0134@$|*.-_\n\t\0\u200b\u200d\u202e\ufe0f\u20e3\u0301🇮🇩✌🏻👨👩２②Ⅱⅰсοﷺ©İß"),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("c0blos", "coblos"), ("cobl0s", "coblos"), ("c.o.b.l.o.s", "coblos"), ("c o b l o s", "coblos"),
        ("c-o-b-l-o-s", "coblos"), ("c_o_b_l_o_s", "coblos"), ("c*blos", "coblos"), ("cob|os", "coblos"),
        ("n0mor", "nomor"), ("n0m0r", "nomor"), ("nom0r", "nomor"), ("p4slon", "paslon"), ("p@slon", "paslon"),
        ("pasl0n", "paslon"), ("p1lih", "pilih"), ("pil1h", "pilih"), ("pi1ih", "pilih"), ("p!lih", "pilih"),
        ("to|@k", "tolak"),
        ("p i l i h", "pilih"), ("duk*ng", "dukung"), ("dvkung", "dukung"), ("d u k u n g", "dukung"),
        ("k4mpanye", "kampanye"), ("k@mpanye", "kampanye"), ("m3nangkan", "menangkan"), ("men4ngkan", "menangkan"),
        ("l4njutkan", "lanjutkan"), ("0dua", "0 dua"), ("n0 2", "no 2"), ("nomer2", "nomor 2"),
        ("coblosnomor2", "coblos nomor 2"), ("(dua)", "(dua)"),
        ("dua✌️", "dua✌"), ("②②", "2 2"), ("Ⅱ", "2"), ("satu+satu", "satu+satu"), ("nomor cantik", "nomor cantik"),
        ("coblos②", "coblos 2"), ("nomor 0️⃣2️⃣", "nomor 02"), ("pilih2️⃣ya", "pilih 2 ya"), ("🔟", "10"),
        ("соblоs", "coblos"), ("РILIH", "pilih"), ("𝐜𝐨𝐛𝐥𝐨𝐬", "coblos"), ("ｃｏｂｌｏｓ", "coblos"),
        ("ⓒⓞⓑⓛⓞⓢ", "coblos"),
        ("🅒🅞🅑🅛🅞🅢", "coblos"), ("ᴄᴏʙʟᴏs", "coblos"), ("🇨 🇴 🇧 🇱 🇴 🇸", "coblos"), ("pⅰlⅰh", "pilih"),
        ("c\u200bo\u200dblos", "coblos"), ("\u202ecoblos", "coblos"), ("c\u0335o\u0336blos", "coblos"),
        ("cob\0los", "coblos"), ("cobloossss", "coblos"), ("COBLOOOOS", "coblos"), ("mantaaaap", "mantap"),
        ("c0bl0ssss", "coblos"), ("c o b l 0 s", "coblos"), ("c o b l o s n o m o r d u a", "coblos nomor dua"),
        ("*c0blos*", "*coblos*"), ("#c0blos", "#coblos"), ("paslon02", "paslon 02"), ("j0k0wi", "jokowi"),
        ("cobbllos", "coblos"), ("ddiinas", "dinas"), ("menangkaann", "menangkan"), ("c4m4t", "camat"),
        ("j4l4n", "jalan"), ("romon ii", "nomor 2"),
        ("“Pilih”  saya…", '"pilih" saya...'), ("satu \r\n\r\n dua\tx", "satu\ndua x"), ("é", "e"),
    ],
)  # fmt: skip
def test_it_reads_through_a_disguise(written: str, read: str) -> None:
    assert normalise(written, SLANG).text == read


LOOK_ALIKES = """
2024;50rb;rp50rb;rp1juta;s1;covid19;b3;h-1;h4;17an;4x4;rp 5.000;1.000.000;g20;p3k;mp3;p4gn;kelas4b;jam4sore;ke3nya
rt 02;anak2;pilih2;gas3;salam3jari;#salam3jari;#lanjut2periode;#pilih1hati;maaf;saat;ppp;pppk;pppk2024;pn5
sallam;noo;gass;minggu;massa;rumah
bab iii;s.h.;a.n.;k.h. bima;rapat@aula;bpk@bima;satu|dua;hore!!!;*penting*;10:30;08123456789;vlog;survei
https://bkn.go.id/c0blos/aaaa;www.bkn.go.id;surat@dinas4b.go.id;@p1lih_aku;🇮🇩🇮🇩;👍🔥;мама;ἀγορά;ꦧꦺꦴꦭ;سلام;投票
"""


@pytest.mark.parametrize("text", LOOK_ALIKES.strip().replace("\n", ";").split(";"))
def test_it_leaves_look_alikes_alone(text: str) -> None:
    normalised = normalise(text, {})
    assert normalised.text == text
    assert normalised.rewrites == ()


@pytest.mark.parametrize(
    "text",
    [
        "hari ini kami rapat di kantor desa bersama warga, membahas jalan dan pasar.",
        "maaf, saat ini loket tutup; silakan datang besok pukul 08.00!",
        "kata ketua: \"terima kasih\"\nanak-anak pulang jam 2 siang (rt 03).",
        "saudara-saudara, tanggal 17 agustus 2024 kita lomba 17an di balai desa",
    ],
)  # fmt: skip
def test_ordinary_sentences_pass_unchanged(text: str) -> None:
    normalised = normalise(text, SLANG)
    assert normalised.text == text
    assert list(normalised.starts) == list(range(len(text)))
    assert normalised.span(3, 9) == (3, 9)
    assert normalised.layers == ()


def test_it_quotes_the_original_of_every_word() -> None:
    normalised = normalise("Ayo С0blos  n o m o r ②, yg tdk! Mantaaap", SLANG)
    assert normalised.text == "ayo coblos nomor 2, yang tidak! mantap"
    quotes = {"coblos": "С0blos", "nomor": "n o m o r", "2": "②", "yang": "yg", "tidak": "tdk", "mantap": "Mantaaap"}
    for word, quote in quotes.items():
        start = normalised.text.index(word)
        assert normalised.quote(start, start + len(word)) == quote


def test_letters_keep_their_own_place_where_one_stands_for_one() -> None:
    assert normalise("p4slon", {}).span(1, 2) == (1, 2)
    assert normalise("a\u200bb", {}).span(1, 2) == (2, 3)


def test_an_empty_span_lies_where_it_stood() -> None:
    normalised = normalise("mantaaap ya", {})
    assert normalised.span(4, 4) == (4, 4)
    assert normalised.span(9, 9) == (11, 11)
    assert normalise("ya", {}).span(1, 1) == (1, 1)


def test_it_tells_which_rewrites_fired_in_a_span() -> None:
    normalised = normalise("c0blos yg mantaaap n\u200bomer ①", SLANG)
    assert [rewrite.kind for rewrite in normalised.rewrites] == [
        Kind.LEET, Kind.SLANG, Kind.ELONGATION, Kind.SLANG, Kind.ZERO_WIDTH, Kind.EMOJI_DIGIT,
    ]  # fmt: skip
    assert normalised.rewrites_in(7, 9) == (Rewrite(kind=Kind.SLANG, start=7, end=9),)
    assert normalised.rewrites_in(6, 7) == ()


@pytest.mark.parametrize("text", ["🙏🏻 “baik” – satu\u00a0dua", "Selamat™ pagi", "\ufeffhalo"])
def test_typography_is_no_disguise(text: str) -> None:
    assert normalise(text, {}).rewrites == ()


def test_neighbours_of_one_kind_are_one_rewrite() -> None:
    assert normalise("ini 𝐜𝐨𝐛𝐥𝐨𝐬", {}).rewrites == (Rewrite(kind=Kind.UNICODE, start=4, end=10),)


def test_further_words_can_be_watched() -> None:
    watched = vocabulary(["bimasena"])
    assert normalise("b1m4s3na b*masena", {}, watched).text == "bimasena bimasena"


def test_the_shipped_slang_is_used_when_none_is_given() -> None:
    assert normalise("terima kasih yg hadir").text == "terima kasih yang hadir"


def test_it_survives_pickling_after_its_way_back_was_worked_out() -> None:
    normalised = normalise("c0bl0s yg", SLANG)
    assert list(normalised.starts) == list(pickle.loads(pickle.dumps(normalised)).starts)


@given(WILD)
@settings(max_examples=400, deadline=None)
def test_any_text_keeps_its_way_back(text: str) -> None:
    normalised = normalise(text, SLANG)
    starts, ends = list(normalised.starts), list(normalised.ends)
    assert len(starts) == len(ends) == len(normalised.text)
    assert starts == sorted(starts)
    assert all(0 <= start <= end <= len(text) for start, end in zip(starts, ends, strict=True))
    for start in range(len(starts)):
        for end in (start + 1, len(starts)):
            first, last = normalised.span(start, end)
            assert normalised.quote(start, end) == text[first:last]
            assert first <= last
    assert all(0 <= rewrite.start <= rewrite.end <= len(text) for rewrite in normalised.rewrites)


@given(st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=9), max_size=12).map(" ".join))
@settings(max_examples=300, deadline=None)
def test_reading_twice_is_reading_once_for_plain_words(text: str) -> None:
    once = normalise(text, SLANG).text
    assert normalise(once, SLANG).text == once


@pytest.mark.parametrize(
    "text",
    ["a" + "\u0301" * 100_000, "a\u200b" * 50_000, "a" * 100_000, "a" + "!" * 100_000, "a*" * 50_000, "n o " * 30_000,
     "2\ufe0f\u20e3" * 30_000, "@" + "a" * 100_000, "a4" * 50_000, " " * 100_000, "\ufdfa" * 5_000, "a-" * 50_000,
     "du " * 30_000, "du'" * 30_000, "ab" * 50_000, "abb" * 30_000, "nomor " * 20_000],
)  # fmt: skip
def test_hostile_lengths_are_read_in_linear_time(text: str) -> None:
    normalised = normalise(text, SLANG)  # a quadratic step would take minutes, not fail
    assert len(normalised.starts) == len(normalised.text)


def test_a_letter_whose_lower_case_is_two_moves_nothing_inside_a_handle() -> None:
    text = "@İJIBU51 pilih NOMOR 2"
    normalised = normalise(text, {})
    assert len(normalised.starts) == len(normalised.text)
    at = normalised.text.index("nomor")
    assert normalised.quote(at, at + 5) == "NOMOR"


def test_lone_surrogates_stay() -> None:
    assert normalise("a\ud800b", {}).text == "a\ud800b"
