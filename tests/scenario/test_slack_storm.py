"""Reactions in their thousands, doubled and out of order, a lost connection, a killed bot: each first vote once."""

from pathlib import Path

import pytest

from tests.platforms.slack_server import Limits
from tests.platforms.slack_server.limits import TIERS
from tests.scenario.slack_storm import storm
from tests.scenario.slack_world import SECRETS
from tests.scenario.storm import ARTICLES

pytestmark = pytest.mark.file


async def test_every_first_vote_of_a_storm_is_stored_once_though_the_bot_is_killed_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in SECRETS:
        monkeypatch.setenv(name, "")
    connections = {**TIERS, 1: (60.0, 3.0)}  # a minute; Slack's own single one would make this last as long
    done = await storm(tmp_path, members=300, seconds=3, others=2, limits=Limits(tiers=connections))
    assert done.stored == done.expected
    assert done.lives == 2
    assert done.others_posted == 2 * (ARTICLES + 1)
