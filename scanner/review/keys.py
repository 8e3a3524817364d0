"""Keys of the desk: one for each act, remapped only to what cannot collide; they can be switched off (WCAG 2.1.4)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from scanner.domain.users import User
from scanner.errors import UsageError
from scanner.rules.codes import Code
from scanner.rules.ruleset import Ruleset

DEFAULT: Mapping[str, str] = MappingProxyType(
    {
        "reject": "x",
        "unsure": " ",
        "suspected": "a",
        "undo": "u",
        "note": "n",
        "context": "t",
        "guideline": "h",
        "help": "?",
    }
)
"""By act. Rejecting a flag costs one key, as it must never be dearer than confirming one (reliability B1)."""
CODE_KEYS = "1234567890bcdefghijklmnopqrstuvwyz"
"""Keys of the codes once `suspected` was pressed; `a` and `x` are left out, as they mean something outside."""
OFF = "off"
"""Set to `yes` where a person wants no keys at all."""


def keys_of(user: User) -> Mapping[str, str]:
    """Return the key of every act for a person, with `off` where they want none."""
    return {**DEFAULT, **{act: key for act, key in user.keys.items() if act in DEFAULT or act == OFF}}


def open_codes(ruleset: Ruleset) -> list[Code]:
    """Return the codes one may name, in the order of `CODE_KEYS`: by label, then by name, whatever the post."""
    codes = [code for code in ruleset.codes.values() if code.enabled]
    return sorted(codes, key=lambda code: (code.label is None, str(code.label), code.code))


def check_keys(wanted: Mapping[str, str]) -> dict[str, str]:
    """Return the keys that differ from the desk's; UsageError names what cannot be a key and what would be valid.

    What is refused here would be dangerous in the browser: a key for two acts, or one that types nothing.
    """
    chosen = {**DEFAULT, **{act: key.lower() for act, key in wanted.items() if act != OFF}}
    for act, key in chosen.items():
        if act not in DEFAULT:
            raise UsageError(f"keys: there is no act {act!r}; valid: {', '.join(DEFAULT)}")
        if not (len(key) == 1 and key.isascii() and key.isprintable()):
            raise UsageError(f"keys: {act}: {key!r} is not one printable ASCII character")
        same = [other for other, taken in chosen.items() if taken == key and other != act]
        if same:
            raise UsageError(f"keys: {key!r} would be both {act} and {same[0]}; each act needs its own key")
    changed = {act: key for act, key in chosen.items() if key != DEFAULT[act]}
    return changed | ({OFF: "yes"} if wanted.get(OFF) == "yes" else {})
