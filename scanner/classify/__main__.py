"""The recipe as a command: `python -m scanner.classify models/training models/default`.

`--transfer FILE` measures the new model on labelled posts of other people; nothing is trained or chosen on them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from scanner.classify.bundle import load_model, read_config, write_report
from scanner.classify.card import write_card
from scanner.classify.examples import load_labelled
from scanner.classify.train import Report, Wanted, measure_transfer, train
from scanner.errors import RulesError, ScannerError
from scanner.resources import data_folder
from scanner.rules.elections import Election, load_election
from scanner.rules.match import Matcher
from scanner.rules.ruleset import Ruleset, load_ruleset


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, measure and write a model folder; returns the exit code."""
    asked = _parser().parse_args(arguments)
    command = " ".join(["python -m scanner.classify", *(arguments if arguments is not None else sys.argv[1:])])
    try:
        ruleset, elections = load_ruleset(), complete_elections()
        capacity = None if asked.capacity is None else (asked.capacity, asked.volume)
        wanted = Wanted(precision=asked.precision, capacity=capacity)
        report = train(
            asked.corpus,
            asked.out,
            ruleset=ruleset,
            elections=elections,
            seed=asked.seed,
            wanted=wanted,
            command=command,
        )
        if asked.transfer is not None:
            _measure(report, asked.transfer, asked.support_field, ruleset, elections)
    except ScannerError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stdout.write(f"{report.model_id} {report.folder}\n")
    return 0


def complete_elections() -> list[Election]:
    """Load every shipped election that lists all its participants."""
    elections = []
    for path in sorted((data_folder("keywords") / "elections").glob("*.yaml")):
        try:
            elections.append(load_election(path))
        except RulesError as error:
            sys.stderr.write(f"left out: {error}\n")
    return elections


def _measure(report: Report, file: Path, field: str, ruleset: Ruleset, elections: Sequence[Election]) -> None:
    posts = load_labelled(file, support_field=field)
    measured = measure_transfer(load_model(report.folder), Matcher(ruleset, elections), posts)
    metrics = {**report.metrics, "transfer": {file.name: measured}}
    write_report(report.folder, metrics, write_card(read_config(report.folder), metrics))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scanner.classify", description="Train a model folder.")
    parser.add_argument("corpus", type=Path, help="folder with posts/*.jsonl and names.yaml")
    parser.add_argument("out", type=Path, help="model folder to write")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--precision", type=float, default=0.9, help="wanted share of rightly flagged posts")
    parser.add_argument("--capacity", type=int, help="instead: posts a day that can be read")
    parser.add_argument("--volume", type=int, default=1000, help="posts a day that come in")
    parser.add_argument("--transfer", type=Path, help="labelled posts to measure on, JSONL")
    parser.add_argument("--support-field", default="campaign_support", help="their field for campaign support")
    return parser


if __name__ == "__main__":
    sys.exit(main())
