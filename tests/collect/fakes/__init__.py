"""Small look-alikes of the platforms, one module per collector, named as its platform."""

from __future__ import annotations

from importlib import import_module

from scanner.domain.accounts import Platform
from tests.collect.fakes.base import PAGE, START, Fake, account_of

__all__ = ["PAGE", "START", "Fake", "account_of", "fake_of"]


def fake_of(platform: Platform) -> type[Fake]:
    """Return the look-alike of a platform."""
    import_module(f"tests.collect.fakes.{platform}")
    return next(kind for kind in Fake.__subclasses__() if kind.platform is platform)
