"""The matcher: reads one post and says what the rules see in it, always quoting the original. It judges nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from scanner.domain.signals import Channel, Exculpatory, Mention, Signal, Weight
from scanner.rules.contexts import (
    Quotations,
    alternative,
    companions,
    negator_of,
    quotations,
    reporter_of,
    told_of_others,
)
from scanner.rules.elections import Election
from scanner.rules.finds import OBJECTS, CueFind, Find, Reading, find_all, read
from scanner.rules.glance import Glance, Glancer
from scanner.rules.lexicon_contexts import Effect
from scanner.rules.matches import Matches
from scanner.rules.mentions import mention, named_in, near, present
from scanner.rules.names import names_of
from scanner.rules.participants import PLACEHOLDERS, mask
from scanner.rules.patterns import compile_patterns
from scanner.rules.ruleset import Ruleset
from scanner.rules.screen import screen_of
from scanner.rules.senses import senses_of
from scanner.rules.tags import tagger_of, target_signal
from scanner.rules.views import View, reader_of
from scanner.text.codepoints import without_halves
from scanner.text.normalise import normalise


class Matcher:
    """The catalogue compiled for some elections. Build it once; `match` may be used from several threads."""

    def __init__(self, ruleset: Ruleset, elections: Sequence[Election]) -> None:
        lexicon = ruleset.lexicon
        self._elections = tuple(elections)
        self._reader = reader_of(lexicon.numbers)
        self._names = names_of(elections, lexicon)
        self._senses = senses_of(self._names, self._reader)
        self._patterns = compile_patterns(lexicon, elections)
        self._negator = negator_of(lexicon.negation, lambda text: self._reader.read(normalise(text).text).words)
        self._reporter = reporter_of(lexicon.contexts)
        self._contexts = lexicon.contexts
        # {N} names somebody only when exactly one election is active (rules catalogue, section 2d).
        self._numbers = _numbers(elections[0]) if len(elections) == 1 else {}
        self._tagger = tagger_of(lexicon.hashtags, tuple(self._numbers))
        self._screen = screen_of(self._patterns, self._reader, self._tagger)
        self._glancer = Glancer(self._names, self._screen)
        self._handles = frozenset(_handle(h) for e in elections for one in e.participants for h in one.handles)

    def glance(self, texts: Sequence[str]) -> Glance:
        """Tell by the pieces of texts in which of them the rules see nothing. From one thread at a time."""
        return self._glancer.glance(texts)

    def match(self, text: str, *, targets: Sequence[str] = ()) -> Matches:
        """Read one text of any code points. `targets` are handles the post was made to or repeated from."""
        text = without_halves(text)
        masked = mask(normalise(text), self._names)
        if not masked.segments and not targets and self._screen.clear(masked.text):
            return _nothing(text, masked.text)
        reading = read(masked, self._reader)
        finds, cues = find_all(reading, self._patterns, self._reader, self._senses)
        named = list(named_in(reading))
        quotes = quotations(reading.masked.normalised.text)
        signals = [self._signal(find, reading, named, quotes) for find in finds]
        signals += self._tagger.signals(
            reading.masked, lambda start, end: near(reading.masked.normalised.original, start, end, named)
        )
        if self._handles.intersection(map(_handle, targets)):
            signals.append(target_signal())
        mentions = sorted((*named, *self._numbered(finds, reading)), key=lambda one: (one.start, one.end))
        all_listed = self._all_listed(finds, signals, reading)
        exculpatory = list(self._exculpatory(cues, reading, present(mentions, signals), quoted=bool(quotes.starts)))
        if all_listed:
            exculpatory.append(self._listed(mentions))
        return Matches(
            original=text,
            masked=self._masked(reading),
            signals=tuple(sorted(signals, key=lambda one: (one.start, one.end, one.code))),
            mentions=tuple(mentions),
            exculpatory=tuple(exculpatory),
            all_listed=all_listed,
        )

    def _signal(self, find: Find, reading: Reading, named: Sequence[Mention], quotes: Quotations) -> Signal:
        normalised, view, entry = reading.masked.normalised, reading.view, find.pattern.entry
        plain = reading.plain(find.first, find.last)
        start, end = normalised.span(*plain)
        return Signal(
            code=entry.code,
            entry=entry.pattern,
            weight=_weight(find, view),
            channel=_channel(reading, find),
            start=start,
            end=end,
            quote=normalised.original[start:end],
            language=entry.language,
            rewrite=normalised.text[slice(*plain)] if normalised.rewrites_in(start, end) else "",
            object_kind=self._kind(find, reading) or near(normalised.original, start, end, named),
            negated=self._negator.negates(view, find.first) or any(alternative(view, slot) for slot in find.slots),
            quoted=quotes.hold(*plain) or self._reporter.reported(view, find.first, find.last),
        )

    def _kind(self, find: Find, reading: Reading) -> str:
        for slot in find.slots:
            segment = reading.segment(slot) if reading.view.words[slot] in OBJECTS else None
            if segment is not None:
                return segment.name.kind
        return "number" if find.pattern.number in self._numbers else ""

    def _numbered(self, finds: Sequence[Find], reading: Reading) -> Iterator[Mention]:
        seen = set()
        for find in finds:
            if find.pattern.entry.weight is Weight.L:
                continue
            for slot in find.slots:
                if reading.view.words[slot].isdecimal() and slot not in seen and find.pattern.number is not None:
                    seen.add(slot)
                    ref = self._numbers.get(find.pattern.number, "")
                    yield mention(reading, slot, ref, "number")

    def _all_listed(self, finds: Sequence[Find], signals: Sequence[Signal], reading: Reading) -> bool:
        """Tell whether some election's participants are named equally often and no deed sets one apart."""
        if len(reading.masked.segments) < 2:
            return False
        counts = Counter(segment.name.ref for segment in reading.masked.segments)
        deeds: Counter[str] = Counter()
        for find, signal in zip(finds, signals, strict=False):
            if signal.weight is Weight.L or signal.negated:
                continue
            for slot in find.slots:
                deeds.update(self._refs(find, slot, reading))
        return any(_even(refs, counts) and (_even(refs, deeds) or not _some(refs, deeds)) for refs in self._ballots())

    def _refs(self, find: Find, slot: int, reading: Reading) -> set[str]:
        view, refs = reading.view, set()
        for index in (slot, *companions(view, slot)):
            segment = reading.segment(index) if view.words[index] in OBJECTS else None
            number = int(view.words[index]) if view.words[index].isdecimal() else None
            refs.add(segment.name.ref if segment else self._numbers.get(number or 0, ""))
        return refs

    def _ballots(self) -> Iterator[list[str]]:
        for election in self._elections:
            if len(election.participants) > 1:
                yield [f"{election.id}#{one.id}" for one in election.participants]

    def _exculpatory(
        self, cues: Sequence[CueFind], reading: Reading, present: frozenset[str], *, quoted: bool
    ) -> Iterator[Exculpatory]:
        for find in cues:
            condition = find.cue.condition
            if condition and ((condition.quoted and not quoted) or present.intersection(condition.absent)):
                continue
            start, end = reading.span(find.first, find.last)
            yield Exculpatory(
                tag=find.cue.tag.tag,
                cue=find.cue.text,
                start=start,
                end=end,
                quote=reading.masked.normalised.original[start:end],
                # What holds in some phases only is decided where the phase is known (scanner.rules.minimum).
                suppresses=find.cue.tag.effect is Effect.SUPPRESS and not (condition and condition.phases),
            )

    def _listed(self, mentions: Sequence[Mention]) -> Exculpatory:
        tag, condition = next(
            (tag, condition)
            for tag in self._contexts.tags
            for condition in tag.conditions
            if condition.participants == "all"
        )
        first = mentions[0]
        return Exculpatory(
            tag=tag.tag,
            cue=condition.meaning,
            start=first.start,
            end=first.end,
            quote=first.quote,
            suppresses=tag.effect is Effect.SUPPRESS,
        )

    def _masked(self, reading: Reading) -> str:
        """Return the masked text with ballot numbers replaced too, wherever a word before them says so."""
        parts: list[str] = []
        at = 0
        for index, word in enumerate(reading.view.words):
            if word.isdecimal() and self._reader.beside_deed(reading.view.words, index):
                parts += reading.masked.text[at : reading.view.starts[index]], PLACEHOLDERS["number"]
                at = reading.view.ends[index]
        return "".join((*parts, reading.masked.text[at:]))


def _nothing(text: str, masked: str) -> Matches:
    return Matches(original=text, masked=masked, signals=(), mentions=(), exculpatory=(), all_listed=False)


def _numbers(election: Election) -> dict[int, str]:
    return {one.number: f"{election.id}#{one.id}" for one in election.participants if one.number is not None}


def _handle(handle: str) -> str:
    return handle.casefold().lstrip("@")


def _weight(find: Find, view: View) -> Weight:
    """Return the weight of the entry; support that is told of others is no call and counts one step less."""
    weight = find.pattern.entry.weight
    return Weight.M if weight is Weight.H and told_of_others(view, find.first) else weight


def _channel(reading: Reading, find: Find) -> Channel:
    words = reading.view.words[find.first : find.last]
    return Channel.TEXT if any(word[0].isalnum() or word[0] == "⟨" for word in words) else Channel.EMOJI


def _even(refs: Sequence[str], counts: Counter[str]) -> bool:
    return len({counts[ref] for ref in refs}) == 1 and counts[refs[0]] > 0


def _some(refs: Sequence[str], counts: Counter[str]) -> bool:
    return any(counts[ref] for ref in refs)
