"""docs/doctor.md names every check once, in the order in which they are made, and every command it tells of exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from scanner.cli.app import app
from scanner.doctor import CHECKS
from scanner.doctor.check import Mode

PAGE = (Path(__file__).parents[2] / "docs" / "doctor.md").read_text("utf-8")
ROWS = dict(re.findall(r"^\| `([^`]+)` \| (.+) \|$", PAGE, re.MULTILINE))


def test_every_check_has_its_row_in_order():
    assert list(ROWS) == list(CHECKS)


@pytest.mark.parametrize("mode", [Mode.DEEP, Mode.PROBE])
def test_what_is_looked_at_only_when_asked_for_is_said_to_be(mode: Mode):
    said = {name for name, row in ROWS.items() if row.startswith(f"only `--{mode}`")}
    assert said == {name for name, one in CHECKS.items() if one.mode is mode}


def test_every_row_says_when_it_is_not_ok():
    assert [name for name, row in ROWS.items() if "WARN" not in row and "FIX" not in row] == []


def test_every_command_on_the_page_exists():
    verbs = get_command(app)
    for line in re.findall(r"scanner ([a-z-]+)", PAGE):
        assert line in verbs.commands, line
