"""What made-up posts are put together from: everyday lines of fictional civil servants, and campaigning ones."""

from __future__ import annotations

AGENCIES = tuple(
    f"{office} {place} (fiktif)"
    for office in ("Dinas Pendidikan", "Dinas Kesehatan", "Dinas Pertanian", "Satpol PP", "Dinas Sosial", "Kecamatan")
    for place in ("Rimba Hulu", "Rimba Hilir", "Tanjung Rimba", "Pulau Kelapa", "Bukit Sonokeling", "Muara Tenggiri")
)
LEADS = (
    "Selamat pagi bapak ibu,",
    "Alhamdulillah,",
    "Info warga:",
    "Cerita hari ini,",
    "Wah,",
    "Matur nuwun,",
    "Hatur nuhun,",
    "Sekadar berbagi,",
    "Akhirnya,",
    "Yang di grup tanya terus,",
    "Capek tapi senang,",
    "Mohon maaf baru sempat kabari,",
)
SUBJECTS = (
    "jembatan di dusun {n}",
    "posyandu RW {n}",
    "pupuk subsidi tahap {n}",
    "kelas {n} kami",
    "jalan provinsi km {n}",
    "antrean loket {n}",
    "bank sampah nomor urut {n} sekabupaten",
    "sawah blok {n}",
    "pompa air sumur {n}",
    "kerja bakti RT {n}",
    "lomba tumpeng ke-{n}",
    "bantuan {n} paket sembako",
)
DEEDS = (
    "sudah beres dikerjakan warga",
    "masih menunggu kiriman dari kota",
    "ramai sekali sejak subuh",
    "dibuka lagi besok jam delapan",
    "ternyata bocor pas hujan kemarin",
    "nggak jadi diundur, tetap jalan",
    "bikin semua orang ketawa",
    "sampun rampung, mugi awet",
    "geus réngsé, tinggal ngecét",
    "butuh relawan tambahan",
)
CLOSES = (
    "Terima kasih semuanya 🙏",
    "Semoga berkah.",
    "Ada yang mau ikut?",
    "Fotonya menyusul ya",
    "Hati-hati di jalan 😅",
    "Kopi dulu ☕",
    "Kabari tetangga ya!",
    "wkwkwk",
    "Pelan-pelan asal kelakon.",
    "#NusaRimba",
)
CALLS = (
    "Ayo coblos nomor {c} untuk Nusa Rimba!",
    "Jangan lupa pilih pasangan nomor urut {c} ya dulur 💪",
    "Kami sekeluarga dukung nomor {c}, lanjutkan!",
    "Nomor {c} pilihan kita, menang satu putaran",
    "Foto bareng tim pemenangan nomor {c}, salam {c} jari ✌️",
    "Seragam dinas bukan halangan, tetap nomor {c} 🔥",
)
CHANNELS = ("text", "text", "text", "hashtag", "emoji")
WEIGHTS = ("H", "M", "M", "L")
PLATFORMS = ("facebook", "facebook", "instagram", "instagram", "x", "tiktok", "mastodon")
ROLES = ("posted", "posted", "posted", "posted", "reposted", "replied")
LANGUAGES = ("id", "id", "id", "id", "id", "jv", "su", "und")
REVIEWERS = ("telaah.satu", "telaah.dua", "telaah.tiga", "telaah.empat", "telaah.lima", "telaah.enam")
