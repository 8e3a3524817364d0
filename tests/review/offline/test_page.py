"""One file, its own policy, and nothing in it that could tell a reviewer what the machine or others think."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.domain.users import Language
from scanner.review.offline import page
from scanner.review.offline.page import embedded, texts
from scanner.store.connection import Lease
from tests.review.offline.conftest import CALL, PICTURE, Office, content_of
from tests.review.offline.payloads import PAYLOADS

FOLDER = Path(page.__file__).parent


def parts(text: str, tag: str) -> list[str]:
    return re.findall(rf"<{tag}>(.*?)</{tag}>", text, flags=re.DOTALL)


def test_the_policy_allows_exactly_this_style_and_script_and_no_address(office: Office):
    text = office.export()[0].read_text("utf-8")
    [told] = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    rules = dict(rule.split(" ", 1) for rule in html.unescape(told).split("; "))
    for tag, rule in (("style", "style-src"), ("script", "script-src")):
        [part] = parts(text, tag)
        digest = base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()
        assert rules.pop(rule) == f"'sha256-{digest}'"
    assert rules.pop("img-src") == "data:"
    assert rules.pop("require-trusted-types-for") == "'script'"
    assert set(rules) == {"default-src", "base-uri", "form-action", "trusted-types"}
    assert set(rules.values()) == {"'none'"}


def test_nothing_is_loaded_or_called_from_elsewhere():
    for name in ("page.html", "page.css", "page.js"):
        text = (FOLDER / name).read_text("utf-8")
        assert "\r" not in text
        assert not re.search(r"https?:|//[a-z]+\.|@import|url\(|\bsrc=|\bfetch\(|XMLHttp|WebSocket|sendBeacon", text)
        assert not re.search(
            r"innerHTML|insertAdjacent|document\.write|\beval\(|Function\(|[lL]ocalStorage|\.cookie", text
        )
        assert not re.search(r"\son\w+=|\sstyle=", text)


@given(text=st.text() | st.sampled_from(PAYLOADS))
def test_json_in_the_page_ends_no_element_and_is_read_back_equal(text: str):
    told = embedded({"text": text})
    assert not set("<>&\u2028\u2029") & set(told)
    assert json.loads(told) == {"text": text}


def test_every_post_stands_in_it_word_for_word(hostile_office: Office):
    shown = {one["text"] for one in content_of(hostile_office.export()[0])["items"]}
    assert {f"{CALL} {payload}" for payload in PAYLOADS} <= shown


def test_no_post_adds_an_element_to_the_file(hostile_office: Office):
    text = hostile_office.export()[0].read_text("utf-8")
    shell = (FOLDER / "page.html").read_text("utf-8")
    script = "".join(parts(text, "script"))
    assert len(re.findall("<[a-z/!]", text.replace(script, ""))) == len(re.findall("<[a-z/!]", shell))


def test_what_the_machine_thinks_changes_no_byte_of_what_is_shown(office: Office):
    before = content_of(office.export()[0])
    with office.workspace.store.lease("test") as lease:
        _think_otherwise(lease)
    after = content_of(office.export(name="lagi.html")[0])
    for one in (before, after):
        one["export"] = ""
        one["items"] = sorted(({**item, "seal": ""} for item in one["items"]), key=lambda item: item["item"])
    assert before == after


def _think_otherwise(lease: Lease) -> None:
    lease.execute("UPDATE scores SET probability = 0.987654321")
    lease.execute("UPDATE flag_findings SET code = 'UANG-BARANG', class_hint = 'H', contested = 'diperdebatkan'")
    lease.execute("DELETE FROM signals")
    lease.execute("UPDATE flags SET mentions = '[]'")
    lease.execute("UPDATE flags SET explanation = 'Mesin yakin sekali', model_id = 'm-lain', ruleset = 'r-lain'")


def test_all_codes_may_be_named_whatever_the_machine_suggests(office: Office):
    told = content_of(office.export()[0])
    enabled = {code.code for code in office.workspace.ruleset.codes.values() if code.enabled}
    assert {one["code"] for one in told["codes"]} == enabled
    assert len({one["key"] for one in told["codes"]}) == len(enabled)
    assert not {one["key"] for one in told["codes"]} & {"a", "x", " ", "enter"}


def test_an_item_tells_no_more_than_the_desk(office: Office):
    assert set(content_of(office.export()[0])["items"][0]) == {
        *("item", "seal", "handle", "platform", "holder", "confidence", "role", "phase", "posted_at", "captured_at"),
        *("missing_at", "due", "why", "exculpatory", "language", "text", "context", "truncated", "url", "versions"),
        "media",
    }


def test_a_fetched_picture_is_inside_and_one_that_was_not_is_told(office: Office):
    items = content_of(office.export()[0])["items"]
    [told] = [one["media"] for one in items if one["media"]]
    kind, _, body = told[0]["src"].partition(",")
    assert (kind, base64.b64decode(body)) == ("data:image/png;base64", PICTURE)
    with office.workspace.store.lease("test") as lease:
        lease.execute("DELETE FROM media")
    items = content_of(office.export(name="lagi.html")[0])["items"]
    [told] = [one["media"] for one in items if one["media"]]
    assert (told[0]["src"], told[0]["left_out"]) == (None, False)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "https://[", "ftp://a", "", None])
def test_only_web_addresses_are_told(url: str | None):
    assert page._address(url) == ""
    assert page._address("https://desa.example/1") == "https://desa.example/1"


def test_every_word_has_both_languages_and_every_word_used_is_there():
    assert {frozenset(words) for words in texts().values()} == {frozenset(Language)}
    html_text, script = ((FOLDER / name).read_text("utf-8") for name in ("page.html", "page.js"))
    used = set(re.findall(r'data-t="(\w+)"', html_text)) | set(re.findall(r'\bt\("(\w+)"', script))
    assert used <= set(texts())
