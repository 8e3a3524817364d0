from __future__ import annotations

from dataclasses import replace

import pytest

from scanner.domain.flags import Label, Score
from scanner.errors import StoreError
from scanner.store import flags
from scanner.store.connection import Lease
from tests.store.samples import HOUR, NOON, dump, make_flag


def test_a_flag_comes_back_whole(lease: Lease) -> None:
    assert flags.save_flags(lease, [make_flag()]) == [make_flag().id]
    assert flags.load_flag(lease, make_flag().id) == make_flag()
    assert flags.load_flag(lease, "x:1@0") is None


def test_a_bare_flag_comes_back_too(lease: Lease) -> None:
    bare = make_flag(findings=(), signals=(), mentions=(), exculpatory=(), scores=())
    flags.save_flags(lease, [bare])
    assert flags.load_flag(lease, bare.id) == bare


def test_saving_twice_changes_nothing(lease: Lease) -> None:
    flags.save_flags(lease, [make_flag(1), make_flag(2)])
    before = dump(lease)
    assert flags.save_flags(lease, [make_flag(1), make_flag(2)]) == []
    assert dump(lease) == before


def test_a_version_is_flagged_once_whatever_later_rules_say(lease: Lease) -> None:
    flags.save_flags(lease, [make_flag()])
    first = make_flag()
    later = replace(first, ruleset="2027.01+00000000", signals=first.signals * 3, findings=first.findings[:1])
    assert flags.save_flags(lease, [later, make_flag(2)]) == [make_flag(2).id]
    assert flags.load_flag(lease, first.id) == first


def test_flags_come_back_in_the_order_asked_for(lease: Lease) -> None:
    stored = [make_flag(number, ruleset=f"r{number % 2}") for number in range(5)]
    flags.save_flags(lease, stored)
    ids = [stored[number].id for number in (3, 0, 4)]
    assert list(flags.load_flags(lease, [*ids, "x:1@0"]).items()) == [(stored[n].id, stored[n]) for n in (3, 0, 4)]


def test_an_edit_never_restarts_the_legal_clock(lease: Lease) -> None:
    first = make_flag()
    edits = [replace(first, version_id=f"{first.post_id}@{n}", known_at=NOON + n * HOUR) for n in (2, 1)]
    flags.save_flags(lease, edits)
    assert {flag.known_at for flag in flags.load_flags(lease, [flag.id for flag in edits]).values()} == {NOON + HOUR}
    flags.save_flags(lease, [replace(first, version_id=f"{first.post_id}@3", known_at=NOON + 9 * HOUR)])
    found = flags.load_flag(lease, f"{first.post_id}@3")
    assert found is not None
    assert found.known_at == NOON + HOUR


def test_it_refuses_scores_of_another_model(lease: Lease) -> None:
    foreign = Score(label=Label.CAMPAIGN_SUPPORT, probability=0.5, model_id="m2")
    with pytest.raises(StoreError, match="names model m1, but its scores come from m2"):
        flags.save_flags(lease, [make_flag(scores=(foreign,))])


def test_counts_are_over_all_accounts(lease: Lease) -> None:
    assert (flags.count_flags(lease), flags.count_by_code(lease)) == (0, {})
    flags.save_flags(lease, [make_flag(1), make_flag(2, findings=make_flag().findings[:1])])
    assert flags.count_flags(lease) == 2
    assert flags.count_by_code(lease) == {"AJAKAN-PILIH": 2, "LAYANAN-PILIH": 1}
