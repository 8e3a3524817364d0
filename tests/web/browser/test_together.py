"""Two hundred posts judged by keyboard alone, by two reviewers and an adjudicator at once while posts come in."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from scanner.report.integrity import check_integrity
from tests.web.browser.desks import Office, Served, make_desk, serving
from tests.web.browser.secrets import GENERAL, OFFSETS, plant
from tests.web.browser.shifts import DISPUTED, KEYS, Shift, judge_all

FLAGGED, IMPORTED = 200, 300
FIRST_LOAD, DECISION = 60 * 1024, 8 * 1024
"""Bytes on the wire (reliability B2)."""
PLANTED = re.compile(rb"KENARI-(?:KODE|TERSANGKA|PASAL|ENTRI)-(\d+)")
NOTED = re.compile(rb"CATATAN-([a-z]+)-(\d+)")
MACHINES = [word for word in GENERAL if word != b"KENARI-"] + [b"KENARI-MO", b"KENARI-KELAS", b"KENARI-PESERTA"]
"""Scores, signals and what else is told of a post without its number, but only where a person looks at all of it."""


def bring_in(office: Office, folder: Path) -> None:
    """Import a file as a process of the program, three times, each time with more behind it."""
    path, now = folder / "unggahan.csv", datetime.now(UTC).isoformat(timespec="seconds")
    program = Path(sys.executable).with_name("scanner")
    command = [program, "import", path, "-w", office.root, "--platform", "mastodon"]
    for count in range(IMPORTED // 3, IMPORTED + 1, IMPORTED // 3):
        rows = (f"9{number:05},sari_guru@nusarimba.example,{now},Antre berkas ke-{number}" for number in range(count))
        path.write_text("id,author,created_at,text\n" + "\n".join(rows) + "\n", "utf-8")
        done = subprocess.run(command, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stderr


def work(executable: str, served: Served, shifts: dict[str, Shift], folder: Path) -> None:
    """Let the three judge while posts come in; whatever fails for one of them ends it for all, and fails here."""
    over = threading.Event()
    with ThreadPoolExecutor() as crew:
        judge = partial(crew.submit, judge_all, executable, served)
        two = [judge(shifts[name], lambda: True, over) for name in ("sari", "budi")]
        third = judge(shifts["joko"], lambda: all(one.done() for one in two), over)
        everything = [crew.submit(bring_in, served.office, folder), *two, third]
        wait(everything, return_when=FIRST_EXCEPTION)
        over.set()
    for one in everything:
        one.result()


def test_200_posts_by_keyboard_and_three_at_once_while_posts_come_in(executable: str, tmp_path: Path) -> None:
    office = make_desk(tmp_path / "kantor", 0)
    items = plant(office, FLAGGED)
    shifts = {name: Shift(name, items) for name in ("sari", "budi", "joko")}
    with serving(office) as served:
        work(executable, served, shifts, tmp_path)
        check_record(office, items, shifts)
    for shift in shifts.values():
        check_cost(shift)
        check_blindness(shift)


def check_record(office: Office, items: list[str], shifts: dict[str, Shift]) -> None:
    """Nothing is lost and nothing is there twice, and who had to rule did."""
    every = [(name, items[number], verdict) for name, one in shifts.items() for number, verdict in one.said + one.ruled]
    assert sorted(office.rows("SELECT reviewer, flag_id, verdict FROM judgements")) == sorted(every)
    own = {(name, items[number]) for name, one in shifts.items() for number, _ in one.said}
    blind = office.rows("SELECT reviewer, flag_id FROM judgements WHERE stage = 'blind'")
    assert set(blind) == {one for one in own if one[0] != "joko"}, "who rules reads nothing blind"
    assert Counter(item for _, item in blind) == dict.fromkeys(items, 2)
    between = {item for number, item in enumerate(items) if number % 10 in DISPUTED}
    assert {number for number, _ in shifts["joko"].said} == {number for number, _ in shifts["joko"].ruled}
    ruled = [str(item) for (item,) in office.rows("SELECT item_id FROM adjudications")]
    assert len(ruled) >= 10
    assert sorted(ruled) == sorted(between)
    came_before = "SELECT max(ended_at) < (SELECT max(decided_at) FROM judgements WHERE stage = 'blind') FROM runs"
    assert office.rows(came_before) == [(True,)], "the last posts came in when nobody judged any more"
    assert office.rows("SELECT count(*) FROM posts") == [(FLAGGED + IMPORTED,)]
    assert check_integrity(office.store).problems == ()


def check_cost(shift: Shift) -> None:
    """One key for most, three for a suspicion; one small request each; a light first page."""
    keys = {verdict: len(KEYS[verdict]) for _, verdict in shift.said}
    wanted = {"not_violation": 1, "unsure": 1, "suspected": 3}
    assert keys == {verdict: wanted[verdict] for verdict in keys}
    assert keys == wanted or shift.name == "joko", "who is given disputes alone dismisses none of these"
    assert set(shift.requests) == {1}
    assert max(shift.sizes) <= DECISION
    assert len(shift.first) <= 6
    assert sum(shift.first) <= FIRST_LOAD


def check_blindness(shift: Shift) -> None:
    """No score, code, signal or view of others was told of an item before the person's own verdict on it."""
    for count, laid_open, words in shift.heard:
        uncovered = {number for number, _ in shift.said[:count]}
        assert {int(number) for number in PLANTED.findall(words)} <= uncovered
        others = {int(number) for name, number in NOTED.findall(words) if name.decode() != shift.name}
        assert others <= uncovered & {number for number, _ in shift.ruled}
        if not laid_open:
            shown = words.replace(b"%40", b"@")  # in addresses 74%40 is the post 74@, and no share
            assert [word for word in MACHINES if word in shown] == []
            assert OFFSETS.search(words) is None
    told = b"".join(words for *_, words in shift.heard)
    assert b"Kabar ke-" in told
    assert len(set(PLANTED.findall(told))) == len(shift.said), "not all was told afterwards: words have changed"
    assert {name for name, _ in NOTED.findall(told)} >= ({b"sari", b"budi"} if shift.ruled else set())
