"""The house keeps its rules: imports, sizes, names, state, and no network await inside a transaction."""

from pathlib import Path

import pytest

from tests.architecture.rules import RULES
from tests.architecture.tree import Tree

HOUSE = Tree.of(Path(__file__).parents[1])


def test_there_is_a_house() -> None:
    assert {"bot.model", "bot.ports", "bot.errors"} <= set(HOUSE.modules)


@pytest.mark.parametrize("rule", RULES)
def test_rule(rule: str) -> None:
    broken = list(RULES[rule](HOUSE))
    assert not broken, "\n".join(broken)
