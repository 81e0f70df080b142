"""What takes long of Slack: the whole crash table, the whole storm, hundreds of channels due at once."""

from pathlib import Path

import pytest

from bench.deliver_slack import measured
from tests.scenario.crash_table import table
from tests.scenario.slack_crash import SlackRig
from tests.scenario.slack_storm import storm
from tests.scenario.slack_world import SECRETS

SEEDS = range(20)


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SECRETS:  # so that those of a test are gone in the end
        monkeypatch.setenv(name, "")


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("point", SlackRig.points)
async def test_killed_at_a_point_with_twenty_seeds_of_faults_every_message_is_there_once(
    tmp_path: Path, point: str
) -> None:
    rows = await table(SlackRig(), tmp_path, [(point, seed) for seed in SEEDS], rate=0.25)
    assert [f"seed {seed}: {outcome}" for _, seed, outcome in rows if not outcome.right] == []


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(6))
async def test_ten_thousand_reactions_in_ten_seconds_are_stored_once_each(tmp_path: Path, seed: int) -> None:
    done = await storm(tmp_path, members=2_000, seconds=10, others=5, seed=seed, patience=300)
    assert done.stored == done.expected
    assert sum(done.stored.values()) == 10_000


@pytest.mark.timeout(1200)
async def test_channels_due_at_once_are_served_at_nine_tenths_of_the_limits_and_every_429_is_honoured(
    tmp_path: Path,
) -> None:
    done = await measured(tmp_path, 300, 20)
    assert done.messages == 300 * 6
    assert (done.doubled, done.ignored) == (0, 0)
    assert done.share >= 0.9
