"""docs/platforms.md says what the program does: tables, keys, settings, commands and output cannot drift from it."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
import typer

from scanner.cli.app import app
from scanner.collect.collectors import COLLECTORS, collector_class, require_terms
from scanner.collect.interface import Options
from scanner.collect.terms import Terms
from scanner.domain.accounts import Account, Platform
from scanner.domain.posts import Role
from scanner.domain.runs import Outcome
from scanner.report.platforms import platform_sheets
from scanner.scan.platforms import Platforms
from scanner.settings import PlatformSettings, Settings

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "platforms.md"
TEXT = PAGE.read_text("utf-8")
POINTS = (
    "Seen",
    "Not seen",
    "As shipped, and why",
    "Obtain first",
    "Write",
    "Quota and cost",
    "File import instead",
    "Storage and deletion",
    "Sources",
)
TOOLS = ("Zeeschuimer", "4CAT", "twarc", "snscrape", "yt-dlp", "CrowdTangle", "Meta Content Library")
OF_META = {
    "instagram_basic",
    "instagram_manage_insights",
    "pages_read_engagement",
    "threads_basic",
    "threads_profile_discovery",
}
"""Names of Meta's permissions: words of the document that are none of ours."""


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


@cache
def _table(*head: str) -> dict[str, list[str]]:
    """Return the rows of the table with these first column heads, by the last word in code of their first cell."""
    lines = TEXT.splitlines()
    [start] = [number for number, line in enumerate(lines) if _cells(line)[: len(head)] == list(head)]
    rows = {}
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows[re.findall(r"`([^`]+)`", _cells(line)[0])[-1]] = _cells(line)
    return rows


@cache
def _sections() -> dict[str, str]:
    """Return the sections of the document by the anchor of their heading."""
    parts = re.split(r"^## (.+)$", TEXT, flags=re.MULTILINE)
    return {_anchor(title): body for title, body in zip(parts[1::2], parts[2::2], strict=True)}


def _anchor(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def _section(platform: Platform) -> str:
    link = re.search(r"\(#([\w-]+)\)", _table("platform", "as shipped")[platform][0])
    assert link is not None
    return _sections()[link[1]]


def _codes() -> list[str]:
    """Return what stands in code inside the running text, on one line each."""
    prose = re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL)
    return [" ".join(code.split()) for code in re.findall(r"`([^`]+)`", prose)]


def _blocks(language: str, text: str = TEXT) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", text, flags=re.DOTALL | re.MULTILINE)


def _terms(platform: Platform) -> Terms:
    return collector_class(platform).terms


def _is_setting(dotted: str) -> bool:
    """Tell whether a dotted name is a setting; of a platform any name may stand for all."""
    here: object = Settings
    for number, part in enumerate(parts := dotted.split(".")):
        if parts[0] == "platforms" and number == 1:
            here = PlatformSettings
            continue
        field = getattr(here, "model_fields", {}).get(part)
        if field is None:
            return False
        here = field.annotation
    return True


def _short_names() -> set[str]:
    """Return every name with an underscore that the document may use on its own."""
    sections = [Settings, *(field.annotation for field in Settings.model_fields.values()), PlatformSettings]
    settings = {name for one in sections for name in getattr(one, "model_fields", {})}
    keys = {name for platform in COLLECTORS for name in _terms(platform).keys}
    return settings | keys | set(Role) | set(Outcome) | set(Account.__dataclass_fields__) | OF_META


@pytest.mark.parametrize("platform", COLLECTORS)
def test_every_platform_has_its_row_and_it_agrees_with_the_terms(platform: Platform):
    _, shipped, approval, keys, quota, _, instead = _table("platform", "as shipped")[platform]
    terms = _terms(platform)
    assert shipped == ("off" if terms.needs_approval or terms.keys else "on")
    assert approval == ("needed" if terms.needs_approval else "not needed")
    assert re.findall(r"`(\w+)`", keys) == list(terms.keys)
    assert quota == ("none known" if terms.daily is None else f"{terms.daily:,} {terms.unit}")
    assert {tool for tool in TOOLS if tool in instead} == {tool for tool in TOOLS if tool in terms.import_instead}


@pytest.mark.parametrize("platform", COLLECTORS)
def test_every_platform_has_a_section_with_the_same_points_in_the_same_order(platform: Platform):
    assert tuple(re.findall(r"^- \*\*([^*]+)\.\*\*", _section(platform), flags=re.MULTILINE)) == POINTS


def test_tables_and_sections_name_no_other_platform_and_keep_the_order():
    rows = _table("platform", "as shipped")
    assert list(rows) == list(COLLECTORS)
    places = [TEXT.index(_section(platform)) for platform in COLLECTORS]
    assert places == sorted(places)


@pytest.mark.parametrize("platform", COLLECTORS)
def test_what_a_section_says_to_write_switches_the_platform_on(platform: Platform):
    terms = _terms(platform)
    written = tomllib.loads("\n".join(_blocks("toml", _section(platform))))
    chosen = Settings(**written).platform(platform)
    assert set(written.get("platforms", {})) <= {platform}
    assert set(chosen.keys) == set(terms.keys)
    assert bool(chosen.terms_approval) == terms.needs_approval
    keys = {name: secret.get_secret_value() for name, secret in chosen.keys.items()}
    require_terms(platform, Options(terms_approval=chosen.terms_approval, keys=keys))


def test_the_duties_are_those_that_refresh_keeps():
    rows = _table("platform", "asked again when not seen for")
    kept = [one for one in COLLECTORS if _terms(one).refresh_days is not None or _terms(one).keep_days is not None]
    assert list(rows) == kept
    for platform in kept:
        terms, (_, again, leaves, deleted) = _terms(platform), rows[platform]
        assert int(again.split()[0]) == terms.refresh_days
        assert leaves == ("never by age" if terms.keep_days is None else f"{terms.keep_days} days")
        assert deleted == ("erased here" if terms.must_erase else "marked missing here")


def test_the_platforms_that_refresh_leaves_alone_though_they_want_deletion_are_named_as_a_gap():
    gaps = TEXT.partition("### Known gaps")[2].partition("\n## ")[0]
    first = gaps.strip().splitlines()[2]
    idle = [one for one in COLLECTORS if "deleted on request" in _terms(one).duty and _terms(one).refresh_days is None]
    assert [one for one in COLLECTORS if str(one).capitalize() in first.partition(":")[0]] == idle


def test_roles_and_coverages_are_told_completely():
    assert set(_table("role", "what it is")) == set(Role)
    assert set(_table("coverage", "what it means")) == set(Outcome)


def test_comments_are_told_of_exactly_the_platforms_that_give_them():
    platforms = Platforms(client=None, options=lambda _: Options())  # type: ignore[arg-type]  # nothing is asked
    given = {one for one in COLLECTORS if platforms.gives_comments(one)}
    seen = _table("role", "what it is")[Role.COMMENTED][2].partition(";")[0]
    assert {name.strip().lower() for name in seen.split(",")} == set(given)


def test_robots_txt_decides_where_the_document_says_so():
    told = re.search(r"\*\*robots\.txt\*\* decides for ([^:]*?), for program", " ".join(TEXT.split()))
    assert told is not None
    named = {word.strip() for word in re.split(r",| and ", told[1])}
    titles = {"feeds": Platform.RSS, "web pages": Platform.WEB}
    assert {titles.get(name, name.lower()) for name in named} == {one for one in COLLECTORS if _terms(one).robots}


def test_the_quoted_output_is_what_the_program_says():
    [sheet] = [one for one in platform_sheets(lambda _: _missing_key()) if one.platform is Platform.YOUTUBE]
    block = " ".join(_blocks("text")[0].split())
    rows = {
        "state": sheet.state,
        "sees": sheet.sees,
        "misses": sheet.misses,
        "not observed": sheet.not_observed,
        "approval": sheet.approval,
        "keys": ", ".join(sheet.keys),
        "quota": sheet.quota,
        "duty": sheet.duty,
        "import instead": sheet.import_instead,
    }
    assert block == f"youtube {' '.join(f'{name} {value}' for name, value in rows.items())}"


def _missing_key() -> str:
    with pytest.raises(Exception, match="no key") as refused:
        require_terms(Platform.YOUTUBE, Options())
    return str(refused.value)


def test_every_setting_named_in_the_document_exists():
    dotted = re.compile(r"(?:platforms|network|media|mandate|review)(?:\.\w+)+")
    named = [name for code in _codes() for name in dotted.findall(code)]
    assert [name for name in named if not _is_setting(name)] == []
    for block in _blocks("toml"):
        Settings(**tomllib.loads(block))
    short = {code.partition(" =")[0] for code in _codes() if re.fullmatch(r"[a-z]+(?:_[a-z]+)+(?: = .*)?", code)}
    assert short - _short_names() == set()


@pytest.mark.parametrize(
    "name",
    ["terms_approval", "keys", "daily_budget", "min_interval", "canary", "legal_hold", "enabled", "sweep_days"],
)
def test_every_setting_of_a_platform_that_a_body_needs_is_explained(name: str):
    assert name in TEXT
    assert _is_setting(f"platforms.youtube.{name}") or _is_setting(f"network.{name}")


def test_every_command_named_in_the_document_exists_with_its_options():
    root = typer.main.get_command(app)
    said = [*_codes(), *(line for block in _blocks("sh") for line in block.splitlines())]
    calls = [call for code in said for call in re.findall(r"(?<![\w./])scanner ([a-z][^;&]*)", code)]
    assert calls
    for call in calls:
        words = call.split()
        command = root
        while words and words[0] in getattr(command, "commands", {}):
            command = command.commands[words.pop(0)]
        assert command is not root, f"scanner {call}: no such command"
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("-")} <= known, f"scanner {call}"


@pytest.mark.parametrize("page", ["README.md", "README.id.md"])
def test_both_readmes_lead_to_it(page: str):
    assert "](docs/platforms.md)" in (ROOT / page).read_text("utf-8")


def test_every_link_leads_somewhere():
    headings = {_anchor(title) for title in re.findall(r"^#+ (.+)$", TEXT, flags=re.MULTILINE)}
    for target in re.findall(r"\]\(([^)]+)\)", TEXT):
        assert target.removeprefix("#") in headings if target.startswith("#") else (PAGE.parent / target).exists()
