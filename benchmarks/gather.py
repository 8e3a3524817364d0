"""Wall time and CPU of gathering many accounts, beside what the configured pace allows and beside bare httpx.

    python -m benchmarks.gather [ACCOUNTS] [HOSTS] [INTERVAL]

A server of its own process answers every feed after 100 ms. Each host is asked one request at a time with INTERVAL
seconds (plus up to 20 % by chance) between them; robots.txt once per host. The pace allows: accounts per host times
(latency + mean pause), or accounts times latency over workers where that is more.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from email.utils import format_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx

from scanner.collect.client import Client
from scanner.collect.client_config import ClientConfig
from scanner.collect.interface import Options, Window
from scanner.domain.accounts import Account, Confidence, Employment, Platform
from scanner.domain.runs import Cursor, Outcome
from scanner.scan.gather import Gatherer
from scanner.scan.plan import Planned, in_fair_order
from scanner.scan.platforms import Platforms
from scanner.store import accounts
from scanner.store.connection import Store

LATENCY = 0.1
WORKERS = 10
POSTS = 5


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    path = head.split(b" ", 2)[1].decode()
    await asyncio.sleep(LATENCY)
    body = b"User-agent: *\nAllow: /\n" if path == "/robots.txt" else _feed(path)
    kind = b"text/plain" if path == "/robots.txt" else b"application/rss+xml"
    writer.write(
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (kind, len(body))
    )
    writer.write(body)
    await writer.drain()
    writer.close()


def _feed(path: str) -> bytes:
    when = format_datetime(datetime(2026, 11, 1, tzinfo=UTC))
    items = "".join(
        f"<item><guid>https://contoh.example{path}/{n}</guid><link>https://contoh.example{path}/{n}</link>"
        f"<pubDate>{when}</pubDate><description>Kabar {n} dari {path}, selamat pagi warga</description></item>"
        for n in range(POSTS)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>{items}</channel></rss>'.encode()


def _serve(hosts: int, ports: multiprocessing.Queue[list[int]]) -> None:
    async def run() -> None:
        servers = [await asyncio.start_server(_answer, "127.0.0.1", 0) for _ in range(hosts)]
        ports.put([server.sockets[0].getsockname()[1] for server in servers])
        await asyncio.Event().wait()

    asyncio.run(run())


def _account(number: int, port: int) -> Account:
    return Account(
        platform=Platform.RSS,
        handle=f"http://127.0.0.1:{port}/akun{number}",
        person_id=f"ASN-{number}",
        agency="Dinas Contoh",
        unit="Sekretariat",
        employment=Employment.PNS,
        service_from=date(2010, 1, 1),
        service_until=None,
        confidence=Confidence.A,
        legal_basis="contoh",
        decree_number="1/2026",
        requested_by="pemohon",
        approved_by="penyetuju",
        listed_from=date(2026, 1, 1),
        listed_until=date(2030, 1, 1),
    )


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def gather(folder: Path, listed: Sequence[Account], interval: float) -> tuple[float, float]:
    """Gather every account once; return seconds of wall clock and of CPU."""
    store = Store(folder / "data" / "scanner.duckdb", wait=60.0)
    with store.lease("benchmark") as lease:
        accounts.save_accounts(lease, listed)
    hosts = tuple({account.handle.split("/")[2] for account in listed})
    config = ClientConfig(min_interval=interval, allow_hosts=hosts, max_connections=WORKERS)
    planned = [Planned(one, Cursor(), Window(), one.handle.split("/")[2]) for one in listed]
    with Client(config) as client:
        gatherer = Gatherer(
            store, Platforms(client, lambda _: Options()), "run-1", ZoneInfo("Asia/Jakarta"), workers=WORKERS
        )
        wall, cpu = time.perf_counter(), _cpu()
        done = list(gatherer.gather(in_fair_order(planned, {})))
        wall, cpu = time.perf_counter() - wall, _cpu() - cpu
    assert {one.outcome for one in done} == {Outcome.COMPLETE}, {one.reason for one in done}
    assert sum(one.tally.new for one in done) == POSTS * len(listed)
    return wall, cpu


def bare(listed: Sequence[Account]) -> float:
    """Return seconds of CPU for the same requests by httpx alone, without parsing, storing or pace."""
    began = _cpu()
    with httpx.Client(trust_env=False) as client:
        for account in listed[:200]:
            client.get(account.handle).raise_for_status()
    return (_cpu() - began) / len(listed[:200])


def main(count: int = 1000, hosts: int = 50, interval: float = 2.0) -> None:
    ports: multiprocessing.Queue[list[int]] = multiprocessing.Queue()
    server = multiprocessing.Process(target=_serve, args=(hosts, ports), daemon=True)
    server.start()
    found = ports.get()
    listed = [_account(number, found[number % hosts]) for number in range(count)]
    with tempfile.TemporaryDirectory() as name:
        wall, cpu = gather(Path(name), listed, interval)
    allowed = max(count / hosts * (LATENCY + interval * 1.1), count * LATENCY / WORKERS)
    alone = bare(listed)
    server.terminate()
    print(f"{count} accounts on {hosts} hosts, {interval} s between requests to one host, {WORKERS} workers")
    print(f"wall {wall:.1f} s, the pace allows {allowed:.1f} s: {wall / allowed:.2f} x")
    print(f"CPU {cpu:.1f} s: {cpu / wall:.0%} of one core, {cpu / count * 1e3:.1f} ms an account")
    print(f"bare httpx {alone * 1e3:.1f} ms a request: ours, parsed, stored and on record, {cpu / count / alone:.1f} x")


if __name__ == "__main__":
    main(*(kind(value) for kind, value in zip((int, int, float), sys.argv[1:], strict=False)))
