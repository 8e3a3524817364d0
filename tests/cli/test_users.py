"""People who use the desk, from the terminal: what they sign in with is shown once and never is an argument."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pyotp
import pytest

from scanner.domain.users import Role, User
from scanner.review.signin import session_user, sign_in
from scanner.scaffold import create_workspace
from scanner.store import audit
from scanner.store.connection import Store
from scanner.store.users import load_users
from scanner.workspace import open_workspace
from tests.cli.conftest import Run
from tests.people import add_person, make_user
from tests.store.samples import NOON, dump

AGENCY = ("--agency", "Bawaslu Kabupaten Contoh")


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """An office without posts: here only its people matter."""
    return create_workspace(tmp_path / "w").root


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One with somebody in it, for what changes nothing."""
    root = create_workspace(tmp_path_factory.mktemp("staffed") / "w").root
    add_person(stored(root))
    return root


def stored(root: Path) -> Store:
    return open_workspace(root).store


def everybody(root: Path) -> dict[str, User]:
    with stored(root).lease("test") as lease:
        return {user.name: user for user in load_users(lease)}


def held(root: Path) -> dict[str, list[Any]]:
    with stored(root).lease("test") as lease:
        return dump(lease)


def issued(text: str) -> tuple[str, pyotp.TOTP]:
    password, otpauth = re.findall(r"password +(\S+)\n +authenticator +(\S+)", text)[0]
    found = pyotp.parse_uri(otpauth)
    assert isinstance(found, pyotp.TOTP)
    return password, found


def test_whoever_is_added_signs_in_with_what_was_shown(run: Run, office: Path):
    ended = run("users", "add", "Sari", "--role", "reviewer", *AGENCY, "--display", "Sari Dewi", "-w", office)
    assert (ended.code, ended.out) == (0, "")
    [(name, user)] = everybody(office).items()
    assert (name, user.display, user.role, user.agency) == ("sari", "Sari Dewi", Role.REVIEWER, AGENCY[1])
    password, totp = issued(ended.err)
    signed = sign_in(
        stored(office), name="sari", password=password, code=totp.at(NOON), address="::1", device=None, now=NOON
    )
    assert signed.user == user


def test_what_was_shown_is_nowhere_afterwards(run: Run, office: Path):
    ended = run("users", "add", "sari", "--role", "reviewer", *AGENCY, "-w", office)
    password, _ = issued(ended.err)
    assert password not in repr(held(office))
    assert all(password.encode() not in path.read_bytes() for path in office.rglob("*") if path.is_file())
    assert password not in run("users", "list", "-w", office, "--json").out


def test_a_program_reads_what_was_issued_as_json(run: Run, office: Path):
    ended = run("users", "add", "sari", "--role", "dpo", *AGENCY, "-w", office, "--json")
    found = json.loads(ended.out)
    assert set(found) == {"name", "password", "otpauth"}
    assert found["password"] not in ended.err
    assert found["otpauth"].startswith("otpauth://totp/scanner:sari?secret=")


def test_no_verb_takes_a_password_as_an_argument(run: Run):
    for verb in ("add", "reset"):
        assert "--password" not in run("users", verb, "--help").out
        assert run("users", verb, "sari", "--password", "x").code == 2


def test_a_chosen_password_is_asked_for_twice_and_not_shown(run: Run, office: Path, monkeypatch: pytest.MonkeyPatch):
    asked: list[dict[str, Any]] = []
    chosen = "perahu ungu melompati pagar"
    monkeypatch.setattr("typer.prompt", lambda text, **how: asked.append(how) or chosen)
    ended = run("users", "add", "sari", "--role", "reviewer", *AGENCY, "--prompt", "-w", office)
    assert ended.code == 0
    assert asked == [{"hide_input": True, "confirmation_prompt": True, "err": True}]
    assert chosen not in ended.out + ended.err
    assert "otpauth://" in ended.err
    assert json.loads(run("users", "reset", "sari", "--prompt", "--json", "-w", office).out)["password"] is None


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("add", "Sari Dewi", "--role", "reviewer", *AGENCY), 2, "user 'sari dewi': 2 to 40 of a-z"),
        (("add", "tina", "--role", "admin", *AGENCY), 2, "'admin' is not one of"),
        (("add", "tina", "--role", "reviewer"), 2, "--agency"),
        (("add", "tina", "--role", "reviewer", "--agency", " "), 2, "agency is empty"),
        (("add", "tina", "--role", "reviewer", *AGENCY, "--language", "jv"), 2, "'jv' is not one of"),
        (("add", "sari", "--role", "reviewer", *AGENCY), 1, "user sari: is there already"),
        (("disable", "tina"), 1, "user tina: there is nobody of this name"),
        (("enable", "tina"), 1, "user tina: there is nobody of this name"),
        (("reset", "tina"), 1, "user tina: there is nobody of this name"),
        (("role", "tina", "dpo"), 1, "user tina: there is nobody of this name"),
        (("sign-out", "tina"), 1, "user tina: there is nobody of this name"),
        (("recuse", "tina", "--person", "PEG-1"), 1, "user tina: there is nobody of this name"),
        (("recuse", "sari"), 2, "nobody named; --person PEG-0017"),
        (("recuse", "sari", "--person", "PEG-1", "--lift"), 2, "not recused from 'PEG-1'"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    run: Run, staffed: Path, arguments: tuple[str, ...], code: int, words: str
):
    before = held(staffed)
    ended = run("users", *arguments, "-w", staffed)
    assert ended.code == code
    assert words in ended.refusal
    assert held(staffed) == before


def test_shut_out_signed_out_and_let_in_again(run: Run, office: Path):
    store, sari = stored(office), add_person(stored(office))
    token = sari.enter(store).token
    ended = run("users", "disable", "Sari", "-w", office)
    assert (ended.code, ended.err) == (0, "sari is shut out, and signed out everywhere.\n")
    assert session_user(store, token, NOON) is None
    assert everybody(office)["sari"].disabled_at is not None
    assert run("users", "enable", "sari", "-w", office).err == "sari may sign in again.\n"
    assert everybody(office)["sari"].disabled_at is None


def test_a_reset_gives_new_credentials_and_ends_sessions(run: Run, office: Path):
    store, sari = stored(office), add_person(stored(office))
    token = sari.enter(store).token
    password, totp = issued(run("users", "reset", "sari", "-w", office).err)
    assert password != sari.password
    assert totp.secret not in sari.otpauth
    assert session_user(store, token, NOON) is None


def test_another_role_and_signing_out_end_sessions(run: Run, office: Path):
    store, sari = stored(office), add_person(stored(office))
    token = sari.enter(store).token
    assert run("users", "sign-out", "sari", "-w", office).err == "1 sessions of sari ended.\n"
    assert session_user(store, token, NOON) is None
    ended = run("users", "role", "sari", "adjudicator", "-w", office)
    assert (ended.code, ended.err) == (0, "sari is adjudicator from the next sign-in on.\n")
    assert everybody(office)["sari"].role is Role.ADJUDICATOR


def test_recusals_are_added_and_lifted_and_those_that_hide_nothing_are_told(run: Run, office: Path):
    add_person(stored(office))
    ended = run("users", "recuse", "sari", "--person", "PEG-1", "--agency", "Kota Contoh", "-w", office)
    first, *warnings = ended.err.splitlines()
    assert first == "sari is recused from 2 persons or agencies besides their own agency."
    assert [line.split(",")[0] for line in warnings] == [
        "No listed account is of 'PEG-1'",
        "No listed account is of 'Kota Contoh'",
    ]
    assert everybody(office)["sari"].recused == ("PEG-1", "Kota Contoh")
    ended = run("users", "recuse", "sari", "--person", "PEG-1", "--lift", "-w", office)
    assert ended.err == "sari is recused from 1 persons or agencies besides their own agency.\n"
    assert everybody(office)["sari"].recused == ("Kota Contoh",)


def test_the_list_shows_everybody_and_names_no_relative(run: Run, office: Path):
    for name, changes in (("sari", {"recused": ("PEG-1", "PEG-2")}), ("budi", {"disabled_at": NOON})):
        add_person(stored(office), name, **changes)
    shown = run("users", "list", "-w", office)
    assert [line.split()[0] for line in shown.out.splitlines()[2:]] == ["budi", "sari"]
    found = json.loads(run("users", "list", "-w", office, "--json").out)
    assert [row["name"] for row in found] == ["budi", "sari"]
    assert set(found[0]) == {
        "name", "display", "role", "language", "agency", "created_at", "disabled_at", "recused",
    }  # fmt: skip
    assert [row["recused"] for row in found] == [0, 2]
    assert "PEG" not in shown.out


def test_every_change_names_who_made_it(run: Run, office: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("scanner.cli.users.operator", lambda: "ketua")
    for arguments in (
        ("add", "sari", "--role", "reviewer", *AGENCY),
        ("recuse", "sari", "--person", "PEG-1"),
        ("role", "sari", "auditor"),
        ("sign-out", "sari"),
        ("reset", "sari"),
        ("disable", "sari"),
        ("enable", "sari"),
    ):
        assert run("users", *arguments, "-w", office).code == 0
    with stored(office).lease("test") as lease:
        found = audit.events(lease)
    assert [event.action for event in reversed(found)] == [
        "user.add", "user.recuse", "user.role", "user.sign_out", "user.reset", "user.disable", "user.enable",
    ]  # fmt: skip
    assert {(event.actor, event.subject) for event in found} == {("ketua", "sari")}


def test_a_name_shown_cannot_move_the_terminal(run: Run, office: Path):
    run("users", "add", "sari", "--role", "reviewer", "--agency", "Kab\x1b[2J", "-w", office)
    ended = run("users", "list", "-w", office)
    assert "\x1b" not in ended.out + ended.err
    assert everybody(office)["sari"].agency != make_user().agency
