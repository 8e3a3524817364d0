from __future__ import annotations

import pytest

from scanner.domain.signals import Channel, Weight
from tests.rules.casts import matcher


def tags(text, *polls):
    return [one for one in matcher(*polls).match(text).signals if one.channel is Channel.HASHTAG]


@pytest.mark.parametrize(
    ("text", "code", "kind"),
    [
        ("#DukungBimantara", "MEDSOS-DUKUNG", "participant"),
        ("#dukungpanawa", "MEDSOS-DUKUNG", "participant"),
        ("#coblosnomor2", "MEDSOS-DUKUNG", "number"),
        ("#coblosnomor9", "MEDSOS-DUKUNG", ""),
        ("#pilihPMM", "MEDSOS-DUKUNG", "party"),
        ("#dukungkitasemua", "MEDSOS-DUKUNG", ""),
        ("#dukungkitasemua bareng Bimantara", "MEDSOS-DUKUNG", "participant"),
        ("#asalbukanpalawija", "SERANG-CALON", "participant"),
    ],
)
def test_a_hashtag_has_its_code_and_the_object_it_holds_or_stands_beside(text, code, kind):
    (signal,) = tags(text)
    assert (signal.code, signal.object_kind, signal.weight) == (code, kind, Weight.M)
    assert signal.quote == text.split()[0]


def test_a_number_in_a_tag_names_nobody_while_two_polls_are_active():
    (signal,) = tags("#coblosnomor2", "pilbup-uji", "pilbup-tunggal")
    assert signal.object_kind == ""


@pytest.mark.parametrize("text", ["#netralitasASN", "#hariguru", "tanpa tagar", "C# dan nomor #2"])
def test_ordinary_hashtags_say_nothing(text):
    assert not tags(text)


def test_a_post_to_an_account_of_a_participant_is_a_channel_of_its_own():
    matches = matcher().match("siap", targets=["@Bimantara.Kemuning"])
    (signal,) = [one for one in matches.signals if one.channel is Channel.TARGET]
    assert (signal.quote, signal.object_kind) == ("", "participant")
    assert not [one for one in matcher().match("siap", targets=["@warga"]).signals if one.channel is Channel.TARGET]
