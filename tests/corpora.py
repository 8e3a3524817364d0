"""Small written corpora with slots for names, as the shipped one is built."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from scanner.resources import data_folder

WRITTEN = (
    ("ayo coblos {P1} ya, dulur", 1, 0),
    ("masih pakai PDH, coblos {P1} dong", 1, 1),
    ("antre berkas di loket sejak subuh", 0, 0),
    ("dang lupa pilih nomor {N2} ya, puakhi", 1, 0),
)


def write_corpus(folder: Path, written: tuple[tuple[str, int, int], ...] = WRITTEN) -> Path:
    """Write posts of (text, campaign support, attribute use) as a corpus folder with the shipped names."""
    (folder / "posts").mkdir(parents=True, exist_ok=True)
    shutil.copy(data_folder("models") / "training" / "names.yaml", folder)
    rows = [
        {
            "id": f"tes-{number:04}",
            "text": text,
            "campaign_support": support,
            "pns_attribute_use": attribute,
            "category": "uji",
            "platform": "x",
            "register": "gaul",
            "language": "id",
            "election_type": "pilkada",
            "difficulty": "easy",
        }
        for number, (text, support, attribute) in enumerate(written, start=1)
    ]
    (folder / "posts" / "tes.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return folder
