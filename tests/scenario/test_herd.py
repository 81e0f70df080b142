"""Workers, gateways and PostgreSQL killed at random: nothing is lost, nothing doubled; and what ends, ends well."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import PostgresServer
from tests.scenario.cli import digestbot
from tests.scenario.herd import Outcome, Plan, chaos
from tests.scenario.processes import Processes
from tests.scenario.steps import until
from tests.scenario.world import write_world


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """One that the tests here may stop, and leave as it was."""
    server = PostgresServer()
    yield server
    server.close()


@pytest.fixture
def herd_server(server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> PostgresServer:
    """A PostgreSQL that may be stopped, and in the environment what the processes need."""
    monkeypatch.setenv("DISCORD_TOKEN", "the.local.token")
    monkeypatch.setenv("DIGESTBOT_SECRET", "a secret of the herd's own")
    monkeypatch.setenv("DIGESTBOT_DATABASE", server.prepared())
    return server


def check(outcome: Outcome, plan: Plan) -> None:
    assert {name: sorted(numbers) for name, numbers in outcome.shown.items()} == dict.fromkeys(
        outcome.shown, sorted(plan.titles)
    )
    assert (outcome.doubled, outcome.stray) == (0, 0)
    assert outcome.stored == outcome.cast
    assert outcome.stored.total() == plan.members * len(plan.titles)
    assert outcome.codes == [0] * len(plan.roles)


async def test_killed_at_random_every_message_is_there_once_and_every_vote_is_stored(
    tmp_path: Path, herd_server: PostgresServer
) -> None:
    roles = ("tick,compose,deliver", "tick,compose,deliver", "gateway")
    plan = Plan(roles=roles, channels=30, members=20, kill=1.5)
    outcome = await chaos(tmp_path, plan, herd_server)
    check(outcome, plan)
    assert outcome.killed == 3


async def test_who_comes_up_before_postgresql_waits_for_it(tmp_path: Path, herd_server: PostgresServer) -> None:
    write_world(tmp_path, articles=0)
    processes = Processes(tmp_path, ["tick"], random.Random(0))
    herd_server.stop()
    await processes.start()
    await until(lambda: "the database is waited for" in (tmp_path / "0.log").read_text(), seconds=60)
    herd_server.start()
    await until(processes.up, seconds=60)
    assert await processes.end() == [0]


@pytest.mark.parametrize("command", [["worker", "--role", "tick,read"], ["gateway"]])
def test_a_file_is_for_one_process_and_that_is_said(tmp_path: Path, command: list[str]) -> None:
    write_world(tmp_path, articles=0)
    ended = digestbot(*command, cwd=tmp_path)
    assert ended.code == 2
    assert "digestbot run does everything in one" in ended.err


def test_a_role_that_there_is_not_is_named_beside_those_that_there_are(tmp_path: Path) -> None:
    ended = digestbot("worker", "--role", "read,writer", cwd=tmp_path)
    assert ended.code == 2
    assert "'writer' is no role: tick, refresh, read, compose, deliver" in ended.err
