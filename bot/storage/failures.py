"""Errors of the database drivers -> one clear StorageError that names the database and the mend; the one place that
maps."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.errors import StorageAway, StorageError

# By the start of SQLite's own name for the error: extended names add to these (SQLITE_READONLY_DBMOVED).
_SENTENCES = {
    "SQLITE_FULL": "the database or its disk is full: free some space, then go on; nothing of this step was kept",
    "SQLITE_READONLY": "it cannot be written: give this user the right to write the file and its folder",
    "SQLITE_CANTOPEN": "it cannot be opened: check that the folder exists and that this user may read and write there",
    "SQLITE_PERM": "this user may not use it: give it the right to read and write the file and its folder",
    "SQLITE_NOTADB": "it is not an SQLite database: name another file, or move this one away",
    "SQLITE_BUSY": "another program has kept it locked: end that program, or wait until it is done",
    "SQLITE_LOCKED": "another program has kept it locked: end that program, or wait until it is done",
    "SQLITE_CORRUPT": "it is damaged: restore a backup (digestbot db restore)",
    "SQLITE_IOERR": "its disk fails to read or write: check the disk, and restore a backup if it is damaged",
}
# By the start of PostgreSQL's SQLSTATE, the longer first.
_STATES = {
    "57014": "a statement took too long and was ended; it is tried again",
    "57": "it is stopping or starting again; what was not done is tried again when it is back",
    "08": "the connection broke; what was not done is tried again when it is back",
    "25006": "it is read-only, as a standby is: name the primary, or wait until it is one",
    "25P03": "this process stood still inside a transaction, which was ended; it is tried again",
    "28": "it refuses this user: check the name and the password in [bot] database, or in DIGESTBOT_DATABASE",
    "3D000": "there is no such database: make it (createdb), or name another",
    "40": "another process was in the way; it is tried again",
    "42501": "this user may not do that: make it the owner of the database",
    "42P01": "tables are missing: run digestbot db upgrade",
    "53100": "its disk is full: free some space; what was not done is tried again then",
    "53300": "it takes no more connections: raise max_connections, or run fewer processes",
    "XX00": "it is damaged: run digestbot db check, make a damaged index anew, or restore a backup",
    "55P03": "another process has kept what this one needs; it is tried again",
}
_AWAY = ("57P", "08", "53300")
_OUT_OF_REACH = "it cannot be reached: check that it runs, and its address; what was not done is tried again"


def storage_error(error: BaseException | None, name: str | Path) -> StorageError:
    """What went wrong with this database, and what to do."""
    sqlite = getattr(error, "sqlite_errorname", None) or ""
    state = getattr(error, "sqlstate", None) or ""
    for start, sentence in (*_SENTENCES.items(), *_STATES.items()):
        if sqlite.startswith(start) or state.startswith(start):
            kind = StorageAway if state.startswith(_AWAY) else StorageError
            return kind(f"database {name}: {sentence}")
    if type(error).__module__.startswith("psycopg") and type(error).__name__ == "OperationalError":
        said = str(error).strip().splitlines()
        return StorageAway(f"database {name}: {_OUT_OF_REACH}{f' ({said[0]})' if said else ''}")
    return StorageError(f"database {name}: {error}")


@contextmanager
def told(name: str | Path, *drivers: type[Exception]) -> Iterator[None]:
    """Raises StorageError for whatever the driver raises inside; `drivers`: the errors of others than SQLite's."""
    raised: tuple[type[Exception], ...] = (sqlite3.Error, *drivers)
    try:
        yield
    except DBAPIError as error:
        raise storage_error(error.orig, name) from error
    except raised as error:
        raise storage_error(error, name) from error
    except PoolTimeout as error:
        raise StorageError(f"database {name}: too much is waiting for it; try again when the load is less") from error
