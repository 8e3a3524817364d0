"""The guards around a tiny app: what reaches it, what is refused, and what every answer carries."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message

from scanner.web import guards
from scanner.web.guards import BODY_MOST, CSP, FIELDS_MOST, Guards

HOSTS = frozenset({"desk.example", "127.0.0.1", "[::1]"})
OWN = {"sec-fetch-site": "same-origin"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


class Tiny:
    """An app of one page that counts what reaches it."""

    def __init__(self, folder: Path) -> None:
        self.done: list[tuple[str, bytes]] = []
        (folder / "long.txt").write_text("0123456789", "utf-8")
        self.app = Starlette(
            routes=[
                Route("/", self.page, methods=["GET", *UNSAFE]),
                Route("/json", lambda _: JSONResponse({})),
                Route("/static", lambda _: PlainTextResponse("x", headers={"cache-control": "max-age=60"})),
                Route(
                    "/loose",
                    lambda _: HTMLResponse("x", headers={"cache-control": "public", "content-security-policy": "x"}),
                ),
                Route("/file", lambda _: FileResponse(folder / "long.txt")),
                Route("/broken", self.broken),
            ]
        )

    async def page(self, request: Request) -> Response:
        body = await request.body()
        if request.method != "GET":
            self.done.append((request.method, body))
        return HTMLResponse("<p>halo</p>")

    def broken(self, _: Request) -> Response:
        raise ZeroDivisionError

    def client(self, *, tls: bool = False, **changes: Any) -> TestClient:
        base = f"{'https' if tls else 'http'}://desk.example"
        guarded = Guards(self.app, hosts=HOSTS, tls=tls)
        return TestClient(guarded, base_url=base, raise_server_exceptions=False, **changes)


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    return Tiny(tmp_path)


@pytest.fixture
def client(tiny: Tiny) -> TestClient:
    return tiny.client()


# Host (reliability A8)


@pytest.mark.parametrize(
    "host", ["desk.example", "DESK.example", "desk.example:8000", "127.0.0.1:80", "[::1]:8000", "[::1]"]
)
def test_it_answers_to_its_own_names_at_any_port(client: TestClient, host: str):
    assert client.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "desk.example.evil.example", "evil-desk.example", "desk.example.", "desk.example@evil.example",
        "desk.example:80:80", "desk.example:", "desk.example:x", "", " desk.example", "[::1", "::1", "*", "127.0.0.1/",
        "desk.example, evil.example", "[::2]", "127.1", "0x7f000001",
    ],
)  # fmt: skip
def test_every_other_name_is_refused(client: TestClient, tiny: Tiny, host: str):
    for method in ("GET", "POST"):
        assert client.request(method, "/", headers={**OWN, "host": host}).status_code == 400
    assert tiny.done == []


@pytest.mark.parametrize("hosts", [[], [b"desk.example", b"evil.example"], [b"desk.example", b"desk.example"]])
def test_a_request_names_exactly_one_host(tiny: Tiny, hosts: list[bytes]):
    assert raw(tiny, [(b"host", host) for host in hosts]) == 400


# Own pages (reliability A4)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "same-origin", "origin": "http://desk.example"}, 200),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, 200),  # what our own no-referrer makes browsers send
        ({"origin": "http://desk.example"}, 200),
        ({"sec-fetch-site": "same-origin", "origin": "https://evil.example"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "http://desk.example"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "same-site", "origin": "http://desk.example"}, 403),
        ({"sec-fetch-site": "none"}, 403),
        ({"sec-fetch-site": ""}, 403),
        ({"sec-fetch-site": "same-origin, cross-site"}, 403),
        ({"sec-fetch-site": "SAME-ORIGIN"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": ""}, 403),
        ({"origin": "https://desk.example"}, 403),
        ({"origin": "http://desk.example:8000"}, 403),
        ({"origin": "http://desk.example.evil.example"}, 403),
        ({}, 403),
        ({"referer": "http://desk.example/"}, 403),
    ],
)
@pytest.mark.parametrize("method", UNSAFE)
def test_only_own_pages_change_anything(
    client: TestClient, tiny: Tiny, method: str, headers: dict[str, str], status: int
):
    answer = client.request(method, "/", headers={**FORM, **headers}, content=b"a=1")
    assert answer.status_code == status
    assert tiny.done == ([(method, b"a=1")] if status == 200 else [])


@pytest.mark.parametrize("name", ["sec-fetch-site", "origin"])
def test_saying_twice_where_one_comes_from_is_refused(tiny: Tiny, name: str):
    own = {"sec-fetch-site": b"same-origin", "origin": b"http://desk.example"}[name]
    other = {"sec-fetch-site": b"cross-site", "origin": b"https://evil.example"}[name]
    host = (b"host", b"desk.example")
    for values in ([own, own], [own, other], [other, own]):
        assert raw(tiny, [host, *((name.encode(), value) for value in values)], method="POST") == 403
    assert tiny.done == []


def test_the_origin_is_compared_with_the_scheme_and_port_that_browsers_use(tiny: Tiny):
    client = tiny.client(tls=True)
    for host, origin, status in (
        ("desk.example", "https://desk.example", 200),
        ("desk.example:443", "https://desk.example", 200),
        ("desk.example:8443", "https://desk.example:8443", 200),
        ("desk.example:8443", "https://desk.example", 403),
        ("desk.example", "http://desk.example", 403),
        ("desk.example:80", "https://desk.example", 403),
    ):
        answer = client.post("/", headers={"host": host, "origin": origin})
        assert (host, origin, answer.status_code) == (host, origin, status)


def test_reading_needs_no_own_page_for_links_from_elsewhere_lead_here(client: TestClient):
    for site in ("cross-site", "same-site", "none"):
        assert client.get("/", headers={"sec-fetch-site": site, "origin": "https://evil.example"}).status_code == 200
        assert client.head("/json", headers={"sec-fetch-site": site}).status_code == 200


@pytest.mark.parametrize("header", ["x-http-method-override", "x-http-method", "x-method-override"])
def test_a_method_is_what_it_is_whatever_a_header_says(tiny: Tiny, header: str):
    seen: list[list[str]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append([name.decode() for name, _ in scope["headers"]] + [scope["method"]])
        await PlainTextResponse("x")(scope, receive, send)

    client = TestClient(Guards(app, hosts=HOSTS, tls=False), base_url="http://desk.example")
    assert client.get("/?_method=POST", headers={header: "POST"}).status_code == 200
    assert header not in seen[0]
    assert seen[0][-1] == "GET"
    assert client.post("/", headers={header: "GET"}).status_code == 403


# Bodies (reliability B9)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/x-www-form-urlencoded", 200),
        ("application/x-www-form-urlencoded; charset=utf-8", 200),
        ("Application/JSON", 200),
        ("text/plain", 403),
        ("text/plain; application/json", 403),
        ("multipart/form-data; boundary=x", 403),
        ("application/xml", 403),
        ("application/json, text/plain", 403),
        ("", 403),
        (None, 403),
    ],
)
@pytest.mark.parametrize("method", UNSAFE)
def test_bodies_are_forms_or_json(client: TestClient, tiny: Tiny, method: str, kind: str | None, status: int):
    headers = OWN if kind is None else {**OWN, "content-type": kind}
    answer = client.request(method, "/", headers=headers, content=b"{}")
    assert answer.status_code == status
    assert len(tiny.done) == (status == 200)


def test_no_body_needs_no_type(client: TestClient, tiny: Tiny):
    assert client.post("/", headers=OWN).status_code == 200
    assert tiny.done == [("POST", b"")]


def drip(size: int) -> Iterator[bytes]:
    for _ in range(size // 1024):
        yield b"x" * 1024
    yield b"x" * (size % 1024)


@pytest.mark.parametrize(("size", "status"), [(BODY_MOST, 200), (BODY_MOST + 1, 413), (4 * BODY_MOST, 413)])
@pytest.mark.parametrize("declared", [True, False])
def test_a_body_has_a_size_at_most_whether_declared_or_not(
    client: TestClient, tiny: Tiny, size: int, status: int, declared: bool
):
    content = b"x" * size if declared else drip(size)
    assert client.post("/", headers={**OWN, **FORM}, content=content).status_code == status
    assert [len(body) for _, body in tiny.done] == ([size] if status == 200 else [])


@pytest.mark.parametrize("length", ["9" * 5000, "-1", "x", "²", "1e3", "0x10", str(BODY_MOST + 1)])
def test_a_strange_length_is_refused_unread(tiny: Tiny, length: str):
    headers = [(b"host", b"desk.example"), (b"sec-fetch-site", b"same-origin")]
    assert raw(tiny, [*headers, (b"content-length", length.encode("latin-1"))], method="POST") == 413
    assert tiny.done == []


def test_a_form_has_a_hundred_fields_at_most_and_so_has_an_address(client: TestClient):
    for fields, status in ((FIELDS_MOST, 200), (FIELDS_MOST + 1, 400)):
        encoded = "&".join(f"f{number}=1" for number in range(fields))
        assert client.post("/", headers={**OWN, **FORM}, content=encoded).status_code == status
        assert client.get(f"/?{encoded}").status_code == status


def test_json_may_hold_ampersands(client: TestClient):
    headers = {**OWN, "content-type": "application/json"}
    assert client.post("/", headers=headers, content=b'"' + b"&" * 500 + b'"').status_code == 200


def test_a_body_that_never_ends_is_given_up(tiny: Tiny, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(guards, "BODY_SECONDS", 0.01)
    headers = [(b"host", b"desk.example"), (b"sec-fetch-site", b"same-origin"), (b"content-length", b"9")]
    assert raw(tiny, headers, method="POST", parts=[{"type": "http.request", "body": b"a", "more_body": True}]) == 408
    assert tiny.done == []


def test_a_client_that_leaves_in_the_middle_changes_nothing(tiny: Tiny):
    headers = [(b"host", b"desk.example"), (b"sec-fetch-site", b"same-origin")]
    parts: list[Message] = [
        {"type": "http.request", "body": b"a=1", "more_body": True},
        {"type": "http.disconnect"},
    ]
    assert raw(tiny, headers, method="POST", parts=parts) is None
    assert tiny.done == []


def test_ranges_are_ignored(client: TestClient):
    for value in ("bytes=0-1", "bytes=" + ",".join(f"{start}-" for start in range(5000))):
        answer = client.get("/file", headers={"range": value, "if-range": "x"})
        assert (answer.status_code, answer.text) == (200, "0123456789")
        assert "content-range" not in answer.headers


# Headers (reliability B2)

ALWAYS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
ANSWERS: dict[str, tuple[str, str, dict[str, str], int]] = {
    "a page": ("GET", "/", {}, 200),
    "data": ("GET", "/json", {}, 200),
    "a file": ("GET", "/static", {}, 200),
    "a page that sets its own": ("GET", "/loose", {}, 200),
    "nothing there": ("GET", "/nowhere", {}, 404),
    "wrong method": ("OPTIONS", "/", {}, 405),
    "an error": ("GET", "/broken", {}, 500),
    "wrong host": ("GET", "/", {"host": "evil.example"}, 400),
    "another page": ("POST", "/", {"origin": "https://evil.example"}, 403),
    "too large": ("POST", "/", {**OWN, "content-length": "9999999"}, 413),
}


@pytest.mark.parametrize("what", ANSWERS)
@pytest.mark.parametrize("tls", [False, True])
def test_every_answer_carries_the_headers(tiny: Tiny, what: str, tls: bool):
    method, path, headers, status = ANSWERS[what]
    answer = tiny.client(tls=tls).request(method, path, headers=headers)
    assert answer.status_code == status
    assert {name: answer.headers.get_list(name) for name in ALWAYS} == {name: [one] for name, one in ALWAYS.items()}
    hsts = answer.headers.get("strict-transport-security")
    assert hsts == ("max-age=31536000; includeSubDomains" if tls else None)
    assert answer.headers["cache-control"] == ("max-age=60" if what == "a file" else "no-store")


def test_the_policy_allows_nothing_inline_or_from_elsewhere():
    assert ALWAYS["content-security-policy"] == CSP
    assert not any(word in CSP for word in ("unsafe", "data:", "http", "*", "blob:", "eval"))


@pytest.mark.parametrize("status", [400, 403, 408, 413])
def test_a_refusal_says_why_in_two_languages_and_repeats_nothing_of_the_request(status: int):
    indonesian, english, *more = guards._WORDS[status].split("\n")
    assert indonesian
    assert english
    assert more == [""]


def test_a_refusal_is_plain_text(client: TestClient):
    answer = client.get("/<script>", headers={"host": "<script>alert(1)</script>"})
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "script" not in answer.text


# Other kinds of connection


def test_web_sockets_are_closed_before_they_open(tiny: Tiny):
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(Guards(tiny.app, hosts=HOSTS, tls=False)({"type": "websocket", "headers": []}, never, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]


def test_starting_and_ending_reach_the_app():
    reached: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        reached.append(scope["type"])

    asyncio.run(Guards(app, hosts=HOSTS, tls=False)({"type": "lifespan"}, never, never))
    assert reached == ["lifespan"]


async def never(*_: Any) -> Message:
    await asyncio.Future()
    raise AssertionError


def raw(
    tiny: Tiny, headers: list[tuple[bytes, bytes]], *, method: str = "GET", parts: list[Message] | None = None
) -> int | None:
    """Send what no client library sends; return the status, None when there was no answer."""
    waiting = [{"type": "http.request"}] if parts is None else list(parts)
    scope = {
        "type": "http", "method": method, "path": "/", "raw_path": b"/", "query_string": b"", "headers": headers,
        "scheme": "http", "server": ("127.0.0.1", 80), "client": None, "http_version": "1.1", "root_path": "",
    }  # fmt: skip
    sent: list[Message] = []

    async def receive() -> Message:
        return waiting.pop(0) if waiting else await never()

    async def send(message: Message) -> None:
        sent.append(message)

    app: ASGIApp = Guards(tiny.app, hosts=HOSTS, tls=False)
    asyncio.run(app(scope, receive, send))
    return next((message["status"] for message in sent if message["type"] == "http.response.start"), None)
