"""What `db check` finds on each store: nothing of one that is whole; of one that is not, what, and how to mend it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from bot.clock import SystemClock
from bot.errors import StorageError
from bot.model import Finding
from bot.storage.checking import check_postgres
from bot.storage.copies import DatabaseFile
from bot.storage.database import Database
from tests.contract.things import read_articles

PARTS = ["pages", "references", "schema", "words"]


@dataclass
class Kept:
    """A store with two articles read, changed behind the bot's back, and checked."""

    engine: str
    change: Callable[[Sequence[str]], None]
    check: Callable[[], Iterator[Finding]]


@pytest.fixture(params=["sqlite", "postgres"])
async def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Kept:
    file = tmp_path / "store.db"
    url = f"sqlite:///{file}" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    database = await Database.open(url)
    await read_articles(database, 2)
    await database.aclose()

    def change(statements: Sequence[str]) -> None:
        shell = sqlite3.connect(file, isolation_level=None) if request.param == "sqlite" else None
        with closing(shell or psycopg.connect(url, autocommit=True)) as connection:
            for statement in statements:
                connection.execute(statement)

    check = DatabaseFile(file, SystemClock()).check if request.param == "sqlite" else lambda: check_postgres(url)
    return Kept(request.param, change, check)


def test_a_store_that_is_whole_is_found_so(kept: Kept) -> None:
    assert [(one.check, one.ok, one.fix) for one in kept.check()] == [(f"database.{p}", True, None) for p in PARTS]


_VOTE = "INSERT INTO votes (workspace, voter, article, ballot, option, value, platform, cast_at) VALUES"
_ASTRAY = f"{_VOTE} ('w', 77, 1, 'b', 'o', 1, 'web', 0)"
_FINAL = "votes_are_final"
_OFF = f"ALTER TABLE votes DISABLE TRIGGER {_FINAL}"
# what is done to the store, by engine, and what is told of it in which part
_DEFECTS: dict[str, list[tuple[str, str, str]]] = {
    "sqlite": [
        ("DROP TRIGGER votes_no_delete", "schema", "trigger votes_no_delete is missing"),
        ("DROP INDEX ix_articles_in_state", "schema", "index ix_articles_in_state is missing"),
        (f"PRAGMA foreign_keys = OFF; {_ASTRAY}", "references", "of votes names a missing voters"),
        ("DELETE FROM article_words WHERE rowid = 2", "words", "article 2 is not found by its words"),
    ],
    "postgres": [
        (
            f"SET session_replication_role = replica; {_ASTRAY}",
            "references",
            "1 rows of votes.voter name a missing row",
        ),
        ("ALTER TABLE votes ADD CONSTRAINT x CHECK (value < 9) NOT VALID", "references", "x of votes is not validated"),
        (
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_articles_first_seen'::regclass",
            "pages",
            "index ix_articles_first_seen is not valid",
        ),
        ("DROP INDEX ix_articles_in_state", "schema", "index ix_articles_in_state is missing"),
        (
            "ALTER TABLE sources ALTER failures TYPE bigint",
            "schema",
            "column sources.failures is not as digestbot makes",
        ),
        (_OFF, "schema", "votes_are_final of votes is switched off"),
        (
            f"CREATE OR REPLACE TRIGGER {_FINAL} BEFORE UPDATE ON votes EXECUTE FUNCTION {_FINAL}(); {_OFF}",
            "schema",
            "trigger votes_are_final is not as digestbot makes it",
        ),
        (
            "CREATE OR REPLACE FUNCTION votes_are_final() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
            "schema",
            "function votes_are_final is not as digestbot makes it",
        ),
        ("DELETE FROM article_words WHERE article = 2", "words", "article 2 is not found by its words"),
    ],
}


def test_each_defect_is_found_in_its_part_and_told_with_a_mend(kept: Kept) -> None:
    kept.change([one for statements, *_ in _DEFECTS[kept.engine] for one in statements.split("; ")])
    found = {one.check: one for one in kept.check()}
    for what, part, told in _DEFECTS[kept.engine]:
        assert told in found[f"database.{part}"].detail, what
    assert {part for _, part, _ in _DEFECTS[kept.engine]} == {
        name.removeprefix("database.") for name, one in found.items() if not one.ok and one.fix
    }


def test_a_trigger_that_is_gone_is_missed(kept: Kept) -> None:
    kept.change(
        ["DROP TRIGGER votes_no_update" if kept.engine == "sqlite" else "DROP TRIGGER votes_are_final ON votes"]
    )
    (wrong,) = [one for one in kept.check() if not one.ok]
    assert (wrong.check, "is missing" in wrong.detail) == ("database.schema", True)


def test_a_postgresql_that_is_away_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="it cannot be reached: check that it runs"):
        list(check_postgres(f"postgresql://nobody@/none?host={tmp_path}"))
