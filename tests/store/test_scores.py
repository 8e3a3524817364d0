from __future__ import annotations

from scanner.domain.flags import Label, Score
from scanner.store.connection import Lease
from scanner.store.scores import load_scores, save_scores


def score(probability: float, label: Label = Label.CAMPAIGN_SUPPORT, model: str = "m1") -> Score:
    return Score(label=label, probability=probability, model_id=model)


def test_scores_come_back_by_version_and_exactly(lease: Lease) -> None:
    pair = (score(0.1), score(1 / 3, Label.PNS_ATTRIBUTE_USE))
    save_scores(lease, {"v1": reversed(pair), "v2": [score(0.0)], "v3": []}, ruleset="r1")
    found = load_scores(lease, ["v1", "v2", "v3", "v9"], model_id="m1", ruleset="r1")
    assert found == {"v1": pair, "v2": (score(0.0),)}


def test_models_and_rulesets_do_not_mix(lease: Lease) -> None:
    save_scores(lease, {"v1": [score(0.1), score(0.2, model="m2")]}, ruleset="r1")
    save_scores(lease, {"v1": [score(0.3)]}, ruleset="r2")
    assert load_scores(lease, ["v1"], model_id="m2", ruleset="r1") == {"v1": (score(0.2, model="m2"),)}
    assert load_scores(lease, ["v1"], model_id="m1", ruleset="r2") == {"v1": (score(0.3),)}
    assert load_scores(lease, ["v1"], model_id="m2", ruleset="r2") == {}


def test_what_a_model_said_first_stays(lease: Lease) -> None:
    for probability in (0.1, 0.9):
        save_scores(lease, {"v1": [score(probability)]}, ruleset="r1")
    assert load_scores(lease, ["v1"], model_id="m1", ruleset="r1") == {"v1": (score(0.1),)}
