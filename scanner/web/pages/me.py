"""One's own page: language, keys, password, sessions, and one's own pace. There is no page on anybody else's."""

from __future__ import annotations

from starlette.responses import Response

from scanner.domain.users import Language, Role
from scanner.errors import SignInRefused, UsageError
from scanner.review.keys import DEFAULT, OFF, check_keys, keys_of
from scanner.review.pace import own_pace
from scanner.review.proof import Proof
from scanner.review.rulings import own_rulings
from scanner.review.signin import sessions_beside, sign_out_elsewhere
from scanner.review.users import change_password
from scanner.store import users
from scanner.web import cookies
from scanner.web.page import EVERYBODY, JUDGES, Page, Visit
from scanner.web.pages.signin import address_of


def show(visit: Visit) -> Response:
    """Show one's own page."""
    return _page(visit, saved=next((one for one in SAVED if one == visit.query("saved")), ""))


SAVED = ("language", "keys", "sessions")
"""What the page says was just saved."""


def choose_language(visit: Visit) -> Response:
    """Keep in which language the desk is shown."""
    wanted = visit.field("language")
    if wanted not in set(Language):
        raise UsageError(f"language: {wanted!r} is not known; valid: {', '.join(Language)}")
    with visit.desk.store.lease("me: language") as lease:
        users.save_language(lease, visit.who.name, Language(wanted), at=visit.now)
    return visit.seen("/me?saved=language")


def choose_keys(visit: Visit) -> Response:
    """Keep one's own keys, or tell why they cannot be."""
    chosen = {act: visit.field(act) for act in DEFAULT}
    try:
        kept = check_keys(chosen | ({OFF: "yes"} if visit.fields(OFF) else {}))
    except UsageError as error:
        return _page(visit, status=422, keys=chosen, refused=("keys", str(error).removeprefix("keys: ")))
    with visit.desk.store.lease("me: keys") as lease:
        users.save_keys(lease, visit.who.name, kept, at=visit.now)
    return visit.seen("/me?saved=keys")


def choose_password(visit: Visit) -> Response:
    """Set another password with the old one and a code; all one's sessions end, this one too."""
    desk = visit.desk
    proof = Proof(
        name=visit.who.name,
        password=visit.field("password"),
        code=visit.field("code"),
        address=address_of(visit),
        device=cookies.read_cookie(visit.request, cookies.DEVICE, tls=desk.tls),
        now=visit.now,
    )
    try:
        change_password(desk.store, proof=proof, new=visit.field("new"), again=visit.field("again"))
    except UsageError as error:
        return _page(visit, status=422, refused=("password", str(error).removeprefix("password: ")))
    except SignInRefused as refused:
        wait = round(refused.retry_after)
        return _page(visit, status=429 if wait else 422, refused=("password", ""), wait=wait)
    response = visit.seen("/sign-in")
    cookies.sign_off(response, tls=desk.tls)
    return response


def end_others(visit: Visit) -> Response:
    """End all one's sessions but this one."""
    sign_out_elsewhere(visit.desk.store, _token(visit), visit.now)
    return visit.seen("/me?saved=sessions")


def _page(
    visit: Visit,
    *,
    status: int = 200,
    saved: str = "",
    keys: dict[str, str] | None = None,
    refused: tuple[str, str] = ("", ""),
    wait: int = 0,
) -> Response:
    judges, rules = visit.who.role in JUDGES, visit.who.role is Role.ADJUDICATOR
    return visit.html(
        "me.html",
        status=status,
        saved=saved,
        languages=tuple(Language),
        acts=tuple(DEFAULT) if judges else (),
        keys={**keys_of(visit.who), **(keys or {})},
        pace=own_pace(visit.desk.store, visit.who) if judges and not rules else None,
        rulings=own_rulings(visit.desk.store, visit.who) if rules else None,
        drawn=bool(visit.query("drawn")),
        others=sessions_beside(visit.desk.store, _token(visit), visit.now),
        refused=refused,
        wait=wait,
    )


def _token(visit: Visit) -> str:
    return cookies.read_cookie(visit.request, cookies.SESSION, tls=visit.desk.tls) or ""


PAGES = (
    Page("/me", show, EVERYBODY, heading="nav.me"),
    Page("/me/language", choose_language, EVERYBODY, method="POST"),
    Page("/me/keys", choose_keys, JUDGES, method="POST"),
    Page("/me/password", choose_password, EVERYBODY, method="POST"),
    Page("/me/sessions", end_others, EVERYBODY, method="POST"),
)
