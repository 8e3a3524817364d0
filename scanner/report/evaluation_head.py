"""The part of report.html that one head fills: charts, groups, and the posts it was most wrong about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from scanner.classify.assessment import Assessment, Decisions
from scanner.classify.slices import FEWEST, Slice
from scanner.domain.flags import Label
from scanner.report.cases import Case, Worst
from scanner.report.charts import capacity_chart, precision_recall_chart, reliability_chart, whisker
from scanner.report.evaluation import Evaluation
from scanner.report.markup import NOTHING, count, heading, interval, number, table, text

LABELS = {
    Label.CAMPAIGN_SUPPORT: ("Dukungan kampanye", "Campaign support"),
    Label.PNS_ATTRIBUTE_USE: ("Atribut PNS dalam kampanye", "PNS attributes in a campaign"),
}
"""Names of the labels, Indonesian and English."""
_FACETS = {
    "platform": "Platform",
    "source": "Sumber",
    "register": "Ragam",
    "language": "Bahasa",
    "category": "Kategori",
    "difficulty": "Kesulitan",
    "election_type": "Jenis pemilihan",
    "length": "Panjang",
}


def head_section(head: Assessment, errors: Worst, evaluation: Evaluation) -> str:
    """Write the section of one head."""
    title = heading(2, *LABELS[head.label], head.label)
    named, unnamed = evaluation.thresholds[str(head.label)]
    return (
        title
        + f"<p>Ambang: {number(named)} bila peserta disebut, {number(unnamed)} bila tidak ada yang dikenal. "
        + f"Di atas ambang {count(head.at_threshold.flagged)}, masuk antrean {count(head.queued.flagged)} "
        + f"dari {count(head.posts)} unggahan.</p>"
        + _charts(head, evaluation)
        + heading(3, "Per kelompok", "By group")
        + f'<p class="lead">Kelompok atau sel dengan kurang dari {FEWEST} unggahan tidak ditampilkan.</p>'
        + _slices(head.slices)
        + _cases("Alarm palsu terburuk", "Worst false alarms", errors.false_alarms)
        + _cases("Terlewat terburuk", "Worst misses", errors.misses)
    )


def _charts(head: Assessment, evaluation: Evaluation) -> str:
    stream = evaluation.stream
    base = head.positives / head.posts
    share = base if stream.prevalence is None else stream.prevalence
    drawn = [
        (reliability_chart(head.reliability), "Keandalan", "Reliability", "Di garis putus-putus peluang itu jujur."),
        (
            precision_recall_chart(
                head.cuts, _point(head.at_threshold), _point(head.queued), head.positives / head.posts
            ),
            "Presisi dan recall",
            "Precision and recall",
            "Garis putus-putus: memilih secara acak.",
        ),
    ]
    if head.capacities:
        says = f"Dari {count(stream.volume)} unggahan per hari, {number(100 * share, 1)} % di antaranya positif."
        drawn.append((capacity_chart(head.capacities, stream.volume), "Kapasitas penelaah", "Review capacity", says))
    return '<div class="charts">' + "".join(_figure(*one) for one in drawn) + "</div>"


def _figure(svg: str, indonesian: str, english: str, says: str) -> str:
    return (
        f'<figure>{svg}<figcaption><b>{indonesian}</b> <span lang="en">{english}</span>. {says}</figcaption></figure>'
    )


def _point(made: Decisions) -> tuple[float, float]:
    return made.recall.value, made.precision.value


def _slices(found: Iterable[Slice]) -> str:
    columns = ("Kelompok", "#Unggahan", "#Positif", "AP", "#", "#Presisi antrean", "#Recall antrean", "#Alarm palsu")
    rows: list[list[str]] = []
    for facet, members in groupby(found, key=lambda one: one.facet):
        rows.append([f"<b>{text(_FACETS.get(facet, facet))}</b>", *[""] * 7])
        rows += [_slice(one) for one in members]
    return table(columns, rows, "slices")


def _slice(one: Slice) -> list[str]:
    return [
        text(one.value),
        count(one.posts),
        count(one.positives),
        whisker(one.average_precision),
        interval(one.average_precision),
        interval(one.precision),
        interval(one.recall),
        interval(one.false_alarms),
    ]


def _cases(indonesian: str, english: str, cases: Iterable[Case]) -> str:
    cards = "".join(map(_case, cases))
    return heading(3, indonesian, english) + (f'<div class="cases">{cards}</div>' if cards else f"<p>{NOTHING}</p>")


def _case(case: Case) -> str:
    badge = ' <span class="badge">masuk antrean</span>' if case.queued else ""
    facets = " · ".join(map(text, filter(None, [*case.facets.values(), case.note])))
    lines = [f"Aturan: {text('; '.join(case.signals))}"] if case.signals else ["Aturan tidak melihat apa-apa."]
    for name, words in (("Mendorong", case.towards), ("Menahan", case.away), ("Isyarat", case.cues)):
        lines += [f"{name}: {weighed}"] if (weighed := " · ".join(_weights(words))) else []
    return (
        f'<article class="case"><b>{number(case.probability)}</b>{badge}<blockquote>{text(case.text)}</blockquote>'
        + "".join(f"<p>{line}</p>" for line in lines)
        + (f"<p>{facets}</p>" if facets else "")
        + "</article>\n"
    )


def _weights(words: Iterable[tuple[str, float]]) -> Iterator[str]:
    for word, weight in words:
        kind, sign = ("towards", "+") if weight > 0 else ("away", "−")
        yield f'{text(word)} <span class="{kind}">{sign}{number(abs(weight), 2)}</span>'
