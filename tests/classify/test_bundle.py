from __future__ import annotations

import json
import pickle
import subprocess
import sys

import numpy as np
import pytest

from scanner.classify.bundle import CONFIG, HEADS, WEIGHTS, load_model, read_config, write_report
from scanner.errors import ModelError
from tests.classify.readings import read, write_tiny_model


@pytest.fixture
def folder(tmp_path):
    write_tiny_model(tmp_path / "tiny")
    return tmp_path / "tiny"


def edit(folder, **changes):
    config = json.loads((folder / CONFIG).read_text())
    (folder / CONFIG).write_text(json.dumps(config | changes))


def test_it_reads_back_what_was_written(folder):
    model = load_model(folder)
    assert model.id.startswith("tiny-")
    assert model.table.shape == (4, 4096)
    assert load_model(folder, pin=model.id).id == model.id


def test_it_refuses_a_model_that_is_not_the_pinned_one(folder):
    with pytest.raises(ModelError, match="but tiny-00000000 is pinned"):
        load_model(folder, pin="tiny-00000000")


def test_the_id_names_the_scores_and_not_the_card(folder):
    before = load_model(folder).id
    write_report(folder, {"figure": 1}, "# card\n")
    assert load_model(folder).id == before
    assert json.loads((folder / "metrics.json").read_text()) == {"figure": 1}


def test_another_threshold_is_another_model(folder):
    before = load_model(folder).id
    heads = json.loads((folder / CONFIG).read_text())["heads"]
    heads[0]["threshold"]["named"] = 0.51
    edit(folder, heads=heads)
    assert load_model(folder).id != before


@pytest.mark.parametrize("name", [WEIGHTS, HEADS])
def test_it_refuses_a_changed_file(folder, name):
    body = bytearray((folder / name).read_bytes())
    body[-1] ^= 1
    (folder / name).write_bytes(body)
    with pytest.raises(ModelError, match=f"{name}: SHA-256 differs"):
        load_model(folder)


@pytest.mark.parametrize("name", [WEIGHTS, HEADS, CONFIG])
def test_it_refuses_a_folder_with_a_file_missing(folder, name):
    (folder / name).unlink()
    with pytest.raises(ModelError, match=f"{name}: missing"):
        load_model(folder)


def test_it_refuses_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(ModelError, match="there is no such model folder"):
        load_model(tmp_path / "nowhere")


def test_it_never_opens_a_pickle(folder, tmp_path):
    class Canary:
        def __reduce__(self):
            return (open, (str(tmp_path / "canary"), "w"))

    for name in ("heads.pkl", "model.joblib"):
        (folder / name).write_bytes(pickle.dumps(Canary()))
        with pytest.raises(ModelError, match=f"{name} does not belong in a model folder"):
            load_model(folder)
        (folder / name).unlink()
    (folder / WEIGHTS).write_bytes(pickle.dumps(Canary()))
    config = read_hashes(folder)
    edit(folder, files=config)
    with pytest.raises(ModelError, match="not a safetensors file"):
        load_model(folder)
    assert not (tmp_path / "canary").exists()


def read_hashes(folder):
    import hashlib

    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in (WEIGHTS, HEADS)}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"format": 1}, "format 1; this scanner reads format 2"),
        ({"labels": ["pns_attribute_use", "campaign_support"]}, "only the order"),
        ({"params": {"bits": 40}}, "bits 8 to 20"),
        ({"params": {"bits": 13}}, "no finite float32 array `table` of shape"),
        ({"heads": []}, "only the order"),
        ({"files": {}}, "must list"),
        ({"files": {"../secret": "0"}}, "must list"),
        ({"seed": "x"}, "Expected `int`"),
    ],
)
def test_it_refuses_a_config_that_does_not_fit(folder, changes, reason):
    edit(folder, **changes)
    with pytest.raises(ModelError, match=reason):
        load_model(folder)


def test_it_refuses_a_calibration_that_turns_the_order_round(folder):
    heads = json.loads((folder / CONFIG).read_text())["heads"]
    heads[1]["calibration"]["slope"] = -1.0
    edit(folder, heads=heads)
    with pytest.raises(ModelError, match="slope is not positive"):
        load_model(folder)


def test_it_refuses_a_head_of_which_no_genre_carries_the_label(folder):
    heads = json.loads((folder / CONFIG).read_text())["heads"]
    heads[1]["genres"][0]["carries"] = False
    edit(folder, heads=heads)
    with pytest.raises(ModelError, match="at least one is needed"):
        load_model(folder)


def test_it_refuses_a_table_that_is_not_finite(folder):
    from safetensors.numpy import save

    table = np.full((4, 4096), np.nan, dtype=np.float32)
    (folder / WEIGHTS).write_bytes(save({"table": table}))
    edit(folder, files=read_hashes(folder))
    with pytest.raises(ModelError, match="no finite float32 array"):
        load_model(folder)


def test_it_refuses_a_file_too_large_to_read(folder):
    with (folder / CONFIG).open("ab") as file:
        file.truncate(2 << 20)
    with pytest.raises(ModelError, match="at most 1048576 are read"):
        load_model(folder)


def test_it_refuses_a_link_in_place_of_a_file(folder, tmp_path):
    (folder / WEIGHTS).rename(tmp_path / "elsewhere")
    (folder / WEIGHTS).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ModelError, match="not a plain file"):
        load_model(folder)


def test_writing_again_replaces_the_folder_whole(folder):
    write_report(folder, {}, "")
    write_tiny_model(folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted([CONFIG, WEIGHTS, HEADS])
    assert [path.name for path in folder.parent.iterdir()] == ["tiny"]


def test_the_same_scores_come_out_of_another_process(folder):
    code = (
        "from pathlib import Path; from scanner.classify.bundle import load_model;"
        "from tests.classify.readings import read;"
        f"print(load_model(Path({str(folder)!r})).score([read('coblos ya')]).tolist())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == load_model(folder).score([read("coblos ya")]).tolist()


def test_the_config_lists_every_other_file(folder):
    write_report(folder, {}, "card")
    assert set(read_config(folder).files) == {path.name for path in folder.iterdir()} - {CONFIG}
