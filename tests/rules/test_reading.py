from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pytest
from pydantic import ConfigDict

from scanner.errors import RulesError
from scanner.rules.reading import PEOPLE, Names, read_record, yaml_files


@dataclass(frozen=True, slots=True)
class Thing:
    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    name: str
    words: Names = ()


def write(folder, text):
    path = folder / "thing.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("written", "words"),
    [("[a, b]", ("a", "b")), ("a", ("a",)), ("", ()), ("null", ()), ("[1, 02]", ("1", "2")), ("7", ("7",))],
)
def test_words_may_be_a_list_one_word_or_nothing(tmp_path, written, words):
    assert read_record(write(tmp_path, f"name: x\nwords: {written}\n"), Thing).words == words


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("words: [a]", "thing.yaml: name: Field required"),
        ("name: x\nwort: [a]", "wort: Unexpected keyword argument"),
        ("name: [x]", "name: Input should be a valid string"),
        ("name: x\nname: y", "'name' stands twice"),
        ("name: 'x", "not readable YAML"),
        ("[]", "thing.yaml: file: "),
        ("", "thing.yaml: file: "),
        ("name: \x00", "not readable YAML"),
        ("name: !!python/object/apply:os.getcwd []", "not readable YAML"),
    ],
)
def test_it_names_the_file_the_key_and_the_fault(tmp_path, text, complaint):
    with pytest.raises(RulesError) as caught:
        read_record(write(tmp_path, text), Thing)
    assert complaint in str(caught.value)
    assert "thing.yaml" in str(caught.value)


def test_it_refuses_a_file_that_is_not_there_or_not_a_file(tmp_path):
    with pytest.raises(RulesError, match="no such file"):
        read_record(tmp_path / "absent.yaml", Thing)
    with pytest.raises(RulesError, match="cannot be read"):
        read_record(tmp_path, Thing)


def test_it_refuses_bytes_that_are_not_text(tmp_path):
    path = tmp_path / "thing.yaml"
    path.write_bytes(b"name: \xff\xfe")
    with pytest.raises(RulesError, match="not readable YAML"):
        read_record(path, Thing)


def test_it_refuses_a_folder_without_files(tmp_path):
    with pytest.raises(RulesError, match=r"holds no \*\.yaml"):
        yaml_files(tmp_path)
