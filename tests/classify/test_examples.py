from __future__ import annotations

import json

import pytest

from scanner.classify.examples import corpus_files, corpus_sha256, load_corpus, load_labelled
from scanner.errors import ModelError

POST = {
    "id": "tes-0001",
    "text": "Coblos {P1}",
    "campaign_support": 1,
    "pns_attribute_use": 0,
    "category": "support_explicit",
    "platform": "x",
    "register": "gaul",
    "language": "id",
    "election_type": "pilkada",
    "difficulty": "easy",
}


def write(folder, *rows, name="tes.jsonl"):
    (folder / "posts").mkdir(exist_ok=True)
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    (folder / "posts" / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_it_reads_every_file_of_a_corpus(tmp_path):
    write(tmp_path, POST)
    write(tmp_path, POST | {"id": "lain-0001"}, "", name="lain.jsonl")
    posts = load_corpus(tmp_path)
    assert [post.id for post in posts] == ["lain-0001", "tes-0001"]
    assert posts[1].writer == "tes"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("{", r"tes\.jsonl:2: .*fields: id, text"),
        (POST | {"campaign_support": 2}, r"tes\.jsonl:2: Invalid enum value 2"),
        (POST | {"campaign_support": "1"}, r"tes\.jsonl:2: Expected `int`"),
        (POST | {"difficulty": "medium"}, r"tes\.jsonl:2: Invalid enum value 'medium'"),
        ({"id": "tes-0002", "text": "x"}, r"tes\.jsonl:2: Object missing required field `campaign_support`"),
        ([1, 2], r"tes\.jsonl:2: Expected `object`"),
        (POST, "id tes-0001 stands twice"),
    ],
)
def test_it_refuses_a_row_it_cannot_use_and_says_where(tmp_path, row, reason):
    with pytest.raises(ModelError, match=reason):
        load_corpus(write(tmp_path, POST, row if isinstance(row, dict | str) else json.dumps(row)))


def test_it_refuses_a_folder_without_posts(tmp_path):
    with pytest.raises(ModelError, match="models/training"):
        corpus_files(tmp_path)


def test_the_hash_of_a_corpus_follows_its_bytes_and_names(tmp_path):
    first = corpus_sha256(write(tmp_path, POST))
    assert corpus_sha256(write(tmp_path, POST)) == first
    assert corpus_sha256(write(tmp_path, POST | {"text": "lain"})) != first


def test_labelled_posts_may_lack_the_second_label_and_carry_more_fields(tmp_path):
    path = tmp_path / "ours.jsonl"
    path.write_text('{"text": "a", "campaign_support": 1, "note": "x"}\n{"text": "b", "label": 0}\n')
    with pytest.raises(ModelError, match=r"ours\.jsonl:2: Object missing required field `campaign_support`"):
        load_labelled(path)
    path.write_text('{"text": "a", "label": 1, "note": "x"}\n{"text": "b", "label": 0, "pns_attribute_use": 1}\n')
    first, second = load_labelled(path, support_field="label")
    assert (first.campaign_support, first.pns_attribute_use) == (1, None)
    assert (second.campaign_support, second.pns_attribute_use) == (0, 1)


@pytest.mark.parametrize("content", [None, "", "\n\n"])
def test_it_refuses_a_file_of_no_posts(tmp_path, content):
    path = tmp_path / "none.jsonl"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ModelError, match="text and campaign_support"):
        load_labelled(path)
