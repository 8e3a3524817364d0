"""How we fetch: the defaults are the polite ones."""

from __future__ import annotations

from dataclasses import dataclass, field

from scanner import __version__
from scanner.collect.body import Limits
from scanner.errors import SettingsError


@dataclass(frozen=True, slots=True)
class ClientConfig:
    """How we fetch. The defaults are the polite ones; only tests and the demo go below them."""

    contact: str = ""
    """Where a platform reaches the operating body; part of the User-Agent."""
    user_agent: str = ""
    """Empty means scanner/<version> (+contact)."""
    min_interval: float = 2.0
    """Seconds between two requests to one host, up to 20 % more by chance."""
    deadline: float = 30.0
    """Seconds of wall clock for one exchange, name resolution to last byte."""
    backoff: float = 1.0
    """Seconds: longest wait before the second try; doubles for the third."""
    limits: Limits = field(default_factory=Limits)
    allow_hosts: tuple[str, ...] = ()
    """host:port pairs that may lie on private addresses: for the demo and tests only."""
    max_connections: int = 10
    max_requests: int | None = None
    """After so many nothing is asked any more, whatever for: the caller gets BudgetSpent. None: no end."""
    ca_file: str | None = None
    """PEM file of a further certificate authority to trust."""

    def __post_init__(self) -> None:
        if not 1 <= self.max_connections <= 10:
            raise SettingsError(f"network: max_connections {self.max_connections}; valid: 1 to 10")
        if not (self.agent.isascii() and self.agent.isprintable()):
            raise SettingsError(f"network.contact: {self.contact!r} cannot stand in a header; valid: printable ASCII")

    @property
    def agent(self) -> str:
        """The User-Agent we send."""
        contact = f" (+{self.contact})" if self.contact else ""
        return self.user_agent or f"scanner/{__version__}{contact}"
