"""What reviewers settled, as labelled posts from which the classifier can learn."""

from __future__ import annotations

from scanner.classify.examples import Bit, LabelledPost
from scanner.domain.flags import Label
from scanner.domain.reviews import Verdict
from scanner.rules.ruleset import Ruleset
from scanner.store import audit, judgements
from scanner.store.connection import Store
from scanner.store.versions import load_versions


def settled_posts(store: Store, *, actor: str, overlap: int, ruleset: Ruleset) -> list[LabelledPost]:
    """Read the posts on which reviewers agree, or that a third one settled, with the labels of the codes they named.

    Not a violation is 0 for both labels. A suspected violation is 1 for the labels of the named codes and unknown for
    the other one; where no named code is of campaign support the post is left out, as nobody said whether it supports.
    That the texts were read is recorded in the audit chain (guardrail G17).
    """
    with store.lease("train: read settled posts") as lease:
        settled = judgements.settled(lease, overlap=overlap)
        versions = load_versions(lease, settled)
        if settled:
            audit.append(lease, actor=actor, action="settled.train", subject="settled", detail={"flags": len(settled)})
    found = (_labelled(versions[flag].post.text, *judged, ruleset) for flag, judged in settled.items())
    return [post for post in found if post is not None]


def _labelled(text: str, verdict: Verdict, codes: tuple[str, ...], ruleset: Ruleset) -> LabelledPost | None:
    if verdict is Verdict.NOT_VIOLATION:
        return LabelledPost(text=text, campaign_support=0, pns_attribute_use=0)
    labels = {ruleset.codes[code].label for code in codes if code in ruleset.codes}
    attribute: Bit | None = 1 if Label.PNS_ATTRIBUTE_USE in labels else None
    if Label.CAMPAIGN_SUPPORT not in labels:
        return None
    return LabelledPost(text=text, campaign_support=1, pns_attribute_use=attribute)
