"""An export gives what the desk would give, keeps it for that person alone, and is told on the audit chain."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scanner.domain.captures import sha256
from scanner.domain.reviews import Stage, Verdict
from scanner.errors import StoreError, UsageError
from scanner.review.offline import export
from scanner.review.queue import take_next
from scanner.store import audit, gold, users
from scanner.store.gold import Gold
from tests.people import make_user
from tests.review.offline.conftest import Office, content_of

ALL = 4


def shown(office: Office, **changes: object) -> list[str]:
    return [one["item"] for one in content_of(office.export(**changes)[0])["items"]]  # type: ignore[arg-type]


def test_what_waits_is_written_privately_and_told(office: Office):
    target, done = office.export()
    assert done.items == ALL
    assert done.sha256 == sha256(target.read_bytes())
    assert target.stat().st_mode & 0o777 == 0o600


def test_no_more_than_asked_for_is_given_and_kept(office: Office):
    assert len(shown(office, limit=3)) == 3
    assert office.rows("SELECT count(*) FROM assignments") == [(3,)]


def test_it_is_kept_for_them_for_seven_days_so_that_two_hold_it_and_a_third_gets_nothing(office: Office):
    first, second = shown(office), shown(office, reviewer="budi", name="budi.html")
    assert sorted(first) == sorted(second)
    later = {"at": office.now + timedelta(days=6, hours=23)}
    assert office.export("tina", "tina.html", **later)[1].items == 0
    assert not (office.folder / "tina.html").exists()
    assert office.export("tina", "tina.html", at=office.now + timedelta(days=7))[1].items == ALL


def test_the_desk_does_not_shorten_how_long_it_is_kept(office: Office):
    office.export()
    user = make_user("sari")
    assert take_next(office.workspace.store, user, now=office.now) is not None
    [(least,)] = office.rows("SELECT min(held_until) FROM assignments")
    assert least >= office.now + timedelta(days=7) - timedelta(seconds=1)


def test_a_lost_file_is_written_again_with_the_same_posts_under_new_seals(office: Office):
    first = content_of(office.export(limit=4)[0])["items"]
    second = content_of(office.export(name="lagi.html", limit=4)[0])["items"]
    assert {one["item"] for one in first} == {one["item"] for one in second}
    assert not {one["seal"] for one in first} & {one["seal"] for one in second}


def test_recusal_holds(office: Office):
    store = office.workspace.store
    [(agency, person)] = office.rows(
        "SELECT DISTINCT agency, person_id FROM accounts WHERE id IN (SELECT account_id FROM flags)"
    )
    for hidden in (agency, person):
        with store.lease("test") as lease:
            users.save_recused(lease, "sari", (hidden,), by="ratna", at=office.now)
        assert office.export(name=f"{hidden}.html")[1].items == 0


def test_nobody_judges_a_second_time(office: Office):
    [flag] = shown(office, limit=1)
    office.decide(flag, "sari", Verdict.UNSURE)
    assert flag not in shown(office, name="lagi.html")


def test_a_dispute_leaves_the_house_with_nobody(office: Office):
    [flag] = shown(office, limit=1)
    office.decide(flag, "sari", Verdict.SUSPECTED, "MEDSOS-DUKUNG")
    office.decide(flag, "budi", Verdict.NOT_VIOLATION)
    assert len(given := shown(office, reviewer="tina", name="tina.html")) == ALL - 1
    assert flag not in given
    assert office.rows("SELECT DISTINCT stage FROM assignments WHERE person = 'tina'") == [(Stage.BLIND,)]
    with pytest.raises(UsageError, match="joko: role adjudicator rules on what two disagree on; a reviewer judges"):
        office.export("joko", "joko.html")
    assert not (office.folder / "joko.html").exists()


def test_gold_is_among_the_rest_and_looks_like_it(office: Office):
    [flag] = shown(office, limit=1)
    for name in ("sari", "budi"):
        office.decide(flag, name, Verdict.NOT_VIOLATION)
    with office.workspace.store.lease("test") as lease:
        gold.set_gold(lease, Gold(flag, Verdict.NOT_VIOLATION, (), set_by="ketua", set_at=office.now), reason="jelas")
    items = content_of(office.export("tina", "tina.html", limit=3, chance=lambda: 0.0)[0])["items"]
    assert [one["item"] for one in items].count(flag) == 1
    assert len(items) == 3
    [one] = [one for one in items if one["item"] == flag]
    assert (one["why"], one["due"] >= office.now.isoformat()) == ("deadline", True)


@pytest.mark.parametrize(
    ("reviewer", "error", "words"),
    [("agus", UsageError, "auditor judges nothing"), ("siapa", StoreError, "nobody of this name")],
)
def test_only_people_who_judge_are_given_anything(office: Office, reviewer: str, error: type[Exception], words: str):
    with pytest.raises(error, match=words):
        office.export(reviewer)
    assert office.rows("FROM assignments") == []


def test_somebody_shut_out_is_given_nothing(office: Office):
    with office.workspace.store.lease("test") as lease:
        users.save_disabled(lease, "sari", office.now, by="ratna", at=office.now)
    with pytest.raises(UsageError, match="shut out"):
        office.export()


def test_a_file_that_is_there_is_not_written_over(office: Office):
    (office.folder / "telaah.html").write_text("berharga")
    with pytest.raises(UsageError, match="is there already"):
        office.export()
    assert (office.folder / "telaah.html").read_text() == "berharga"
    assert office.rows("FROM assignments") == []


def test_each_item_and_the_file_are_on_the_audit_chain(office: Office):
    _, done = office.export(limit=3)
    with office.workspace.store.lease("test") as lease:
        file, *items = audit.events(lease, limit=4)
        assert audit.verify(lease).ok
    assert (file.action, file.actor, file.subject) == ("review.export", "ratna", done.ticket.id)
    assert (file.detail["sha256"], file.detail["reviewer"], file.detail["items"]) == (done.sha256, "sari", 3)
    assert {(one.action, one.actor, one.detail["by"]) for one in items} == {("item.export", "sari", "ratna")}


def test_pictures_beyond_the_limit_stay_behind_and_the_file_says_so(office: Office, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(export, "PICTURES_MOST", 10)
    [told] = [one["media"] for one in content_of(office.export()[0])["items"] if one["media"]]
    assert (told[0]["src"], told[0]["left_out"]) == (None, True)
