"""What scores posts and finds similar ones: the classifier, proven on texts of our own, and the encoder."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scanner.classify.bundle import load_model, read_config
from scanner.classify.swapped import describe_encoder
from scanner.detect.reader import Reader, Text
from scanner.doctor.case import Case
from scanner.doctor.check import Finding, Named, fix, mind, well
from scanner.domain.flags import Label, Phase
from scanner.rules.elections import Kind, Participant
from scanner.rules.ruleset import load_ruleset
from scanner.workspace import model_folder

CALLS = (
    "Ayo coblos {} di TPS besok pagi",
    "Jangan lupa pilih {}, ya, sudah pasti menang",
    "Saya mendukung {} sepenuhnya, mari menangkan bersama",
    "Dukung {} untuk perubahan daerah kita",
    "Menangkan {} satu putaran, kawan-kawan",
    "Tanggal pencoblosan nanti coblos {} saja",
    "Pilih {} kalau mau jalan desa diaspal",
    "Satu suara untuk {}, ajak keluarga ke TPS",
    "Kami sekeluarga siap memenangkan {}",
    "Yuk ramaikan kampanye {} sore ini",
)
"""Fictional posts that call for a participant."""
DAILY = (
    "Hujan sejak subuh, antre berkas di loket tetap ramai",
    "Sarapan lontong sayur di depan kantor, enak sekali",
    "Selamat ulang tahun untuk ibu, sehat selalu",
    "Rapat evaluasi pelayanan selesai jam dua siang",
    "Jalan ke pasar macet karena perbaikan jembatan",
    "Kucing di rumah beranak empat ekor pagi ini",
    "Jadwal imunisasi balita hari Kamis di balai desa",
    "Panen cabai bagus, harga di pasar lumayan",
    "Upacara bendera ditunda karena lapangan becek",
    "Belajar memasak rendang dari resep nenek",
)
"""Fictional posts about nothing of the kind."""
_FEWEST = 8
"""Of ten calls that rules and model together must find, whatever the election."""
_EVEN = 1e-4
"""By which the score of a call may differ between participants: they are masked before they are scored."""


def _model(case: Case) -> Finding:
    model = load_model(model_folder(case.settings.model, case.root))
    fits = model.ruleset == load_ruleset().id
    return well(model.id) if fits else fix(f"trained with rules {model.ruleset}; run `scanner train`", model.id)


def _scikit_learn(case: Case) -> Finding:
    trained, here = read_config(model_folder(case.settings.model, case.root)).scikit_learn, _version()
    if trained and here < _numbers(trained):
        step = f"trained with scikit-learn {trained}, older is installed: `pip install 'scikit-learn>={trained}'`"
        return mind(f"{step} before it is trained further (scoring needs none)")
    return well(f"fits a model of {trained or 'no version'}")


def _version() -> tuple[int, ...]:
    return _numbers(importlib.metadata.version("scikit-learn"))


def _numbers(version: str) -> tuple[int, ...]:
    """Return the first two numbers of a version, by which what was saved differs."""
    return tuple(int(part) for part in version.split(".")[:2] if part.isdecimal())


def _smoke(case: Case) -> Finding:
    """Read twenty texts as a scan would."""
    election = case.election
    reader = Reader(ruleset=case.workspace.ruleset, model=case.workspace.model, elections=(election,))
    first, second = _called(election.participants)
    support, found = _read(reader, [call.format(first) for call in CALLS])
    other, _ = _read(reader, [call.format(second) for call in CALLS])
    plain, wrong = _read(reader, DAILY)
    if not np.isfinite([support, other, plain]).all():
        return fix("scores that are no numbers: fetch the model again, or run `scanner train`")
    if np.median(support) < np.median(plain):
        return fix("everyday texts score higher than calls to vote: the model is not what it says; run `scanner train`")
    if np.abs(support - other).max() > _EVEN:
        return fix("the same call scores otherwise for another participant (G7): run `scanner train`")
    if found < _FEWEST or wrong:
        return fix(f"{found} of 10 calls and {wrong} of 10 everyday texts are found: check keywords and election file")
    return well(f"{found} of 10 calls found, {wrong} of 10 everyday texts")


def _read(reader: Reader, texts: list[str] | tuple[str, ...]) -> tuple[NDArray[np.float32], int]:
    """Return the support score of each text, and in how many anything was found."""
    readings = reader.read([Text(text, Phase.KAMPANYE) for text in texts])
    scores = np.array([one.probability(Label.CAMPAIGN_SUPPORT) for one in readings], dtype=np.float32)
    return scores, sum(bool(one.findings) for one in readings)


def _called(participants: Sequence[Participant]) -> tuple[str, str]:
    """Return the names of two people or parties, of those that mean nothing else as far as there are any."""
    persons = [one for one in participants if one.kind is not Kind.BLANK_BOX]
    clear = [name for one in persons for name in [n for n in one.names if n not in one.ambiguous and " " in n][:1]]
    names = clear or [one.names[0] for one in persons]
    return names[0], names[-1]


def _encoder(case: Case) -> Finding:
    about = describe_encoder(case.workspace.models)
    if about["problem"]:
        return fix(about["problem"], about["id"])
    return well(f"{about['id']}, {about['dimensions']} dimensions")


CHECKS = {
    "model": Named(_model, needs=("settings", "rules")),
    "scikit-learn": Named(_scikit_learn, needs=("model",)),
    "smoke test": Named(_smoke, needs=("model", "election")),
    "encoder": Named(_encoder, needs=("settings", "restoring")),
}
