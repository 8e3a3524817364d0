"""The rules and the fictional election, read once."""

from __future__ import annotations

import pytest

from scanner.rules.elections import Election
from scanner.rules.ruleset import Ruleset, load_ruleset
from tests.detect.casts import make_election


@pytest.fixture(scope="session")
def ruleset() -> Ruleset:
    return load_ruleset()


@pytest.fixture(scope="session")
def election(tmp_path_factory: pytest.TempPathFactory) -> Election:
    return make_election(tmp_path_factory.mktemp("elections"))
