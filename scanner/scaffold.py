"""Making a workspace: its folders, settings to fill in, an empty roster and a private file for keys."""

from __future__ import annotations

from pathlib import Path

from scanner.errors import SettingsError
from scanner.roster import OPTIONAL, REQUIRED
from scanner.settings import CONFIG, SECRETS
from scanner.workspace import DATA, ELECTIONS, LOGS, ROSTER, Workspace, open_workspace

_CONFIG = """\
# Scanner workspace. Every key can also be set in the environment: SCANNER_NETWORK__WORKERS=2.
# Nothing is fetched until [mandate] is complete.
election = ""                # id of a file in elections/ or of a shipped election, e.g. "pilgub-lampung-2024"
lookback_days = 120          # how far back a first scan may go, at most to the start of the stages
model = "default"

[mandate]
controller = ""              # the oversight body
controller_kind = ""         # bawaslu | bkn | bkd | bkpsdm | inspektorat | kasn_successor
legal_basis = ""             # e.g. the norm and assignment letter
decree_number = ""           # number of the decree (SK)
purpose = ""
dpia_id = ""                 # data protection impact assessment (UU 27/2022 art. 34)
# valid_from = 2026-01-01
# valid_until = 2026-12-31

[network]
contact = ""                 # an address at which platforms can reach you; part of the User-Agent
# min_interval = 2.0         # seconds between two requests to one host
# workers = 5                # accounts gathered side by side

# [media]                    # pictures of flagged posts, fetched after each scan; films and sound never are
# enabled = true
# max_per_post = 10
# max_bytes = 10485760       # of one picture

# [schedule]                 # scans that run by themselves: `scanner schedule run`, or a timer and `scan --due`
# interval = 180             # minutes between two looks at one account
# zone = "WIB"               # WIB | WITA | WIT; without it, that of the election's region
# purge_at = "02:00"         # daily; "": never by schedule
# backup_at = "03:00"        # daily; needs [backups] folder and recipient
# [schedule.phases]          # minutes in a phase of the election
# tenang = 60

# [notifications]            # who is told of runs and alarms; addresses go into secrets.toml: docs/notifications.md
# quiet = ["21:00", "06:00"] # then nothing is sent, it waits
# digest = "news"            # after runs that brought or lost posts; always | never
# link = "https://..."       # of the desk, under every message
# language = "id"            # id | en

# [logs]                     # logs/scanner.log: what the program did, without names, texts and secrets
# level = "info"             # debug | info | warning | error
# json_lines = true          # one JSON object a line
# max_bytes = 5000000        # of one file
# files = 9                  # older ones that are kept

# [metrics]                  # figures for Prometheus: docs/metrics.md
# textfile = "/var/lib/node_exporter/textfile/scanner.prom"
# port = 9401                # http://127.0.0.1:9401/metrics while `scanner schedule run` runs

# [timestamps]               # an authority that vouches for the evidence after each scan (RFC 3161); sent: a hash
# url = "https://..."
# ca_file = "tsa.pem"        # its root certificate, so that everything can be checked offline

# [platforms.telegram]
# terms_approval = ""        # reference of the written approval; without it this platform refuses to run
"""


def create_workspace(root: Path, config: str = _CONFIG) -> Workspace:
    """Make a workspace folder and open it; a roster and secrets that lie there already stay as they are.

    Raises SettingsError when there is a workspace already or the folder cannot be made.
    """
    if (root / CONFIG).exists():
        raise SettingsError(f"{root / CONFIG}: there is a workspace already; choose another folder")
    try:
        for folder in (root, root / ELECTIONS, root / DATA, root / LOGS):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_new(root / SECRETS, "# Keys of platforms; never in scanner.toml, never in git.\n", mode=0o600)
        _write_new(root / ROSTER, ",".join(REQUIRED + OPTIONAL) + "\n", mode=0o600)
        _write_new(root / CONFIG, config, mode=0o644)
    except OSError as error:
        raise SettingsError(f"{root}: no workspace can be made there: {error.strerror}; name another folder") from error
    return open_workspace(root)


def _write_new(path: Path, content: str, *, mode: int) -> None:
    if not path.exists():
        path.touch(mode=mode)
        path.write_text(content, "utf-8")
