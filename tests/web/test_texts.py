"""Every word of the desk in both languages, none missing, none forgotten; and templates that can only escape."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from string import Formatter

import pytest

import scanner.web
from scanner.domain.flags import Label, Phase
from scanner.domain.posts import Role as RoleOfPost
from scanner.domain.reviews import Verdict
from scanner.domain.runs import Outcome
from scanner.domain.users import Language, Role
from scanner.report.summary import Row, Summary
from scanner.review.agreement import Use
from scanner.review.keys import DEFAULT
from scanner.review.questions import QUESTIONS
from scanner.store.searches import Sort, State
from scanner.web.language import texts
from scanner.web.pages import PAGES
from scanner.web.pages.summary import GROUPS, VOLUMES

ROOT = Path(scanner.web.__file__).parent
TEMPLATES = sorted(path for path in (ROOT / "templates").iterdir())
SOURCES = [*TEMPLATES, *sorted(ROOT.rglob("*.py"))]
WHOLE = re.compile(r"""(?<!action=)["']([a-z_]+\.\w+)["'](?!\s*~)""")
BEGUN = re.compile(r"""["']([a-z_]+\.\w*)["']\s*~|f["']([a-z_]+\.\w*)\{""")
"""A key that goes on with a value: `"role." ~ role` in a template, `f"error.{status}"` in a view."""
INLINE = re.compile(r"""\sstyle\s*=|<style|\son[a-z]+\s*=\s*["']|javascript:""", re.IGNORECASE)
SPOKEN: dict[str, type[StrEnum] | tuple[str, ...]] = {
    "role.": Role,
    "verdict.": (Verdict.NOT_VIOLATION, Verdict.UNSURE, Verdict.SUSPECTED),
    "phase.": Phase,
    "label.": Label,
    "role_of_post.": RoleOfPost,
    "outcome.": (*Outcome, "not_observed"),
    "outcome_sign.": (*Outcome, "not_observed"),
    "search.state_": State,
    "search.sort_": Sort,
    "agreement.q_": tuple(QUESTIONS),
    "agreement.use_": Use,
    "me.act_": tuple(DEFAULT),
    "me.in_": Language,
    "summary.": (*VOLUMES, *GROUPS),
}
"""By the beginning of a key what it goes on with."""


def used() -> tuple[set[str], set[str]]:
    """Return the whole keys that templates and views name, and the beginnings."""
    whole: set[str] = set()
    begun: set[str] = set()
    for path in SOURCES:
        text = path.read_text("utf-8")
        whole |= set(WHOLE.findall(text))
        begun |= {one or other for one, other in BEGUN.findall(text)}
    return whole, begun


@pytest.mark.parametrize("key", sorted(texts()))
def test_every_text_stands_in_both_languages_with_the_same_slots(key: str):
    words = texts()[key]
    assert set(words) == set(Language)
    assert all(isinstance(one, str) and one.strip() for one in words.values())
    assert slots(words["id"]) == slots(words["en"])


def slots(text: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_every_text_that_is_named_exists():
    stems = {key.partition(".")[0] for key in texts()}
    named = {key for key in used()[0] if key.partition(".")[0] in stems and not key.endswith(file_endings)}
    assert named - texts().keys() == set()
    assert {page.heading for page in PAGES if page.heading} <= texts().keys()


file_endings = (".html", ".css", ".js", ".svg", ".csv")


def test_no_text_is_left_over():
    whole, begun = used()
    left = {key for key in texts() if key not in whole and not any(key.startswith(one) for one in begun)}
    assert left == set()


@pytest.mark.parametrize(("begun", "values"), SPOKEN.items(), ids=list(SPOKEN))
def test_whatever_can_be_said_has_words(begun: str, values: type[StrEnum] | tuple[str, ...]):
    assert {f"{begun}{value}" for value in values} <= texts().keys()


def test_the_summary_has_the_groups_that_the_page_shows():
    assert all(name in Summary.__dataclass_fields__ for name in GROUPS)
    assert "suspected" in Row.__dataclass_fields__


def test_every_template_is_html_and_escaped():
    from scanner.web.rendering import environment

    assert environment().autoescape is True
    assert [path.name for path in TEMPLATES if path.suffix != ".html"] == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_gets_around_escaping(path: Path):
    text = path.read_text("utf-8")
    assert not re.search(r"\|\s*safe\b|\bMarkup\b|\bautoescape\b(?!=True)", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_style_and_no_script_of_their_own(path: Path):
    text = path.read_text("utf-8")
    assert not INLINE.search(text)
    assert all(found.startswith('src="{{ static(') for found in scripts(text))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_addresses_from_data_pass_the_one_filter(path: Path):
    for target in re.findall(r'(?:href|src|action)="([^"]*)"', path.read_text("utf-8")):
        own = target.startswith(("/", "#")) or re.match(r"\{\{ (static\(|page\.path|sheet\.(back|on))", target)
        assert own or re.fullmatch(r"\{\{ [\w.]+ \| web_address \}\}", target), target


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_attribute_is_quoted(path: Path):
    """Escaping keeps data inside quotes; without quotes a space is enough to get out."""
    assert not re.search(r"<[a-z][^<>]*\s[\w-]+=\{\{", path.read_text("utf-8"))


def scripts(text: str) -> Iterator[str]:
    yield from (found.strip() for found in re.findall(r"<script\b([^>]*)>", text))
