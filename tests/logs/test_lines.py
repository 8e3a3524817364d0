"""One event is one line, whatever stands in it, and reads back equal; values and words of others never stand in it."""

from __future__ import annotations

import json
import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.logs.lines import Lines, cause_of
from scanner.logs.masks import Masks, Word
from tests.logs.payloads import PAYLOADS
from tests.logs.reading import read_json, read_plain

MASKS = Masks.of(b"kunci", ["S3CRET-kata-sandi"])
BOTH = [(Lines(MASKS), read_plain), (Lines(MASKS, as_json=True), read_json)]


def record(message: object, *args: object, name: str = "scanner.uji", error: BaseException | None = None):
    failed = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord(name, logging.ERROR, __file__, 1, message, args, failed)


def raised(error: Exception, handle: str = "budi") -> Exception:
    try:
        rahasia = f"@{handle} menulis ini"
        assert rahasia
        raise error
    except Exception as caught:
        return caught


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize(("lines", "read"), BOTH, ids=["plain", "json"])
def test_a_hostile_text_is_one_line_and_reads_back_equal(lines, read, payload):
    event = record("dilihat: %s", Word(payload), name=f"scanner.{payload}", error=raised(ValueError(payload)))
    line = lines.format(event)
    assert len(line.splitlines()) == 1
    assert line.isascii()
    assert line.isprintable()
    assert read(line) == lines.event(event)
    assert read(line)["event"] == f"dilihat: {MASKS.text(payload)}"


@settings(max_examples=50)
@given(words=st.text(), name=st.text())
@pytest.mark.parametrize(("lines", "read"), BOTH, ids=["plain", "json"])
def test_any_text_is_one_line_and_reads_back_equal(lines, read, words, name):
    event = record("%s", Word(words), name=f"scanner.{name}")
    line = lines.format(event)
    assert line.isascii()
    assert line.isprintable()
    assert read(line) == lines.event(event)


def test_there_are_twenty_hostile_texts():
    assert len(set(PAYLOADS)) == 20


def test_a_text_of_others_is_a_hash_that_is_always_the_same():
    lines = Lines(MASKS)
    one, two = (lines.event(record("%s", handle))["event"] for handle in ("mastodon:budi", "mastodon:ani"))
    assert one == lines.event(record("%s", "mastodon:budi"))["event"]
    assert one != two
    assert "budi" not in one
    assert one != Lines(Masks.of(b"kunci lain", [])).event(record("%s", "mastodon:budi"))["event"]


@pytest.mark.parametrize(
    "call",
    [
        ("%d posts by %s", "not a number", "@budi"),
        ("%s", "@budi", "too many"),
        ("%s %s", "@budi"),
        ("%(who)s", {"who": "@budi"}),
        (ValueError("@budi"),),
        ("%s", ValueError("@budi")),
        ("%r", ["@budi"]),
        ("%s", b"@budi"),
    ],
)
def test_a_log_call_gone_wrong_tells_no_value(call):
    message, *args = call
    assert "budi" not in Lines(MASKS).format(record(message, *args))


def test_of_others_packages_only_the_place_is_told():
    line = Lines(MASKS).format(record("HTTP Request: GET https://x.example/@budi?token=1", name="httpx"))
    assert "budi" not in line
    assert "said by line 1 of test_lines.py" in line


def test_a_traceback_tells_classes_and_places_and_no_values():
    def fail() -> None:
        try:
            raise KeyError("@budi")
        except KeyError as error:
            raise ValueError("@budi menulis ini") from error

    with pytest.raises(ValueError) as caught:
        fail()
    event = Lines(MASKS).event(record("gagal", error=caught.value))
    assert event["error"] == ["ValueError", "KeyError"]
    assert event["at"][-1].startswith("test_lines.py:")
    assert event["at"][-1].endswith(" fail")
    assert "budi" not in json.dumps(event)


def test_causes_that_lead_in_a_circle_end():
    one, two = ValueError(), KeyError()
    one.__cause__, two.__cause__ = two, one
    assert len(Lines(MASKS).event(record("gagal", error=one))["error"]) == 10


def test_a_cause_is_one_word_of_class_and_places_the_innermost_first():
    assert cause_of(raised(ValueError("@budi"))).startswith("ValueError < test_lines.py:")
    assert cause_of(None) == "NoneType"


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("kata sandi S3CRET-kata-sandi dipakai", "kata sandi *** dipakai"),
        ("https://budi:sandi@x.example/a", "https://***x.example/a"),
        ("https://x.example/a?access_token=abc&x=1 gagal", "https://x.example/a?*** gagal"),
        ("https://api.telegram.org/bot123456:AA-bc_d/send", "https://api.telegram.org/bot***/send"),
        ("Bearer eyJhbGciOi.x", "Bearer ***"),
        ("budi.s@desa.go.id menulis", "*** menulis"),
        ("@budi_s menulis", "*** menulis"),
        ("NIP 198501012010011001", "NIP ***"),
        ("telepon 0812-3456-7890", "telepon ***"),
        ("run scan-20261122T180000Z-abc123", "run scan-20261122T180000Z-abc123"),
    ],
)
def test_what_looks_like_a_secret_or_a_person_is_masked_in_our_own_words_too(said, written):
    assert Lines(MASKS).event(record(said))["event"] == written
    assert Lines(MASKS).event(record("%s", Word(said)))["event"] == written


def test_a_secret_is_known_as_it_stands_in_a_url():
    masks = Masks.of(b"kunci", ["rahasia/sekali+", "abc"])
    assert masks.text("x rahasia%2Fsekali%2B y rahasia/sekali+ abc") == "x *** y *** abc"


def test_numbers_choices_and_moments_stand_as_they_are():
    from datetime import UTC, datetime, timedelta

    from scanner.domain.runs import Outcome

    said = ("%s %d %.1f %s %s %s", True, 3, 1.25, Outcome.GONE, datetime(2026, 11, 22, tzinfo=UTC), timedelta(hours=1))
    assert Lines(MASKS).event(record(*said))["event"] == "True 3 1.2 gone 2026-11-22 00:00:00+00:00 1:00:00"
