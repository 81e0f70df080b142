"""What takes long of Discord: the whole crash table, the whole storm, thousands of channels due at once."""

from pathlib import Path

import pytest

from bench.deliver import measured
from tests.scenario.crash_table import table
from tests.scenario.discord_crash import DiscordRig
from tests.scenario.discord_storm import storm

SEEDS = range(20)


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "the.local.token")


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("point", DiscordRig.points)
async def test_killed_at_a_point_with_twenty_seeds_of_faults_every_message_is_there_once(
    tmp_path: Path, point: str
) -> None:
    wrong = [
        f"seed {seed}: {outcome}"
        for _, seed, outcome in await table(DiscordRig(), tmp_path, [(point, seed) for seed in SEEDS], rate=0.25)
        if not outcome.right
    ]
    assert wrong == []


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", range(3))
async def test_ten_thousand_reactions_in_ten_seconds_are_stored_once_each(tmp_path: Path, seed: int) -> None:
    done = await storm(tmp_path, members=2_000, seconds=10, others=5, seed=seed)
    assert done.stored == done.expected
    assert sum(done.stored.values()) == 10_000


@pytest.mark.timeout(1200)
@pytest.mark.parametrize(("channels", "speed", "articles"), [(300, 1, 5), (10_000, 1.5, 1)])
async def test_channels_due_at_once_are_served_at_nine_tenths_of_the_limit_without_a_429(
    tmp_path: Path, channels: int, speed: float, articles: int
) -> None:
    done = await measured(tmp_path, channels, speed, articles=articles)
    assert done.messages == channels * (articles + 1)
    assert (done.doubled, done.too_many, done.late_heartbeats) == (0, 0, 0)
    assert done.share >= 0.9
