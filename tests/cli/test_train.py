"""Training is refused before its minute of work begins when what was asked cannot be done."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_its_help_names_every_choice(run: Run):
    shown = run("train", "--help").out
    for option in ("--output", "--precision", "--capacity", "--volume", "--seed"):
        assert option in shown


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--capacity", "150"), 2),
        (("--volume", "150"), 2),
        (("--capacity", "150", "--volume", "149"), 2),
        (("--capacity", "0", "--volume", "9"), 2),
        (("--precision", "0.2"), 2),
        (("--transfer", "antah.jsonl"), 2),
        (("antah",), 1),
    ],
)
def test_what_cannot_be_done_leaves_no_model_behind(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: int
):
    monkeypatch.chdir(tmp_path)
    ended = run("train", *arguments, "-o", tmp_path / "model")
    assert ended.code == code
    assert list(tmp_path.iterdir()) == []


def test_a_corpus_that_cannot_be_read_is_named_by_file_and_line(run: Run, tmp_path: Path):
    (tmp_path / "corpus" / "posts").mkdir(parents=True)
    (tmp_path / "corpus" / "posts" / "a.jsonl").write_text('{"text": 7}\n', "utf-8")
    ended = run("train", tmp_path / "corpus", "-o", tmp_path / "model")
    assert ended.code == 1
    assert "a.jsonl" in ended.err
    assert not (tmp_path / "model").exists()
