"""The steps that bring an older database to this version's tables, its rows with it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import StaticPool, create_engine

import bot.storage
from bot.storage.database import Database
from bot.storage.migrate import HEAD
from bot.storage.tables import metadata
from tests.contract.things import HOME, HOUR, NOW

_BEFORE_WORKSPACES = """
INSERT INTO sources (address, listed, origin, every, state, next_at, failures)
    VALUES ('https://example.org/feed', 1, 'command', 3600000000, 'ok', 0, 0);
INSERT INTO articles (key, source_id, state, complete, attempts, said, first_seen, aged_from, baseline, story, score,
                      title, takeaways, text, blocks)
    VALUES ('example.org/1', 1, 'read', 1, 0, 'x', 0, 0, 0, 1, 0.7, 'Old news', '[]', 'A body.', '[]');
INSERT INTO sightings VALUES (1, 1, 'x');
"""


def at_revision(file: Path, revision: str, rows: str) -> None:
    """Makes a database as the version with that last step left it, with rows put there by SQL."""
    config = Config()
    config.set_main_option("script_location", str(Path(bot.storage.__file__).parent / "migrations"))
    engine = create_engine(f"sqlite:///{file}", poolclass=StaticPool)
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()
    engine.dispose()
    with closing(sqlite3.connect(file)) as old:
        old.executescript(rows)


async def test_the_steps_lead_to_the_tables_as_the_code_sees_them(tmp_path: Path) -> None:
    file = tmp_path / "bot.db"
    await (await Database.open(f"sqlite:///{file}")).aclose()
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _ours})
        assert context.get_current_revision() == HEAD
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    """Without the word index's own tables."""
    return kind != "table" or not str(name).startswith("article_words")


async def test_what_a_database_held_before_workspaces_were_apart_is_for_everybody(tmp_path: Path) -> None:
    file = tmp_path / "bot.db"
    at_revision(file, "0002", _BEFORE_WORKSPACES)
    database = await Database.open(f"sqlite:///{file}")
    async with database.read() as view:
        (source,) = await view.sources.all(HOME)
        (candidate,) = await view.candidates.newest(0, NOW + HOUR, HOME, 10)
        assert (await view.connection.exec_driver_sql("PRAGMA foreign_key_check")).all() == []
    assert (source.spec.address, source.workspace, source.state) == ("https://example.org/feed", None, "ok")
    assert (candidate.title, candidate.source_id) == ("Old news", source.id)
    await database.aclose()


_BEFORE_REMOVALS = """
INSERT INTO articles (key, state, complete, attempts, said, first_seen, aged_from, baseline, story, score, title,
                      takeaways, text, blocks)
    VALUES ('example.org/1', 'read', 1, 0, 'x', 0, 0, 0, 1, 0.7, 'Old news', '[]', 'A body.', '[]');
INSERT INTO voters (hash) VALUES ('known'), (NULL);
INSERT INTO votes VALUES ('local', 1, 1, 'value', '👍', 1, 'web', 0), ('local', 2, 1, 'value', '👎', -1, 'web', 0);
"""


async def test_voters_of_a_database_from_before_they_could_leave_do_not_want_to(tmp_path: Path) -> None:
    file = tmp_path / "bot.db"
    at_revision(file, "0003", _BEFORE_REMOVALS)
    database = await Database.open(f"sqlite:///{file}")
    async with database.begin() as tx:
        assert await tx.retention.forget_voters(idle_since=None, left_before=NOW) == 0
        (tally,) = await tx.votes.tallies([])
        assert tally.counts == {"👍": 1, "👎": 1}
        assert not await tx.removals.is_removed(1, 1)
        assert await tx.retention.leave("known")
        assert await tx.retention.forget_voters(idle_since=None, left_before=NOW) == 1
    await database.aclose()
