"""A store with one flagged post among others, and what its bundle is made with."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from scanner.domain.captures import sha256
from scanner.report.bundle import Order
from scanner.report.bundle_page import Shown
from scanner.rules.ruleset import load_ruleset
from scanner.store import accounts, flags, pages, runs
from scanner.store.connection import Store
from tests.store.samples import HOUR, NOON, make_account, make_evidence, make_flag, make_post

ORDER = Order(by="sari", reason="laporan nomor 7", at=datetime(2026, 11, 22, 3, 0, tzinfo=UTC))
OTHER = "Unggahan lain dari akun yang sama"
RAW = f'[{{"text": "Coblos nomor 9 ya, warga 1!"}}, {{"text": "{OTHER}"}}]'.encode()
EDITED = b'[{"text": "sudah diubah"}]'


def shown() -> Shown:
    return Shown(ruleset=load_ruleset(), zone=ZoneInfo("Asia/Jakarta"))


def make_store(folder: Path, **changes: object) -> tuple[Store, str]:
    """Return a store and the id of the flag in it. The post was edited later; another flagged one lies beside it."""
    store, flag = Store(folder / "data" / "scanner.duckdb"), make_flag(1, **changes)
    with store.lease("test") as lease:
        accounts.save_accounts(lease, [make_account()])
        runs.start_run(lease, make_run())
        read = sha256(RAW)
        own = make_post(1, text="Coblos nomor 9 ya, warga 1!", capture_sha256=read, context="@[akun]: ikut siapa?")
        save(lease, RAW, [own, make_post(2, text="Coblos nomor 9 ya, warga 2!", capture_sha256=read)])
        save(lease, b"halaman akun lain", [])
        save(lease, EDITED, [make_post(1, text="sudah diubah", capture_sha256=sha256(EDITED))])
        save(lease, b"halaman sesudahnya", [])
        flag = make_flag(1, version_id=own.version_id, **changes)
        flags.save_flags(lease, [flag, make_flag(2)])
    return store, flag.id


def make_run():
    from scanner.domain.runs import Run

    versions = "scanner 0.1.0, rules 2026.11+1a2b3c4d, model m1"
    return Run(id="scan-1", kind="scan", started_at=NOON, ended_at=None, exit_code=None, versions=versions, note="")


def save(lease, body, posts) -> None:
    pages.save_page(
        lease,
        run_id="scan-1",
        account=make_account(),
        posts=posts,
        captures=[make_evidence(body)],
        cursor=None,
        rejected=(),
        seen_at=NOON + (HOUR if body == EDITED else 0 * HOUR),
    )
