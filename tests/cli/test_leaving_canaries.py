"""Canaries of 25 kinds on record, and all that leaves the house: each stands only where it has a right to (P1)."""

from __future__ import annotations

import errno
import io
import os
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from scanner.domain.users import Role
from scanner.store.users import add_user
from scanner.workspace import Workspace, open_workspace
from tests.cli.conftest import Run
from tests.people import make_user
from tests.subjects import PERSON, make_store

CANARIES = {
    "handle": "kanari.akun",
    "person": "KANARI-7",
    "native id": "kanari-asli-77",
    "agency": "Dinas Kanari",
    "unit": "Bidang Kanari",
    "roster column": "Kanari utama",
    "post text": "kanari-teks",
    "context": "kanari-konteks",
    "quote": "kanari-kutipan",
    "explanation": "kanari-alasan",
    "NIP": "198001012005011001",
    "NIK": "3374010101800009",
    "telephone": "0812-7777-1234",
    "e-mail": "kanari.surat@dinas.example",
    "note": "catatan kanari",
    "draft": "konsep kanari",
    "ruling": "putusan kanari",
    "picture": "foto kanari",
    "raw answer": "page of kanari",
    "reviewer": "sari.penelaah",
    "cookie": "kue-kanari-0001",
    "password": "sandi-kanari-0002",
    "second factor": "KANARIRAHASIATOTP",
    "session": "sesi-kanari-0003",
    "token": "kunci-kanari-0004",
}
"""One for each kind, as the record or the workspace's settings have it."""
NUMBERS = frozenset({"NIP", "NIK", "telephone", "e-mail"})
WORDS = frozenset({"post text"}) | NUMBERS


@pytest.fixture(scope="module")
def planted(_office: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """An office with all of them on record, and a platform's key in its secrets; what left it is noted there."""
    office = shutil.copytree(_office, tmp_path_factory.mktemp("kanari") / "w")
    (office / "secrets.toml").write_text(f'[platforms.x.keys]\nbearer_token = "{CANARIES["token"]}"\n', "utf-8")
    (office / "secrets.toml").chmod(0o600)
    workspace = open_workspace(office)
    make_store(office)
    with workspace.store.lease("plant") as lease:
        numbers = " ".join(CANARIES[kind] for kind in sorted(NUMBERS))
        lease.execute("UPDATE versions SET text = text || ' ' || ? WHERE text LIKE '%kanari-teks%'", [numbers])
        lease.execute("DELETE FROM draws")
        lease.execute("UPDATE flags SET election_id = ?", [workspace.election.id])
        lease.execute("INSERT INTO devices VALUES (?, 'sari.penelaah', now())", [CANARIES["cookie"]])
        lease.execute(
            "INSERT INTO credentials VALUES ('sari.penelaah', ?, ?, 0, now(), true)",
            [f"$argon2id${CANARIES['password']}", CANARIES["second factor"]],
        )
        lease.execute(
            "INSERT INTO sessions VALUES (?, 'sari.penelaah', now(), now(), '127.0.0.1')", [CANARIES["session"]]
        )
        add_user(lease, make_user("ratna", role=Role.REVIEWER), by="uji")
    return workspace


def found_in(folder: Path) -> set[str]:
    """Return which kinds stand anywhere in a file or folder: in names, in bytes, and in what the formats hold."""
    paths = [folder] if folder.is_file() else [path for path in folder.rglob("*") if path.is_file()]
    told = "\n".join(text for path in paths for text in texts_of(path.name, path.read_bytes())).casefold()
    return {kind for kind, word in CANARIES.items() if word.casefold() in told}


def texts_of(name: str, body: bytes) -> Iterator[str]:
    """Yield what a file holds, as its readers see it."""
    yield name
    yield body.decode(errors="replace")
    if name.endswith(".parquet"):
        yield repr(pq.read_table(io.BytesIO(body)).to_pylist())
    elif name.endswith((".zip", ".xlsx")):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for one in archive.namelist():
                yield from texts_of(one, archive.read(one))


def spoken(text: str) -> set[str]:
    return {kind for kind, word in CANARIES.items() if word.casefold() in text.casefold()}


ALLOWED = {
    "flags": WORDS | {"handle", "quote", "explanation"},
    "reviews": frozenset({"handle", "reviewer", "note"}),
    "posts": WORDS | {"handle", "context", "picture"},
    "agreement": frozenset({"reviewer"}),
}
"""Where each kind has a right to be: exports of the office are about accounts and their words, never about persons."""


@pytest.mark.parametrize("kind", ALLOWED)
@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl", "parquet"])
def test_exports_hold_what_they_are_of_and_nothing_else(
    run: Run, planted: Workspace, tmp_path: Path, kind: str, form: str
):
    asked = ("--unsettled",) if kind == "reviews" else ()
    done = run("export", kind, "-o", tmp_path / "keluar", "--format", form, *asked, "-w", planted.root)
    assert (done.code, spoken(done.out + done.err)) == (0, set())
    assert found_in(tmp_path / "keluar") == ALLOWED[kind]


@pytest.mark.parametrize("form", ["html", "labelstudio", "doccano"])
def test_offline_files_hold_what_their_reviewer_may_see(run: Run, planted: Workspace, tmp_path: Path, form: str):
    path = tmp_path / {"html": "telaah.html", "labelstudio": "tugas.json", "doccano": "contoh.jsonl"}[form]
    done = run("review", "export", f"--{form}", path, "--reviewer", "ratna", "-w", planted.root)
    assert (done.code, spoken(done.out + done.err)) == (0, set()), done.err
    assert found_in(tmp_path) <= WORDS | {"handle", "context", "picture"}


def test_a_pseudonymous_snapshot_and_what_tells_of_it_hold_none(run: Run, planted: Workspace):
    done = run("snapshot", "publish", "-w", planted.root)
    assert (done.code, found_in(planted.data / "snapshots"), spoken(done.out + done.err)) == (0, set(), set())


def test_the_subject_gets_what_is_theirs_and_no_reviewers_name_and_another_nothing_of_it(
    run: Run, planted: Workspace, tmp_path: Path
):
    secrets = {"reviewer", "cookie", "password", "second factor", "session", "token", "raw answer"}
    for person, held in ((PERSON, set(CANARIES) - secrets), ("PEG-0002", set())):
        path = tmp_path / f"{person}.zip"
        assert run("person", "export", person, "-o", path, "-w", planted.root).code == 0
        assert found_in(path) == held


def test_a_backup_shows_nothing_outside_and_says_nothing(run: Run, planted: Workspace, tmp_path: Path):
    run("backup", "keygen", tmp_path / "kunci")
    done = run("backup", "make", tmp_path / "cadangan", "--recipient", tmp_path / "kunci", "-w", planted.root)
    assert (done.code, found_in(tmp_path / "cadangan"), spoken(done.out + done.err)) == (0, set(), set())


@pytest.mark.parametrize("command", [("posts",), ("flags", "--format", "xlsx"), ("reviews", "--unsettled")])
def test_an_export_that_fails_says_where_and_quotes_nothing(
    run: Run, planted: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
):
    """However it fails: at a place that cannot be written, and in the middle, with rows in every frame."""
    refused = run("export", *command, "-o", "/proc/keluar", "-w", planted.root)
    assert (refused.code, len(refused.err.splitlines()), spoken(refused.err)) == (1, 1, set())

    def broken(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", broken)
    ended = run("export", *command, "-o", tmp_path / "keluar", "-w", planted.root)
    assert ended.code != 0
    assert spoken(ended.out + ended.err) == set()
    assert not (tmp_path / "keluar").exists()
    logs = planted.root / "logs"
    assert not logs.exists() or found_in(logs) == set()


def test_receipts_tombstones_and_the_chain_count_and_name_nobody(run: Run, planted: Workspace, tmp_path: Path):
    planted = open_workspace(shutil.copytree(planted.root, tmp_path / "w"))
    with planted.store.lease("test") as lease:
        lease.execute("DELETE FROM gold")
        lease.execute("UPDATE versions SET captured_at = captured_at - INTERVAL 4000 DAY")
        lease.execute("UPDATE flags SET settled_at = now() - INTERVAL 3900 DAY, known_at = now() - INTERVAL 3900 DAY")
        lease.execute("UPDATE referrals SET referred_at = now() - INTERVAL 3900 DAY")
    done = run("purge", "--after-pause", "-w", planted.root)
    assert (done.code, spoken(done.out + done.err)) == (0, set())
    assert found_in(planted.data / "receipts") == set()
    with planted.store.lease("test") as lease:
        assert len(lease.rows("FROM tombstones")) >= 6
        assert spoken(repr(lease.rows("FROM tombstones"))) == set()
        assert spoken(repr(lease.rows("SELECT * FROM audit WHERE action IN ('purge', 'post.erase')"))) == set()
        assert spoken(repr(lease.rows("FROM versions"))) & WORDS == set()
