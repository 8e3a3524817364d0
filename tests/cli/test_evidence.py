"""Bundles and timestamps from the command line."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.store import audit
from scanner.workspace import open_workspace
from tests.authority import Tsa, make_tsa, serving
from tests.cli.conftest import Run
from tests.collect.servers import Site


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Tsa:
    return make_tsa(tmp_path_factory.mktemp("tsa") / "a")


@pytest.fixture
def served(tsa: Tsa) -> Iterator[Site]:
    with serving(tsa) as site:
        yield site


def configure(office: Path, site: Site, tsa: Tsa) -> None:
    config = office / "scanner.toml"
    section = f'\n[timestamps]\nurl = "{site.url}/tsr"\nca_file = "{tsa.root}"\n'
    told = config.read_text("utf-8").replace("[network]", f'[network]\nallow_hosts = ["{site.host}"]')
    config.write_text(told + section, "utf-8")


def a_flag(run: Run, office: Path) -> str:
    return json.loads(run("queue", "-w", office, "--reviewer", "sari", "--json").out)[0]["flag"]


def test_a_bundle_is_written_checked_anywhere_and_on_record(run: Run, office: Path, tmp_path: Path):
    flag, target = a_flag(run, office), tmp_path / "bukti.zip"
    ended = run("evidence", "export", flag, "-w", office, "--reason", "laporan", "-o", target)
    assert (ended.code, ended.out) == (0, "")
    checked = run("evidence", "verify", target, "--json")
    told = json.loads(checked.out)
    assert (checked.code, told["problems"]) == (0, [])
    assert told["manifest_sha256"] in ended.err
    with open_workspace(office).store.lease("read") as lease:
        [event] = [one for one in audit.events(lease, subject=flag) if one.action == "evidence.export"]
    assert event.detail["manifest_sha256"] == told["manifest_sha256"]


def test_without_a_name_the_bundle_lies_here_under_the_name_of_the_flag(
    run: Run, office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path / "w")
    run("evidence", "export", a_flag(run, office), "-w", office, "--reason", "laporan")
    [found] = (tmp_path / "w").glob("bukti-*.zip")
    assert found.name.startswith("bukti-mastodon-desa-example-")
    assert run("evidence", "export", a_flag(run, office), "-w", office, "--reason", "laporan").code == 2


def test_a_reason_is_asked_for(run: Run, office: Path):
    ended = run("evidence", "export", a_flag(run, office), "-w", office)
    assert ended.code == 2
    assert "--reason" in ended.refusal


def test_a_bundle_that_was_changed_ends_with_1_and_says_where(run: Run, office: Path, tmp_path: Path):
    target = tmp_path / "b"
    run("evidence", "export", a_flag(run, office), "-w", office, "--reason", "laporan", "-o", target)
    with (target / "index.html").open("a") as page:
        page.write("lain")
    ended = run("evidence", "verify", target)
    assert ended.code == 1
    assert "index.html: was altered" in ended.err
    assert "agrees" not in ended.err
    assert run("evidence", "verify", tmp_path / "tidak-ada").code == 2


def test_a_timestamp_is_asked_for_kept_and_checked_by_verify(
    run: Run, office: Path, served: Site, tsa: Tsa, tmp_path: Path
):
    configure(office, served, tsa)
    ended = run("evidence", "timestamp", "-w", office)
    assert (ended.code, "the heads of both chains were there at 20" in ended.err) == (0, True)
    checked = run("verify", "-w", office)
    assert (checked.code, "1 timestamps checked." in checked.err) == (0, True)
    run("evidence", "export", a_flag(run, office), "-w", office, "--reason", "x", "-o", tmp_path / "b.zip")
    assert "timestamp/heads.tsr" in zipfile.ZipFile(tmp_path / "b.zip").namelist()
    assert "give --ca-file" in run("evidence", "verify", tmp_path / "b.zip").err
    assert "give --ca-file" not in run("evidence", "verify", tmp_path / "b.zip", "--ca-file", tsa.root).err


def test_without_an_authority_nobody_is_asked(run: Run, office: Path):
    ended = run("evidence", "timestamp", "-w", office)
    assert ended.code == 1
    assert "[timestamps]: url and ca_file are not set" in ended.err


def test_a_scan_ends_with_a_timestamp_where_an_authority_is_set(run: Run, office: Path, served: Site, tsa: Tsa):
    configure(office, served, tsa)
    ended = run("scan", "-w", office, "--platform", "x", "--json", "--quiet")
    assert (ended.code, "Timestamp 0" in ended.err) == (0, True)
    assert json.loads(ended.out)["exit_code"] == 0
    assert run("verify", "-w", office).code == 0


def test_an_authority_that_fails_does_not_fail_the_scan(run: Run, office: Path, served: Site, tsa: Tsa):
    configure(office, served, tsa)
    (tsa.folder / "tsa.cnf").rename(tsa.folder / "tsa.away")
    try:
        ended = run("scan", "-w", office, "--platform", "x", "--json", "--quiet")
    finally:
        (tsa.folder / "tsa.away").rename(tsa.folder / "tsa.cnf")
    assert (ended.code, "No timestamp was given" in ended.err) == (0, True)


def test_a_scan_without_an_authority_says_nothing_of_timestamps(run: Run, office: Path):
    assert "imestamp" not in run("scan", "-w", office, "--platform", "x", "--json", "--quiet").err
