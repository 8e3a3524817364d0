"""The figures of a period count what happened in it, and never by person or participant."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from scanner.domain.accounts import Platform
from scanner.domain.flags import Finding, Flag, Phase
from scanner.domain.reviews import Stage, Verdict
from scanner.store import accounts, draws, flags, judgements, pages, scores, settling
from scanner.store.connection import Lease
from scanner.store.figures import Audited, By, Course, Figures, Group, Week, load_figures
from tests.store.samples import HOUR, NOON, make_account, make_evidence, make_flag, make_judgement, make_post

DAY = timedelta(days=1)
YES, NO, MAYBE = Verdict.SUSPECTED, Verdict.NOT_VIOLATION, Verdict.UNSURE


@pytest.fixture
def lease(lease: Lease) -> Lease:
    accounts.save_accounts(lease, [make_account()])
    return lease


def figures(lease: Lease, **changes: Any) -> Figures:
    """Return the figures, with a deadline of a week, ten days after noon."""
    return load_figures(lease, **{"due": lambda _, at: at + 7 * DAY, "now": NOON + 10 * DAY, **changes})


def flagged(lease: Lease, number: int, **changes: Any) -> Flag:
    flag = make_flag(number, **changes)
    flags.save_flags(lease, [flag])
    return flag


def judged(lease: Lease, item: str, *verdicts: Verdict, ruling: Verdict | None = None, at: datetime = NOON) -> None:
    """Let reviewers say this one after the other, and an adjudicator have the last word; settle the item."""
    said = [(f"penelaah.{number}", verdict, Stage.BLIND) for number, verdict in enumerate(verdicts)]
    said += [("ketua", ruling, Stage.ADJUDICATION)] if ruling else []
    for who, verdict, stage in said:
        given = {"flag_id": item, "reviewer": who, "verdict": verdict, "stage": stage, "decided_at": at}
        judgements.append_judgement(lease, make_judgement(f"{item}{who}", **given))
    settling.settle(lease, item, overlap=2, at=at)


def gathered(lease: Lease, *numbers: int, at: datetime = NOON) -> list[str]:
    """Save posts as first seen at a moment, score them, and return the ids of their versions."""
    posts = [make_post(number) for number in numbers]
    evidence = make_evidence(captured_at=at)
    pages.save_page(
        lease,
        run_id="scan-1",
        account=make_account(),
        posts=posts,
        captures=[evidence],
        cursor=None,
        rejected=(),
        seen_at=at,
    )
    ids = [post.version_id for post in posts]
    scores.save_scores(lease, dict.fromkeys(ids, make_flag().scores), ruleset="2026.11+1a2b3c4d")
    return ids


def test_a_fresh_record_has_no_figures(lease: Lease):
    assert figures(lease) == Figures(
        weeks=(),
        course=Course(0, 0, 0, 0, 0, None, None, 0, 0),
        audited=Audited(0, 0, 0),
        groups=dict.fromkeys(By, ()),
    )


def test_weeks_begin_on_monday_utc_and_count_what_happened_in_them(lease: Lease):
    sunday = datetime(2026, 11, 22, 23, 59, tzinfo=UTC)
    gathered(lease, 1, 2)
    gathered(lease, 3, at=sunday)
    gathered(lease, 4, at=sunday + HOUR)
    flag = flagged(lease, 1)
    judged(lease, flag.id, YES, YES, at=sunday + HOUR)
    assert figures(lease).weeks == (
        Week(monday=date(2026, 11, 16), gathered=3, scored=3, flagged=1, judged=0),
        Week(monday=date(2026, 11, 23), gathered=1, scored=1, flagged=0, judged=1),
    )


def test_a_flag_is_suspected_or_dismissed_by_what_it_was_settled_as(lease: Lease):
    for number, verdicts, ruling in (
        (1, (YES, YES), None),
        (2, (NO, NO), None),
        (3, (YES, NO), NO),
        (4, (NO, YES), YES),
        (5, (MAYBE, NO), YES),
        (6, (YES, NO), YES),
        (7, (YES, NO), None),
        (8, (YES,), None),
        (9, (), None),
    ):
        judged(lease, flagged(lease, number).id, *verdicts, ruling=ruling)
    course = figures(lease).course
    assert (course.flagged, course.settled, course.suspected) == (9, 6, 4)
    assert (course.adjudicated, course.reversed) == (4, 2)


def test_time_to_decide_runs_from_first_knowledge_to_settling(lease: Lease):
    for number, days in enumerate((1, 2, 3, 4, 9)):
        judged(lease, flagged(lease, number).id, NO, NO, at=NOON + days * DAY)
    course = figures(lease).course
    assert course.days_median == pytest.approx(3)
    assert course.days_p90 == pytest.approx(7)


def test_late_is_settled_after_the_deadline_and_overdue_still_waits(lease: Lease):
    judged(lease, flagged(lease, 1).id, NO, NO, at=NOON + 7 * DAY)
    judged(lease, flagged(lease, 2).id, NO, NO, at=NOON + 7 * DAY + HOUR)
    flagged(lease, 3)
    flagged(lease, 4, known_at=NOON + 4 * DAY)
    course = figures(lease).course
    assert (course.late, course.overdue) == (1, 1)
    accounts.remove_account(lease, make_account().id, reason="pensiun", by="joko", approved_by="rina", at=NOON)
    course = figures(lease).course
    assert (course.late, course.overdue) == (1, 0)


def test_each_election_has_its_own_deadline(lease: Lease):
    flagged(lease, 1, election_id="pilbup-contoh")
    flagged(lease, 2, election_id="pemilu-contoh")
    due = {"pilbup-contoh": NOON + DAY, "pemilu-contoh": NOON + 30 * DAY}
    assert figures(lease, due=lambda election, _: due[election]).course.overdue == 1


@pytest.mark.parametrize(
    ("bounds", "number"),
    [({}, 2), ({"since": NOON + HOUR}, 1), ({"until": NOON + HOUR}, 1), ({"since": NOON + 2 * HOUR}, 0)],
)
def test_a_period_holds_what_became_known_in_it(lease: Lease, bounds: dict[str, datetime], number: int):
    flagged(lease, 1)
    flagged(lease, 2, known_at=NOON + HOUR)
    found = figures(lease, **bounds)
    assert found.course.flagged == number
    assert sum(group.flagged for group in found.groups[By.PHASE]) == number
    assert sum(week.flagged for week in found.weeks) == number


def test_flags_are_counted_by_code_platform_phase_and_unit(lease: Lease):
    others = [
        make_account("tina", platform=Platform.X, person_id="PEG-0002", unit="Dinas Lain"),
        make_account("sari@desa.example", person_id="PEG-0003"),
    ]
    accounts.save_accounts(lease, others)
    judged(lease, flagged(lease, 1).id, YES, YES)
    judged(lease, flagged(lease, 2, account_id=others[0].id, phase=Phase.TENANG).id, NO, NO)
    one = Finding(code="AJAKAN-PILIH", elements={}, citations=(), class_hint="B")
    flagged(lease, 3, findings=(one,))
    found = figures(lease).groups
    assert found[By.CODE] == (Group("AJAKAN-PILIH", None, 3, 2, 1), Group("LAYANAN-PILIH", None, 2, 2, 1))
    assert found[By.PLATFORM] == (Group("mastodon", 2, 2, 1, 1), Group("x", 1, 1, 1, 0))
    assert found[By.PHASE] == (Group("KAMPANYE", None, 2, 1, 1), Group("TENANG", None, 1, 1, 0))
    agency = make_account().agency
    assert found[By.UNIT] == (
        Group(f"{agency} · Dinas Contoh", 2, 2, 1, 1),
        Group(f"{agency} · Dinas Lain", 1, 1, 1, 0),
    )


def test_people_are_counted_once_and_not_after_they_left_the_list(lease: Lease):
    accounts.save_accounts(lease, [make_account("budi.dua@desa.example"), make_account("sari@x", person_id="PEG-0003")])
    flagged(lease, 1)
    assert figures(lease).groups[By.UNIT][0].people == 2
    accounts.remove_account(lease, "mastodon:sari@x", reason="pensiun", by="joko", approved_by="rina", at=NOON)
    assert figures(lease).groups[By.UNIT][0].people == 1


def test_drawn_posts_tell_what_the_machine_misses_and_are_no_flags(lease: Lease):
    drawn = gathered(lease, 1, 2, 3, 4)
    draw = {"day": NOON.date(), "seed": "benih", "election_id": "pilbup-contoh", "by": "ketua"}
    assert len(draws.draw_unflagged(lease, phase_at=lambda _: Phase.KAMPANYE, share=1.0, **draw)) == 4
    judged(lease, drawn[0], YES, YES)
    judged(lease, drawn[1], NO, NO)
    judged(lease, drawn[2], NO, YES, ruling=NO)
    found = figures(lease)
    assert found.audited == Audited(drawn=4, settled=3, suspected=1)
    assert (found.course.flagged, found.groups[By.PHASE]) == (0, ())


def test_gold_readings_change_no_figure(lease: Lease):
    flag = flagged(lease, 1)
    judged(lease, flag.id, NO, NO)
    before = figures(lease)
    given = {"flag_id": flag.id, "reviewer": "tina", "verdict": YES, "stage": Stage.GOLD}
    judgements.append_judgement(lease, make_judgement("gold", **given))
    assert figures(lease) == before
