"""Posts to measure speed with: Indonesian-like, in the proportions of public timelines. They say nothing of quality.

Frequent words are those of the shipped training corpus, rare ones are made of syllables, and some words are never
seen twice. One post in twenty is a campaign post of the corpus with the names of an election in its slots.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate

import msgspec

from scanner.resources import data_folder
from scanner.rules.elections import Election, Kind
from scanner.rules.match import Matcher
from scanner.text.slang import shipped_slang

_ONSETS = "b c d g h j k l m n p r s t w ng ny kr tr".split()  # noqa: SIM905
_CODAS = ["", "", "", "", "n", "ng", "r", "s", "t", "k", "h"]
_EMOJI = ["😂", "🙏", "🙏🏻", "🔥", "❤️", "😭", "👍", "💪", "🤣🤣", "😅"]
_DISGUISE = str.maketrans("aieos", "41305")
_SLOT = re.compile(r"\{([PNBHR])[1-9]\}")
_VOCABULARY = 60_000


def timeline(count: int, election: Election, matcher: Matcher, seed: int = 20261121) -> Iterator[dict[str, object]]:
    """Yield rows with id, platform, account, posted_at, text, likes and, for the anchor's training only, `label`.

    The corpus speaks of little but elections, so words that alone are signals are left out of ordinary posts.
    """
    draw = random.Random(seed)
    quiet, loud = _corpus()
    ranked = [word for word, _ in Counter(word for text in quiet for word in text.split()).most_common(6000)]
    ranked = [word for word in ranked if not (seen := matcher.match(word)).signals and not seen.exculpatory]
    ranked += [_word(draw) for _ in range(_VOCABULARY - len(ranked))]
    weights = list(accumulate(1 / (rank + 2.7) for rank in range(len(ranked))))
    slang = sorted(shipped_slang())
    for number in range(count):
        campaigning = draw.random() < 0.05
        words = draw.choices(ranked, cum_weights=weights, k=max(4, min(60, int(draw.lognormvariate(2.85, 0.55)))))
        text = _filled(draw.choice(loud), election, draw) if campaigning else _post(words, slang, draw)
        yield {
            "id": f"{number:09d}",
            "platform": draw.choice(("x", "facebook", "instagram", "threads")),
            "account": f"akun{draw.randrange(5000):04d}",
            "posted_at": f"2024-10-{1 + draw.randrange(28):02d}T{draw.randrange(24):02d}:{draw.randrange(60):02d}:00Z",
            "text": text,
            "likes": draw.randrange(900),
            "label": "loud" if campaigning else "quiet",
        }


def _corpus() -> tuple[list[str], list[str]]:
    """Return the texts of the training corpus without and with campaigning."""
    texts: tuple[list[str], list[str]] = ([], [])
    for path in sorted((data_folder("models") / "training" / "posts").glob("*.jsonl")):
        for line in path.read_bytes().splitlines():
            row = msgspec.json.decode(line)
            loud = bool(row["campaign_support"] or row["pns_attribute_use"])
            texts[loud].append(row["text"] if loud else _SLOT.sub("warga", row["text"]))
    return texts


def _word(draw: random.Random) -> str:
    return "".join(
        draw.choice(_ONSETS) + draw.choice("aaiueo") + draw.choice(_CODAS) for _ in range(draw.randint(2, 4))
    )


def _filled(text: str, election: Election, draw: random.Random) -> str:
    one = draw.choice([one for one in election.participants if one.kind is not Kind.BLANK_BOX])
    said = {"P": draw.choice(one.aliases), "N": str(one.number), "B": "Partai Rimba", "R": election.region.name}
    return _SLOT.sub(lambda slot: said.get(slot[1]) or "".join(re.findall(r"\w+", said["P"])), text)


def _post(words: list[str], slang: list[str], draw: random.Random) -> str:
    """Dress words up as people do: each share is roughly what public timelines show."""
    inside = (
        (0.4, draw.choice(slang)),
        (0.4, _word(draw)),
        (0.25, str(draw.randrange(2500))),
        (0.06, words[0] + words[0][-1] * 3),
        (0.03, words[-1].translate(_DISGUISE)),
        (0.15, f"@{_word(draw)}{draw.randrange(99)}"),
    )
    after = (
        (0.15, f"#{_word(draw).capitalize()}{_word(draw).capitalize()}"),
        (0.15, draw.choice(_EMOJI)),
        (0.2, f"https://t.co/{_word(draw)}{draw.randrange(10**6)}"),
    )
    for share, word in inside:
        if draw.random() < share:
            words.insert(draw.randrange(len(words) + 1), word)
    marks = (",", ",", ".", "!", "?", "...")
    words = [word + draw.choice(marks) if draw.random() < 0.08 else word for word in words]
    text = " ".join((*words, *(word for share, word in after if draw.random() < share)))
    case = draw.random()
    return text.upper() if case < 0.08 else text[0].upper() + text[1:] if case < 0.65 else text
