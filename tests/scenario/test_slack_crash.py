"""Slack digests under SIGKILL at every point, with faults in the server: each message once, in order, seeded."""

from pathlib import Path

import pytest

from tests.scenario.crash_table import crashed, expected, table, wrong_in
from tests.scenario.slack_crash import SlackRig
from tests.scenario.slack_world import SECRETS

pytestmark = pytest.mark.file


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SECRETS:  # so that those of a row are gone in the end
        monkeypatch.setenv(name, "")


@pytest.mark.timeout(300)
async def test_killed_anywhere_and_started_again_the_house_says_every_message_once(tmp_path: Path) -> None:
    rows = await table(
        SlackRig(), tmp_path, [(point, seed) for seed, point in enumerate(SlackRig.points, 1)], rate=0.25
    )
    assert len(rows) >= 14
    assert wrong_in(rows) == []


async def test_without_looking_first_the_table_would_show_doubles(tmp_path: Path) -> None:
    outcome = await crashed(SlackRig(), "post:committed", tmp_path, blind=True)
    assert outcome.parts != expected()
    assert len(outcome.parts) > len(set(outcome.parts))
