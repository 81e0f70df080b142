"""The crash tables on PostgreSQL, two processes with real jobs at a time, no clock wound: what has to be waited for is.

DIGESTBOT_SOAK_MINUTES=10 DIGESTBOT_SOAK_SEED=7 python -m pytest -s tests/soak/test_herd_crash.py -k random
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import PostgresServer
from tests.scenario.crash_table import Outcome, Rig, crashed, expected, table, wrong_in
from tests.scenario.discord_crash import DiscordRig
from tests.scenario.lives import on_postgres
from tests.scenario.slack_crash import SlackRig
from tests.scenario.slack_world import SECRETS
from tests.scenario.web_crash import WebRig
from tests.scenario.webhook_world import WebhookRig

RIGS: dict[str, type[Rig]] = {"discord": DiscordRig, "slack": SlackRig, "webhook": WebhookRig, "web": WebRig}
MINUTES = float(os.environ.get("DIGESTBOT_SOAK_MINUTES", "10"))
SEED = int(os.environ.get("DIGESTBOT_SOAK_SEED", "0")) or random.SystemRandom().randrange(1, 1_000_000)
AT_A_TIME = 4


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SECRETS:  # so that those of a row are gone in the end
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("DISCORD_TOKEN", "the.local.token")


@pytest.fixture(scope="module")
def durable() -> Iterator[PostgresServer]:
    """It writes as carefully as one that is installed."""
    server = PostgresServer(durable=True)
    yield server
    server.close()


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", RIGS)
async def test_killed_at_every_point_every_message_is_there_once(
    tmp_path: Path, durable: PostgresServer, name: str
) -> None:
    rig = RIGS[name]()
    rows = [(point, 0) for point in rig.points]
    found = await table(rig, tmp_path, rows, rate=_rate(name), grounds=lambda: on_postgres(durable, wound=False))
    print(_told(name, [outcome for _, _, outcome in found]))
    assert wrong_in(found) == []


@pytest.mark.timeout(60 * MINUTES + 900)
async def test_killed_at_random_for_minutes_every_message_is_there_once(
    tmp_path: Path, durable: PostgresServer
) -> None:
    """Digest after digest, each with a house of its own: at a point of the table twice, and besides at any time."""
    chance, until = random.Random(SEED), time.monotonic() + 60 * MINUTES
    found: list[tuple[str, int, Outcome]] = []
    preparing = asyncio.Lock()

    async def lane() -> None:
        while time.monotonic() < until:
            name, seed, kills = chance.choice(list(RIGS)), chance.randrange(1_000_000), chance.randrange(1, 6)
            rig = RIGS[name]()
            point = chance.choice([*rig.points, "any"])
            place = tmp_path / f"{name}-{seed}"  # no colon: it stands in a path of paths
            place.mkdir()
            ground = on_postgres(durable, wound=False)
            given = {"seed": seed, "rate": _rate(name), "at_random": kills}
            outcome = await crashed(rig, point, place, preparing, ground=ground, **given)  # type: ignore[arg-type]
            found.append((f"{name} {point}", seed, outcome))

    print(f"seed {SEED}")
    async with asyncio.TaskGroup() as group:
        for _ in range(AT_A_TIME):
            group.create_task(lane())
    for name in RIGS:
        print(_told(name, [outcome for row, _, outcome in found if row.startswith(f"{name} ")]))
    assert [row for row in found if not row[2].right] == []


@pytest.mark.parametrize("name", ["discord", "slack"])
async def test_without_looking_first_the_table_would_show_doubles(
    tmp_path: Path, durable: PostgresServer, name: str
) -> None:
    ground = on_postgres(durable, wound=False)
    outcome = await crashed(RIGS[name](), "post:committed", tmp_path, blind=True, ground=ground)
    assert outcome.parts != expected()
    assert len(outcome.parts) > len(set(outcome.parts))


def _rate(name: str) -> float:
    """How many of the requests that change something fail. What the house keeps itself is never in doubt."""
    return 0.0 if name == "web" else 0.25


def _told(name: str, outcomes: list[Outcome]) -> str:
    visible = sum(len(one.parts) for one in outcomes)
    distinct = sum(len(set(one.parts)) for one in outcomes)
    wanted = len(outcomes) * len(expected())
    kills, faults = sum(one.killed for one in outcomes), sum(one.faults for one in outcomes)
    return (
        f"{name}: {len(outcomes)} digests, {kills} kills, {faults} faults: "
        f"{visible} visible = {distinct} distinct = {wanted} expected"
    )
