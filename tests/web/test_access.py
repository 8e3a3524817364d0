"""The log of the desk tells which pages were asked for, never for which post, by whom, or with what in the query."""

from __future__ import annotations

import asyncio
import logging

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from scanner.logs.lines import Lines
from scanner.logs.masks import Masks
from scanner.web.access import Access


async def item(request: Request) -> Response:
    match request.query_params.get("q", ""):
        case "rusak":
            raise ValueError("@budi menulis ini")
        case "tolak":
            return PlainTextResponse("tidak", 403)
        case _:
            return PlainTextResponse("ini")


APP = Starlette(routes=[Route("/items/{item}", item, methods=["GET", "POST"])], middleware=[Middleware(Access)])


def ask(path: str, query: str = "", method: str = "GET") -> None:
    """Let the app answer as uvicorn would; what it raises is uvicorn's to log."""
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(b"user-agent", b"budi\r\npalsu")],
        "client": ("203.0.113.7", 1),
    }

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_message: object) -> None:
        pass

    asyncio.run(APP(scope, receive, send))


@pytest.mark.parametrize(
    ("path", "query", "method", "level", "told"),
    [
        ("/items/mastodon:budi", "", "GET", logging.DEBUG, "GET /items/{item}: 200"),
        ("/items/mastodon:budi", "q=tolak&token=abc", "GET", logging.INFO, "GET /items/{item}: 403"),
        ("/items/mastodon:budi", "", "POST", logging.DEBUG, "POST /items/{item}: 200"),
        ("/budi", "q=budi", "GET", logging.INFO, "GET (no page): 404"),
        ("/items/budi", "", "BUDI", logging.INFO, "(other) /items/{item}: 405"),
    ],
)
def test_a_request_is_told_by_its_page_and_status(caplog, path, query, method, level, told):
    caplog.set_level(logging.DEBUG, "scanner")
    ask(path, query, method)
    [record] = [one for one in caplog.records if one.name == "scanner.web.access"]
    line = Lines(Masks.of(b"kunci", [])).format(record)
    assert record.levelno == level
    assert told in line
    assert not [word for word in ("budi", "BUDI", "abc", "203.0.113.7", "palsu") if word in line]


def test_a_failure_of_ours_is_a_warning_without_what_it_said(caplog):
    caplog.set_level(logging.DEBUG, "scanner")
    with pytest.raises(ValueError):
        ask("/items/mastodon:budi", "q=rusak")
    [record] = [one for one in caplog.records if one.name == "scanner.web.access"]
    assert record.levelno == logging.WARNING
    assert "GET /items/{item}: 500" in record.getMessage()
