"""A workspace full of made-up posts, and snapshots of it: made once, looked at by many tests."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scanner.demo import many
from scanner.demo.show import open_province
from scanner.report.snapshot.office import Office, Order
from scanner.report.snapshot.publish import Published, publish
from scanner.review.agreement import flat, measure_agreement
from scanner.workspace import Workspace, open_workspace

POSTS = 6000
MADE = datetime(2026, 11, 22, 3, tzinfo=UTC)


def make_order(**changes: Any) -> Order:
    values: dict[str, Any] = {"by": "dina", "at": MADE, "series": "uji", "smallest": 10, "keep": 3}
    return Order(**{**values, **changes})


def make_office(workspace: Workspace) -> Office:
    labels = {code: known.label for code, known in workspace.ruleset.codes.items()}
    return Office(
        zone=workspace.election.region.tz,
        phase_on=workspace.election.phase_on,
        election=workspace.election.id,
        ruleset=workspace.ruleset,
        model=workspace.model,
        measure=lambda doubles: flat(measure_agreement(doubles, labels, replicates=20)),
    )


def fill(root: Path, posts: int = POSTS) -> Workspace:
    workspace = open_province(root)
    order = many.Order(
        posts=posts,
        election=workspace.election,
        codes=("AJAKAN-PILIH", "MEDSOS-DUKUNG"),
        ruleset=workspace.ruleset.id,
        model=workspace.model.id,
        now=many.now(),
    )
    assert list(many.make_posts(workspace.store, order, by="uji"))[-1] == posts
    return workspace


@pytest.fixture(scope="session")
def _full(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return fill(tmp_path_factory.mktemp("ramai") / "w")


@pytest.fixture(scope="session")
def live(_full: Workspace) -> Workspace:
    """The workspace behind `published`; not to be changed."""
    return _full


@pytest.fixture(scope="session")
def published(live: Workspace) -> Published:
    """A snapshot of the full workspace."""
    return publish(live.store, make_office(live), make_order())


@pytest.fixture(scope="session")
def other(live: Workspace, published: Published) -> Published:
    """A snapshot of the same record in another series."""
    return publish(live.store, make_office(live), make_order(series="lain", at=MADE + timedelta(hours=1)))


@pytest.fixture(scope="session")
def worded(live: Workspace, published: Published) -> Published:
    """An identifiable snapshot: with words, for a reason and under an agreement."""
    order = make_order(
        series="teks", at=MADE + timedelta(hours=2), with_text=True, reason="kajian bahasa", agreement="PKS-1"
    )
    return publish(live.store, make_office(live), order)


@pytest.fixture
def own(live: Workspace, published: Published, tmp_path: Path) -> Workspace:
    """A copy of the workspace, to be changed, without its snapshots and keys."""
    shutil.copytree(live.root, tmp_path / "w", ignore=shutil.ignore_patterns("snapshots", "keys"))
    return open_workspace(tmp_path / "w")
