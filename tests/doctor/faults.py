"""What can go wrong with a workspace, each seeded by itself, with the check that has to name it."""

from __future__ import annotations

import json
import os
import shutil
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scanner import resources
from scanner.classify.bundle import FORMAT, Config, write_model
from scanner.classify.features import features
from scanner.classify.model import LABELS
from scanner.doctor import machine, models
from scanner.domain.accounts import Confidence, Platform
from scanner.domain.runs import Coverage, Outcome, Rejected, Tally
from scanner.errors import StoreError
from scanner.notify import notes, outbox
from scanner.notify.notes import Note
from scanner.resources import data_folder
from scanner.rules.match import Matcher
from scanner.rules.ruleset import load_ruleset
from scanner.settings import load_settings
from scanner.store import accounts, audit, checkup, exports, leftovers, quarantine, runs, waits
from scanner.store.connection import Lease
from scanner.store.exports import Export
from scanner.store.leftovers import Kind
from scanner.workspace import open_workspace
from tests.detect.casts import LOW, PARAMS, make_heads
from tests.doctor.conftest import rewrite
from tests.offices import MODEL, today
from tests.store.samples import make_account

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong."""

    name: str
    """The check that has to name it."""
    says: str
    """What to do next, as a pattern."""
    seed: Callable[[Path, pytest.MonkeyPatch], None]
    later: timedelta = timedelta()
    """When it is looked at, from now."""
    deep: bool = False

    @property
    def id(self) -> str:
        return f"{self.name}: {self.seed.__name__.strip('_')}"


FAULTS: list[Fault] = []


def fault(name: str, says: str, **how: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Enter what a function breaks into the list."""

    def enter(seed: Callable[..., None]) -> Callable[..., None]:
        FAULTS.append(Fault(name, says, seed, **how))
        return seed

    return enter


def config(root: Path, old: str, new: str) -> None:
    rewrite(root / "scanner.toml", old, new)


def add_config(root: Path, text: str) -> None:
    path = root / "scanner.toml"
    path.write_text(f"{path.read_text('utf-8')}\n{text}\n", "utf-8")


def secret(root: Path, text: str) -> None:
    (root / "secrets.toml").write_text(text, "utf-8")


def sql(root: Path, *statements: str, **values: Any) -> None:
    with open_workspace(root).store.lease("uji") as lease:
        for statement in statements:
            named = {key: value for key, value in values.items() if f"${key}" in statement}
            lease.execute(statement, named or None)


def doing(root: Path, work: Callable[[Lease], Any]) -> None:
    with open_workspace(root).store.lease("uji") as lease:
        work(lease)


def now() -> datetime:
    return datetime.now(UTC)


def own_keywords(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the scanner an installation of its own, whose keywords may be broken."""
    home = root.parent / "installed"
    shutil.copytree(data_folder("keywords"), home / "keywords")
    (home / "models").symlink_to(data_folder("models"))
    monkeypatch.setattr(resources, "_PACKAGE", home / "scanner")
    return home / "keywords"


# The machine


@fault("python", "install Python 3.11 or newer")
def old_python(_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "OLDEST", (99, 0))


@fault("packages", r"numpy 1\.0 is installed, .*1\.26.* is needed: install the scanner again")
def old_package(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = root.parent / "site" / "numpy-1.0.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 1.0\n")
    monkeypatch.syspath_prepend(str(folder.parent))


@fault("user", "runs as root")
def as_root(_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)


@fault("owner", "chown -R")
def file_of_somebody_else(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    if os.getuid() != 0:
        pytest.skip("only root can give files away")
    os.chown(root / "data" / "audit.head", 65534, 65534)


@fault("time zones", "Asia/Jakarta is 0:00:00 ahead of UTC here instead of 7 hours")
def wrong_zones(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = zoneinfo.TZPATH
    folder = root.parent / "zones"
    (folder / "Asia").mkdir(parents=True)
    utc = next(Path(path, "UTC") for path in (*before, *map(str, _tzdata())) if Path(path, "UTC").is_file())
    shutil.copy(utc, folder / "Asia" / "Jakarta")
    monkeypatch.setattr(machine, "ZoneInfo", _Zones(folder))


@dataclass(frozen=True)
class _Zones:
    """A system whose zones lie in another folder."""

    folder: Path

    def no_cache(self, name: str) -> zoneinfo.ZoneInfo:
        with (self.folder / name).open("rb") as file:
            return zoneinfo.ZoneInfo.from_file(file, key=name)


def _tzdata() -> list[Path]:
    import tzdata

    return [Path(tzdata.__file__).parent / "zoneinfo"]


@fault("free space", "purging needs it")
def full_disk(_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "LEAST_FREE", 1 << 62)


@fault("free space", "less than a tenth of the disk is free")
def nearly_full_disk(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type(shutil.disk_usage(root))
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(100 << 30, 95 << 30, 5 << 30))


@fault("clock", r"but something happened at .*: set it", later=-HOUR)
def clock_set_back(_root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing else is wrong."""


# How it is set up


@fault("secrets", "chmod 600")
def open_secrets(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "secrets.toml").chmod(0o644)


@fault("settings", r"scanner.toml:\d+ network.workerz: .*known here: .*workers")
def unknown_key(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    config(root, "[network]", "[network]\nworkerz = 3")


@fault("settings", r"scanner.toml:\d+: not valid TOML")
def bad_toml(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    config(root, "[network]", "[network")


@fault("settings", r"scanner.toml:\d+ network.workers: .*less than or equal to 10")
def out_of_bounds(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    config(root, "[network]", "[network]\nworkers = 99")


@fault("environment", "SCANNER_NETWROK__WORKERS in the environment: there is no such setting")
def mistyped_variable(_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCANNER_NETWROK__WORKERS", "2")


@fault("politeness", "network.min_interval")
def impolite(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    config(root, "min_interval = 2.0", "min_interval = 0.1")


@fault("politeness", "network.contact: empty")
def without_contact(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    config(root, "contact =", "# contact =")


@fault("addresses", r"10\.0\.0\.5:443 opens a private network")
def private_network(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    config(root, "[network]", '[network]\nallow_hosts = ["127.0.0.1:1", "10.0.0.5:443"]')


@fault("addresses", "without https")
def unencrypted_platform(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    add_config(root, '[platforms.x]\nbase_url = "http://relay.example"')


@fault("restoring", "run `scanner restore`")
def cut_off_restore(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "data" / "restoring").touch()


@fault("data folder", "chmod 700")
def open_data(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "data").chmod(0o755)


@fault("file modes", "chmod go= .*roster.csv")
def open_roster(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "roster.csv").chmod(0o644)


@fault("file modes", "chmod go-w")
def anybody_may_put_files(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    root.chmod(0o777)


# The lawful ground


@fault("DPIA", "name the impact assessment")
def without_dpia(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    config(root, 'dpia_id = "DPIA-NR-2026-03 (fiktif)"', 'dpia_id = ""')


@fault("DPIA", "name the impact assessment")
def dpia_to_come(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    config(root, 'dpia_id = "DPIA-NR-2026-03 (fiktif)"', 'dpia_id = "TBD"')


def valid_until(root: Path) -> str:
    return f"valid_until = {load_settings(root).mandate.valid_until}"


@fault("mandate", "renew it")
def expired_mandate(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    config(root, valid_until(root), "valid_until = 2020-01-01")


@fault("mandate", "controller missing")
def nobodys_mandate(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    config(root, 'controller = "Bawaslu Provinsi Nusa Rimba (fiktif)"', 'controller = ""')


@fault("mandate end", "renew it in time")
def ending_mandate(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    config(root, valid_until(root), f"valid_until = {today() + 5 * DAY}")


# What posts are judged by


@fault("keywords", "the installation is incomplete")
def missing_keywords(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = own_keywords(root, monkeypatch)
    folder.rename(folder.with_name("words"))


@fault("rules", "version.yaml")
def broken_rules(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (own_keywords(root, monkeypatch) / "rules" / "version.yaml").write_text("version: [", "utf-8")


@fault("clauses", "no clause it cites is in force today")
def lapsed_clauses(_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ruleset = load_ruleset()
    lapsed = {key: replace(one, valid_to=today() - 400 * DAY) for key, one in ruleset.clauses.items()}
    monkeypatch.setattr("scanner.doctor.rules.load_ruleset", lambda: replace(ruleset, clauses=lapsed))


@fault("deadlines", "the holidays of .* are not known")
def unknown_holidays(_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanner.doctor.rules.is_working", lambda _day: True)


@fault("election", "known: .*pilgub-nusa-rimba")
def unknown_election(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    config(root, 'election = "pilgub-nusa-rimba"', 'election = "pilgub-antah"')


def calendar_line(root: Path, name: str) -> tuple[Path, str]:
    path = root / "elections" / "pilgub-nusa-rimba.yaml"
    return path, next(line for line in path.read_text("utf-8").splitlines() if line.strip().startswith(f"{name}:"))


@fault("calendar", "hari_h not known, so these phases never begin")
def unknown_polling_day(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    path, line = calendar_line(root, "hari_h")
    rewrite(path, line, "  hari_h: null")


# What scores them


@fault("model", "fetch the model again")
def damaged_model(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    (root / MODEL / "weights.safetensors").write_bytes(b"else")


@fault("model", "run `scanner train`")
def outdated_model(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    rewrite(root / MODEL / "config.json", load_ruleset().id, "2020.01+00000000")


@fault("scikit-learn", r"trained with scikit-learn 99\.1")
def newer_model(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    rewrite(root / MODEL / "config.json", '"scikit_learn": ""', '"scikit_learn": "99.1.0"')


@fault("smoke test", "everyday texts score higher than calls to vote")
def model_the_wrong_way_round(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    table = np.zeros((len(LABELS), PARAMS.size), dtype=np.float32)
    read = features([Matcher(load_ruleset(), ()).match(text) for text in models.DAILY], PARAMS)
    table[0, np.unique(read.slots)] = 0.5
    shutil.rmtree(root / MODEL)
    made = Config(
        format=FORMAT,
        name=MODEL,
        labels=tuple(map(str, LABELS)),
        params=PARAMS,
        heads=make_heads(LOW, LOW),
        ruleset=load_ruleset().id,
        corpus_sha256="",
        seed=0,
        scikit_learn="",
        files={},
    )
    write_model(root / MODEL, made, {"table": table}, b"")


@fault("encoder", r"modules\.json: missing since hilang was swapped in; .*--shipped")
def lost_encoder(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    record = {"name": "hilang", "folder": "hilang", "revision": None, "prefix": "", "dimensions": 8}
    (root / "data" / "models").mkdir(exist_ok=True)
    (root / "data" / "models" / "encoder.json").write_text(json.dumps(record | {"files": {"modules.json": "0" * 64}}))


# The database


@fault("write-ahead log", "a killed process left it")
def old_log(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = root / "data" / "scanner.duckdb.wal"
    path.touch()
    os.utime(path, (0, (now() - 3 * DAY).timestamp()))


@fault("schema", "update the scanner")
def newer_schema(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    sql(root, "INSERT INTO migrations VALUES ('m999_future', now())")


@fault("schema", "run `scanner upgrade`")
def older_schema(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    sql(root, "DELETE FROM migrations WHERE name = (SELECT max(name) FROM migrations)")


@fault("schema", "restore the last backup")
def damaged_database(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "data" / "scanner.duckdb").write_bytes(b"no database" * 2000)


@fault("database", "restore it from a backup")
def lost_database(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "data" / "scanner.duckdb").unlink()


@fault("words", "the words of 1 versions do not fit their id")
def altered_words(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    sql(root, "UPDATE versions SET text = text || '!' WHERE id = (SELECT min(id) FROM versions)")


@fault("erasing", "run `scanner purge`", later=2 * HOUR)
def unfinished_erasing(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    doing(root, lambda lease: leftovers.note(lease, Kind.CAPTURE, ["0" * 64]))


# Whether it can be trusted


@fault("audit chain", "event 1 was altered")
def altered_event(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    sql(root, "UPDATE audit SET actor = 'orang lain' WHERE seq = 1")


@fault("audit chain", "the anchor is missing")
def missing_anchor(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "data" / "audit.head").unlink()


@fault("audit chain", "the end of the chain was cut off")
def cut_chain(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    sql(root, "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)")


@fault("audit chain", "events 2 to 2 are missing")
def missing_event(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    sql(root, "DELETE FROM audit WHERE seq = 2")


@fault("manifest", "are gone without a recorded erasure")
def missing_capture(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    sql(root, "DELETE FROM captures")


@fault("evidence", r"was altered: its bytes have hash .* \(1 of 1 looked at\): restore")
def altered_evidence(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    path = next(path for path in (root / "data" / "evidence").rglob("*") if path.is_file())
    path.chmod(0o600)
    path.write_bytes(b"else")


@fault("pictures", "is missing")
def missing_picture(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    sql(
        root,
        """INSERT INTO media BY NAME SELECT id AS version_id, 0 AS position, '' AS url, 'fetched' AS state,
           '' AS reason, 1 AS tries, now() AS fetched_at, (SELECT min(sha256) FROM captures) AS sha256,
           repeat('a', 64) AS display_sha256, 'image/png' AS display_type FROM versions LIMIT 1""",
    )


@fault("timestamps", "timestamp 00000001-00000001: cannot be read", deep=True)
def lost_timestamp(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    detail = {"statement_sha256": "0" * 64, "token_sha256": "0" * 64}
    told = {"actor": "uji", "action": "timestamp.keep", "subject": "00000001-00000001", "detail": detail}
    doing(root, lambda lease: audit.append(lease, **told))


@fault("blocks", "quarantine: blocks are damaged", deep=True)
def damaged_block(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    sql(
        root,
        """INSERT INTO quarantine SELECT sha256(n::VARCHAR), 'uji', 'berkas', n, md5(n::VARCHAR) || md5((-n)::VARCHAR),
           sha256(n::VARCHAR), TIMESTAMPTZ '2026-01-01 00:00:00+00' FROM range(20000) AS t(n)""",
    )
    path = root / "data" / "scanner.duckdb"
    whole = path.read_bytes()
    for block in range(3 * 4096, len(whole), 1 << 18):  # which of them holds the rows, DuckDB alone knows
        path.write_bytes(whole[: block + 50_000] + b"else" + whole[block + 50_004 :])
        if damaged_only(root, "quarantine"):
            return
    pytest.fail("no block holds the rows")


def damaged_only(root: Path, table: str) -> bool:
    try:
        doing(root, checkup.read_everything)
    except StoreError as error:
        return str(error).startswith(f"{table}: blocks are damaged")
    return False


# People


@fault("roster", "scanner roster import")
def empty_roster(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    sql(root, "DELETE FROM accounts")


@fault("listings", "A or B is needed")
def unconfirmed_account(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    until = today() + 90 * DAY
    doing(
        root, lambda lease: accounts.save_accounts(lease, [make_account(confidence=Confidence.C, listed_until=until)])
    )


@fault("listings", "list them anew in time")
def ending_listing(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    sql(root, "UPDATE accounts SET listed_until = $day", day=today() + 5 * DAY)


@fault("reviewers", "1 reviewers, but 2 must judge each flag")
def one_reviewer(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    sql(root, "UPDATE users SET disabled_at = now() WHERE name = 'budi'")


@fault("reviewers", "nobody rules where two disagree")
def no_adjudicator(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    sql(root, "UPDATE users SET role = 'reviewer' WHERE name = 'rini'")


@fault("sign-in", "sari: no password or no authenticator")
def without_authenticator(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    sql(root, "UPDATE credentials SET totp_secret = '' WHERE user_name = 'sari'")


@fault("sign-in", "sari: still the password that was drawn")
def drawn_password(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    sql(root, "UPDATE credentials SET set_at = $at WHERE user_name = 'sari'", at=now() - 9 * DAY)


@fault("desk address", "the desk needs TLS")
def unencrypted_desk(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    add_config(root, '[notifications]\nlink = "http://meja.example"')


# The platforms


@fault("platform keys", r"youtube: no key; set key under \[platforms.youtube.keys\]")
def without_key(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    until = today() + 90 * DAY
    other = make_account(handle="uji", platform=Platform.YOUTUBE, listed_until=until)
    doing(root, lambda lease: accounts.save_accounts(lease, [other]))


@fault("platform keys", "its terms forbid this use without written approval")
def without_approval(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    other = make_account(handle="uji", platform=Platform.TELEGRAM, listed_until=today() + 90 * DAY)
    doing(root, lambda lease: accounts.save_accounts(lease, [other]))
    config(root, 'terms_approval = "CONTOH-TG-001 (fiktif)"', "enabled = true")


@fault("host pauses", r"desa.example:443 asks to be left alone")
def long_pause_of_a_host(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    doing(root, lambda lease: waits.save_waits(lease, {"desa.example:443": now() + 5 * DAY}, now()))


@fault("egress", "opens the machine's own keys|let the machine's own keys")
def metadata_allowed(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    config(root, "[network]", '[network]\nallow_hosts = ["169.254.169.254:80"]')


def looked_at(root: Path, reason: str) -> None:
    [account] = sql_rows(root, "SELECT min(id) FROM accounts")
    seen = Coverage(
        run_id="uji",
        account_id=account,
        outcome=Outcome.PARTIAL,
        reason=reason,
        tally=Tally(),
        requests=1,
        started_at=now(),
        ended_at=now(),
    )
    doing(root, lambda lease: runs.save_coverage(lease, [seen]))


def sql_rows(root: Path, statement: str) -> list[Any]:
    with open_workspace(root).store.lease("uji") as lease:
        return [value for (value,) in lease.rows(statement)]


@fault("format drift", r"at mastodon \(1 accounts\): look at one of these accounts")
def silent_account(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at(root, "shown no post in 3 runs in a row: the platform may have changed its format")


@fault("canaries", "at mastodon")
def silent_canary(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at(root, "the canary resmi@desa.example showed no posts: the platform may have changed its format")


@fault("refused keys", "renew it in secrets.toml")
def refused_key(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at(root, "the key was refused; set another under [platforms.mastodon.keys]")


# What runs by itself


def keep(root: Path, seen_at: datetime, since: datetime | None = None) -> None:
    sql(
        root,
        "INSERT INTO keepers VALUES ('schedule', 'mesin', 1, $since, $seen)",
        since=since or seen_at - HOUR,
        seen=seen_at,
    )
    secret(root, '[ping]\nurl = "https://hc.example/x"\n')


@fault("schedule", "nothing has been heard of it for 5 hours")
def silent_schedule(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    keep(root, now() - 5 * HOUR)


@fault("overdue accounts", "3 of 3 accounts were not looked at for two intervals")
def overdue(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    keep(root, now(), since=now() - 3 * DAY)


@fault("pause", "scanner schedule resume")
def forgotten_pause(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    sql(root, "INSERT INTO pauses VALUES ('jeda', $since, NULL, 'uji', 'libur', NULL, NULL)", since=now() - 3 * DAY)


@fault("killed runs", "was killed; the next one goes on")
def killed_run(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    sql(root, "UPDATE runs SET ended_at = NULL, exit_code = NULL")


@fault("last scan", "failed with exit 1: disk penuh")
def failed_scan(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    sql(root, "UPDATE runs SET exit_code = 1, note = 'disk penuh'")


@fault("runs ahead", r"1 runs lie ahead of the clock, first scan-2036 at \d{4}-.* UTC: it was wrong then")
def run_ahead(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    later = "started_at + INTERVAL 10 YEAR AS started_at, ended_at + INTERVAL 10 YEAR AS ended_at"
    sql(
        root,
        f"INSERT INTO runs BY NAME SELECT * REPLACE ('scan-2036' AS id, 1 AS exit_code, {later}) FROM runs LIMIT 1",
    )


@fault("daily chores", "the daily purge failed last time")
def failed_purge(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    doing(
        root,
        lambda lease: audit.append(
            lease, actor="schedule", action="schedule.purge", subject="2026-11-22", detail={"done": False}
        ),
    )


# Who is told


@fault("ping", "ping.url is not encrypted")
def unencrypted_ping(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    secret(root, '[ping]\nurl = "http://hc.example/rahasia"\n')


@fault("last ping", r"the last ping was not heard \(failed\)")
def unheard_ping(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    secret(root, '[ping]\nurl = "https://hc.example/rahasia"\n')
    (root / "data" / "status.json").write_text(json.dumps({"ping": "failed"}))


@fault("outbox", "1 messages do not get to webhook since .*: check its address")
def stuck_message(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    note = Note(id="run-uji", kind=notes.Kind.RUN, at=now() - 2 * DAY, counts={})
    outbox.put(root / "data", note, ["webhook"], not_before=now() - 2 * DAY)


@fault("notifications", "webhook is not encrypted")
def unencrypted_webhook(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    secret(root, '[notifications]\nwebhook = "http://hook.example/rahasia"\n')


@fault("notifications", "webhook_key is not set")
def unsigned_webhook(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    secret(root, '[notifications]\nwebhook = "https://hook.example/rahasia"\n')


@fault("notifications", "nobody is told")
def nobody_told(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    keep(root, now())
    secret(root, "")


@fault("logs", "chmod -R u\\+rwX")
def shut_log(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "logs" / "scanner.log").touch(0o600)
    (root / "logs" / "scanner.log").chmod(0o400)


@fault("logs", "not there: mkdir -m 700")
def lost_logs(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(root / "logs")


# What is kept


def backed_up(root: Path, at: datetime, path: Path) -> None:
    def note(lease: Lease) -> None:
        exports.save_export(lease, Export(str(path), "backup", at, "uji", "0" * 64, identifiable=True))
        audit.append(lease, actor="uji", action="backup.make", subject=path.name, detail={}, at=at)

    doing(root, note)


@fault("backups", "last made .*: run `scanner backup make`")
def old_backup(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    (root.parent / "b.age").touch()
    backed_up(root, now() - 2 * DAY, root.parent / "b.age")


@fault("backups", "folder and recipient are not set")
def backup_without_place(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    add_config(root, '[schedule]\nbackup_at = "03:00"')


@fault("backup file", "the last backup is gone")
def lost_backup(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    backed_up(root, now(), root.parent / "b.age")


@fault("backup file", "is not the file that was written", deep=True)
def altered_backup(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    (root.parent / "b.age").write_bytes(b"else")
    backed_up(root, now(), root.parent / "b.age")


@fault("retention", "1 posts are past their days: run `scanner purge`")
def past_its_days(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    sql(
        root,
        "UPDATE versions SET captured_at = $at WHERE id NOT IN (SELECT id FROM items)",
        at=now() - 20 * DAY,
    )


@fault("unscored posts", "4 posts captured more than a day ago were never scored", later=2 * DAY)
def never_scored(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    sql(root, "DELETE FROM scores")


@fault("exports", "1 exports are past their days, as .*lama.csv: run `scanner purge`")
def old_export(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    path = root.parent / "lama.csv"
    path.touch()
    one = Export(str(path), "flags", now() - 40 * DAY, "uji", "0" * 64, identifiable=True)
    doing(root, lambda lease: exports.save_export(lease, one))


@fault("quarantine", "30 items of the last day could not be read, 4 could")
def much_in_quarantine(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    items = [
        Rejected(source="https://desa.example", line=None, reason="rusak", raw_sha256=f"{n:064}") for n in range(30)
    ]
    doing(root, lambda lease: quarantine.save_rejected(lease, items, run_id="uji", seen_at=now()))


@fault("queue", "3 of 3 that wait are past their deadline")
def overdue_flags(root: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    sql(root, "UPDATE flags SET known_at = $at", at=now() - 60 * DAY)
