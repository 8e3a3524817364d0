from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.domain.captures import sha256
from scanner.errors import StoreDamaged, StoreError
from scanner.store import evidence
from tests.store.samples import make_evidence


def alter(path: Path, body: bytes) -> None:
    path.chmod(0o600)
    path.write_bytes(body)


def test_bytes_are_kept_as_they_are_read_only_and_under_their_hash(tmp_path: Path) -> None:
    item = make_evidence(b"\x1f\x8b raw \x00")
    path = evidence.write(tmp_path, item)
    digest = item.capture.sha256
    assert path == tmp_path / digest[:2] / digest[2:4] / digest
    assert path.stat().st_mode & 0o777 == 0o400
    assert evidence.read(tmp_path, digest) == item.body


def test_bytes_that_are_there_stay_untouched(tmp_path: Path) -> None:
    path = evidence.write(tmp_path, make_evidence())
    before = path.stat()
    evidence.write(tmp_path, make_evidence())
    assert path.stat() == before


def test_it_refuses_bytes_that_are_not_what_the_capture_claims(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"captured as 0000.*, but the bytes are"):
        evidence.write(tmp_path, make_evidence(sha256="0" * 64))
    assert list(tmp_path.iterdir()) == []


@given(st.text() | st.from_regex(r"(\.\./){1,4}[a-z/]*") | st.from_regex(r"\A[0-9a-f]{64}\n\Z"))
def test_no_name_leads_out_of_the_folder(name: str) -> None:
    with pytest.raises(StoreError, match="is not a SHA-256; valid are 64 digits"):
        evidence.path_of(Path("evidence"), name)


def test_reading_notices_altered_and_missing_bytes(tmp_path: Path) -> None:
    alter(evidence.write(tmp_path, make_evidence()), b"lain")
    with pytest.raises(StoreDamaged, match="was altered"):
        evidence.read(tmp_path, sha256(b"page"))
    with pytest.raises(StoreDamaged, match="cannot be read: No such file"):
        evidence.read(tmp_path, sha256(b"never kept"))


def test_verifying_names_what_is_missing_altered_or_unreadable(tmp_path: Path) -> None:
    good, bad, blocked = (make_evidence(body) for body in (b"baik", b"buruk", b"folder"))
    evidence.write(tmp_path, good)
    alter(evidence.write(tmp_path, bad), b"diubah")
    evidence.path_of(tmp_path, blocked.capture.sha256).mkdir(parents=True)
    gone = sha256(b"hilang")
    hashes = [good.capture.sha256, bad.capture.sha256, gone, blocked.capture.sha256]
    found = list(evidence.verify(tmp_path, hashes))
    assert [(problem.sha256, problem.kind) for problem in found] == [
        (bad.capture.sha256, "altered"),
        (gone, "missing"),
        (blocked.capture.sha256, "unreadable"),
    ]
    assert all(problem.sha256 in problem.message for problem in found)
