"""Sending what waits: all that waits for one channel goes as one message, again and again for a day if need be."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from scanner.errors import StoreLocked
from scanner.notify import outbox
from scanner.notify.channels import Channel
from scanner.notify.message import Style, compose
from scanner.notify.notes import Note
from scanner.notify.outbox import GIVE_UP, KEEP, OUTBOX, Entry, Trouble, Try
from scanner.notify.quiet import Hours, opens
from scanner.store import locking

_FIRST, _LONGEST = timedelta(minutes=1), timedelta(hours=1)
"""Until the second try, and between any two."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of one message to one channel."""

    channel: str
    notes: int
    trouble: Trouble | None
    """None: it was sent."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who is told, how it is written, and when nobody wants to be told."""

    data: Path
    """The workspace's data folder."""
    channels: Sequence[Channel]
    style: Style
    quiet: Hours | None = None

    def put(self, note: Note, now: datetime, *, only: Collection[str] | None = None) -> None:
        """Let a note wait for all channels, or only for some by name. Errors: StoreError."""
        names = [one.name for one in self.channels if only is None or one.name in only]
        outbox.put(self.data, note, names, not_before=self._opens(now))

    def deliver(self, now: datetime, *, lag: timedelta = timedelta()) -> tuple[Sent, ...]:
        """Send what it is time for; nothing while another process does.

        `lag`: for so long whatever it is time for is left to other processes; below 0: it is sent so much sooner.
        Errors: StoreError when the disk refuses; then nothing is sent, for it would be sent again and again.
        """
        with self._alone() as alone:
            if not alone:
                return ()
            if not self._tidied(now):
                return ()
            return tuple(sent for channel in self.channels for sent in self._send(channel, now, lag))

    def _send(self, channel: Channel, now: datetime, lag: timedelta) -> Iterator[Sent]:
        waiting = [entry for entry in outbox.entries(self.data) if channel.name in entry.to]
        if not any(self._is_due(entry, channel.name, now, lag) for entry in waiting) or self._opens(now) > now:
            return
        tried = [self._mark_tried(entry, channel.name, now) for entry in waiting]
        message = compose([entry.note for entry in tried], self.style)
        trouble = channel.send(message, now)
        for entry in tried:
            self._mark_ended(entry, channel.name, trouble, now)
        yield Sent(channel.name, len(tried), trouble)

    def _is_due(self, entry: Entry, name: str, now: datetime, lag: timedelta) -> bool:
        """Tell whether something is tried now; what a clock that was ahead put off or gave up does not wait for it."""
        tried = entry.to[name]
        if tried.given_up and now - entry.note.at >= GIVE_UP:
            return False
        return tried.next_at <= now - lag or tried.next_at > self._opens(now + _LONGEST)

    def _mark_tried(self, entry: Entry, name: str, now: datetime) -> Entry:
        """Put on record that sending begins: then a kill, or a disk that fills up, makes no storm of repeats."""
        before = entry.to[name]
        pause = min(_LONGEST, _FIRST * 2 ** min(before.tries, 10))
        after = replace(
            before, tries=before.tries + 1, next_at=self._opens(now + pause), trouble=Trouble.UNTOLD, given_up=False
        )
        return self._keep(entry, name, after)

    def _mark_ended(self, entry: Entry, name: str, trouble: Trouble | None, at: datetime) -> None:
        if trouble is None:
            outbox.write(self.data, replace(entry, to={key: one for key, one in entry.to.items() if key != name}))
        else:
            over = at - entry.note.at >= GIVE_UP
            self._keep(entry, name, replace(entry.to[name], trouble=trouble, given_up=over))

    def _keep(self, entry: Entry, name: str, tried: Try) -> Entry:
        kept = replace(entry, to={**entry.to, name: tried})
        outbox.write(self.data, kept)
        return kept

    def _tidied(self, now: datetime) -> bool:
        """Drop what is too old and whom nobody set any more; tell whether anything is left."""
        names = {one.name for one in self.channels}
        left = False
        for entry in outbox.entries(self.data):
            to = {} if now - entry.note.at > KEEP else {key: one for key, one in entry.to.items() if key in names}
            if len(to) < len(entry.to):
                outbox.write(self.data, replace(entry, to=to))
            left = left or bool(to)
        return left

    def _opens(self, at: datetime) -> datetime:
        return opens(at, self.quiet, self.style.zone)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[bool]:
        """Tell whether no other process sends; none begins while the block runs."""
        with contextlib.ExitStack() as only:
            try:
                only.enter_context(locking.held(self.data / OUTBOX, "notifications", wait=0))
            except StoreLocked:
                yield False
            else:
                yield True
