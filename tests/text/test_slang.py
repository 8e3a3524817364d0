from __future__ import annotations

from pathlib import Path

import pytest

from scanner.errors import RulesError
from scanner.text.edits import apply
from scanner.text.slang import load_slang, shipped_slang, standard_words, words_of

HEADER = "slang\tstandard\tnote\n"
SLANG = {"yg": "yang", "g": "tidak", "sami-sami": "sama-sama", "do'a": "doa", "anak2": "anak-anak"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("yg ini", "yang ini"),
        ("(yg)", "(yang)"),
        ("ygini", "ygini"),
        ("#yg @yg", "#yg @yg"),
        ("yg-yg", "yang-yang"),
        ("sami-sami", "sama-sama"),
        ("do'a anak2", "doa anak-anak"),
        ("g mau", "tidak mau"),
        ("s.g. g-1", "s.g. g-1"),
        ("é yg", "é yang"),
    ],
)
def test_it_replaces_whole_tokens(written: str, read: str) -> None:
    assert apply(written, standard_words(written, words_of(written), SLANG)) == read


def test_it_reads_a_table(tmp_path: Path) -> None:
    path = tmp_path / "slang.tsv"
    path.write_text(HEADER + "yg\tyang\tsingkatan\n\nmksh\tterima kasih\n", encoding="utf-8")
    assert load_slang(path) == {"yg": "yang", "mksh": "terima kasih"}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("yg yang\n", "slang.tsv:2: 1 columns; valid are slang, standard, note"),
        ("yg\tyang\ta\tb\n", "slang.tsv:2: 4 columns"),
        ("Yg\tyang\t\n", "slang.tsv:2: slang 'Yg' must be one token in lower case"),
        ("y g\tyang\t\n", "slang.tsv:2: slang 'y g' must be one token in lower case"),
        ("yg\t\t\n", "slang.tsv:2: standard '' must be lower-case words"),
        ("yg\tyang  ini\t\n", "slang.tsv:2: standard 'yang  ini' must be"),
        ("yg\tyg\t\n", "slang.tsv:2: 'yg' leads to itself"),
        ("yg\tyang\t\nyg\tyaitu\t\n", "slang.tsv:3: 'yg' stands already in line 2"),
        ("y\tyg\t\nyg\tyang\t\n", "slang.tsv:2: 'y' leads to 'yg', itself slang here"),
    ],
)
def test_it_refuses_a_row_with_its_place(tmp_path: Path, rows: str, message: str) -> None:
    path = tmp_path / "slang.tsv"
    path.write_text(HEADER + rows, encoding="utf-8")
    with pytest.raises(RulesError) as caught:
        load_slang(path)
    assert message in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"kata\tbaku\n", b"\xff\xfe"])
def test_it_refuses_another_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "slang.tsv"
    path.write_bytes(content)
    with pytest.raises(RulesError, match=r"slang\.tsv"):
        load_slang(path)


def test_it_names_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match="cannot be read"):
        load_slang(tmp_path / "slang.tsv")


def test_the_shipped_table_is_read_once_and_whole() -> None:
    assert shipped_slang()["yg"] == "yang"
    assert shipped_slang() is shipped_slang()
