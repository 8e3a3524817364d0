"""Why a post is in the queue, in plain Indonesian for a reviewer: without score, sanction class or verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.domain.flags import Element, Finding, Met, Phase
from scanner.domain.signals import Signal, Weight
from scanner.rules.matches import Matches
from scanner.rules.ruleset import Ruleset

_PHASES = {
    Phase.NON: "di luar tahapan",
    Phase.PRA: "sebelum penetapan calon",
    Phase.TETAP: "setelah penetapan calon",
    Phase.KAMPANYE: "pada masa kampanye",
    Phase.TENANG: "pada masa tenang",
    Phase.HARI_H: "pada hari pemungutan suara",
    Phase.REKAP: "pada masa rekapitulasi",
    Phase.PSU: "pada pemungutan suara ulang",
}


def explain(ruleset: Ruleset, matches: Matches, findings: Sequence[Finding], phase: Phase) -> str:
    """Say in sentences what was seen, where, and what speaks for the author.

    Disputes about a norm are left out: they speak of sanction classes, so they are shown after deciding.
    """
    names = "; ".join(f"{finding.code} ({ruleset.codes[finding.code].name})" for finding in findings)
    lines = [f"Dugaan, perlu ditelaah: {names}, {_PHASES[phase]}."]
    quotes = dict.fromkeys(f"“{signal.quote}”" for signal in _spoken(ruleset, matches.signals, findings))
    if quotes:
        lines.append(f"Yang terbaca: {', '.join(quotes)}.")
    read_as = {f"“{signal.quote}” dibaca “{signal.rewrite}”": None for signal in matches.signals if signal.rewrite}
    if read_as:
        lines.append(f"Ejaan yang diurai: {', '.join(read_as)}.")
    inferred = any(Met.INFERRED in finding.elements.values() for finding in findings)
    if inferred:
        lines.append("Sebagian unsur disimpulkan dari keseluruhan kalimat; penilai harus memastikannya sendiri.")
    if any(finding.elements.get(Element.O) is Met.INFERRED for finding in findings):
        lines.append("Tidak ada peserta pemilu yang disebut dengan nama atau nomor.")
    if matches.exculpatory:
        cues = dict.fromkeys(f"“{one.quote}” ({one.tag})" for one in matches.exculpatory)
        lines.append(f"Yang meringankan: {', '.join(cues)}.")
    return " ".join(lines)


def _spoken(ruleset: Ruleset, signals: Sequence[Signal], findings: Sequence[Finding]) -> Iterator[Signal]:
    """Yield the signals behind the findings. Shared words are found as sharing, but speak as the support they are."""
    codes = {finding.code for finding in findings}
    labels = {ruleset.codes[code].label for code in codes}
    for signal in signals:
        said = signal.weight is not Weight.L and ruleset.codes[signal.code].label in labels
        if signal.quote and (said or signal.code in codes):
            yield signal
