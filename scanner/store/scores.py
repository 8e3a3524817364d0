"""Scores: calibrated probabilities of single versions. They are never added up over a person (guardrail G16)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scanner.domain.flags import Label, Score
from scanner.store import tables
from scanner.store.connection import Lease


def save_scores(lease: Lease, scores: Mapping[str, Iterable[Score]], *, ruleset: str) -> None:
    """Store the scores of versions by version id; what the same model and ruleset said before stays."""
    rows = (
        {
            "version_id": version_id,
            "label": score.label,
            "model_id": score.model_id,
            "ruleset": ruleset,
            "probability": score.probability,
        }
        for version_id, found in scores.items()
        for score in found
    )
    tables.insert_new(lease, "scores", rows, keys=["version_id", "label", "model_id", "ruleset"])


def load_scores(
    lease: Lease, version_ids: Iterable[str], *, model_id: str, ruleset: str
) -> dict[str, tuple[Score, ...]]:
    """Return the scores of versions by version id, labels in order of name; unscored versions are left out."""
    marks, params = tables.among(version_ids)
    rows = lease.rows(
        f"""SELECT version_id, label, probability FROM scores
           WHERE version_id IN {marks} AND model_id = $model_id AND ruleset = $ruleset
           ORDER BY version_id, label""",  # noqa: S608
        {**params, "model_id": model_id, "ruleset": ruleset},
    )
    found: dict[str, tuple[Score, ...]] = {}
    for version_id, label, probability in rows:
        score = Score(label=Label(label), probability=probability, model_id=model_id)
        found[version_id] = (*found.get(version_id, ()), score)
    return found
