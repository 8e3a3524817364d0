"""Runs a program under the system-call filter, memory rule and address families of a unit, as systemd would.

Usage: python -m tests.schedule.confined UNIT COMMAND... It needs systemd-analyze, libseccomp and Linux 6.3.
"""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import subprocess
import sys
from functools import cache
from pathlib import Path

_REFUSED = 0x0005_0000 | errno.EPERM
_ALLOWED = 0x7FFF_0000
_NO_NEW_PRIVILEGES, _NO_NEW_CODE = 38, 65
"""PR_SET_NO_NEW_PRIVS and PR_SET_MDWE of prctl(2)."""


class _Compared(ctypes.Structure):
    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


def values(unit: str, key: str) -> list[str]:
    """Return all that a unit says under a key, in order."""
    return [line.partition("=")[2] for line in unit.splitlines() if line.startswith(f"{key}=")]


@cache
def calls(group: str) -> frozenset[str]:
    """Return the system calls of a group, groups in it included."""
    if not group.startswith("@"):
        return frozenset({group})
    done = subprocess.run(["systemd-analyze", "syscall-filter", group], capture_output=True, text=True, check=True)
    names = (line.strip() for line in done.stdout.splitlines()[1:])
    return frozenset().union(*(calls(name) for name in names if name and not name.startswith("#")))


def allowed(unit: str) -> frozenset[str]:
    """Return the system calls that a unit leaves; those every process needs are never taken."""
    left = frozenset[str]()
    for said in values(unit, "SystemCallFilter"):
        named = frozenset().union(*map(calls, said.removeprefix("~").split()))
        left = left - named if said.startswith("~") else left | named
    return left | calls("@default")


def confine(unit: str) -> None:
    """Take from this process, and all it begins, what the unit takes."""
    libc, seccomp = ctypes.CDLL(None, use_errno=True), ctypes.CDLL("libseccomp.so.2")
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    seccomp.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(seccomp.seccomp_init(ctypes.c_uint32(_REFUSED)))
    for name in sorted(allowed(unit) - {"socket"}):
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:
            assert seccomp.seccomp_rule_add(context, ctypes.c_uint32(_ALLOWED), number, 0) == 0, name
    [families] = values(unit, "RestrictAddressFamilies")
    number = seccomp.seccomp_syscall_resolve_name(b"socket")
    for family in families.split():
        same = _Compared(arg=0, op=4, a=int(getattr(socket, family)), b=0)
        assert seccomp.seccomp_rule_add(context, ctypes.c_uint32(_ALLOWED), number, 1, same) == 0
    if values(unit, "MemoryDenyWriteExecute") == ["yes"]:
        assert libc.prctl(_NO_NEW_CODE, 1, 0, 0, 0) == 0, "this kernel cannot refuse new code"
    assert seccomp.seccomp_load(context) == 0


if __name__ == "__main__":
    confine(Path(sys.argv[1]).read_text("utf-8"))
    os.execvp(sys.argv[2], sys.argv[2:])
