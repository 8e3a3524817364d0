"""Files of analysts come in by one verb: what listed accounts wrote is kept, the rest counted, the unreadable named."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.cli.conftest import Run

NOW = datetime.now(UTC).isoformat(timespec="seconds")
HEAD = "id,author,created_at,text\n"


def table(folder: Path, *rows: str, head: str = HEAD) -> Path:
    path = folder / "unggahan.csv"
    path.write_text(head + "".join(f"{row}\n" for row in rows), "utf-8")
    return path


def test_listed_accounts_are_kept_and_everybody_else_is_counted_and_dropped(run: Run, office: Path, tmp_path: Path):
    own, other = f"900,sari_guru@nusarimba.example,{NOW},Ayo coblos Wirya-Laila", f"901,warga@x.example,{NOW},halo"
    ended = run("import", table(tmp_path, own, other), "-w", office, "--platform", "mastodon")
    assert (ended.code, ended.out) == (0, "")
    assert "1 new, 0 changed, 0 known already · dropped: 1 by people who are not listed" in ended.err
    assert "1 versions scored, 1 put before reviewers." in ended.err
    again = run("import", tmp_path / "unggahan.csv", "-w", office, "--platform", "mastodon")
    assert "0 new, 0 changed, 1 known already" in again.err
    assert "0 versions scored" in again.err


def test_what_cannot_be_read_is_named_with_its_line_and_counted(run: Run, office: Path, tmp_path: Path):
    rows = [f'90{number},sari_guru@nusarimba.example,{NOW},"kabar {number}",lebih' for number in range(7)]
    ended = run("import", table(tmp_path, *rows), "-w", office, "--platform", "mastodon")
    assert ended.code == 3
    assert "unggahan.csv line 2: " in ended.err
    assert ended.err.count("unggahan.csv line ") == 5
    assert "7 items could not be read; all are in quarantine." in ended.err


def test_columns_of_any_name_are_mapped(run: Run, office: Path, tmp_path: Path):
    row = f"7,sari_guru@nusarimba.example,{NOW},Ayo coblos Wirya-Laila"
    path = table(tmp_path, row, head="Nomor,Pemilik,Kapan,Tulisan\n")
    columns = [f"--column={pair}" for pair in ("id=Nomor", "author=Pemilik", "posted_at=Kapan", "text=Tulisan")]
    ended = run("import", path, "-w", office, "--platform", "mastodon", *columns)
    assert ended.code == 0
    assert "a column map was given" in ended.err
    assert "1 new" in ended.err
