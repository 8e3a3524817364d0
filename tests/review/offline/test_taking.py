"""What comes back is checked line by line, appended once, and told; nothing hostile stops the rest."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.domain.reviews import Verdict
from scanner.errors import StoreError
from scanner.review.offline import seals
from scanner.review.offline.taking import Outcome, Taken, take_file
from scanner.store import audit, drafts, users
from scanner.store.connection import Store
from tests.review.offline.conftest import Office, judge
from tests.store.samples import dump

CODE = "MEDSOS-DUKUNG"


def take(office: Office, told: object, **changes: Any) -> Taken:
    path = office.folder / "putusan.json"
    path.write_text(json.dumps(told), "utf-8")
    return take_file(office.desk(**changes), path)


def only(done: Taken) -> tuple[Outcome, str]:
    [line] = done.lines
    return line.outcome, line.reason


def everything(store: Store) -> dict[str, list[Any]]:
    with store.lease("test") as lease:
        return dump(lease)


def test_every_judgement_is_appended_as_it_was_made(office: Office):
    told = judge(office.export(limit=3)[0], "suspected", [CODE])
    told["judgements"][0].update(verdict="unsure", codes=[], note="  belum jelas ")
    done = take(office, told)
    assert done.whole
    assert done.counts == {Outcome.TAKEN: len(told["judgements"])}
    rows = office.rows(
        "SELECT id, flag_id, reviewer, verdict, codes, note, seconds, stage FROM judgements ORDER BY seq"
    )
    first, *rest = told["judgements"]
    assert rows[0] == (first["seal"], first["item"], "sari", "unsure", "[]", "belum jelas", 9.5, "blind")
    assert [row[:5] for row in rows[1:]] == [
        (one["seal"], one["item"], "sari", "suspected", f'["{CODE}"]') for one in rest
    ]


def test_importing_twice_changes_nothing(office: Office):
    told = judge(office.export(limit=3)[0])
    take(office, told)
    before = everything(office.workspace.store)
    again = take(office, told, now=office.now + timedelta(hours=1))
    assert again.counts == {Outcome.KNOWN: len(told["judgements"])}
    assert again.whole
    assert everything(office.workspace.store) == before


def test_what_is_on_record_is_not_changed_by_a_file(office: Office):
    told = judge(office.export(limit=1)[0])
    take(office, told)
    told["judgements"][0].update(verdict="suspected", codes=[CODE])
    assert only(take(office, told)) == (
        Outcome.REFUSED,
        "on record as not_violation already; to judge it anew, undo that at the desk",
    )
    assert office.rows("SELECT verdict FROM judgements") == [("not_violation",)]


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ({"reviewer": "budi"}, {}),
        ({"export": "0" * 32}, {}),
        ({"valid_until": "2099-01-01T00:00:00+00:00"}, {}),
        ({}, {"item": "mastodon:desa.example/1@0000000000000000"}),
        ({}, {"seal": "0" * 64}),
    ],
    ids=["reviewer", "export", "validity", "item", "seal"],
)
def test_whatever_was_altered_is_refused(office: Office, head: dict[str, Any], line: dict[str, Any]):
    told = {**judge(office.export(limit=1)[0]), **head}
    told["judgements"][0].update(line)
    outcome, reason = only(take(office, told))
    assert (outcome, reason.partition(":")[0]) == (Outcome.REFUSED, "the seal does not fit")
    assert office.rows("FROM judgements") == []


def test_seals_of_two_posts_cannot_be_swapped(office: Office):
    told = judge(office.export(limit=2)[0])
    first, second = told["judgements"]
    first["seal"], second["seal"] = second["seal"], first["seal"]
    assert take(office, told).counts == {Outcome.REFUSED: 2}


def test_another_workspace_knows_nothing_of_it(office: Office):
    told = judge(office.export(limit=1)[0])
    key = office.workspace.data / seals.KEY
    key.unlink()
    with pytest.raises(StoreError, match="cannot be read"):
        take(office, told)
    seals.make_key(office.workspace.data)
    assert only(take(office, told))[0] is Outcome.REFUSED


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ({"verdict": "suspected", "codes": []}, "at least one code"),
        ({"verdict": "suspected", "codes": ["KARANGAN"]}, "'KARANGAN' is not one that may be named"),
        ({"verdict": "unsure", "codes": [CODE]}, "only suspected does"),
        ({"verdict": "withdrawn"}, "not a judgement"),
        ({"note": "a\0b"}, "U+0000"),
        ({"note": "a\ud800"}, "U+D800"),
        ({"leaning": "x"}, "not a judgement"),
    ],
)
def test_one_bad_line_is_refused_with_its_reason_and_stops_no_other(office: Office, line: dict[str, Any], words: str):
    told = judge(office.export(limit=3)[0])
    told["judgements"][1].update(line)
    done = take(office, told)
    assert [one.outcome for one in done.lines] == [Outcome.TAKEN, Outcome.REFUSED, Outcome.TAKEN]
    assert words in done.lines[1].reason
    assert not done.whole


def test_what_others_decided_meanwhile_is_kept_as_a_draft(office: Office):
    told = judge(office.export(limit=1)[0], "suspected", [CODE])
    told["judgements"][0]["note"] = "jelas ajakan"
    [line], store = told["judgements"], office.workspace.store
    for name in ("budi", "tina"):  # as if the hold had ended: they may judge it then
        office.decide(line["item"], name, Verdict.NOT_VIOLATION, at=office.now + timedelta(days=7))
    done = take(office, told, now=office.now + timedelta(days=6))
    assert only(done)[0] is Outcome.LATE
    assert done.whole
    with store.lease("test") as lease:
        [draft] = drafts.load_drafts(lease, "sari", [line["item"]]).values()
    assert (draft.verdict, draft.codes, draft.note) == (Verdict.SUSPECTED, (CODE,), "jelas ajakan")


def test_a_file_past_its_time_gives_drafts_alone(office: Office):
    told = judge(office.export(limit=2)[0])
    done = take(office, told, now=office.now + timedelta(days=7))
    assert done.counts == {Outcome.LATE: 2}
    assert "valid until" in done.lines[0].reason
    assert office.rows("FROM judgements") == []
    assert office.rows("SELECT count(*) FROM drafts WHERE verdict = 'not_violation'") == [(2,)]


def test_somebody_shut_out_meanwhile_judges_nothing(office: Office):
    told = judge(office.export(limit=1)[0])
    with office.workspace.store.lease("test") as lease:
        users.save_disabled(lease, "sari", office.now, by="ratna", at=office.now)
    outcome, reason = only(take(office, told))
    assert outcome is Outcome.REFUSED
    assert "shut out" in reason


def test_somebody_recused_meanwhile_judges_nothing(office: Office):
    told = judge(office.export(limit=1)[0])
    [(agency,)] = office.rows("SELECT DISTINCT agency FROM accounts WHERE id IN (SELECT account_id FROM flags)")
    with office.workspace.store.lease("test") as lease:
        users.save_recused(lease, "sari", (agency,), by="ratna", at=office.now)
    assert only(take(office, told))[0] is Outcome.REFUSED
    assert only(take(office, told, now=office.now + timedelta(days=8)))[0] is Outcome.REFUSED
    assert office.rows("FROM drafts") == []


def test_what_was_judged_at_the_desk_is_not_judged_again(office: Office):
    told = judge(office.export(limit=1)[0])
    item = told["judgements"][0]["item"]
    office.decide(item, "sari", Verdict.UNSURE)
    outcome, reason = only(take(office, told))
    assert outcome is Outcome.REFUSED
    assert "you have judged it" in reason


def test_a_file_leaves_its_event_with_its_hash_and_counts(office: Office):
    told = judge(office.export(limit=2)[0])
    told["judgements"][1]["seal"] = "0" * 64
    take(office, told)
    with office.workspace.store.lease("test") as lease:
        file, judged = audit.events(lease, limit=2)
        assert audit.verify(lease).ok
    assert (file.action, file.actor, file.subject) == ("review.import", "ratna", told["export"])
    assert (file.detail["taken"], file.detail["refused"]) == (1, 1)
    assert (judged.action, judged.actor) == ("judgement.append", "sari")


def test_two_lines_under_one_seal_are_one_judgement(office: Office):
    told = judge(office.export(limit=1)[0])
    [line] = told["judgements"]
    other = {**line, "verdict": "suspected", "codes": [CODE]}
    done = take(office, {**told, "judgements": [line, line, other]})
    assert [one.outcome for one in done.lines] == [Outcome.TAKEN, Outcome.KNOWN, Outcome.REFUSED]
    assert office.rows("SELECT verdict FROM judgements") == [("not_violation",)]


@pytest.mark.parametrize("body", [b"", b"[" * 100_000, b"\xff", b'{"format": NaN}'])
def test_a_file_that_is_none_is_refused_as_a_whole_and_changes_nothing(office: Office, body: bytes):
    path = office.folder / "aneh.json"
    path.write_bytes(body)
    before = everything(office.workspace.store)
    done = take_file(office.desk(), path)
    assert done.problem
    assert not done.whole
    assert everything(office.workspace.store) == before


def test_a_file_that_cannot_be_read_or_never_ends_is_refused(office: Office):
    assert "cannot be read" in take_file(office.desk(), office.folder / "tidak-ada.json").problem
    assert "would be valid" in take_file(office.desk(), Path("/dev/zero")).problem


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_FIELDS = st.sampled_from(["item", "seal", "verdict", "codes", "note", "seconds", "lagi"])


@pytest.mark.slow
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spoilt=st.lists(st.dictionaries(_FIELDS, _ANY, min_size=1) | _ANY, max_size=4))
def test_whatever_stands_beside_it_the_good_line_is_on_record_once(office: Office, spoilt: list[Any]):
    path = office.folder / "telaah.html"
    if not path.exists():
        office.export(limit=1)
    told = judge(path)
    [good] = told["judgements"]
    lines = [{**good, **one} if isinstance(one, dict) else one for one in spoilt]
    done = take(office, {**told, "judgements": [*lines, good]})
    assert done.lines[-1].outcome in (Outcome.TAKEN, Outcome.KNOWN)
    assert len(office.rows("FROM judgements")) == 1
    assert all(one.reason for one in done.lines if one.outcome is Outcome.REFUSED)
