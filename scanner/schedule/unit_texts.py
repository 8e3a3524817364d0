"""The words of the units and of the line for cron, with gaps that `units` fills."""

from __future__ import annotations

HEAD = """\
# Written by `scanner schedule install`, which writes over it: your own changes belong into `systemctl edit {name}`.
"""

# NOTE: MemoryDenyWriteExecute stops code that is made while running: numba of the extra [fast], torch of [encoder].
HARDENED = """\
Environment=PYTHONDONTWRITEBYTECODE=1
UMask=0077
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ReadWritePaths={writes}
ProtectHome={home}
PrivateTmp=yes
PrivateDevices=yes
PrivateUsers=yes
PrivateMounts=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
RemoveIPC=yes
KeyringMode=private
LockPersonality=yes
{memory}RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
"""

SCAN_UNIT = """\
[Unit]
Description=Scanner: look at the accounts that are due
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
User={user}
ExecStart={program} scan --due --quiet --workspace {workspace}
# 3: some accounts were not covered, 75: try later. Both are told by `scanner status`; the next firing goes on.
SuccessExitStatus=3 75
TimeoutStopSec=30
Nice=10
"""

TIMER_UNIT = """\
[Unit]
Description=Scanner: ask every {every} minutes whether accounts are due

[Timer]
OnCalendar=*:0/{every}
Persistent=true
RandomizedDelaySec=10m

[Install]
WantedBy=timers.target
"""

DESK_UNIT = """\
[Unit]
Description=Scanner: the review desk
# What cannot start five times in five minutes needs a hand: `systemctl status`, `scanner doctor`.
StartLimitIntervalSec=300
StartLimitBurst=5

[Service]
User={user}
ExecStart={program} serve --workspace {workspace} --port {port}{names}
Restart=on-failure
RestartSec=5
TimeoutStopSec=30
# Other commands reach the desk by a socket, which the private /tmp would hide from them.
RuntimeDirectory=scanner
RuntimeDirectoryMode=0700
Environment=TMPDIR=%t/scanner
IPAddressDeny=any
IPAddressAllow=localhost
"""

CRON_TABLE = """\
# Written by `scanner schedule install --cron`. Ticks that overlap, come late or find nothing due do nothing.
SHELL=/bin/sh
PATH=/usr/local/bin:/usr/bin:/bin
*/{every} * * * * {user} {program} scan --due --quiet --workspace {workspace} 2>&1 | logger -t scanner
"""
