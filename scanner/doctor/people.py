"""People: who is listed, and who may sign in to judge."""

from __future__ import annotations

from datetime import timedelta

from scanner.doctor.case import Case
from scanner.doctor.check import Finding, Named, fix, mind, well
from scanner.doctor.ground import SOON
from scanner.doctor.setup import bare
from scanner.domain.accounts import Account
from scanner.domain.users import Role
from scanner.roster import refuse_account
from scanner.settings import CONFIG
from scanner.store import checkup
from scanner.store.accounts import load_accounts
from scanner.store.users import load_users

_DRAWN = timedelta(days=7)
"""In which a password that the program drew should have been replaced by one's own."""


def _accounts(case: Case) -> list[Account]:
    if not case.has_record:
        return []
    with case.reading("roster") as lease:
        return load_accounts(lease)


def _roster(case: Case) -> Finding:
    if not (accounts := _accounts(case)):
        return fix("list accounts with `scanner roster import roster.csv`", "empty")
    return well(f"{len(accounts)} listed")


def _listings(case: Case) -> Finding:
    accounts = _accounts(case)
    refused = [refusal for one in accounts if (refusal := refuse_account(one, case.today))]
    if refused:
        return fix(f"{refused[0]} (and {len(refused) - 1} more)", f"{len(refused)} of {len(accounts)}")
    ending = [one for one in accounts if one.listed_until - case.today < SOON]
    if ending:
        first = min(one.listed_until for one in ending)
        return mind(f"{len(ending)} listings end soon, the first on {first}: list them anew in time")
    return well(f"{len(accounts)} may be looked at today")


def _reviewers(case: Case) -> Finding:
    with case.reading("users") as lease:
        users = [one for one in load_users(lease) if one.disabled_at is None]
    if not users:
        return well("nobody has a way in yet; `scanner users add` makes one")
    readers = sum(one.role in (Role.REVIEWER, Role.ADJUDICATOR) for one in users)
    rulers = sum(one.role is Role.ADJUDICATOR for one in users)
    found, wanted = f"{readers} who judge, {rulers} of them rule", case.settings.review.overlap
    if readers - rulers < wanted:
        return mind(f"{readers - rulers} reviewers, but {wanted} must judge each flag: `scanner users add`", found)
    return well(found) if rulers else mind("nobody rules where two disagree: `scanner users add` an adjudicator", found)


def _sign_in(case: Case) -> Finding:
    with case.reading("sign-in") as lease:
        without, drawn = checkup.weak_sign_ins(lease, drawn_before=case.now - _DRAWN)
    if without:
        return fix(f"{', '.join(without)}: no password or no authenticator; `scanner users reset {without[0]}`")
    if drawn:
        return mind(f"{', '.join(drawn)}: still the password that was drawn for them; let them choose their own")
    return well("everybody has a password of their own and an authenticator")


def _desk(case: Case) -> Finding:
    link = case.settings.notifications.link
    if bare(link):
        return fix(f"{CONFIG} notifications.link: {link} is not encrypted; the desk needs TLS off this machine")
    return well(link or "not told in messages")


CHECKS = {
    "roster": Named(_roster, needs=("database",)),
    "listings": Named(_listings, needs=("roster",)),
    "reviewers": Named(_reviewers, needs=("database",), record=True),
    "sign-in": Named(_sign_in, needs=("database",), record=True),
    "desk address": Named(_desk, needs=("settings",)),
}
