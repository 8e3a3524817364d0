"""A sound workspace, made once and copied for each test, and what the doctor says of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from scanner.doctor import CHECKS, State, examine
from scanner.doctor.case import Case
from scanner.doctor.check import Check, go_through
from scanner.domain.users import Role, User
from scanner.review.users import add_user
from scanner.workspace import Workspace
from tests.offices import fill, make_office

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PEOPLE = {"sari": Role.REVIEWER, "budi": Role.REVIEWER, "rini": Role.ADJUDICATOR}
IMPATIENT = 0.05


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def make_sound(root: Path) -> Workspace:
    """Make a workspace in which nothing is wrong: politely set, with people who may sign in, posts and flags."""
    workspace = make_office(root)
    rewrite(root / "scanner.toml", "min_interval = 0.0", "min_interval = 2.0")
    fill(workspace)
    for name, role in PEOPLE.items():
        user = User(name=name, display=name.title(), role=role, agency="Bawaslu (fiktif)", created_at=datetime.now(UTC))
        add_user(workspace.store, user, by="uji", hasher=QUICK)
    return workspace


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_sound(tmp_path_factory.mktemp("sound") / "w").root


@pytest.fixture
def office(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "w"))


@pytest.fixture(autouse=True)
def _nobody_special(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the tests be run by anybody: containers run them as root, of whom the doctor warns."""
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() or 1000)


Failed = Callable[..., dict[str, str]]


def failed(root: Path, *, deep: bool = False, later: timedelta = timedelta()) -> dict[str, str]:
    """Return checks that ask for something to be done, with what."""
    found = examine(root, deep=deep, now=datetime.now(UTC) + later, patience=IMPATIENT)
    return {one.name: one.next_step for one in found if one.state in (State.FAILED, State.WARNING)}


def made(root: Path, name: str, *, deep: bool = False, probe: bool = False, later: timedelta = timedelta()) -> Check:
    """Make one check, and before it only what it builds on."""
    wanted = [name]
    for each in wanted:
        wanted += [need for need in CHECKS[each].needs if need not in wanted]
    table = {each: one for each, one in CHECKS.items() if each in wanted}
    case = Case(root=root, now=datetime.now(UTC) + later, deep=deep, probe=probe, patience=IMPATIENT)
    return list(go_through(table, case))[-1]
