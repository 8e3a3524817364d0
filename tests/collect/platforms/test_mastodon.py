"""What is particular to Mastodon: roles, visibility, notes, looking up by id, and the paging of odd servers."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from scanner.collect.interface import Options, Window
from scanner.collect.platforms.mastodon import MastodonCollector
from scanner.domain.accounts import Platform
from scanner.domain.posts import Media, Role
from scanner.domain.runs import Cursor
from scanner.errors import Blocked, FetchFailed, FormatDrift, Gone, Private
from tests.collect.fakes import account_of
from tests.collect.servers import NOT_FOUND, Reply, Request, Site, plain_client

ANI = {"id": "7", "username": "Ani", "acct": "Ani", "noindex": None}
BUDI = {"id": "8", "username": "budi", "acct": "budi@lain.example"}


def status(native_id: str = "100", **fields) -> dict:
    return {
        "id": native_id,
        "created_at": "2026-03-01T10:00:00.000Z",
        "visibility": "public",
        "content": "<p>Halo</p>",
        "account": ANI,
        "url": f"https://contoh.example/@Ani/{native_id}",
    } | fields


class Server:
    def __init__(self, statuses: list[dict], profile: dict | None = None, link: str | None = None) -> None:
        self.statuses, self.profile, self.link = statuses, profile or ANI, link

    def __call__(self, request: Request) -> Reply:
        if request.path.endswith("/lookup"):
            return as_json(self.profile)
        headers = {"Link": self.link} if self.link else {"Link": '<https://x/?min_id=1>; rel="prev"'}
        return as_json(self.statuses, headers)


def as_json(value, headers=None) -> Reply:
    body = value if isinstance(value, bytes) else json.dumps(value)
    return Reply(body, media_type="application/json; charset=utf-8", headers=headers or {})


@contextmanager
def collector_at(answer, **options):
    with Site(answer) as site, plain_client(site.host) as client:
        yield MastodonCollector(client, Options(base_url=site.url, **options)), site


def pages_of(answer, handle: str = "Ani@contoh.example", cursor: Cursor | None = None, **options):
    with collector_at(answer, **options) as (collector, _):
        return list(collector.collect(account_of(Platform.MASTODON, handle), cursor or Cursor(), Window()))


def post_of(native_id: str = "100", **fields):
    (page,) = pages_of(Server([status(native_id, **fields)]))
    (post,) = page.posts
    return post


def test_identity_comes_from_the_handle_not_from_where_it_was_asked():
    post = post_of()
    assert post.id == "mastodon:contoh.example/100"
    assert post.account_id == "mastodon:ani@contoh.example"
    assert post.url == "https://contoh.example/@Ani/100"
    assert post.posted_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert (post.role, post.text, post.context, post.verifiable) == (Role.POSTED, "Halo", "", True)


def test_everything_the_reader_sees_belongs_to_the_words():
    post = post_of(
        spoiler_text="Awas panjang",
        content="<p>Isi</p>",
        poll={"options": [{"title": "Ya"}, {"title": "Tidak"}]},
        media_attachments=[
            {"type": "image", "url": "https://c.example/1.jpg", "description": "Spanduk biru"},
            {"type": "gifv", "url": None, "description": None},
        ],
        card={"url": "https://berita.example/a", "title": "Judul berita"},
    )
    parts = ["Awas panjang", "Isi", "[jajak pendapat: Ya / Tidak]", "[gambar: Spanduk biru]", "[tautan: Judul berita]"]
    assert post.text == "\n\n".join(parts)
    assert post.media == (
        Media(kind="image", url="https://c.example/1.jpg", description="Spanduk biru"),
        Media(kind="video", url=None),
        Media(kind="link", url="https://berita.example/a", description="Judul berita"),
    )


def test_a_boost_is_the_accounts_deed_with_other_peoples_words():
    shared = status("55", content="<p>Kata Budi untuk @citra</p>", account=BUDI)
    post = post_of(content="", reblog=shared)
    assert (post.role, post.native_id, post.text) == (Role.REPOSTED, "contoh.example/100", "Kata Budi untuk @…")
    assert post.context == "[membagikan unggahan @… (boost)]"


def test_a_reply_to_others_is_a_reply_and_one_to_oneself_is_a_thread():
    other = post_of(in_reply_to_id="5", in_reply_to_account_id="8")
    assert (other.role, other.context) == (Role.REPLIED, "[membalas unggahan @…; unggahan itu tidak diambil]")
    own = post_of(in_reply_to_id="5", in_reply_to_account_id="7")
    assert (own.role, own.context) == (Role.POSTED, "")


def test_quoted_words_are_context_and_private_ones_are_not_shown():
    quoted = status("55", content="<p>Kata Budi @citra</p>", account=BUDI)
    post = post_of(quote={"state": "accepted", "quoted_status": quoted})
    assert (post.role, post.text) == (Role.QUOTED, "Halo")
    assert post.context == "[mengutip unggahan @…]\n\nKata Budi @…"
    hidden = post_of(quote={"state": "accepted", "quoted_status": quoted | {"visibility": "private"}})
    assert "Budi" not in hidden.context
    assert post_of(quote={"state": "deleted", "quoted_status": None}).role is Role.POSTED


def test_handles_of_others_are_masked_and_ones_own_stays():
    mention = '<a href="https://l.example/@budi" class="u-url mention">@<span>budi</span></a>'
    text = post_of(content=f"<p>{mention} dan @ani, @ani@contoh.example, surel a@b.example</p>").text
    assert text == "@… dan @ani, @ani@contoh.example, surel a@b.example"


@pytest.mark.parametrize("visibility", ["private", "direct", "mutuals_only"])
def test_what_is_not_public_is_dropped_though_a_server_shows_it(visibility):
    hidden = status("99", visibility=visibility)
    boosted = status("98", reblog=status("5", account=BUDI, visibility=visibility))
    (page,) = pages_of(Server([status("100"), hidden, boosted, status("97", visibility="unlisted")]))
    assert [post.native_id for post in page.posts] == ["contoh.example/100", "contoh.example/97"]
    assert page.rejected == ()
    assert page.cursor == Cursor(high_water="100")


def test_an_edit_keeps_its_time():
    post = post_of(edited_at="2026-03-02T10:00:00.000Z")
    assert post.edited_at == datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("profile", "error"),
    [
        (ANI | {"noindex": True}, Private),
        (ANI | {"suspended": True}, Gone),
        (ANI | {"username": "budi"}, FormatDrift),
        ({"error": "Record not found"}, FormatDrift),
        ([], FormatDrift),
    ],
)
def test_the_profile_decides_whether_posts_are_asked_for(profile, error):
    with collector_at(lambda _: as_json(profile)) as (collector, site):
        with pytest.raises(error):
            list(collector.collect(account_of(Platform.MASTODON, "ani@contoh.example"), Cursor(), Window()))
        assert len(site.pages) == 1


def test_a_moved_account_is_read_and_noted():
    (page,) = pages_of(Server([status()], ANI | {"moved": {"id": "9"}}))
    assert len(page.posts) == 1
    assert page.note == "the account says that it has moved to another one"
    assert page.native_id == "7"


@pytest.mark.parametrize("handle", ["ani", "@ani@contoh.example", "ani@", "ani@contoh/example", "ani@a@b.example", ""])
def test_it_refuses_what_is_no_handle(handle):
    with pytest.raises(Blocked, match="valid: user@host"):
        pages_of(Server([]), handle)


def test_a_server_that_ignores_paging_is_noticed_and_what_it_showed_is_kept():
    """snac2 sends everything always and no Link header."""

    def answer(request: Request) -> Reply:
        everything = [status(str(number)) for number in range(130, 100, -1)]
        return as_json(ANI if request.path.endswith("/lookup") else everything)

    pages = pages_of(answer)
    assert len(pages) == 2
    assert "ignores paging" in pages[-1].note
    assert pages[-1].cursor == Cursor(high_water="130")
    assert len({post.id for page in pages for post in page.posts}) == 30


def test_a_server_without_link_headers_that_does_page_is_read_to_the_end():
    def answer(request: Request) -> Reply:
        if request.path.endswith("/lookup"):
            return as_json(ANI)
        below = int(request.query.get("max_id", "108"))
        return as_json([status(str(number)) for number in range(below - 1, max(below - 4, 99), -1)])

    pages = pages_of(answer)
    found = [post.native_id for page in pages for post in page.posts]
    assert found == [f"contoh.example/{number}" for number in range(107, 99, -1)]
    assert pages[-1].note == ""


def test_short_pages_are_not_the_end():
    def answer(request: Request) -> Reply:
        if request.path.endswith("/lookup"):
            return as_json(ANI)
        newest = int(request.query.get("max_id", "106")) - 1
        link = f'<https://evil.example/elsewhere?max_id={newest}>; rel="next"' if newest > 100 else '<x>; rel="prev"'
        return as_json([status(str(newest))], {"Link": link})

    assert sum(len(page.posts) for page in pages_of(answer)) == 6


def test_the_ceiling_of_pages_stops_an_endless_server_and_the_next_run_goes_on():
    def answer(request: Request) -> Reply:
        if request.path.endswith("/lookup"):
            return as_json(ANI)
        newest = int(request.query.get("max_id", "900")) - 1
        return as_json([status(str(newest))], {"Link": f'<https://x.example/?max_id={newest}>; rel="next"'})

    pages = pages_of(answer, max_pages=4)
    assert len(pages) == 4
    assert "ceiling" in pages[-1].note
    assert pages[-1].cursor == Cursor(next_page="896", top="899")
    more = pages_of(answer, cursor=pages[-1].cursor, max_pages=2)
    assert more[0].posts[0].native_id == "contoh.example/895"


DAMAGED = {
    "half": (b'[{"id": "1"', FetchFailed),
    "empty": (b" ", FetchFailed),
    "deep": (b"[" * 100_000 + b"]" * 100_000, FormatDrift),
    "lines": (b'{"id": "1"}\n{"id": "2"}\n', FormatDrift),
    "an object": (b'{"error": "x"}', FormatDrift),
    "numbers": (b"[1, 2, 3]", FormatDrift),
}


@pytest.mark.parametrize(("body", "error"), DAMAGED.values(), ids=DAMAGED)
def test_damaged_json_is_told_from_unknown_json(body, error):
    with pytest.raises(error):
        pages_of(lambda request: as_json(ANI if request.path.endswith("/lookup") else body))


def test_damaged_characters_cost_no_post_and_are_marked():
    good, bad = status("100", content="Baik"), status("99", content="Rusak XX")
    body = json.dumps([good, bad]).encode()
    for damage, left in ((b"\\ud800", "\ufffd"), (b"\xff\xfe", "\ufffd\ufffd"), (b"\\u0000", "")):
        (page,) = pages_of(Server(body.replace(b"XX", damage)))
        assert [(post.text, post.repaired) for post in page.posts] == [
            ("Baik", False),
            (f"Rusak {left}".strip(), "\ufffd" in left),
        ]
    (page,) = pages_of(Server(b"\xef\xbb\xbf" + body))
    assert len(page.posts) == 2


# Looking up by id


def found(answers: dict[str, Reply], *native_ids: str, handle: str = "Ani@contoh.example"):
    with collector_at(lambda request: answers.get(request.path.rpartition("/")[2], NOT_FOUND)) as (collector, site):
        return list(collector.look_up(account_of(Platform.MASTODON, handle), native_ids)), site


def test_a_status_is_asked_for_by_its_id_and_one_that_is_gone_is_missing():
    answers = {"100": as_json(status("100", content="<p>Diubah</p>")), "98": Reply("gone", status=410)}
    ids = ["contoh.example/100", "contoh.example/99", "contoh.example/98"]
    (there, *gone), site = found(answers, *ids)
    assert [(post.native_id, post.text) for post in there.posts] == [("contoh.example/100", "Diubah")]
    assert there.evidence[0].capture.sha256 == there.posts[0].capture_sha256
    assert [one.missing for one in gone] == [("contoh.example/99",), ("contoh.example/98",)]
    assert [request.path for request in site.pages] == [f"/api/v1/statuses/{number}" for number in (100, 99, 98)]


@pytest.mark.parametrize(
    "fields",
    [
        {"account": BUDI},
        {"account": BUDI | {"acct": "ani@lain.example"}},
        {"visibility": "private"},
        {"account": ANI | {"noindex": True}},
        {"reblog": status("5", account=BUDI, visibility="private")},
    ],
    ids=["somebody else", "same name elsewhere", "not public", "opted out", "shares what is not public"],
)
def test_what_is_not_the_accounts_or_not_open_is_unknown_and_not_missing(fields):
    answers, _ = found({"100": as_json(status("100", **fields))}, "contoh.example/100")
    assert answers == []


@pytest.mark.parametrize("code", [401, 403])
def test_a_server_that_refuses_single_statuses_is_asked_once_and_leaves_them_unknown(code):
    answers, site = found({"100": Reply("no", status=code)}, "contoh.example/100", "contoh.example/99")
    assert answers == []
    assert len(site.pages) == 1


def test_a_comment_on_another_server_is_known_by_its_full_name_there():
    remote = ANI | {"id": "55", "acct": "Ani@contoh.example"}
    (there,), _ = found({"7": as_json(status("7", account=remote))}, "kampanye.example/7")
    assert [post.native_id for post in there.posts] == ["kampanye.example/7"]


# What snac2 does otherwise


def test_an_id_that_changes_with_every_edit_stays_the_same_post():
    before, after = (f"{second}732d2c2451a919b2271c5db23aa311eb" for second in (1795322408, 1795322410))
    assert post_of(native_id=before).id == post_of(native_id=after).id


def test_an_own_post_listed_as_somebody_elses_boost_of_it_is_the_accounts_own():
    own = status("100", content="<p>Kata Ani</p>")
    (page,) = pages_of(Server([status("100", account=BUDI, content="", reblog=own), status("99")]))
    assert [(post.role, post.text) for post in page.posts] == [(Role.POSTED, "Kata Ani"), (Role.POSTED, "Halo")]
    assert page.rejected == ()


def test_somebody_elses_boost_of_a_third_person_is_nobody_listed():
    boost = status("100", account=BUDI, content="", reblog=status("55", account=BUDI))
    (page,) = pages_of(Server([boost, status("99")]))
    assert [post.native_id for post in page.posts] == ["contoh.example/99"]
    assert len(page.rejected) == 1
