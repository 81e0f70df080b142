"""Bringing a database to this version's tables before it is used; blocking, so it runs in a thread. PostgreSQL's own
part of it is in `postgres`."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import StorageError
from bot.storage.failures import told
from bot.storage.sqlite import BEGIN_WRITE, BUSY_SECONDS

if TYPE_CHECKING:
    from sqlalchemy import Connection

HEAD = "0013"  # the newest step in migrations/versions; kept here so that a start without migration imports no Alembic
_OURS = 0x64676274  # "dgbt"
_PAUSE = 0.05


def prepare(file: Path, *, migrate: bool) -> None:
    """Makes the file ready, or raises StorageError saying why not. Of processes that come at once, one migrates."""
    if not file.parent.is_dir():
        raise StorageError(f"database {file}: its folder does not exist: make it (mkdir -p {file.parent})")
    if file.is_dir():
        raise StorageError(f"database {file}: this is a folder; name a file in it")
    if not migrate and not file.exists():
        raise StorageError(f"database {file}: there is none yet: run digestbot db upgrade")
    with told(file), closing(sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
        if _revision(connection, file) != HEAD:
            if not migrate:
                raise StorageError(f"database {file}: it is from an older digestbot: run digestbot db upgrade")
            _upgrade(connection, file)
        _use_write_ahead_log(connection, file)


def _revision(connection: sqlite3.Connection, file: Path) -> str | None:
    """The step that the file is at; None for a new one. Raises StorageError where the file is somebody else's."""
    (ours,) = connection.execute("PRAGMA application_id").fetchone()
    if ours != _OURS:
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
            return None
        raise StorageError(f"database {file}: it belongs to another program and was left alone: name another file")
    (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(revision)


def _upgrade(connection: sqlite3.Connection, file: Path) -> None:
    """All steps in one transaction: a crash in between leaves the file as it was."""
    from sqlalchemy import StaticPool, create_engine

    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
    with engine.connect() as outer:
        outer.exec_driver_sql(BEGIN_WRITE)
        climb(outer, _revision(connection, file), file)  # another process may have been first while we waited
        outer.commit()


def climb(connection: Connection, revision: str | None, name: Path | str) -> None:
    """The steps from this revision to the newest, in the transaction that is open. Raises StorageError."""
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise StorageError(
            f"database {name}: it is from a newer digestbot (revision {revision}, this one knows up to {HEAD}): "
            "upgrade digestbot, or restore a backup"
        )
    if revision != HEAD:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _use_write_ahead_log(connection: sqlite3.Connection, file: Path) -> None:
    """So that readers and the writer do not wait for each other. Stays with the file. SQLite itself would not wait."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE)
            continue
        if mode != "wal":
            raise StorageError(f"database {file}: its disk cannot share memory between programs; put it on a local one")
        return
