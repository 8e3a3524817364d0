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
from scanner.settings import load_settings, mandate_of, problems_of

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
        ("[network]\nworkerz = 3\n", r"toml:2 network.workerz: .* known here: allow_hosts, contact"),
        ("# ya\n\n[network]\n\nworkers = 99\n", r"toml:5 network.workers: .*less than or equal to 10"),
        ("[network]\nallow_hosts = [\n  'a',\n  3,\n]\n", r"toml:2 network.allow_hosts.1: .*valid string"),
        ("[retention.phases.tenang]\nunflagged_days = 90\n", r"toml:2 retention.phases.TENANG.unflagged_days: "),
        ("[retention.phases.tenang]\nunflaged = 9\n", r"toml:2 .*known here: dismissed_days"),
        ("[platforms.x]\nenable = 1\n", r"toml:2 .*known here: base_url, canary"),
        ("[media]\nmax_per_post = 0\n", "media.max_per_post: .*greater than or equal to 1"),
        ("[media]\nfilms = true\n", "media.films: .* known here: enabled, max_bytes, max_per_post"),
        ("[review]\noverlap = 1\n", "review.overlap: .*greater than or equal to 2"),
        ("[mandate]\ncontroller_kind = 'partai'\n", "mandate.controller_kind: .*bawaslu"),
        ("[platforms.myspace]\nenabled = true\n", "toml:1 platforms.myspace"),
        ("colour = 1\n", "toml:1 colour: .* known here: .*election"),
        ("election = ''\nnot toml", "toml:2: not valid TOML"),
        ("[network", "toml:1: not valid TOML"),
    ],
)
def test_a_wrong_setting_is_named_with_what_would_be_valid(tmp_path: Path, config: str, says: str):
    with pytest.raises(SettingsError, match=says) as caught:
        load_settings(workspace(tmp_path, config))
    assert "scanner.toml" in str(caught.value)


def test_a_file_that_is_no_utf8_is_named_with_its_line(tmp_path: Path):
    workspace(tmp_path, "").joinpath("scanner.toml").write_bytes(b"# ya\nelection = '\xff'\n")
    with pytest.raises(SettingsError, match=r"scanner.toml:2: not valid TOML: byte 17 is not UTF-8"):
        load_settings(tmp_path)


def test_what_is_wrong_in_the_environment_is_named_by_its_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SCANNER_NETWORK__WORKERS", "99")
    with pytest.raises(SettingsError, match=r"^SCANNER_NETWORK__WORKERS in the environment network.workers: "):
        load_settings(workspace(tmp_path, "[network]\nworkers = 3\n"))


def test_a_variable_that_is_no_json_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SCANNER_NETWORK", "{")
    with pytest.raises(SettingsError, match="SCANNER_NETWORK__WORKERS=2 would be valid"):
        load_settings(workspace(tmp_path, ""))


def test_what_is_wrong_in_the_secrets_is_named_there(tmp_path: Path):
    folder = workspace(tmp_path, "[network]\nworkers = 3\n", "# ya\n[platforms.x]\nkeyz = 'a'\n")
    with pytest.raises(SettingsError, match=r"secrets.toml:3 platforms.x.\*\*\*: .*known here: .*keys"):
        load_settings(folder)


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SCANNER_NETWROK__WORKERS", "2")
    folder = workspace(tmp_path, "[network]\nworkers = 99\ndeadlin = 3\n", "[media]\nfilms = 1\n")
    said = problems_of(folder)
    places = ("scanner.toml:2 network.workers", "scanner.toml:3 network.deadlin", "secrets.toml:2 media.***")
    assert [next(place for place in places if place in one) for one in said[:3]] == list(places)
    assert said[3].startswith("SCANNER_NETWROK__WORKERS in the environment: there is no such setting; known: backups")
    assert problems_of(workspace(tmp_path / "..", "")) == said[3:]


def test_variables_that_are_no_settings_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("SCANNER_WORKSPACE", "SCANNER_FAST", "SCANNER_SNAPSHOT", "SCANNER_TEST_SERVERS", "SCANNER_MODEL"):
        monkeypatch.setenv(name, "x")
    assert problems_of(workspace(tmp_path, "")) == []


SECRET = "kunci-9f3a-rahasia"


@pytest.mark.parametrize(
    "line",
    [
        f"{SECRET} = 1",
        f"'{SECRET}' = ",
        f"k = '{SECRET}'\nk = '{SECRET}'",
        f"base_url = ['{SECRET}']",
        f"enabled = '{SECRET}'",
        f"daily_budget = '{SECRET}'",
        f"[timestamps]\nurl = '{SECRET}'\nca_file = 'a'",
        f"[{SECRET}]",
        f"[retention.phases.{SECRET}]",
        f"{SECRET}",
        f"[platforms.mastodon.keys]\nk = '{SECRET} \u0007'",
    ],
)
def test_nothing_that_stands_in_the_secrets_is_told(tmp_path: Path, line: str):
    said = problems_of(workspace(tmp_path, "", f"[platforms.mastodon]\n{line}\n"))
    assert said
    assert SECRET not in str(said)


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
