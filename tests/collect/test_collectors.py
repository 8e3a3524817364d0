"""Which collector gathers which platform, ours and those that other packages bring."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from scanner.collect import collectors
from scanner.collect.collectors import COLLECTORS, collector_class, collector_for
from scanner.collect.interface import Options
from scanner.domain import accounts
from scanner.domain.accounts import Platform
from scanner.errors import Blocked
from tests.collect.servers import plain_client

PLUGIN = """
from scanner.collect.interface import Collector, Page
from scanner.collect.terms import Terms
from scanner.domain.accounts import Platform

class WargaNetCollector(Collector):
    platform = Platform("warganet")
    version = "1"
    terms = Terms(keys={"token": "kunci warga net"})
    home = "https://warganet.example"
    sees = "posts"
    misses = "the rest"

    def collect(self, account, cursor, window):
        yield Page(posts=(), evidence=(), cursor=cursor)
"""


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A package of somebody else, installed as far as Python's own metadata is concerned."""
    (tmp_path / "warganet_scanner.py").write_text(PLUGIN)
    info = tmp_path / "warganet_scanner-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: warganet-scanner\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[scanner.collectors]\nwarganet = warganet_scanner:WargaNetCollector\n")
    monkeypatch.syspath_prepend(tmp_path)
    accounts.platforms_of_others.cache_clear()
    yield
    accounts.platforms_of_others.cache_clear()
    Platform._value2member_map_.pop("warganet", None)
    sys.modules.pop("warganet_scanner", None)


def test_every_platform_names_a_class_of_its_own():
    classes = [collector_class(platform) for platform in COLLECTORS]
    assert [kind.platform for kind in classes] == list(COLLECTORS)
    assert len(set(classes)) == len(classes)


def test_an_unknown_platform_is_refused():
    with pytest.raises(ValueError, match="'warganet' is not a valid Platform"):
        Platform("warganet")


@pytest.mark.usefixtures("plugin")
def test_another_package_adds_a_platform_by_an_entry_point():
    platform = Platform("warganet")
    assert platform is Platform("warganet")
    assert (platform.value, f"{platform}") == ("warganet", "warganet")
    assert list(Platform).count(platform) == 0, "ours stay as they are"
    with plain_client() as client:
        assert collector_for(platform, client, Options(keys={"token": "x"})).name == "warganet/1"


def test_a_platform_that_nobody_gathers_is_blocked_with_the_way_that_is_left(monkeypatch: pytest.MonkeyPatch):
    others = {platform: path for platform, path in COLLECTORS.items() if platform is not Platform.WEB}
    monkeypatch.setattr(collectors, "COLLECTORS", others)  # deleting an item would put it back at the end
    with pytest.raises(Blocked, match="web: no collector, only `scanner import`"):
        collector_class(Platform.WEB)
