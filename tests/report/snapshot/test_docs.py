"""docs/snapshots.md says what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import typer

from scanner.cli.app import app
from scanner.report.snapshot.levels import LADDERS
from scanner.report.snapshot.publish import Published
from scanner.report.snapshot.views import VIEWS

TEXT = (Path(__file__).parents[3] / "docs" / "snapshots.md").read_text("utf-8")


def test_every_view_stands_in_the_table_and_no_other():
    rows = re.findall(r"^\| `(\w+)` \| .+ \| .+ \|$", TEXT.partition("## The views")[2], flags=re.MULTILINE)
    assert sorted(rows) == sorted(view.name for view in VIEWS)


def test_every_command_exists_with_its_options():
    root = typer.main.get_command(app)
    calls = re.findall(r"^scanner (.+)$", TEXT, flags=re.MULTILINE)
    assert len(calls) > 6
    for call in calls:
        command, words = root, call.split()
        while words and words[0] in getattr(command, "commands", {}):
            command = command.commands[words.pop(0)]
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("-")} <= known, call


def test_every_verb_of_snapshot_is_told_of():
    [group] = [one for name, one in typer.main.get_command(app).commands.items() if name == "snapshot"]
    assert all(f"scanner snapshot {verb}" in TEXT for verb in group.commands)


def test_the_steps_down_are_told_in_their_order():
    told = TEXT.partition("in a fixed order")[2].partition("left out")[0]
    said = [
        "agency",
        "scores 0.05",
        "month",
        "quarter",
        "nothing",
        "language",
        "role",
        "codes",
        "outcome",
        "platform",
        "phase",
    ]
    places = [told.index(word) for word in said]
    assert places == sorted(places)
    assert len(LADDERS["posts"].steps) == 1 + len(said) + 1  # as it is; scores stand twice


def test_the_recipe_for_notebooks_opens_a_snapshot_and_nothing_else(published: Published, monkeypatch, tmp_path: Path):
    recipe = TEXT.partition("```python\n")[2].partition("```")[0]
    monkeypatch.chdir(published.path)
    names: dict[str, object] = {}
    exec(recipe, names)
    connection = names["connection"]
    assert isinstance(connection, duckdb.DuckDBPyConnection)
    assert connection.execute("SELECT count(*) FROM rules").fetchall() != [(0,)]
    for sql in (
        "FROM read_csv('/etc/passwd')",
        "ATTACH '/tmp/x'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
    ):
        try:
            connection.execute(sql)
        except duckdb.Error:
            continue
        raise AssertionError(sql)
    connection.close()
