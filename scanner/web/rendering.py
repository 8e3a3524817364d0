"""Templates into pages: everything that comes from outside is escaped, and a name that is missing is an error."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from scanner.domain.users import Language
from scanner.web import assets
from scanner.web.language import has, say
from scanner.web.lasting import lasting
from scanner.web.wording import MONTHS, words_for

if TYPE_CHECKING:
    from scanner.web.page import Visit


@cache
def environment() -> Environment:
    """Return the templates, all of them read: ten people at once would each read those they ask for first."""
    made = Environment(
        loader=PackageLoader("scanner.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals.update(static=assets.address, has_text=has)
    made.filters["web_address"] = web_address
    for name in made.list_templates():
        made.get_template(name)
    return made


def render(template: str, visit: Visit, **values: Any) -> str:
    """Return a template filled for one visit; `t(key)` gives its words, `when(moment)` a time where it was."""
    from scanner.web.pages import navigation

    return (
        environment()
        .get_template(template)
        .render(
            t=partial(say, visit.language),
            when=partial(when, visit),
            left=partial(time_left, visit),
            ago=partial(ago, visit),
            **words_for(visit.language),
            key_name=partial(key_name, visit.language),
            now=visit.now,
            language=visit.language,
            user=visit.user,
            session=lasting(visit),
            here=visit.request.url.path,
            navigation=navigation(visit.user),
            **values,
        )
    )


def when(visit: Visit, moment: datetime) -> str:
    """Return a time as people of the region write it: `3 Mar 2026, 14.05 WIB`."""
    local = moment.astimezone(visit.desk.zone)
    colon = "." if visit.language is Language.ID else ":"
    month = MONTHS[visit.language][local.month - 1]
    return f"{local.day} {month} {local.year}, {local:%H}{colon}{local:%M} {local:%Z}"


def time_left(visit: Visit, until: datetime) -> str:
    """Return how long it is until then: days, below two days hours, below two hours minutes; or that it is over."""
    left = until - visit.now
    if left <= timedelta(0):
        return say(visit.language, "base.over")
    unit, count = _measured(left)
    return say(visit.language, f"base.{unit}_left", count=count)


def ago(visit: Visit, moment: datetime) -> str:
    """Return how long ago it was, in the same units."""
    unit, count = _measured(max(visit.now - moment, timedelta(0)))
    return say(visit.language, f"base.{unit}_ago", count=count)


def _measured(time: timedelta) -> tuple[str, int]:
    for unit, size in (("days", timedelta(days=1)), ("hours", timedelta(hours=1))):
        if time >= 2 * size:
            return unit, time // size
    return "minutes", time // timedelta(minutes=1)


def key_name(language: Language, key: str) -> str:
    """Return what is written on a key."""
    return say(language, "review.space") if key == " " else key.upper()


def web_address(url: str | None) -> str:
    """Return an address a browser may be sent to; empty for anything that is not plain http(s) (reliability M14)."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return ""
    return url or "" if parts.scheme in ("http", "https") and parts.hostname else ""
