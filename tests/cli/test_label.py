"""Judging by keyboard: blind until decided, undone by a key, stored once; through a pipe and at a real terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scanner.classify.written import read_written
from scanner.domain.reviews import Judgement, Verdict
from scanner.resources import data_folder
from scanner.store import audit, judgements
from scanner.workspace import open_workspace
from tests.cli.conftest import Run
from tests.offices import CALLS, fill

SCORE = re.compile(r"0\.20|campaign_support|pns_attribute_use|Mesin|mungkin menyentuh")
CHOICE = "Kode mana?"


def judged(office: Path) -> list[Judgement]:
    """Everything anybody said, undone judgements included."""
    with open_workspace(office).store.lease("test") as lease:
        flags = [flag_id for (flag_id,) in lease.rows("SELECT id FROM flags ORDER BY id")]
        return [judgement for flag in flags for judgement in judgements.judgements_of(lease, flag)]


def standing(office: Path) -> list[Judgement]:
    with open_workspace(office).store.lease("test") as lease:
        return judgements.current_judgements(lease)


def test_each_key_records_its_verdict_once(run: Run, office: Path):
    ended = run("label", "-w", office, "--reviewer", "sari", typed="a1x q")
    assert ended.code == 0
    verdicts = [judgement.verdict for judgement in judged(office)]
    assert sorted(verdicts) == sorted([Verdict.SUSPECTED, Verdict.NOT_VIOLATION, Verdict.UNSURE])
    assert len({judgement.flag_id for judgement in judged(office)}) == 3
    assert {judgement.reviewer for judgement in judged(office)} == {"sari"}
    assert all(judgement.seconds is not None and judgement.seconds >= 0 for judgement in judged(office))
    assert "Tidak ada lagi yang menunggu Anda" in ended.out


def test_a_suspicion_names_a_code_that_was_found(run: Run, office: Path):
    run("label", "-w", office, "--reviewer", "sari", "--limit", "1", typed="a1")
    [judgement] = judged(office)
    with open_workspace(office).store.lease("test") as lease:
        [(code,)] = lease.rows("SELECT code FROM flag_findings WHERE flag_id = ? AND position = 0", [judgement.flag_id])
    assert judgement.codes == (code,)


@pytest.mark.parametrize("key", ["9", "0", "b", "²", " ", "\n"])
def test_any_other_key_goes_back_from_the_choice_of_codes(run: Run, office: Path, key: str):
    ended = run("label", "-w", office, "--reviewer", "sari", typed=f"a{key}q")
    assert CHOICE in ended.out
    assert judged(office) == []


def test_similar_judged_posts_are_shown_after_deciding_and_not_before(run: Run, office: Path):
    assert "serupa" not in run("label", "-w", office, "--reviewer", "sari", typed="q").out
    ended = run("label", "-w", office, "--reviewer", "sari", "--limit", "1", typed="x")
    shown = " ".join(ended.out.partition("Tersimpan.")[2].split())
    assert "serupa, dinilai dugaan (dukungan kampanye, " in shown
    assert "contoh tertulis, nama fiktif): " in shown
    assert "serupa" not in ended.out.partition("Tersimpan.")[0]


def test_undo_brings_the_last_one_back_and_keeps_both_on_record(run: Run, office: Path):
    ended = run("label", "-w", office, "--reviewer", "sari", typed="xuaq")
    assert "dibatalkan" in ended.out
    assert sorted(one.verdict for one in judged(office)) == sorted([Verdict.NOT_VIOLATION, Verdict.WITHDRAWN])
    assert standing(office) == []
    first, second, third = (line.strip() for line in ended.out.splitlines() if line.strip() in CALLS)
    assert first == third != second


def test_everything_judged_in_a_session_can_be_undone(run: Run, office: Path):
    ended = run("label", "-w", office, "--reviewer", "sari", typed="x xuuuq")
    assert "u batalkan yang terakhir" in ended.out
    assert standing(office) == []
    assert len(judged(office)) == 6


def test_there_is_nothing_to_undo_at_the_beginning(run: Run, office: Path):
    ended = run("label", "-w", office, "--reviewer", "sari", typed="uq")
    assert "Belum ada penilaian untuk dibatalkan" in ended.out
    assert judged(office) == []


def test_the_guideline_and_the_keys_are_shown_on_request(run: Run, office: Path):
    ended = run("label", "-w", office, "--reviewer", "sari", typed="h?q")
    assert "Pedoman penilai" in ended.out
    assert "patutkah unggahan ini diklarifikasi" in " ".join(ended.out.split())
    assert ended.out.count("a dugaan · x bukan") == 2
    assert judged(office) == []


@pytest.mark.parametrize("typed", ["", "q", "a", "aq"])
def test_leaving_or_the_end_of_the_input_records_nothing(run: Run, office: Path, typed: str):
    assert run("label", "-w", office, "--reviewer", "sari", typed=typed).code == 0
    assert judged(office) == []


def test_keys_may_come_line_by_line(run: Run, office: Path):
    ended = run("label", "-w", office, "--reviewer", "sari", typed="x\nx\r\nq\n")
    assert [one.verdict for one in judged(office)] == [Verdict.NOT_VIOLATION] * 2
    assert ended.out.count("a dugaan · x bukan") == 3


def test_the_limit_ends_the_session(run: Run, office: Path):
    run("label", "-w", office, "--reviewer", "sari", "--limit", "2", typed="xxxx")
    assert len(judged(office)) == 2


def test_what_speaks_for_the_author_comes_before_the_words(run: Run, office: Path):
    fill(open_workspace(office), ("ASN harus netral, tapi coblos Hasan-Yohana ya",))
    shown = run("label", "-w", office, "--reviewer", "sari", typed="xxxxq").out
    assert 0 < shown.index("Yang meringankan: X-NETRAL") < shown.index("tapi coblos Hasan-Yohana")


def test_nothing_of_the_machine_or_of_others_is_shown_before_deciding(run: Run, office: Path):
    """The whole output up to the first decision, by a reviewer who comes second."""
    run("label", "-w", office, "--reviewer", "rini", typed="a1x q")
    blind = run("label", "-w", office, "--reviewer", "budi", typed="?a").out
    assert CHOICE in blind
    assert not SCORE.search(blind)
    assert "rini" not in blind
    for verdict in Verdict:
        assert verdict.value not in blind


def test_the_machines_view_is_revealed_after_deciding(run: Run, office: Path):
    shown = run("label", "-w", office, "--reviewer", "sari", "--limit", "1", typed="x").out
    before, found, after = shown.partition("Tersimpan.")
    assert found
    assert not SCORE.search(before)
    assert "campaign_support 0.20" in after
    assert "mungkin menyentuh SKB22:D2" in after
    assert "[belum diverifikasi]" in after


def test_disputes_about_a_norm_are_shown_after_deciding_only(run: Run, office: Path):
    with open_workspace(office).store.lease("test") as lease:
        lease.execute("UPDATE flag_findings SET contested = 'kelas berat diperdebatkan'")
    shown = run("label", "-w", office, "--reviewer", "sari", "--limit", "1", typed="x").out
    before, _, after = shown.partition("Tersimpan.")
    assert "diperdebatkan" not in before
    assert "diperdebatkan" in after


def test_every_showing_is_on_record(run: Run, office: Path):
    run("label", "-w", office, "--reviewer", "sari", typed="xq")
    with open_workspace(office).store.lease("test") as lease:
        shown = [event for event in audit.events(lease) if event.action == "item.show"]
    assert [event.actor for event in shown] == ["sari", "sari"]


def test_control_characters_in_a_post_do_not_reach_the_terminal(run: Run, office: Path):
    fill(open_workspace(office), ("Ayo coblos Wirya-Laila \x1b]0;judul\x07\x1b[2J",))
    shown = run("label", "-w", office, "--reviewer", "sari", typed="xxxxq").out
    assert "]0;judul" in shown
    assert "\x1b" not in shown
    assert "\x07" not in shown


class Terminal:
    """The real program at a pseudo-terminal of 80 columns."""

    def __init__(self, *arguments: object) -> None:
        self.screen = ""
        self._main, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 80, 0, 0))
        command = [str(Path(sys.executable).with_name("scanner")), *map(str, arguments)]
        environment = {**os.environ, "TERM": "dumb"}
        self.process = subprocess.Popen(
            command, stdin=terminal, stdout=terminal, stderr=terminal, env=environment, start_new_session=True
        )
        os.close(terminal)

    def wait_for(self, words: str, times: int = 1) -> None:
        """Read until the words stand on the screen so many times."""
        deadline = time.monotonic() + 30
        while self.screen.count(words) < times:
            ready, _, _ = select.select([self._main], [], [], deadline - time.monotonic())
            assert ready, f"{words!r} never came: {self.screen}"
            self.screen += os.read(self._main, 65536).decode("utf-8", "replace")

    def press(self, key: str) -> None:
        """Press a key as soon as the program listens: what is typed earlier is thrown away."""
        deadline = time.monotonic() + 30
        while termios.tcgetattr(self._main)[3] & termios.ICANON:
            assert time.monotonic() < deadline, f"the program never listened: {self.screen}"
            time.sleep(0.01)
        os.write(self._main, key.encode())

    def close(self) -> int:
        """Wait for the end, read what is left on the screen and return the exit code."""
        code = self.process.wait(timeout=30)
        while select.select([self._main], [], [], 0.1)[0]:
            try:
                self.screen += os.read(self._main, 65536).decode("utf-8", "replace")
            except OSError:  # Linux ends a closed terminal with EIO
                break
        os.close(self._main)
        return code


@pytest.fixture
def terminal(office: Path) -> Iterator[Callable[[], Terminal]]:
    opened: list[Terminal] = []

    def open_terminal() -> Terminal:
        opened.append(Terminal("label", "-w", office, "--reviewer", "budi"))
        return opened[-1]

    yield open_terminal
    for one in opened:
        one.process.kill()
        one.process.wait()


@pytest.mark.slow
def test_at_a_real_terminal_each_key_works_at_once(terminal: Callable[[], Terminal], office: Path):
    opened = open_workspace(office)
    read_written(data_folder("models") / "training", opened.ruleset, opened.encoder, opened.models)
    session = terminal()
    keys = "a dugaan · x bukan"
    session.wait_for(keys)
    session.press("x")
    session.wait_for(keys, times=2)
    session.press("u")
    session.wait_for(keys, times=3)
    session.press("a")
    session.wait_for(CHOICE)
    session.press("1")
    session.wait_for(keys, times=4)
    session.press(" ")
    session.wait_for(keys, times=5)
    session.press("q")
    assert session.close() == 0
    assert sorted(one.verdict for one in standing(office)) == sorted([Verdict.SUSPECTED, Verdict.UNSURE])
    assert len(judged(office)) == 4
    assert max(len(line) for line in re.sub(r"\x1b\[[0-9;]*m", "", session.screen).split("\r\n")) <= 80


@pytest.mark.parametrize(("key", "code"), [("\x04", 0), ("\x03", 130)], ids=["ctrl-d", "ctrl-c"])
def test_leaving_a_terminal_by_control_keys_records_nothing(
    terminal: Callable[[], Terminal], office: Path, key: str, code: int
):
    session = terminal()
    session.wait_for("a dugaan · x bukan")
    session.press(key)
    assert session.close() == code
    assert "Traceback" not in session.screen
    assert judged(office) == []
