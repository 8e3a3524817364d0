"""A small fictional oversight office as a workspace: mandate, election, roster, model, posts and flags, no network."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from scanner.classify.bundle import FORMAT, Config, write_model
from scanner.classify.model import LABELS
from scanner.demo import province
from scanner.demo.cast import load_cast
from scanner.demo.show import ZONE
from scanner.domain.accounts import Account
from scanner.domain.posts import Post
from scanner.roster import read_roster
from scanner.rules.ruleset import load_ruleset
from scanner.scaffold import create_workspace
from scanner.scan.flagging import flag_unscored
from scanner.scan.listing import list_accounts
from scanner.scan.record import finish, start
from scanner.settings import mandate_of
from scanner.store import pages
from scanner.store.connection import Store
from scanner.workspace import ELECTIONS, ROSTER, Workspace, open_workspace
from tests.conftest import Keep
from tests.detect.casts import LOW, PARAMS, make_heads
from tests.store.samples import make_evidence, make_post

MODEL = "tetap"
CALLS = (
    "Ayo coblos Wirya-Laila, dulur",
    "Dang lupa pilih nomor 2, puakhi",
    "Masih pakai PDH, coblos Hasan-Yohana ya",
)
PLAIN = "Hujan sejak subuh, antre berkas di loket"


def today() -> date:
    return datetime.now(ZONE).date()


def make_office(root: Path, *, listed: bool = True) -> Workspace:
    """Make a workspace with a constant model that lists three accounts; without `listed` nobody is on record yet."""
    config = f'model = "{MODEL}"\n{province.config(today())}'
    workspace = create_workspace(root, config=config)
    for name, content in province.elections(today()).items():
        (root / ELECTIONS / name).write_text(content, "utf-8")
    cast = [account for account in load_cast().values() if account.person is not None]
    (root / ROSTER).write_text(province.roster(cast[:3], today()), "utf-8")
    write_constant_model(root / MODEL)
    if listed:
        accounts = read_roster(root / ROSTER).accounts
        list_accounts(workspace.store, accounts, mandate=mandate_of(workspace.settings), by="ketua.rimba")
    return workspace


def copy_office(made: Path, root: Path, keep: Keep) -> Workspace:
    """Copy an office that was made before, and keep its record open as the running desk does."""
    workspace = open_workspace(shutil.copytree(made, root))
    return with_store(workspace, keep(workspace.store))


def with_store(workspace: Workspace, store: Store) -> Workspace:
    """Let a workspace work on a record that is open already."""
    workspace.__dict__["store"] = store  # what `cached_property` gives from now on
    return workspace


def write_constant_model(folder: Path, support: float = LOW, attribute: float = LOW) -> None:
    """Write a model folder that gives every post these probabilities."""
    config = Config(
        format=FORMAT,
        name=folder.name,
        labels=tuple(map(str, LABELS)),
        params=PARAMS,
        heads=make_heads(support, attribute),
        ruleset=load_ruleset().id,
        corpus_sha256="",
        seed=0,
        scikit_learn="",
        files={},
    )
    write_model(folder, config, {"table": np.zeros((len(LABELS), PARAMS.size), dtype=np.float32)}, b"")


def fill(workspace: Workspace, texts: tuple[str, ...] = (*CALLS, PLAIN)) -> None:
    """Put posts of the first listed account on record as a run would, scored and flagged."""
    account = read_roster(workspace.root / ROSTER).accounts[0]
    run = start(workspace.store, "scan", workspace.detector)
    with workspace.store.lease("test") as lease:
        tally = pages.save_page(
            lease,
            run_id=run.id,
            account=account,
            posts=[make_own(number, text, account) for number, text in enumerate(texts, start=1)],
            captures=[make_evidence()],
            cursor=None,
            rejected=(),
            seen_at=datetime.now(UTC),
        )
    finish(workspace.store, run, tally, flag_unscored(workspace.store, workspace.detector), exit_code=0)


def make_own(number: int, text: str, account: Account) -> Post:
    """Return a post of this account, written a few hours ago."""
    at = datetime.now(UTC) - timedelta(hours=number)
    return make_post(number, text=text, account_id=account.id, posted_at=at, media=())
