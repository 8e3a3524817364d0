"""A workspace in whose every store lie words that can be found again, and the search for them in bytes and tables."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from ahocorasick_rs import BytesAhoCorasick

from scanner.domain.accounts import Platform
from scanner.domain.captures import sha256
from scanner.domain.posts import Media, Post
from scanner.domain.reviews import Stage, Verdict
from scanner.domain.runs import Coverage, Outcome, Rejected, Run, Tally
from scanner.store import accounts, adjudications, drafts, evidence, exports, flags, judgements, media, pages, runs
from scanner.store.adjudications import Adjudication
from scanner.store.connection import Lease, Store
from tests.store.samples import HOUR, NOON, make_account, make_evidence, make_flag, make_judgement, make_post

KINDS = (
    "text", "context", "handle", "description", "media url", "post url", "id of an unflagged post", "raw answer",
    "url of a capture", "header of a capture", "flagged text", "explanation", "quote", "note", "reason of a ruling",
    "draft", "picture", "picture drawn", "quarantine", "coverage", "log", "export", "snapshot", "killed run",
)  # fmt: skip


@dataclass
class Planted:
    """What was planted, by kind."""

    root: Path
    store: Store
    tokens: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in KINDS})

    @property
    def every(self) -> list[str]:
        return [token for tokens in self.tokens.values() for token in tokens]

    def new(self, kind: str) -> str:
        """Return a word that nothing can compress or guess."""
        token = secrets.token_hex(16)
        self.tokens[kind].append(token)
        return token

    def in_bytes(self) -> set[str]:
        """Search every byte of every file in the workspace, their names too."""
        finder = BytesAhoCorasick([token.encode() for token in self.every])
        files = [path for path in self.root.rglob("*") if path.is_file() and not path.is_symlink()]
        bodies = (b"\n".join((str(path).encode(), path.read_bytes())) for path in files)
        return {self.every[one] for body in bodies for one, *_ in finder.find_matches_as_indexes(body)}

    def in_tables(self) -> set[str]:
        """Search every value of every table."""
        finder = BytesAhoCorasick([token.encode() for token in self.every])
        with self.store.lease("test", reading=True) as lease:
            rows = [row for table in _tables(lease) for row in lease.rows(f'FROM "{table}"')]
        return {self.every[one] for row in rows for one, *_ in finder.find_matches_as_indexes(repr(row).encode())}


def _tables(lease: Lease) -> Iterator[str]:
    yield from (name for (name,) in lease.rows("SELECT table_name FROM duckdb_tables() ORDER BY table_name"))


def plant(root: Path, times: int) -> Planted:
    """Make a workspace with as many words of each kind."""
    planted = Planted(root, Store(root / "data" / "scanner.duckdb", wait=30.0))
    (root / "logs").mkdir(parents=True)
    with planted.store.lease("plant") as lease:
        accounts.save_accounts(lease, [make_account()])
        for number in range(times):
            _run(planted, lease, number)
            _unflagged(planted, lease, number)
            _flagged(planted, lease, number)
    for number in range(times):
        _files(planted, number)
    return planted


def _run(planted: Planted, lease: Lease, number: int) -> None:
    runs.start_run(
        lease, Run(id=f"old-{number}", kind="scan", started_at=NOON, ended_at=None, exit_code=None, versions="v")
    )
    reason = f"tak terbaca: {planted.new('coverage')}"
    account, half = make_account().id, Outcome.PARTIAL
    runs.save_coverage(lease, [Coverage(f"old-{number}", account, half, reason, Tally(), 1, NOON, NOON)])


def _unflagged(planted: Planted, lease: Lease, number: int) -> None:
    new = planted.new
    native = f"https://desa.example/{new('id of an unflagged post')}"
    post = make_post(
        text=f"Pagi {new('text')}",
        platform=Platform.RSS,
        native_id=native,
        context=f"Kata @{new('handle')}: {new('context')}",
        url=f"https://desa.example/{new('post url')}",
        media=(Media("image", f"https://desa.example/{new('media url')}.jpg", new("description")),),
    )
    raw = make_evidence(
        f'{{"id": "{native}", "t": "{new("raw answer")}"}}'.encode(),
        url=f"https://desa.example/{new('url of a capture')}",
        headers=(("etag", new("header of a capture")),),
        collector="rss/1",
    )
    bad = Rejected("https://desa.example", number, f"bukan JSON: {new('quarantine')}", sha256(b"x"))
    _save(lease, replace(post, capture_sha256=raw.capture.sha256), raw, rejected=(bad,))


def _flagged(planted: Planted, lease: Lease, number: int) -> None:
    new = planted.new
    post = make_post(1000 + number, text=f"Coblos nomor 9 ya {new('flagged text')}", native_id=f"900{number:06}")
    raw = make_evidence(b"page %d" % number, url=f"https://desa.example/page/{number}")
    _save(lease, replace(post, capture_sha256=raw.capture.sha256), raw)
    made = make_flag(version_id=post.version_id, post_id=post.id, explanation=f"Dugaan {new('explanation')}")
    [signal] = made.signals
    flags.save_flags(lease, [replace(made, signals=(replace(signal, quote=new("quote")),))])
    _judge(planted, lease, made.id)
    picture = make_evidence(new("picture").encode(), collector="media/1", url=f"https://desa.example/g/{number}")
    drawn = new("picture drawn").encode()
    medium = media.Medium(
        post.version_id, 0, "u", media.State.FETCHED, sha256=picture.capture.sha256, display_sha256=sha256(drawn)
    )
    media.save_medium(lease, medium, picture, drawn)


def _judge(planted: Planted, lease: Lease, item: str) -> None:
    """Let two disagree and a third rule."""
    new = planted.new
    said = {"sari": (Verdict.SUSPECTED, Stage.BLIND), "tono": (Verdict.NOT_VIOLATION, Stage.BLIND)}
    for reviewer, (verdict, stage) in (said | {"dewi": (Verdict.NOT_VIOLATION, Stage.ADJUDICATION)}).items():
        codes = ("AJAKAN-PILIH",) if verdict is Verdict.SUSPECTED else ()
        key, note = f"{item}-{reviewer}", new("note") if reviewer == "sari" else ""
        one = make_judgement(
            hashlib.sha256(key.encode()).hexdigest(),
            flag_id=item, reviewer=reviewer, verdict=verdict, stage=stage, codes=codes, note=note,
        )  # fmt: skip
        judgements.append_judgement(lease, one)
    ruling = Adjudication(one.id, item, "dewi", "sari", "tono", f"sebab {new('reason of a ruling')}", NOON + HOUR)
    adjudications.save_adjudication(lease, ruling)
    drafts.save_draft(lease, drafts.Draft(item, "rani", NOON, note=new("draft")))
    lease.execute("UPDATE flags SET settled_at = ? WHERE id = ?", [NOON + HOUR, item])


def _save(lease: Lease, post: Post, raw: evidence.Evidence, rejected: tuple[Rejected, ...] = ()) -> None:
    pages.save_page(
        lease,
        run_id="run-1",
        account=make_account(),
        posts=[post],
        captures=[raw],
        cursor=None,
        rejected=rejected,
        seen_at=NOON,
    )


def _files(planted: Planted, number: int) -> None:
    data = planted.store.path.parent
    (planted.root / "logs" / f"scan-{number}.log").write_text(planted.new("log"))
    half = data / "evidence" / "ab" / f".part-{number}"
    half.parent.mkdir(parents=True, exist_ok=True)
    half.write_text(planted.new("killed run"))
    table = planted.root / f"posts-{number}.csv"
    table.write_text(planted.new("export"))
    folder = data / "snapshots" / f"{number}-identifiable"
    folder.mkdir(parents=True)
    (folder / "posts.parquet").write_text(planted.new("snapshot"))
    (folder / "SHA256SUMS").write_text(f"{_digest(folder / 'posts.parquet')}  posts.parquet\n")
    with planted.store.lease("plant") as lease:
        for path, kind, told in ((table, "posts", table), (folder, "snapshot", folder / "SHA256SUMS")):
            made = exports.Export(str(path), kind, NOON, "sari", _digest(told), identifiable=True)
            exports.save_export(lease, made)


def _digest(path: Path) -> str:
    return sha256(path.read_bytes())


LATER = NOON + timedelta(days=1000)
"""When everything planted is past its days."""
