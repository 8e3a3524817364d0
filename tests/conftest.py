"""What every test may use: fixed time zones and no way out to the internet."""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("TZ", "UTC")


@pytest.fixture(autouse=True)
def _no_scanner_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("SCANNER_"):
            monkeypatch.delenv(name)
