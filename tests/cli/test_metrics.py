"""`scanner metrics` prints figures or writes a file; `scanner verify` leaves word that everything agreed."""

from __future__ import annotations

import json
import stat


def test_figures_are_printed_for_a_pipe(run, office):
    ended = run("metrics", "-w", office)
    assert ended.code == 0
    assert "\nscanner_record_readable 1.0\n" in ended.out
    assert ended.err == ""


def test_figures_are_written_as_a_file(run, office, tmp_path):
    file = tmp_path / "scanner.prom"
    ended = run("metrics", "-w", office, "-o", file)
    assert (ended.code, ended.out) == (0, "")
    assert "\nscanner_posts{platform=" in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o644


def test_what_verify_found_in_order_is_a_figure_and_what_is_not_is_none(run, office):
    assert "scanner_chain_verified_events" not in run("metrics", "-w", office).out
    assert run("verify", "-w", office).code == 0
    noted = json.loads((office / "data" / "verified.json").read_text())
    assert f"scanner_chain_verified_events {noted['events']:.1f}" in run("metrics", "-w", office).out
    (office / "data" / "verified.json").unlink()
    (office / "data" / "audit.head").unlink()
    assert run("verify", "-w", office).code == 1
    assert not (office / "data" / "verified.json").exists()


def test_without_a_workspace_one_line_says_so(run, tmp_path):
    ended = run("metrics", "-w", tmp_path)
    assert ended.code == 1
    assert "scanner init" in ended.refusal
