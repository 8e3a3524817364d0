"""Command groups that are a command themselves: without the name of a step they run their first one."""

from __future__ import annotations

from typing import Any, ClassVar

from typer.core import TyperGroup


class DefaultedGroup(TyperGroup):
    """Reads everything but the name of a step as arguments of `default`."""

    default: ClassVar[str]
    own: ClassVar[frozenset[str]] = frozenset()
    """First arguments that the group answers itself, such as --help."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the default step before arguments that name none."""
        named = bool(args) and (args[0] in self.commands or args[0] in self.own)
        return super().parse_args(ctx, args if named else [self.default, *args])
