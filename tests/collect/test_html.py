"""HTML becomes the words a reader sees, whatever the HTML."""

from __future__ import annotations

from io import StringIO

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.collect.html import join_parts, mask_handles, note, render, render_tag, valid_text

CASES = {
    "<p>satu</p><p>dua</p>": "satu\n\ndua",
    "satu<br>dua<br/>tiga": "satu\ndua\ntiga",
    "a  b\n\tc": "a b c",
    "Rp1.000 &lt; Rp2.000 &amp; lebih": "Rp1.000 < Rp2.000 & lebih",
    '<a class="mention hashtag" href="https://h/tags/asn">#<span>asn</span></a>': "#asn",
    '<a href="https://www.b.example/panjang"><span class="invisible">https://www.</span>'
    '<span class="ellipsis">b.example/pan</span><span class="invisible">jang</span></a>': "https://www.b.example/panjang",
    '<a href="https://b.example/panjang">b.example/pan…</a>': "https://b.example/panjang",
    '<a href="javascript:alert(1)">klik</a>': "klik",
    '<img class="custom-emoji" alt=":api:"> <img alt="Spanduk biru">': ":api: [gambar: Spanduk biru]",
    "<script>x()</script><style>p{}</style><!-- y -->z": "z",
    "<ul><li>a</li><li>b</li></ul>": "a\n\nb",
    "<b>t<i>eb</b>al</i>": "tebal",
    "a\0b": "ab",
    "": "",
    "https://b.example/": "https://b.example/",
    "/etc/hostname": "/etc/hostname",
    "👩‍👩‍👧 ꦲꦏ عربي": "👩‍👩‍👧 ꦲꦏ عربي",
}


@pytest.mark.parametrize(("html", "text"), CASES.items(), ids=range(len(CASES)))
def test_it_reads_as_a_person_would(html, text):
    assert render(html).text == text


def test_a_link_under_other_words_keeps_its_target_aside():
    rendered = render('<a href="https://b.example/x">klik di sini</a> <a href="https://b.example/x">lagi</a>')
    assert (rendered.text, rendered.links) == ("klik di sini lagi", ("https://b.example/x",))


def test_deep_nesting_is_read():
    assert "x" in render("<div>" * 20_000 + "x").text


@given(st.text(alphabet=st.characters(codec=None), max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_text_gives_words_that_can_be_stored(text):
    for words in (render(text).text, render(f"<p>{text}</p>").text, valid_text(text)):
        assert "\0" not in words
        words.encode("utf-8")


HANDLES = {
    "@budi halo": "@… halo",
    "halo @budi@lain.example.": "halo @….",
    "(@a.b-c)": "(@…)",
    "＠budi": "@…",
    "@ani dan @Ani@contoh.example": "@ani dan @Ani@contoh.example",
    "surel a@b.example": "surel a@b.example",
    "https://tiktok.example/@budi/1": "https://tiktok.example/@…/1",
    "@ @@ @!": "@ @@ @!",
    "@budi,@citra .@dewi @a＠b.example": "@…,@… .@… @…",
}


@pytest.mark.parametrize(("text", "masked"), HANDLES.items())
def test_handles_of_others_are_masked(text, masked):
    assert mask_handles(text, {"ani", "ani@contoh.example"}) == masked


@given(st.text(alphabet="@.-_abudi ＠", max_size=60))
@settings(max_examples=300, deadline=None)
def test_masking_twice_changes_nothing_more(text):
    once = mask_handles(text, {"ani"})
    assert mask_handles(once, {"ani"}) == once


def test_notes_and_parts_leave_no_empty_brackets():
    assert note("gambar", "  a \n b ") == "[gambar: a\nb]"
    assert note("gambar", " ") == note("gambar", None) == ""
    assert join_parts("", "a", "", "b") == "a\n\nb"


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="<&")))
@settings(max_examples=500, deadline=None)
def test_words_without_markup_read_as_a_parser_would_read_them(text):
    assert render(text) == render_tag(BeautifulSoup(StringIO(valid_text(text)), "lxml"))
