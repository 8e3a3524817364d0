from __future__ import annotations

import hashlib
import io
import json
import pickle
import zipfile

import numpy as np
import pytest

from scanner.classify.bundle import CONFIG, HEADS, load_model
from scanner.classify.heads import served
from scanner.classify.trusted import load_coefficients
from scanner.errors import ModelError
from tests.classify.readings import write_tiny_model


@pytest.fixture
def folder(tmp_path):
    write_tiny_model(tmp_path / "tiny")
    return tmp_path / "tiny"


def swap(folder, body, **changes):
    """Put other heads into the folder with a hash that fits, as somebody who can write both would."""
    (folder / HEADS).write_bytes(body)
    config = json.loads((folder / CONFIG).read_text()) | changes
    config["files"][HEADS] = hashlib.sha256(body).hexdigest()
    (folder / CONFIG).write_text(json.dumps(config))


def archive(schema, members=()):
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("schema.json", json.dumps(schema))
        for name, content in members:
            file.writestr(name, content)
    return body.getvalue()


def test_it_reads_the_coefficients_the_table_was_made_of(tmp_path):
    _, heads, idf = write_tiny_model(tmp_path / "tiny")
    coefficients, intercepts = load_coefficients(tmp_path / "tiny")
    assert np.array_equal(coefficients, np.concatenate([served(head)[0] for head in heads.values()]))
    assert np.array_equal(intercepts, np.concatenate([served(head)[1] for head in heads.values()]))
    assert np.allclose(coefficients * idf, load_model(tmp_path / "tiny").table)


def test_it_refuses_changed_heads_before_opening_them(folder):
    (folder / HEADS).write_bytes(b"PK")
    with pytest.raises(ModelError, match="SHA-256 differs"):
        load_coefficients(folder)


def test_it_refuses_a_pickle_and_runs_nothing_of_it(folder, tmp_path):
    class Canary:
        def __reduce__(self):
            return (open, (str(tmp_path / "canary"), "w"))

    swap(folder, pickle.dumps(Canary()))
    with pytest.raises(ModelError, match="not a skops file"):
        load_coefficients(folder)
    assert not (tmp_path / "canary").exists()


def test_it_refuses_a_type_that_is_not_trusted_and_runs_nothing_of_it(folder, tmp_path):
    called = {
        "__class__": "open",
        "__module__": "io",
        "__loader__": "TypeNode",
        "__id__": 2,
    }
    schema = {
        "__class__": "system",
        "__module__": "os",
        "__loader__": "FunctionNode",
        "__id__": 1,
        "content": called | {"function_path": f"touch {tmp_path / 'canary'}"},
        "protocol": 2,
        "_skops_version": "0.13",
    }
    swap(folder, archive(schema))
    with pytest.raises(ModelError, match=r"refused: .*os\.system"):
        load_coefficients(folder)
    assert not (tmp_path / "canary").exists()


def test_it_refuses_an_archive_that_unpacks_to_too_much(folder):
    swap(folder, archive({}, [("1.npy", b"\0" * (65 << 20))]))
    with pytest.raises(ModelError, match="are unpacked"):
        load_coefficients(folder)


def test_it_refuses_an_archive_of_too_many_members(folder):
    swap(folder, archive({}, [(f"{number}.npy", b"") for number in range(100)]))
    with pytest.raises(ModelError, match="101 members"):
        load_coefficients(folder)


@pytest.mark.slow
def test_it_refuses_something_else_of_trusted_types(folder):
    import skops.io

    swap(folder, skops.io.dumps({"campaign_support": 1.0}))
    with pytest.raises(ModelError, match="does not hold the heads"):
        load_coefficients(folder)


@pytest.mark.slow
def test_it_refuses_heads_in_another_order(folder):
    import skops.io
    from sklearn.linear_model import LogisticRegression

    swap(folder, skops.io.dumps({name: LogisticRegression() for name in ("pns_attribute_use", "campaign_support")}))
    with pytest.raises(ModelError, match="in this order"):
        load_coefficients(folder)


def test_it_refuses_heads_of_another_scikit_learn(folder):
    swap(folder, (folder / HEADS).read_bytes(), scikit_learn="0.20.1")
    with pytest.raises(ModelError, match=r"heads of scikit-learn 0\.20\.1"):
        load_coefficients(folder)


@pytest.mark.slow
def test_a_schema_that_makes_the_reader_fail_is_one_clear_line(folder):
    swap(folder, archive({"__class__": "dict", "__module__": "builtins", "__loader__": "DictNode", "content": 1}))
    with pytest.raises(ModelError, match=r"heads\.skops: refused:") as refusal:
        load_coefficients(folder)
    assert "\n" not in str(refusal.value)
