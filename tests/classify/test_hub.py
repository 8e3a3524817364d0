"""From the hub only a commit named in full is fetched; without a way out there is one clear line and nothing left."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scanner.classify.hub import require_pinned
from scanner.errors import UsageError
from scanner.resources import data_folder

COMMIT = "0123456789abcdef" * 2 + "01234567"


def test_a_whole_commit_pins_a_name():
    assert require_pinned("intfloat/multilingual-e5-small", COMMIT) == COMMIT


@pytest.mark.parametrize("revision", [None, "", "main", "v1.0", COMMIT[:12], COMMIT.upper(), COMMIT + "0"])
def test_a_name_without_a_whole_commit_is_refused(revision: str | None):
    with pytest.raises(UsageError, match="needs --revision with the 40 hexadecimal digits of a commit"):
        require_pinned("intfloat/multilingual-e5-small", revision)


@pytest.mark.parametrize("name", ["antah", "./antah", "a/b/c", "/antah/berantah", "a b/c", "../b", "https://x/y", ""])
def test_what_is_neither_folder_nor_name_is_refused(name: str):
    with pytest.raises(UsageError, match="neither a folder here nor a name on the hub, such as intfloat/"):
        require_pinned(name, COMMIT)


@pytest.mark.slow
def test_without_a_way_out_there_is_one_clear_line_and_nothing_left(tmp_path: Path):
    """In a process of its own: the library reads HF_HUB_OFFLINE when it is first imported."""
    code = (
        "import sys; from pathlib import Path; from scanner.classify.swapped import swap_in; "
        "from scanner.errors import ModelError\n"
        f"try: swap_in('intfloat/multilingual-e5-small', Path(sys.argv[1]), revision='{COMMIT}')\n"
        "except ModelError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "home")],
        cwd=data_folder("models").parent,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("intfloat/multilingual-e5-small at 0123456789ab: cannot be fetched: ")
    assert len(done.stdout.splitlines()) == 1
    assert list((tmp_path / "home").iterdir()) == []
