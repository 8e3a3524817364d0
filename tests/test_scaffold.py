"""A new workspace: everything there, private, and nothing of what lay there lost."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path

import pytest

from scanner.errors import MandateError, SettingsError
from scanner.roster import OPTIONAL, REQUIRED, read_roster
from scanner.scaffold import create_workspace
from scanner.settings import mandate_of
from scanner.store.users import load_users
from scanner.workspace import DATA, ELECTIONS, LOGS, ROSTER


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


def test_nobody_can_sign_in_to_a_new_workspace(tmp_path: Path):
    """No account stands ready from the beginning (ASVS 5.0 V6.3.2)."""
    with create_workspace(tmp_path / "w").store.lease("test") as lease:
        assert load_users(lease) == []
        assert lease.rows("FROM credentials") == []


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
