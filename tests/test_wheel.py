"""The wheel alone is a whole scanner: in an empty environment, outside the checkout, with all data it needs."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Callable
from importlib.metadata import packages_distributions
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.slow
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
Scanner = Callable[..., subprocess.CompletedProcess[str]]


def plain(name: str) -> str:
    """Return the name of a distribution without its versions, as the index writes it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", name)[0]).lower()


def imported() -> dict[str, Path]:
    """Return by top-level name one module that imports it, anywhere in the program."""
    found = {}
    for path in sorted((ROOT / "scanner").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and node.level == 0 else []
            found.update({name.partition(".")[0]: path for name in names})
    return {name: path for name, path in found.items() if name not in {"scanner", *sys.stdlib_module_names}}


def test_every_library_that_is_imported_is_asked_for():
    """What comes along with another library today may stay away tomorrow, or in an empty environment."""
    asked = {plain(one) for one in PROJECT["dependencies"]}
    asked |= {plain(one) for extra in ("encoder", "fast") for one in PROJECT["optional-dependencies"][extra]}
    owners = packages_distributions()
    missing = {
        name: path.name for name, path in imported().items() if asked.isdisjoint(map(plain, owners.get(name, [name])))
    }
    assert missing == {}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling", reason="the wheel is built with hatchling; `make install` brings it")
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", folder, ROOT]
    subprocess.run(command, check=True, capture_output=True)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def scanner(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Scanner:
    """Install the wheel into an environment of its own; the libraries are those of this one, the checkout is not."""
    home = tmp_path_factory.mktemp("venv")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    python = home / "bin" / "python"
    command = [sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", "--no-index", wheel]
    subprocess.run(command, check=True, capture_output=True)
    [packages] = home.glob("lib/python*/site-packages")
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    away = tmp_path_factory.mktemp("away")

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [home / "bin" / "scanner", *map(str, arguments)]
        return subprocess.run(command, cwd=away, capture_output=True, text=True, check=False)

    told = subprocess.run(
        [python, "-c", "import scanner; print(scanner.__file__)"], capture_output=True, text=True, cwd=away
    )
    assert Path(told.stdout).is_relative_to(packages)
    return run


def test_it_carries_data_and_neither_tests_nor_workspaces(wheel: Path):
    names = ZipFile(wheel).namelist()
    for part in ("keywords/", "models/default/", "notebooks/"):
        assert any(name.startswith(f"scanner/_data/{part}") for name in names)
    assert {name.split("/")[0].split("-")[0] for name in names} == {"scanner"}
    assert not [name for name in names if "tests/" in name or name.endswith((".duckdb", ".pyc", "secrets.toml"))]


def test_it_makes_a_workspace_and_tells_what_is_still_to_do(scanner: Scanner, tmp_path: Path):
    made = scanner("init", tmp_path / "kantor")
    assert made.returncode == 0, made.stderr
    checked = scanner("doctor", "--json", "-w", tmp_path / "kantor")
    assert checked.returncode in (1, 3)
    assert "mandate" in checked.stdout
    assert scanner("upgrade", "-w", tmp_path / "kantor").returncode == 0


def test_it_scores_with_the_model_it_carries(scanner: Scanner, tmp_path: Path):
    posts, scored = tmp_path / "posts.jsonl", tmp_path / "scored.jsonl"
    posts.write_text('{"text": "Ayo coblos nomor 2, dulur"}\n{"text": "Hujan sejak subuh"}\n', "utf-8")
    done = scanner("score", posts, "-o", scored, "--election", "pilgub-lampung-2024")
    assert done.returncode == 0, done.stderr
    first, second = (json.loads(line)["score_campaign_support"] for line in scored.read_text("utf-8").splitlines())
    assert first > 0.5 > second


def test_it_shows_the_whole_job_without_internet(scanner: Scanner, tmp_path: Path):
    shown = scanner("demo", tmp_path / "demo")
    assert shown.returncode == 0, shown.stderr
    assert scanner("verify", "-w", tmp_path / "demo").returncode == 0
