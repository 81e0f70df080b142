"""Ten minutes of chaos: workers, ticks and gateways killed every five seconds, PostgreSQL restarted twice. And all that
may happen to PostgreSQL, one after the other.

    DIGESTBOT_SOAK_MINUTES=10 python -m pytest -s tests/soak/test_herd.py -k chaos
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import PostgresServer
from tests.scenario import troubles
from tests.scenario.herd import Outcome, Plan, chaos
from tests.scenario.test_herd import check

TICK, WORK, GATEWAY = "tick", "refresh,read,compose,deliver", "gateway"
ROLES = (TICK, TICK, WORK, WORK, WORK, GATEWAY, GATEWAY)
MINUTES = int(os.environ.get("DIGESTBOT_SOAK_MINUTES", "10"))
SEED = int(os.environ.get("DIGESTBOT_SOAK_SEED", "0"))


@pytest.fixture
def durable_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[PostgresServer]:
    """As `tests.scenario.test_herd` has it, but one that writes as carefully as an installed one, and may move."""
    server = PostgresServer(durable=True)
    monkeypatch.setenv("DISCORD_TOKEN", "the.local.token")
    monkeypatch.setenv("DIGESTBOT_SECRET", "a secret of the herd's own")
    monkeypatch.setenv("DIGESTBOT_DATABASE", server.everywhere(server.prepared()))
    yield server
    server.close()


@pytest.mark.timeout(60 * MINUTES + 600)
async def test_minutes_of_chaos_lose_nothing_double_nothing_and_leave_no_lag(
    tmp_path: Path, durable_server: PostgresServer
) -> None:
    plan = Plan(
        roles=ROLES,
        channels=200,
        members=5000 // MINUTES,
        rounds=MINUTES,
        apart=60,
        kill=5,
        restarts=2,
        seed=SEED,
        patience=180,
    )
    outcome = await chaos(tmp_path, plan, durable_server)
    print(_told(outcome))
    check(outcome, plan)
    assert outcome.behind <= 60
    assert outcome.settled <= 60


@pytest.mark.timeout(1200)
async def test_whatever_happens_to_postgresql_is_waited_out(tmp_path: Path, durable_server: PostgresServer) -> None:
    """Each for a minute, while digests are on their way."""
    happens = (
        troubles.away,
        troubles.standing_still,
        troubles.read_only,
        troubles.full,
        troubles.deliverer_frozen,
        troubles.failed_over,
    )
    plan = Plan(
        roles=ROLES,
        channels=60,
        members=50,
        rounds=len(happens),
        apart=90,
        kill=0,
        restarts=0,
        troubles=happens,
        lasting=60,
        seed=SEED,
        patience=180,
    )
    outcome = await chaos(tmp_path, plan, durable_server)
    print(_told(outcome))
    check(outcome, plan)
    assert outcome.behind <= 60


def _told(outcome: Outcome) -> str:
    """As `bench/SOAK.md` has it."""
    messages = sum(map(len, outcome.shown.values()))
    lags = ", ".join(f"{verb} {most:.1f}" for verb, most in sorted(outcome.lags.items()))
    successions = "; ".join(
        f"{work} {len(found)} times, after {', '.join(f'{one:.1f}' for one in sorted(found))} s"
        for work, found in outcome.took_over.items()
    )
    return (
        f"{outcome.killed} killed; {messages} articles in {len(outcome.shown)} channels, {outcome.doubled} doubled, "
        f"{outcome.stray} stray; {outcome.stored.total()} of {outcome.cast.total()} votes; nothing behind "
        f"{outcome.behind:.1f} s after the end, all there {outcome.settled:.1f} s after; longest lag in seconds: "
        f"{lags}; taken over: {successions}"
    )
