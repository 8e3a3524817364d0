"""Whatever is taken away, changed or put among the captures is found, rows and files together too."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.report.integrity import check_integrity
from scanner.store import audit, captures, evidence, manifest, manifest_check
from scanner.store.connection import Lease, Store
from tests.store.samples import HOUR, NOON, make_evidence

PAGES = 8
Tampering = Callable[[Lease, random.Random], None]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Eight pages: six with one capture, two with three."""
    store = Store(tmp_path_factory.mktemp("filled") / "data" / "scanner.duckdb")
    for page in range(1, PAGES + 1):
        items = range(3) if page % 4 == 0 else range(1)
        with store.lease("save") as lease:
            captures.save_captures(lease, [make_evidence(f"{page}/{item}".encode()) for item in items])
    return store


@pytest.fixture
def copied(filled: Store, tmp_path: Path) -> Store:
    return Store(shutil.copytree(filled.path.parent, tmp_path / "data") / filled.path.name)


def a_capture(lease: Lease, chance: random.Random) -> str:
    return chance.choice(captures.captured_hashes(lease))


def remove_row_and_file(lease: Lease, chance: random.Random) -> None:
    digest = a_capture(lease, chance)
    lease.execute("DELETE FROM captures WHERE sha256 = ?", [digest])
    evidence.path_of(evidence.folder_of(lease.folder), digest).unlink(missing_ok=True)


def remove_page(lease: Lease, chance: random.Random) -> None:
    """A whole page with its link: its number is missing then."""
    link = chance.randint(1, PAGES - 1)
    lease.execute("DELETE FROM captures WHERE link = ?", [link])
    lease.execute("DELETE FROM manifest WHERE seq = ?", [link])


def cut_end(lease: Lease, chance: random.Random) -> None:
    first = chance.randint(1, PAGES)
    lease.execute("DELETE FROM captures WHERE link >= ?", [first])
    lease.execute("DELETE FROM manifest WHERE seq >= ?", [first])


def change_row(lease: Lease, chance: random.Random) -> None:
    column, value = chance.choice(
        [
            ("url", "'https://lain.example/'"),
            ("captured_at", "captured_at + INTERVAL 1 MICROSECOND"),
            ("size", "size + 1"),
            ("method", "'import'"),
            ("status", "NULL"),
            ("media_type", "'x/y'"),
            ("collector", "'lain/1'"),
            ("headers", "'[]'"),
            ("terms_approval", "'X'"),
            ("access", "'app key'"),
            ("request", """'[["a","b"]]'"""),
            ("salt", "'0'"),
            ("leaf", "'0'"),
            ("link", "link + 1"),
            ("link", "NULL"),
        ]
    )
    lease.execute(f"UPDATE captures SET {column} = {value} WHERE sha256 = ?", [a_capture(lease, chance)])


def change_row_and_leaf(lease: Lease, chance: random.Random) -> None:
    """Who knows the code hashes the leaf anew; the link still tells."""
    digest = a_capture(lease, chance)
    lease.execute("UPDATE captures SET url = 'https://lain.example/' WHERE sha256 = ?", [digest])
    [row] = lease.dicts("FROM captures WHERE sha256 = ?", [digest])
    leaf = manifest._bound(row, 0)
    lease.execute("UPDATE captures SET salt = ?, leaf = ? WHERE sha256 = ?", [leaf["salt"], leaf["leaf"], digest])


def change_link(lease: Lease, chance: random.Random) -> None:
    column, value = chance.choice(
        [("captures", "captures + 1"), ("saved_at", "saved_at + INTERVAL 1 SECOND"), ("digest", "'0'"), ("hash", "'0'")]
    )
    lease.execute(f"UPDATE manifest SET {column} = {value} WHERE seq = ?", [chance.randint(1, PAGES)])


def rewrite_end(lease: Lease, chance: random.Random) -> None:
    """The strongest forger: takes a capture away and makes all links behind it anew."""
    first = chance.randint(1, PAGES)
    pages = [leaves for link, leaves in manifest.leaves_of(lease, first, PAGES).items()]
    lease.execute("DELETE FROM manifest WHERE seq >= ?", [first])
    lease.execute("DELETE FROM captures WHERE leaf = ?", [pages[0].pop()])
    last = manifest.last_link(lease)
    for leaves in pages:
        last = manifest.append(lease, last, leaves)


def put_among(lease: Lease, chance: random.Random) -> None:
    captures.save_captures(lease, [make_evidence(b"palsu", captured_at=NOON + HOUR)])
    lease.execute("UPDATE captures SET link = ? WHERE link > ?", [chance.randint(1, PAGES), PAGES])
    lease.execute("DELETE FROM manifest WHERE seq > ?", [PAGES])


def claim_erasure(lease: Lease, chance: random.Random) -> None:
    """Say that a capture was erased by law, but not by whom."""
    [(leaf, link)] = lease.rows("SELECT leaf, link FROM captures ORDER BY leaf LIMIT 1")
    lease.execute("DELETE FROM captures WHERE leaf = ?", [leaf])
    lease.execute("INSERT INTO erasures VALUES (?, ?, 1)", [leaf, link])


@pytest.mark.parametrize(
    "tamper",
    [
        remove_row_and_file,
        remove_page,
        cut_end,
        change_row,
        change_row_and_leaf,
        change_link,
        rewrite_end,
        put_among,
        claim_erasure,
    ],
)
def test_it_finds_every_tampering(copied: Store, tamper: Tampering) -> None:
    with copied.lease("tamper") as lease:
        for seed in range(15):
            tamper(lease, random.Random(seed))
            report = manifest_check.verify(lease)
            lease.connection.rollback()
            lease.connection.begin()
            assert report.problems, f"{tamper.__name__} with seed {seed} was not found"
        lease.after_commit.clear()


def test_a_whole_manifest_has_no_problem(filled: Store) -> None:
    with filled.lease("verify") as lease:
        report = manifest_check.verify(lease)
    assert report == manifest_check.ManifestReport(links=PAGES, anchored=PAGES, erased=0, problems=())


def test_a_store_without_captures_is_whole(store: Store) -> None:
    with store.lease("verify") as lease:
        report = manifest_check.verify(lease)
    assert report == manifest_check.ManifestReport(links=0, anchored=None, erased=0, problems=())


def test_it_names_the_link_and_what_is_wrong(copied: Store) -> None:
    with copied.lease("tamper") as lease:
        lease.execute("DELETE FROM captures WHERE link = 3")
        lease.execute("UPDATE captures SET url = 'https://lain.example/' WHERE link = 5")
        lease.execute("DELETE FROM manifest WHERE seq = 8")
        found = manifest_check.verify(lease).problems
    digest = make_evidence(b"5/0").capture.sha256
    [gone] = [problem for problem in found if problem.startswith("link 3: 1 captures were saved at 20")]
    assert gone.endswith("1 of them are gone without a recorded erasure")
    assert f"link 5: the record of capture {digest} from https://lain.example/ was altered" in found
    assert "links 8 to 8 are missing: the end of the manifest was cut off" in found
    assert sum("is on no link" in problem for problem in found) == 3


def test_gaps_wider_than_what_is_looked_at_together_are_walked_over(copied: Store, monkeypatch) -> None:
    monkeypatch.setattr(manifest_check, "_AT_ONCE", 2)
    with copied.lease("tamper") as lease:
        lease.execute("DELETE FROM manifest WHERE seq BETWEEN 2 AND 6")
        lease.execute("DELETE FROM captures WHERE link BETWEEN 2 AND 6")
        assert manifest_check.verify(lease).problems == (
            "links 2 to 6 are missing",
            "link 7 does not follow from the link before it",
        )


def test_removing_row_and_file_together_is_found_by_the_whole_check(copied: Store) -> None:
    with copied.lease("tamper") as lease:
        remove_row_and_file(lease, random.Random(1))
    [problem] = check_integrity(copied).problems
    assert "gone without a recorded erasure" in problem


@pytest.mark.parametrize("content", [None, b"", b"{}"])
def test_a_missing_or_broken_anchor_is_a_finding(copied: Store, content: bytes | None) -> None:
    path = manifest.anchor_path(copied.path.parent)
    path.unlink() if content is None else path.write_bytes(content)
    with copied.lease("verify") as lease:
        assert len(manifest_check.verify(lease).problems) == 1


def test_an_anchor_kept_elsewhere_can_be_asked(copied: Store, tmp_path: Path) -> None:
    elsewhere = shutil.copy(manifest.anchor_path(copied.path.parent), tmp_path / "disalin.head")
    with copied.lease("forge") as lease:
        cut_end(lease, random.Random(3))
        audit.write_anchor(manifest.anchor_path(lease.folder), manifest.last_link(lease))
        assert manifest_check.verify(lease).problems == ()
        assert len(manifest_check.verify(lease, Path(elsewhere)).problems) == 1


@pytest.mark.parametrize("newest", [1, 3, PAGES, 100])
def test_a_look_at_the_newest_links_alone_finds_a_whole_manifest_whole(filled: Store, newest: int) -> None:
    with filled.lease("verify") as lease:
        report = manifest_check.verify(lease, newest=newest)
    assert report == manifest_check.ManifestReport(links=PAGES, anchored=PAGES, erased=0, problems=())


def test_a_look_at_the_newest_links_alone_still_finds_that_an_older_one_is_missing(copied: Store) -> None:
    with copied.lease("tamper") as lease:
        lease.execute("DELETE FROM manifest WHERE seq = 2")
        lease.execute("DELETE FROM captures WHERE link = 2")
        assert manifest_check.verify(lease, newest=3).problems == ("1 of the links up to 5 are missing",)
