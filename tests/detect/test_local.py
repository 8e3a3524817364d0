"""Only posts that may be judged are scored, and a flag says everything a reviewer will need."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from scanner.detect.local import Candidate, Detection, Detector
from scanner.domain.accounts import Confidence
from scanner.domain.flags import Label, Phase
from scanner.domain.posts import Post, Role
from scanner.rules.elections import Election
from scanner.rules.ruleset import Ruleset
from tests.detect.casts import BEFORE_PENETAPAN, LOW, NOON, OUTSIDE, codes, make_model, written
from tests.store.samples import make_account

CALL = "Ayo coblos Wirya-Laila, dulur"
CAPTURED = NOON + timedelta(hours=3)


@pytest.fixture(scope="module")
def detector(ruleset: Ruleset, election: Election) -> Detector:
    return Detector(ruleset=ruleset, model=make_model(), election=election)


def detect(detector: Detector, *posts: Post, **account: Any) -> list[Detection]:
    owner = make_account(**account)
    return detector.detect([Candidate(post=post, account=owner, captured_at=CAPTURED) for post in posts])


def test_a_flag_holds_what_was_seen_and_by_which_rules_and_model(detector: Detector):
    post = written(CALL)
    [detection] = detect(detector, post)
    flag = detection.flag
    assert flag is not None
    assert (flag.id, flag.post_id, flag.account_id) == (post.version_id, post.id, post.account_id)
    assert (flag.phase, flag.posted_at, flag.known_at) == (Phase.KAMPANYE, NOON, CAPTURED)
    assert (flag.election_id, flag.ruleset, flag.model_id) == (
        detector.election.id,
        detector.ruleset.id,
        detector.model.id,
    )
    assert [post.text[signal.start : signal.end] for signal in flag.signals] == [s.quote for s in flag.signals]
    assert [mention.quote for mention in flag.mentions] == ["Wirya-Laila"]
    assert {finding.class_hint for finding in flag.findings} == {"B"}
    assert flag.explanation.startswith("Dugaan")


def test_every_version_that_may_be_judged_has_both_scores(detector: Detector):
    [flagged, plain] = detect(detector, written(CALL), written("Hujan sejak subuh"))
    assert plain.flag is None
    for detection in (flagged, plain):
        assert [score.label for score in detection.scores] == list(Label)
        assert {score.model_id for score in detection.scores} == {detector.model.id}
        assert [score.probability for score in detection.scores] == pytest.approx([LOW, LOW])
    assert flagged.flag is not None
    assert flagged.flag.scores == flagged.scores


def test_an_unconfirmed_account_is_not_even_scored(detector: Detector):
    assert detect(detector, written(CALL), confidence=Confidence.C) == []
    assert len(detect(detector, written(CALL), confidence=Confidence.B)) == 1


def test_a_post_of_unknown_time_is_not_scored(detector: Detector):
    assert detect(detector, written(CALL, at=None)) == []


@pytest.mark.parametrize("role", [Role.TAGGED, Role.DEPICTED, Role.CO_AUTHORED])
def test_posts_of_others_in_which_the_account_appears_are_not_scored(detector: Detector, role: Role):
    assert detect(detector, written(CALL, role=role)) == []


@pytest.mark.parametrize(
    "service",
    [
        {"service_from": date(2026, 11, 21)},
        {"service_until": date(2026, 11, 19)},
        {"leave": ((date(2026, 11, 1), date(2026, 11, 20)),)},
    ],
    ids=["not yet in service", "retired", "on leave"],
)
def test_posts_outside_the_service_dates_are_not_scored(detector: Detector, service: dict[str, Any]):
    assert detect(detector, written(CALL), **service) == []


def test_the_day_of_service_is_the_day_of_the_region(detector: Detector):
    """18:00 UTC is already the next day in Nusa Rimba (UTC+7)."""
    late = datetime(2026, 11, 19, 18, 0, tzinfo=UTC)
    assert detect(detector, written(CALL, at=late), service_until=date(2026, 11, 19)) == []
    assert len(detect(detector, written(CALL, at=late), service_from=date(2026, 11, 20))) == 1


def test_the_phase_is_that_of_the_posting_and_decides_the_clauses(detector: Detector):
    [before, during] = detect(detector, written(CALL, at=BEFORE_PENETAPAN), written(CALL, at=NOON))
    assert before.flag is not None
    assert during.flag is not None
    cited = [flag.findings[0].citations[0].clause_id for flag in (before.flag, during.flag)]
    assert cited == ["SKB22:E2", "SKB22:D2"]
    assert [flag.phase for flag in (before.flag, during.flag)] == [Phase.PRA, Phase.KAMPANYE]


def test_outside_the_stages_a_post_is_scored_but_never_flagged(detector: Detector, ruleset: Ruleset):
    sure = Detector(ruleset=ruleset, model=make_model(support=0.999, attribute=0.999), election=detector.election)
    [detection] = detect(sure, written(CALL, at=OUTSIDE))
    assert detection.flag is None


def test_the_role_goes_into_the_judgement(detector: Detector, ruleset: Ruleset):
    assert [one.flag for one in detect(detector, written(CALL, role=Role.REPOSTED))] == [None]
    agreeing = Detector(ruleset=ruleset, model=make_model(support=0.8), election=detector.election)
    [shared] = detect(agreeing, written(CALL, role=Role.REPOSTED))
    assert shared.flag is not None
    assert codes(shared.flag.findings) == ["MEDSOS-SEBAR"]


def test_a_batch_gives_what_its_posts_give_one_by_one(detector: Detector):
    posts = [written(f"{CALL} {number}" if number % 3 else f"Kabar {number}") for number in range(30)]
    account = replace(make_account(), leave=())
    together = detector.detect([Candidate(post=post, account=account, captured_at=CAPTURED) for post in posts])
    assert together == [detection for post in posts for detection in detect(detector, post)]
    assert [detection.version_id for detection in together] == [post.version_id for post in posts]
