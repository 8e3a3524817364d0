"""What is shown can be read at 80 columns, and nothing in the data of others moves the terminal."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.cli.output import clean, out, print_json, print_table, say, shortened
from scanner.domain.flags import Phase

FEED = "rss:https://nusarimba.example/catatan-pak-darmo/feed.xml"


def test_json_keeps_letters_and_writes_times_enums_and_paths_as_text(capsys: pytest.CaptureFixture[str]):
    moment = datetime(2026, 11, 20, 5, tzinfo=UTC)
    print_json({"é": moment, "d": date(2026, 11, 20), "phase": Phase.TENANG, "p": Path("a/b")})
    text = capsys.readouterr().out
    assert "é" in text
    assert json.loads(text) == {"é": "2026-11-20T05:00:00+00:00", "d": "2026-11-20", "phase": "TENANG", "p": "a/b"}


def test_json_refuses_what_it_does_not_know():
    with pytest.raises(TypeError, match="set cannot be written"):
        print_json({"x": {1}})


def test_a_table_shows_markup_of_the_data_as_it_is(capsys: pytest.CaptureFixture[str]):
    print_table("Judul", ("a", "# b"), [("[bold]tebal[/bold]", 7)])
    assert "[bold]tebal[/bold]" in capsys.readouterr().out


def test_a_table_without_column_names_has_no_empty_line(capsys: pytest.CaptureFixture[str]):
    print_table("Judul", ("", ""), [("posts", 4)])
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [["Judul"], ["posts", "4"]]


def test_piped_tables_are_wide_unless_columns_says_otherwise(monkeypatch: pytest.MonkeyPatch):
    assert out().width == 200
    monkeypatch.setenv("COLUMNS", "80")
    assert out().width == 80


def test_long_addresses_are_cut_in_the_middle_only_where_the_terminal_is_narrow(monkeypatch: pytest.MonkeyPatch):
    assert shortened(FEED) == FEED
    monkeypatch.setenv("COLUMNS", "80")
    assert len(shortened(FEED)) == 38
    assert shortened(FEED).startswith("rss:https://nusa")
    assert shortened(FEED).endswith("darmo/feed.xml")
    assert shortened("telegram:kanal") == "telegram:kanal"


def test_a_message_stays_on_one_line_however_long(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "40")
    say("kata " * 60)
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_message_obeys_neither_markup_nor_escape_sequences(capsys: pytest.CaptureFixture[str]):
    say("[red]merah[/red] \x1b[31m\x1b]0;judul\x07 baris.csv")
    said = capsys.readouterr().err
    assert "[red]merah[/red]" in said
    assert "\x1b" not in said


@settings(deadline=None, max_examples=100)
@given(st.text())
def test_cleaned_text_keeps_its_length_and_has_no_control_character(text: str):
    cleaned = clean(text)
    assert len(cleaned) == len(text)
    assert all(char.isprintable() or char in "\n\t" for char in cleaned)
    assert all(a == b for a, b in zip(text, cleaned, strict=True) if a.isprintable())
