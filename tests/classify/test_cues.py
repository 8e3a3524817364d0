from __future__ import annotations

import pytest

from scanner.classify.cues import cues
from scanner.domain.signals import Channel, Exculpatory, Weight
from tests.classify.readings import Reading, mention, read, signal


def cues_of(reading):
    return cues([reading])[0]


def test_a_strong_signal_touching_a_name_is_said_so():
    seen = cues_of(
        Reading("ayo coblos Bima ya", "ayo coblos ⟨p⟩ ya", (signal(4, 15),), (mention(11, 15),), has_object=True)
    )
    assert {"s=MEDSOS-DUKUNG", "w=H", "strong=1", "gap=H:touching", "named=1", "object"} <= set(seen)


def test_negated_and_quoted_signals_are_other_cues_and_do_not_count_as_strong():
    seen = cues_of(Reading("x" * 30, "x", (signal(0, 5, negated=True), signal(6, 9, quoted=True)), ()))
    assert {"s=MEDSOS-DUKUNG-not", "s=MEDSOS-DUKUNG-quoted", "strong=0"} <= set(seen)


def test_the_contexts_that_speak_for_the_author_are_cues():
    context = Exculpatory(tag="X-BERITA", cue="dilansir", start=0, end=8, quote="dilansir", suppresses=True)
    assert "x=X-BERITA" in cues_of(Reading("dilansir", "dilansir", exculpatory=(context,)))


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("#Menang #Lanjutkan", "hashtags-only"),
        ("Siapa yang menang?", "ends-with-question"),
        ('Kata dia "coblos"', "quotation"),
        ("KPU Tetapkan Nomor Urut Calon Bupati", "case=title"),
        ("AYO KITA MENANG BERSAMA", "case=upper"),
        ("besok pagi apel lagi ya gaes", "case=lower"),
        ("12 34", "case=none"),
        ("mantap ✌🏻", "gesture"),
        ("ujar ketua KPU kemarin", "attribution"),
        ("unggul 41 persen", "percent"),
        ("[foto: banner]", "bracketed-note"),
    ],
)
def test_the_shape_of_a_text_is_a_cue(text, cue):
    assert cue in cues_of(read(text))


@pytest.mark.parametrize("name", ["Bo", "Siti Maemunah Harjaya binti Abdullah", "RMD", "i made suardhana"])
def test_no_cue_depends_on_how_a_name_is_written(name):
    def told(who):
        text = f"Dulur, {who} sudah datang, ayo kita coblos besok pagi"
        start = text.index("coblos")
        seen = (signal(start, start + 6, weight=Weight.M),)
        return cues_of(
            Reading(text, "dulur, ⟨p⟩ sudah datang, ayo kita coblos besok pagi", seen, (mention(7, 7 + len(who)),))
        )

    assert told(name) == told("Bima Sakti")


def test_an_emoji_beside_another_signal_is_a_cue_of_its_own():
    gesture = signal(10, 11, channel=Channel.EMOJI, weight=Weight.M)
    assert "gesture-beside-signal" in cues_of(Reading("x" * 20, "x", (signal(0, 5), gesture)))
    assert "gesture-beside-signal" not in cues_of(Reading("x" * 20, "x", (gesture,)))
