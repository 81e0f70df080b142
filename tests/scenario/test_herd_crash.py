"""The crash tables on PostgreSQL, with two processes at a time and their real jobs: what is worst, of every table."""

from pathlib import Path

import pytest

from tests.postgres import PostgresServer
from tests.scenario.crash_table import table, wrong_in
from tests.scenario.discord_crash import DiscordRig
from tests.scenario.lives import on_postgres


@pytest.mark.timeout(300)
async def test_of_two_processes_that_are_killed_in_turn_every_message_is_said_once(
    tmp_path: Path, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a digest is composed, and where a message is posted and not marked yet; `make soak` has every point."""
    monkeypatch.setenv("DISCORD_TOKEN", "the.local.token")
    rows = [(point, 0) for point in ("settle:after", "post:committed")]
    found = await table(DiscordRig(), tmp_path, rows, grounds=lambda: on_postgres(postgres))
    assert wrong_in(found) == []
