"""Ten minutes of chaos: workers, ticks and gateways killed every five seconds, PostgreSQL restarted twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import PostgresServer
from tests.scenario.herd import Plan, chaos
from tests.scenario.test_herd import check

TICK, WORK = "tick", "refresh,read,compose,deliver"


@pytest.fixture
def durable_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[PostgresServer]:
    """As `tests.scenario.test_herd` has it, but one that writes as carefully as an installed one."""
    server = PostgresServer(durable=True)
    monkeypatch.setenv("DISCORD_TOKEN", "the.local.token")
    monkeypatch.setenv("DIGESTBOT_SECRET", "a secret of the herd's own")
    monkeypatch.setenv("DIGESTBOT_DATABASE", server.prepared())
    yield server
    server.close()


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("minutes", [10])
async def test_ten_minutes_of_chaos_lose_nothing_double_nothing_and_leave_no_lag(
    tmp_path: Path, durable_server: PostgresServer, minutes: int
) -> None:
    plan = Plan(
        roles=(TICK, TICK, WORK, WORK, WORK, "gateway", "gateway"),
        channels=200,
        members=5000 // minutes,
        rounds=minutes,
        apart=60,
        kill=5,
        restarts=2,
        patience=180,
    )
    outcome = await chaos(tmp_path, plan, durable_server)
    print(f"killed {outcome.killed}, votes {outcome.stored.total()}, settled {outcome.settled:.1f} s")
    check(outcome, plan)
    assert outcome.settled <= 60
