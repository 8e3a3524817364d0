"""report.html: the evaluation as one self-contained page, Indonesian first, that can be printed and put on file."""

from __future__ import annotations

from pathlib import Path
from string import Template

from scanner.report.charts import whisker
from scanner.report.evaluation import Evaluation
from scanner.report.evaluation_head import LABELS, head_section
from scanner.report.guards import Guard, Share
from scanner.report.markup import count, heading, interval, number, table, text

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
            *(head_section(head, errors, evaluation) for head, errors in heads),
            _neutrality(evaluation),
            heading(2, "Set penjaga", "Guard sets", "penjaga"),
            *map(_guard, evaluation.guards),
            _cost(evaluation),
            _glossary(),
        ]
    )


def _opening(evaluation: Evaluation) -> str:
    versions = " · ".join(f"{text(name)} {text(version)}" for name, version in evaluation.versions.items())
    links = [("ringkasan", "Ringkasan"), *((head.label, LABELS[head.label][0]) for head in evaluation.heads)]
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
    columns = ["Ukuran", *(f"#{LABELS[head.label][0]}" for head in evaluation.heads)]
    return (
        heading(2, "Ringkasan", "Summary", "ringkasan")
        + table(columns, [["Unggahan yang dinilai", *counts], *rows], "short")
        + '<p class="lead">Dalam kurung: selang 95 % (bootstrap atas unggahan). <i>Ambang</i> adalah kepala model '
        "saja; <i>antrean</i> adalah aturan dan model bersama, seperti yang dilihat penelaah.</p>"
    )


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
        "harus sama, siapa pun yang disebut.</p>"
        + table(["Ukuran", "#Nilai"], rows, "short")
        + (f"<p>Pergeseran terbesar di {text(one.widest)}</p>" if one.widest else "")
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
