"""Texts are read in batches in their order, and whoever is supported, the same words are read the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scanner.detect.reader import Reader, Reading, Text
from scanner.domain.flags import Label, Phase
from scanner.rules.elections import Election, ElectionType, Participant
from scanner.rules.ruleset import Ruleset
from tests.detect.casts import LOW, UNNAMED, codes, make_election, make_model, make_random_model

ARTICLES = Path(__file__).parents[2] / "../shared/source"
TOLD = (
    "Ayo coblos {head}, dulur",
    "jan lupo cobloh nomor {number}",
    "{pair} harga mati, gaspol {number}!",
    "Sebarkan biar {pair} menang",
    "Masih pakai PDH, coblos {short} ya",
    "ASN harus netral, tapi pokoknya {pair}",
    "Jangan pilih {head}, sudah terbukti gagal",
    "{deputy} meresmikan jembatan",
    "#{hashtag}menang kita menangkan {pair}",
    "Aula kecamatan dipakai konsolidasi tim {pair}",
)


def told(template: str, one: Participant) -> str:
    head, deputy = one.names
    names = {"head": head, "deputy": deputy, "short": one.short[0], "pair": one.pair[0], "number": one.number}
    return template.format(**names, hashtag=one.pair[0].replace("-", "").lower())


def read(reader: Reader, *texts: str, phase: Phase = Phase.KAMPANYE) -> list[Reading]:
    return reader.read([Text(text=text, phase=phase) for text in texts])


@pytest.mark.parametrize("participants", [2, 3])
def test_the_same_words_are_read_alike_whoever_they_support(ruleset: Ruleset, tmp_path: Path, participants: int):
    election = make_election(tmp_path, participants=participants)
    reader = Reader(ruleset=ruleset, model=make_random_model(), elections=(election,))
    for template in TOLD:
        readings = read(reader, *(told(template, one) for one in election.participants))
        assert len({(reading.scores, reading.findings, reading.labels) for reading in map(_comparable, readings)}) == 1


def _comparable(reading: Reading) -> Reading:
    """With elements as pairs, so that findings can be put into a set."""
    findings = tuple(replace(one, elements=tuple(one.elements.items())) for one in reading.findings)
    return replace(reading, findings=findings)


def test_the_templates_are_worth_comparing(ruleset: Ruleset, election: Election):
    reader = Reader(ruleset=ruleset, model=make_random_model(), elections=(election,))
    readings = read(reader, *(told(template, election.participants[0]) for template in TOLD))
    assert len({reading.scores for reading in readings}) > len(TOLD) // 2
    assert len({tuple(codes(reading.findings)) for reading in readings}) > 3


def test_readings_come_in_the_order_of_the_texts(ruleset: Ruleset, election: Election):
    reader = Reader(ruleset=ruleset, model=make_model(), elections=(election,))
    texts = [f"Kabar {number}" if number % 2 else f"Coblos Bima-Ratna {number}" for number in range(50)]
    readings = read(reader, *texts)
    assert [reading.matches.original for reading in readings] == texts
    assert [bool(reading.findings) for reading in readings] == [number % 2 == 0 for number in range(50)]


def test_no_texts_give_no_readings(ruleset: Ruleset):
    assert Reader(ruleset=ruleset, model=make_model()).read([]) == []


def test_labels_are_those_of_the_findings_and_not_of_the_scores(ruleset: Ruleset, election: Election):
    reader = Reader(ruleset=ruleset, model=make_model(support=LOW, attribute=UNNAMED), elections=(election,))
    [reading] = read(reader, "Ayo coblos Wirya-Laila")
    assert reading.labels == {Label.CAMPAIGN_SUPPORT, Label.PNS_ATTRIBUTE_USE}
    [unsure] = read(Reader(ruleset=ruleset, model=make_model(), elections=(election,)), "Ayo coblos Wirya-Laila")
    assert unsure.labels == {Label.CAMPAIGN_SUPPORT}
    assert unsure.probability(Label.CAMPAIGN_SUPPORT) == pytest.approx(LOW)


def test_without_an_election_a_ballot_number_names_nobody(ruleset: Ruleset, election: Election):
    text = "Coblos nomor 2 ya"
    [known] = read(Reader(ruleset=ruleset, model=make_model(), elections=(election,)), text)
    [unknown] = read(Reader(ruleset=ruleset, model=make_model()), text)
    assert codes(known.findings) == ["MEDSOS-DUKUNG"]
    assert unknown.findings == ()


def test_the_kind_of_election_is_judged_only_where_there_is_one_kind(ruleset: Ruleset, election: Election):
    def kind(*elections: Election) -> ElectionType | None:
        return Reader(ruleset=ruleset, model=make_model(), elections=elections).judge.election_type

    national = replace(election, id="pilpres-rimba", type=ElectionType.PILPRES)
    assert kind(election) is ElectionType.PILKADA
    assert kind(election, national) is None
    assert kind() is None


@pytest.mark.parametrize(
    "name", ["2022-12-21-gubernur-lampung-asn-wajib-netral", "2024-08-16-samsudin-4-indikator-netralitas"]
)
def test_articles_about_neutrality_are_left_alone(ruleset: Ruleset, election: Election, name: str):
    article = ARTICLES / f"{name}.txt"
    if not article.is_file():
        pytest.skip("../shared/source is not here")
    text = article.read_text("utf-8")
    reader = Reader(ruleset=ruleset, model=make_model(), elections=(election,))
    for phase in Phase:
        readings = read(reader, text, *filter(str.strip, text.split("\n\n")), phase=phase)
        assert [reading.findings for reading in readings if reading.findings] == []


def test_skimming_scores_as_reading_does_and_tells_of_what_may_be_seen(ruleset: Ruleset, tmp_path: Path):
    election = make_election(tmp_path, participants=2)
    reader = Reader(ruleset=ruleset, model=make_random_model(), elections=(election,))
    texts = [told(template, one) for template in TOLD for one in election.participants]
    texts += ["Rapat warga lancar", "", "Panen padi 5 persen naik, kata dia?", "c o b l o s", "\ud800 halo"]
    readings = read(reader, *texts)
    skimmed = reader.skim(texts, lambda row: Text(text=texts[row], phase=Phase.KAMPANYE))
    for row, reading in enumerate(readings):
        assert skimmed.probabilities[row].tolist() == pytest.approx(
            [one.probability for one in reading.scores], abs=1e-6
        )
        if row in skimmed.readings:
            assert skimmed.readings[row] == reading
        else:
            assert (reading.findings, reading.matches.signals, reading.matches.mentions) == ((), (), ())


def test_skimming_nothing_gives_nothing(ruleset: Ruleset):
    skimmed = Reader(ruleset=ruleset, model=make_random_model()).skim([], lambda row: Text("", Phase.NON))
    assert skimmed.probabilities.shape == (0, 2)
    assert not skimmed.readings
