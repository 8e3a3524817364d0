from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.rules.election_files import load_election
from scanner.rules.names import names_of
from scanner.rules.participants import mask
from scanner.text.normalise import normalise
from tests.rules.casts import election, ruleset

LEXICON = ruleset().lexicon
NAMES = names_of([election()], LEXICON)


def masked(text):
    return mask(normalise(text), NAMES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Coblos Bimantara ya", "coblos ⟨p⟩ ya"),
        ("Bimantara Wirayuda & Ratna Kemuning", "⟨p⟩"),
        ("Bimantara Wirayuda, Ratna Kemuning", "⟨p⟩"),
        ("Bimantara, Palawija", "⟨p⟩, ⟨p⟩"),
        ("#DukungBimantara2030", "#dukung⟨p⟩2030"),
        ("#dukungbimantara", "#dukung⟨p⟩"),
        ("#salamBIRAMA", "#salam⟨p⟩"),
        ("#BimantaraWirayuda", "#⟨p⟩"),
        ("@bimantara.kemuning", "⟨p⟩"),
        ("partai PKS", "partai ⟨b⟩"),
        ("Warga Lembah Biru", "warga ⟨r⟩"),
        ("BIM\u200bANTARA", "⟨p⟩"),
        ("𝐁𝐢𝐦𝐚𝐧𝐭𝐚𝐫𝐚", "⟨p⟩"),
    ],
)
def test_names_become_placeholders(text, expected):
    assert masked(text).text == expected


@pytest.mark.parametrize(
    "text",
    [
        "panitia panawan",
        "birama2030x",
        "#panawaan",
        "@bimantara_fans_club",
        "@kabar.bimantara",
        "https://contoh.id/bimantara",
        "www.contoh.id/bimantara",
        "surel bimantara.kemuning@contoh.id",
    ],
)
def test_a_name_inside_another_word_address_or_handle_is_none(text):
    assert "⟨p⟩" not in masked(text).text


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("Bu Sekar mengajar tari", False),
        ("pilih Bu Sekar", True),
        ("PKS dinas dengan penyuluh PKB, jangan lupa bayar pajak", False),
        ("timnas Garuda menang", False),
        ("kader PKB se-kabupaten", True),
        ("coblos PKB, bukan pajak kendaraan", False),
        ("partai PKB bukan pajak kendaraan", True),
        ("#timnasGaruda", False),
        ("#coblosPKB", True),
    ],
)
def test_an_ambiguous_name_needs_a_political_cue_and_no_ordinary_one(text, counts):
    assert bool([one for one in masked(text).segments if one.name.kind != "region"]) is counts


def with_common_words():
    """The poll in which one pair calls itself he or she (DIA) and the other brave (Berani)."""
    poll = election()
    first, second = poll.participants
    return replace(
        poll,
        participants=(
            replace(first, acronym=("DIA",), ambiguous=(*first.ambiguous, "DIA")),
            replace(second, acronym=("Berani",), ambiguous=(*second.ambiguous, "Berani")),
        ),
    )


COMMON_WORDS = names_of([with_common_words()], LEXICON)


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("saya pilih karena dia baik", False),
        ("Saya pilih dia. Dia memang baik, dukung terus", False),
        ("semoga Dia memberi petunjuk saat kita pilih pemimpin", False),
        ("PILIH PEMIMPIN, JANGAN LUPA DIA JUGA MANUSIA", False),
        ("Rapat DIA di kantor", False),
        ("Ayo pilih DIA tanggal 27", True),
        ("Ayo pilih (DIA)", True),
        ("dukung paslon dia ya", True),
        ("#PilihDIA", True),
        ("coblos @dia ya", True),
        ("ayo berani pilih yang jujur", False),
        ("Berani pilih yang jujur", False),
        ("ayo pilih.\nBerani tolak amplop", False),
        ("kita pilih Berani saja", True),
        ("kita pilih BERANI saja", True),
        ("pilih “Berani”, lanjutkan", True),
    ],
)
def test_a_name_that_is_a_common_word_must_be_written_as_a_name(text, counts):
    assert bool(mask(normalise(text), COMMON_WORDS).segments) is counts


PARTIES = names_of([load_election("pemilu-2024")], LEXICON)


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("rame pas jam istirahat, coblosan masih lama", False),
        ("PAS PILIH BAJU KOK PARTAINYA HABIS", False),
        ("pas foto dulu sebelum pilih", False),
        ("ayo pilih PAS tanggal 14", True),
        ("coblos partai pas ya", True),
        ("coblos pan ya", True),
    ],
)
def test_a_party_with_the_name_of_an_everyday_word_must_be_written_as_a_name(text, counts):
    assert bool([one for one in mask(normalise(text), PARTIES).segments if one.name.kind == "party"]) is counts


def test_an_everyday_word_beside_a_party_says_the_same_of_every_party():
    read = {
        mask(normalise(f"joget jingle {party.names[0]} pas jam istirahat"), PARTIES).text
        for party in load_election("pemilu-2024").known_parties
        if party.names[0] not in party.ambiguous
    }
    assert read == {"joget jingle ⟨b⟩ pas jam istirahat"}


def test_the_office_alone_names_nobody():
    assert masked("Bupati meresmikan jembatan bersama wakil bupati").segments == ()


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=12),
            st.sampled_from(
                ["Bimantara", "#DukungPanawa", "partai PKS", "@palawija.nawangsih", " dan ", "Lembah Biru"]
            ),
        ),
        max_size=10,
    ).map("".join)
)
def test_every_place_leads_back_into_the_original(text):
    found = masked(text)
    for start in range(0, len(found.text), 3):
        first, last = found.span(start, min(start + 4, len(found.text)))
        assert 0 <= first <= last <= len(text)
    for place, segment in zip(found.starts, found.segments, strict=True):
        assert found.span(place, place + 3) == found.normalised.span(segment.start, segment.end)
        assert found.segment_at(place) is segment


@pytest.mark.parametrize("title", ["pak", "bapak", "mas", "kangmas", "dukung bapak"])
def test_a_name_is_found_behind_a_longer_title_than_the_one_it_is_known_with(title):
    poll = election()
    known = tuple(
        replace(one, short=(*one.short, "Pak Wirayuda", "Mas Wirayuda", "Wirayuda")) for one in poll.participants[:1]
    )
    names = names_of([replace(poll, participants=(*known, *poll.participants[1:]))], LEXICON)
    assert "⟨p⟩" in mask(normalise(f"{title} Wirayuda"), names).text
