from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.domain.signals import Channel, Weight
from scanner.resources import data_folder
from scanner.rules.election_files import load_election
from scanner.rules.elections import Kind
from scanner.rules.match import Matcher
from tests.rules.casts import filled, matcher, ruleset

SHIPPED = sorted((data_folder("keywords") / "elections").glob("*.yaml"))
WILD = st.lists(
    st.one_of(
        st.text(max_size=10),
        st.sampled_from(
            [
                "coblos ",
                "c0bl0s n0m0r 1 ",
                " Bimantara",
                "#DukungPanawa ",
                " nomor urut 2 ",
                "✌🏽",
                '"pilih Palawija"',
                "jangan ",
                " kata netizen ",
                "ASN harus netral",
                "p i l i h ",
                "\n",
                "KPU ",
            ]
        ),
    ),
    max_size=12,
).map("".join)


@settings(max_examples=300, deadline=None)
@given(WILD)
def test_every_quote_is_a_slice_of_the_original(text):
    matches = matcher().match(text)
    assert matches.original == text
    for one in (*matches.signals, *matches.mentions, *matches.exculpatory):
        assert text[one.start : one.end] == one.quote


def test_half_a_surrogate_pair_is_read_as_an_unknown_sign():
    matches = matcher().match("coblos \ud83d Bimantara nomor 1")
    assert matches.original == "coblos \ufffd Bimantara nomor 1"
    assert matches.mentions
    assert matches.signals


@settings(max_examples=150, deadline=None)
@given(WILD)
def test_matching_again_gives_the_same(text):
    assert matcher().match(text) == matcher().match(text)


def shape(matches):
    """What may be told of a post without telling whom it names."""
    return (
        matches.masked,
        sorted((one.code, one.entry, one.weight, one.channel, one.object_kind, one.negated, one.quoted)
               for one in matches.signals),
        [one.kind for one in matches.mentions],
        [one.tag for one in matches.exculpatory],
        (matches.has_object, matches.only_number, matches.all_listed),
    )  # fmt: skip


SWAPS = [
    "Ayo coblos {P}!",
    "coblos nomor {N} ya",
    "foto bareng {P} #menang",
    "jangan pilih {P}",
    "#Dukung{P} sampai menang",
    "{P} meresmikan jembatan",
    "dukung {P}, kata netizen",
]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_participant_of_every_election_is_read_alike(path):
    """Guardrail G7: replacing a participant by another must leave signals, weights and masked text unchanged."""
    election = load_election(path)
    reader = Matcher(ruleset(), [election])
    persons = [one for one in election.participants if one.kind is not Kind.BLANK_BOX]
    for text in SWAPS:
        shapes = []
        for one in persons:
            name = next((alias for alias in one.aliases if alias not in one.ambiguous), None)
            if name is None:  # PA, Partai Aceh: every name also means something else
                continue
            name = "".join(filter(str.isalnum, name)) if "#Dukung{P}" in text else name
            shapes.append(shape(reader.match(text.replace("{P}", name).replace("{N}", str(one.number)))))
        assert all(one == shapes[0] for one in shapes[1:]), text


def test_every_name_of_a_participant_is_read_alike():
    one = matcher().match("ayo coblos Bimantara Wirayuda")
    for name in ("Bimantara", "Ratna Kemuning", "BIRAMA", "Bimantara & Kemuning", "@bimantara.kemuning", "Bu Kemuning"):
        assert shape(matcher().match(f"ayo coblos {name}")) == shape(one), name


def test_a_signal_says_what_was_read_where_it_was_disguised():
    (signal,) = [one for one in matcher().match("C0BL0S n0m0r 1 ya").signals if one.weight is Weight.H]
    assert signal.quote == "C0BL0S n0m0r 1"
    assert signal.rewrite == "coblos nomor 1"
    assert matcher().match("coblos nomor 1").signals[0].rewrite == ""


def test_a_number_names_somebody_only_while_one_poll_is_active():
    alone, two = matcher().match("coblos nomor 2"), matcher("pilbup-uji", "pilbup-tunggal").match("coblos nomor 2")
    assert alone.only_number
    assert alone.mentions[0].ref == "pilbup-uji#2"
    assert not two.has_object
    assert {one.object_kind for one in two.signals} == {""}


@pytest.mark.parametrize(
    "text", ["antrean nomor dua", "RT 02", "coblos nomor 7", "jersey nomor 2 laku", "bayar 2 kali"]
)
def test_a_number_without_deed_or_outside_the_ballot_names_nobody(text):
    assert not matcher().match(text).has_object


def test_without_any_election_nobody_is_named_and_nothing_breaks():
    matches = Matcher(ruleset(), []).match("coblos nomor 2, dukung Bimantara")
    assert not matches.has_object
    assert matches.masked == "coblos nomor ⟨n⟩, dukung bimantara"


def test_the_masked_text_tells_nobody():
    masked = matcher().match("Warga Lembah Biru, coblos nomor urut 2 Palawija! Partai PKS #DukungPanawa").masked
    assert masked == "warga ⟨r⟩, coblos nomor urut ⟨n⟩ ⟨p⟩! partai ⟨b⟩ #dukung⟨p⟩"


@pytest.mark.parametrize(
    ("text", "quoted", "negated"),
    [
        ("coblos {P}", False, False),
        ('ada yang teriak "coblos {P}"', True, False),
        ("kata netizen coblos {P}", True, False),
        ("saya tidak coblos {P}", False, True),
        ("jangan lupa ajak keluarga coblos {P}", False, False),
    ],
)
def test_quotation_and_negation_are_marked(text, quoted, negated):
    (signal,) = [one for one in matcher().match(filled(text)).signals if one.weight is Weight.H]
    assert (signal.quoted, signal.negated) == (quoted, negated)


def test_to_choose_from_several_is_no_endorsement():
    assert all(one.negated for one in matcher().match(filled("pilih {P1} atau {P2}?")).signals)


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("Debat malam ini: {P1} dan {P2}", True),
        ("coblos {P1}, lawannya {P2}", False),
        ("nomor urut 1 {P1}, nomor urut 2 {P2}", True),
        ("{P1} saja yang hadir", False),
        ("dukung {P1} dan {P2}", True),
        ("{P1} hadir. Lagi-lagi {P1}, lalu {P2}", False),
    ],
)
def test_all_participants_named_alike_is_voter_information(text, listed):
    matches = matcher().match(filled(text))
    assert matches.all_listed is listed
    assert ("X-PENYELENGGARA" in {one.tag for one in matches.exculpatory}) is listed


def test_turnout_calls_are_exculpatory_only_without_an_object():
    assert {one.tag for one in matcher().match("jangan lupa coblos tanggal 4").exculpatory} == {"X-PENYELENGGARA"}
    assert not matcher().match(filled("jangan lupa coblos {P}")).exculpatory


def test_gestures_are_a_channel_of_their_own():
    channels = {one.code: one.channel for one in matcher().match(filled("coblos {P} ✌🏽")).signals}
    assert channels["SIMBOL-JARI"] is Channel.EMOJI


def test_a_text_of_any_size_is_read():
    long = filled("coblos {P} " * 5000)
    assert len([one for one in matcher().match(long).signals if one.weight is Weight.H]) == 5000
