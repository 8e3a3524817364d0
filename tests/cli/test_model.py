"""The models in use are told; another encoder is swapped in and used where similar posts are shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner.workspace import open_workspace
from tests.cli.conftest import Run
from tests.encoders import write_modules, write_static, write_transformer

COMMIT = "0123456789abcdef" * 2 + "01234567"


@pytest.mark.parametrize("asked", [("model",), ("model", "show")])
def test_it_shows_the_models_in_use_with_their_sizes(run: Run, office: Path, asked: tuple[str, ...]):
    ended = run(*asked, "-w", office)
    workspace = open_workspace(office)
    assert ended.code == 0
    for word in (workspace.model.id, workspace.ruleset.id, workspace.encoder.id, "shipped", "bytes"):
        assert word in ended.out


def test_a_program_reads_the_same_as_json(run: Run, office: Path):
    found = json.loads(run("model", "--json", "-w", office).out)
    assert found["encoder"]["dimensions"] == 256
    assert found["encoder"]["problem"] == ""
    assert len(found["encoder"]["files"]["model.safetensors"]) == 64
    assert found["encoder"]["bytes"] > 1_000_000
    assert found["classifier"]["bytes"] > 0


def test_help_names_the_steps(run: Run):
    shown = run("model", "--help").out
    assert "encoder" in shown
    assert "show" in shown


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 2, "name one encoder, a folder or owner/model with --revision; or --shipped alone"),
        (("x/y", "--shipped"), 2, "--shipped alone to go back"),
        (("--shipped", "--prefix", "query: "), 2, "--shipped alone to go back"),
        (("intfloat/multilingual-e5-small",), 2, "needs --revision with the 40 hexadecimal digits"),
        (("intfloat/multilingual-e5-small", "--revision", "main"), 2, "not main: a branch or tag can be moved"),
        (("antah", "--revision", COMMIT), 2, "neither a folder here nor a name on the hub"),
        (("{code}",), 1, "os.system is not read; valid: Transformer"),
        (("{pickle}",), 1, "pytorch_model.bin; only model.safetensors is read, never pickle"),
        (("{pickle}", "--revision", COMMIT), 2, "is a folder; only what comes from the hub is pinned"),
    ],
)
def test_what_cannot_be_used_is_one_clear_line_and_changes_nothing(
    run: Run, office: Path, tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
):
    pickled = write_modules(tmp_path / "pickle", "sentence_transformers.models.Transformer")
    (pickled / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    places = {"code": write_modules(tmp_path / "code", "os.system"), "pickle": pickled}
    ended = run("model", "encoder", *(one.format(**places) for one in arguments), "-w", office)
    assert (ended.code, ended.out) == (code, "")
    assert words in ended.refusal
    assert not (office / "data" / "models" / "encoder.json").exists()


def test_going_back_when_nothing_was_swapped_says_so(run: Run, office: Path):
    assert "is in use, as before" in run("model", "encoder", "--shipped", "-w", office).err


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("write", [write_static, write_transformer])
def test_another_encoder_is_used_until_it_is_given_back(run: Run, office: Path, tmp_path: Path, write):
    pytest.importorskip("sentence_transformers")
    folder = write(tmp_path / "lain")
    swapped = run("model", "encoder", folder, "--prefix", "query: ", "-w", office)
    assert swapped.code == 0
    assert "4 written posts read with it" in swapped.err
    assert open_workspace(office).encoder.id.startswith("lain-")
    assert "lain-" in run("model", "-w", office).out
    assert "serupa, dinilai" in run("label", "-w", office, "--reviewer", "sari", typed="xq").out
    (folder / "modules.json").unlink()
    assert "modules.json: missing since lain was swapped in" in run("model", "--json", "-w", office).out
    judged = run("label", "-w", office, "--reviewer", "budi", typed="xq")
    assert judged.code == 0
    assert "Unggahan serupa tidak ditampilkan" in judged.err
    assert "Tersimpan" in judged.out
    assert run("doctor", "-w", office).code == 1
    assert "is in use." in run("model", "encoder", "--shipped", "-w", office).err
    assert open_workspace(office).encoder.id.startswith("encoder-")
