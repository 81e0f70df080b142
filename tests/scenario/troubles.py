"""What may happen to PostgreSQL, or to who works on it, while the bot runs: how it begins, and how it is over."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

import psycopg

from tests.postgres import PostgresServer
from tests.scenario.processes import Processes

Over = Callable[[], object]
Trouble = Callable[[PostgresServer, Any], Over]
# Rows that are written when digests are made, votes cast and articles filed; the error is the one of a full disk.
_FILLED = ("digests", "outbox", "votes", "articles")
_FULL = """
CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$
"""


def away(server: PostgresServer, _processes: object) -> Over:
    server.stop()
    return server.start


def standing_still(server: PostgresServer, _processes: object) -> Over:
    """Its connections stay, and nothing comes."""
    server.freeze()
    return server.thaw


def read_only(server: PostgresServer, _processes: object) -> Over:
    server.only_read(on=True)
    return lambda: server.only_read(on=False)


def full(_server: PostgresServer, _processes: object) -> Over:
    url = os.environ["DIGESTBOT_DATABASE"]
    _say(url, _FULL, *(f"CREATE TRIGGER f BEFORE INSERT ON {name} EXECUTE FUNCTION disk_full()" for name in _FILLED))
    return lambda: _say(url, *(f"DROP TRIGGER f ON {name}" for name in _FILLED), "DROP FUNCTION disk_full")


def failed_over(server: PostgresServer, _processes: object) -> Over:
    """To its other address, and in the end back."""
    server.fail_over()
    return server.fail_over


def deliverer_frozen(_server: PostgresServer, processes: Processes) -> Over:
    """For longer than its lease; it wakes where another has taken over."""
    process = processes.freeze("deliver")
    return lambda: os.kill(process.pid or 0, signal.SIGCONT)


def _say(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as shell:
        for statement in statements:
            shell.execute(statement)  # type: ignore[call-overload]
