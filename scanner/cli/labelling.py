"""The keyboard loop behind `scanner label`: shows one post, takes one key, records one judgement."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.padding import Padding
from rich.text import Text

from scanner.classify.similar import Judged, Neighbour, Origin
from scanner.cli.output import clean, out
from scanner.cli.queue import one_line, time_left
from scanner.domain.flags import Label
from scanner.domain.reviews import Verdict
from scanner.errors import ReviewError, UsageError
from scanner.resources import data_folder
from scanner.review.clock import Clock
from scanner.review.decide import Revealed, decide, judgement_of, new_key
from scanner.review.items import Item
from scanner.review.queue import count_waiting, reviewer_named, take_next
from scanner.review.undo import undo
from scanner.store.connection import Store

_KEYS = "a dugaan · x bukan · spasi ragu · u batal · h pedoman · q selesai"
_LABELS = {Label.CAMPAIGN_SUPPORT.value: "dukungan kampanye", Label.PNS_ATTRIBUTE_USE.value: "atribut PNS"}


@dataclass(slots=True)
class Session:
    """One reviewer at one terminal."""

    store: Store
    reviewer: str
    overlap: int
    zone: str
    codes: Mapping[str, str]
    """Name of every code."""
    clauses: Mapping[str, str]
    """Gist of every clause, in Indonesian."""
    read_key: Callable[[], str] = field(default_factory=lambda: key_reader())
    console: Console = field(default_factory=out)
    clock: Clock | None = None
    """Tells deadlines; None: the earliest of any law."""
    similar: Callable[[Item], Sequence[Neighbour]] = lambda _item: ()
    """Finds judged posts that are most like the one just decided."""
    decided: list[str] = field(default_factory=list)
    """Flags judged in this session, the last at the end: what can be undone."""

    def run(self, limit: int | None = None) -> None:
        """Show and judge until nothing waits, `q`, the end of input, or `limit` judgements."""
        user = reviewer_named(self.store, self.reviewer)
        while limit is None or len(self.decided) < limit:
            item = take_next(self.store, user, overlap=self.overlap, clock=self.clock, hints=True)
            if item is None:
                self._say("Tidak ada lagi yang menunggu Anda. Terima kasih.")
                going_on = self._regrets()
            else:
                self._show(item)
                going_on = self._judge(item)
            if not going_on:
                return

    def _regrets(self) -> bool:
        """At the end of the queue the last judgement can still be taken back."""
        if not self.decided:
            return False
        self._say("u batalkan yang terakhir · tombol lain: selesai")
        return self.read_key() == "u" and self._undo()

    def _judge(self, item: Item) -> bool:
        """Take keys until the item is judged or another must be shown; False ends the session."""
        started, key = time.monotonic(), new_key()
        while True:
            match self.read_key():
                case "a":
                    codes = self._choose_codes(item)
                    if codes:
                        self._record(item, key, Verdict.SUSPECTED, codes, started)
                        return True
                case "x":
                    self._record(item, key, Verdict.NOT_VIOLATION, (), started)
                    return True
                case " ":
                    self._record(item, key, Verdict.UNSURE, (), started)
                    return True
                case "u":
                    if self._undo():
                        return True
                case "h":
                    self.console.print(Markdown((data_folder("keywords") / "pedoman.md").read_text("utf-8")))
                case "q" | "":
                    return False
                case "\r" | "\n":  # keys typed line by line
                    continue
                case _:
                    self._say(_KEYS)

    def _choose_codes(self, item: Item) -> tuple[str, ...]:
        """Let the reviewer confirm one of the codes whose elements were found; any other key goes back."""
        choices = item.flag.codes if item.flag else ()
        self._say("Kode mana? Tekan nomornya; tombol lain: kembali.")
        for number, code in enumerate(choices, start=1):
            self._say(f"  {number}  {code} · {self.codes.get(code, '')}")
        key = self.read_key()
        return (choices[int(key) - 1],) if key.isdecimal() and 0 < int(key) <= len(choices) else ()

    def _record(self, item: Item, key: str, verdict: Verdict, codes: tuple[str, ...], started: float) -> None:
        try:
            revealed = decide(
                self.store,
                judgement_of(
                    key=key,
                    flag_id=item.id,
                    reviewer=self.reviewer,
                    verdict=verdict,
                    codes=codes,
                    seconds=round(time.monotonic() - started, 1),
                ),
                overlap=self.overlap,
            )
        except ReviewError as refusal:  # others have it by now, or it was taken off the list: the next one comes
            self._say(f"Tidak tersimpan: {refusal}")
            return
        self.decided.append(item.id)
        self._reveal(revealed)
        self._show_similar(item)

    def _undo(self) -> bool:
        if not self.decided:
            self._say("Belum ada penilaian untuk dibatalkan.")
            return False
        try:
            undo(self.store, key=new_key(), flag_id=self.decided.pop(), reviewer=self.reviewer, overlap=self.overlap)
        except (ReviewError, UsageError) as refusal:
            self._say(f"Tidak dapat dibatalkan: {refusal}")
            return False
        self._say("Penilaian terakhir dibatalkan; unggahan itu kembali ke antrean Anda.")
        return True

    def _show(self, item: Item) -> None:
        left = count_waiting(self.store, reviewer=self.reviewer, overlap=self.overlap)
        flag, post = item.flag, item.post
        self.console.rule(Text(f"{left} menunggu · dugaan, bukan vonis"), align="left")
        self._say(
            f"{item.account.id} · keyakinan akun {item.account.confidence} · diunggah {self._local(post.posted_at)} · "
            f"fase {item.phase} · sisa {time_left(item.due.at)}"
        )
        if post.url:
            self._say(post.url)
        if flag and flag.exculpatory:
            cues = ", ".join(f"{x.tag} “{x.quote}”" for x in flag.exculpatory)
            self._say(f"Yang meringankan: {cues}")
        self.console.print(Padding(highlighted(item), (1, 2)))
        if post.context:
            self._say(f"Konteks (kata orang lain): {post.context}")
        if flag:
            self._say(flag.explanation)
        self._say(_KEYS)

    def _reveal(self, revealed: Revealed) -> None:
        """After deciding, and only then: what the machine saw."""
        flag = revealed.flag
        if flag is None:
            return
        scores = ", ".join(f"{score.label.value} {score.probability:.2f}" for score in flag.scores)
        self._say(f"Tersimpan. Mesin: {', '.join(flag.codes)} ({scores})")
        if revealed.hasty:
            self._say("Penilaian terakhir Anda terlalu cepat untuk dibaca; unggahannya dibaca orang lain juga.")
        for finding in flag.findings:
            for citation in finding.citations:
                if citation.primary:
                    gist = self.clauses.get(citation.clause_id, "")
                    mark = "" if citation.verified else " [belum diverifikasi]"
                    self._say(f"  mungkin menyentuh {citation.clause_id}: {gist}{mark}")
            if finding.contested:
                self._say(f"  catatan {finding.code}: {finding.contested}")

    def _show_similar(self, item: Item) -> None:
        """After deciding, and only then: how posts most like this one were judged."""
        for neighbour in self.similar(item):
            self._say(f"  serupa, {_judged(neighbour.post)}: {one_line(neighbour.post.text)}")

    def _local(self, moment: datetime | None) -> str:
        return "" if moment is None else f"{moment.astimezone(ZoneInfo(self.zone)):%d-%m-%Y %H:%M %Z}"

    def _say(self, text: str) -> None:
        self.console.print(Text(clean(text)), soft_wrap=False)


def key_reader() -> Callable[[], str]:
    """Return what reads one key: at once from a terminal, character by character from a pipe ('' at the end)."""
    return _pressed if sys.stdin.isatty() else lambda: sys.stdin.read(1)


def _pressed() -> str:
    try:
        return typer.getchar()
    except EOFError:  # Ctrl-D
        return ""


def _judged(post: Judged) -> str:
    origin = "telaah kantor ini" if post.origin is Origin.DECIDED else "contoh tertulis, nama fiktif"
    about = [_LABELS.get(one, one) for one in post.about]
    return f"dinilai {'dugaan' if post.suspected else 'bukan'} ({', '.join((*about, origin))})"


def highlighted(item: Item) -> Text:
    """Return the post as it was written, the spans of its signals marked."""
    text = Text(clean(item.post.text))
    for signal in item.flag.signals if item.flag else ():
        text.stylize("bold reverse", signal.start, signal.end)
    return text
