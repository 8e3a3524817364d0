"""Who is told of runs and alarms, and who notices when nothing runs any more."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, field_validator

from scanner.sections.section import Section, TimeOfDay

_UNVERIFIED = re.compile(r"[?&;]\s*verify\s*=", re.IGNORECASE)
"""As Apprise reads addresses: whatever the case, behind a `#` too."""


class NotificationSettings(Section):
    """Who is told of runs and alarms. Messages hold counts and a link, never a name or words of a post."""

    urls: tuple[SecretStr, ...] = ()
    """In secrets.toml: Apprise addresses, such as mailtos://... or tgram://..."""
    webhook: SecretStr | None = None
    """In secrets.toml: an https address that gets the message as JSON."""
    webhook_key: SecretStr | None = None
    """In secrets.toml: signs what the webhook gets (HMAC-SHA-256)."""
    digest: Literal["news", "always", "never"] = "news"
    """After which runs a digest is sent: those that brought or lost posts, all, or none. Alarms are always told."""
    deadline_hours: Annotated[int, Field(ge=1, le=30 * 24)] = 48
    """So long before their legal deadline posts that wait for reviewers are an alarm."""
    quiet: tuple[TimeOfDay, TimeOfDay] | None = None
    """["21:00", "06:00"]: within these times of day nothing is sent; it waits."""
    link: str = ""
    """Address of the review desk, put under every message."""
    language: Literal["id", "en"] = "id"

    @field_validator("urls")
    @classmethod
    def _checked(cls, urls: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        """Refuse what switches certificates off, and what is no address; addresses are secrets and never quoted."""
        for number, url in enumerate(urls, 1):
            scheme, found, rest = url.get_secret_value().partition("://")
            if not found or not rest or not scheme.isalnum():
                raise ValueError(f"address {number} is none; mailtos://... or tgram://... would be valid")
            if _UNVERIFIED.search(unquote(url.get_secret_value())):
                raise ValueError(f"address {number}: verify= must not be in it: certificates are always checked")
        return urls

    @field_validator("webhook")
    @classmethod
    def _web(cls, url: SecretStr | None) -> SecretStr | None:
        return _web_address(url)

    @field_validator("link")
    @classmethod
    def _shown(cls, link: str) -> str:
        """Refuse what could carry more than an address: it stands in every message."""
        if link and (not _is_web(link) or "@" in link or urlsplit(link).query):
            raise ValueError("no address of a desk; https://meja.example/ would be valid")
        return link


class PingSettings(Section):
    """Who notices when nothing runs any more: an address in the manner of Healthchecks."""

    url: SecretStr | None = None
    """In secrets.toml. `/start`, nothing and `/<exit code>` are put behind it."""

    @field_validator("url")
    @classmethod
    def _web(cls, url: SecretStr | None) -> SecretStr | None:
        return _web_address(url)


def _web_address(url: SecretStr | None) -> SecretStr | None:
    """Refuse what is no address of the web; it is a secret and never quoted."""
    if url is not None and not _is_web(url.get_secret_value()):
        raise ValueError("no address of the web; https://host/path would be valid")
    return url


def _is_web(url: str) -> bool:
    """Tell whether an address is one of the web; what cannot be read is none, and what is wrong there is not told."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # it quotes the address
        return False
