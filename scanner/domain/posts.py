"""Posts, their versions, and how an account stands to a post."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scanner.domain.accounts import Platform


class Role(StrEnum):
    """How the listed account stands to the post. Tagged, depicted and co-authored never flag (guardrail G18)."""

    POSTED = "posted"
    REPOSTED = "reposted"
    QUOTED = "quoted"
    REPLIED = "replied"
    CO_AUTHORED = "co_authored"
    COMMENTED = "commented"
    TAGGED = "tagged"
    DEPICTED = "depicted"


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, film or sound that belongs to a post; only described, not fetched."""

    kind: str
    """image | video | audio | link"""
    url: str | None = None
    description: str = ""
    """Alternative text written by the author, or the title of a shared link."""


@dataclass(frozen=True, slots=True)
class Post:
    """One public post of a listed account as it was captured. Another text is another version."""

    platform: Platform
    native_id: str
    """The platform's id as a string, never a number; Mastodon: host/id, because ids are per server."""
    account_id: str
    role: Role
    posted_at: datetime | None
    """UTC, as the platform says; None when the source does not tell (then never flagged)."""
    text: str
    url: str | None = None
    edited_at: datetime | None = None
    language: str | None = None
    context: str = ""
    """Other people's words this post answers, quotes or shares: shown to reviewers, handles masked."""
    media: tuple[Media, ...] = ()
    truncated: bool = False
    """The source is known to cut the text."""
    verifiable: bool = True
    """False when the source gives no address at which the post could be checked again."""
    repaired: bool = False
    """Bytes that were not valid text were replaced; the raw capture keeps them."""
    capture_sha256: str = ""
    """The raw bytes this was read from."""

    @property
    def id(self) -> str:
        """Stable identity: platform and native id."""
        return f"{self.platform}:{self.native_id}"

    @property
    def text_sha256(self) -> str:
        """Hash of the words (text and context): a changed hash is a new version."""
        return hashlib.sha256(f"{self.text}\0{self.context}".encode()).hexdigest()

    @property
    def version_id(self) -> str:
        """Identity of this text of this post."""
        return f"{self.id}@{self.text_sha256[:16]}"
