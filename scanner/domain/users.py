"""People who use the review desk: their role, and whose posts they must never be shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from scanner.domain.accounts import Account

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


class Role(StrEnum):
    """What a person may do at the desk; one role each, least right (features of the working group, G17)."""

    ANALYST = "analyst"  # admin-data: roster, scans, imports
    REVIEWER = "reviewer"  # penelaah: one of the two blind judgements
    ADJUDICATOR = "adjudicator"  # ketua: rules on what two disagree on, with reasons, and refers
    RESEARCHER = "researcher"  # aggregates and snapshots, no persons
    AUDITOR = "auditor"  # the audit chain
    DPO = "dpo"  # pejabat pelindungan data: what is kept, for how long, who read it


class Language(StrEnum):
    """Languages of the desk."""

    ID = "id"
    EN = "en"


@dataclass(frozen=True, slots=True)
class User:
    """One person who may sign in. What they sign in with is kept apart and never part of this record."""

    name: str
    """Lower case; the reviewer of judgements and the actor of events."""
    display: str
    role: Role
    agency: str
    """The person's own agency (instansi): its people's posts are never shown to them."""
    created_at: datetime
    language: Language = Language.ID
    recused: tuple[str, ...] = ()
    """Further person_ids (listed relatives) and agencies whose posts are never shown to them."""
    disabled_at: datetime | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
    """Own keys by act, where they differ from the desk's."""

    @property
    def hidden(self) -> frozenset[str]:
        """Return person_ids and agencies that must not be shown, trimmed and in lower case."""
        return frozenset(folded(one) for one in (self.agency, *self.recused))

    def is_recused_from(self, account: Account) -> bool:
        """Tell whether posts of this account must never be shown to the person."""
        return not self.hidden.isdisjoint({folded(account.person_id), folded(account.agency)})


def folded(text: str) -> str:
    """Return a name as it is compared, in Python and in SQL: `lower(trim(...))`."""
    return text.strip().lower()


def is_user_name(text: str) -> bool:
    """Tell whether a text can be a user's name: 2 to 40 of a-z, 0-9, dot, dash, underscore; first a letter or digit."""
    return _NAME.fullmatch(text) is not None
