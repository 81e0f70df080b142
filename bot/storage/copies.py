"""The database file as a whole: checked, copied while it is in use, and put back; blocking, so it runs in a thread."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from bot.errors import StorageError
from bot.model import Finding
from bot.ports import Clock
from bot.storage.failures import told
from bot.storage.lock import run_lock
from bot.storage.migrate import prepare
from bot.storage.sqlite import BEGIN_READ, BUSY_SECONDS

_PAGES = 2_000  # copied between two reports of progress: 8 MB
_NAMED = 5  # of many defects alike
_RESTORE = "restore another backup (digestbot db restore FILE)"
ANEW = "read these articles again: UPDATE articles SET state = 'new' WHERE id IN (…)"
_UNFINDABLE = "SELECT id FROM articles WHERE state = 'read' AND id NOT IN (SELECT rowid FROM article_words) ORDER BY id"

Progress = Callable[[int, int], None]  # pages copied, pages in all


class DatabaseFile:
    """All commands that take the file as a whole. Each raises StorageError naming the file."""

    def __init__(self, file: Path, clock: Clock) -> None:
        self.file = file
        self._clock = clock

    def check(self) -> Iterator[Finding]:
        """Whether pages, references, and the tables with the triggers that keep votes final are as they should be."""
        prepare(self.file, migrate=True)
        with told(self.file), _connected(self.file) as connection:
            yield finding("pages", [told for (told,) in connection.execute("PRAGMA integrity_check") if told != "ok"])
            astray = connection.execute("PRAGMA foreign_key_check").fetchall()
            yield finding(
                "references", [f"row {row} of {table} names a missing {parent}" for table, row, parent, _ in astray]
            )
            with tempfile.TemporaryDirectory(prefix="digestbot-check-") as place:
                fresh = Path(place) / "fresh.db"
                prepare(fresh, migrate=True)
                with _connected(fresh) as model:
                    yield finding("schema", differences(_schema(model), _schema(connection)))
            unfindable = connection.execute(_UNFINDABLE).fetchall()
            yield finding("words", [f"article {number} is not found by its words" for (number,) in unfindable], ANEW)

    def back_up(self, target: Path, progress: Progress) -> None:
        """A copy of one instant, whole and on the disk before it has its name; nobody who uses the database waits."""
        if not self.file.exists():
            raise StorageError(f"database {self.file}: there is none yet, so there is nothing to keep")
        if target.exists():
            raise StorageError(f"{target}: is there already and was left as it is: name another file")
        with _draft_of(target) as draft:
            _copy(self.file, draft, progress)
            with _connected(draft) as connection:
                connection.execute("PRAGMA journal_mode = DELETE")  # so that the copy is one file
            _to_disk(draft)
            draft.rename(target)
            _to_disk(target.parent)

    def restore(self, backup: Path, progress: Progress) -> Path | None:
        """Puts a backup in the database's place, brought to this version's tables, in one transaction. What was there
        is backed up beside it before; that copy's name, or None where there was nothing."""
        if not backup.is_file():
            raise StorageError(f"{backup}: there is no such file")
        with run_lock(self.file), _draft_of(self.file) as draft:
            _copy(backup, draft, progress)
            prepare(draft, migrate=True)
            aside = self._set_aside() if self.file.exists() else None
            _copy(draft, self.file, progress)
        return aside

    def _set_aside(self) -> Path:
        aside = self.file.with_name(f"{self.file.name}.before-{self._clock.now():%Y%m%dT%H%M%SZ}")
        try:
            self.back_up(aside, lambda _done, _all: None)
        except StorageError as error:
            away = f"mv {self.file} {self.file}.damaged (and {self.file.name}-wal where there is one)"
            raise StorageError(f"{error}\nIt cannot be kept by copying, so move it away first: {away}") from error
        return aside


def finding(what: str, wrong: list[str], fix: str = _RESTORE) -> Finding:
    """What was found of a part of the database, and how to mend what is wrong."""
    more = f" … and {len(wrong) - _NAMED} more" if len(wrong) > _NAMED else ""
    detail = "; ".join(wrong[:_NAMED]) + more if wrong else "as they should be"
    return Finding(f"database.{what}", not wrong, detail, f"{fix[0].upper()}{fix[1:]}." if wrong else None)


def _schema(connection: sqlite3.Connection) -> dict[str, str]:
    """Tables, indices and triggers with the statement that makes each; what SQLite keeps for itself has none."""
    rows = connection.execute("SELECT type || ' ' || name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return dict(rows.fetchall())


def differences(model: Mapping[str, str], found: Mapping[str, str]) -> list[str]:
    """Between what there should be and what there is: by name, what makes each thing."""
    missing = [f"{name} is missing" for name in model if name not in found]
    changed = [f"{name} is not as digestbot makes it" for name in model if name in found and found[name] != model[name]]
    return [*missing, *changed, *(f"{name} is not digestbot's" for name in found if name not in model)]


def _copy(source: Path, target: Path, progress: Progress) -> None:
    """Copies what the source is at this instant: whatever is written meanwhile is not in it. Nothing of a damaged one
    is found out while copying, so the source is looked at before."""
    with told(source), _connected(source) as one:
        one.execute(BEGIN_READ)
        (state,) = one.execute("PRAGMA quick_check(1)").fetchone()
        if state != "ok":
            raise StorageError(f"database {source}: it is damaged ({state}) and was not copied: {_RESTORE}")
        with told(target), _connected(target) as other:
            one.backup(other, pages=_PAGES, progress=_watched(target, progress))


def _watched(target: Path, progress: Progress) -> Callable[[int, int, int], None]:
    """SQLite's own call after each step, which would wait for ever for another program's lock."""
    deadline = time.monotonic() + BUSY_SECONDS

    def step(state: int, left: int, pages: int) -> None:
        if state not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            progress(pages - left, pages)
        elif time.monotonic() > deadline:
            raise StorageError(f"database {target}: another program keeps it locked: end that program, then try again")

    return step


def _connected(file: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None))


@contextmanager
def _draft_of(target: Path) -> Iterator[Path]:
    """An own file beside the target, which nobody else may read; it is gone afterwards, unless it was renamed."""
    draft = target.with_name(f"{target.name}.part")
    try:
        draft.unlink(missing_ok=True)  # of one that was killed
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        yield draft
    except OSError as error:
        raise StorageError(f"{target}: cannot be written: {error.strerror}: name another place") from error
    finally:
        for rest in ("", "-wal", "-shm", "-journal"):
            draft.with_name(draft.name + rest).unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
