"""docs/security.md names, for each requirement of the slice, tests that exist, or why one is missing and since when."""

from __future__ import annotations

import ast
import re
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from scanner.logs.keeping import NAME
from scanner.settings import Settings
from scanner.store.audit import anchor_path
from scanner.store.schema import TABLES
from scanner.workspace import DATA, LOGS

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "security.md").read_text("utf-8")
WANTED = """
V1.2.1/2/4/5/10 V1.3.6 V1.5.2 V2.3.3/4/5 V2.4.1 V3.2.1 V3.3.1/2/3/4 V3.4.1/2/3/4/5/6 V3.5.1/3 V4.1.1 V5.2.1/2/3 V5.3.2
V5.4.1/2 V6.2.1/4/9/10/12 V6.3.1/2/3 V7.2.1/2/3/4 V7.3.1/2 V7.4.1/2/3/4/5 V7.5.2 V8.2.1/2/3 V8.3.1 V11.4.2 V12.1.1
V13.2.4/5 V13.3.1 V13.4.1/2/3/4/5 V14.2.1/2/3/4/7 V14.3.1/2/3 V15.2.2 V15.3.3 V16.1.1 V16.2.1/2/3/4/5 V16.3.1/2/3/4
V16.4.1/2/3 V16.5.1/2/3"""
"""The slice of OWASP ASVS 5.0 (reliability A4)."""


def slice_of_asvs() -> list[str]:
    found = []
    for group in WANTED.split():
        stem, _, ends = group.rpartition(".")
        found += [f"{stem}.{end}" for end in ends.split("/")]
    return found


@cache
def rows(*head: str) -> dict[str, list[str]]:
    """Return the rows of the table with these column heads by their first cell."""
    lines = TEXT.splitlines()
    start = lines.index(f"| {' | '.join(head)} |")
    found = {}
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert cells[0] not in found, f"{cells[0]} stands twice"
        found[cells[0]] = cells
    return found


def held() -> dict[str, list[str]]:
    """Return the tests that hold each requirement."""
    table = rows("requirement", "in short", "held by")
    return {name: re.findall(r"`([^`]+)`", cells[2]) for name, cells in table.items()}


def excepted() -> dict[str, list[str]]:
    return rows("requirement", "since", "what is missing, and why")


@cache
def functions(path: str) -> frozenset[str]:
    """Return the tests of a file without running it."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_the_slice_is_told_whole_in_its_order():
    assert len(slice_of_asvs()) == 91
    assert list(held()) == slice_of_asvs()


@pytest.mark.parametrize("requirement", slice_of_asvs())
def test_every_requirement_is_held_by_tests_that_exist_or_excepted(requirement: str):
    tests = held()[requirement]
    assert tests or requirement in excepted()
    for test in tests:
        path, _, name = test.partition("::")
        assert name.startswith("test_"), test
        assert name in functions(path), test


def test_every_exception_has_a_reason_and_a_day():
    assert set(excepted()) <= set(slice_of_asvs())
    for name, (_, since, why) in excepted().items():
        assert date(2026, 1, 1) <= date.fromisoformat(since), name
        assert len(why) > 60, name


def test_the_threat_model_says_from_whom_what_not_and_where_trust_begins():
    model = TEXT.partition("## Threat model")[2].partition("\n## ")[0]
    assert all(words in model for words in ("worth protecting", "Not defended against", "Where trust begins"))
    assert len(rows("who", "what they might want", "what stands against it")) >= 8


def test_every_place_of_the_inventory_is_one_of_the_program():
    told = " ".join(cells[1] for cells in rows("what", "where", "form", "who reads it", "how long").values())
    places = set(re.findall(r"`([^`]+)`", told))
    files = {f"{LOGS}/{NAME}", f"{DATA}/{anchor_path(Path()).name}", f"{DATA}/receipts/"}
    tables = {name for name in places - files if f"CREATE TABLE {name} (" in TABLES}
    assert places == files | tables
    assert tables == {"audit", "runs", "coverage", "quarantine"}


def test_every_setting_named_exists():
    named = re.findall(r"`(\w+)\.(\w+)`", TEXT)
    settings = [(section, name) for section, name in named if section in Settings.model_fields]
    assert settings
    for section, name in settings:
        assert name in Settings.model_fields[section].annotation.model_fields, f"{section}.{name}"
