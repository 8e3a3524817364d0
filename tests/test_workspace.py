"""A workspace is made once, keeps what lies there, and opens what its settings name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scanner.classify.bundle import load_model
from scanner.demo import province
from scanner.domain.accounts import Platform
from scanner.errors import ModelError, RulesError, SettingsError
from scanner.scaffold import create_workspace
from scanner.store import waits
from scanner.workspace import ELECTIONS, model_folder, open_workspace
from tests.offices import MODEL, make_office, write_constant_model


def test_an_election_must_be_named_and_the_known_ones_are(tmp_path: Path):
    workspace = create_workspace(tmp_path / "w")
    with pytest.raises(SettingsError, match=r"election: empty; known: .*pilgub-lampung-2024"):
        _ = workspace.election


def test_an_unknown_election_is_refused_with_the_known_ones(tmp_path: Path):
    workspace = make_office(tmp_path / "w", listed=False)
    with pytest.raises(RulesError, match=r"'pilgub-antah' is not known; known: .*pilgub-nusa-rimba"):
        workspace.load_election("pilgub-antah")


def test_an_election_of_the_workspace_goes_before_a_shipped_one(tmp_path: Path):
    workspace = make_office(tmp_path / "w", listed=False)
    assert workspace.election.id == province.ELECTION
    assert [party.id for party in workspace.election.known_parties] == ["1", "2", "3"]
    own = (tmp_path / "w" / ELECTIONS / "pemilu-nusa-rimba.yaml").read_text("utf-8")
    own = own.replace("id: pemilu-nusa-rimba", "id: pemilu-2024")
    (tmp_path / "w" / ELECTIONS / "pemilu-2024.yaml").write_text(own, "utf-8")
    assert workspace.load_election("pemilu-2024").source == "fiktif"


def test_a_shipped_election_is_found_from_any_workspace(tmp_path: Path):
    assert create_workspace(tmp_path / "w").load_election("pilgub-lampung-2024").region.tz == "Asia/Jakarta"


def test_a_model_is_found_by_folder_or_by_its_place_in_the_workspace(tmp_path: Path):
    workspace = make_office(tmp_path / "w", listed=False)
    assert workspace.model.id == load_model(tmp_path / "w" / MODEL).id
    write_constant_model(tmp_path / "elsewhere")
    assert model_folder(str(tmp_path / "elsewhere")) == tmp_path / "elsewhere"


def test_an_unknown_model_is_refused_with_the_shipped_ones(tmp_path: Path):
    with pytest.raises(ModelError, match="'hebat' is neither a model folder nor a shipped model; shipped: "):
        model_folder("hebat", tmp_path)


def test_what_is_costly_is_read_once(tmp_path: Path):
    workspace = make_office(tmp_path / "w", listed=False)
    assert workspace.detector.ruleset is workspace.ruleset
    assert workspace.detector is workspace.detector
    assert workspace.detector.election is workspace.election


def test_a_scan_gets_its_mandate_its_limits_and_the_choices_of_each_platform(tmp_path: Path):
    root = make_office(tmp_path / "w", listed=False).root
    with (root / "scanner.toml").open("a", encoding="utf-8") as config:
        config.write('\n[platforms.rss]\nenabled = false\n\n[platforms.mastodon]\nbase_url = "http://127.0.0.1:9"\n')
    with open_workspace(root).scan() as scan:
        assert scan.mandate.dpia_id == "DPIA-NR-2026-03 (fiktif)"
        assert scan.platforms.disabled == {Platform.RSS}
        assert scan.platforms.options(Platform.MASTODON).base_url == "http://127.0.0.1:9"
        assert scan.platforms.options(Platform.TELEGRAM).terms_approval == "CONTOH-TG-001 (fiktif)"
        assert scan.platforms.options(Platform.MASTODON).terms_approval is None
        assert (scan.lookback_days, scan.workers) == (120, 5)


def test_a_folder_without_settings_is_no_workspace(tmp_path: Path):
    with pytest.raises(SettingsError, match="not there; make a workspace with `scanner init"):
        open_workspace(tmp_path)


def test_the_next_run_leaves_alone_the_hosts_that_asked_for_it(tmp_path: Path):
    store = make_office(tmp_path / "w").store
    until = datetime.now(UTC) + timedelta(minutes=30)
    with store.lease("test") as lease:
        waits.save_waits(lease, {"tungku.test:443": until}, datetime.now(UTC))
    with open_workspace(tmp_path / "w").scan() as scan:
        (left_alone,) = scan.platforms.client.pace.waits().items()
    assert left_alone == ("tungku.test:443", pytest.approx(until, abs=timedelta(seconds=1)))
