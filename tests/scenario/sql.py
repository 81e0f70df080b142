"""What the database itself says, whichever it is, to whoever does not go by the house."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import psycopg


def answer(url: str, statement: str) -> list[tuple[Any, ...]]:
    """The rows that a statement gives in a transaction of its own, in a connection of its own."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30)) as file, file:
            return file.execute(statement).fetchall()
    with psycopg.connect(url) as shell:
        done = shell.execute(statement)  # type: ignore[call-overload]
        return done.fetchall() if done.description else []
