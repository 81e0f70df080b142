"""All that the engine does is some role's, and no two roles' where it is a hint."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import ConfigError
from bot.roles import ROLES, WORKERS, handlers_of, pulses_of, roles_of
from tests.scenario.world import world


async def test_together_the_roles_do_everything_and_each_hint_is_one_roles(tmp_path: Path) -> None:
    async with world(tmp_path) as app:
        shares = [set(handlers_of(app.engine, [role])) for role in ROLES]
        assert set().union(*shares) == set(app.engine.handlers())
        assert sum(map(len, shares)) == len(app.engine.handlers())
        whole = [pulse.name for pulse in pulses_of(app.engine, ROLES)]
        assert whole == [pulse.name for role in ROLES for pulse in pulses_of(app.engine, [role])]
        assert len(whole) == len(set(whole))


def test_roles_are_told_apart_by_commas() -> None:
    assert roles_of("read, tick,") == {"read", "tick"}
    assert roles_of(",".join(WORKERS)) == set(WORKERS)


@pytest.mark.parametrize("text", ["", " , ", "gateway", "read,everything"])
def test_what_is_no_role_is_refused_with_those_that_there_are(text: str) -> None:
    with pytest.raises(ConfigError, match="tick, refresh, read, compose, deliver"):
        roles_of(text)
