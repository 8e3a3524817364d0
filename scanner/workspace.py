"""A workspace: the folder in which an oversight body works, and what the doors open from it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from scanner.errors import ModelError, RulesError, SettingsError
from scanner.resources import data_folder
from scanner.settings import CONFIG, Settings, load_settings, mandate_of

if TYPE_CHECKING:
    from scanner.classify.encoding import Encoder
    from scanner.classify.model import Model
    from scanner.collect.client import Client
    from scanner.collect.client_config import ClientConfig
    from scanner.collect.interface import Options
    from scanner.detect.local import Detector
    from scanner.domain.accounts import Platform
    from scanner.report.timestamps import Authority, Told
    from scanner.review.similar import Finder
    from scanner.rules.elections import Election
    from scanner.rules.ruleset import Ruleset
    from scanner.scan.due import Rhythm
    from scanner.scan.media import Bounds
    from scanner.scan.platforms import Platforms
    from scanner.scan.purge import Purge
    from scanner.scan.refresh import Refresh
    from scanner.scan.run import Scan
    from scanner.store import retention
    from scanner.store.connection import Store

ROSTER, ELECTIONS, DATA, LOGS = "roster.csv", "elections", "data", "logs"
RESTORING = "restoring"
"""File of the data folder that is there until a restored backup is rid of what was erased since it was made."""


@dataclass(frozen=True)
class Workspace:
    """An opened workspace. What is costly is read once, when first asked for."""

    root: Path
    settings: Settings

    @property
    def data(self) -> Path:
        """Folder of the database, the evidence and the audit head."""
        return self.root / DATA

    @property
    def store(self) -> Store:
        """The record."""
        from scanner.store.connection import Store

        return Store(self.data / "scanner.duckdb")

    @cached_property
    def ruleset(self) -> Ruleset:
        """The shipped rules."""
        from scanner.rules.ruleset import load_ruleset

        return load_ruleset()

    @cached_property
    def election(self) -> Election:
        """The election watched: the workspace's own file goes before a shipped one."""
        if not self.settings.election:
            raise SettingsError(f"{self.root / CONFIG} election: empty; known: {', '.join(self._known_elections())}")
        return self.load_election(self.settings.election)

    def today(self) -> date:
        """Return the day it is in the election's region: by it mandates and listings run out."""
        return self.election.local_date(datetime.now(UTC))

    @cached_property
    def model(self) -> Model:
        """The classifier named in the settings."""
        from scanner.classify.bundle import load_model

        return load_model(model_folder(self.settings.model, self.root))

    @property
    def models(self) -> Path:
        """Folder of an encoder swapped in, and of what was read with the one in use."""
        return self.data / "models"

    @property
    def corpus(self) -> Path:
        """Folder of the written corpus, from which reviewers are shown examples."""
        return data_folder("models") / "training"

    @cached_property
    def encoder(self) -> Encoder:
        """The encoder that finds similar posts: the shipped one unless another was swapped in."""
        from scanner.classify.swapped import open_encoder

        return open_encoder(self.models)

    def finder(self, overlap: int) -> Finder:
        """What finds similar judged posts for reviewers; ModelError when the encoder cannot be used."""
        from scanner.review.similar import Finder

        return Finder(
            overlap=overlap,
            ruleset=self.ruleset,
            election=self.election,
            encoder=self.encoder,
            corpus=self.corpus,
            kept=self.models,
        )

    @cached_property
    def detector(self) -> Detector:
        """Rules, election and model together."""
        from scanner.detect.local import Detector

        return Detector(ruleset=self.ruleset, model=self.model, election=self.election)

    @contextlib.contextmanager
    def scan(
        self, account_seconds: float | None = None, share: float = 1.0, max_requests: int | None = None
    ) -> Iterator[Scan]:
        """A scan with everything it needs; its client is closed at the end. MandateError when there is no mandate.

        After `account_seconds` a look at one account is ended; `share` of each day's budget may be used by its end,
        and `max_requests` in all, whatever for.
        """
        from scanner.collect.client import Client
        from scanner.scan.run import Scan

        mandate = mandate_of(self.settings)
        with Client(replace(self._client_config(), max_requests=max_requests)) as client:
            yield Scan(
                store=self.store,
                detector=self.detector,
                platforms=self.platforms(client, share),
                mandate=mandate,
                lookback_days=self.settings.lookback_days,
                workers=self.settings.network.workers,
                sweep_days=self.settings.network.sweep_days,
                unflagged_per_day=self.settings.review.unflagged_per_day,
                media=self._media(),
                account_seconds=account_seconds,
            )

    def _media(self) -> Bounds | None:
        from scanner.scan.media import Bounds

        chosen = self.settings.media
        return Bounds(max_per_post=chosen.max_per_post, max_bytes=chosen.max_bytes) if chosen.enabled else None

    @contextlib.contextmanager
    def refresh(self, now: datetime) -> Iterator[Refresh]:
        """Refreshing with everything it needs, under one run on record; its client is closed at the end."""
        from scanner.collect.client import Client
        from scanner.roster import refuse_account
        from scanner.scan.flagging import Flagged
        from scanner.scan.record import finish, recorded
        from scanner.scan.refresh import Refresh
        from scanner.store.accounts import load_accounts

        mandate_of(self.settings)
        today = self.today()
        with self.store.lease("refresh: the list") as lease:
            listed = [account for account in load_accounts(lease) if refuse_account(account, today) is None]
        with (
            Client(self._client_config()) as client,
            recorded(self.store, "refresh", self.detector, client=client) as run,
        ):
            refresh = Refresh(self.store, self.platforms(client), {one.id: one for one in listed}, run.id, now)
            yield refresh
            code = 3 if any(one.notes for one in refresh.done) else 0
            missing = sum(one.missing for one in refresh.done)
            finish(self.store, run, refresh.tally, Flagged(), exit_code=code, missing=missing, client=client)

    def purge(self, now: datetime, *, by: str) -> Purge:
        """Purging with everything it needs."""
        from scanner.scan.purge import Purge
        from scanner.store.outdated import Cutoffs

        days = self.settings.retention
        held = frozenset(name for name, chosen in self.settings.platforms.items() if chosen.legal_hold)
        return Purge(
            store=self.store,
            policy=days.policy(),
            election=self.held_against,
            holds=held,
            cutoffs=Cutoffs(
                history=now - timedelta(days=days.runs_days),
                drafts=now - timedelta(days=days.dismissed_days),
                sessions=now - timedelta(days=days.unflagged_days),
            ),
            exports_before=now - timedelta(days=days.exports_days),
            logs=self.root / LOGS,
            by=by,
            now=now,
        )

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the schedule's times of day are meant."""
        return self.settings.schedule.zone_of(self.election.region.tz)

    @property
    def rhythm(self) -> Rhythm:
        """How often accounts are looked at by schedule."""
        return self.settings.schedule.rhythm(self.zone, self.election.phase_at)

    @property
    def held_against(self) -> retention.Election:
        """The election that posts count for which nothing flagged."""
        from scanner.store.retention import Election

        return Election(id=self.election.id, zone=self.election.region.tz, phase_on=self.election.phase_on)

    def platforms(self, client: Client, share: float = 1.0) -> Platforms:
        """The platforms as they are set, with what was asked of them today and which hosts are to be left alone."""
        from scanner.scan.platforms import Platforms
        from scanner.store import usage, waits

        with self.store.lease("what was asked today") as lease:
            used = usage.load_usage(lease, client.now().date())
            client.pace.keep_to(waits.load_waits(lease, client.now()))
        disabled = frozenset(p for p, chosen in self.settings.platforms.items() if not chosen.enabled)
        return Platforms(client=client, options=self.options, disabled=disabled, used=used, share=share)

    @property
    def authority(self) -> Authority | None:
        """Who vouches for the heads of the chains; None where nobody is set."""
        from scanner.report.timestamps import Authority

        chosen = self.settings.timestamps
        return Authority(url=chosen.url, ca_file=self.root / chosen.ca_file) if chosen.url else None

    def stamp(self, *, by: str) -> Told:
        """Ask the authority to vouch for the heads as they are now; SettingsError where nobody is set."""
        from scanner.collect.client import Client
        from scanner.report.timestamps import ask

        if self.authority is None:
            raise SettingsError(f"{self.root / CONFIG} [timestamps]: url and ca_file are not set; nobody can be asked")
        with Client(self._client_config()) as client:
            return ask(self.store, client, self.authority, by=by)

    def _client_config(self) -> ClientConfig:
        from scanner.collect.client_config import ClientConfig

        network = self.settings.network
        return ClientConfig(
            contact=network.contact,
            min_interval=network.min_interval,
            deadline=network.deadline,
            allow_hosts=network.allow_hosts,
        )

    def options(self, platform: Platform) -> Options:
        """What is set for one platform, as its collector takes it."""
        from scanner.collect.interface import Options

        chosen = self.settings.platform(platform)
        return Options(
            base_url=chosen.base_url,
            directory=chosen.directory,
            terms_approval=chosen.terms_approval,
            keys={name: secret.get_secret_value() for name, secret in chosen.keys.items()},
            daily_budget=chosen.daily_budget,
            interval=chosen.min_interval,
            canary=chosen.canary,
            legal_hold=chosen.legal_hold,
        )

    def load_election(self, name: str) -> Election:
        """Read an election by id; raises RulesError naming the known ones."""
        from scanner.rules.election_files import load_election

        for folder in self._election_folders():
            if (folder / f"{name}.yaml").is_file():
                return load_election(folder / f"{name}.yaml")
        raise RulesError(f"election '{name}' is not known; known: {', '.join(self._known_elections())}")

    def _election_folders(self) -> tuple[Path, Path]:
        return self.root / ELECTIONS, data_folder("keywords") / "elections"

    def _known_elections(self) -> list[str]:
        return sorted({path.stem for folder in self._election_folders() for path in folder.glob("*.yaml")})


def open_workspace(root: Path) -> Workspace:
    """Open the workspace in this folder; raises SettingsError when it is none, or is being restored."""
    if (root / DATA / RESTORING).exists():
        raise SettingsError(f"{root}: a backup is being restored into it, or that was cut off: run `scanner restore`")
    return Workspace(root=root, settings=load_settings(root))


def model_folder(name: str, root: Path | None = None) -> Path:
    """Find a model by folder or by the name of a shipped one; raises ModelError naming the shipped ones."""
    shipped = data_folder("models")
    for folder in (Path(name), (root or Path()) / name, shipped / name):
        if (folder / "config.json").is_file():
            return folder
    known = sorted(path.parent.name for path in shipped.glob("*/config.json"))
    raise ModelError(f"model '{name}' is neither a model folder nor a shipped model; shipped: {', '.join(known)}")
