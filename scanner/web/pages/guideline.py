"""The codebook by which reviewers judge, and every code with its meaning and the clauses it may touch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token
from starlette.responses import Response

from scanner.domain.users import Language
from scanner.web.page import EVERYBODY, Page, Visit


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, paragraph or item of a list, as pieces of text of which some are strong."""

    kind: str
    """h1, h2, p or li."""
    pieces: tuple[tuple[str, bool], ...]


def guideline(visit: Visit) -> Response:
    """Show the guideline; to the desk's script only its text, without the page around it."""
    blocks = read_blocks(_part(visit.desk.guideline.read_text("utf-8"), visit.language))
    template = "guideline_text.html" if visit.fragment else "guideline.html"
    ruleset = visit.desk.ruleset
    return visit.html(template, blocks=blocks, codes=tuple(ruleset.codes.values()), ruleset=ruleset)


def read_blocks(markdown: str) -> list[Block]:
    """Read headings, paragraphs and lists. Nothing else is expected, and HTML is text like any other."""
    found: list[Block] = []
    names: list[str] = []
    for token in MarkdownIt("commonmark", {"html": False}).parse(markdown):
        if token.type in ("heading_open", "list_item_open"):
            names.append(token.tag)
        elif token.type in ("heading_close", "list_item_close"):
            names.pop()
        elif token.type == "inline":
            found.append(Block(names[-1] if names else "p", tuple(_pieces(token.children or ()))))
    return found


def _pieces(tokens: Sequence[Token]) -> Iterator[tuple[str, bool]]:
    strong = False
    for token in tokens:
        if token.type in ("strong_open", "strong_close"):
            strong = token.type == "strong_open"
        elif text := " " if token.type == "softbreak" else token.content:
            yield text, strong


def _part(markdown: str, language: Language) -> str:
    """Return the part in one language: Indonesian stands above the rule, English below."""
    indonesian, _, english = markdown.partition("\n---\n")
    return english if language is Language.EN and english else indonesian


PAGES = (Page("/guideline", guideline, EVERYBODY, heading="nav.guideline"),)
