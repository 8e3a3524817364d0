"""Access tokens: asked for once, shared between threads, and never evidence."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor

import pytest

from scanner.collect.client import Client
from scanner.collect.tokens import Token, Tokens
from scanner.errors import FetchFailed, Private, RateLimited
from tests.collect.servers import Reply, Site, plain_client

FORM = {"client_key": "rahasia&1", "client_secret": "rahasia 2"}


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_token_is_asked_for_once_until_a_minute_before_its_end():
    time, asked = Time(), []
    tokens = Tokens(time)

    def ask() -> Token:
        asked.append(time.now)
        return Token(f"t{len(asked)}", 7200)

    assert [tokens.get("a", ask) for _ in range(3)] == ["t1"] * 3
    time.now = 7139
    assert tokens.get("a", ask) == "t1"
    time.now = 7140
    assert tokens.get("a", ask) == "t2"
    assert tokens.get("b", ask) == "t3"
    assert asked == [0, 7140, 7140]


def test_a_refused_token_is_replaced_once_for_all_who_held_it():
    tokens, numbers = Tokens(Time()), iter("123")

    def ask() -> Token:
        return Token(next(numbers), 60_000)

    assert tokens.get("a", ask) == "1"
    assert tokens.get("a", ask, refused="1") == "2"
    assert tokens.get("a", ask, refused="1") == "2"


def test_threads_wait_for_the_one_that_asks():
    with Site(lambda _: Reply("t", media_type="text/plain")) as site, plain_client(site.host) as client:
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda _: client.tokens.get("a", lambda: asked(client, site)), range(16)))
        assert set(found) == {"t"}
        assert len(site.requests) == 1


def asked(client: Client, site: Site) -> Token:
    return Token(client.post_form(f"{site.url}/token", FORM).decode(), 7200)


def test_what_was_not_given_is_asked_for_again():
    tokens = Tokens(Time())

    def fail() -> Token:
        raise FetchFailed("not now")

    with pytest.raises(FetchFailed):
        tokens.get("a", fail)
    assert tokens.get("a", lambda: Token("t", 7200)) == "t"


def test_a_form_is_posted_as_one_and_its_answer_is_bytes_without_evidence():
    with Site(lambda _: Reply("jawaban")) as site, plain_client(site.host) as client:
        assert client.post_form(f"{site.url}/token", FORM) == b"jawaban"
    (request,) = site.requests
    assert request.body == b"client_key=rahasia%261&client_secret=rahasia+2"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.headers["content-length"] == str(len(request.body))


@pytest.mark.parametrize(("status", "error"), [(401, Private), (429, RateLimited), (500, FetchFailed)])
def test_neither_messages_nor_logs_hold_the_form_or_the_answer(status, error, caplog):
    caplog.set_level(logging.DEBUG)
    with (
        Site(lambda _: Reply("rahasia 3", status=status)) as site,
        plain_client(site.host) as client,
        pytest.raises(error) as caught,
    ):
        client.post_form(f"{site.url}/token?client_secret=rahasia", FORM)
    assert "rahasia" not in f"{caught.value}{caplog.text}"
    assert "rahasia" not in repr(Token("rahasia", 1))


def test_secrets_do_not_follow_a_redirect():
    with (
        Site(lambda _: Reply("x")) as other,
        Site(lambda _: Reply(status=307, headers={"Location": f"{other.url}/"})) as site,
        plain_client(site.host, other.host) as client,
    ):
        with pytest.raises(FetchFailed, match="HTTP 307"):
            client.post_form(f"{site.url}/token", FORM)
        assert other.requests == []
