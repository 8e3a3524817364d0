"""Hand-made look-alikes of what the tools write, with fictional people, and the folder of real files."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from scanner.collect.importers.interface import Sighting
from scanner.collect.importers.registry import read
from scanner.domain.runs import Rejected

_REAL = Path(__file__).parents[3] / "../shared/real"


def real_file(name: str) -> Path:
    """A file another tool wrote; the test is skipped where the folder is not there."""
    path = _REAL / name
    if not path.exists():
        pytest.skip(f"../shared/real/{name} is not here")
    return path


def write_lines(folder: Path, *records: Any, name: str = "berkas") -> Path:
    """Write JSON lines; a str or bytes stands as it is."""
    path = folder / name
    lines = [
        one if isinstance(one, bytes) else one.encode() if isinstance(one, str) else json.dumps(one).encode()
        for one in records
    ]
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def write_table(folder: Path, *rows: dict[str, str], delimiter: str = ",", encoding: str = "utf-8") -> Path:
    """Write a CSV with the columns of its first row."""
    path = folder / "tabel"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def read_all(path: Path, **hints: Any) -> tuple[list[Sighting], list[Rejected]]:
    """Read a file and part what was read from what was not."""
    found = list(read(path, **hints))
    return [one for one in found if isinstance(one, Sighting)], [one for one in found if isinstance(one, Rejected)]


def read_one(path: Path, **hints: Any) -> Sighting:
    """Read a file that must hold one readable post and nothing else."""
    (one,), rejected = read_all(path, **hints)
    assert rejected == []
    return one


def envelope(platform: str, data: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Zeeschuimer's envelope."""
    return {
        "nav_index": "1:1:0",
        "item_id": "tak dipakai",
        "timestamp_collected": 1797000000000,
        "source_platform": platform,
        "source_platform_url": f"https://{platform}/dilihat",
        "source_url": f"https://{platform}/api?msToken=rahasia",
        "user_agent": "Peramban/1.0",
        "data": data,
        "id": 1,
        **more,
    }


def x_user(name: str = "budi_asn", number: str = "9007199254740993", **more: Any) -> dict[str, Any]:
    """An author as X's web client has it since 2025."""
    return {"result": {"rest_id": number, "core": {"screen_name": name}, "privacy": {"protected": False}, **more}}


def x_post(text: str = "Rapat koordinasi", number: str = "2082640274845811115", **legacy: Any) -> dict[str, Any]:
    """A post of X as its web client has it."""
    return {
        "__typename": "Tweet",
        "rest_id": number,
        "core": {"user_results": x_user()},
        "legacy": {
            "id_str": number, "full_text": text, "created_at": "Wed Oct 10 20:19:24 +0000 2018", "lang": "in",
            "user_id_str": "9007199254740993", **legacy,
        },
    }  # fmt: skip


def api_post(number: str = "1700000000000000001", **more: Any) -> dict[str, Any]:
    """A post of X as the API gives it."""
    return {
        "id": number, "text": "Rapat &amp; apel", "author_id": "123", "created_at": "2026-11-01T01:02:03.000Z",
        "lang": "in", **more,
    }  # fmt: skip
