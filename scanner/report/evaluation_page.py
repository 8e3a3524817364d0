"""report.html: the evaluation as one self-contained page, Indonesian first, that can be printed and put on file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from string import Template

from scanner.classify.assessment import Assessment, Decisions
from scanner.classify.slices import FEWEST, Slice
from scanner.domain.flags import Label
from scanner.report.cases import Case, Worst
from scanner.report.charts import capacity_chart, precision_recall_chart, reliability_chart, whisker
from scanner.report.evaluation import Evaluation
from scanner.report.guards import Guard, Share
from scanner.report.markup import NOTHING, count, heading, interval, number, table, text

_LABELS = {
    Label.CAMPAIGN_SUPPORT: ("Dukungan kampanye", "Campaign support"),
    Label.PNS_ATTRIBUTE_USE: ("Atribut PNS dalam kampanye", "PNS attributes in a campaign"),
}
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
_SHARES = {"all": "semua", "twin queued": "kembarannya di antrean", "twin not queued": "kembarannya tidak di antrean"}
_GUARDS = {
    "lawful": (
        "Unggahan yang sah",
        "Lawful posts (PU1)",
        "Kritik, keluhan, satire, berita, agama, dan informasi pemilihan tidak boleh merepotkan siapa pun. "
        "Batas: paling banyak 5 % masuk antrean.",
        "masuk antrean",
    ),
    "disguised": (
        "Tulisan yang disamarkan",
        "Disguised spellings",
        "Unggahan yang sama, ditulis biasa dan disamarkan, harus diputus sama. Batas: paling sedikit 97 % tetap.",
        "keputusan tetap",
    ),
}


def write_html(path: Path, evaluation: Evaluation) -> None:
    """Write report.html: no script, nothing fetched from anywhere."""
    template = Template(Path(__file__).with_name("evaluation.html").read_text(encoding="utf-8"))
    title = text(f"Evaluasi {evaluation.versions['model']}")
    path.write_text(template.substitute(title=title, body=_body(evaluation)), encoding="utf-8")


def _body(evaluation: Evaluation) -> str:
    heads = zip(evaluation.heads, evaluation.worst, strict=True)
    return "\n".join(
        [
            _opening(evaluation),
            _overview(evaluation),
            *(_head(head, errors, evaluation) for head, errors in heads),
            _neutrality(evaluation),
            heading(2, "Set penjaga", "Guard sets", "penjaga"),
            *map(_guard, evaluation.guards),
            _cost(evaluation),
            _glossary(),
        ]
    )


def _opening(evaluation: Evaluation) -> str:
    versions = " · ".join(f"{text(name)} {text(version)}" for name, version in evaluation.versions.items())
    links = [("ringkasan", "Ringkasan"), *((head.label, _LABELS[head.label][0]) for head in evaluation.heads)]
    links += [("netral", "Netralitas"), ("penjaga", "Set penjaga"), ("biaya", "Waktu dan ukuran"), ("arti", "Arti")]
    return (
        heading(1, "Laporan evaluasi", "Evaluation report")
        + f'<p class="lead">{count(evaluation.posts)} unggahan dari <b>{text(evaluation.data)}</b><br>{versions}</p>'
        + '<p class="notice">Skor hanya berkata: <b>mohon dilihat manusia</b>. Skor bukan bukti dan bukan vonis, dan '
        "tidak boleh dipakai untuk menilai atau memeringkat orang. Laporan ini memuat teks unggahan dari data di atas: "
        "simpan seperti data itu sendiri.</p>"
        + _learned(evaluation)
        + "<nav>"
        + "".join(f'<a href="#{text(place)}">{text(name)}</a>' for place, name in links)
        + "</nav>"
    )


def _learned(evaluation: Evaluation) -> str:
    if not evaluation.trained_on:
        return ""
    return (
        f'<p class="notice"><b>{count(evaluation.trained_on)} unggahan ini juga ada di korpus latihan</b>: angka di '
        "bawah terlalu baik. Yang berlaku adalah angka dari unggahan yang belum pernah dilihat model.</p>"
    )


def _overview(evaluation: Evaluation) -> str:
    measures = (
        ("Presisi rata-rata (AP)", "average_precision"),
        ("AP aturan kata kunci", "keyword_average_precision"),
        ("ROC AUC", "roc_auc"),
        ("Recall pada presisi 0,9", "recall_at_precision_90"),
        ("Skor Brier", "brier"),
        ("Galat kalibrasi (ECE)", "ece"),
    )
    rows = [[text(name), *(interval(getattr(head, field)) for head in evaluation.heads)] for name, field in measures]
    for name, field in (("pada ambang", "at_threshold"), ("di antrean", "queued")):
        made = [getattr(head, field) for head in evaluation.heads]
        rows += [
            [f"Presisi {name}", *(interval(one.precision) for one in made)],
            [f"Recall {name}", *(interval(one.recall) for one in made)],
            [f"F1 {name}", *(interval(one.f1) for one in made)],
        ]
    counts = [f"{count(head.posts)} <small>({count(head.positives)} positif)</small>" for head in evaluation.heads]
    columns = ["Ukuran", *(f"#{_LABELS[head.label][0]}" for head in evaluation.heads)]
    return (
        heading(2, "Ringkasan", "Summary", "ringkasan")
        + table(columns, [["Unggahan yang dinilai", *counts], *rows], "short")
        + '<p class="lead">Dalam kurung: selang 95 % (bootstrap atas unggahan). <i>Ambang</i> adalah kepala model '
        "saja; <i>antrean</i> adalah aturan dan model bersama, seperti yang dilihat penelaah.</p>"
    )


def _head(head: Assessment, errors: Worst, evaluation: Evaluation) -> str:
    title = heading(2, *_LABELS[head.label], head.label)
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


def _neutrality(evaluation: Evaluation) -> str:
    one = evaluation.neutrality
    rows = [
        ["Kalimat", count(one.frames)],
        ["Pemilihan", count(one.elections)],
        ["Pembacaan (kalimat × peserta)", count(one.readings)],
        ["Keputusan yang berubah", count(one.flips)],
        ["Pergeseran peluang terbesar", number(one.largest_shift, 4)],
        ["Pergeseran di atas 0,02", f"{count(one.shifted)} dari {count(one.compared)}"],
    ]
    return (
        heading(2, "Netralitas", "Neutrality", "netral")
        + "<p>Kalimat yang sama dibaca untuk setiap peserta, nomor, partai, dan wilayah dari setiap pemilihan: skornya "
        "harus sama, siapa pun yang disebut.</p>" + table(["Ukuran", "#Nilai"], rows, "short")
    )


def _guard(guard: Guard) -> str:
    indonesian, english, says, verb = _GUARDS[guard.name]
    rows = [_share(one) for one in (guard.whole, *guard.groups)]
    failures = "".join(f"<li>{text(words)} <small>{text(name)}</small></li>" for name, words in guard.failures)
    listed = f"<details open><summary>Yang salah diputus: {len(guard.failures)}</summary><ul>{failures}</ul></details>"
    return (
        heading(3, indonesian, english)
        + f"<p>{text(says)}</p>"
        + table(("Kelompok", "#Unggahan", f"#{verb}", "Bagian", "#"), rows, "short")
        + (listed if failures else "")
    )


def _share(one: Share) -> list[str]:
    return [
        text(_SHARES.get(one.name, one.name)),
        count(one.posts),
        count(one.hits),
        whisker(one.interval),
        interval(one.interval),
    ]


def _cost(evaluation: Evaluation) -> str:
    cost = evaluation.cost
    rows = [
        ["Unggahan per detik (cocokkan, skor, putus)", count(round(cost.posts_per_second))],
        ["Satu unggahan, median", f"{number(cost.median_ms, 2)} ms"],
        ["Satu unggahan, persentil ke-95", f"{number(cost.p95_ms, 2)} ms"],
        ["Folder model", f"{number(cost.model_bytes / 1e6, 2)} MB"],
        ["Tabel di memori", f"{number(cost.table_bytes / 1e6, 2)} MB"],
    ]
    title = heading(2, "Waktu dan ukuran", "Latency and size", "biaya")
    return title + table(["Ukuran", "#Nilai"], rows, "short")


def _glossary() -> str:
    terms = {
        "Presisi": "bagian dari yang ditandai yang memang berlabel.",
        "Recall": "bagian dari yang berlabel yang ditemukan.",
        "F1": "rata-rata harmonis presisi dan recall.",
        "AP": "rata-rata presisi atas seluruh peringkat; 1 sempurna, acak sama dengan bagian positif.",
        "ROC AUC": "peluang sebuah unggahan positif berada di atas unggahan negatif.",
        "Brier, ECE": "jarak peluang dari kenyataan; 0 sempurna.",
        "Alarm palsu": "bagian dari yang tidak berlabel yang tetap masuk antrean.",
    }
    rows = "".join(f"<dt>{text(term)}</dt><dd>{text(meaning)}</dd>" for term, meaning in terms.items())
    return heading(2, "Arti istilah", "Glossary", "arti") + f"<dl>{rows}</dl>"
