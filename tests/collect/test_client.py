"""The client against servers that misbehave: the list of reliability.md F5 and F7, on raw sockets."""

from __future__ import annotations

import gzip
import logging
import resource
import shutil
import socket
import ssl
import subprocess
import time
import zlib
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from scanner.collect.body import Limits, OtherKind, TooLarge
from scanner.collect.client import Client
from scanner.collect.client_config import ClientConfig
from scanner.errors import Blocked, FetchFailed, Gone, Private, RateLimited, SettingsError
from tests.collect.servers import NOT_FOUND, FakeTime, RawServer, Reply, Site, plain_client, plain_config

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
GZIP = OK + b"Content-Encoding: gzip\r\n"


def sized(head: bytes, body: bytes) -> bytes:
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


def get(server, **kwargs):
    deadline = kwargs.pop("deadline", 5.0)
    with plain_client(server.host, deadline=deadline, resolver=lambda *_: ["127.0.0.1"]) as client:
        return client.get(server.url, collector="test/1", **kwargs)


def answering(data: bytes):
    return RawServer(lambda connection, _: connection.sendall(data))


def endless_gzip() -> bytes:
    """256 MiB of zeros in about 250 kB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = bytes(1 << 20)
    return b"".join(packer.compress(block) for _ in range(256)) + packer.flush()


def reset(connection: socket.socket, _: bytes) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")


def reset_after_headers(connection: socket.socket, request: bytes) -> None:
    connection.sendall(OK + b"Content-Length: 10\r\n\r\n12345")
    reset(connection, request)


PACKED = gzip.compress(b'{"a": 1}' * 500)
CUT = {
    "closed without an answer": b"",
    "garbage": b"\x16\x03\x01\x02\x00garbage\r\n\r\n",
    "headers of 2 MB": b"HTTP/1.1 200 OK\r\nX: " + b"a" * 2_000_000 + b"\r\n\r\n",
    "truncated gzip": sized(GZIP, PACKED[:-20]),
    "truncated gzip, close-delimited": GZIP + b"Connection: close\r\n\r\n" + PACKED[:-20],
    "damaged gzip": sized(GZIP, PACKED[:15] + b"\xff\xff" + PACKED[17:]),
    "gzip that is not": sized(GZIP, b"{}"),
    "bytes after gzip": sized(GZIP, PACKED + b"more"),
    "double gzip": sized(OK + b"Content-Encoding: gzip, gzip\r\n", gzip.compress(PACKED)),
    "brotli": sized(OK + b"Content-Encoding: br\r\n", b"x"),
    "short length": OK + b"Content-Length: 100\r\n\r\n{}",
    "cut chunked": OK + b"Transfer-Encoding: chunked\r\n\r\n10\r\n[1,2",
    "chunked without end": OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n",
    "bad chunk": OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n[]\r\n",
    "close-delimited JSON": OK + b"Connection: close\r\n\r\n[1]",
    "cut HTML": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body><p>half",
    "two lengths": OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n[]x",
    "negative length": OK + b"Content-Length: -1\r\n\r\n[]",
    "empty 200": sized(OK, b""),
    "204": b"HTTP/1.1 204 No Content\r\n\r\n",
    "500": sized(b"HTTP/1.1 500 Oops\r\n", b"oops"),
    "503": sized(b"HTTP/1.1 503 Oops\r\n", b"oops"),
    "418": sized(b"HTTP/1.1 418 Teapot\r\n", b"tea"),
    "redirect without Location": sized(b"HTTP/1.1 302 Found\r\n", b""),
}


@pytest.mark.parametrize("data", CUT.values(), ids=CUT)
def test_a_damaged_answer_is_a_failed_fetch(data):
    with answering(data) as server, pytest.raises(FetchFailed, match=str(server.port)):
        get(server)


@pytest.mark.parametrize("behave", [reset, reset_after_headers])
def test_a_reset_connection_is_a_failed_fetch_after_three_tries(behave):
    with RawServer(behave) as server, pytest.raises(FetchFailed):
        get(server)
    assert len(server.requests) == 3


WHOLE = {
    "plain": sized(OK, b"[1]"),
    "gzip": sized(GZIP, PACKED),
    "gzip, close-delimited": GZIP + b"\r\n" + PACKED,
    "deflate": sized(OK + b"Content-Encoding: deflate\r\n", zlib.compress(b"[1]")),
    "identity": sized(OK + b"Content-Encoding: identity\r\n", b"[1]"),
    "chunked": OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\n[1\r\n1\r\n]\r\n0\r\n\r\n",
    "close-delimited HTML": b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<html>[1]</html>\n<!-- x -->",
    "continue first": b"HTTP/1.1 100 Continue\r\n\r\n" + sized(OK, b"[1]"),
}


@pytest.mark.parametrize("data", WHOLE.values(), ids=WHOLE)
def test_a_whole_answer_is_kept_with_its_hash(data):
    with answering(data) as server:
        response = get(server)
    assert response.status == 200
    assert b"1" in response.body
    assert response.evidence.body == response.body
    assert response.evidence.capture.size == len(response.body)


def test_one_request_may_have_narrower_limits():
    with answering(sized(OK, b"x" * 101)) as server:
        assert get(server).body
        with pytest.raises(TooLarge, match=f"{server.port}.*larger than 100 bytes"):
            get(server, limits=Limits(wire=100))


def test_a_film_is_not_read_where_a_picture_was_asked_for():
    def drip(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 1000000\r\n\r\n")
        connection.recv(1)  # until we hang up

    with RawServer(drip) as server, pytest.raises(OtherKind, match=f"{server.port}.*'video/mp4' was not asked for"):
        get(server, limits=Limits(kinds=("image/",)))
    assert len(server.requests) == 1


def test_an_error_page_is_still_an_error_where_a_picture_was_asked_for():
    data = sized(b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n", b"<html>gone</html>")
    with answering(data) as server, pytest.raises(Gone):
        get(server, limits=Limits(kinds=("image/",)))


def test_a_refused_connection_is_a_failed_fetch():
    with answering(b"") as server:
        host = server.host
    with plain_client(host) as client, pytest.raises(FetchFailed, match="ConnectError"):
        client.get(f"http://{host}/", collector="test/1", robots=False)


def memory_peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def test_a_gzip_bomb_is_refused_in_bounded_memory():
    bomb = endless_gzip()
    before = memory_peak()
    with answering(sized(GZIP, bomb)) as server, pytest.raises(FetchFailed, match="bomb"):
        get(server)
    assert memory_peak() - before < 150 * 1024 * 1024


def test_an_endless_body_is_refused_at_the_limit():
    def pour(connection: socket.socket, _: bytes) -> None:
        connection.sendall(OK + b"Transfer-Encoding: chunked\r\n\r\n")
        while True:
            connection.sendall(b"10000\r\n" + bytes(65536) + b"\r\n")

    config = ClientConfig(min_interval=0, limits=Limits(wire=1 << 20))
    with RawServer(pour) as server:
        allowed = ClientConfig(min_interval=0, limits=config.limits, allow_hosts=(server.host,))
        with Client(allowed) as client, pytest.raises(FetchFailed, match="larger than 1048576 bytes"):
            client.get(server.url, collector="test/1")


def drip(head: bytes, part: bytes = b"a"):
    """Send `head`, then a little at a time for six seconds."""

    def behave(connection: socket.socket, _: bytes) -> None:
        connection.sendall(head)
        for _ in range(60):
            time.sleep(0.1)
            connection.sendall(part)
        finished.append(head)

    return behave


finished: list[bytes] = []
SLOW = {
    "silence": drip(b"", b""),
    "dripped headers": drip(b"HTTP/1.1 200 OK\r\nX: "),
    "dripped body": drip(OK + b"Content-Length: 1000\r\n\r\n"),
    "dripped body without length": drip(b"HTTP/1.1 200 OK\r\n\r\n"),
    "dripped chunks": drip(OK + b"Transfer-Encoding: chunked\r\n\r\n50\r\n"),
    "endless continues": drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
}


@pytest.mark.parametrize("behave", SLOW.values(), ids=SLOW)
def test_the_deadline_holds_on_the_wall_clock(behave):
    finished.clear()
    with RawServer(behave) as server, pytest.raises(FetchFailed, match="deadline"):
        get(server, deadline=0.5)
    assert not finished  # the server was cut off while it still had seconds to go
    assert len(server.requests) == 1


def test_a_resolver_that_hangs_is_left_behind():
    def hang(_host: str, _port: int) -> list[str]:
        time.sleep(2)
        return ["1.1.1.1"]

    with plain_client(deadline=0.2, resolver=hang) as client, pytest.raises(FetchFailed, match="not resolved within"):
        client.get("http://h.example/", collector="test/1", robots=False)


def test_a_server_error_that_passes_is_not_noticed():
    answers = [sized(b"HTTP/1.1 502 Bad\r\n", b"x"), sized(b"HTTP/1.1 500 Bad\r\n", b"x"), sized(OK, b"[1]")]
    with RawServer(lambda connection, _: connection.sendall(answers.pop(0))) as server:
        assert get(server).body == b"[1]"
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("status", "error"), [(404, Gone), (410, Gone), (401, Private), (402, Private), (403, Blocked), (451, Blocked)]
)
def test_refusals_have_their_own_errors(status, error):
    with Site(lambda _: Reply("x", status=status)) as site, plain_client(site.host) as client:
        with pytest.raises(error, match=f"HTTP {status}"):
            client.get(site.url, collector="test/1")
        assert len(site.pages) == 1


def test_it_says_who_it_is_and_keeps_no_cookies():
    def answer(request):
        return Reply("x", headers={"Set-Cookie": "session=1; Path=/"})

    with Site(answer) as site, plain_client(site.host) as client:
        for _ in range(2):
            client.get(site.url, collector="test/1", accept="application/json")
    for request in site.requests:
        assert request.headers["user-agent"] == "scanner/0.1.0 (+tes@contoh.example)"
        assert request.headers["accept-encoding"] == "gzip"
        assert request.headers["host"] == site.host
        assert not {"cookie", "authorization", "referer"} & request.headers.keys()
    assert site.pages[0].headers["accept"] == "application/json"


def test_the_capture_tells_where_and_when_without_secrets():
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    headers = {"ETag": '"a"', "X-Secret": "s", "Set-Cookie": "s=1"}
    with (
        Site(lambda _: Reply("{}", media_type="Application/JSON; charset=utf-8", headers=headers)) as site,
        plain_client(site.host, clock=FakeTime(moment).clock()) as client,
    ):
        response = client.get(f"{site.url}/p?q=1&access_token=S3CRET", collector="test/1", terms_approval="SK-1")
    capture = response.evidence.capture
    assert capture.url == f"{site.url}/p?q=1&access_token="
    assert (capture.status, capture.media_type, capture.captured_at) == (200, "application/json", moment)
    assert (capture.collector, capture.terms_approval) == ("test/1", "SK-1")
    assert dict(capture.headers).keys() == {"content-type", "date", "etag"}
    assert response.text() == ("{}", False)
    assert site.pages[0].query["access_token"] == "S3CRET"


def test_not_even_debug_logs_show_a_url(caplog):
    caplog.set_level(logging.DEBUG)
    with Site(lambda _: Reply("x")) as site, plain_client(site.host) as client:
        client.get(f"{site.url}/?access_token=S3CRET", collector="test/1")
    assert "S3CRET" not in caplog.text


@pytest.mark.parametrize(
    ("content_type", "body", "text"),
    [
        ("text/plain; charset=latin-1", b"caf\xe9", ("café", False)),
        ("text/plain; charset=bogus", b"ada", ("ada", False)),
        ("text/plain", b"\xef\xbb\xbfada\xff", ("ada\ufffd", True)),
        ("text/plain; charset=utf-16", b"a", ("a", False)),
    ],
)
def test_text_is_decoded_and_says_when_it_was_repaired(content_type, body, text):
    with Site(lambda _: Reply(body, media_type=content_type)) as site, plain_client(site.host) as client:
        assert client.get(site.url, collector="test/1").text() == text


# Redirects


def test_it_follows_a_redirect_and_drops_custom_headers_on_the_way_out():
    with Site(lambda _: Reply("there")) as other:
        where = {"/a": "/b", "/b": f"{other.url}/c"}
        with (
            Site(lambda request: Reply(status=302, headers={"Location": where[request.path]})) as site,
            plain_client(site.host, other.host) as client,
        ):
            response = client.get(f"{site.url}/a", collector="test/1", headers=(("X-Api-Key", "S3CRET"),))
    assert (response.body, response.url) == (b"there", f"{other.url}/c")
    assert [request.headers.get("x-api-key") for request in site.pages] == ["S3CRET", "S3CRET"]
    assert "x-api-key" not in other.pages[0].headers


@pytest.mark.parametrize("hops", [5, 6])
def test_it_follows_at_most_five_redirects(hops):
    def answer(request):
        number = int(request.path.strip("/"))
        return Reply("end") if number == hops else Reply(status=307, headers={"Location": f"/{number + 1}"})

    with Site(answer) as site, plain_client(site.host) as client:
        if hops == 5:
            assert client.get(f"{site.url}/0", collector="test/1").body == b"end"
        else:
            with pytest.raises(FetchFailed, match="more than 5 redirects"):
                client.get(f"{site.url}/0", collector="test/1")


def test_a_redirect_loop_ends():
    with Site(lambda _: Reply(status=301, headers={"Location": "/"})) as site, plain_client(site.host) as client:
        with pytest.raises(FetchFailed, match="redirects"):
            client.get(site.url, collector="test/1")
        assert len(site.pages) == 6


@pytest.mark.parametrize(
    "place",
    [
        "file:///etc/passwd",
        "data:text/html,x",
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "//2130706433:{port}/",
        "http://169.254.169.254/latest",
        "http://user@127.0.0.1:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://[",
        "\\\\127.0.0.1:{port}\\",
    ],
)
def test_a_redirect_cannot_lead_inside(place):
    with RawServer(lambda connection, _: None) as victim:
        headers = {"Location": place.format(port=victim.port)}
        with (
            Site(lambda _: Reply(status=302, headers=headers)) as site,
            plain_client(site.host) as client,
            pytest.raises(Blocked),
        ):
            client.get(site.url, collector="test/1")
        assert victim.connections == 0


def test_robots_txt_is_asked_again_where_a_redirect_leads():
    deny = Reply("User-agent: *\nDisallow: /", media_type="text/plain")
    with (
        Site(lambda _: Reply("x"), robots=deny) as other,
        Site(lambda _: Reply(status=302, headers={"Location": other.url})) as site,
        plain_client(site.host, other.host) as client,
    ):
        with pytest.raises(Blocked, match="robots"):
            client.get(site.url, collector="test/1")
        assert not other.pages


# Names and addresses


@pytest.mark.parametrize(
    "answers",
    [["127.0.0.1"], ["169.254.169.254"], ["1.1.1.1", "127.0.0.1"], ["::1"], ["64:ff9b::a9fe:a9fe"], ["1.1.1.1", "::1"]],
)
def test_a_name_with_any_private_address_is_refused(answers):
    with RawServer(lambda connection, _: None) as victim, plain_client(resolver=lambda *_: answers) as client:
        with pytest.raises(Blocked, match="not a public address"):
            client.get(f"http://h.example:{victim.port}/", collector="test/1")
        assert victim.connections == 0


def test_a_name_is_resolved_once_per_exchange_so_that_rebinding_finds_no_second_look():
    """The first answer is pinned; a resolver that changes its mind is not asked again."""
    asked = []

    def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) % 2 else ["169.254.169.254"]

    with answering(sized(OK, b"[1]")) as server:
        name = f"h.example:{server.port}"
        with plain_client(name, resolver=resolver) as client:
            for _ in range(100):
                asked.clear()
                assert client.get(f"http://{name}/", collector="test/1", robots=False).url == f"http://{name}/"
                assert asked == ["h.example"]
    assert all(f"host: {name}".encode() in request.lower() for request in server.requests)


def test_a_name_that_does_not_resolve_is_a_failed_fetch():
    def fail(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with plain_client(resolver=fail) as client, pytest.raises(FetchFailed, match="cannot be resolved"):
        client.get("http://h.example/", collector="test/1", robots=False)
    with plain_client(resolver=lambda *_: []) as client, pytest.raises(FetchFailed, match="no address"):
        client.get("http://h.example/", collector="test/1", robots=False)


def test_the_next_try_goes_to_the_next_address_of_the_name():
    with answering(sized(OK, b"[1]")) as server:
        name = f"h.example:{server.port}"
        with plain_client(name, resolver=lambda *_: ["127.0.0.9", "127.0.0.1"]) as client:
            assert client.get(f"http://{name}/", collector="test/1", robots=False).body == b"[1]"


def test_proxies_and_netrc_of_the_environment_are_not_used(monkeypatch, tmp_path):
    with RawServer(lambda connection, _: None) as proxy, Site(lambda _: Reply("x")) as site:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://{proxy.host}")
        monkeypatch.setenv("no_proxy", "")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
        (tmp_path / "netrc").write_text("machine 127.0.0.1 login ani password rahasia\n")
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
        with plain_client(site.host) as client:
            client.get(site.url, collector="test/1")
        assert proxy.connections == 0
        assert "authorization" not in site.pages[0].headers


# TLS


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A certificate authority of our own and a certificate for h.example."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    ca = ["-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Contoh CA", "-addext", "keyUsage=critical,keyCertSign"]
    leaf = ["-keyout", "h.key", "-out", "h.pem", "-subj", "/CN=h", "-addext", "subjectAltName=DNS:h.example"]
    for extra in (ca, [*leaf, "-addext", "basicConstraints=CA:FALSE", "-CA", "ca.pem", "-CAkey", "ca.key"]):
        subprocess.run([openssl, "req", "-x509", *new_key, *extra], cwd=folder, check=True, capture_output=True)
    return folder


def tls_server(authority, behave):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority / "h.pem", authority / "h.key")
    return RawServer(behave, wrap=lambda connection: context.wrap_socket(connection, server_side=True))


def tls_get(authority, name: str, server: RawServer, *, deadline: float = 5.0, trust: bool = True):
    config = ClientConfig(
        min_interval=0,
        backoff=0,
        deadline=deadline,
        allow_hosts=(f"{name}:{server.port}",),
        ca_file=str(authority / "ca.pem") if trust else None,
    )
    with Client(config, resolver=lambda *_: ["127.0.0.1"]) as client:
        return client.get(f"https://{name}:{server.port}/", collector="test/1", robots=False)


def test_the_certificate_is_checked_against_the_name_though_we_connect_to_an_address(authority):
    with tls_server(authority, lambda connection, _: connection.sendall(sized(OK, b"[1]"))) as server:
        assert tls_get(authority, "h.example", server).body == b"[1]"
        with pytest.raises(FetchFailed, match="certificate"):
            tls_get(authority, "other.example", server)
        with pytest.raises(FetchFailed, match="certificate"):
            tls_get(authority, "127.0.0.1", server)
        with pytest.raises(FetchFailed, match="certificate"):
            tls_get(authority, "h.example", server, trust=False)
        assert len(server.requests) == 1


def test_one_connection_is_never_lent_to_another_name_at_the_same_address(authority):
    """A pool by address would answer other.example on a connection verified for h.example."""

    def answer_twice(connection: ssl.SSLSocket, _: bytes) -> None:
        connection.sendall(sized(OK, b"[1]"))
        if connection.recv(65536):
            connection.sendall(sized(OK, b"[2]"))

    with tls_server(authority, answer_twice) as server:
        names = tuple(f"{name}.example:{server.port}" for name in ("h", "other"))
        config = ClientConfig(min_interval=0, backoff=0, allow_hosts=names, ca_file=str(authority / "ca.pem"))
        with Client(config, resolver=lambda *_: ["127.0.0.1"]) as client:
            client.get(f"https://{names[0]}/", collector="test/1", robots=False)
            with pytest.raises(FetchFailed, match="certificate"):
                client.get(f"https://{names[1]}/", collector="test/1", robots=False)


def test_the_deadline_holds_inside_tls_too(authority):
    with tls_server(authority, drip(OK + b"X: ")) as server, pytest.raises(FetchFailed, match="deadline"):
        tls_get(authority, "h.example", server, deadline=0.5)


def test_a_handshake_that_never_ends_is_cut(authority):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        config = ClientConfig(min_interval=0, backoff=0, deadline=0.5, allow_hosts=(f"h.example:{port}",))
        with Client(config, resolver=lambda *_: ["127.0.0.1"]) as client, pytest.raises(FetchFailed):
            client.get(f"https://h.example:{port}/", collector="test/1", robots=False)


def test_https_does_not_redirect_to_http(authority):
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://h.example/\r\nContent-Length: 0\r\n\r\n"
    server = tls_server(authority, lambda connection, _: connection.sendall(moved))
    with server, pytest.raises(Blocked, match="https to http"):
        tls_get(authority, "h.example", server)


# Settings


def test_it_refuses_settings_that_are_not_polite_or_cannot_be_sent():
    with pytest.raises(SettingsError, match="1 to 10"):
        ClientConfig(max_connections=100)
    with pytest.raises(SettingsError, match=r"network\.contact"):
        ClientConfig(contact="a\r\nX-Evil: 1")


def test_being_asked_to_wait_is_remembered_for_the_host_alone():
    clock = FakeTime(datetime(2026, 3, 1, tzinfo=UTC))
    limited = Reply("slow down", status=429, headers={"Retry-After": "120"})
    with (
        Site(lambda _: limited) as busy,
        Site(lambda _: Reply("x")) as calm,
        Client(plain_config(busy.host, calm.host), clock=clock.clock()) as client,
    ):
        for _ in range(10):
            with pytest.raises(RateLimited) as caught:
                client.get(busy.url, collector="test/1")
            assert caught.value.retry_after == pytest.approx(120)
        assert len(busy.pages) == 1
        assert client.get(calm.url, collector="test/1").body == b"x"
        clock.passed += 121
        with suppress(RateLimited):
            client.get(busy.url, collector="test/1")
        assert len(busy.pages) == 2


def test_a_host_that_keeps_failing_is_left_alone():
    clock = FakeTime(datetime(2026, 3, 1, tzinfo=UTC)).clock()
    with (
        Site(lambda _: Reply("x", status=500)) as site,
        Client(plain_config(site.host), clock=clock) as client,
    ):
        for _ in range(6):
            with pytest.raises(FetchFailed):
                client.get(site.url, collector="test/1")
    assert len(site.pages) == 5


def test_robots_forbids_before_anything_else_is_asked():
    deny = Reply("User-agent: *\nDisallow: /api/\n", media_type="text/plain")
    with Site(lambda _: Reply("x"), robots=deny) as site, plain_client(site.host) as client:
        with pytest.raises(Blocked, match=rf"robots\.txt of {site.host} forbids /api/v1"):
            client.get(f"{site.url}/api/v1", collector="test/1")
        assert client.get(f"{site.url}/else", collector="test/1").body == b"x"
        assert client.get(f"{site.url}/api/v1", collector="test/1", robots=False).body == b"x"
    assert [request.path for request in site.requests] == ["/robots.txt", "/else", "/api/v1"]


def test_missing_pages_are_the_default_of_the_test_site():
    with Site(lambda _: NOT_FOUND) as site, plain_client(site.host) as client, pytest.raises(Gone):
        client.get(site.url, collector="test/1")


@pytest.mark.parametrize("status", [200, 204, 301, 403, 404])
def test_what_is_told_is_sent_once_and_answered_with_its_status_alone(status: int):
    with Site(lambda _: Reply(status=status, headers={"Location": "/lain"})) as site, plain_client(site.host) as client:
        told = client.tell(f"{site.url}/masuk", b"{}", media_type="application/json", headers=(("X-Kunci", "a"),))
        [request] = site.requests
    assert told == status
    assert (request.path, request.body) == ("/masuk", b"{}")
    assert (request.headers["content-type"], request.headers["x-kunci"]) == ("application/json", "a")


def test_what_is_told_is_not_told_again_by_itself_when_the_server_fails():
    with Site(lambda _: Reply(status=500)) as site, plain_client(site.host) as client:
        with pytest.raises(FetchFailed):
            client.tell(site.url, b"", media_type="text/plain")
        assert len(site.requests) == 1
