"""Only what reviewers settled teaches, and only what they said: no guess is made about the other label."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner.domain.reviews import Verdict
from scanner.review.decide import decide, judgement_of, new_key
from scanner.review.teaching import settled_posts
from scanner.store import accounts, flags, judgements
from scanner.workspace import Workspace
from tests.conftest import Keep
from tests.offices import CALLS, copy_office, fill, make_office

YES, NO, UNSURE = Verdict.SUSPECTED, Verdict.NOT_VIOLATION, Verdict.UNSURE
SUPPORT, ATTRIBUTE, NEITHER = "MEDSOS-DUKUNG", "ATRIBUT-PNS", "KARIR-MUTASI"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = make_office(tmp_path_factory.mktemp("office") / "w")
    fill(workspace, CALLS[:1])
    return workspace.root


@pytest.fixture
def office(made: Path, tmp_path: Path, keep: Keep) -> Workspace:
    return copy_office(made, tmp_path / "w", keep)


def judge(office: Workspace, *verdicts: Verdict, codes: tuple[str, ...] = (SUPPORT,)) -> None:
    [flag] = flag_ids(office)
    for number, verdict in enumerate(verdicts):
        named = codes if verdict is YES else ()
        decide(
            office.store,
            judgement_of(key=new_key(), flag_id=flag, reviewer=f"r{number}", verdict=verdict, codes=named),
            overlap=9,
        )


def flag_ids(office: Workspace) -> list[str]:
    with office.store.lease("test") as lease:
        return [flag for (flag,) in lease.rows("SELECT id FROM flags ORDER BY id")]


def taught(office: Workspace) -> list[tuple[str, int, int | None]]:
    found = settled_posts(office.store, actor="ketua", overlap=2, ruleset=office.ruleset)
    return [(post.text, post.campaign_support, post.pns_attribute_use) for post in found]


@pytest.mark.parametrize(
    ("verdicts", "label"),
    [
        ((YES, YES), (1, None)),
        ((NO, NO), (0, 0)),
        ((YES, NO, YES), (1, None)),
        ((YES, NO, NO), (0, 0)),
        ((YES, YES, UNSURE), (1, None)),
        ((YES,), None),
        ((YES, NO), None),
        ((YES, YES, NO, NO), None),
        ((UNSURE, UNSURE), None),
        ((YES, UNSURE), None),
    ],
)
def test_what_is_settled_teaches_and_nothing_else(office: Workspace, verdicts, label):
    judge(office, *verdicts)
    assert taught(office) == ([] if label is None else [(CALLS[0], *label)])


@pytest.mark.parametrize(
    ("codes", "label"),
    [((SUPPORT,), (1, None)), ((SUPPORT, ATTRIBUTE), (1, 1)), ((ATTRIBUTE,), None), ((NEITHER,), None)],
)
def test_the_codes_that_were_named_tell_the_labels(office: Workspace, codes, label):
    judge(office, YES, YES, codes=codes)
    assert taught(office) == ([] if label is None else [(CALLS[0], *label)])


def test_codes_of_those_who_were_outvoted_do_not_count(office: Workspace):
    [flag] = flag_ids(office)
    for reviewer, verdict, codes in (("a", YES, (SUPPORT,)), ("b", NO, ()), ("c", NO, ())):
        decide(
            office.store,
            judgement_of(key=new_key(), flag_id=flag, reviewer=reviewer, verdict=verdict, codes=codes),
            overlap=9,
        )
    with office.store.lease("test") as lease:
        assert judgements.settled(lease, overlap=2) == {flag: (NO, ())}


def test_that_the_texts_were_read_is_on_record(office: Workspace):
    assert taught(office) == []
    judge(office, YES, YES)
    taught(office)
    with office.store.lease("test") as lease:
        read = lease.rows("SELECT actor, detail FROM audit WHERE action = 'settled.train'")
    assert read == [("ketua", '{"flags":1}')]


def test_posts_of_removed_accounts_teach_nothing(office: Workspace):
    judge(office, YES, YES)
    with office.store.lease("test") as lease:
        account = flags.load_flag(lease, flag_ids_in(lease)).account_id
        accounts.remove_account(lease, account, reason="pensiun", by="rina", approved_by="joko", at=datetime.now(UTC))
    assert taught(office) == []


def flag_ids_in(lease) -> str:
    [(flag,)] = lease.rows("SELECT id FROM flags")
    return flag
