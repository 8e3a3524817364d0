from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner.collect.importers.registry import detect
from scanner.domain.accounts import Platform
from scanner.domain.posts import Role

from .files import read_all, read_one, write_table


def _facebook(**more: str) -> dict[str, str]:
    row = {
        "Page Name": "Dinas Kita", "User Name": "dinas.kita", "Facebook Id": "100064000000001",
        "Post Created": "2023-01-31 17:05:09 EST", "Type": "Photo", "Total Interactions": "1,234",
        "URL": "https://www.facebook.com/100064000000001/posts/5551", "Message": "Apel pagi", "Link": "",
        "Final Link": "", "Image Text": "", "Link Text": "", "Description": "",
        "Overperforming Score (weighted  —  Likes 1x )": "1.2",
    }  # fmt: skip
    return row | more


def _instagram(**more: str) -> dict[str, str]:
    row = {
        "Account": "Budi", "User Name": "budi.asn", "Followers at Posting": "12,345",
        "Post Created": "2023-07-31 17:05:09 EDT", "Type": "Photo", "Likes": "1,002", "Comments": "3", "Views": "0",
        "URL": "https://www.instagram.com/p/Cab12/", "Link": "https://www.instagram.com/p/Cab12/",
        "Photo": "https://p.example/1.jpg", "Title": "", "Description": "Apel pagi",
    }  # fmt: skip
    return row | more


def test_a_facebook_page_post_is_read(tmp_path: Path) -> None:
    path = write_table(tmp_path, _facebook(**{"Image Text": "COBLOS"}), encoding="utf-8-sig")
    assert detect(path).format == "crowdtangle"
    one = read_one(path)
    assert (one.platform, one.native_id, one.role) == (Platform.FACEBOOK, "5551", Role.POSTED)
    assert (one.author_handle, one.author_id) == ("dinas.kita", "100064000000001")
    assert one.text == "Apel pagi\n[teks gambar: COBLOS]"


@pytest.mark.parametrize(
    ("written", "hour"), [("2023-07-31 17:05:09 EDT", 21), ("2023-07-31 17:05:09 EST", 22), ("2023-07-31 17:05:09", 17)]
)
def test_the_zone_in_the_time_counts(tmp_path: Path, written: str, hour: int) -> None:
    one = read_one(write_table(tmp_path, _facebook(**{"Post Created": written})))
    assert one.posted_at == datetime(2023, 7, 31, hour, 5, 9, tzinfo=UTC)


def test_a_time_in_an_unknown_zone_is_refused(tmp_path: Path) -> None:
    _, refused = read_all(write_table(tmp_path, _facebook(**{"Post Created": "2023-07-31 17:05:09 XKT"})))
    assert "time cannot be read" in refused[0].reason


def test_a_shared_post_of_another_page_is_quoted_or_reposted(tmp_path: Path) -> None:
    link = {"Link": "https://www.facebook.com/tim.menang/posts/9", "Link Text": "Tim", "Description": "Pilih @kami"}
    quote, repost = read_all(
        write_table(
            tmp_path, _facebook(**link), _facebook(**link, Message="", URL="https://www.facebook.com/1/posts/2")
        )
    )[0]
    assert (quote.role, quote.text, quote.context) == (Role.QUOTED, "Apel pagi", "Tim\nPilih @…")
    assert (repost.role, repost.text, repost.context) == (Role.REPOSTED, "Tim\nPilih @kami", "")


@pytest.mark.parametrize("owner", ["dinas.kita", "Dinas.Kita", "100064000000001"])
def test_a_link_to_the_own_page_is_no_share(tmp_path: Path, owner: str) -> None:
    row = _facebook(Link=f"https://www.facebook.com/{owner}/photos/1", **{"Link Text": "Album"})
    one = read_one(write_table(tmp_path, row))
    assert (one.role, one.text) == (Role.POSTED, "Apel pagi\n[tautan: Album]")


def test_posts_in_groups_name_no_author_and_are_refused(tmp_path: Path) -> None:
    row = {"Group Name" if name == "Page Name" else name: cell for name, cell in _facebook().items()}
    found, refused = read_all(write_table(tmp_path, row))
    assert found == []
    assert "the group, not its author" in refused[0].reason


def test_a_post_whose_address_has_no_id_is_refused(tmp_path: Path) -> None:
    row = _facebook(URL="https://www.facebook.com/permalink.php?story_fbid=1&id=2")
    assert "no id" in read_all(write_table(tmp_path, row))[1][0].reason


def test_an_instagram_post_is_read(tmp_path: Path) -> None:
    path = write_table(tmp_path, _instagram(Title="Judul"))
    assert "Instagram" in detect(path).why
    one = read_one(path)
    assert (one.platform, one.native_id, one.author_handle) == (Platform.INSTAGRAM, "Cab12", "budi.asn")
    assert one.text == "Judul\nApel pagi"
    assert one.posted_at == datetime(2023, 7, 31, 21, 5, 9, tzinfo=UTC)
    assert one.media[0].url == "https://p.example/1.jpg"
