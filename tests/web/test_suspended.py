"""Nothing of somebody suspended is on any page: every route there is, asked by every role (reliability P5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from urllib.parse import quote

import pytest

from scanner.domain.reviews import Stage
from scanner.domain.runs import Coverage, Outcome, Rejected, Tally
from scanner.domain.users import User
from scanner.review.gold import mark_gold
from scanner.store import assignments, media, persons, quarantine, runs, users
from scanner.store.assignments import Hold
from scanner.store.media import Medium, State
from tests.review.desks import NO, UNSURE, YES, add_flags, say
from tests.store.samples import make_account, make_evidence
from tests.web.conftest import PEOPLE, Office, Site, open_site
from tests.web.test_routes import routed

PERSON = "KANARI-0001"
ACCOUNT = make_account("kanari_akun@nusarimba.example", person_id=PERSON, agency="Kanari Agency", unit="Kanari Unit")
TEXT = "Coblos kanari teks ya, warga {}!"
CANARY = "kanari"
PICTURE = b"kanari picture"


def fill(site: Site) -> list[str]:
    """Put somebody into every place that a page may be made from; return the items."""
    now = site.desk.now()
    with site.store.lease("test") as lease:
        items = add_flags(lease, range(1000, 1006), ACCOUNT, text=TEXT)
        [(run,)] = lease.rows("SELECT id FROM runs LIMIT 1")
        told = Coverage(run, ACCOUNT.id, Outcome.PARTIAL, f"{ACCOUNT.handle}: tenggat", Tally(6, 0, 0), 2, now, now)
        runs.save_coverage(lease, [told])
        lease.execute("UPDATE runs SET note = $note", {"note": f"{ACCOUNT.id}: gagal"})
        faults = [Rejected(ACCOUNT.handle, 1, f"{ACCOUNT.handle}: tanpa waktu", "0" * 64)]
        quarantine.save_rejected(lease, faults, run_id=run, seen_at=now)
        shown = make_evidence(PICTURE, media_type="image/png")
        for item in items:
            one = Medium(item, 0, "https://desa.example/kanari.png", State.FETCHED, sha256=shown.capture.sha256)
            one = replace(one, display_sha256=shown.capture.sha256, display_type="image/png", width=1, height=1)
            media.save_medium(lease, one, shown, PICTURE)
    for item, (first, second) in zip(items, [(YES, YES), (NO, NO), (YES, NO), (UNSURE, None)], strict=False):
        say(site.store, "sari", first, item, now=now)
        if second is not None:
            say(site.store, "budi", second, item, now=now)
    with site.store.lease("test") as lease:
        assignments.hold(lease, "joko", [Hold(items[2], Stage.ADJUDICATION, now, shown=True)])
    say(site.store, "joko", NO, items[2], now=now)
    site.client("joko").post("/review/views", data={"item": items[2]})
    for item in items[:2]:
        site.client("joko").post("/settled/open", data={"item": item})
    site.client("joko").post("/review/refer", data={"item": items[0], "sure": "yes"})
    mark_gold(site.store, _user(site, "joko"), items[1], reason="jelas", now=now)
    site.client("tina").get("/review")
    return items


def _user(site: Site, name: str) -> User:
    with site.store.lease("test") as lease:
        return users.require_user(lease, name)


def addresses(site: Site, items: list[str]) -> Iterator[str]:
    """Yield every GET route of the router as it is asked plainly, for each item, and for all that can be found."""
    [(run,)] = site.rows("SELECT id FROM runs LIMIT 1")
    for method, path in sorted(routed(site)):
        if method != "GET":
            continue
        named: Mapping[str, str] = {"id:path": ACCOUNT.id, "id": run, "name": "desk.css"}
        for parameter in _parameters(path):
            path = path.replace(f"{{{parameter}}}", quote(named[parameter], safe=""))
        yield path
        yield f"{path}?words="
        yield from (f"{path}?item={quote(item, safe='')}&position=0" for item in items)


def _parameters(path: str) -> list[str]:
    return [piece.partition("}")[0] for piece in path.split("{")[1:]]


def shown(site: Site, items: list[str], names: Iterable[str]) -> set[str]:
    """Return the pages, by role and route, on which anything of the person stands."""
    found = set()
    for name in names:
        client = site.client(name)
        for address in addresses(site, items):
            answer = client.get(address)
            assert answer.status_code < 500, (name, address, answer.text)
            body = answer.content.lower().replace(quote(ACCOUNT.id, safe="").lower().encode(), b"")
            if CANARY.encode() in body or any(native(item) in body for item in items):
                found.add(f"{name} {address.partition('?')[0]}")
    return found


def suspend(site: Site) -> None:
    with site.store.lease("test") as lease:
        assert persons.suspend(lease, PERSON, reason="keberatan", by="dian", at=site.desk.now()) == 1


def resume(site: Site) -> None:
    with site.store.lease("test") as lease:
        assert persons.resume(lease, PERSON, reason="ditolak", by="dian", at=site.desk.now()) == 1


def native(item: str) -> bytes:
    """Return what the platform calls a post."""
    return item.partition("@")[0].encode()


@pytest.fixture(scope="module")
def filled(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, list[str]]]:
    with open_site(office, tmp_path_factory.mktemp("suspended") / "kantor") as site:
        yield site, fill(site)


def test_no_route_shows_one_byte_of_somebody_suspended(filled: tuple[Site, list[str]]):
    site, items = filled
    suspend(site)
    assert shown(site, items[:1], ("sari", "joko", "agus")) == set()
    resume(site)


@pytest.mark.slow
def test_no_route_shows_one_byte_of_them_to_anybody_by_any_item(filled: tuple[Site, list[str]]):
    require_hidden(*filled, PEOPLE)


def require_hidden(site: Site, items: list[str], names: Iterable[str]) -> None:
    before = {one.partition(" ")[2].partition("%")[0] for one in shown(site, items, names)}
    wanted = {"/review", "/review/decided", "/review/last", "/review/picture", "/search", "/accounts", "/audit"}
    assert before >= wanted | {"/settled"}
    suspend(site)
    assert shown(site, items, names) == set()
    resume(site)
    assert "keberatan" in site.client("dian").get("/audit?action=person.suspend").text, (
        "that it was done is told, of whom is not"
    )


def test_whoever_has_the_page_open_still_cannot_act_on_it(filled: tuple[Site, list[str]]):
    site, items = filled
    suspend(site)
    client = site.client("sari")
    said = {"item": items[5], "key": "k5", "verdict": "not_violation", "note": "", "seconds": "9"}
    assert client.post("/review/decide", data=said).status_code == 404
    for path in ("/review/undo", "/review/last"):
        answer = client.post(path, data={"item": items[3], "key": f"u{path}"})
        assert CANARY not in answer.text.lower()
    resume(site)
