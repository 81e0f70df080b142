"""Discord digests under SIGKILL at every point, with faults in the server: each message once, in order, seeded."""

import asyncio
from pathlib import Path

import pytest

from tests.scenario.discord_crash import ARTICLES, POINTS, crashed, expected, table


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "the.local.token")


@pytest.mark.timeout(300)
async def test_killed_anywhere_and_started_again_the_house_says_every_message_once(tmp_path: Path) -> None:
    rows = await table(tmp_path, [(point, seed) for seed, point in enumerate(POINTS)], rate=0.25)
    wrong = [line for _, _, outcome in rows for line in outcome.violations]
    for point, _, outcome in rows:
        if outcome.parts != expected() or outcome.seeded != ARTICLES:
            wrong.append(f"{point}: {outcome}")
        if not outcome.killed:
            wrong.append(f"{point}: was never reached")
    assert len(rows) >= 14
    assert wrong == []


async def test_without_nonce_and_reconciling_the_table_would_show_doubles(tmp_path: Path) -> None:
    outcome = await crashed("post:committed", tmp_path, asyncio.Lock(), blind=True)
    assert outcome.parts != expected()
    assert len(outcome.parts) > len(set(outcome.parts))
