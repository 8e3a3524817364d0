"""Strict reading of the YAML that lawyers and reviewers write: every fault is told with file and key path."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from pathlib import Path
from typing import Annotated, Any, TypeVar, cast

import yaml
from pydantic import BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from scanner.errors import RulesError

PEOPLE = ConfigDict(extra="forbid", coerce_numbers_to_str=True, str_strip_whitespace=True)
"""How records written by people are read: unknown keys refused, `- 1` where a word is meant is "1"."""

T = TypeVar("T")


def _listed(value: object) -> object:
    if value is None:
        return ()
    return (value,) if isinstance(value, str | int) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]
"""Words: a list, one word, or nothing."""


class _Loader(yaml.CSafeLoader):
    """A safe loader that refuses a key written twice instead of silently keeping the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} stands twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


@cache
def _adapter(record: Any) -> TypeAdapter[Any]:
    return TypeAdapter(record)


def read_record(path: Path, record: type[T]) -> T:
    """Read one YAML file as a record (a frozen dataclass with `__pydantic_config__ = PEOPLE`).

    Raises RulesError naming the file and, for a fault in its content, the key path and what would be valid.
    """
    try:
        content = yaml.load(path.read_bytes(), Loader=_Loader)  # noqa: S506  _Loader is a safe loader
    except FileNotFoundError as error:
        raise RulesError(f"{path}: there is no such file") from error
    except OSError as error:
        raise RulesError(f"{path}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise RulesError(f"{path}: not readable YAML: {' '.join(str(error).split())}") from error
    try:
        read: T = _adapter(cast(Hashable, record)).validate_python(content)
    except ValidationError as error:
        raise RulesError(f"{path}: {_faults(error)}") from error
    return read


def yaml_files(folder: Path) -> list[Path]:
    """List the YAML files of a folder in the order of their names; a folder without any is refused."""
    found = sorted(folder.glob("*.yaml"))
    if not found:
        raise RulesError(f"{folder}: holds no *.yaml file")
    return found


def _faults(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'file'}: {fault['msg']}" for fault in error.errors()[:5])
