"""Whether we speak as Google describes its interface: discovery document and schema, where they are at hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from scanner.collect.interface import Options, Window
from scanner.collect.platforms.youtube import YouTubeCollector
from scanner.domain.runs import Cursor
from tests.collect.fakes import PAGE
from tests.collect.fakes.youtube import OTHER, OWN, FakeYouTube, comment, film, listing, thread, video_id
from tests.collect.servers import Reply, Request, Site, plain_client

REAL = Path(__file__).parents[3] / "../shared/real/youtube"


@cache
def methods() -> dict[str, dict]:
    """Every list method of the discovery document by its path."""
    resources = json.loads((REAL / "youtube.v3.json").read_text("utf-8"))["resources"]
    found = [one["methods"]["list"] for one in resources.values() if "list" in one.get("methods", {})]
    return {"/" + method["path"]: method for method in found}


@cache
def validator(name: str):
    from jsonschema import Draft202012Validator

    schema = json.loads((REAL / "youtube.v3.schema.json").read_text("utf-8"))
    return Draft202012Validator(schema | {"$ref": f"#/$defs/{name}"})


def wrong_with(request: Request, reply: Reply) -> list[str]:
    """Return what of one exchange is not as described. Answers that are errors have no schema."""
    method = methods().get(request.path)
    if method is None:
        return [f"{request.path}: no such method"]
    wrong = [f"{name} is missing" for name, told in method["parameters"].items() if told.get("required")]
    wrong = [one for one in wrong if one.partition(" ")[0] not in request.query]
    for name, value in request.query.items():
        wrong += wrong_value(name, value, method["parameters"].get(name))
    if reply.status == 200 and "json" in reply.media_type:
        errors = validator(method["response"]["$ref"]).iter_errors(json.loads(reply.body))
        wrong += [f"{error.json_path}: {error.message:.200}" for error in errors]
    return [f"{request.path}: {one}" for one in wrong]


def wrong_value(name: str, value: str, told: dict | None) -> list[str]:
    if told is None:
        return [f"{name}: no such parameter"]
    if told["type"] == "integer" and not int(told["minimum"]) <= int(value) <= int(told["maximum"]):
        return [f"{name}={value}: not from {told['minimum']} to {told['maximum']}"]
    if "enum" in told and value not in told["enum"]:
        return [f"{name}={value}: none of {told['enum']}"]
    if name == "id" and len(value.split(",")) > 50:  # said in words only
        return [f"{name}: more than fifty"]
    return [] if told.get("repeated") or "," not in value else [f"{name}={value}: only one value"]


def conforming(answer: Callable[[Request], Reply], wrong: list[str]) -> Callable[[Request], Reply]:
    """Answer as before and write down what is not as described, where the description is at hand."""

    def checked(request: Request) -> Reply:
        reply = answer(request)
        if REAL.is_dir():
            wrong.extend(wrong_with(request, reply))
        return reply

    return checked


@pytest.fixture
def described():
    if not REAL.is_dir():
        pytest.skip("../shared/real/youtube is not here")


@pytest.mark.usefixtures("described")
@pytest.mark.parametrize("mode", ["ok", "private", "gone"])
def test_what_we_ask_and_what_the_look_alike_answers_is_as_google_describes_it(mode):
    fake, wrong = FakeYouTube(7), []
    fake.add("kata orang lain", kind="foreign")
    fake.add("tidak terbaca", kind="bad")
    fake.mode = mode
    with Site(conforming(fake.answer, wrong)) as site, plain_client(site.host) as client:
        collector = YouTubeCollector(client, Options(base_url=site.url, keys=fake.keys, page_size=PAGE))
        if mode == "ok":
            assert sum(len(page.posts) for page in collector.collect(fake.account, Cursor(), Window())) == 7
            (found,) = collector.look_up(fake.account, [video_id(number) for number in range(1, 40)])
            assert len(found.posts) == 9
        else:
            with pytest.raises(Exception, match="channel"):
                list(collector.collect(fake.account, Cursor(), Window()))
        assert len(site.pages) == (8 if mode == "ok" else 1)
    assert wrong == []


@pytest.mark.usefixtures("described")
def test_pages_are_never_asked_larger_than_google_gives_them():
    wrong: list[str] = []
    threads = [thread(comment("Ug1", OWN, "Halo"), total=9)]
    more = {"commentThreads": listing("commentThread", threads), "comments": listing("comment", [])}
    fake = FakeYouTube(60)

    def answer(request: Request) -> Reply:
        return more.get(request.path.rpartition("/")[2]) or fake.answer(request)

    with Site(conforming(answer, wrong)) as site, plain_client(site.host) as client:
        collector = YouTubeCollector(client, Options(base_url=site.url, keys=fake.keys, page_size=5000))
        assert len(list(collector.collect(fake.account, Cursor(), Window()))) == 2
        (page,) = collector.comments("anicontoh", {OWN: fake.account}, Cursor(), Window())
        assert len(page.posts) == 1
        ids = [*map(video_id, range(120)), *(f"Ug{number}" for number in range(120))]
        assert len(list(collector.look_up(fake.account, ids))) == 6
    assert wrong == []


@pytest.mark.usefixtures("described")
@pytest.mark.parametrize(
    ("path", "query", "reply", "said"),
    [
        ("lives", {}, Reply(), "no such method"),
        ("videos", {}, Reply(), "part is missing"),
        ("videos", {"part": "id", "ids": "a"}, Reply(), "ids: no such parameter"),
        ("videos", {"part": "id", "id": ",".join("a" * 51)}, Reply(), "more than fifty"),
        ("playlistItems", {"part": "id", "maxResults": "51"}, Reply(), "not from 0 to 50"),
        ("playlistItems", {"part": "id", "playlistId": "UU1,UU2"}, Reply(), "only one value"),
        ("comments", {"part": "id", "textFormat": "plain"}, Reply(), "none of"),
        ("videos", {"part": "id"}, listing("video", [film("a") | {"snippet": {"title": 7}}]), "7 is not of type"),
        ("videos", {"part": "id"}, listing("video", [film("a", privacy="open")]), "'open' is not one of"),
        ("channels", {"part": "id"}, listing("channel", [{"owner": OTHER}]), "'owner' was unexpected"),
    ],
)
def test_the_check_itself_notices_what_is_not_as_described(path, query, reply, said):
    (wrong,) = wrong_with(Request(f"/youtube/v3/{path}", query, {}), reply)
    assert said in wrong
