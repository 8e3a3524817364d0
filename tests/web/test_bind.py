"""The desk listens to this machine alone, unless the way to it is encrypted and its names are known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scanner.errors import SettingsError
from scanner.web.bind import LOOPBACK, check_bind


@pytest.fixture
def pair(tmp_path: Path) -> dict[str, Path]:
    for name in ("cert.pem", "key.pem"):
        (tmp_path / name).touch(mode=0o600)
    return {"certificate": tmp_path / "cert.pem", "key": tmp_path / "key.pem"}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]", "127.0.0.2"])
def test_this_machine_needs_nothing_more(host: str):
    bind = check_bind(host)
    assert (bind.port, bind.hosts, bind.tls, bind.behind_proxy) == (8000, LOOPBACK, False, False)
    assert ":" not in bind.host or bind.host == "::1"


def test_it_is_the_default():
    assert check_bind().host == "127.0.0.1"


OTHERS = ["0.0.0.0", "::", "10.0.0.5", "192.168.1.9", "203.0.113.5", "fd00::5"]


@pytest.mark.parametrize("host", OTHERS)
def test_any_other_address_is_refused_without_encryption(host: str):
    with pytest.raises(SettingsError, match=r"others could read along; valid: 127\.0\.0\.1, or a certificate"):
        check_bind(host, hosts=["desk.example"])


@pytest.mark.parametrize("host", OTHERS)
def test_any_other_address_is_refused_without_names(host: str, pair: dict[str, Path]):
    for way in ({"behind_proxy": True}, pair):
        with pytest.raises(SettingsError, match="no host names; name those by which browsers reach the desk"):
            check_bind(host, **way)


@pytest.mark.parametrize("host", OTHERS)
def test_with_encryption_and_names_it_may_listen(host: str, pair: dict[str, Path]):
    for way in ({"behind_proxy": True}, pair, {**pair, "behind_proxy": True}):
        bind = check_bind(host, 8443, hosts=[" Desk.Example ", "10.0.0.5"], **way)
        assert (bind.port, bind.hosts, bind.tls) == (8443, frozenset({"desk.example", "10.0.0.5"}), True)


def test_a_proxy_on_this_machine_has_to_name_the_hosts_too():
    with pytest.raises(SettingsError, match="no host names"):
        check_bind(behind_proxy=True)
    assert check_bind(behind_proxy=True, hosts=["desk.example"]).tls


def test_encryption_on_this_machine_keeps_its_own_names(pair: dict[str, Path]):
    bind = check_bind(**pair)
    assert (bind.tls, bind.hosts) == (True, LOOPBACK)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"host": "desk.example"}, "bind 'desk.example': not an address; valid: 127.0.0.1"),
        ({"host": ""}, "not an address"),
        ({"host": "127.0.0.1:8000"}, "not an address"),
        ({"port": -1}, "port -1: 0"),
        ({"port": 65536}, "port 65536: 0"),
        ({"hosts": ["*"]}, r"host '\*': not a plain name"),
        ({"hosts": ["*.desk.example"]}, "not a plain name"),
        ({"hosts": ["https://desk.example"]}, "not a plain name"),
        ({"hosts": ["desk.example:8000"]}, "not a plain name"),
        ({"hosts": ["desk.example/"]}, "not a plain name"),
        ({"hosts": ["::1"]}, "not a plain name"),
        ({"hosts": [""]}, "not a plain name"),
        ({"hosts": ["a" * 254]}, "not a plain name"),
    ],
)
def test_what_cannot_be_is_refused_with_what_would_be_valid(changes: dict[str, Any], words: str):
    with pytest.raises(SettingsError, match=words):
        check_bind(**changes)


def test_certificate_and_key_go_together_are_there_and_are_private(pair: dict[str, Path], tmp_path: Path):
    with pytest.raises(SettingsError, match="certificate and key go together"):
        check_bind(certificate=pair["certificate"])
    with pytest.raises(SettingsError, match="certificate and key go together"):
        check_bind(key=pair["key"])
    with pytest.raises(SettingsError, match=r"tidak-ada\.pem: no such file"):
        check_bind(certificate=tmp_path / "tidak-ada.pem", key=pair["key"])
    pair["key"].chmod(0o640)
    with pytest.raises(SettingsError, match=r"key\.pem: others can read the key; run `chmod 600"):
        check_bind(**pair)
