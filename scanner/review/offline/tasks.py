"""Items as tasks of another tool: what a reviewer reads as plain words, and the seal with which it comes back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from scanner.domain.reviews import Verdict
from scanner.errors import UsageError
from scanner.review.offline.answers import HEX, REVIEWER, short, utc
from scanner.review.offline.page import Shown, content, texts
from scanner.review.offline.seals import Ticket
from scanner.rules.codes import Code

_WORDS = {Verdict.NOT_VIOLATION: "reject", Verdict.UNSURE: "unsure", Verdict.SUSPECTED: "suspected"}


class Sealed(msgspec.Struct, frozen=True):
    """What of a task tells which item of which order it is."""

    item: str
    seal: str
    export: Annotated[HEX, Meta(min_length=32, max_length=32)]
    reviewer: REVIEWER
    valid_until: datetime

    @property
    def ticket(self) -> Ticket:
        """The order it is of, as far as it says so itself: the seal tells whether that is true."""
        return Ticket(self.export, self.reviewer, utc(self.valid_until))


def sealed(task: object) -> Sealed:
    """Take the seal of a task apart. UsageError says what is wrong with it."""
    try:
        found = msgspec.convert(task, Sealed)
        utc(found.valid_until)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"not a task of `scanner review export`: {short(error)}") from error
    return found


def answer(task: Sealed, verdict: str, codes: Sequence[str], note: str, seconds: float | None) -> dict[str, Any]:
    """Return one judgement as the page gives it back, to go in by the same door."""
    said = {"verdict": verdict, "codes": list(codes), "note": note, "seconds": seconds}
    return {"item": task.item, "seal": task.seal, **said}


def verdict_words() -> Mapping[str, str]:
    """Return by verdict what it is called, Indonesian first."""
    words = texts()
    named = {
        verdict: [words[key][language].rstrip("…") for language in ("id", "en")] for verdict, key in _WORDS.items()
    }
    return {str(verdict): " / ".join(both) for verdict, both in named.items()}


def code_words(code: Code) -> str:
    """Return what a code is called."""
    return f"{code.code} · {code.name} / {code.name_en}"


def tasks(shown: Shown) -> list[dict[str, str]]:
    """Return one task for each item: words alone, nothing of what the machine or anybody else thinks of it."""
    told = content(shown)
    head = {"export": told["export"], "reviewer": told["reviewer"], "valid_until": told["valid_until"]}
    return [_task(item, shown.user.language) | head for item in told["items"]]


def _task(item: Mapping[str, Any], language: str) -> dict[str, str]:
    words = {key: told[language] for key, told in texts().items()}
    return {
        "text": item["text"] if item["text"].strip() else words["no_words"],
        "context": item["context"] or "-",
        "about": "\n".join(_about(item, words)),
        "exculpatory": "\n".join(one[language] for one in item["exculpatory"]) or "-",
        "versions": "\n\n".join(
            f"{one['at']}\n{one['text']}" for one in item["versions"] if one["text"] != item["text"]
        )
        or "-",
        "media": "\n".join(f"{one['kind']}: {one['text'] or words['no_description']}" for one in item["media"]) or "-",
        "item": item["item"],
        "seal": item["seal"],
    }


def _about(item: Mapping[str, Any], words: Mapping[str, str]) -> Iterable[str]:
    yield f"{item['handle']} · {item['platform']} · {' · '.join(item['holder'])} · {item['confidence']}"
    yield f"{item['role']} · {item['phase']} · {item['posted_at'] or '-'}"
    yield words["due"].format(when=item["due"])
    if item["url"]:
        yield item["url"]
