"""Whatever goes wrong is named by its own check, and by no other, with what to do next."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scanner.doctor import CHECKS, State
from tests.doctor.conftest import failed, made
from tests.doctor.faults import FAULTS, Fault

by_id = pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.id)


@pytest.mark.slow
@by_id
def test_each_fault_is_named_by_its_own_check_alone(fault: Fault, office: Path, monkeypatch: pytest.MonkeyPatch):
    fault.seed(office, monkeypatch)
    found = failed(office, deep=fault.deep, later=fault.later)
    assert list(found) == [fault.name], found
    assert re.search(fault.says, found[fault.name]), found


QUICK = (
    "packages",
    "environment",
    "DPIA",
    "calendar",
    "schema",
    "words",
    "sign-in",
    "schedule",
    "runs ahead",
    "logs",
    "exports",
)


@pytest.mark.parametrize(
    "fault", [next(one for one in FAULTS if one.name == name) for name in QUICK], ids=lambda fault: fault.id
)
def test_some_faults_are_named_by_their_check(fault: Fault, office: Path, monkeypatch: pytest.MonkeyPatch):
    assert made(office, fault.name, later=fault.later).state is State.OK
    fault.seed(office, monkeypatch)
    found = made(office, fault.name, later=fault.later)
    assert found.state in (State.FAILED, State.WARNING)
    assert re.search(fault.says, found.next_step)


def test_nearly_every_check_has_a_fault_that_it_alone_names():
    assert len(FAULTS) >= 40
    hard_to_seed = {"database lock", "platforms answer"}  # which have tests of their own
    assert CHECKS.keys() - {fault.name for fault in FAULTS} == hard_to_seed
