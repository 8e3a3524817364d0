"""summary.html: the summary of a period as one self-contained page, Indonesian first, without names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from math import nan
from pathlib import Path
from string import Template

from scanner.classify.slices import FEWEST
from scanner.report.charts import whisker
from scanner.report.markup import NOTHING, count, heading, interval, number, table, text
from scanner.report.summary import Row, Share, Summary
from scanner.report.summary_charts import VOLUMES, name_of, share_chart, volume_chart

_GROUPS = (
    ("codes", "Ketepatan per kode", "Precision by code", "Kode"),
    ("platforms", "Per platform", "By platform", "Platform"),
    ("phases", "Per fase", "By phase", "Fase"),
    ("units", "Per unit kerja", "By unit", "Unit kerja"),
)
_FEW = text(f"< {FEWEST}")


def write_summary(path: Path, summary: Summary) -> None:
    """Write the page: no script, nothing fetched from anywhere."""
    template = Template(Path(__file__).with_name("evaluation.html").read_text(encoding="utf-8"))
    page = template.substitute(title=text(f"Ringkasan {_period(summary)}"), body=body(summary))
    path.write_text(page, encoding="utf-8")


def body(summary: Summary) -> str:
    """Return what stands between the page's head and its end, as HTML."""
    groups = (_group(*names, rows=getattr(summary, kind)) for kind, *names in _GROUPS)
    return "\n".join([_opening(summary), _volumes(summary), _decisions(summary), *groups, _glossary()])


def _opening(summary: Summary) -> str:
    return (
        heading(1, "Ringkasan pengawasan", "Summary")
        + f'<p class="lead">{text(_period(summary))}; keadaan {_moment(summary.now)}</p>'
        + '<p class="notice"><b>Dugaan, bukan putusan.</b> Angka di sini tentang mesin dan pekerjaan kantor, bukan '
        f"tentang orang. Kelompok di bawah {FEWEST} tidak ditampilkan; kelompok akun memerlukan {FEWEST} orang.</p>"
    )


def _volumes(summary: Summary) -> str:
    rows = [[f"{week.monday:%d-%m-%y}", *(count(getattr(week, kind)) for kind in VOLUMES)] for week in summary.weeks]
    numbers = table(("Minggu mulai (UTC)", *(f"#{name}" for name in VOLUMES.values())), rows, "short")
    chart = f"<figure>{volume_chart(summary.weeks)}</figure>" if summary.weeks else ""
    return (
        heading(2, "Volume per minggu", "Volumes by week", "volume")
        + chart
        + f"<details><summary>Angka per minggu</summary>{numbers}</details>"
    )


def _decisions(summary: Summary) -> str:
    shares = (
        ("Dugaan yang perlu ditindaklanjuti, dari yang selesai", summary.suspected),
        ("Bukan pelanggaran, dari yang selesai", summary.dismissed),
        ("Diputus berbeda dari penelaah pertama, dari yang diadili", summary.reversed),
        ("Terlewat oleh mesin, dari contoh acak yang tidak ditandai", summary.missed),
    )
    days = [number(nan if value is None else value, 1) for value in (summary.days_median, summary.days_p90)]
    numbers = [
        ("Ditandai", count(summary.flagged)),
        ("Hari sampai selesai, median", days[0].replace(NOTHING, _FEW)),
        ("Hari sampai selesai, persentil ke-90", days[1].replace(NOTHING, _FEW)),
        ("Lewat tenggat dan belum selesai", count(summary.overdue)),
        ("Selesai setelah tenggat", count(summary.late)),
    ]
    return (
        heading(2, "Putusan", "Decisions", "putusan")
        + table(
            ("Ukuran", "#n", "Bagian", "#"), [[name, *_cells(share, drawn=True)] for name, share in shares], "short"
        )
        + table(("Ukuran", "#Nilai"), numbers, "short")
    )


def _group(indonesian: str, english: str, column: str, *, rows: Sequence[Row]) -> str:
    told = [[text(name_of(row)), _number(row.flagged), *_cells(row.suspected)] for row in rows]
    chart = f"<figure>{share_chart(rows, indonesian)}</figure>" if rows else ""
    return (
        heading(2, indonesian, english)
        + chart
        + table((column, "#Ditandai", "#Selesai", "#Dugaan, dari yang selesai"), told, "short")
    )


def _cells(share: Share, *, drawn: bool = False) -> list[str]:
    whiskers = [whisker(share.share)] if drawn else []
    return [_number(share.cases), *whiskers, _FEW if share.share is None else interval(share.share)]


def _number(value: int | None) -> str:
    return _FEW if value is None else count(value)


def _glossary() -> str:
    terms = {
        "Selesai": "dua penelaah sepakat, atau orang ketiga memutuskan.",
        "Bagian": "dengan selang 95 % menurut Wilson.",
        "Contoh acak": "unggahan yang tidak ditandai, diambil acak dan dinilai seperti yang lain.",
        "Tidak ditampilkan": f"di bawah {FEWEST}, atau agar angka kelompok kecil tidak dapat dihitung dari jumlahnya.",
    }
    rows = "".join(f"<dt>{text(term)}</dt><dd>{text(meaning)}</dd>" for term, meaning in terms.items())
    return heading(2, "Arti istilah", "Glossary", "arti") + f"<dl>{rows}</dl>"


def _period(summary: Summary) -> str:
    since = "awal" if summary.since is None else _moment(summary.since)
    return f"sejak {since} sampai {'kini' if summary.until is None else f'sebelum {_moment(summary.until)}'}"


def _moment(at: datetime) -> str:
    return f"{at:%d-%m-%Y %H:%M} UTC"
