from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.collect.importers.interface import Sighting
from scanner.collect.importers.registry import IMPORTERS, detect, importer_for, read
from scanner.domain.runs import Rejected
from scanner.errors import ImportFailed

from .files import api_post, envelope, read_all, real_file, write_lines, write_table, x_post

_LINES = [
    json.dumps(envelope("twitter.com", x_post())),
    json.dumps(envelope("instagram.com", {"code": "C1", "user": {"username": "budi"}, "caption": {"text": "a"}})),
    json.dumps(
        envelope("tiktok.com", {"id": "7", "author": {"uniqueId": "budi"}, "desc": "a", "createTime": 1793534400})
    ),
    json.dumps(envelope("threads.net", {"code": "D1", "user": {"username": "budi"}, "text_post_app_info": {}})),
    json.dumps(x_post() | {"__import_meta": {"source_platform": "twitter.com"}}),
    json.dumps({"data": [api_post()], "includes": {"users": [{"id": "123", "username": "b"}]}, "__twarc": {}}),
    json.dumps({"_type": "snscrape.modules.twitter.Tweet", "id": 5, "user": {"username": "b"}, "rawContent": "a"}),
    json.dumps({"extractor_key": "Youtube", "id": "abcdefghijk", "uploader_id": "@b", "entries": []}),
    json.dumps({"status": "success", "metadata": {"url": "https://x.com/b/status/1"}, "media": []}),
    json.dumps({"text": "a", "author": "b", "id": 5, "platform": "x"}),
]
_TABLES = [
    "id,thread_id,timestamp,body,author,link\n1,1,2026-11-01 12:00:00,a,b,https://x.com/b/status/1\n",
    "Page Name,User Name,Facebook Id,Post Created,Type,URL,Message,Link\nA,b,1,2023-01-31 17:05:09 EST,Photo,u,m,\n",
    "Account,User Name,Post Created,Type,URL,Description\nA,b,2023-01-31 17:05:09 EST,Photo,https://instagram.com/p/C1,m\n",
    "id,creation_time,text,post_owner.id,multimedia\n1,2026-11-01T00:00:00Z,a,5,[]\n",
    "Link,Archive status,Upload timestamp,Text content\nhttps://x.com/b/status/1,success,2026-11-01T00:00:00Z,a\n",
]


def test_every_importer_says_what_it_is() -> None:
    for name in IMPORTERS:
        importer = importer_for(name)
        assert importer.name == name
        assert importer.version
        assert len(importer.describes) > 40


@pytest.mark.parametrize("example", [*_LINES, *_TABLES])
def test_every_example_is_read_the_same_twice(tmp_path: Path, example: str) -> None:
    path = write_lines(tmp_path, example)
    first, second = list(read(path)), list(read(path))
    assert first == second
    assert sum(isinstance(one, Sighting) for one in first) == (0 if '"u"' in example or ",u," in example else 1)


def test_an_unknown_file_is_refused_by_what_it_begins_with(tmp_path: Path) -> None:
    for content, seen in (
        ('{"satu": 1}', "keys satu"),
        ("satu,dua\n1,2", "columns satu, dua"),
        ("kata", "bytes b'kata"),
    ):
        with pytest.raises(ImportFailed, match=seen) as caught:
            detect(write_lines(tmp_path, content))
        assert "zeeschuimer" in str(caught.value)
        assert "column map" in str(caught.value)


def test_an_unknown_format_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(ImportFailed, match="'facepager' is unknown; known: zeeschuimer"):
        read(write_lines(tmp_path, "{}"), format="facepager")


@pytest.mark.parametrize("name", list(IMPORTERS))
@pytest.mark.parametrize("example", [_LINES[0], _TABLES[0], "kata", "{}", "[]", "5\n6"])
def test_a_format_told_wrongly_is_refused_or_rejects_every_item(tmp_path: Path, name: str, example: str) -> None:
    try:
        found = list(read(write_lines(tmp_path, example), format=name))
    except ImportFailed:
        return
    assert all(isinstance(one, Rejected) for one in found) or detect(tmp_path / "berkas").format in (name, "fourcat")


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_arbitrary_bytes_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "apa-saja"
    path.write_bytes(content)
    for name in (None, *IMPORTERS):
        try:
            found = list(read(path, format=name))
        except ImportFailed as error:
            assert "apa-saja" in str(error)
        else:
            assert all(1 <= (one.line or 0) <= content.count(b"\n") + 1 for one in found)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None, max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_line_with_any_value_replaced_never_ends_the_file(tmp_path: Path, data: st.DataObject) -> None:
    example = data.draw(st.sampled_from(_LINES))
    changed = json.loads(example)
    here = changed
    for _ in range(data.draw(st.integers(1, 7))):
        keys = list(here) if isinstance(here, dict) else list(range(len(here)))
        if not keys:
            break
        key = data.draw(st.sampled_from(keys))
        if not isinstance(here[key], dict | list) or data.draw(st.booleans()):
            here[key] = data.draw(_JSON)
            break
        here = here[key]
    found, refused = read_all(write_lines(tmp_path, example, json.dumps(changed), example), format=_format_of(example))
    assert {one.line for one in refused} <= {2}
    assert any(one.line in (1, 2, 3) for one in found)


def _format_of(example: str) -> str:
    """The format of an example, by its marks."""
    record = json.loads(example)
    marks = {
        "source_platform": "zeeschuimer", "__import_meta": "fourcat", "__twarc": "twarc", "_type": "snscrape",
        "extractor_key": "ytdlp", "metadata": "autoarchiver", "text": "table",
    }  # fmt: skip
    return next(name for mark, name in marks.items() if mark in record)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(example=st.sampled_from(_LINES), at=st.integers(0, 400), byte=st.integers(0, 255))
def test_a_line_with_any_byte_replaced_is_read_or_refused_with_its_number(
    tmp_path: Path, example: str, at: int, byte: int
) -> None:
    line = bytearray(example.encode())
    line[at % len(line)] = byte
    found, refused = read_all(write_lines(tmp_path, example, bytes(line), example), format=_format_of(example))
    assert any(one.line in (1, 3) for one in found) or any(one.native_id for one in found)
    assert {one.line for one in refused} <= {2, 3}


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(example=st.sampled_from(_TABLES), at=st.integers(0, 400), byte=st.integers(0, 255))
def test_a_table_with_any_byte_replaced_is_read_or_refused(tmp_path: Path, example: str, at: int, byte: int) -> None:
    content = bytearray(example.encode())
    content[at % len(content)] = byte
    path = tmp_path / "tabel"
    path.write_bytes(content)
    for name in ("fourcat", "crowdtangle", "content_library", "autoarchiver", "table"):
        try:
            found = list(read(path, format=name))
        except ImportFailed:
            continue
        assert all(one.line is not None for one in found)


def test_a_large_file_is_read_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "besar"
    with path.open("w", encoding="utf-8") as file:
        for number in range(1, 2001):
            file.write(json.dumps({"text": "kata " * 2000, "author": "budi", "id": number, "platform": "x"}) + "\n")
    tracemalloc.start()
    count = sum(1 for _ in read(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 2000
    assert peak < 4 * 2**20 < path.stat().st_size / 4


def test_the_same_post_in_two_lines_is_one_post(tmp_path: Path) -> None:
    path = write_table(
        tmp_path, *[{"text": word, "author": "b", "id": "1", "platform": "x"} for word in ("lama", "baru")]
    )
    (one,), _ = read_all(path)
    assert one.text == "baru"


def test_importing_the_importers_loads_nothing_heavy() -> None:
    code = (
        "import sys, scanner.collect.importers.registry as r; [r.importer_for(n) for n in r.IMPORTERS]; "
        "print([m for m in ('pyarrow', 'pandas', 'sklearn', 'torch', 'duckdb', 'httpx') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "name",
    ["zeeschuimer/zeeschuimer-x-raw_search.ndjson", "zeeschuimer/zeeschuimer-x-raw_search.csv", "other/twscrape.jsonl"],
)
def test_real_files_are_read_the_same_twice(name: str) -> None:
    path = real_file(name)
    assert list(read(path)) == list(read(path))
