"""Everything on record of one flagged post that its evidence bundle tells, and nothing of any other post."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scanner.domain.flags import Flag
from scanner.domain.links import Link, record_of
from scanner.errors import StoreError
from scanner.store import accounts, evidence, flags, manifest, media
from scanner.store.audit import Head
from scanner.store.connection import Lease
from scanner.store.media import Medium
from scanner.store.versions import Version, versions_of


@dataclass(frozen=True, slots=True)
class Bound:
    """One capture, with what binds it to the manifest."""

    record: Mapping[str, Any]
    """What the leaf is the hash of, salt included: see `domain.links.record_of`."""
    leaf: str
    link: int

    @property
    def sha256(self) -> str:
        """Hash of the bytes."""
        return str(self.record["sha256"])


@dataclass(frozen=True, slots=True)
class Dossier:
    """One flag with its post, what the post was read from, and the chain from there to the head."""

    flag: Flag
    versions: tuple[Version, ...]
    """All texts the post had, the first captured first."""
    captures: tuple[Bound, ...]
    bodies: Mapping[str, bytes]
    """Raw bytes by hash. A version whose hash is not among them was read from an answer that has been erased."""
    media: tuple[Medium, ...]
    """Pictures of the post, with what became of each; their bytes are among the captures."""
    display: Mapping[str, bytes]
    """The pictures drawn anew for display, by hash."""
    leaves: Mapping[int, Sequence[str]]
    """By link: all leaves of the pages these captures came with."""
    chain: tuple[Link, ...]
    """From the first of these links to the head, without gap."""
    head: Head
    code: Mapping[str, str]
    """By run: versions of scanner, rules and model."""


def load_dossier(lease: Lease, flag_id: str) -> Dossier:
    """Read what a bundle tells of one flag.

    StoreError when there is no such flag or its person is suspended, StoreDamaged when captured bytes are gone or not
    what their name says.
    """
    flag = flags.load_flag(lease, flag_id)
    if flag is None or flag.account_id in accounts.suspended_ids(lease):
        raise StoreError(f"flag '{flag_id}' is not on record; `scanner queue --json` and `scanner status` name flags")
    versions = tuple(versions_of(lease, flag.post_id))
    pictures = _pictures(lease, versions)
    bound = _bound(lease, [version.post.capture_sha256 for version in versions] + [one.sha256 for one in pictures])
    seqs = sorted({one.link for one in bound})
    head = manifest.last_link(lease)
    folder = evidence.folder_of(lease.folder)
    return Dossier(
        flag=flag,
        versions=versions,
        captures=bound,
        bodies={digest: evidence.read(folder, digest) for digest in sorted({one.sha256 for one in bound})},
        media=pictures,
        display={
            one.display_sha256: evidence.read(media.folder_of(lease.folder), one.display_sha256)
            for one in pictures
            if one.display_sha256 is not None
        },
        leaves={seq: manifest.leaves_of(lease, seq, seq)[seq] for seq in seqs},
        chain=tuple(manifest.links(lease, seqs[0], head.seq)) if seqs else (),
        head=head,
        code=_code(lease, sorted({version.run_id for version in versions})),
    )


def _pictures(lease: Lease, versions: Sequence[Version]) -> tuple[Medium, ...]:
    known = media.load_media(lease, [version.post.version_id for version in versions])
    return tuple(one for version in versions for one in known.get(version.post.version_id, ()))


def _bound(lease: Lease, hashes: Sequence[str | None]) -> tuple[Bound, ...]:
    rows = lease.dicts(
        "FROM captures WHERE sha256 = ANY($hashes::VARCHAR[]) ORDER BY link, sha256, url, captured_at",
        {"hashes": sorted(set(filter(None, hashes)))},
    )
    return tuple(
        Bound(record=record_of(manifest.capture_of(row), row["salt"]), leaf=row["leaf"], link=row["link"])
        for row in rows
    )


def _code(lease: Lease, runs: Sequence[str]) -> dict[str, str]:
    return dict(lease.rows("SELECT id, versions FROM runs WHERE id = ANY($ids::VARCHAR[]) ORDER BY id", {"ids": runs}))
