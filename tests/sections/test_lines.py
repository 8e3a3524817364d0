"""Every key of a TOML file is found on its line, however it is written."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.sections.lines import line_of, lines_of

TEXT = """\
# Komentar [bukan.bagian]
election = "pilgub-x"   # di belakang

[network]
workers = 3
allow_hosts = [
    "127.0.0.1:1",

    "127.0.0.1:2",
]
contact = '''
[mandate]
bukan = "kunci"
'''

[platforms."x".keys]
token = "a=b"
[retention.phases]
tenang = { unflagged_days = 3 }
platforms.x.enabled = false
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("election",), 2),
        (("network",), 4),
        (("network", "workers"), 5),
        (("network", "allow_hosts"), 6),
        (("network", "contact"), 11),
        (("platforms", "x", "keys"), 16),
        (("platforms", "x", "keys", "token"), 17),
        (("retention", "phases", "tenang", "unflagged_days"), 19),
        (("retention", "phases", "platforms", "x", "enabled"), 20),
    ],
)
def test_a_key_stands_on_its_line(place: tuple[str, ...], line: int):
    assert lines_of(TEXT)[place] == line


def test_what_stands_in_a_text_is_no_key():
    assert not {("mandate",), ("mandate", "bukan"), ("network", "bukan")} & lines_of(TEXT).keys()


def test_lines_end_as_any_editor_ends_them():
    assert lines_of("a = 1\r\n[b]\r\nc = 2\r\n") == {("a",): 1, ("b",): 2, ("b", "c"): 3}


def test_tables_of_an_array_are_known_by_the_first():
    assert lines_of("[[a]]\nb = 1\n[[a]]\nb = 2\n") == {("a",): 1, ("a", "b"): 2}


def test_a_key_that_is_not_there_is_looked_for_with_its_section():
    lines = lines_of(TEXT)
    assert line_of(lines, ("network", "deadline")) == 4
    assert line_of(lines, ("Network", "WORKERS")) == 5
    assert line_of(lines, ("media", "enabled")) is None


names = st.text("abcdefgh-_", min_size=1, max_size=5)
values = st.sampled_from(["1", '"[x]"', "[\n  1,\n  2\n]", '"""\n[a]\nb = 1\n"""', "{ p = 1 }", "1979-05-27"])


@given(st.dictionaries(names, st.dictionaries(names, values, max_size=4), max_size=4))
def test_every_key_of_any_file_begins_where_it_is_said_to(content: dict[str, dict[str, str]]):
    text = ""
    expected = {}
    for section, keys in content.items():
        text += "\n# \n"
        expected[(section,)] = text.count("\n") + 1
        text += f"[{section}]\n"
        for key, value in keys.items():
            expected[(section, key)] = text.count("\n") + 1
            text += f"{key} = {value}\n"
    tomllib.loads(text)
    found = lines_of(text)
    assert {place: found[place] for place in expected} == expected
