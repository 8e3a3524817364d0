"""What each table of a person's export holds, in the words of the person: Indonesian and English."""

from __future__ import annotations

from collections.abc import Mapping

TABLES: Mapping[str, tuple[str, str]] = {
    "accounts": ("Akun Anda dalam daftar, dan dasarnya", "Your accounts on the list, and on which basis"),
    "mandates": ("Mandat lembaga", "The body's mandates"),
    "bindings": ("Nomor akun di platform", "The platforms' numbers of your accounts"),
    "posts": ("Unggahan", "Posts"),
    "versions": ("Isi unggahan, tiap perubahan", "The words of posts, every edit"),
    "edits": ("Unggahan yang diubah", "Posts that were edited"),
    "media": ("Gambar", "Pictures"),
    "captures": ("Dari mana dibaca", "Where they were read"),
    "scores": ("Peluang menurut mesin; bukan putusan", "What the machine reckoned; not a verdict"),
    "flags": ("Unggahan yang dimintakan telaah: dugaan", "Posts put before people: allegations"),
    "flag_findings": ("Kode dan ketentuan yang mungkin disentuh", "Codes, and clauses they may touch"),
    "signals": ("Kata yang dilihat mesin", "Words the machine saw"),
    "exculpatory": ("Yang meringankan", "What speaks for you"),
    "draws": ("Unggahan yang diundi untuk ditelaah", "Posts drawn at random for review"),
    "judgements": ("Penilaian penelaah", "What reviewers said"),
    "hasty": ("Penilaian yang terlalu cepat", "Judgements made too fast"),
    "adjudications": ("Putusan orang ketiga", "Rulings of a third person"),
    "assignments": ("Siapa menelaah apa, dan kapan", "Who had what in hand, and when"),
    "drafts": ("Tulisan penelaah yang belum dikirim", "What reviewers have begun to write"),
    "gold": ("Unggahan pembanding", "Posts that measure reviewers"),
    "referrals": ("Rujukan", "Referrals"),
    "coverage": ("Kapan akun Anda dilihat", "When your accounts were looked at"),
    "cursors": ("Sampai mana akun dibaca", "How far your accounts were read"),
    "runs": ("Pengumpulan yang melihat akun Anda", "Runs that looked at your accounts"),
    "quarantine": ("Yang tidak dapat dibaca", "What could not be read"),
    "exports": ("Berkas keluar yang mungkin memuat data Anda", "Files that left and may hold your data"),
    "audit": ("Siapa berbuat apa dengan data Anda", "Who did what with your data"),
}
"""In the order in which they are shown; a table that is not among them comes last, under its own name."""

README = """# Data tentang Anda / Data about you

Berkas ini memuat semua yang tercatat tentang $accounts akun Anda pada $at UTC (UU 27/2022 pasal 7).

- `index.html`: untuk dibaca, tanpa jaringan.
- `data.json`: isi yang sama untuk program; satu larik per tabel, waktu UTC.
- `SHA256SUMS`: sidik tiap berkas.

Penelaah disebut R1, R2 ..., penilaian J1, J2 ...: penelaah pun berhak atas perlindungan data. Penandaan oleh mesin
adalah dugaan yang dimintakan telaah manusia, bukan putusan. Anda boleh meminta perbaikan, keberatan, penundaan dan
penghapusan kepada lembaga yang memberi berkas ini.

---

These files hold everything on record about your $accounts accounts at $at UTC (Law 27/2022, article 7).

- `index.html`: for reading, without a network.
- `data.json`: the same for programs; one array for each table, times are UTC.
- `SHA256SUMS`: the hash of each file.

Reviewers are called R1, R2 ..., judgements J1, J2 ...: their data are protected too. What the machine flags is an
allegation put before people, not a verdict. You may ask the body that gave you this to correct, suspend or erase, and
object.

| tabel / table | isi | content | baris / rows |
|---|---|---|---|
$tables
"""
