"""An evidence bundle for one flag: what was captured, what it was read as, and how anybody can check it offline."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scanner import __version__
from scanner.errors import UsageError
from scanner.report.bundle_page import Shown, page, touched
from scanner.report.folders import write_files, zipped
from scanner.store import audit, exports, stamps
from scanner.store.connection import Store
from scanner.store.dossiers import Dossier, load_dossier
from scanner.store.exports import BUNDLE, Export
from scanner.store.stamps import Stamp
from scanner.store.versions import Version

FORMAT = "scanner-evidence/1"
MANIFEST, SUMS, CHAIN, PAGE, HOWTO = "manifest.json", "SHA256SUMS", "chain.tsv", "index.html", "VERIFIKASI.txt"
STATEMENT, ANSWER = "timestamp/heads.json", "timestamp/heads.tsr"


@dataclass(frozen=True, slots=True)
class Order:
    """Who wants a bundle, and why; both go into it and onto the audit chain."""

    by: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Exported:
    """A bundle that was written."""

    path: Path
    files: int
    manifest_sha256: str
    """On the audit chain too: by it anybody can ask later whether a bundle is the one that left the house."""


def export_bundle(store: Store, flag_id: str, target: Path, order: Order, shown: Callable[[str], Shown]) -> Exported:
    """Write the bundle of a flag as a folder, or as a zip where the target's name ends so.

    `shown` says how to speak of an election. The event on the audit chain comes first: no bundle leaves without one.
    UsageError without a reason or where the target is there already.
    """
    if not order.reason.strip():
        raise UsageError("--reason: empty; say what the bundle is for, it stays on the audit chain")
    if target.exists():
        raise UsageError(f"{target}: is there already; name another folder or zip file")
    with store.lease("evidence: export a bundle") as lease:
        dossier = load_dossier(lease, flag_id)
        bound = max((one.link for one in dossier.captures), default=0)
        content = make_bundle(dossier, order, shown(dossier.flag.election_id), stamps.newest(lease, at_least=bound))
        digest = _sha256(content[MANIFEST])
        detail = {"reason": order.reason, "manifest_sha256": digest, "files": len(content)}
        audit.append(lease, actor=order.by, action="evidence.export", subject=flag_id, detail=detail, at=order.at)
        exports.save_export(lease, _noted(target, content, dossier.flag.post_id, order))
    write_files(target, content)
    return Exported(path=target, files=len(content), manifest_sha256=digest)


def _noted(target: Path, content: Mapping[str, bytes], post_id: str, order: Order) -> Export:
    """Return what the record notes of a bundle, by which it leaves with its post."""
    sealed = _sha256(zipped(content) if target.suffix.casefold() == ".zip" else content[SUMS])
    place = str(target.absolute())
    return Export(place, BUNDLE, order.at, order.by, sealed, identifiable=True, series=post_id, reason=order.reason)


def make_bundle(dossier: Dossier, order: Order, shown: Shown, stamp: Stamp | None = None) -> dict[str, bytes]:
    """Return the files of a bundle by name; the same dossier and order give the same bytes."""
    content = {f"captures/{digest}": body for digest, body in dossier.bodies.items()}
    content[CHAIN] = _chain(dossier).encode()
    if stamp is not None:
        content |= {STATEMENT: stamp.statement, ANSWER: stamp.token}
    content[PAGE] = page(dossier, shown, order.at).encode()
    content[HOWTO] = Path(__file__).with_name("verifikasi.txt").read_bytes()
    told = {**_manifest(dossier, order, shown), "files": {name: _file(body) for name, body in sorted(content.items())}}
    content[MANIFEST] = json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"
    content[SUMS] = "".join(f"{_sha256(body)}  {name}\n" for name, body in sorted(content.items())).encode()
    return content


def _manifest(dossier: Dossier, order: Order, shown: Shown) -> dict[str, Any]:
    """Return what a program may read: without score, sanction class or anything of other posts."""
    flag = dossier.flag
    return {
        "format": FORMAT,
        "status": "dugaan, bukan putusan / an allegation, not a verdict",
        "exported": {"at": _utc(order.at), "by": order.by, "reason": order.reason, "scanner": __version__},
        "flag": {
            "id": flag.id,
            "post": flag.post_id,
            "account": flag.account_id,
            "election": flag.election_id,
            "phase": flag.phase,
            "posted_at": _utc(flag.posted_at),
            "known_at": _utc(flag.known_at),
            "codes": {code.code: [one.clause_id for one in touched(code, shown.ruleset)] for code in flag.findings},
            "rules": flag.ruleset,
            "model": flag.model_id,
        },
        "versions": [_version(version, dossier) for version in dossier.versions],
        "captures": [
            {"file": f"captures/{one.sha256}", "leaf": one.leaf, "link": one.link, "record": one.record}
            for one in dossier.captures
        ],
        "media": [
            {"version": one.version_id, "position": one.position, "state": one.state, "sha256": one.sha256}
            | {"phash": one.phash, "url": one.url}
            for one in dossier.media
        ],
        "links": {str(seq): leaves for seq, leaves in dossier.leaves.items()},
        "chain": {"file": CHAIN, "before": _before(dossier), "head": asdict(dossier.head)},
    }


def _version(version: Version, dossier: Dossier) -> dict[str, Any]:
    post = version.post
    return {
        "id": post.version_id,
        "text_sha256": post.text_sha256,
        "posted_at": _utc(post.posted_at),
        "edited_at": _utc(post.edited_at),
        "first_seen": _utc(version.captured_at),
        "url": post.url,
        "capture": post.capture_sha256,
        "capture_erased": post.capture_sha256 not in dossier.bodies,
        "run": version.run_id,
        "code": dossier.code.get(version.run_id, ""),
    }


def _chain(dossier: Dossier) -> str:
    lines = ["seq\tsaved_at\tcaptures\tdigest\thash"]
    lines += [f"{one.seq}\t{_utc(one.saved_at)}\t{one.captures}\t{one.digest}\t{one.hash}" for one in dossier.chain]
    return "\n".join(lines) + "\n"


def _before(dossier: Dossier) -> str:
    return dossier.chain[0].prev_hash if dossier.chain else dossier.head.hash


def _file(body: bytes) -> dict[str, Any]:
    return {"sha256": _sha256(body), "size": len(body)}


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _utc(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()
