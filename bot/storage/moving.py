"""A database file copied into PostgreSQL, row for row: goes on where it was broken off, and compared to the last row;
blocking, so it runs in a thread.

Each table is copied in the order of its key, some rows a transaction, so what is there tells where to go on.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Boolean, Table, Text

from bot.errors import ConfigError, StorageError
from bot.model import Takeaway
from bot.storage.codec import unpacked
from bot.storage.failures import told
from bot.storage.lock import run_lock
from bot.storage.migrate import prepare
from bot.storage.postgres import BEING_COPIED, conninfo_of, driver_error, is_postgres, mark, name_of, prepare_postgres
from bot.storage.search import PUT_IN_POSTGRES, words_of
from bot.storage.sqlite import BUSY_SECONDS
from bot.storage.tables import metadata

if TYPE_CHECKING:
    import psycopg

_ROWS = 500  # a transaction
_TAKEAWAYS = tuple[Takeaway, ...]
Progress = Callable[[str, int, int], None]  # table, rows done, rows in all
Row = tuple[Any, ...]


def copy_to_postgres(file: Path, url: str, progress: Progress) -> dict[str, int]:
    """Copies the file, which nobody runs meanwhile; how many rows each table has. The file stays as it is.

    Raises StorageError where the other database has rows of its own, and where a table is not the same in the end.
    """
    if not is_postgres(url):
        raise ConfigError("db copy: names the PostgreSQL to copy into, like postgresql://user@host/name")
    if not file.exists():
        raise StorageError(f"database {file}: there is none yet, so there is nothing to copy")
    prepare(file, migrate=True)
    name = name_of(url)
    prepare_postgres(url, migrate=True, copying=True)
    with run_lock(file), told(file), told(name, driver_error()), closing(_file(file)) as old, _connected(url) as new:
        _begin(new, name)
        for table in metadata.sorted_tables:
            total = _count(old, table)
            for done in _copied(old, new, table):
                progress(table.name, done, total)
        counts = {table.name: _compared(old, new, table, name) for table in metadata.sorted_tables}
        _end(new)
    return counts


def _file(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)


def _connected(url: str) -> psycopg.Connection:
    import psycopg

    return psycopg.connect(conninfo_of(url), autocommit=True, application_name="digestbot db copy")


def _begin(new: psycopg.Connection, name: str) -> None:
    """Says that what is there now is a copy that is not whole, so that nobody takes it for a database."""
    if mark(new) == BEING_COPIED:
        return
    for table in metadata.sorted_tables:
        if _run(new, _asked(table, "1", "LIMIT 1")):
            raise StorageError(
                f"database {name}: it has rows already ({table.name}): copy into an empty one (createdb), or drop this"
            )
    _run(new, f"COMMENT ON TABLE alembic_version IS '{BEING_COPIED}'")


def _end(new: psycopg.Connection) -> None:
    """New rows are numbered after the copied ones; then it is a database as any."""
    for table in metadata.sorted_tables:
        if "id" in table.c:
            last = f"setval(pg_get_serial_sequence('{table.name}', 'id'), coalesce(max(id), 0) + 1, false)"
            _run(new, _asked(table, last))
    _run(new, "COMMENT ON TABLE alembic_version IS NULL")
    _run(new, "ANALYZE")


def _copied(old: sqlite3.Connection, new: psycopg.Connection, table: Table) -> Iterator[int]:
    """Copies what is missing; how many rows are there after each transaction."""
    done = _count(new, table)
    yield done
    last = _run(new, _asked(table, _key(table), f"ORDER BY {_order(table, descending=True)} LIMIT 1"))
    for rows in _portions(old.execute(*_after(table, last[0] if last else None)), table):
        with new.transaction():
            with new.cursor().copy(f"COPY {table.name} ({_names(table)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            if table.name == "articles":
                _index(new, table, rows)
        done += len(rows)
        yield done


def _index(new: psycopg.Connection, table: Table, rows: Sequence[Row]) -> None:
    """The words of articles that were read: the file's own index is another engine's."""
    names = [column.name for column in table.c]
    words = []
    for row in rows:
        values = dict(zip(names, row, strict=True))
        if values["state"] == "read":
            said = [takeaway.text for takeaway in unpacked(_TAKEAWAYS, values["takeaways"])]
            words.append(words_of(values["id"], title=values["title"], takeaways=said, body=values["text"]))
    if words:
        new.cursor().executemany(PUT_IN_POSTGRES, words)


def _compared(old: sqlite3.Connection, new: psycopg.Connection, table: Table, name: str) -> int:
    """How many rows a table has. Raises StorageError where there are others here than there."""
    here = _digest(_portions(old.execute(_asked(table, _names(table), f"ORDER BY {_order(table)}")), table))
    asked = _asked(table, _names(table), f"ORDER BY {_order(table, collated=True)}")
    with new.transaction(), new.cursor(f"compared_{table.name}") as rows:
        there = _digest(_portions(rows.execute(asked), table))
    if here != there:
        raise StorageError(
            f"database {name}: {table.name} is not the same as in the file ({here[0]} rows there, {there[0]} here): "
            "it was used since the copy was begun: drop this database, make it anew, and copy again"
        )
    return here[0]


def _digest(portions: Iterator[list[Row]]) -> tuple[int, str]:
    """How many rows there are, and a checksum of them in their order."""
    checksum, count = blake2b(digest_size=16), 0
    for rows in portions:
        count += len(rows)
        for row in rows:
            checksum.update(repr(row).encode("utf-8", "surrogatepass"))
    return count, checksum.hexdigest()


def _portions(rows: Any, table: Table) -> Iterator[list[Row]]:
    """Rows of either database in the same form: as PostgreSQL keeps them, to which a text has no NUL."""
    truths = [isinstance(column.type, Boolean) for column in table.c]
    while some := rows.fetchmany(_ROWS):
        yield [tuple(_kept(value, truth=truth) for value, truth in zip(row, truths, strict=True)) for row in some]


def _kept(value: object, *, truth: bool) -> object:
    if isinstance(value, str):
        return value.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    if isinstance(value, memoryview):
        return bytes(value)
    return bool(value) if truth and value is not None else value


# ------------------------------------------------------------ statements


def _run(connection: psycopg.Connection, statement: str) -> list[Row]:
    cursor = connection.execute(statement)
    return cursor.fetchall() if cursor.description else []


def _count(connection: Any, table: Table) -> int:
    (count,) = connection.execute(_asked(table, "count(*)")).fetchone()
    return int(count)


def _after(table: Table, key: Row | None) -> tuple[str, Row]:
    """The file's rows that come after that one."""
    after = f"WHERE ({_key(table)}) > ({', '.join('?' * len(key))})" if key else ""
    return _asked(table, _names(table), f"{after} ORDER BY {_order(table)}"), key or ()


def _asked(table: Table, what: str, rest: str = "") -> str:
    return f"SELECT {what} FROM {table.name} {rest}"  # noqa: S608 - all of it our own


def _names(table: Table) -> str:
    return ", ".join(column.name for column in table.c)


def _key(table: Table) -> str:
    return ", ".join(column.name for column in table.primary_key)


def _order(table: Table, *, descending: bool = False, collated: bool = False) -> str:
    """By the key; texts by their bytes, as SQLite has them in order, whatever language PostgreSQL sorts by."""
    down = " DESC" if descending else ""
    texts = ' COLLATE "C"' if descending or collated else ""
    return ", ".join(
        f"{column.name}{texts if isinstance(column.type, Text) else ''}{down}" for column in table.primary_key
    )
