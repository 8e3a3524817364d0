"""/metrics on this machine alone, for a Prometheus beside the scanner."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from prometheus_client import make_wsgi_app
from prometheus_client.exposition import ThreadingWSGIServer

from scanner.errors import SettingsError
from scanner.logs import cause_of
from scanner.report.figures import Figures
from scanner.report.metrics import registry_of

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
_LOOK = 0.1
"""Seconds between two looks whether it shall end."""
_NAMES = frozenset((HOST, "localhost"))


@contextlib.contextmanager
def scraped(port: int, read: Callable[[], Figures]) -> Iterator[int]:
    """Tell figures at http://127.0.0.1:port/metrics while the block runs; yield the port, which for 0 is a free one.

    Raises SettingsError when the port is taken.
    """
    app = guarded(make_wsgi_app(registry_of(read)))
    try:
        server = make_server(HOST, port, app, server_class=ThreadingWSGIServer, handler_class=_Quiet)
    except OSError as error:
        raise SettingsError(
            f"[metrics] port = {port}: {error.strerror}; another one, or 0 for none, is valid"
        ) from error
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(_LOOK,), name="metrics", daemon=True)
        thread.start()
        try:
            yield int(server.server_port)
        finally:
            server.shutdown()
            thread.join()


def guarded(app: WSGIApplication) -> WSGIApplication:
    """Let through what asks this machine by its own name for the figures. What fails is logged and told nobody.

    A page from elsewhere that lets a name of its own lead here (DNS rebinding) reads nothing.
    """

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        if environ.get("HTTP_HOST", "").partition(":")[0] not in _NAMES:
            return _refuse(start, "421 Misdirected Request")
        if environ["PATH_INFO"] != "/metrics":
            return _refuse(start, "404 Not Found")
        if environ["REQUEST_METHOD"] != "GET":
            return _refuse(start, "405 Method Not Allowed")
        try:
            return list(app(environ, start))
        except Exception as error:  # the record in the middle of an upgrade, say: the next scrape asks again
            log.warning("the figures cannot be read: %s", cause_of(error))
            return _refuse(start, "503 Service Unavailable")

    return answer


def _refuse(start: StartResponse, status: str) -> Iterable[bytes]:
    start(status, [("Content-Type", "text/plain; charset=utf-8")])
    return [f"{status}\n".encode()]


class _Quiet(WSGIRequestHandler):
    """Answers and says nothing on stderr."""

    timeout = 10.0
    """Seconds after which whoever is silent is let go."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing: scrapes come four times a minute."""
