"""Every hostile text at every place where data comes to a page, and nothing of it becomes part of the page (B3).

Read by a parser as a browser would read it; the same set runs in a browser in `tests/web/browser`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import quote, urlsplit

import pytest
from bs4 import BeautifulSoup

from scanner.domain.accounts import Account, Platform
from scanner.domain.flags import Phase
from scanner.domain.posts import Media, Post
from scanner.domain.runs import Coverage, Outcome, Rejected, Run, Tally
from scanner.domain.signals import Channel, Exculpatory, Signal, Weight
from scanner.store import accounts, audit, flags, posts, quarantine, runs
from scanner.store.captures import save_captures
from scanner.store.connection import Lease
from scanner.web.rendering import web_address
from tests.review.desks import NO, add_flags, say
from tests.store.samples import make_account, make_evidence, make_flag, make_post
from tests.web.conftest import Office, Site, open_site
from tests.web.payloads import ADDRESSES, PAYLOADS

RUN = "scan-hostile"
TAGS = set(
    """html head meta title link body a header span nav ul li form small button main footer p h1 h2 h3 section div label
    input select option article strong dl dt dd table thead tbody tr th td code details summary ol figure figcaption svg
    rect fieldset legend textarea kbd aside noscript script br img mark""".split()  # noqa: SIM905
)
"""Tags that templates write; iframe, object, base, style, math and the like are not among them."""
ATTRIBUTES = set(
    """lang charset name content rel href class type id tabindex action method value maxlength autocapitalize spellcheck
    autofocus role title aria-label aria-current aria-hidden aria-controls aria-live target for required placeholder
    autocomplete inputmode pattern minlength hidden disabled checked selected open src defer loading alt width height
    viewbox x y rx data-desk data-keys data-saving data-not-saved data-signed-out data-no-code data-keys-off data-item
    formmethod formnovalidate
    data-idle data-left data-when data-key data-note data-again data-do data-code-key data-behind media""".split()  # noqa: SIM905
)


@dataclass(frozen=True)
class Read:
    """A page as a parser reads it."""

    soup: BeautifulSoup
    text: str

    def holds(self, payload: str) -> bool:
        return " ".join(payload.split()) in self.text


def read(html: str) -> Read:
    """Read a page, and require that nothing stands in it that no template wrote."""
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.find_all(True):
        assert tag.name in TAGS, tag.name
        assert set(tag.attrs) <= ATTRIBUTES, (tag.name, set(tag.attrs) - ATTRIBUTES)
        for name in ("href", "src", "action"):
            assert_own_or_plain(str(tag.get(name, "/")))
        if tag.name in ("script", "link"):
            assert str(tag.get("src", tag.get("href"))).startswith("/static/")
            assert not tag.get_text(strip=True)
        if tag.name == "meta":
            assert set(tag.attrs) <= {"charset", "name", "content"}
    assert len(soup.find_all("main")) == len(soup.find_all("body")) == 1
    return Read(soup, " ".join(soup.get_text(" ").split()))


def assert_own_or_plain(address: str) -> None:
    parts = urlsplit(address)
    own = not parts.scheme and not parts.netloc and address.startswith(("/", "#", "?"))
    assert own or (parts.scheme in ("http", "https") and parts.hostname == "desa.example"), address


def hostile_account(number: int, payload: str) -> Account:
    return make_account(
        f"{number}-{' '.join(payload.replace('%', ' ').split())}",  # the test client undoes percent signs twice
        platform=Platform.WEB,
        person_id=f"PEG-{number}-{payload}",
        agency=f"{number:03} {payload}",
        unit=payload,
        legal_basis=payload,
        decree_number=payload,
        url=ADDRESSES[number % len(ADDRESSES)],
    )


def hostile_post(number: int, payload: str, account: Account) -> Post:
    return make_post(
        number,
        text=payload,
        platform=Platform.WEB,
        native_id=f"{number}-{payload}",
        account_id=account.id,
        context=payload,
        language=payload[:20],
        url=ADDRESSES[number % len(ADDRESSES)],
        media=(Media(kind="image", description=payload), Media(kind=payload, url=payload, description="")),
        posted_at=make_post().posted_at + timedelta(minutes=number),
    )


def poison(lease: Lease, site: Site) -> None:
    """Put every payload wherever a text from outside may be stored."""
    now = site.desk.now()
    runs.start_run(lease, Run(id=RUN, kind="scan", started_at=now, ended_at=None, exit_code=None, versions=PAYLOADS[0]))
    runs.finish_run(lease, RUN, ended_at=now, exit_code=3, note=PAYLOADS[1])
    listed = [hostile_account(number, payload) for number, payload in enumerate(PAYLOADS)]
    written = [hostile_post(*one, account) for one, account in zip(enumerate(PAYLOADS), listed, strict=True)]
    accounts.save_accounts(lease, listed)
    save_captures(lease, [make_evidence(url=payload) for payload in PAYLOADS])
    posts.save_posts(lease, written, run_id=RUN, seen_at=now)
    posts.save_posts(lease, [replace(post, text=f"{post.text} lagi") for post in written], run_id=RUN, seen_at=now)
    runs.save_coverage(lease, (gap(account, payload, site) for account, payload in zip(listed, PAYLOADS, strict=True)))
    quarantine.save_rejected(lease, [Rejected(one, 1, one, "0" * 64) for one in PAYLOADS], run_id=RUN, seen_at=now)
    for payload in PAYLOADS:
        audit.append(lease, actor=payload, action=payload, subject=payload, detail={payload: [payload]}, at=now)


def gap(account: Account, payload: str, site: Site) -> Coverage:
    at = site.desk.now()
    return Coverage(RUN, account.id, Outcome.PARTIAL, payload, Tally(1, 1, 0), 2, at, at)


def flagged(lease: Lease, site: Site, *, step: int = 20) -> None:
    """Put some hostile posts before reviewers, with hostile contexts that speak for them."""
    for number, payload in list(enumerate(PAYLOADS))[::step]:
        account = hostile_account(number, payload)
        post = replace(hostile_post(number, payload, account), text=f"{payload} lagi")
        exculpatory = Exculpatory(tag=payload, cue=payload, start=0, end=2, quote=payload, suppresses=False)
        signal = Signal("AJAKAN-PILIH", payload, Weight.H, Channel.TEXT, 0, 2, payload, object_kind=payload)
        flag = make_flag(number, post_id=post.id, version_id=post.version_id, account_id=account.id)
        flag = replace(flag, exculpatory=(exculpatory,), signals=(signal,), explanation=payload, phase=Phase.TENANG)
        flags.save_flags(lease, [replace(flag, known_at=site.desk.now() - timedelta(days=60))])


@pytest.fixture(scope="module")
def hostile(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A desk whose every text is hostile."""
    with open_site(office, tmp_path_factory.mktemp("hostile") / "kantor") as site:
        with site.store.lease("test") as lease:
            poison(lease, site)
            flagged(lease, site)
        yield site


def all_pages(site: Site, name: str, address: str) -> list[Read]:
    """Return all pages of a list."""
    client, found = site.client(name), list[Read]()
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, answer.text
        found.append(read(answer.text))
        onward = found[-1].soup.select_one('a[rel="next"]')
        address = str(onward["href"]) if onward else ""
    return found


def test_there_are_enough_of_them_and_each_once():
    assert len(PAYLOADS) >= 120
    assert len(set(PAYLOADS)) == len(PAYLOADS)


@pytest.mark.parametrize("address", ["/search?words=", "/accounts", "/runs/" + RUN, "/audit"])
def test_lists_show_every_hostile_text_as_text(hostile: Site, address: str):
    pages = all_pages(hostile, "agus", address)
    assert [payload for payload in PAYLOADS if not any(page.holds(payload) for page in pages)] == []


@pytest.mark.slow
def test_each_hostile_account_is_a_page_that_shows_it_as_text(hostile: Site):
    client = hostile.client("dian")
    for number, payload in enumerate(PAYLOADS):
        answer = client.get(f"/accounts/{quote(hostile_account(number, payload).id, safe='')}")
        assert answer.status_code == 200, payload
        assert read(answer.text).holds(f"{payload} lagi"), payload


def test_some_hostile_accounts_are_pages_that_show_them_as_text(hostile: Site):
    client = hostile.client("dian")
    for number in range(0, len(PAYLOADS), 20):
        answer = client.get(f"/accounts/{quote(hostile_account(number, PAYLOADS[number]).id, safe='')}")
        assert read(answer.text).holds(PAYLOADS[number])


def test_links_in_lists_lead_to_the_account_they_name(hostile: Site):
    client = hostile.client("agus")
    page = read(client.get("/accounts").text)
    links = [str(link["href"]) for link in page.soup.select("td a")]
    assert len(links) == 50
    for link in links[::10]:
        assert client.get(link).status_code == 200, link


@pytest.mark.parametrize("field", ["words", "account", "platform", "since", "state", "sort", "page", "nothing"])
def test_what_is_asked_comes_back_as_text_alone(shared_site: Site, field: str):
    client = shared_site.client("agus")
    for payload in PAYLOADS[::12]:
        answer = client.get("/search", params={field: payload})
        assert answer.status_code in (200, 400)
        read(answer.text)


@pytest.mark.parametrize(("path", "field"), [("/audit", "subject"), ("/audit", "actor"), ("/accounts", "name")])
def test_other_filters_give_it_back_as_text_too(shared_site: Site, path: str, field: str):
    client = shared_site.client("agus")
    for payload in PAYLOADS[::12]:
        read(client.get(path, params={field: payload}).text)


@pytest.mark.parametrize("path", ["/summary", "/agreement", "/runs", "/me"])
def test_the_other_pages_over_a_hostile_record_are_whole(hostile: Site, path: str):
    read(hostile.client("agus").get(path).text)


def test_no_hostile_text_runs_in_a_query(hostile: Site):
    """`'; DROP TABLE posts; --` and the others as filters find what holds them, or nothing (B4)."""
    client = hostile.client("agus")
    for payload in PAYLOADS[::10]:
        before = hostile.rows("SELECT count(*) FROM posts")
        found = client.get("/search", params={"words": payload})
        assert found.status_code == 200
        assert hostile.rows("SELECT count(*) FROM posts") == before
        assert found.text.count("<article") >= 1, payload


def in_hand(page: Read) -> dict[str, str]:
    """Return what the page would send with a verdict; empty where nothing waits."""
    return {one: str(page.soup.select_one(f"#judge [name={one}]")["value"]) for one in ("item", "key")}


def test_reviewers_see_hostile_posts_as_text_before_and_after_deciding(hostile: Site):
    client, shown = hostile.client("sari"), set[str]()
    page = read(client.get("/review").text)
    while (form := in_hand(page))["item"]:
        shown |= {payload for payload in PAYLOADS[::20] if page.holds(f"{payload} lagi")}
        answer = client.post("/review/decide", data={**form, "verdict": "unsure", "note": PAYLOADS[3], "seconds": ""})
        read(client.get(answer.headers["location"]).text)
        page = read(client.get("/review").text)
    assert shown == set(PAYLOADS[::20])
    assert read(client.get("/search?words=").text).text.count("lagi") >= len(shown)


def test_what_says_the_same_and_ones_own_decisions_show_hostile_texts_as_text(site: Site):
    client, now, said = site.client("sari"), site.desk.now(), "semoga makin maju dan sejahtera bersama. " * 9
    [(owner,)] = site.rows("SELECT DISTINCT account_id FROM posts")
    for number, payload in enumerate(PAYLOADS[::20], start=1):
        text = f"{said} {payload}".replace("{", "{{").replace("}", "}}") + " {}"
        with site.store.lease("test") as lease:
            account = accounts.load_account(lease, owner)
            first, _ = add_flags(lease, range(1000 * number, 1000 * number + 2), account, text=text)
        say(site.store, "sari", NO, first, now=now, note=payload)
        page = read(client.get("/review/decided", params={"item": first, "together": payload}).text)
        assert any(" ".join(payload.split()) in " ".join(one.get_text().split()) for one in page.soup.select(".quote"))
        assert read(client.get("/review/last", params={"done": payload}).text).holds(payload)


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_address_but_a_plain_one_becomes_a_link(address: str):
    assert web_address(address) == ""


def test_own_keys_reach_the_page_as_data_alone(site: Site):
    client = site.client("sari")
    form = {"reject": '"', "unsure": "<", "suspected": "'", "undo": "&", "note": "\\", "context": ">", "guideline": "/"}
    assert client.post("/me/keys", data={**form, "help": "`"}).status_code == 303
    page = read(client.get("/review").text)
    assert json.loads(str(page.soup.select_one("[data-keys]")["data-keys"]))["reject"] == '"'
    assert read(client.get("/me").text).soup.select_one("[name=unsure]")["value"] == "<"
