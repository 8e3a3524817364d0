"""The desk as a running server: the owner of the database as long as it runs."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from dataclasses import replace
from threading import Thread

import uvicorn

from scanner.store.owner import own
from scanner.web.app import make_app
from scanner.web.bind import Bind
from scanner.web.desk import Desk
from scanner.web.language import texts
from scanner.web.rendering import environment

_PARTING = 10
"""Seconds for requests under way when the desk is stopped."""
_SWITCH = 0.0005
"""Seconds after which a thread that paints a page lets one go on whose statement has been answered. With Python's 0.005
an answer of thirty statements may wait for the interpreter thirty times so long."""


def serve(desk: Desk, bind: Bind, *, ready: Callable[[str], None] = lambda _address: None) -> None:
    """Answer browsers until stopped by a signal. `ready` is told the address once the desk answers.

    Errors: StoreLocked when another desk keeps the database, StoreError.
    """
    sys.setswitchinterval(_SWITCH)
    texts(), environment()  # before anybody waits for them
    with own(desk.store) as owned:
        config = configure(replace(desk, store=owned, tls=bind.tls, behind_proxy=bind.behind_proxy), bind)
        Thread(target=_prepare, args=(desk,), daemon=True).start()  # while the first people sign in
        _Server(config, ready).run()


def _prepare(desk: Desk) -> None:
    """Read the examples before anybody asks for similar ones, and look no more whether what is kept may be forgotten.

    To look through a hundred thousand objects that stay would hold everybody up for 0.07 s, now and then.
    """
    if desk.finder:
        desk.finder.prepare()
    gc.collect()
    gc.freeze()


def configure(desk: Desk, bind: Bind) -> uvicorn.Config:
    """Return how a desk answers browsers. What is not said here is uvicorn's and Python's: TLS 1.2 and 1.3 alone."""
    return uvicorn.Config(
        make_app(desk, bind.hosts),
        host=bind.host,
        port=bind.port,
        ssl_certfile=bind.certificate,
        ssl_keyfile=bind.key,
        proxy_headers=False,  # the desk itself reads the one header it trusts
        server_header=False,
        access_log=False,  # what was read is told by the audit chain, without addresses and forms
        log_config=None,  # what uvicorn says goes where ours goes
        log_level="warning",
        lifespan="off",
        timeout_graceful_shutdown=_PARTING,
    )


class _Server(uvicorn.Server):
    """A server that tells when it answers, and at which port."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[str], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        await super().startup(sockets)  # type: ignore[arg-type]
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            scheme = "https" if self.config.is_ssl else "http"
            self._ready(f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}")
