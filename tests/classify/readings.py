"""Posts as a matcher would hand them over, made by hand, and a tiny model over them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scanner.classify.bundle import FORMAT, Config, write_model
from scanner.classify.features import FeatureParams, counts
from scanner.classify.frequencies import document_frequencies, inverse_frequencies, weigh
from scanner.classify.genres import number_genres
from scanner.classify.heads import Choice, as_genres, fit_head, served
from scanner.classify.model import LABELS, Calibration, Head, Threshold
from scanner.classify.trusted import dump_heads
from scanner.domain.signals import Channel, Exculpatory, Mention, Signal, Weight

PARAMS = FeatureParams(bits=12, class_scale=1.0)
SUPPORT = [
    "ayo coblos ⟨p⟩ besok",
    "menangkan ⟨p⟩ dulur",
    "saya dukung ⟨p⟩ lahir batin",
    "pilih ⟨b⟩ ya bu",
    "⟨p⟩ harga mati",
]
OTHER = [
    "apel pagi di kantor camat",
    "kpu tetapkan jadwal debat",
    "hujan deras sejak subuh",
    "antre berkas di loket",
    "berita ⟨p⟩ sakit",
]


@dataclass(frozen=True, slots=True)
class Reading:
    """The attributes of `scanner.rules.matches.Matches` this room needs."""

    original: str
    masked: str
    signals: tuple[Signal, ...] = ()
    mentions: tuple[Mention, ...] = ()
    exculpatory: tuple[Exculpatory, ...] = ()
    has_object: bool = False
    only_number: bool = False
    all_listed: bool = False


def read(text: str) -> Reading:
    """A post in which the rules saw nothing."""
    return Reading(original=text, masked=text.lower())


def signal(start: int, end: int, **changes: object) -> Signal:
    """A strong signal at a place."""
    fields: dict[str, object] = {"code": "MEDSOS-DUKUNG", "entry": "coblos {P}", "weight": Weight.H}
    return Signal(**{**fields, "channel": Channel.TEXT, "start": start, "end": end, "quote": "", **changes})


def mention(start: int, end: int, ref: str = "x#1", kind: str = "participant") -> Mention:
    return Mention(ref=ref, kind=kind, start=start, end=end, quote="")


def two_genres(labels):
    """Posts with a label and posts without."""
    return number_genres(labels, np.where(labels, "yes", "no"))


def write_tiny_model(folder):
    """Train two tiny heads, of four genres and of two, on ten posts and write them as a model folder.

    Returns config, sklearn heads and inverse frequencies.
    """
    texts = [read(text) for text in SUPPORT + OTHER]
    raw = counts(texts, PARAMS)
    frequencies = document_frequencies(raw, np.arange(len(texts)))
    idf = inverse_frequencies(frequencies, len(texts))
    matrix = weigh(raw, idf)
    support = np.array([True] * len(SUPPORT) + [False] * len(OTHER))
    genres = {
        LABELS[0]: number_genres(support, np.array(["call"] * 3 + ["hint"] * 2 + ["talk"] * 4 + ["news"])),
        LABELS[1]: two_genres(~support),
    }
    fitted = {
        str(label): fit_head(matrix, one, np.ones(len(texts)), Choice(strength=1.0)) for label, one in genres.items()
    }
    config = Config(
        format=FORMAT,
        name=folder.name,
        labels=tuple(map(str, LABELS)),
        params=PARAMS,
        heads=tuple(
            Head(
                label=label,
                genres=as_genres(genres[label], fitted[str(label)]),
                calibration=Calibration(slope=1.5, intercept=-0.2),
                threshold=Threshold(named=0.5, unnamed=0.7),
            )
            for label in LABELS
        ),
        ruleset="test",
        corpus_sha256="0" * 64,
        seed=0,
        scikit_learn=_version(),
        files={},
    )
    table = np.concatenate([served(head)[0] for head in fitted.values()]) * idf
    return write_model(folder, config, {"table": table, "frequencies": frequencies}, dump_heads(fitted)), fitted, idf


def _version() -> str:
    import sklearn

    return sklearn.__version__
