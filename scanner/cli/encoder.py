"""scanner train encoder: from plain text to the small encoder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scanner.cli.output import say
from scanner.errors import UsageError


def encoder(
    files: Annotated[list[Path], typer.Argument(help="Text, one post or sentence a line; or folders of *.txt.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Encoder folder to write.")] = Path("models/encoder"),
    dimensions: Annotated[int, typer.Option(min=8, max=1024, help="Length of a word's vector.")] = 256,
    seed: Annotated[int, typer.Option(help="The same seed and texts give the same encoder.")] = 0,
) -> None:
    """Learn word vectors from plain text and the shipped corpus, as a sentence-transformers folder.

    Example: scanner train encoder texts/ -o models/encoder
    """
    from scanner.classify.casts import fill_slots
    from scanner.classify.encoder import name_words, train_encoder
    from scanner.classify.examples import load_corpus
    from scanner.classify.tokenise import tokenise
    from scanner.resources import data_folder
    from scanner.rules.election_files import load_elections
    from scanner.rules.match import Matcher
    from scanner.rules.ruleset import load_ruleset

    texts = {path.stem: _lines(path) for path in _text_files(files)}
    elections = load_elections()
    corpus = [fill_slots(post.text, lambda kind, index: "") for post in load_corpus(data_folder("models") / "training")]
    say(f"Learning from {sum(map(len, texts.values()))} lines; this takes about a minute.")
    vectors = train_encoder(
        {**texts, "corpus": [" ".join(post.split()) for post in corpus]},
        output,
        matcher=Matcher(load_ruleset(), elections),
        names=name_words(elections),
        ordinary={word for post in corpus for word in tokenise(post.lower()).split()},
        dimensions=dimensions,
        seed=seed,
    )
    say(f"Encoder with {len(vectors.words)} words written to {output}; its card is {output / 'README.md'}.")


def _text_files(given: list[Path]) -> list[Path]:
    found = [one for path in given for one in (sorted(path.glob("*.txt")) if path.is_dir() else [path])]
    missing = [path for path in found if not path.is_file()]
    if missing or not found:
        raise UsageError(
            f"{missing[0] if missing else given[0]}: no text file; UTF-8 text, one post or sentence a line"
        )
    return found


def _lines(path: Path) -> list[str]:
    try:
        return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not UTF-8 text: {error}") from error
