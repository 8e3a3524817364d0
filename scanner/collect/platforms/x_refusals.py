"""What X means when it answers without data: by an error of its own, by a status, or by the account's standing."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from scanner.collect.exchange import Answer
from scanner.collect.platforms.x_answers import Problem, Profile, User
from scanner.collect.platforms.x_names import POST_NAMES, TWEET_NAMES
from scanner.domain.accounts import Account
from scanner.errors import Blocked, BudgetSpent, CollectError, FetchFailed, FormatDrift, Gone, KeyNeeded, Private

KEY = "app-only bearer token"
"""The key that X takes, as people are asked for it."""


class OtherNames(FormatDrift):
    """X does not know the names of fields that we asked with."""


def require_open(account: Account, profile: Profile) -> User:
    """Return the account's immutable id and standing; raises Private, Blocked, Gone, FormatDrift."""
    user = profile.data
    if user is None:
        raise refusal(account, profile.errors or [])
    if user.username.casefold() != account.handle.casefold():
        raise FormatDrift(f"x {account.handle}: X answered with the account of somebody else")
    if user.protected:
        raise Private(f"x {account.handle}: protected, only followers see its posts")
    if user.withheld is not None and user.withheld.here:
        raise Blocked(f"x {account.handle}: the account is withheld in Indonesia")
    return user


def refusal(account: Account, problems: Sequence[Problem]) -> CollectError:
    """Return what X means by errors without data. Suspended and unknown have one type, and differ in their words."""
    first = problems[0] if problems else Problem()
    if "has been suspended" in (first.detail or ""):
        return Gone(f"x {account.handle}: suspended by X")
    match first.kind:
        case "resource-not-found":
            return Gone(f"x {account.handle}: not there: never was, renamed, deactivated or deleted")
        case "not-authorized-for-resource":
            return Private(f"x {account.handle}: protected, only followers see its posts")
        case "disallowed-resource" | "resource-unavailable":
            return Blocked(f"x {account.handle}: X does not show this account: {first.kind}")
        case "internal-error" | "field-hydration-failure":
            return FetchFailed(f"x {account.handle}: X could not answer: {first.kind}")
    return FormatDrift(f"x {account.handle}: neither data nor a known error, but {first.kind or first.title!a:.80}")


def check(answer: Answer) -> None:
    """Raise what an error answer means; of 429 and 5xx the client knows to wait."""
    if answer.status < 400:
        return
    problem = _problem(answer.body)
    said = f"x: HTTP {answer.status} {problem.kind}".rstrip()
    if answer.status == 402 or problem.kind in ("credits", "usage-capped"):
        raise BudgetSpent(f"{said}: X's own cap is reached or its credits are used up; see its developer console")
    if answer.status == 401 or problem.kind in ("client-forbidden", "unsupported-authentication"):
        raise KeyNeeded(
            f"{said}: the key is wrong, expired, revoked or not enrolled; set token under [platforms.x.keys] in "
            f"secrets.toml to a valid {KEY}"
        )
    if answer.status == 400:
        blamed = sorted(set(problem.blamed))
        drift = FormatDrift if {*TWEET_NAMES, *POST_NAMES}.isdisjoint(blamed) else OtherNames
        raise drift(f"{said}: X does not take our request any more; it blames {', '.join(blamed) or 'nothing named'}")


def _problem(body: bytes) -> Problem:
    """Return the error document, or an empty one where there is none: then the status alone decides."""
    try:
        return msgspec.json.decode(body, type=Problem)
    except (ValueError, RecursionError):
        return Problem()
