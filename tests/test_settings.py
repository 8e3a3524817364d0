"""Settings say exactly which file and key is wrong, and the environment overrides the file."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from scanner.domain.accounts import Platform
from scanner.domain.flags import Phase
from scanner.domain.retention import Outcome
from scanner.errors import MandateError, SettingsError
from scanner.settings import load_settings, mandate_of

COMPLETE = """
election = "pilgub-x"
[mandate]
controller = "Bawaslu X"
controller_kind = "bawaslu"
legal_basis = "SK"
decree_number = "SK-1"
purpose = "netralitas"
dpia_id = "DPIA-1"
valid_from = 2026-09-01
valid_until = 2026-12-31
"""


def workspace(folder: Path, config: str, secrets: str | None = None, mode: int = 0o600) -> Path:
    (folder / "scanner.toml").write_text(config, "utf-8")
    if secrets is not None:
        (folder / "secrets.toml").write_text(secrets, "utf-8")
        (folder / "secrets.toml").chmod(mode)
    return folder


def test_an_empty_file_gives_careful_defaults(tmp_path: Path):
    settings = load_settings(workspace(tmp_path, ""))
    assert settings.network.min_interval == 2.0
    assert settings.network.allow_hosts == ()
    assert settings.review.overlap == 2
    assert settings.platform(Platform.TELEGRAM).terms_approval is None


def test_the_environment_overrides_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SCANNER_NETWORK__WORKERS", "2")
    settings = load_settings(workspace(tmp_path, "[network]\nworkers = 7\ncontact = 'a@b.id'\n"))
    assert settings.network.workers == 2
    assert settings.network.contact == "a@b.id"


def test_secrets_are_merged_in(tmp_path: Path):
    folder = workspace(
        tmp_path, "[platforms.telegram]\nenabled = true\n", "[platforms.telegram]\nterms_approval = 'S-1'\n"
    )
    telegram = load_settings(folder).platform(Platform.TELEGRAM)
    assert telegram.enabled
    assert telegram.terms_approval == "S-1"


def test_keys_of_platforms_are_read_from_secrets_and_environment_and_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SCANNER_PLATFORMS__X__KEYS__TOKEN", "dari-lingkungan")
    folder = workspace(tmp_path, "[platforms.x]\ndaily_budget = 9\n", "[platforms.youtube.keys]\nkey = 'rahasia'\n")
    settings = load_settings(folder)
    assert settings.platform(Platform.YOUTUBE).keys["key"].get_secret_value() == "rahasia"
    assert settings.platform(Platform.X).keys["token"].get_secret_value() == "dari-lingkungan"
    assert settings.platform(Platform.X).daily_budget == 9
    assert "rahasia" not in repr(settings)


@pytest.mark.parametrize("key", ["rahasia baru", "rah\u00e4sia", "rahasia\u0007"], ids=["blank", "accent", "bell"])
def test_a_key_that_no_header_can_hold_is_refused_without_being_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
):
    monkeypatch.setenv("SCANNER_PLATFORMS__X__KEYS__TOKEN", key)
    with pytest.raises(SettingsError, match="token holds blanks or signs that no key holds") as caught:
        load_settings(workspace(tmp_path, ""))
    assert key not in str(caught.value)


def test_blanks_that_pasting_left_around_a_key_are_dropped(tmp_path: Path):
    folder = workspace(tmp_path, "", '[platforms.x.keys]\ntoken = """rahasia\n"""\n')
    assert load_settings(folder).platform(Platform.X).keys["token"].get_secret_value() == "rahasia"


def test_secrets_that_others_can_read_are_refused(tmp_path: Path):
    with pytest.raises(SettingsError, match="chmod 600"):
        load_settings(workspace(tmp_path, "", "", mode=0o644))


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ("[network]\nworkerz = 3\n", "network.workerz: .* known here: allow_hosts, contact"),
        ("[network]\nworkers = 99\n", "network.workers: .*less than or equal to 10"),
        ("[media]\nmax_per_post = 0\n", "media.max_per_post: .*greater than or equal to 1"),
        ("[media]\nfilms = true\n", "media.films: .* known here: enabled, max_bytes, max_per_post"),
        ("[review]\noverlap = 1\n", "review.overlap: .*greater than or equal to 2"),
        ("[mandate]\ncontroller_kind = 'partai'\n", "mandate.controller_kind: .*bawaslu"),
        ("[platforms.myspace]\nenabled = true\n", "platforms.myspace"),
        ("colour = 1\n", "colour: .* known here: .*election"),
        ("not toml", "not valid TOML"),
    ],
)
def test_a_wrong_setting_is_named_with_what_would_be_valid(tmp_path: Path, config: str, says: str):
    with pytest.raises(SettingsError, match=says) as caught:
        load_settings(workspace(tmp_path, config))
    assert "scanner.toml" in str(caught.value)


def test_a_missing_workspace_says_how_to_make_one(tmp_path: Path):
    with pytest.raises(SettingsError, match="scanner init"):
        load_settings(tmp_path)


def test_a_complete_mandate_is_returned(tmp_path: Path):
    mandate = mandate_of(load_settings(workspace(tmp_path, COMPLETE)))
    assert mandate.election_id == "pilgub-x"
    assert mandate.valid_until == date(2026, 12, 31)


@pytest.mark.parametrize(
    "key", ["controller", "legal_basis", "decree_number", "purpose", "dpia_id", "valid_from", "election"]
)
def test_a_mandate_that_lacks_a_part_is_refused_by_name(tmp_path: Path, key: str):
    config = "\n".join(line for line in COMPLETE.splitlines() if not line.startswith(f"{key} ="))
    with pytest.raises(MandateError, match=rf"\b{key}\b.* missing; nothing is fetched"):
        mandate_of(load_settings(workspace(tmp_path, config)))


def test_nobody_vouches_for_the_heads_unless_one_is_set(tmp_path: Path):
    assert load_settings(workspace(tmp_path, "")).timestamps.url == ""


@pytest.mark.parametrize(
    ("section", "reason"),
    [
        ('url = "https://tsa.example/tsr"', "url and ca_file go together"),
        ('ca_file = "tsa.pem"', "url and ca_file go together"),
        ('url = "file:///etc/passwd"\nca_file = "tsa.pem"', "is not an address"),
        ('adress = "x"', "known here: ca_file, url"),
    ],
    ids=["no_file", "no_url", "other_scheme", "unknown_key"],
)
def test_an_authority_is_set_whole_or_not_at_all(tmp_path: Path, section: str, reason: str):
    with pytest.raises(SettingsError, match=f"timestamps.*{reason}"):
        load_settings(workspace(tmp_path, f"[timestamps]\n{section}"))


def test_a_phase_may_have_days_of_its_own(tmp_path: Path):
    config = "[retention]\ndismissed_days = 20\n[retention.phases.non]\nunflagged_days = 3\n"
    policy = load_settings(workspace(tmp_path, config)).retention.policy()
    assert policy.days_of(Outcome.UNFLAGGED, Phase.NON) == 3
    assert policy.days_of(Outcome.DISMISSED, Phase.NON) == 20
    assert policy.days_of(Outcome.UNFLAGGED, Phase.TENANG) == 7


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ("[retention.phases.sepi]\nunflagged_days = 3\n", "'sepi' is no phase; known: non, pra, tetap"),
        ("[retention.phases.non]\nunflagged_days = 31\n", "unflagged_days: Input should be less than or equal to 30"),
        ("[retention.phases.non]\ndays = 3\n", "known here: dismissed_days, referred_days"),
        ("[retention]\nphases = 3\n", "retention.phases"),
    ],
)
def test_days_of_a_phase_are_checked(tmp_path: Path, config: str, told: str):
    with pytest.raises(SettingsError, match=re.escape(told)):
        load_settings(workspace(tmp_path, config))
