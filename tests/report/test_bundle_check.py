"""Whatever is changed in a bundle is found, by anybody, without the workspace it came from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scanner.domain.links import digest_of, leaf_of
from scanner.errors import UsageError
from scanner.report.bundle import export_bundle
from scanner.report.bundle_check import BundleReport, check_bundle
from scanner.report.folders import read_files, zipped
from scanner.report.timestamps import Authority, ask
from tests.authority import Tsa, make_tsa, serving
from tests.collect.servers import plain_client
from tests.report.dossiers import ORDER, make_store, shown

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Tsa:
    return make_tsa(tmp_path_factory.mktemp("tsa") / "a")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, tsa: Tsa) -> Files:
    """The files of a bundle with a timestamp."""
    folder = tmp_path_factory.mktemp("whole")
    store, flag = make_store(folder)
    with serving(tsa) as site, plain_client(site.host) as client:
        ask(store, client, Authority(url=site.url, ca_file=tsa.root), by="scan")
    export_bundle(store, flag, folder / "b", ORDER, lambda _: shown())
    return read_files(folder / "b")


def check(tmp_path: Path, content: Files, ca_file: Path | None = None) -> BundleReport:
    (tmp_path / "b.zip").write_bytes(zipped(content))
    return check_bundle(tmp_path / "b.zip", ca_file)


def resealed(content: Files, change: Callable[[dict[str, Any]], object]) -> Files:
    """Change the manifest as a forger would who also makes all lists of hashes anew."""
    told = json.loads(content["manifest.json"])
    change(told)
    told["files"] = {
        name: {"sha256": hashlib.sha256(body).hexdigest(), "size": len(body)}
        for name, body in content.items()
        if name not in ("manifest.json", "SHA256SUMS")
    }
    made = {**content, "manifest.json": json.dumps(told).encode()}
    del made["SHA256SUMS"]
    sums = "".join(f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in sorted(made.items()))
    return {**made, "SHA256SUMS": sums.encode()}


def nothing(_told: dict[str, Any]) -> None:
    pass


def test_a_whole_bundle_agrees(tmp_path: Path, whole: Files, tsa: Tsa):
    report = check(tmp_path, whole, tsa.root)
    assert (report.problems, report.captures, report.signature_checked) == ((), 2, True)
    assert report.manifest_sha256 == hashlib.sha256(whole["manifest.json"]).hexdigest()
    assert check(tmp_path, resealed(whole, nothing), tsa.root).problems == ()


def test_without_certificates_the_time_is_told_but_not_vouched_for(tmp_path: Path, whole: Files):
    report = check(tmp_path, whole)
    assert (report.problems, report.signature_checked) == ((), False)
    assert report.stamped_at.startswith("20")


@pytest.mark.parametrize("change", ["altered", "missing"])
def test_every_file_that_was_changed_or_taken_away_is_named(tmp_path: Path, whole: Files, change: str):
    for name, body in whole.items():
        others = {key: value for key, value in whole.items() if key != name}
        content = others if change == "missing" else {**others, name: body + b"\n"}
        problems = check(tmp_path, content).problems
        assert any(name in problem for problem in problems), name


def test_a_file_that_was_put_in_is_named(tmp_path: Path, whole: Files):
    assert "../x: is not listed in manifest.json" in check(tmp_path, {**whole, "../x": b""}).problems


FORGERIES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "another url": (lambda told: told["captures"][0]["record"].update(url="https://lain/"), "does not fit its leaf"),
    "another time": (lambda told: told["captures"][0]["record"].update(captured_at="2026"), "does not fit its leaf"),
    "another capture": (lambda told: told["captures"][0].update(file="captures/x"), "is not the capture"),
    "a capture less": (lambda told: told["captures"].pop(), "is not in the bundle"),
    "another link": (lambda told: told["captures"][0].update(link=2), "is not on link 2"),
    "another head": (lambda told: told["chain"]["head"].update(hash="0" * 64), "does not end in the head"),
    "another begin": (lambda told: told["chain"].update(before="1" * 64), "link 1 does not follow"),
    "a leaf more": (lambda told: told["links"]["1"].append("0" * 64), "link 1 does not hold the leaves"),
    "no captures": (lambda told: told.pop("captures"), "cannot be read as scanner-evidence/1"),
    "another format": (lambda told: told.update(format="x"), "format 'x'"),
    "a list": (lambda told: told.update(captures=[1]), "cannot be read"),
}


@pytest.mark.parametrize("name", sorted(FORGERIES))
def test_a_forged_manifest_is_found_though_all_hashes_were_made_anew(tmp_path: Path, whole: Files, name: str):
    change, reason = FORGERIES[name]
    assert any(reason in problem for problem in check(tmp_path, resealed(whole, change)).problems)


def test_a_record_forged_up_to_its_link_breaks_the_chain(tmp_path: Path, whole: Files):
    def forge(told: dict[str, Any]) -> None:
        one = told["captures"][0]
        one["record"]["url"] = "https://lain/"
        one["leaf"] = leaf_of(one["record"])
        told["links"]["1"] = [one["leaf"]]
        nonlocal whole
        rows = whole["chain.tsv"].decode().split("\n")
        cells = rows[1].split("\t")
        cells[3] = digest_of(told["links"]["1"])
        rows[1] = "\t".join(cells)
        whole = {**whole, "chain.tsv": "\n".join(rows).encode()}

    forge(json.loads(whole["manifest.json"]))
    assert (
        "chain.tsv: link 1 does not follow from the link before it" in check(tmp_path, resealed(whole, forge)).problems
    )


def test_a_chain_of_another_bundle_does_not_fit_the_timestamp(tmp_path: Path, whole: Files, tsa: Tsa):
    store, flag = make_store(tmp_path)
    export_bundle(store, flag, tmp_path / "lain", ORDER, lambda _: shown())
    stamped = {name: body for name, body in whole.items() if name.startswith("timestamp/")}
    content = resealed({**read_files(tmp_path / "lain"), **stamped}, nothing)
    assert check(tmp_path, content, tsa.root).problems == (
        "timestamp/heads.json: states a head that is not on the chain",
    )


def test_another_root_is_not_believed(tmp_path: Path, whole: Files):
    other = make_tsa(tmp_path / "lain", "Orang Lain")
    [problem] = check(tmp_path, whole, other.root).problems
    assert problem.startswith("timestamp/heads.tsr")


def test_a_folder_is_checked_like_a_zip(tmp_path: Path, whole: Files):
    for name, body in whole.items():
        (tmp_path / "b" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "b" / name).write_bytes(body)
    assert check_bundle(tmp_path / "b") == check(tmp_path, whole)


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{}", b"\xff", b"[" * 100_000], ids=range(6))
def test_a_manifest_that_is_none_is_a_finding(tmp_path: Path, whole: Files, body: bytes):
    assert check(tmp_path, {**whole, "manifest.json": body}).problems


def test_what_is_no_bundle_is_refused(tmp_path: Path):
    with pytest.raises(UsageError):
        check_bundle(tmp_path / "tidak-ada")
