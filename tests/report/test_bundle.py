"""A bundle tells of one flagged post, of nothing else, and the audit chain tells of the bundle."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from scanner.domain.captures import sha256
from scanner.errors import StoreDamaged, StoreError, UsageError
from scanner.report.bundle import Exported, Order, export_bundle, make_bundle
from scanner.report.folders import read_files
from scanner.store import audit, erase, evidence, exports, manifest
from scanner.store.connection import Store
from scanner.store.dossiers import load_dossier
from scanner.store.leaving import Removal, leaving_exports, remove_export
from tests.report.dossiers import EDITED, ORDER, OTHER, RAW, make_store, shown


@pytest.fixture(scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("made")
    return folder / "data", make_store(folder)[1]


@pytest.fixture
def made(_made: tuple[Path, str], tmp_path: Path) -> tuple[Store, str]:
    data, flag = _made
    return Store(shutil.copytree(data, tmp_path / "data") / "scanner.duckdb"), flag


def export(made: tuple[Store, str], target: Path) -> Exported:
    return export_bundle(made[0], made[1], target, ORDER, lambda _: shown())


def test_a_bundle_has_the_captures_its_versions_were_read_from_and_no_others(made, tmp_path: Path):
    export(made, tmp_path / "b")
    content = read_files(tmp_path / "b")
    captured = {name: body for name, body in content.items() if name.startswith("captures/")}
    assert captured == {f"captures/{sha256(body)}": body for body in (RAW, EDITED)}
    told = json.loads(content["manifest.json"])
    assert [one["file"] for one in told["captures"]] == [f"captures/{sha256(body)}" for body in (RAW, EDITED)]
    assert [one["link"] for one in told["captures"]] == [1, 3]


def test_every_file_is_listed_with_its_hash_and_sha256sum_agrees(made, tmp_path: Path):
    export(made, tmp_path / "b")
    content = read_files(tmp_path / "b")
    told = json.loads(content["manifest.json"])
    assert set(told["files"]) == set(content) - {"manifest.json", "SHA256SUMS"}
    for name, file in told["files"].items():
        assert file == {"sha256": hashlib.sha256(content[name]).hexdigest(), "size": len(content[name])}
    subprocess.run(["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=tmp_path / "b", check=True, capture_output=True)


def test_it_names_post_versions_code_and_provenance(made, tmp_path: Path):
    export(made, tmp_path / "b")
    told = json.loads((tmp_path / "b" / "manifest.json").read_bytes())
    assert told["flag"]["post"] == "mastodon:desa.example/1"
    assert (told["flag"]["rules"], told["flag"]["model"]) == ("2026.11+1a2b3c4d", "m1")
    assert [one["code"] for one in told["versions"]] == ["scanner 0.1.0, rules 2026.11+1a2b3c4d, model m1"] * 2
    record = told["captures"][0]["record"]
    assert (record["url"], record["method"], record["collector"]) == ("https://desa.example/api", "GET", "mastodon/1")


def test_no_score_no_class_no_person_and_no_other_post_is_in_it(made, tmp_path: Path):
    export(made, tmp_path / "b")
    content = read_files(tmp_path / "b")
    told = b"\n".join(body for name, body in content.items() if not name.startswith("captures/")).decode()
    for word in ("0.75", "0.125", "class_hint", "PEG-0001", OTHER, "warga 2", "example/2", "TENANG+", "lihat putusan"):
        assert word not in told
    assert not re.search(r"probab|\bskor\b|\bscore|hukuman|sanksi", told, re.IGNORECASE)


def test_the_event_comes_with_the_hash_of_the_manifest_who_and_why(made, tmp_path: Path):
    done = export(made, tmp_path / "b.zip")
    with made[0].lease("read") as lease:
        [event] = audit.events(lease, subject=made[1])
    body = read_files(tmp_path / "b.zip")["manifest.json"]
    assert done.manifest_sha256 == hashlib.sha256(body).hexdigest() == event.detail["manifest_sha256"]
    assert (event.action, event.actor, event.detail["reason"]) == ("evidence.export", "sari", "laporan nomor 7")


def test_the_same_record_gives_the_same_bytes(made):
    with made[0].lease("read") as lease:
        dossier = load_dossier(lease, made[1])
    assert make_bundle(dossier, ORDER, shown()) == make_bundle(dossier, ORDER, shown())


def test_it_is_refused_without_reason_over_something_else_and_for_no_flag(made, tmp_path: Path):
    store, flag = made
    with pytest.raises(UsageError, match="--reason: empty"):
        export_bundle(store, flag, tmp_path / "b", Order(by="sari", reason=" ", at=ORDER.at), lambda _: shown())
    with pytest.raises(UsageError, match="is there already"):
        export(made, store.path.parent)
    with pytest.raises(StoreError, match="'x' is not on record"):
        export_bundle(store, "x", tmp_path / "b", ORDER, lambda _: shown())
    with store.lease("read") as lease:
        assert audit.events(lease) == []


def test_damaged_evidence_does_not_leave_the_house(made, tmp_path: Path):
    path = evidence.path_of(evidence.folder_of(made[0].path.parent), sha256(RAW))
    path.chmod(0o600)
    path.write_bytes(b"lain")
    with pytest.raises(StoreDamaged, match="was altered"):
        export(made, tmp_path / "b")
    assert not (tmp_path / "b").exists()


def test_a_capture_that_was_erased_is_told_and_the_rest_stands(made, tmp_path: Path):
    with made[0].lease("erase") as lease:
        manifest.erase(lease, [sha256(EDITED)], by="joko", reason="permintaan")
    export(made, tmp_path / "b")
    told = json.loads((tmp_path / "b" / "manifest.json").read_bytes())
    assert [one["capture_erased"] for one in told["versions"]] == [False, True]
    assert "sudah dihapus menurut hukum" in (tmp_path / "b" / "index.html").read_text("utf-8")
    assert not (tmp_path / "b" / "captures" / sha256(EDITED)).exists()


@pytest.mark.parametrize("name", ["b", "b.zip"])
def test_a_bundle_leaves_with_its_post_and_not_before(made, tmp_path: Path, name: str):
    store, flag = made
    export(made, tmp_path / name)

    def leaving(**changes: object) -> list[exports.Export]:
        with store.lease("test") as lease:
            return leaving_exports(lease, before=ORDER.at, words_leave=True, now=ORDER.at, **changes)

    with store.lease("test") as lease:
        [(post,)] = lease.rows("SELECT post_id FROM flags WHERE id = ?", [flag])
    assert leaving(due=("mastodon:desa.example/99",)) == []
    [noted] = leaving(due=(post,))
    with store.lease("test") as lease:
        erase.erase_posts(lease, [post], reason="uji", by="dian", at=ORDER.at)
    assert leaving() == [noted]
    assert (noted.kind, noted.identifiable, noted.reason) == ("bundle", True, ORDER.reason)
    assert remove_export(noted) is Removal.REMOVED
    assert not (tmp_path / name).exists()
