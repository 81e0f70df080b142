"""One `digestbot run` a database: a lock beside the file that the system gives back when its holder dies."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import StorageError

_TRIES = 5
_PAUSE = 0.02  # seconds; somebody who only looks holds the lock for a moment


def lock_file(database: Path) -> Path:
    return database.with_name(f"{database.name}.lock")


@contextmanager
def run_lock(database: Path) -> Iterator[None]:
    """Holds the lock, with our process id and start time in it. Raises StorageError naming who holds it already."""
    path = lock_file(database)
    try:
        lock = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise StorageError(f"{path}: {error.strerror}: digestbot run keeps its lock there") from error
    with lock:
        if not _taken(lock.fileno()):
            lock.seek(0)
            holder = lock.read().strip() or "an unknown process"
            raise StorageError(
                f"digestbot already runs on {database}: {holder}; stop it first, or use another database"
            )
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, since {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}\n")
        lock.flush()
        try:
            yield
        finally:
            lock.truncate(0)


def is_locked(database: Path) -> bool:
    """Whether a `digestbot run` holds the database."""
    try:
        with lock_file(database).open(encoding="utf-8") as lock:
            return not _flocked(lock.fileno(), fcntl.LOCK_SH)
    except FileNotFoundError:
        return False


def _taken(descriptor: int) -> bool:
    for _ in range(_TRIES):
        if _flocked(descriptor, fcntl.LOCK_EX):
            return True
        time.sleep(_PAUSE)
    return False


def _flocked(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
