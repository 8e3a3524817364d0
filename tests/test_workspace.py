"""A workspace is made once, keeps what lies there, and opens what its settings name."""

from __future__ import annotations

import stat
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scanner.classify.bundle import load_model
from scanner.demo import province
from scanner.domain.accounts import Platform
from scanner.errors import MandateError, ModelError, RulesError, SettingsError
from scanner.roster import OPTIONAL, REQUIRED, read_roster
from scanner.settings import mandate_of
from scanner.store import waits
from scanner.workspace import DATA, ELECTIONS, LOGS, ROSTER, create_workspace, model_folder, open_workspace
from tests.offices import MODEL, make_office, write_constant_model


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_workspace_has_everything_and_keeps_it_private(tmp_path: Path):
    root = tmp_path / "pengawasan"
    workspace = create_workspace(root)
    assert workspace.root == root
    assert [mode(root / name) for name in (ELECTIONS, DATA, LOGS, ".")] == [0o700] * 4
    assert mode(root / "secrets.toml") == 0o600
    assert (root / ROSTER).read_text("utf-8") == ",".join(REQUIRED + OPTIONAL) + "\n"
    assert read_roster(root / ROSTER).accounts == ()


def test_the_settings_of_a_new_workspace_can_be_read_and_allow_nothing_yet(tmp_path: Path):
    workspace = create_workspace(tmp_path / "w")
    assert tomllib.loads((tmp_path / "w" / "scanner.toml").read_text("utf-8"))["lookback_days"] == 120
    with pytest.raises(MandateError, match=r"controller_kind.*nothing is fetched"):
        mandate_of(workspace.settings)
    with pytest.raises(MandateError), workspace.scan():
        pytest.fail("a scan began without a mandate")


def test_a_workspace_is_not_made_twice(tmp_path: Path):
    create_workspace(tmp_path / "w")
    before = (tmp_path / "w" / "scanner.toml").read_bytes()
    with pytest.raises(SettingsError, match="a workspace already"):
        create_workspace(tmp_path / "w", config="election = 'x'")
    assert (tmp_path / "w" / "scanner.toml").read_bytes() == before


def test_roster_and_secrets_that_lie_there_stay_as_they_are(tmp_path: Path):
    (tmp_path / ROSTER).write_text("mine\n", "utf-8")
    (tmp_path / "secrets.toml").write_text("# mine\n", "utf-8")
    (tmp_path / "secrets.toml").chmod(0o600)
    create_workspace(tmp_path)
    assert (tmp_path / ROSTER).read_text("utf-8") == "mine\n"
    assert (tmp_path / "secrets.toml").read_text("utf-8") == "# mine\n"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match=r"file/w: no workspace can be made there: Not a directory"):
        create_workspace(tmp_path / "file" / "w")


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
