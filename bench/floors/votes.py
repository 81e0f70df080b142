"""The floor of votes: `sqlite3` and `executemany`, nothing else. The rows are there already; writing is timed."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

_VOTERS = "INSERT INTO voters (hash) VALUES (?)"
_VOTES = """INSERT INTO votes (workspace, voter, article, ballot, option, value, platform, cast_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
Row = tuple[str, int, int, str, str, float, str, int]


def seconds_of(file: Path, hashes: Sequence[str], rows: Sequence[Row], *, size: int) -> float:
    """Writes voters and votes in transactions of `size` votes, as durably as the product: the same tables, triggers and
    foreign keys, the same `synchronous`. `hashes`: the voters in the order of their numbers, from 1."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        known = 0
        began = time.perf_counter()
        for start in range(0, len(rows), size):
            some = rows[start : start + size]
            newest = max(row[1] for row in some)
            connection.execute("BEGIN IMMEDIATE")
            if newest > known:
                connection.executemany(_VOTERS, [(one,) for one in hashes[known:newest]])
                known = newest
            connection.executemany(_VOTES, some)
            connection.execute("COMMIT")
        return time.perf_counter() - began
