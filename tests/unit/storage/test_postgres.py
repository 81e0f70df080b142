"""What only PostgreSQL can go through: final votes, its own tables, being away, being somebody else's."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from bot.errors import ConfigError, StorageError
from bot.storage.checking import check_postgres
from bot.storage.database import Database
from bot.storage.postgres import name_of
from bot.storage.sqlite import file_of
from bot.storage.tables import metadata
from tests.contract.things import channel, declared, read_articles, vote
from tests.postgres import PostgresServer
from tests.scenario import troubles
from tests.unit.storage.damage import ARTICLES, INDEX, filled, kept_as

AWAY = re.compile("cannot be reached|connection broke|starting again")
_AGAIN = "SELECT workspace, voter, article, ballot, '👎', -1, platform, cast_at FROM votes"


@pytest.fixture(scope="module")
def own_server() -> Iterator[PostgresServer]:
    """One that the tests here may stop, and leave as it was."""
    server = PostgresServer(checksums=True)
    yield server
    server.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE votes SET option = '👎'",
        "UPDATE votes SET voter = 99",
        "DELETE FROM votes",
        "TRUNCATE votes",
        "TRUNCATE articles CASCADE",
        f"INSERT INTO votes {_AGAIN}",
        f"INSERT INTO votes {_AGAIN} ON CONFLICT (workspace, voter, article, ballot) DO UPDATE SET value = -1",
        "MERGE INTO votes USING (SELECT 1) one ON true WHEN MATCHED THEN UPDATE SET value = -1",
    ],
)
async def test_no_statement_changes_a_vote(postgres_url: str, statement: str) -> None:
    database = await Database.open(postgres_url)
    await read_articles(database, 1)
    async with database.begin() as tx:
        await tx.votes.cast([vote(1)])
    await database.aclose()
    with psycopg.connect(postgres_url, autocommit=True) as shell:
        before = shell.execute("SELECT * FROM votes").fetchall()
        with pytest.raises(psycopg.Error):
            shell.execute(statement)
        assert shell.execute("SELECT * FROM votes").fetchall() == before


def test_the_steps_lead_to_the_tables_as_the_code_sees_them(postgres_url: str) -> None:
    def ours(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or not str(name).startswith(("article_words", "procrastinate_"))

    engine = create_engine(postgres_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": ours})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


async def test_those_who_open_a_fresh_database_at_once_all_succeed(postgres: PostgresServer) -> None:
    url = postgres.database()
    databases = await asyncio.gather(*(Database.open(url) for _ in range(4)))
    for database in databases:
        async with database.read() as view:
            assert await view.channels.all() == ()
        await database.aclose()


async def test_another_programs_database_is_refused(postgres: PostgresServer) -> None:
    url = postgres.database()
    with psycopg.connect(url, autocommit=True) as shell:
        shell.execute("CREATE TABLE recipes (name text)")
    with pytest.raises(StorageError, match="belongs to another program"):
        await Database.open(url)


async def test_a_database_of_a_newer_version_says_so(postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as shell:
        shell.execute("UPDATE alembic_version SET version_num = '9999_future'")
    with pytest.raises(StorageError, match="9999_future"):
        await Database.open(postgres_url)


async def test_one_that_is_not_there_is_named_without_its_password(postgres: PostgresServer) -> None:
    url = postgres.url("nowhere").replace("digestbot@", "digestbot:hidden@")
    with pytest.raises(StorageError, match=r'nowhere at .*: it cannot be reached.*"nowhere" does not exist') as failure:
        await Database.open(url)
    assert "hidden" not in str(failure.value)
    assert name_of("postgresql://u:hidden@db.example/bot") == "bot at db.example"


def test_what_is_for_files_says_what_postgresql_has_instead() -> None:
    with pytest.raises(ConfigError, match="pg_dump"):
        file_of("postgresql://u@h/x")


async def test_while_it_is_away_it_is_said_and_afterwards_all_goes_on(own_server: PostgresServer) -> None:
    database = await Database.open(own_server.prepared())
    await declared(database)
    own_server.stop()
    for open_one in (database.begin, database.read):
        with pytest.raises(StorageError, match=AWAY):
            async with open_one() as tx:
                await tx.channels.all()
    own_server.start()
    await declared(database, channel("team"), channel("after"))
    async with database.read() as view:
        assert [one.name for one in await view.channels.all()] == ["team", "after"]
    await database.aclose()


async def test_a_transaction_that_is_cut_off_is_told_and_nothing_of_it_stays(own_server: PostgresServer) -> None:
    database = await Database.open(own_server.prepared())
    with pytest.raises(StorageError, match=AWAY):  # noqa: PT012 - the cut inside is the point
        async with database.begin() as tx:
            await tx.channels.declare([channel()])
            own_server.restart()
            await tx.channels.all()
    async with database.read() as view:
        assert await view.channels.all() == ()
    await database.aclose()


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        (troubles.read_only, "read-only, as a standby is: name the primary"),
        (troubles.full, "its disk is full: free some space"),
    ],
)
async def test_while_nothing_can_be_written_it_is_said_and_afterwards_all_goes_on(
    own_server: PostgresServer, monkeypatch: pytest.MonkeyPatch, trouble: troubles.Trouble, says: str
) -> None:
    url = own_server.prepared()
    monkeypatch.setenv("DIGESTBOT_DATABASE", url)
    database = await Database.open(url)
    over = trouble(own_server, None)
    with pytest.raises(StorageError, match=says):
        await read_articles(database, 1)
    async with database.read() as view:
        assert await view.sources.all() == ()
    over()
    async with asyncio.timeout(10):  # each session takes a moment to hear of it
        while not await _is_read(database):
            pass
    await database.aclose()


async def _is_read(database: Database) -> bool:
    try:
        await read_articles(database, 1)
    except StorageError:
        return False
    return True


async def test_of_several_addresses_the_one_where_it_is_now_is_found(own_server: PostgresServer) -> None:
    database = await Database.open(own_server.everywhere(own_server.prepared()))
    await declared(database)
    back = troubles.failed_over(own_server, None)
    await declared(database, channel("team"), channel("after"))
    async with database.read() as view:
        assert [one.name for one in await view.channels.all()] == ["team", "after"]
    await database.aclose()
    back()


def test_addresses_with_their_ports_are_written_another_way() -> None:
    with pytest.raises(ConfigError, match=r"\?host=one,two&port=5432,5432"):
        name_of("postgresql://u@one:5432,two:5432/bot")


async def test_pages_that_were_found_damaged_are_told_and_so_is_who_meets_one(own_server: PostgresServer) -> None:
    url = own_server.prepared()
    await filled(url)
    own_server.damage(url, INDEX, kept_as(5), kept_as(ARTICLES))
    assert all(one.ok for one in check_postgres(url)), "nobody has read that page yet"
    by_index = "-c enable_seqscan=off -c enable_sort=off"
    with psycopg.connect(url, options=by_index) as shell, pytest.raises(psycopg.errors.DataCorrupted):
        shell.execute("SELECT first_seen FROM articles ORDER BY first_seen")
    found = {one.check: one for one in check_postgres(url)}
    assert "1 pages were found damaged" in found["database.pages"].detail
    assert "REINDEX" in str(found["database.pages"].fix)
    own_server.damage(url, "articles", kept_as(5), kept_as(ARTICLES))
    database = await Database.open(url)
    with pytest.raises(StorageError, match="it is damaged: run digestbot db check"):
        async with database.read() as view:
            await view.articles.get(range(1, ARTICLES + 1))
    await database.aclose()
