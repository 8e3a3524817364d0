"""Every notebook runs to its last cell, its pictures are pictures, and no zero stands without coverage."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable, Iterator
from html import unescape
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import numpy as np
import pytest
from PIL import Image

from scanner.cli.notebook import copy_notebooks
from scanner.resources import data_folder

nbformat = pytest.importorskip("nbformat", reason="the extra [notebook-tests] is not installed; `make slow` does it")
nbclient = pytest.importorskip("nbclient")
pytest.importorskip("matplotlib")
pytestmark = pytest.mark.slow

FOLDER = data_folder("notebooks")
NAMES = [path.stem for path in sorted(FOLDER.glob("*.ipynb"))]
SCANNER = Path(sys.executable).with_name("scanner")
PAGE = FOLDER.parent / "docs" / "notebooks"
Ran = Callable[[str, Path], Any]


def scanner(*arguments: object) -> str:
    ended = subprocess.run([SCANNER, *map(str, arguments)], capture_output=True, text=True, check=True)
    return ended.stdout


def publish(folder: Path, posts: int) -> Path:
    scanner("dev", "make-posts", posts, "-w", folder)
    scanner("snapshot", "publish", "-w", folder)
    return folder


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a campaign's worth of made-up posts and judgements, and a snapshot of it."""
    return publish(tmp_path_factory.mktemp("nb") / "w", 20_000)


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ran:
    """Run a notebook on the snapshot of a workspace, in a folder of its own."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))

    def run(name: str, workspace: Path) -> Any:
        folder = tmp_path / "notebooks"
        copy_notebooks(folder)
        monkeypatch.setenv("SCANNER_SNAPSHOT", str(workspace / "data" / "snapshots" / "latest"))
        monkeypatch.setenv("SCANNER_WORKSPACE", str(workspace))
        notebook = nbformat.read(folder / f"{name}.ipynb", 4)
        nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(folder)}}).execute()
        return notebook

    return run


def outputs(notebook: Any) -> Iterator[Any]:
    return (output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs)


def pictures(notebook: Any) -> list[np.ndarray]:
    found = [output.data["image/png"] for output in outputs(notebook) if "image/png" in output.get("data", {})]
    return [np.asarray(Image.open(io.BytesIO(b64decode(one))).convert("RGB")) for one in found]


def cells(notebook: Any) -> list[str]:
    tables = [output.data["text/html"] for output in outputs(notebook) if "text/html" in output.get("data", {})]
    return [unescape(cell) for table in tables for cell in re.findall(r"<td[^>]*>(.*?)</td>", table, re.DOTALL)]


def check(notebook: Any, kept: Path) -> None:
    """No warning; a picture for each that is made, none of them blank, all kept as files."""
    assert complaints(notebook) == []
    source = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    names = re.findall(r'finish\(\s*figure,\s*"([^"]+)"', source)
    shown = pictures(notebook)
    assert len(shown) == len(names) == source.count("finish(") > 0
    for picture in shown:
        drawn = (picture != 255).any(axis=2)
        assert drawn.mean() > 0.02
        assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 20
    assert {path.stem for path in kept.glob("*.png")} == set(names)


def complaints(notebook: Any) -> list[str]:
    return [output.text for output in outputs(notebook) if output.get("name") == "stderr"]


def test_there_are_six_and_the_readme_tells_of_each():
    assert [name[:2] for name in NAMES] == ["01", "02", "03", "04", "05", "06"]
    page = (FOLDER / "README.md").read_text("utf-8")
    assert all(f"`{name}.ipynb`" in page for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_kept_without_outputs_and_with_steady_ids(name: str):
    notebook = nbformat.read(FOLDER / f"{name}.ipynb", 4)
    nbformat.validate(notebook)
    assert list(outputs(notebook)) == []
    assert {cell.execution_count for cell in notebook.cells if cell.cell_type == "code"} == {None}
    assert [cell.id for cell in notebook.cells] == [f"{name[:2]}-{k:02}" for k in range(1, len(notebook.cells) + 1)]


@pytest.mark.parametrize("name", NAMES)
def test_its_pictures_have_title_translation_and_source(name: str):
    notebook = nbformat.read(FOLDER / f"{name}.ipynb", 4)
    calls = [cell.source for cell in notebook.cells if "finish(" in cell.source]
    assert calls
    for call in calls:
        assert all(f"{word}=" in call for word in ("title", "english", "source"))


@pytest.fixture
def charts(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(FOLDER))
    return import_module("charts")


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(FOLDER))
    return import_module("reading")


def test_a_zero_never_stands_alone(reading: ModuleType):
    counted = reading.counted
    assert counted(0, 40, 50) == "0 (teramati 40 dari 50 hari akun)"
    assert counted(0, 40, 50, withheld=12) == "0 (teramati 40 dari 50 hari akun; + 12 tak dirinci)"
    assert counted(0, 0, 50) == counted(0, 0, 0) == "tidak teramati"
    assert {counted(few, 40, 50) for few in range(1, 10)} == {"< 10"}
    assert counted(1200, 0, 0) == "1,200"


def test_a_picture_that_does_not_say_of_how_many_is_refused(charts: ModuleType):
    with pytest.raises(ValueError, match="sebutkan banyaknya"):
        charts.finish(None, "99_tanpa_n", title="a", english="b", source="uji")


def test_where_no_snapshot_lies_one_is_told_how_to_make_it(reading: ModuleType, tmp_path: Path):
    with pytest.raises(FileNotFoundError, match="scanner snapshot publish"):
        reading.open_snapshot(tmp_path)


def test_a_snapshot_can_be_read_and_nothing_else(reading: ModuleType, busy: Path):
    snapshot = reading.open_snapshot(latest(busy))
    assert snapshot.sql("SELECT count(*) FROM posts").fetchall() == [(snapshot.about["rows"]["posts"],)]
    for query in ("DROP TABLE posts", f"SELECT * FROM '{latest(busy)}/parquet/posts.parquet'", "COPY posts TO 'x.csv'"):
        with pytest.raises(duckdb.Error):
            snapshot.sql(query)


def test_the_first_look_shows_every_view_and_column(busy: Path, ran: Ran, tmp_path: Path):
    notebook = ran("01_first_look", busy)
    check(notebook, tmp_path / "notebooks" / "pictures")
    shown = set(cells(notebook))
    dictionary = json.loads((latest(busy) / "dictionary.json").read_bytes())
    assert {column["name"] for view in dictionary.values() for column in view["columns"]} <= shown
    assert dictionary.keys() <= shown


def test_trends_show_coverage_beside_every_zero(busy: Path, ran: Ran, tmp_path: Path):
    notebook = ran("02_trends", busy)
    check(notebook, tmp_path / "notebooks" / "pictures")
    [table] = [
        output.data["text/html"] for output in outputs(notebook) if "ditandai / flagged" in str(output.get("data"))
    ]
    found = [unescape(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", table)]
    zeros = [cell for cell in found if cell.startswith("0")]
    assert all(re.match(r"0 \(teramati [1-9][\d,]* dari [\d,]+ hari akun", cell) for cell in zeros)
    assert all(int(cell.replace(",", "")) >= 10 for cell in found if re.fullmatch(r"[\d,]+", cell))


@pytest.mark.parametrize("name", NAMES[2:])
def test_it_runs_to_the_end(busy: Path, ran: Ran, tmp_path: Path, name: str):
    check(ran(name, busy), tmp_path / "notebooks" / "pictures")


@pytest.mark.parametrize("name", NAMES[:3])
def test_it_runs_on_a_snapshot_that_holds_next_to_nothing(
    tmp_path_factory: pytest.TempPathFactory, ran: Ran, name: str
):
    notebook = ran(name, publish(tmp_path_factory.mktemp("nb") / "sepi", 1))
    assert complaints(notebook) == []
    said = "".join(output.text for output in outputs(notebook) if output.get("name") == "stdout")
    assert "terlalu sedikit untuk ditampilkan" in said
    assert len(pictures(notebook)) < 4


def test_rendered_pages_ask_nothing_of_the_network():
    asking = re.compile(r"<(script|link|iframe)|src\s*=\s*.?(https?:)?//|@import|url\(")
    for page in PAGE.glob("*.html"):
        text = page.read_text("utf-8")
        assert len(text.encode()) < 1_000_000
        assert asking.search(text) is None


def latest(workspace: Path) -> Path:
    return workspace / "data" / "snapshots" / "latest"
