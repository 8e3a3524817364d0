"""What a head gains from telling several kinds of posts apart instead of two classes, on other people's posts.

    python -m benchmarks.kinds LINES LABELLED [SHARE ...]

LINES is the folder of the public lines (see `scanner train --lines`), LABELLED a file of labelled posts that nothing is
trained on (`text`, `label_campaign`). One multinomial regression over the families below, on the features, weights and
domains of the shipped recipe; its margin is the log-odds of all families of support against all others. The first line
is the shipped recipe: one regression of support against the rest.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from scanner.classify.domains import design
from scanner.classify.evaluate import average_precision
from scanner.classify.features import counts
from scanner.classify.heads import Choice, fit_head, inverse_frequencies, weigh
from scanner.classify.material import Material, prepare
from scanner.classify.train import PARAMS
from scanner.domain.flags import Label
from scanner.resources import data_folder
from scanner.rules.election_files import load_elections
from scanner.rules.match import Matcher
from scanner.rules.ruleset import load_ruleset

SUPPORT = {
    "explicit": """support_explicit veiled_call slogan hashtag_only hashtag_led campaign_material share_material rally
                   mobilise campaign_boast volunteers ktp goods endorsement code_alone explicit""",
    "oppose": "oppose_vote dismiss_rival",
}
OTHER = {
    "news": """headline news quick_count election_info neutrality_message neutrality report_of_violation campaign_title
               news_share official_info""",
    "criticism": """criticism insult rant complaint condemnation satire sarcasm disappointment fraud_claim other""",
    "elsewhere": "offtopic ordinary chatter football homonym telco product spam",
    "praise": "praise_incumbent praise policy government_policy condolence policy_argument",
}
LEFT = {True: "soft", False: "talk"}
"""Families of all other categories, of support and of the rest."""
STRENGTH = 0.1


def families(material: Material) -> NDArray[np.str_]:
    """Return the family of every row."""
    kinds = [post.category for post in material.posts] + [line.judged.kind for line in material.lines]
    found = {side: {kind: name for name, text in one.items() for kind in text.split()} for side, one in _SIDES}
    labels = material.labels(Label.CAMPAIGN_SUPPORT)
    rows = zip(labels.tolist(), material.index.tolist(), strict=True)
    return np.array([found[side].get(kinds[index], LEFT[side]) for side, index in rows])


_SIDES = ((True, SUPPORT), (False, OTHER))


def log_odds(margins: NDArray[np.float64], support: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the log-odds of some columns against the others (rows x families)."""
    odds: NDArray[np.float64] = np.logaddexp.reduce(margins[:, support], axis=1)
    return odds - np.logaddexp.reduce(margins[:, ~support], axis=1)


def recall_at(margins: NDArray[np.float64], labels: NDArray[np.bool_], precision: float = 0.9) -> float:
    """Return the largest share of positive posts that can be had at a precision."""
    hits = np.cumsum(labels[np.argsort(-margins)])
    good = hits / np.arange(1, len(hits) + 1) >= precision
    return float(hits[good].max() / labels.sum()) if good.any() else 0.0


def told(name: str, margins: NDArray[np.float64], labels: NDArray[np.bool_], began: float) -> None:
    found = f"AP {average_precision(margins, labels):.3f}, recall at precision 0.9 {recall_at(margins, labels):.3f}"
    print(f"{name:24} {found} ({time.perf_counter() - began:.0f} s)", flush=True)


def main() -> None:
    lines, file, *shares = sys.argv[1:]
    ruleset, elections = load_ruleset(), load_elections()
    material = prepare(data_folder("models") / "training", ruleset, elections, 0, PARAMS, Path(lines))
    posts = [json.loads(line) for line in Path(file).read_text("utf-8").splitlines()]
    matcher = Matcher(ruleset, elections)
    idf = inverse_frequencies(material.frequencies, len(material.posts) + len(material.lines))
    other: Any = weigh(counts([matcher.match(post["text"]) for post in posts], PARAMS), idf)
    wanted = np.array([post["label_campaign"] == 1 for post in posts])
    labels, weights = material.labels(Label.CAMPAIGN_SUPPORT), material.balanced(Label.CAMPAIGN_SUPPORT)
    began = time.perf_counter()
    one = fit_head(material.matrix, labels, weights, Choice(STRENGTH, 0.15), written=material.written)
    told("two classes", other @ one.coef_[0], wanted, began)
    began = time.perf_counter()
    used = np.flatnonzero(np.bincount(material.matrix.indices, minlength=PARAMS.size))
    matrix: Any = material.matrix
    regression = LogisticRegression(C=STRENGTH, max_iter=200, tol=1e-3)
    regression.fit(design(matrix[:, used], material.written), families(material), sample_weight=weights)
    support = np.isin(regression.classes_, [*SUPPORT, LEFT[True]])
    shared, written = regression.coef_[:, : len(used)], regression.coef_[:, len(used) :]
    for share in map(float, shares or ["0", "0.15"]):
        margins = other[:, used] @ (shared + share * written).T + regression.intercept_
        told(f"families, share {share:g}", log_odds(margins, support), wanted, began)


if __name__ == "__main__":
    main()
