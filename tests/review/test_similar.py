"""A reviewer is shown what colleagues agreed on, and nothing of what still waits for somebody."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from scanner.classify.encoding import Encoder, load_static
from scanner.classify.similar import Neighbour, Origin
from scanner.domain.reviews import Verdict
from scanner.review.decide import decide, judgement_of, new_key
from scanner.review.queue import reviewer_named, take_next
from scanner.review.similar import Finder
from scanner.review.undo import undo
from scanner.store import accounts, judgements
from scanner.workspace import Workspace
from tests.conftest import Keep
from tests.corpora import write_corpus
from tests.encoders import write_static
from tests.offices import copy_office, fill, make_office

SAME = ("Ayo coblos Wirya-Laila, dulur", "Ayo coblos Wirya-Laila, dulur semua", "Ayo coblos Wirya-Laila, dulur kabeh")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = make_office(tmp_path_factory.mktemp("office") / "w")
    fill(workspace, SAME)
    return workspace.root


@pytest.fixture
def office(made: Path, tmp_path: Path, keep: Keep) -> Workspace:
    return copy_office(made, tmp_path / "w", keep)


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    return load_static(write_static(tmp_path_factory.mktemp("encoder") / "kecil"))


@pytest.fixture
def make_finder(office: Workspace, encoder: Encoder, tmp_path: Path) -> Callable[[], Finder]:
    corpus = write_corpus(tmp_path / "corpus")
    return partial(
        Finder,
        overlap=2,
        ruleset=office.ruleset,
        election=office.election,
        encoder=encoder,
        corpus=corpus,
        kept=office.models,
    )


@pytest.fixture
def find(office: Workspace, make_finder: Callable[[], Finder]):
    """Find, with a new session, what is similar to the next item of a reviewer."""

    def find(reviewer: str) -> tuple[Neighbour, ...]:
        item = take_next(office.store, reviewer_named(office.store, reviewer))
        assert item is not None
        return make_finder().nearest(office.store, item, reviewer=reviewer)

    return find


def flags(office: Workspace) -> list[str]:
    with office.store.lease("test") as lease:
        return [flag for (flag,) in lease.rows("SELECT id FROM flags ORDER BY id")]


def judge(office: Workspace, flag: str, reviewer: str, verdict: Verdict) -> None:
    said = Verdict.SUSPECTED if verdict is Verdict.WITHDRAWN else verdict
    codes = ("MEDSOS-DUKUNG",) if said is Verdict.SUSPECTED else ()
    decide(office.store, judgement_of(key=new_key(), flag_id=flag, reviewer=reviewer, verdict=said, codes=codes))
    if verdict is Verdict.WITHDRAWN:
        undo(office.store, key=new_key(), flag_id=flag, reviewer=reviewer)


def decided(found: tuple[Neighbour, ...]) -> list[str]:
    return [one.post.id for one in found if one.post.origin is Origin.DECIDED]


def test_without_decisions_the_written_examples_are_shown(find):
    found = find("sari")
    assert found
    assert {one.post.origin for one in found} == {Origin.WRITTEN}


def test_what_two_agreed_on_is_shown_with_their_codes(office: Workspace, find):
    first = flags(office)[0]
    for reviewer in ("budi", "wati"):
        judge(office, first, reviewer, Verdict.SUSPECTED)
    [nearest, *_] = find("sari")
    assert (nearest.post.id, nearest.post.suspected, nearest.post.about) == (first, True, ("MEDSOS-DUKUNG",))
    assert nearest.post.text in SAME
    with office.store.lease("test") as lease:
        shown = lease.rows("SELECT actor, detail FROM audit WHERE action = 'decided.show'")
    assert shown == [("sari", '{"flags":1}')]


@pytest.mark.parametrize(
    "verdicts",
    [
        {"budi": Verdict.SUSPECTED},
        {"budi": Verdict.SUSPECTED, "wati": Verdict.NOT_VIOLATION},
        {"budi": Verdict.UNSURE, "wati": Verdict.UNSURE},
        {"budi": Verdict.SUSPECTED, "wati": Verdict.WITHDRAWN},
    ],
)
def test_what_is_not_agreed_on_stays_hidden(office: Workspace, find, verdicts: dict[str, Verdict]):
    for reviewer, verdict in verdicts.items():
        judge(office, flags(office)[0], reviewer, verdict)
    assert decided(find("sari")) == []


def test_lawful_posts_are_shown_as_such(office: Workspace, find):
    for flag in flags(office)[:2]:
        for reviewer in ("budi", "wati"):
            judge(office, flag, reviewer, Verdict.NOT_VIOLATION)
    found = find("sari")
    assert sorted(decided(found)) == sorted(flags(office)[:2])
    assert [(one.post.suspected, one.post.about) for one in found] == [(False, ())] * 2


def test_posts_of_removed_accounts_are_not_shown(office: Workspace, find):
    for reviewer in ("budi", "wati"):
        judge(office, flags(office)[0], reviewer, Verdict.NOT_VIOLATION)
    item = take_next(office.store, reviewer_named(office.store, "sari"))
    assert item is not None
    with office.store.lease("test") as lease:
        accounts.remove_account(
            lease, item.account.id, reason="pensiun", by="rina", approved_by="joko", at=datetime.now(UTC)
        )
        assert judgements.agreed(lease, overlap=2, limit=9) == {}


def test_the_latest_agreements_come_first_and_no_more_than_asked(office: Workspace):
    ids = flags(office)
    for flag in reversed(ids):
        for reviewer in ("budi", "wati"):
            judge(office, flag, reviewer, Verdict.NOT_VIOLATION)
    with office.store.lease("test") as lease:
        assert list(judgements.agreed(lease, overlap=2, limit=2)) == ids[:2]
        assert judgements.agreed(lease, overlap=3, limit=9) == {}


def test_one_finder_follows_what_is_decided_and_taken_back_as_a_new_one_would(office: Workspace, make_finder):
    item = take_next(office.store, reviewer_named(office.store, "sari"))
    finder, ids = make_finder(), [flag for flag in flags(office) if flag != item.id]
    steps = [
        (ids[0], "budi", Verdict.SUSPECTED),
        (ids[0], "wati", Verdict.SUSPECTED),
        (ids[1], "budi", Verdict.NOT_VIOLATION),
        (ids[1], "wati", Verdict.NOT_VIOLATION),
    ]
    seen = []
    for flag, reviewer, verdict in steps:
        judge(office, flag, reviewer, verdict)
        found = finder.nearest(office.store, item, reviewer="sari")
        assert found == make_finder().nearest(office.store, item, reviewer="sari")
        seen.append(decided(found))
    undo(office.store, key=new_key(), flag_id=ids[1], reviewer="wati")
    found = finder.nearest(office.store, item, reviewer="sari")
    assert found == make_finder().nearest(office.store, item, reviewer="sari")
    assert seen[0] == [] != seen[-1]


def test_what_is_no_more_on_record_is_not_in_memory_either(office: Workspace, make_finder):
    item = take_next(office.store, reviewer_named(office.store, "sari"))
    finder = make_finder()
    for reviewer in ("budi", "wati"):
        judge(office, flags(office)[0], reviewer, Verdict.NOT_VIOLATION)
    finder.nearest(office.store, item, reviewer="sari")
    assert SAME[0] in repr(finder._decided)
    rows = finder._readings.encoded.shape[0]
    with office.store.lease("test") as lease:
        lease.execute("DELETE FROM judgements")
    finder.nearest(office.store, item, reviewer="sari")
    assert finder._decided == []
    assert finder._readings.encoded.shape[0] == rows - 1
    assert SAME[0] not in [one.text for one in finder._judged.posts]


def test_many_may_ask_at_once(office: Workspace, make_finder):
    item = take_next(office.store, reviewer_named(office.store, "sari"))
    finder = make_finder()
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: finder.nearest(office.store, item, reviewer="sari"), range(16)))
    assert len(found) == 1
