from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scanner.collect.importers.registry import detect, read
from scanner.errors import ImportFailed

from .files import read_all, read_one, real_file, write_table


def _metadata(folder: Path, **more: Any) -> Path:
    path = folder / "metadata.json"
    found = {
        "_processed_at": "2026-11-21 20:23:13.436608+00:00", "url": "https://x.com/budi_asn/status/17",
        "title": "Apel", "content": "Apel pagi", "timestamp": "2026-11-01 08:00:00+07:00",
    }  # fmt: skip
    archive = {"status": "twitter-api: success", "metadata": found | more, "media": [], **more.pop("top", {})}
    path.write_text(json.dumps(archive, indent=4))
    return path


def test_an_archived_post_belongs_to_the_author_its_address_names(tmp_path: Path) -> None:
    path = _metadata(tmp_path)
    assert detect(path).format == "autoarchiver"
    one = read_one(path)
    assert (one.platform, one.native_id, one.author_handle, one.text) == ("x", "17", "budi_asn", "Apel pagi")
    assert one.posted_at == datetime(2026, 11, 1, 1, 0, tzinfo=UTC)
    assert one.captured_at == datetime(2026, 11, 21, 20, 23, 13, 436608, tzinfo=UTC)


@pytest.mark.parametrize("address", ["https://www.instagram.com/p/Cab12/", "https://kantor.example/", "", None, 5])
def test_an_address_that_names_no_author_is_refused(tmp_path: Path, address: Any) -> None:
    found, refused = read_all(_metadata(tmp_path, url=address))
    assert found == []
    assert "cannot be told whose post" in refused[0].reason


def test_a_failed_archive_is_refused(tmp_path: Path) -> None:
    _, refused = read_all(_metadata(tmp_path, top={"status": "nothing archived"}))
    assert "did not succeed" in refused[0].reason


def test_the_sheet_is_read(tmp_path: Path) -> None:
    row = {
        "Link": "https://www.tiktok.com/@budi.asn/video/7", "Archive status": "tiktok: success", "Archive date": "",
        "Upload timestamp": "2026-11-01T01:00:00Z", "Upload title": "Judul", "Text content": "",
    }  # fmt: skip
    one = read_one(write_table(tmp_path, row))
    assert (one.native_id, one.author_handle, one.text) == ("7", "budi.asn", "Judul")


def test_python_in_csv_db_is_refused_with_the_way_out_and_never_run(tmp_path: Path) -> None:
    canary = tmp_path / "dijalankan"
    code = f"__import__('pathlib').Path({str(canary)!r}).touch()"
    path = write_table(tmp_path, {"status": "x: success", "metadata": code, "media": "[]"})
    for attempt in (lambda: detect(path), lambda: list(read(path)), lambda: list(read(path, format="autoarchiver"))):
        with pytest.raises(ImportFailed, match=r"never run; export metadata\.json"):
            attempt()
    assert not canary.exists()


def test_real_files_are_read_and_refused() -> None:
    assert read_one(real_file("other/auto-archiver-metadata.json")).author_handle == "budi_asn"
    with pytest.raises(ImportFailed, match="never run"):
        detect(real_file("other/auto-archiver-db.csv"))
