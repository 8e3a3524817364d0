"""The log is begun anew when it is full, written to by several processes, private, and never stops the work."""

from __future__ import annotations

import logging
import re
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner import logs

log = logging.getLogger("scanner.uji")

WRITER = """
import logging, sys
from pathlib import Path
from scanner import logs
folder, name, lines = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
logs.begin(folder, key=b"k", max_bytes=20_000, files=50)
for number in range(lines):
    logging.getLogger("scanner.uji").info("%s wrote %d", logs.Word(name), number)
logs.end()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "logs"
    logs.end()


def written(folder: Path) -> list[str]:
    return [line for path in sorted(folder.glob("scanner.log*")) for line in path.read_text().splitlines()]


def test_what_happens_is_written_until_the_end(folder):
    logs.begin(folder, key=b"k")
    log.info("satu")
    logs.end()
    log.info("dua")
    [line] = written(folder)
    assert '"satu"' in line


def test_what_is_below_the_level_is_not_written(folder):
    logs.begin(folder, key=b"k", level="warning")
    log.info("satu")
    log.warning("dua")
    assert ["dua" in line for line in written(folder)] == [True]


def test_beginning_again_ends_what_was_begun(folder, tmp_path):
    logs.begin(tmp_path / "lain", key=b"k")
    logs.begin(folder, key=b"k")
    log.info("satu")
    assert len(written(folder)) == 1
    assert written(tmp_path / "lain") == []


def test_nobody_else_may_read_it(folder):
    logs.begin(folder, key=b"k")
    log.info("satu")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in folder.iterdir())


def test_the_folder_never_holds_more_than_was_set(folder):
    logs.begin(folder, key=b"k", max_bytes=2_000, files=3)
    for number in range(200):
        log.info("baris %d", number)
    sizes = [path.stat().st_size for path in folder.iterdir()]
    assert len(list(folder.glob("scanner.log*"))) == 4
    assert sum(sizes) <= 4 * 2_000
    assert '"baris 199"' in (folder / "scanner.log").read_text().splitlines()[-1]


def test_only_what_is_serious_goes_to_stderr_too(folder, capsys):
    logs.begin(folder, key=b"k")
    log.info("satu")
    log.warning("dua %s", "@budi")
    err = capsys.readouterr().err
    assert "satu" not in err
    assert "dua #" in err
    assert "budi" not in err


def test_a_folder_that_cannot_be_made_stops_nothing(tmp_path, capsys):
    (tmp_path / "logs").write_text("ini berkas")
    logs.begin(tmp_path / "logs" / "x", key=b"k")
    log.warning("satu")
    logs.end()
    err = capsys.readouterr().err
    assert "no log can be kept" in err
    assert "satu" in err


def test_a_file_that_cannot_be_written_is_told_once_and_without_what_it_was(folder, capsys):
    logs.begin(folder, key=b"k")
    (folder / "scanner.log").mkdir()
    for _ in range(3):
        log.info("rahasia %s", "@budi")
    err = capsys.readouterr().err
    assert err.count("the log cannot be written (IsADirectoryError); work goes on") == 1
    assert "rahasia" not in err
    assert "budi" not in err


def test_a_thread_that_falls_is_written_without_what_it_said(folder, capsys):
    def fall() -> None:
        raise ValueError("@budi menulis ini")

    logs.begin(folder, key=b"k")
    thread = threading.Thread(target=fall)
    thread.start()
    thread.join()
    [line] = written(folder)
    assert '["ValueError"]' in line
    assert "budi" not in line + capsys.readouterr().err


def test_after_the_end_threads_fall_as_before(folder):
    logs.begin(folder, key=b"k")
    logs.end()
    assert threading.excepthook is threading.__excepthook__


def test_a_crash_is_written_only_where_there_is_a_log(folder):
    assert not logs.crashed(ValueError("x"))
    logs.begin(folder, key=b"k")
    assert logs.crashed(ValueError("x"))
    logs.refused(ValueError("@budi"))
    first, second = written(folder)
    assert re.search(r"critical .*nobody expected.*\[\"ValueError\"\]", first)
    assert '"ended by ValueError"' in second


@pytest.mark.slow
def test_no_line_of_four_processes_is_lost_torn_or_written_twice_while_files_are_begun_anew(folder):
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(folder), f"proses{number}", "1000"]) for number in range(4)
    ]
    assert [writer.wait(120) for writer in writers] == [0, 0, 0, 0]
    found = [re.search(r'"(proses\d) wrote (\d+)"', line) for line in written(folder)]
    assert all(found)
    assert len(list(folder.glob("scanner.log*"))) > 10
    assert sorted((one[1], int(one[2])) for one in found if one) == [
        (f"proses{number}", line) for number in range(4) for line in range(1000)
    ]
