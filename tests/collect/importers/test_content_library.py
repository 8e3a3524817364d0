from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner.collect.importers.registry import detect
from scanner.domain.accounts import Platform
from scanner.domain.posts import Media, Role

from .files import read_one, write_table


def _row(**more: str) -> dict[str, str]:
    row = {
        "content_type": "POST", "creation_time": "2026-11-01T01:02:03+00:00", "id": "900719925474099312",
        "lang": "id", "mcl_url": "https://mcl.example/1", "modified_time": "2026-11-02T01:02:03+00:00",
        "multimedia": '[{"type": "photo", "url": "https://p.example/1.jpg"}]', "post_owner.type": "page",
        "post_owner.id": "17841", "post_owner.name": "Budi", "post_owner.username": "budi.asn", "text": "Apel pagi",
    }  # fmt: skip
    return row | more


def test_a_row_of_instagram_is_read_and_cannot_be_checked_again(tmp_path: Path) -> None:
    path = write_table(tmp_path, _row(), encoding="utf-8-sig")
    assert detect(path).format == "content_library"
    one = read_one(path)
    assert (one.platform, one.native_id, one.verifiable) == (Platform.INSTAGRAM, "mcl:900719925474099312", False)
    assert (one.author_handle, one.author_id, one.url) == ("budi.asn", "17841", None)
    assert one.posted_at == datetime(2026, 11, 1, 1, 2, 3, tzinfo=UTC)
    assert one.edited_at == datetime(2026, 11, 2, 1, 2, 3, tzinfo=UTC)
    assert one.media == (Media(kind="image", url="https://p.example/1.jpg"),)


def test_columns_are_found_in_any_order(tmp_path: Path) -> None:
    turned = dict(reversed(list(_row().items())))
    assert read_one(write_table(tmp_path, turned)).text == "Apel pagi"


@pytest.mark.parametrize(("text", "role"), [("Setuju", Role.QUOTED), ("", Role.REPOSTED), (None, Role.POSTED)])
def test_a_row_of_facebook_tells_that_it_shares(tmp_path: Path, text: str | None, role: Role) -> None:
    row = _row(shared_post_id="" if text is None else "77", **{"surface.type": "page", "surface.id": "1"})
    one = read_one(write_table(tmp_path, row | {"text": text or ""}))
    assert (one.platform, one.role) == (Platform.FACEBOOK, role)


def test_a_link_is_read_with_its_title(tmp_path: Path) -> None:
    row = _row(**{"link_attachment.link": "https://kantor.example", "link_attachment.name": "Berita"})
    one = read_one(write_table(tmp_path, row))
    assert one.text == "Apel pagi\n[tautan: Berita]"


def test_joined_exports_repeat_the_header(tmp_path: Path) -> None:
    header = {name: name for name in _row()}
    assert read_one(write_table(tmp_path, _row(), header)).line == 2


@pytest.mark.parametrize("code", ["[{'type': 'photo'}]", "__import__('os').abort()", "[" * 100_000])
def test_python_in_a_cell_is_never_run(tmp_path: Path, code: str) -> None:
    assert read_one(write_table(tmp_path, _row(multimedia=code))).media == ()
