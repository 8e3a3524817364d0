"""Where nothing is wrong nothing is said: in a hundred examinations, after all that people do, at all hours."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from scanner.demo.show import demo_day
from scanner.doctor import State, examine
from scanner.domain.reviews import Verdict
from scanner.report.backup.backup import Order, make_backup
from scanner.report.backup.keys import make_key, recipient_of
from scanner.review.decide import decide, judgement_of
from scanner.review.queue import take_next
from scanner.store.users import load_users
from scanner.workspace import Workspace, open_workspace
from tests.doctor.conftest import make_sound, rewrite
from tests.doctor.faults import past_its_days
from tests.offices import make_office, write_constant_model

pytestmark = pytest.mark.slow
HOUR = timedelta(hours=1)
RUNS = 100


def scanned(root: Path) -> Workspace:
    """Scan the demo's platform twice, for real."""
    model = root.parent / "tetap"
    write_constant_model(model)
    for _ in range(2):
        with demo_day(root) as day:
            settings = day.workspace.settings.model_copy(update={"model": str(model)})
            workspace = Workspace(root=root, settings=settings)
            with workspace.scan() as prepared:
                prepared.run(prepared.plan(datetime.now(UTC)))
    rewrite(root / "scanner.toml", "min_interval = 0.0", "min_interval = 2.0")
    rewrite(root / "scanner.toml", "election =", f'model = "{model}"\nelection =')
    return open_workspace(root)


def judged(root: Path) -> Workspace:
    workspace = make_sound(root)
    with workspace.store.lease("uji") as lease:
        people = [one for one in load_users(lease) if one.role == "reviewer"]
    for person in people:
        while (item := take_next(workspace.store, person)) is not None:
            said = judgement_of(f"{person.name}-{item.id}", item.id, person.name, Verdict.NOT_VIOLATION)
            decide(workspace.store, said)
    return workspace


def purged(root: Path) -> Workspace:
    workspace = make_sound(root)
    past_its_days(root, pytest.MonkeyPatch())
    assert sum(workspace.purge(datetime.now(UTC), by="uji").run().posts.values()) == 1
    return workspace


def backed_up(root: Path) -> Workspace:
    workspace, now = make_sound(root), datetime.now(UTC)
    key = recipient_of(make_key(root.parent / "kunci"))
    make_backup(workspace.store, Order(root.parent / "cadangan", key, by="uji", at=now, keep_days=35))
    return workspace


MADE = {
    "listed": make_sound,
    "judged": judged,
    "purged": purged,
    "backed up": backed_up,
    "scanned": scanned,
}


@pytest.fixture(scope="module", params=MADE)
def lived(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("lived") / "w"
    MADE[request.param](root)
    yield root
    shutil.rmtree(root)


def moments(now: datetime, count: int) -> Iterator[datetime]:
    """Yield moments of the next day, those around midnight in Jakarta (17:00 UTC) first."""
    midnight = datetime.combine(now.date(), time(17), UTC)
    midnight += timedelta(days=midnight < now)
    for seconds in (-1, 0, 1, 3600):
        yield midnight + timedelta(seconds=seconds)
    for number in range(count - 4):
        yield now + number * 24 * HOUR / count


def test_nothing_is_said_of_a_workspace_in_which_nothing_is_wrong(lived: Path):
    alarms = [
        (moment, check)
        for moment in moments(datetime.now(UTC), RUNS // len(MADE))
        for check in examine(lived, now=moment)
        if check.state is not State.OK
    ]
    assert alarms == []


def test_a_workspace_into_which_nothing_was_read_yet_is_fine_but_for_its_roster(tmp_path: Path):
    root = make_office(tmp_path / "w", listed=False).root
    rewrite(root / "scanner.toml", "min_interval = 0.0", "min_interval = 2.0")
    assert {check.name for check in examine(root) if check.state is State.FAILED} == {"roster"}
