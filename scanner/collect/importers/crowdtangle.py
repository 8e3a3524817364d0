"""CrowdTangle: the CSV of Facebook pages and Instagram accounts that the closed service (August 2024) gave out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from scanner.collect.importers.head import read_head
from scanner.collect.importers.interface import Head, Importer, Sighting
from scanner.collect.importers.permalinks import read_permalink
from scanner.collect.importers.records import sightings
from scanner.collect.importers.tables import csv_records
from scanner.collect.importers.values import handle, identifier, mask_handles, moment, with_notes
from scanner.domain.accounts import Platform
from scanner.domain.posts import Media, Role
from scanner.domain.runs import Rejected
from scanner.errors import ImportFailed

_FACEBOOK = frozenset({"Facebook Id", "Post Created", "Type", "URL", "Message", "Link"})
_INSTAGRAM = frozenset({"Account", "User Name", "Post Created", "Type", "URL", "Description"})


class CrowdTangle(Importer):
    """Historical exports, with times in United States Eastern time."""

    name: ClassVar[str] = "crowdtangle"
    version: ClassVar[str] = "1"
    describes: ClassVar[str] = (
        "CrowdTangle CSV of Facebook pages or Instagram accounts. Posts in groups name the group, not who wrote "
        "them, and are rejected."
    )

    def recognises(self, head: Head) -> str | None:
        """Tell Facebook and Instagram exports by their columns."""
        columns = set(head.columns)
        if columns >= _FACEBOOK:
            return "CrowdTangle columns of Facebook (Facebook Id, Post Created, Message)"
        return "CrowdTangle columns of Instagram (Account, Post Created)" if columns >= _INSTAGRAM else None

    def read(self, path: Path) -> Iterator[Sighting | Rejected]:
        """Yield the posts of an export."""
        head = read_head(path)
        facebook = set(head.columns) >= _FACEBOOK
        return sightings(csv_records(path, head.delimiter), path.name, _read_page if facebook else _read_account)


def _read_page(row: Mapping[str, Any]) -> Iterable[Sighting]:
    if "Group Name" in row:
        raise ImportFailed("a post in a group: the file names the group, not its author")
    link = Media(kind="link", url=row["Link"] or None, description=row.get("Link Text", ""))
    image_text = row.get("Image Text", "")
    foreign = _shared_from_elsewhere(row)
    shared = "\n".join(filter(None, [row.get("Link Text", ""), row.get("Description", "")]))
    bare = foreign and not row["Message"]
    own = shared if bare else with_notes(row["Message"], [] if foreign else [link])
    yield Sighting(
        platform=Platform.FACEBOOK,
        native_id=_native_id(row["URL"]),
        author_handle=handle(row.get("User Name")),
        author_id=identifier(row["Facebook Id"]),
        role=Role.REPOSTED if bare else Role.QUOTED if foreign else Role.POSTED,
        posted_at=moment(row["Post Created"]),
        text="\n".join(filter(None, [own, f"[teks gambar: {image_text}]" if image_text else ""])),
        url=row["URL"] or None,
        context=mask_handles(shared) if foreign and not bare else "",
        media=(link,) if row["Link"] else (),
    )


def _read_account(row: Mapping[str, Any]) -> Iterable[Sighting]:
    title, caption = row.get("Title", ""), row["Description"]
    yield Sighting(
        platform=Platform.INSTAGRAM,
        native_id=_native_id(row["URL"]),
        author_handle=handle(row["User Name"]),
        author_id=None,
        role=Role.POSTED,
        posted_at=moment(row["Post Created"]),
        text=caption if title in caption else f"{title}\n{caption}",
        url=row["URL"] or None,
        media=(Media(kind="image", url=row["Photo"]),) if row.get("Photo") else (),
    )


def _shared_from_elsewhere(row: Mapping[str, Any]) -> bool:
    """Tell a shared post of another page: its link leads to Facebook, but not to this page."""
    host, _, rest = row["Link"].removeprefix("https://").removeprefix("www.").partition("/")
    owner = rest.partition("/")[0].casefold()
    own = {str(row.get("User Name", "")).casefold(), row["Facebook Id"]}
    return host == "facebook.com" and bool(owner) and owner not in own


def _native_id(address: str) -> str:
    """The id is part of the address; the file has no column for it."""
    link = read_permalink(address)
    return (link.native_id if link else None) or ""
