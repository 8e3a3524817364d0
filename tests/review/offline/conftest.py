"""An office with posts of every difficulty and people who judge offline, made once and copied for each test."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scanner.domain.captures import sha256
from scanner.domain.posts import Media, Post
from scanner.domain.reviews import Verdict
from scanner.domain.users import Role
from scanner.review.clock import clock_for
from scanner.review.decide import decide, judgement_of, new_key
from scanner.review.keys import open_codes
from scanner.review.offline.export import Exported, Order, Rules, export_review
from scanner.review.offline.forms import FORMS
from scanner.review.offline.taking import Desk
from scanner.roster import read_roster
from scanner.scan.flagging import flag_unscored
from scanner.scan.record import finish, start
from scanner.store import media, pages
from scanner.store.media import Medium, State
from scanner.workspace import ROSTER, Workspace
from tests.collect.images import packed, scene
from tests.conftest import Keep
from tests.offices import copy_office, make_office, make_own
from tests.people import add_person
from tests.review.offline.payloads import PAYLOADS
from tests.store.samples import make_evidence

CALL = "Ayo coblos Wirya-Laila, dulur"
PICTURE = packed(scene(40, 30), "PNG")


@dataclass(frozen=True)
class Office:
    """A workspace in which people judge offline."""

    workspace: Workspace
    now: datetime
    folder: Path
    """For files that go out and come back."""

    def rules(self) -> Rules:
        """By what an export is made."""
        return Rules(
            overlap=2,
            clock=clock_for([self.workspace.election]),
            ruleset=self.workspace.ruleset,
            zone=ZoneInfo("Asia/Jakarta"),
            guideline="# Pedoman\n\n---\n# Guideline\n",
        )

    def export(self, reviewer: str = "sari", name: str = "telaah.html", **changes: Any) -> tuple[Path, Exported]:
        """Export what waits for somebody; without gold unless `chance` says so."""
        target, chance = self.folder / name, changes.pop("chance", lambda: 1.0)
        form = changes.pop("form", FORMS["html"])
        order = Order(**{"reviewer": reviewer, "by": "ratna", "at": self.now, "limit": 30, **changes})
        return target, export_review(self.workspace.store, target, order, self.rules(), form=form, chance=chance)

    def desk(self, **changes: Any) -> Desk:
        """Where files are taken in."""
        codes = {code.code for code in open_codes(self.workspace.ruleset)}
        values: dict[str, Any] = {
            "store": self.workspace.store,
            "codes": codes,
            "overlap": 2,
            "by": "ratna",
            "now": self.now,
        }
        return Desk(**{**values, **changes})

    def decide(self, item: str, who: str, verdict: Verdict, *codes: str, at: datetime | None = None) -> None:
        """Let somebody judge an item at the desk."""
        store, now = self.workspace.store, at or self.now
        decide(store, judgement_of(key=new_key(), flag_id=item, reviewer=who, verdict=verdict, codes=codes, now=now))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return what is on record."""
        with self.workspace.store.lease("test") as lease:
            return lease.rows(sql)


def content_of(page: Path) -> dict[str, Any]:
    """Return what the script of a page is given."""
    [told] = re.findall(r'<script type="application/json" id="content">(.*?)</script>', page.read_text("utf-8"))
    return json.loads(told)  # type: ignore[no-any-return]


def judge(page: Path, verdict: str = "not_violation", codes: Sequence[str] = (), **changes: Any) -> dict[str, Any]:
    """Return the file of judgements that the page would give back for the same verdict on every post."""
    told = content_of(page)
    lines = [
        {"item": one["item"], "seal": one["seal"], "verdict": verdict, "codes": list(codes), "note": "", "seconds": 9.5}
        for one in told["items"]
    ]
    head = {key: told[key] for key in ("format", "export", "reviewer", "valid_until")}
    return {**head, "judgements": lines, **changes}


def put_posts(workspace: Workspace, posts: Sequence[Post]) -> None:
    """Put posts of the first listed account on record, scored and flagged, each with its pictures."""
    account = read_roster(workspace.root / ROSTER).accounts[0]
    run = start(workspace.store, "scan", workspace.detector)
    with workspace.store.lease("test") as lease:
        tally = pages.save_page(
            lease,
            run_id=run.id,
            account=account,
            posts=posts,
            captures=[make_evidence()],
            cursor=None,
            rejected=(),
            seen_at=datetime.now(UTC),
        )
        for post in (one for one in posts if one.media):
            media.save_medium(lease, _fetched(post), make_evidence(PICTURE, media_type="image/png"), PICTURE)
    finish(workspace.store, run, tally, flag_unscored(workspace.store, workspace.detector), exit_code=0)


def _fetched(post: Post) -> Medium:
    return Medium(
        version_id=post.version_id,
        position=0,
        url="https://desa.example/gambar.png",
        state=State.FETCHED,
        sha256=sha256(PICTURE),
        display_sha256=sha256(PICTURE),
        display_type="image/png",
        width=40,
        height=30,
    )


def make(root: Path, texts: Sequence[str]) -> Path:
    """Make an office in which each of these texts calls to vote and is flagged, the last one with a picture."""
    workspace = make_office(root)
    account = read_roster(workspace.root / ROSTER).accounts[0]
    posts = [make_own(number, f"{CALL} {text}", account) for number, text in enumerate(texts, start=1)]
    posts[-1] = replace(posts[-1], media=(Media(kind="image", description=f"poster {PAYLOADS[0]}"),))
    put_posts(workspace, posts)
    for name in ("sari", "budi", "tina"):
        add_person(workspace.store, name, role=Role.REVIEWER)
    add_person(workspace.store, "joko", role=Role.ADJUDICATOR)
    add_person(workspace.store, "agus", role=Role.AUDITOR)
    return root


@pytest.fixture(scope="session")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("offline") / "kantor", [f"RT {number}" for number in range(4)])


@pytest.fixture(scope="session")
def _made_hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("hostile") / "kantor", [*PAYLOADS, *(f"RT {number}" for number in range(6))])


@pytest.fixture
def office(_made: Path, tmp_path: Path, keep: Keep) -> Office:
    """Return an office of one's own: four posts, three reviewers, a chair and an auditor."""
    return _copy(_made, tmp_path, keep)


@pytest.fixture
def hostile_office(_made_hostile: Path, tmp_path: Path, keep: Keep) -> Office:
    """Return one with twenty posts, of which fourteen try to be more than words."""
    return _copy(_made_hostile, tmp_path, keep)


def _copy(made: Path, folder: Path, keep: Keep) -> Office:
    workspace = copy_office(made, folder / "kantor", keep)
    return Office(workspace=workspace, now=datetime.now(UTC), folder=folder)
