"""What may be exported, each kind with its columns. There is no row for a person, and nothing is summed over one."""

from __future__ import annotations

from collections.abc import Mapping

from scanner.report.export.columns import Column, Kind, Type

_UNDATED = "platform tidak menyebut waktu / the platform gives no time"
_OPEN = "belum diputus / not settled"

_ITEM = Column("id", Type.TEXT, "Versi kiriman: kiriman dan sidik teksnya", "The version: the post and its text's hash")
_POST = Column("post_id", Type.TEXT, "Kiriman: platform dan nomornya di sana", "The post: platform and its id there")
_ACCOUNT = Column("account_id", Type.TEXT, "Akun yang terdaftar", "The listed account")
_PLATFORM = Column("platform", Type.TEXT, "Tempat kiriman terbit", "Where it was published")
_URL = Column("url", Type.TEXT, "Alamat untuk memeriksanya", "Where it can be checked", "tidak ada / there is none")
_TEXT = Column("text", Type.TEXT, "Kata-kata penulisnya, tidak diubah", "The author's words, unchanged")
_POSTED = Column("posted_at", Type.MOMENT, "Waktu terbit menurut platform", "When it was posted, says the platform")
_CAPTURED = Column("captured_at", Type.MOMENT, "Pertama kali teks ini terlihat", "When these words were first seen")
_SETTLED = Column("settled_at", Type.MOMENT, "Waktu diputus penelaah", "When reviewers settled it", _OPEN)

FLAGS = Kind(
    "flags",
    "Satu baris untuk setiap tanda: dugaan, bukan putusan",
    "One row for each flag: an allegation, not a verdict",
    (
        _ITEM,
        _POST,
        _ACCOUNT,
        _PLATFORM,
        _URL,
        _TEXT,
        Column("election_id", Type.TEXT, "Pemilihan yang menjadi ukurannya", "The election it is held against"),
        Column("phase", Type.TEXT, "Tahapan pemilihan saat terbit", "Phase of the election when it was posted"),
        _POSTED,
        Column("known_at", Type.MOMENT, "Awal tenggat hukum", "From when legal clocks run"),
        _CAPTURED,
        _SETTLED,
        Column("ruleset", Type.TEXT, "Versi dan sidik aturan", "Version and hash of the rules"),
        Column("model_id", Type.TEXT, "Nama dan sidik model", "Name and hash of the model"),
        Column("explanation", Type.TEXT, "Penjelasan mesin bagi penelaah", "What the machine tells the reviewer"),
        Column("codes", Type.JSON, "[kode] yang unsurnya terpenuhi", "[code] whose elements were met"),
        Column("clauses", Type.JSON, "[pasal] yang mungkin disentuh", "[clause] the post may touch"),
        Column(
            "findings",
            Type.JSON,
            "[{code, elements, citations, modifiers, contested}]: unsur dan pasal tiap kode, tanpa golongan sanksi",
            "[{code, elements, citations, modifiers, contested}]: elements and clauses by code, without sanction class",
        ),
        Column(
            "signals",
            Type.JSON,
            "[{code, entry, weight, channel, start, end, quote, ...}]: kutipan yang terbaca aturan",
            "[{code, entry, weight, channel, start, end, quote, ...}]: quotes that met the rules",
        ),
        Column(
            "exculpatory",
            Type.JSON,
            "[{tag, cue, start, end, quote, suppresses}]: yang meringankan penulis",
            "[{tag, cue, start, end, quote, suppresses}]: what speaks for the author",
        ),
    ),
)

REVIEWS = Kind(
    "reviews",
    "Satu baris untuk setiap penilaian, termasuk yang ditarik kembali",
    "One row for each judgement, those taken back too",
    (
        Column("seq", Type.WHOLE, "Urutan masuk, dari 1", "Order of arrival, from 1"),
        Column("id", Type.TEXT, "Kunci penilaian", "Key of the judgement"),
        Column("item_id", Type.TEXT, "Versi kiriman yang dinilai", "The version of the post that was judged"),
        _ACCOUNT,
        Column("drawn", Type.YES_NO, "Kiriman tanpa tanda, diambil acak", "Not flagged but drawn at random"),
        Column("annotator", Type.TEXT, "Nama pengguna penelaah", "User name of the reviewer"),
        Column("stage", Type.TEXT, "blind, preview, adjudication atau gold", "blind, preview, adjudication or gold"),
        Column(
            "verdict",
            Type.TEXT,
            "suspected, not_violation, unsure atau withdrawn (penilaian sebelumnya ditarik)",
            "suspected, not_violation, unsure or withdrawn (takes the one before back)",
        ),
        Column("codes", Type.JSON, "[kode] yang disebut penelaah", "[code] the reviewer names"),
        Column("note", Type.TEXT, "Catatan penelaah, apa adanya", "The reviewer's own words"),
        Column(
            "seconds",
            Type.NUMBER,
            "Detik dari tampil sampai diputus",
            "Seconds from showing to deciding",
            "tidak diketahui / not known",
        ),
        Column("decided_at", Type.MOMENT, "Waktu penilaian", "When it was judged"),
        Column("set_aside", Type.YES_NO, "Terlalu cepat, jadi tidak dihitung", "Made too fast, so it counts no more"),
        _SETTLED,
        Column("posted_at", Type.MOMENT, _POSTED.id, _POSTED.en, _UNDATED),
        _CAPTURED,
    ),
)

POSTS = Kind(
    "posts",
    "Satu baris untuk setiap versi teks sebuah kiriman",
    "One row for each version of a post's text",
    (
        _ITEM,
        _POST,
        _ACCOUNT,
        _PLATFORM,
        Column("role", Type.TEXT, "Hubungan akun dengan kiriman", "How the account stands to the post"),
        _URL,
        _TEXT,
        Column("context", Type.TEXT, "Kata orang lain yang dijawab atau dikutip", "Others' words that it quotes"),
        Column("language", Type.TEXT, "Bahasa menurut platform", "Language, says the platform", "- / not said"),
        Column("posted_at", Type.MOMENT, _POSTED.id, _POSTED.en, _UNDATED),
        Column("edited_at", Type.MOMENT, "Waktu disunting", "When it was edited", "tidak disunting / not edited"),
        _CAPTURED,
        Column("first_seen", Type.MOMENT, "Kiriman pertama kali terlihat", "When the post was first seen"),
        Column("last_seen", Type.MOMENT, "Kiriman terakhir terlihat", "When the post was last seen"),
        Column("missing_at", Type.MOMENT, "Waktu dipastikan hilang", "When it was found gone", "ada / there"),
        Column("current", Type.YES_NO, "Teks terakhir kiriman ini", "The last text of this post"),
        Column("media", Type.JSON, "[{kind, url, description}]: gambar dan video", "[{kind, url, description}]"),
        Column("truncated", Type.YES_NO, "Sumber memotong teks", "The source cuts texts"),
        Column("verifiable", Type.YES_NO, "Ada alamat untuk memeriksa", "There is an address to check it at"),
        Column("repaired", Type.YES_NO, "Byte yang rusak diganti", "Invalid bytes were replaced"),
        Column("capture_sha256", Type.TEXT, "SHA-256 rekaman mentahnya", "SHA-256 of the raw capture"),
        Column("run_id", Type.TEXT, "Pemindaian yang pertama melihatnya", "The scan that saw it first"),
    ),
)

_FEW = "terlalu sedikit atau semua jawaban sama / too few, or every answer the same"


def _bounded(name: str, of: str) -> tuple[Column, ...]:
    low, high = "batas bawah 95 % / lower bound, 95 %", "batas atas 95 % / upper bound, 95 %"
    return tuple(
        Column(f"{name}{end}", Type.NUMBER, f"{of}{told}", f"{of}{told}", _FEW)
        for end, told in (("", ""), ("_low", f": {low}"), ("_high", f": {high}"))
    )


AGREEMENT = Kind(
    "agreement",
    "Satu baris untuk setiap pertanyaan, atas semua penelaah atau sepasang",
    "One row for each question, over all reviewers or of a pair",
    (
        Column("question", Type.TEXT, "Label, atau putusan yang dibandingkan", "A label, or the verdict compared"),
        Column("reviewer_a", Type.TEXT, "Penelaah pertama; kosong: semua", "First reviewer; none: all", "semua / all"),
        Column("reviewer_b", Type.TEXT, "Penelaah kedua; kosong: semua", "Second reviewer; none: all", "semua / all"),
        Column("items", Type.WHOLE, "Kiriman yang dijawab keduanya", "Posts on which both gave an answer"),
        Column("same", Type.NUMBER, "Bagian yang sama, 0 sampai 1", "Share of the same answers, 0 to 1", _FEW),
        *_bounded("kappa", "Cohen's kappa"),
        *_bounded("alpha", "Krippendorff's alpha"),
        *_bounded("ac1", "Gwet's AC1"),
        Column(
            "use",
            Type.TEXT,
            "Boleh dipakai untuk: referral_statistics, reports atau none",
            "May be used for: referral_statistics, reports or none",
            "pasangan / a pair",
        ),
    ),
)

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (FLAGS, REVIEWS, POSTS, AGREEMENT)}
"""All of them, by name."""
