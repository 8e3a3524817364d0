"""/metrics answers on this machine, to its own names, with nothing else, and goes on when figures cannot be read."""

from __future__ import annotations

import http.client
import logging
import socket
from collections.abc import Iterator

import pytest

from scanner.errors import SettingsError
from scanner.report.figures import Figures
from scanner.schedule.metering import Remembered
from scanner.schedule.scraping import HOST, scraped

FIGURES = Figures(record=None, stale=3)


@pytest.fixture
def port() -> Iterator[int]:
    with scraped(0, lambda: FIGURES) as port:
        yield port


def ask(port: int, path: str = "/metrics", method: str = "GET", host: str | None = None) -> tuple[int, str]:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    connection.request(method, path, headers={} if host is None else {"Host": host})
    answer = connection.getresponse()
    try:
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_a_prometheus_on_this_machine_reads_the_figures(port):
    status, text = ask(port)
    assert status == 200
    assert "\nscanner_accounts_stale 3.0\n" in text


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "localhost:9401"])
def test_it_answers_to_this_machines_own_names(port, host):
    assert ask(port, host=host)[0] == 200


@pytest.mark.parametrize("host", ["jahat.example", "jahat.example:9401", "", "127.0.0.1.jahat.example", "localhost.x"])
def test_a_name_from_elsewhere_that_leads_here_reads_nothing(port, host):
    status, text = ask(port, host=host)
    assert status == 421
    assert "scanner_" not in text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/", 404), ("GET", "/metrics/../x", 404), ("POST", "/metrics", 405), ("DELETE", "/metrics", 405)],
)
def test_there_is_nothing_else(port, method, path, status):
    assert ask(port, path, method)[0] == status


def test_it_listens_on_this_machine_alone(port):
    with socket.socket() as other, pytest.raises(OSError):
        other.settimeout(1)
        other.connect((socket.gethostbyname(socket.gethostname()).replace("127.0.0.1", "127.0.0.2"), port))


def test_figures_that_cannot_be_read_are_told_to_nobody_and_the_next_scrape_asks_again(caplog, capfd):
    given = iter([ValueError("@budi menulis ini"), FIGURES])

    def read() -> Figures:
        one = next(given)
        if isinstance(one, Exception):
            raise one
        return one

    with caplog.at_level(logging.WARNING), scraped(0, read) as port:
        assert ask(port) == (503, "503 Service Unavailable\n")
        assert ask(port)[0] == 200
    assert "ValueError" in caplog.text
    assert "budi" not in caplog.text + "".join(capfd.readouterr())


def test_scrapes_say_nothing_on_stderr(port, capfd):
    ask(port)
    assert "".join(capfd.readouterr()) == ""


def test_a_port_that_is_taken_is_told(port):
    with pytest.raises(SettingsError, match=rf"port = {port}: .*; another one, or 0 for none"), scraped(port, Figures):
        pass


def test_afterwards_nobody_answers():
    with scraped(0, lambda: FIGURES) as port:
        pass
    with pytest.raises(OSError):
        ask(port)


def test_who_asks_often_gets_what_was_read_a_moment_ago():
    reads = []

    def read() -> Figures:
        reads.append(1)
        return FIGURES

    often, anew = Remembered(read, seconds=60), Remembered(read, seconds=0)
    assert [often(), often()] == [FIGURES, FIGURES]
    assert len(reads) == 1
    anew(), anew()
    assert len(reads) == 3
