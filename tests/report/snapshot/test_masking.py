"""Words that leave lose every handle, address and long number, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.report.snapshot.masking import masked
from scanner.store.snapshot import workbench


def mask(folder: Path, text: str) -> str:
    with workbench(folder) as bench:
        bench.execute("CREATE TABLE t AS SELECT ? AS text", [text])
        [(found,)] = bench.rows(f"SELECT {masked('text')} FROM t")
        return str(found)


@pytest.mark.parametrize(
    "secret",
    [
        "@budi",
        "@budi.santoso_77",
        "@budi@desa.example",
        "budi.santoso+kerja@dinas.go.id",
        "https://desa.example/@budi/1?a=b#c",
        "HTTP://DESA.EXAMPLE/1",
        "www.desa.example/kabar",
        "t.me/budigrup",
        "bit.ly/3xYz",
        "0812-3456-7890",
        "+62 812 3456 7890",
        "(0721) 123 4567 8",
        "1871010101800001",
        "19800101 200501 1 001",
        "198001012005011001",
        "1234567890",
        "0812\u00a03456\u00a07890",
        "0812–3456–7890",
        "0812\u20113456\u20117890",
        "0812_3456_7890",
        "０８１２３４５６７８９０",
        "＠budi",
        "budi＠desa.example",
        "@büdi",
        "budi.bsky.social",
        "linktr.ee/budi",
        "youtu.be/a1b2c3",
    ],
)
def test_what_leads_to_somebody_is_masked(tmp_path: Path, secret: str):
    found = mask(tmp_path, f"Hubungi {secret} ya")
    assert secret not in found
    assert (
        max(map(len, [part for part in secret.replace("(", " ").replace("@", " ").split() if part in found] or [""]))
        < 4
    )
    assert found.startswith("Hubungi")
    assert found.endswith("ya")


@pytest.mark.parametrize(
    "text",
    [
        "Coblos nomor 2 ya!",
        "Tahun 2024, jam 08.30",
        "Harga 15.000 per kg",
        "Rp1.500.000",
        "Selamat pagi 😅",
        "RT 03/RW 12",
        "Rp1.500.000/bulan",
        "Besok.Jangan lupa ya",
    ],
)
def test_everyday_words_and_numbers_stay(tmp_path: Path, text: str):
    assert mask(tmp_path, text) == text
