"""Timestamps, asked of a real authority and checked offline."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.errors import CollectError, FetchFailed, SettingsError
from scanner.report import timestamps
from scanner.report.integrity import check_integrity
from scanner.report.timestamps import Authority, Told
from scanner.store import audit, captures, manifest, stamps
from scanner.store.connection import Store
from tests.authority import Tsa, make_tsa, serving
from tests.collect.servers import Reply, Site, plain_client
from tests.store.samples import make_evidence


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Tsa:
    return make_tsa(tmp_path_factory.mktemp("tsa") / "a")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "data" / "scanner.duckdb")
    with store.lease("test") as lease:
        captures.save_captures(lease, [make_evidence()])
        audit.append(lease, actor="joko", action="test", subject="x", detail={})
    return store


@pytest.fixture
def served(tsa: Tsa) -> Iterator[Site]:
    with serving(tsa) as site:
        yield site


def ask(store: Store, site: Site, root: Path) -> Told:
    with plain_client(site.host) as client:
        return timestamps.ask(store, client, Authority(url=f"{site.url}/tsr", ca_file=root), by="sari")


def kept(store: Store, name: str) -> tuple[Path, Path]:
    return stamps.paths_of(stamps.folder_of(store.path.parent), name)


def test_a_token_over_both_heads_is_kept_beside_them_and_an_event_tells_of_it(store: Store, served: Site, tsa: Tsa):
    told = ask(store, served, tsa.root)
    stamp = stamps.read(stamps.folder_of(store.path.parent), told.name)
    with store.lease("read") as lease:
        [event] = audit.events(lease, subject=told.name)
        assert stamp.heads["manifest"] == manifest.last_link(lease)
        assert stamps.holds(lease, "audit", stamp.heads["audit"])
    assert (event.actor, event.detail["told_at"]) == ("sari", told.at.isoformat())
    assert abs((event.happened_at - told.at).total_seconds()) < 3600
    assert check_integrity(store, tsa.root).problems == ()


def test_openssl_alone_finds_the_token_good(store: Store, served: Site, tsa: Tsa):
    statement, token = kept(store, ask(store, served, tsa.root).name)
    command = ["openssl", "ts", "-verify", "-data", statement, "-in", token, "-CAfile", tsa.root]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip() == "Verification: OK"


def test_only_a_hash_leaves_the_house(store: Store, served: Site, tsa: Tsa):
    ask(store, served, tsa.root)
    [request] = served.requests
    assert len(request.body) < 100
    with store.lease("read") as lease:
        assert manifest.last_link(lease).hash.encode() not in request.body


def test_another_root_is_not_believed_when_asking_or_later(store: Store, served: Site, tsa: Tsa, tmp_path: Path):
    other = make_tsa(tmp_path / "lain", "Orang Lain")
    with pytest.raises(FetchFailed, match="not a timestamp we can use"):
        ask(store, served, other.root)
    assert not stamps.folder_of(store.path.parent).exists()
    ask(store, served, tsa.root)
    [problem] = check_integrity(store, other.root).problems
    assert problem.startswith("timestamp 0")


def test_an_old_answer_is_not_taken_for_a_new_one(store: Store, tsa: Tsa):
    """Played back by somebody between us and the authority: the number that was sent is not in it."""
    seen: list[bytes] = []

    def answer(request) -> Reply:
        seen.append(seen[0] if seen else tsa.reply(request.body))
        return Reply(seen[-1], media_type="application/timestamp-reply")

    with Site(answer) as site:
        ask(store, site, tsa.root)
        with pytest.raises(FetchFailed, match="Nonce mismatch"):
            ask(store, site, tsa.root)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(b"<html>Selamat datang</html>"), "not a timestamp we can use"),
        (Reply(bytes.fromhex("30053003020102")), "refused with status 2"),
        (Reply(b"x", status=500), "server error 500"),
        (Reply(b""), "empty answer"),
    ],
    ids=["page", "rejection", "error", "nothing"],
)
def test_what_is_no_token_is_told_and_nothing_is_kept(store: Store, tsa: Tsa, reply: Reply, reason: str):
    with Site(lambda _: reply) as site, pytest.raises(CollectError, match=reason):
        ask(store, site, tsa.root)
    assert timestamps.check_kept(store, tsa.root) == (0, [])


@pytest.mark.parametrize("content", [None, b"", b"bukan sertifikat"], ids=["missing", "empty", "other"])
def test_a_certificate_file_that_cannot_be_used_is_named_before_anybody_is_asked(
    store: Store, served: Site, tmp_path: Path, content: bytes | None
):
    root = tmp_path / "root.pem"
    if content is not None:
        root.write_bytes(content)
    with pytest.raises(SettingsError, match=r"root\.pem: no certificates can be read"):
        ask(store, served, root)
    assert served.requests == []


@pytest.mark.parametrize("which", [0, 1], ids=["statement", "token"])
@pytest.mark.parametrize("content", [None, b"lain"], ids=["removed", "changed"])
def test_files_that_were_changed_or_taken_away_are_found(
    store: Store, served: Site, tsa: Tsa, which: int, content: bytes | None
):
    path = kept(store, ask(store, served, tsa.root).name)[which]
    path.chmod(0o600)
    path.unlink() if content is None else path.write_bytes(content)
    [problem] = check_integrity(store, tsa.root).problems
    assert "cannot be read" in problem or "not those that were kept" in problem


def test_a_chain_made_anew_does_not_fit_what_the_authority_vouched_for(store: Store, served: Site, tsa: Tsa):
    """The one forgery no anchor on the same machine shows: everything rewritten, the anchor too."""
    ask(store, served, tsa.root)
    with store.lease("forge") as lease:
        lease.execute("DELETE FROM manifest")
        lease.execute("UPDATE captures SET link = NULL, url = 'https://lain.example/'")
        audit.write_anchor(manifest.anchor_path(lease.folder), audit.GENESIS)
        manifest.adopt(lease)
    [problem] = check_integrity(store, tsa.root).problems
    assert "the manifest no longer holds 1, which the authority vouched for" in problem


def test_without_a_certificate_file_the_tokens_are_said_to_be_unchecked(store: Store, served: Site, tsa: Tsa):
    ask(store, served, tsa.root)
    count, [problem] = timestamps.check_kept(store, None)
    assert (count, "names no ca_file" in problem) == (1, True)


def test_a_store_without_anything_can_be_stamped_too(tmp_path: Path, served: Site, tsa: Tsa):
    empty = Store(tmp_path / "kosong" / "scanner.duckdb")
    told = ask(empty, served, tsa.root)
    assert told.name == "00000000-00000000"
    assert check_integrity(empty, tsa.root).problems == ()


def test_the_time_a_token_tells_can_be_read_without_knowing_who_signed_it(store: Store, served: Site, tsa: Tsa):
    told = ask(store, served, tsa.root)
    stamp = stamps.read(stamps.folder_of(store.path.parent), told.name)
    assert timestamps.time_told(stamp.token, stamp.statement) == told.at
    for token, statement in ((stamp.token, b"lain"), (b"lain", stamp.statement)):
        with pytest.raises(ValueError):
            timestamps.time_told(token, statement)


@pytest.mark.parametrize("name", ["../../etc/passwd", "1-1", "", "00000001-00000001\n"])
def test_no_name_leads_out_of_the_folder(name: str):
    with pytest.raises(ValueError, match="is not the name of a timestamp"):
        stamps.paths_of(Path("timestamps"), name)
