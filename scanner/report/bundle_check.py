"""Checking an evidence bundle anywhere: no workspace, no network, nothing unpacked, nothing believed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from scanner.domain.links import digest_of, hash_of, leaf_of
from scanner.report.bundle import ANSWER, CHAIN, FORMAT, MANIFEST, STATEMENT, SUMS
from scanner.report.folders import read_files

_DAMAGED = (KeyError, ValueError, TypeError, AttributeError, IndexError, OverflowError, RecursionError)
"""What reading a file of somebody else's making can raise."""


@dataclass(frozen=True, slots=True)
class BundleReport:
    """What checking a bundle found."""

    files: int
    captures: int
    manifest_sha256: str
    """To compare with what the body that made the bundle has on its audit chain."""
    stamped_at: str
    """What the timestamp tells; empty where there is none."""
    signature_checked: bool
    """Whether the timestamp was checked against certificates that the caller trusts."""
    problems: tuple[str, ...]


def check_bundle(source: Path, ca_file: Path | None = None) -> BundleReport:
    """Check every file, capture, leaf and link of a bundle, and its timestamp; UsageError when it cannot be read."""
    content = read_files(source)
    problems: list[str] = []
    captures, stamped_at = 0, ""
    try:
        told = json.loads(content.get(MANIFEST, b"null"))
        problems += [*_files(content, told), *_sums(content)]
        chain = _chain(content, told)
        captures = len(told["captures"])
        problems += [*_captures(content, told), *_links(told, chain), *_head(told, chain)]
        if STATEMENT in content or ANSWER in content:
            stamped_at, disputed = _timestamp(content, chain, ca_file)
            problems += disputed
    except _DAMAGED as error:
        problems.append(f"{MANIFEST}: cannot be read as {FORMAT}: {type(error).__name__}: {str(error)[:200]}")
    return BundleReport(
        files=len(content),
        captures=captures,
        manifest_sha256=_sha256(content.get(MANIFEST, b"")),
        stamped_at=stamped_at,
        signature_checked=bool(stamped_at) and ca_file is not None,
        problems=tuple(problems),
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """One link as chain.tsv tells it."""

    seq: int
    saved_at: datetime
    captures: int
    digest: str
    hash: str


def _files(content: Mapping[str, bytes], told: Mapping[str, Any]) -> Iterator[str]:
    if told["format"] != FORMAT:
        raise ValueError(f"format {told['format']!r}; this scanner reads {FORMAT}")
    listed: Mapping[str, Any] = told["files"]
    for name in sorted({*listed, MANIFEST, SUMS} - set(content)):
        yield f"{name}: is missing"
    for name in sorted(set(content) - {*listed, MANIFEST, SUMS}):
        yield f"{name}: is not listed in {MANIFEST}"
    for name in sorted(set(content) & set(listed)):
        if listed[name] != {"sha256": _sha256(content[name]), "size": len(content[name])}:
            yield f"{name}: was altered"


def _sums(content: Mapping[str, bytes]) -> Iterator[str]:
    found = {f"{_sha256(body)}  {name}" for name, body in content.items() if name != SUMS}
    said = set(content.get(SUMS, b"").decode().splitlines())
    for name in sorted({line.partition("  ")[2] for line in found ^ said}):
        yield f"{SUMS}: does not agree with {name or 'itself'}"


def _chain(content: Mapping[str, bytes], told: Mapping[str, Any]) -> list[_Row]:
    lines = content[told["chain"]["file"]].decode().splitlines()[1:]
    rows = [line.split("\t") for line in lines]
    return [_Row(int(seq), datetime.fromisoformat(at), int(many), digest, own) for seq, at, many, digest, own in rows]


def _captures(content: Mapping[str, bytes], told: Mapping[str, Any]) -> Iterator[str]:
    for one in told["captures"]:
        record = one["record"]
        name = f"captures/{record['sha256']}"
        if one["file"] != name or _sha256(content.get(name, b"")) != record["sha256"]:
            yield f"{name}: is not the capture its record tells of"
        if leaf_of(record) != one["leaf"]:
            yield f"{name}: its record does not fit its leaf"
        if one["leaf"] not in told["links"].get(str(one["link"]), ()):
            yield f"{name}: its leaf is not on link {one['link']}"
    held = {one["record"]["sha256"] for one in told["captures"]}
    for version in told["versions"]:
        if not version["capture_erased"] and version["capture"] not in held:
            yield f"{version['id']}: the capture it was read from is not in the bundle"


def _links(told: Mapping[str, Any], chain: list[_Row]) -> Iterator[str]:
    before, expected = told["chain"]["before"], chain[0].seq if chain else 0
    digests = {}
    for row in chain:
        if row.seq != expected or row.hash != hash_of(row.seq, row.saved_at, row.captures, row.digest, before):
            yield f"{CHAIN}: link {row.seq} does not follow from the link before it"
        before, expected, digests[row.seq] = row.hash, row.seq + 1, (row.digest, row.captures)
    for seq, leaves in told["links"].items():
        if digests.get(int(seq)) != (digest_of(leaves), len(leaves)):
            yield f"{CHAIN}: link {seq} does not hold the leaves that {MANIFEST} names"


def _head(told: Mapping[str, Any], chain: list[_Row]) -> Iterator[str]:
    head = told["chain"]["head"]
    if chain and (head["seq"], head["hash"]) != (chain[-1].seq, chain[-1].hash):
        yield f"{CHAIN}: does not end in the head that {MANIFEST} names"


def _timestamp(content: Mapping[str, bytes], chain: list[_Row], ca_file: Path | None) -> tuple[str, list[str]]:
    from scanner.report.timestamps import check_token, read_roots, time_told

    statement, token = content[STATEMENT], content[ANSWER]
    stated = json.loads(statement)["manifest"]
    problems = []
    if chain and (stated["seq"], stated["hash"]) not in {(row.seq, row.hash) for row in chain}:
        problems.append(f"{STATEMENT}: states a head that is not on the chain")
    try:
        told = time_told(token, statement)
        if ca_file is not None:
            check_token(token, statement, read_roots(ca_file))
    except ValueError as error:
        return "", [*problems, f"{ANSWER}: {error}"]
    return told.isoformat(), problems


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
