"""Discord digests under SIGKILL at every point, with faults in the server: each message once, in order, seeded."""

from pathlib import Path

import pytest

from tests.scenario.crash_table import crashed, expected, table, wrong_in
from tests.scenario.discord_crash import DiscordRig

pytestmark = pytest.mark.file


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "the.local.token")


@pytest.mark.timeout(300)
async def test_killed_anywhere_and_started_again_the_house_says_every_message_once(tmp_path: Path) -> None:
    points = DiscordRig.points
    rows = await table(DiscordRig(), tmp_path, [(point, seed) for seed, point in enumerate(points)], rate=0.25)
    assert len(rows) >= 14
    assert wrong_in(rows) == []


async def test_without_nonce_and_reconciling_the_table_would_show_doubles(tmp_path: Path) -> None:
    outcome = await crashed(DiscordRig(), "post:committed", tmp_path, blind=True)
    assert outcome.parts != expected()
    assert len(outcome.parts) > len(set(outcome.parts))
