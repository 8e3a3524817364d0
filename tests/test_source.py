"""What no module of the program does, whatever it is for: found in the source, so that it holds for all of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
SHELLS = {"os.system", "os.popen", "os.spawnl", "os.spawnv", "os.execl", "pty.spawn"}
UNSAFE = {"eval", "exec", "__import__", "pickle.load", "pickle.loads", "marshal.loads", "shelve.open"}
UNSAFE |= {"joblib.load", "dill.load", "dill.loads", "yaml.unsafe_load", "yaml.full_load", "torch.load"}
HANDLERS = {f"logging.{name}" for name in ("basicConfig", "FileHandler", "StreamHandler", "config.dictConfig")}
HANDLERS |= {f"logging.handlers.{name}" for name in ("SysLogHandler", "SocketHandler", "HTTPHandler", "SMTPHandler")}


@cache
def modules() -> dict[str, str]:
    """Return every module's text by its path."""
    found = sorted((ROOT / "scanner").rglob("*.py"))
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in found}


def calls(names: Iterable[str]) -> Iterator[tuple[str, str, ast.Call]]:
    """Yield where one of these is called, as it is written; only modules with such a word are read as a program."""
    wanted = set(names)
    words = tuple(f"{name}(" for name in wanted)
    for path, text in modules().items():
        for node in ast.walk(ast.parse(text)) if any(word in text for word in words) else ():
            if isinstance(node, ast.Call) and ast.unparse(node.func) in wanted:
                yield path, ast.unparse(node.func), node


def test_there_is_a_program_to_look_at():
    assert len(modules()) > 300
    assert {path for path, _, _ in calls(["subprocess.run"])} >= {"scanner/store/sandbox.py"}


def test_no_shell_is_ever_asked():
    assert list(calls(SHELLS)) == []
    assert [path for path, text in modules().items() if re.search(r"\bshell\s*=", text)] == []
    for path, _, call in calls(f"subprocess.{name}" for name in ("run", "Popen", "call", "check_call", "check_output")):
        assert not isinstance(call.args[0], ast.Constant | ast.JoinedStr), f"{path}: give a list of words"


def test_no_text_is_run_and_nothing_that_can_carry_code_is_read():
    assert list(calls(UNSAFE)) == []


def test_no_certificate_is_ever_believed_unchecked():
    unchecked = re.compile(r"CERT_NONE|_create_unverified_context|verify\s*=\s*False|check_hostname\s*=\s*False")
    assert [path for path, text in modules().items() if unchecked.search(text)] == []


def test_only_the_log_decides_where_lines_are_written():
    """Elsewhere a module only says what happens (ASVS 5.0 V16.2.3: docs/security.md lists all that is kept)."""
    assert {path for path, _, _ in calls(HANDLERS)} <= {path for path in modules() if path.startswith("scanner/logs/")}
