"""Somebody's SQL on a snapshot, in a process of its own that can read this one file and do nothing else.

`python -m scanner.store.sandbox FILE ROWS` reads the query on stdin and writes columns and rows as JSON lines. It has
no environment, opens the file read-only, forbids every other file and every setting, writes no file at all, and the
system ends it after `SECONDS` of time or `MEMORY` of memory, whatever the query does.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from scanner.errors import StoreError, UsageError

SECONDS = 5
MEMORY = "512MB"
_ADDRESSES = 4 * 2**30
"""Bytes of addresses: DuckDB, pyarrow and their threads reserve far more than the 512 MB they may use."""
_TAKEN = 2**30
"""Bytes that are really taken: what DuckDB counts, and as much again, since the texts of a result it does not count."""
_MOST = 64 * 2**20
"""Signs of an answer."""
_LONGEST = 300
"""Signs of a refusal, which may quote what the query made up."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query found."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    cut: bool
    """There were more rows than were asked for."""


def query(file: Path, sql: str, *, rows: int) -> Answer:
    """Run a query and return up to `rows` rows. UsageError tells why it was refused or ended."""
    command = [sys.executable, "-I", "-m", __name__, str(file.absolute()), str(rows)]
    try:
        done = subprocess.run(  # noqa: S603  our own interpreter
            command, input=sql.encode(), capture_output=True, env={}, cwd="/", timeout=4 * SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise UsageError(_too_long()) from error
    if done.returncode == -signal.SIGALRM:
        raise UsageError(_too_long())
    if done.returncode == 0:
        return _answer(done.stdout)
    told = done.stderr.decode(errors="replace").strip().splitlines()
    raise UsageError(f"the query was refused: {told[-1] if told else f'its process ended with {done.returncode}'}")


def _too_long() -> str:
    return f"the query took longer than {SECONDS} s; narrow it, or ask the Parquet files with tools of your own"


def _answer(output: bytes) -> Answer:
    try:
        first, *rest = (json.loads(line) for line in output.splitlines())
    except ValueError as error:
        raise StoreError("the query's process ended in the middle of its answer; try again") from error
    return Answer(tuple(first["columns"]), tuple(map(tuple, rest)), first["cut"])


def main(file: str, rows: int) -> None:
    """Run the query on stdin."""
    import duckdb

    _bound()
    connection = duckdb.connect(file, read_only=True, config=_options())
    connection.execute("SET enable_external_access = false; SET lock_configuration = true")
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(SECONDS)
    try:
        lines = _lines(connection, sys.stdin.buffer.read().decode(), rows)
    except (duckdb.Error, UnicodeError, MemoryError, ValueError) as error:
        sys.exit(next(iter(str(error).splitlines()), type(error).__name__)[:_LONGEST])
    sys.stdout.buffer.write("".join(lines).encode())


def _options() -> dict[str, Any]:
    return {
        "threads": 2,
        "memory_limit": MEMORY,
        "temp_directory": "",
        "autoinstall_known_extensions": False,
        "python_enable_replacements": False,
    }


def _bound() -> None:
    """Let the system itself forbid what SQL must not do: write files, start processes, take memory without end."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (4 * SECONDS, 4 * SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESSES, _ADDRESSES))
    resource.setrlimit(resource.RLIMIT_DATA, (_TAKEN, _TAKEN))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
    os.umask(0o777)


def _lines(connection: Any, sql: str, rows: int) -> list[str]:
    """Return the columns and the rows as JSON; one statement, and it must only read."""
    statements = connection.extract_statements(sql)
    if len(statements) != 1 or statements[0].type.name not in ("SELECT", "EXPLAIN"):
        raise ValueError("one SELECT at a time is what can be asked here")
    result = connection.execute(statements[0])
    names = [name for name, *_ in result.description]
    lines = list(_bounded(map(_line, islice(iter(result.fetchone, None), rows))))
    return [_line({"columns": names, "cut": result.fetchone() is not None}), *lines]


def _bounded(lines: Iterable[str]) -> Iterator[str]:
    """Pass lines on one by one: of an answer that is too large no more is ever held than may be."""
    size = 0
    for line in lines:
        size += len(line)
        if size > _MOST:
            raise ValueError(f"the answer is larger than {_MOST // 2**20} MiB; ask for fewer rows or columns")
        yield line


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str) + "\n"


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
