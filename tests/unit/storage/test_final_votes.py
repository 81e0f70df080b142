"""The database itself keeps votes final: every statement that could change one is tried from outside."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.model import Article, NewArticle, Vote
from bot.storage.database import Database

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
COLUMNS = "workspace, voter, article, ballot, option, value, platform, cast_at"
STATEMENTS = [
    "UPDATE votes SET option = '👎'",
    "UPDATE votes SET value = -1 WHERE article = 1",
    "UPDATE votes SET voter = 99",
    "UPDATE OR REPLACE votes SET article = 2",
    "UPDATE OR IGNORE votes SET ballot = 'other'",
    "DELETE FROM votes",
    "DELETE FROM votes WHERE article = 1",
    f"INSERT INTO votes SELECT {COLUMNS} FROM votes",
    "INSERT OR REPLACE INTO votes SELECT workspace, voter, article, ballot, '👎', -1, platform, cast_at FROM votes",
    "REPLACE INTO votes SELECT workspace, voter, article, ballot, '👎', -1, platform, cast_at FROM votes",
    "INSERT OR IGNORE INTO votes SELECT workspace, voter, article, ballot, '👎', -1, platform, cast_at FROM votes",
    f"INSERT INTO votes SELECT {COLUMNS} FROM votes WHERE true ON CONFLICT DO UPDATE SET option = '👎', value = -1",
    f"INSERT INTO votes (rowid, {COLUMNS}) SELECT 1, 'w2', voter, article, ballot, '👎', -1, platform, 0 FROM votes",
]


@pytest.fixture
async def file(tmp_path: Path) -> Path:
    """A database with one vote."""
    database = await Database.open(f"sqlite:///{tmp_path / 'votes.db'}")
    async with database.begin() as tx:
        article = Article(title="A", text="B")
        (number,) = await tx.articles.file([NewArticle(key="k", article=article, source_id=None, aged_from=NOW)], NOW)
        vote = Vote(
            article=number,
            ballot="value",
            option="👍",
            value=1,
            platform="web",
            workspace="web",
            voter="h",
            cast_at=NOW,
        )
        assert await tx.votes.cast([vote]) == (vote,)
    await database.aclose()
    return tmp_path / "votes.db"


@pytest.fixture(params=["OFF", "ON"])
def shell(file: Path, request: pytest.FixtureRequest) -> Iterator[sqlite3.Connection]:
    """A connection like the sqlite3 shell's, which knows nothing of our settings."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute(f"PRAGMA recursive_triggers = {request.param}")
    yield connection
    connection.close()


@pytest.mark.parametrize("statement", STATEMENTS)
def test_no_statement_changes_a_vote(shell: sqlite3.Connection, statement: str) -> None:
    before = shell.execute("SELECT * FROM votes").fetchall()
    assert len(before) == 1
    with pytest.raises(sqlite3.Error):
        shell.execute(statement)
    assert shell.execute("SELECT * FROM votes").fetchall() == before


async def test_the_first_of_many_votes_of_one_member_stands_and_all_are_told_it(file: Path) -> None:
    database = await Database.open(f"sqlite:///{file}")
    votes = [
        Vote(
            article=1, ballot="value", option=option, value=1, platform="web", workspace="web", voter="new", cast_at=NOW
        )
        for option in ("👎", "👍", "👎")
    ]
    async with database.begin() as tx:
        stands = await tx.votes.cast(votes)
        (tally,) = await tx.votes.tallies([1])
    assert all(vote is votes[0] for vote in stands)
    assert tally.counts == {"👍": 1, "👎": 1}
    async with database.begin() as tx:
        assert await tx.votes.forget("new")
        assert await tx.votes.of(["new"], "web", [1]) == ()
        (after,) = await tx.votes.tallies([1])
    assert after.counts == tally.counts
    await database.aclose()
