"""What every test may use: fixed time zones, no way out to the internet, and the same wild inputs on every run."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# A check must not pass or fail by luck; `make fuzz` looks for new inputs.
settings.register_profile("steady", derandomize=True)
settings.register_profile("wild", derandomize=False)
settings.load_profile("steady")
os.environ.setdefault("TZ", "UTC")


@pytest.fixture(autouse=True)
def _no_scanner_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("SCANNER_"):
            monkeypatch.delenv(name)
