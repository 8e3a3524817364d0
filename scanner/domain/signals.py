"""Signals: what the rules saw in a text, always quoted from the original."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Weight(StrEnum):
    """Strength of a lexicon entry (rules catalogue, section 2d)."""

    H = "H"  # strong
    M = "M"  # needs a second channel
    L = "L"  # context only, never counts alone


class Channel(StrEnum):
    """Where in a post a signal stands. Two M signals count only from different channels."""

    TEXT = "text"
    HASHTAG = "hashtag"
    EMOJI = "emoji"
    TARGET = "target"
    OCR = "ocr"
    IMAGE = "image"


@dataclass(frozen=True, slots=True)
class Signal:
    """A span of the original text that met an entry of the rules."""

    code: str
    entry: str
    """The lexicon entry, with its slots: `coblos {P}`."""
    weight: Weight
    channel: Channel
    start: int
    """Code points into the original text, half open."""
    end: int
    quote: str
    """original[start:end], exactly."""
    language: str = "id"
    rewrite: str = ""
    """What the text was read as, when that differs from the quote: `c0bl0s` -> `coblos`."""
    object_kind: str = ""
    """participant | party | number | '' : what the entry's slot was filled by."""
    negated: bool = False
    quoted: bool = False
    """Inside quotation marks or attributed speech: H counts as M."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A participant, party or ballot number named in the text."""

    ref: str
    """Election id and participant id, `pilgub-x#1`; only for the reviewer, never stored per person."""
    kind: str
    """participant | party | number | blank_box"""
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Exculpatory:
    """A context that speaks for the author (X-tags): shown first to reviewers."""

    tag: str
    cue: str
    start: int
    end: int
    quote: str
    suppresses: bool
    """True: no flag unless a strong signal with a resolved participant remains."""
