"""Whatever is done to people in whatever order, a token is worth what the last change left it (reliability A3, A6)."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, rule

from scanner.domain.users import Role
from scanner.errors import SignInRefused
from scanner.review import users
from scanner.review.signin import IDLE, LONGEST, session_user, sign_out
from scanner.store import audit
from scanner.store.connection import Store
from scanner.store.owner import own
from tests.people import CHEAP, Person, add_person
from tests.store.samples import NOON

NAMES = st.sampled_from(["sari", "budi"])
BY = "joko"


@dataclass
class Known:
    """What must hold of one person."""

    person: Person
    role: Role = Role.REVIEWER
    disabled: bool = False


@dataclass
class Held:
    """A token, and since when it has been used."""

    name: str
    began: datetime
    seen: datetime
    ended: bool = False

    def over(self, now: datetime) -> bool:
        return self.ended or now - self.seen >= IDLE or now - self.began >= LONGEST


class Desk(RuleBasedStateMachine):
    tokens = Bundle("tokens")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.open = ExitStack()
        self.store = self.open.enter_context(own(Store(self.folder / "data" / "scanner.duckdb")))
        self.people = {name: Known(add_person(self.store, name)) for name in ("sari", "budi")}
        self.now = NOON
        self.held: dict[str, Held] = {}

    def teardown(self) -> None:
        with self.store.lease("check") as lease:
            report = audit.verify(lease)
        self.open.close()
        shutil.rmtree(self.folder)
        assert report.problems == ()

    def end_all(self, name: str) -> None:
        for held in self.held.values():
            held.ended = held.ended or held.name == name

    @rule(seconds=st.sampled_from([31, 600, 29 * 60, 31 * 60, 5 * 3600]))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(target=tokens, name=NAMES)
    def enter(self, name: str) -> str:
        self.now += timedelta(seconds=90)  # another code, and no pause after a refusal
        known = self.people[name]
        try:
            signed = known.person.enter(self.store, self.now)
        except SignInRefused:
            assert known.disabled
            return ""
        assert not known.disabled
        assert signed.token not in self.held
        self.held[signed.token] = Held(name, self.now, self.now)
        return signed.token

    @rule(token=tokens)
    def ask(self, token: str) -> None:
        user, held = session_user(self.store, token, self.now), self.held.get(token)
        if held is None or held.over(self.now):
            assert user is None
            return
        assert user is not None
        assert (user.name, user.role, user.disabled_at) == (held.name, self.people[held.name].role, None)
        held.seen = self.now

    @rule(token=tokens)
    def leave(self, token: str) -> None:
        sign_out(self.store, token, self.now)
        if token in self.held:
            self.held[token].ended = True

    @rule(name=NAMES, role=st.sampled_from(Role))
    def change_role(self, name: str, role: Role) -> None:
        users.change_role(self.store, name, role, by=BY, now=self.now)
        self.people[name].role = role
        self.end_all(name)

    @rule(name=NAMES)
    def shut_out(self, name: str) -> None:
        users.disable_user(self.store, name, by=BY, now=self.now)
        self.people[name].disabled = True
        self.end_all(name)

    @rule(name=NAMES)
    def let_in(self, name: str) -> None:
        users.enable_user(self.store, name, by=BY, now=self.now)
        self.people[name].disabled = False
        self.end_all(name)

    @rule(name=NAMES)
    def reset(self, name: str) -> None:
        issued = users.reset_user(self.store, name, by=BY, now=self.now, hasher=CHEAP)
        known = self.people[name]
        known.person = replace(known.person, password=issued.password, otpauth=issued.otpauth)
        self.end_all(name)


Desk.TestCase.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestDesk = pytest.mark.slow(Desk.TestCase)
