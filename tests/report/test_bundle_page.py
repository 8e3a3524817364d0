"""The page of a bundle: one post, harmless whatever it says, and nothing that decides about a person."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from scanner.domain.flags import Citation, Finding
from scanner.domain.signals import Exculpatory
from scanner.report.bundle_page import page, touched
from scanner.rules.ruleset import load_ruleset
from scanner.store.connection import Store
from scanner.store.dossiers import Dossier, load_dossier
from tests.report.dossiers import ORDER, make_store, save, shown
from tests.store.samples import make_post

HOSTILE = (
    "</blockquote><script>alert(1)</script><img src=x onerror=alert(2)> \"onload=' javascript:alert(3) \x1b[31m\u202e"
)


@pytest.fixture(scope="module")
def dossier(tmp_path_factory: pytest.TempPathFactory) -> Dossier:
    said = (Exculpatory(tag="X-BERITA", cue="warga", start=18, end=23, quote=HOSTILE, suppresses=False),)
    store, flag = make_store(tmp_path_factory.mktemp("page"), exculpatory=said, explanation=HOSTILE)
    with store.lease("test") as lease:
        save(lease, HOSTILE.encode(), [make_post(1, text=HOSTILE, context=HOSTILE, url=f"https://x/{HOSTILE}")])
    return load(store, flag)


def load(store: Store, flag: str) -> Dossier:
    with store.lease("read") as lease:
        return load_dossier(lease, flag)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def test_a_hostile_post_stays_text(dossier: Dossier):
    html = page(dossier, shown(), ORDER.at)
    parser = _Tags()
    parser.feed(html)
    tags = {tag for tag, _ in parser.seen}
    assert tags.isdisjoint({"script", "img", "a", "iframe", "link", "object", "form"})
    assert {name for _, attrs in parser.seen for name in attrs} <= {
        "lang",
        "class",
        "charset",
        "name",
        "content",
        "http-equiv",
    }
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 4
    assert not {"\x1b", "\u202e"} & set(html)


def test_nothing_is_fetched_from_anywhere(dossier: Dossier):
    html = page(dossier, shown(), ORDER.at)
    assert "default-src 'none'" in html
    assert not re.search(r"<[^>]*\b(src|href)\s*=|url\(|@import", html)


def test_what_speaks_for_the_author_comes_before_the_post_and_the_codes(dossier: Dossier):
    html = page(dossier, shown(), ORDER.at)
    order = [html.index(title) for title in ("Yang meringankan", "<h2>Unggahan", "mungkin disentuh", "Dari mana")]
    assert order == sorted(order)
    assert html.index("Dugaan, bukan putusan") < order[0]


def test_phase_and_times_are_told_in_utc_and_in_the_zone_of_the_region(dossier: Dossier):
    html = page(dossier, shown(), ORDER.at)
    assert "masa kampanye" in html
    assert "2026-11-20 11:00:00 UTC · 2026-11-20 18:00:00 WIB" in html


def test_it_says_that_raw_captures_may_hold_more_than_this_post(dossier: Dossier):
    html = page(dossier, shown(), ORDER.at)
    assert "hanya menunjukkan unggahan ini" in html
    assert "other people's handles" in html


def test_no_clause_that_lays_down_what_follows_is_told_for_any_code(dossier: Dossier):
    ruleset = load_ruleset()
    for code in ruleset.codes.values():
        cited = {*code.clauses.before_penetapan.ids, *code.clauses.after_penetapan.ids}
        citations = tuple(Citation(clause_id=one, primary=True, verified=False) for one in sorted(cited))
        finding = Finding(code=code.code, elements={}, citations=citations, class_hint="B")
        for one in touched(finding, ruleset):
            clause = ruleset.clauses[one.clause_id]
            assert not re.search(
                r"hukuman|sanksi|pidana|diberhentikan|sanction|dismiss", f"{clause.text_id} {clause.text_en}"
            )


def test_a_code_or_clause_that_the_rules_no_longer_know_is_named_all_the_same(tmp_path: Path):
    cited = (Citation(clause_id="LAMA:1", primary=True, verified=True),)
    old = (Finding(code="KODE-LAMA", elements={}, citations=cited, class_hint="B"),)
    html = page(load(*make_store(tmp_path, findings=old)), shown(), ORDER.at)
    assert "KODE-LAMA" in html
    assert "LAMA:1" in html
