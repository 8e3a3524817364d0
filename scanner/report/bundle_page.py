"""index.html of an evidence bundle: one post, Indonesian first, nothing fetched, no score, no sanction, no verdict."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from string import Template
from zoneinfo import ZoneInfo

from scanner.domain.flags import Citation, Finding, Phase
from scanner.report.markup import NOTHING, heading, table, text
from scanner.rules.ruleset import Ruleset
from scanner.store.dossiers import Bound, Dossier
from scanner.store.versions import Version

_PHASES = {
    Phase.NON: ("di luar tahapan", "outside the stages"),
    Phase.PRA: ("sebelum penetapan calon", "before candidates are fixed"),
    Phase.TETAP: ("setelah penetapan calon", "after candidates are fixed"),
    Phase.KAMPANYE: ("masa kampanye", "campaign"),
    Phase.TENANG: ("masa tenang", "quiet days"),
    Phase.HARI_H: ("hari pemungutan suara", "polling day"),
    Phase.REKAP: ("masa rekapitulasi", "count"),
    Phase.PSU: ("pemungutan suara ulang", "repeated vote"),
}
_OF_SANCTIONS = re.compile(r"hukuman|sanksi|pidana|denda|diberhentikan|pemberhentian", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page needs to speak in people's words."""

    ruleset: Ruleset
    zone: ZoneInfo
    """Of the election's region."""


def touched(finding: Finding, ruleset: Ruleset) -> list[Citation]:
    """Return the clauses a post may touch, without those that lay down what follows: that is for people to say."""
    known = ruleset.clauses
    return [
        one
        for one in finding.citations
        if one.clause_id not in known or not _OF_SANCTIONS.search(known[one.clause_id].text_id)
    ]


def page(dossier: Dossier, shown: Shown, at: datetime) -> str:
    """Return the page. Everything that was captured is escaped; the raw captures are not shown."""
    template = Template(Path(__file__).with_name("bundle.html").read_text(encoding="utf-8"))
    parts = (
        _opening(dossier, shown, at),
        _exculpatory(dossier, shown),
        _post(dossier, shown),
        _pictures(dossier),
        _codes(dossier, shown),
        _custody(dossier, shown),
        _ending(),
    )
    return template.substitute(title=text(f"Berkas bukti {dossier.flag.id}"), body="\n".join(parts))


def _opening(dossier: Dossier, shown: Shown, at: datetime) -> str:
    flag = dossier.flag
    rows = [
        ("Unggahan", "Post", text(flag.post_id)),
        ("Akun", "Account", text(flag.account_id)),
        ("Pemilihan", "Election", text(flag.election_id)),
        ("Fase saat diunggah", "Phase when posted", _both(*_PHASES[flag.phase])),
        ("Diunggah", "Posted", _times(flag.posted_at, shown.zone)),
        ("Pertama diketahui", "First known", _times(flag.known_at, shown.zone)),
        ("Berkas dibuat", "Bundle made", _times(at, shown.zone)),
    ]
    return (
        heading(1, "Berkas bukti satu unggahan", "Evidence of one post")
        + '<p class="notice"><b>Dugaan, bukan putusan.</b> Mesin hanya meminta manusia melihat; yang menilai adalah '
        'manusia yang berwenang. <span lang="en"><b>An allegation, not a verdict.</b> The machine only asks people to '
        "look; people with authority judge.</span></p>"
        + table(("", ""), ((_both(one, other), value) for one, other, value in rows), "short")
    )


def _exculpatory(dossier: Dossier, shown: Shown) -> str:
    tags = {tag.tag: tag for tag in shown.ruleset.lexicon.contexts.tags}
    rows = []
    for one in dossier.flag.exculpatory:
        tag = tags.get(one.tag)
        rows.append([f"“{text(one.quote)}”", text(one.tag), _both(tag.meaning, tag.meaning_en) if tag else NOTHING])
    none = "<p>Mesin tidak menemukan apa pun; penelaah tetap perlu mencarinya. <small lang=en>The machine found none; "
    none += "reviewers still have to look for it.</small></p>"
    title = heading(2, "Yang meringankan", "What speaks for the author")
    return title + (table(("Kata", "Tanda", "Arti"), rows) if rows else none)


def _post(dossier: Dossier, shown: Shown) -> str:
    said = "".join(_version(version, dossier, shown) for version in dossier.versions)
    return heading(2, "Unggahan", "The post") + said + f"<p>{text(dossier.flag.explanation)}</p>"


def _version(version: Version, dossier: Dossier, shown: Shown) -> str:
    post = version.post
    marked = " · versi yang ditandai <small lang=en>the flagged version</small>"
    mark = marked if post.version_id == dossier.flag.version_id else ""
    context = (
        f"<p>Konteks, kata orang lain <small lang=en>Context, other people's words</small>: {text(post.context)}</p>"
    )
    return (
        f"<article><p><b>{text(post.version_id)}</b>{mark}<br>"
        f"pertama dilihat <small lang=en>first seen</small> {_times(version.captured_at, shown.zone)}"
        + (f"<br>alamat <small lang=en>address</small> {text(post.url)}" if post.url else "")
        + f"</p><blockquote>{text(post.text)}</blockquote>"
        + (context if post.context else "")
        + "</article>"
    )


def _pictures(dossier: Dossier) -> str:
    if not dossier.media:
        return ""
    figures = []
    for one in dossier.media:
        body = dossier.display.get(one.display_sha256 or "")
        told = f"{text(one.state)} {text(one.reason)} {text(one.sha256 or '')}"
        drawn = f'<img alt="" src="data:{text(one.display_type)};base64,{b64encode(body).decode()}">' if body else ""
        figures.append(f"<figure>{drawn}<figcaption>{told}</figcaption></figure>")
    return heading(2, "Gambar unggahan", "Pictures of the post") + "".join(figures)


def _codes(dossier: Dossier, shown: Shown) -> str:
    rows = [row for finding in dossier.flag.findings for row in _finding(finding, shown.ruleset)]
    note = (
        f"<p>Aturan <small lang=en>rules</small> {text(dossier.flag.ruleset)} · model {text(dossier.flag.model_id)} · "
        f"nama menurut aturan <small lang=en>names as in rules</small> {text(shown.ruleset.id)}</p>"
    )
    title = heading(2, "Ketentuan yang mungkin disentuh", "Clauses it may touch")
    return title + table(("Kode", "Mungkin menyentuh"), rows) + note


def _finding(finding: Finding, ruleset: Ruleset) -> Iterator[list[str]]:
    code = ruleset.codes.get(finding.code)
    name = f"<b>{text(finding.code)}</b><br>" + (_both(code.name, code.name_en) if code else NOTHING)
    yield [name, "<br>".join(_clause(one, ruleset) for one in touched(finding, ruleset)) or NOTHING]


def _clause(cited: Citation, ruleset: Ruleset) -> str:
    clause = ruleset.clauses.get(cited.clause_id)
    checked = (
        "" if cited.verified else " · belum diperiksa ahli hukum <small lang=en>not yet checked by counsel</small>"
    )
    if clause is None:
        return text(cited.clause_id) + checked
    return f"{text(clause.id)}, {text(clause.title)}: {_both(clause.text_id, clause.text_en)}{checked}"


def _custody(dossier: Dossier, shown: Shown) -> str:
    rows = [_capture(one, shown.zone) for one in dossier.captures]
    erased = sorted({one.post.capture_sha256 for one in dossier.versions} - set(dossier.bodies))
    gone = "".join(
        f"<p>Tangkapan mentah {text(digest)} sudah dihapus menurut hukum. <small lang=en>This raw capture has been "
        "erased by law.</small></p>"
        for digest in erased
    )
    head = (
        f"<p>Kepala rantai <small lang=en>head of the chain</small>: {dossier.head.seq} {text(dossier.head.hash)}</p>"
    )
    return (
        heading(2, "Dari mana asalnya", "Where it comes from")
        + table(("Berkas (SHA-256)", "Dibaca dari", "Waktu", "Cara", "#Mata rantai"), rows, "custody")
        + gone
        + head
    )


def _capture(one: Bound, zone: ZoneInfo) -> list[str]:
    record = one.record
    how = (record.get("method"), record.get("status"), record.get("access"), record.get("collector"))
    return [
        f"captures/{text(one.sha256)}",
        text(record.get("url", "")),
        _times(datetime.fromisoformat(record["captured_at"]), zone),
        text(" · ".join(str(part) for part in how if part)),
        str(one.link),
    ]


def _ending() -> str:
    return (
        '<p class="notice">Berkas tangkapan mentah adalah jawaban platform apa adanya: di dalamnya bisa ada unggahan '
        "lain dari akun yang sama dan nama akun orang lain. Halaman ini hanya menunjukkan unggahan ini; yang lain "
        'bukan pokok berkas ini. <span lang="en">Raw captures are the platform\'s answers as they came: they may hold '
        "other posts of the same account and other people's handles. This page shows this post alone; the others are "
        "no subject of this bundle.</span></p>"
        "<p>Cara memeriksa berkas ini ada di VERIFIKASI.txt. <small lang=en>VERIFIKASI.txt says how to check this "
        "bundle.</small></p>"
    )


def _both(indonesian: str, english: str) -> str:
    return f"{text(indonesian)} <small lang=en>{text(english)}</small>"


def _times(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC · {local:%Y-%m-%d %H:%M:%S} {text(local.tzname() or '')}"
