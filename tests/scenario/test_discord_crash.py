"""Discord digests under SIGKILL at every point, with faults in the server: each message once, in order, seeded."""

import asyncio
from pathlib import Path

import pytest

from tests.scenario.discord_crash import ARTICLES, POINTS, crashed, expected, prepared

AT_A_TIME = 3


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "the.local.token")


@pytest.mark.timeout(300)
async def test_killed_anywhere_and_started_again_the_house_says_every_message_once(tmp_path: Path) -> None:
    turns, preparing = asyncio.Semaphore(AT_A_TIME), asyncio.Lock()

    async def row(number: int, point: str) -> list[str]:
        folder = tmp_path / str(number)
        folder.mkdir()
        async with turns:
            async with preparing:
                server, place = await prepared(point, folder)
            try:
                outcome = await crashed(point, folder, server, place, seed=number, rate=0.25)
            finally:
                await server.stop()
        wrong = list(outcome.violations)
        if outcome.parts != expected() or outcome.seeded != ARTICLES:
            wrong.append(f"{point}: {outcome}")
        if not outcome.killed:
            wrong.append(f"{point}: was never reached")
        return wrong

    rows = await asyncio.gather(*(row(number, point) for number, point in enumerate(POINTS)))
    assert len(rows) >= 14
    assert [line for lines in rows for line in lines] == []


async def test_without_nonce_and_reconciling_the_table_would_show_doubles(tmp_path: Path) -> None:
    server, place = await prepared("post:committed", tmp_path)
    try:
        outcome = await crashed("post:committed", tmp_path, server, place, blind=True)
    finally:
        await server.stop()
    assert outcome.parts != expected()
    assert len(outcome.parts) > len(set(outcome.parts))
