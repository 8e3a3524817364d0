"""Flags: versions put before humans, with what the machine saw. Allegations (dugaan), never verdicts."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from scanner.domain.flags import Citation, Element, Finding, Flag, Met, Phase, Score
from scanner.domain.signals import Channel, Exculpatory, Mention, Signal, Weight
from scanner.errors import StoreError
from scanner.store import draws, tables
from scanner.store.connection import Lease
from scanner.store.scores import load_scores, save_scores


def save_flags(lease: Lease, flags: Iterable[Flag]) -> list[str]:
    """Store flags with their scores; return the ids of those that were not there yet.

    A version is flagged once: what humans judged stays as they saw it, whatever later rules would say. `known_at`
    becomes the one of the post's first flagged version, so an edit never restarts a legal clock.
    """
    offered = {flag.id: flag for flag in flags}
    for flag in offered.values():
        _check_model(flag)
    for ruleset in {flag.ruleset for flag in offered.values()}:
        scores = {flag.version_id: flag.scores for flag in offered.values() if flag.ruleset == ruleset}
        save_scores(lease, scores, ruleset=ruleset)
    known = _first_known(lease, offered.values())
    rows = (_row(flag, known_at=known[flag.post_id]) for flag in offered.values())
    added = tables.insert_new(lease, "flags", rows, keys=["id"])
    new = [offered[flag_id] for flag_id in added]
    tables.insert_new(lease, "flag_findings", _finding_rows(new), keys=["flag_id", "code"])
    tables.insert_new(lease, "signals", _numbered(new, "signals"), keys=["flag_id", "position"])
    tables.insert_new(lease, "exculpatory", _numbered(new, "exculpatory"), keys=["flag_id", "position"])
    draws.flag_drawn(lease, added)
    return sorted(added)


def load_flag(lease: Lease, flag_id: str) -> Flag | None:
    """Return one flag with everything the machine saw, scores and class hints included; None when not stored."""
    return load_flags(lease, [flag_id]).get(flag_id)


def codes_of(lease: Lease, flag_id: str) -> tuple[str, ...] | None:
    """Return the codes whose elements a flagged post met; None when there is no such flag."""
    rows = lease.rows(
        """SELECT c.code FROM flags AS f LEFT JOIN flag_findings AS c ON c.flag_id = f.id
           WHERE f.id = $id ORDER BY c.position""",
        {"id": flag_id},
    )
    return tuple(code for (code,) in rows if code is not None) if rows else None


def load_flags(lease: Lease, ids: Iterable[str]) -> dict[str, Flag]:
    """Return flags by id in the order asked for; an id that is not stored is left out."""
    wanted = list(ids)
    marks, params = tables.among(wanted)
    rows = lease.dicts(f"FROM flags WHERE id IN {marks}", params)
    findings, signals, exculpatory = (
        _children(lease, table, wanted) for table in ("flag_findings", "signals", "exculpatory")
    )
    scores = _scores(lease, rows)
    found = {
        row["id"]: _flag(
            row, findings[row["id"]], signals[row["id"]], exculpatory[row["id"]], scores.get(row["id"], ())
        )
        for row in rows
    }
    return {key: found[key] for key in wanted if key in found}


def load_blind(lease: Lease, ids: Sequence[str], *, hints: bool) -> dict[str, Flag]:
    """Return flags by id as reviewers may see them before deciding: without score and sanction class.

    Without `hints` also without codes, spans, participants and explanation: what speaks for the author stays.
    """
    marks, params = tables.among(ids)
    rows = lease.dicts(f"FROM flags WHERE id IN {marks}", params)
    exculpatory = _children(lease, "exculpatory", ids)
    if not hints:
        shells = ({**row, "mentions": "[]", "explanation": ""} for row in rows)
        return {row["id"]: _flag(row, (), (), exculpatory[row["id"]], ()) for row in shells}
    findings, signals = (_children(lease, table, ids) for table in ("flag_findings", "signals"))
    blind = {key: [{**finding, "class_hint": ""} for finding in found] for key, found in findings.items()}
    return {
        row["id"]: _flag(row, blind.get(row["id"], ()), signals[row["id"]], exculpatory[row["id"]], ()) for row in rows
    }


def count_flags(lease: Lease) -> int:
    """Return how many versions are flagged, but for those of suspended people."""
    sql = "SELECT count(*) FROM flags WHERE account_id NOT IN (SELECT id FROM accounts WHERE suspended_at IS NOT NULL)"
    return int(lease.rows(sql)[0][0])


def count_by_code(lease: Lease) -> dict[str, int]:
    """Return how many flags name each code, over all accounts; there is no count per person (guardrail G16)."""
    return dict(lease.rows("SELECT code, count(*) FROM flag_findings GROUP BY code ORDER BY code"))


def _check_model(flag: Flag) -> None:
    if other := sorted({score.model_id for score in flag.scores} - {flag.model_id}):
        raise StoreError(f"flag {flag.id} names model {flag.model_id}, but its scores come from {', '.join(other)}")


def _first_known(lease: Lease, flags: Iterable[Flag]) -> dict[str, Any]:
    first: dict[str, Any] = {}
    for flag in flags:
        first[flag.post_id] = min(flag.known_at, first.get(flag.post_id, flag.known_at))
    stored = lease.rows(
        "SELECT post_id, min(known_at) FROM flags WHERE post_id = ANY($ids::VARCHAR[]) GROUP BY post_id",
        {"ids": list(first)},
    )
    return first | {post_id: min(known_at, first[post_id]) for post_id, known_at in stored}


def _row(flag: Flag, *, known_at: Any) -> dict[str, Any]:
    return {
        "id": flag.id,
        "post_id": flag.post_id,
        "account_id": flag.account_id,
        "election_id": flag.election_id,
        "phase": flag.phase,
        "posted_at": flag.posted_at,
        "known_at": known_at,
        "mentions": tables.to_json([asdict(mention) for mention in flag.mentions]),
        "ruleset": flag.ruleset,
        "model_id": flag.model_id,
        "explanation": flag.explanation,
    }


def _finding_rows(flags: Iterable[Flag]) -> Iterator[dict[str, Any]]:
    for flag in flags:
        for position, finding in enumerate(flag.findings):
            yield {
                "flag_id": flag.id,
                "code": finding.code,
                "position": position,
                "elements": tables.to_json(dict(finding.elements)),
                "citations": tables.to_json([asdict(citation) for citation in finding.citations]),
                "class_hint": finding.class_hint,
                "modifiers": tables.to_json(finding.modifiers),
                "contested": finding.contested,
            }


def _numbered(flags: Iterable[Flag], spans: str) -> Iterator[dict[str, Any]]:
    for flag in flags:
        for position, span in enumerate(getattr(flag, spans)):
            yield {**asdict(span), "flag_id": flag.id, "position": position}


def _children(lease: Lease, table: str, flag_ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    marks, params = tables.among(flag_ids)
    for row in lease.dicts(f'FROM "{table}" WHERE flag_id IN {marks} ORDER BY flag_id, position', params):
        del row["position"]
        found[row.pop("flag_id")].append(row)
    return found


def _scores(lease: Lease, rows: Iterable[Mapping[str, Any]]) -> dict[str, tuple[Score, ...]]:
    by_model: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        by_model[row["model_id"], row["ruleset"]].append(row["id"])
    found: dict[str, tuple[Score, ...]] = {}
    for (model_id, ruleset), ids in by_model.items():
        found |= load_scores(lease, ids, model_id=model_id, ruleset=ruleset)
    return found


def _flag(
    row: Mapping[str, Any],
    findings: Iterable[Mapping[str, Any]],
    signals: Iterable[Mapping[str, Any]],
    exculpatory: Iterable[Mapping[str, Any]],
    scores: tuple[Score, ...],
) -> Flag:
    return Flag(
        post_id=row["post_id"],
        version_id=row["id"],
        account_id=row["account_id"],
        election_id=row["election_id"],
        phase=tables.word_of(Phase, row["phase"], "flags.phase"),
        posted_at=row["posted_at"],
        known_at=row["known_at"],
        findings=tuple(_finding(finding) for finding in findings),
        signals=tuple(
            Signal(
                **{
                    **signal,
                    "weight": tables.word_of(Weight, signal["weight"], "signals.weight"),
                    "channel": tables.word_of(Channel, signal["channel"], "signals.channel"),
                }
            )
            for signal in signals
        ),
        mentions=tuple(Mention(**mention) for mention in json.loads(row["mentions"])),
        exculpatory=tuple(Exculpatory(**context) for context in exculpatory),
        scores=scores,
        ruleset=row["ruleset"],
        model_id=row["model_id"],
        explanation=row["explanation"],
    )


def _finding(row: Mapping[str, Any]) -> Finding:
    return Finding(
        code=row["code"],
        elements={
            tables.word_of(Element, element, "findings.elements"): tables.word_of(Met, met, "findings.elements")
            for element, met in json.loads(row["elements"]).items()
        },
        citations=tuple(Citation(**citation) for citation in json.loads(row["citations"])),
        class_hint=row["class_hint"],
        modifiers=tuple(json.loads(row["modifiers"])),
        contested=row["contested"],
    )
