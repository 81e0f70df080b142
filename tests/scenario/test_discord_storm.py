"""Reactions in their thousands, a gateway that drops, a bot that is killed: every first vote is stored, once."""

from pathlib import Path

import pytest

from tests.scenario.discord_storm import storm
from tests.scenario.storm import ARTICLES

pytestmark = pytest.mark.file


async def test_every_vote_of_a_storm_is_stored_once_though_the_bot_is_killed_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "the.local.token")
    done = await storm(tmp_path, members=300, seconds=3, others=2)
    assert done.stored == done.expected
    assert done.lives == 2
    assert done.others_posted == 2 * (ARTICLES + 1)
