"""Errors of the database driver -> one clear StorageError that names the file and the mend; the one place that maps."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.errors import StorageError

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


def storage_error(error: BaseException | None, file: Path) -> StorageError:
    """What went wrong with this file, and what to do."""
    name = getattr(error, "sqlite_errorname", None) or ""
    for start, sentence in _SENTENCES.items():
        if name.startswith(start):
            return StorageError(f"database {file}: {sentence}")
    return StorageError(f"database {file}: {error}")


@contextmanager
def told(file: Path) -> Iterator[None]:
    """Raises StorageError for whatever the driver raises inside."""
    try:
        yield
    except DBAPIError as error:
        raise storage_error(error.orig, file) from error
    except sqlite3.Error as error:
        raise storage_error(error, file) from error
    except PoolTimeout as error:
        raise StorageError(f"database {file}: too much is waiting for it; try again when the load is less") from error
