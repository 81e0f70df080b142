"""A PostgreSQL as a whole: whether its pages and indices, references, schema and words are as they should be.

It reads, and what it compares with is made in a transaction that is rolled back. Blocking, so it runs in a thread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DBAPIError

from bot.model import Finding
from bot.storage.copies import ANEW, differences, finding
from bot.storage.failures import told
from bot.storage.migrate import climb
from bot.storage.postgres import connected_to, driver_error, name_of, prepare_postgres
from bot.storage.tables import metadata

_MODEL = "digestbot_check"
_RESTORE = "restore a backup of it"
_REINDEX = "make a damaged index anew (REINDEX INDEX CONCURRENTLY …); for anything else restore a backup"
_MEND = "switch on or make anew what is named, or restore a backup; a trigger guards votes, so look whether they hold"

_DAMAGED = """SELECT checksum_failures || ' pages were found damaged, the last at ' || checksum_last_failure
    FROM pg_stat_database WHERE datname = current_database() AND checksum_failures > 0"""
_INVALID = """SELECT 'index ' || c.relname || ' is not valid' FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relnamespace = to_regnamespace(current_schema()) AND NOT (i.indisvalid AND i.indisready) ORDER BY 1"""
_BTREES = """SELECT c.oid, c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_am a ON a.oid = c.relam
    WHERE c.relnamespace = to_regnamespace(current_schema()) AND a.amname = 'btree' AND i.indisvalid ORDER BY 2"""
_UNVALIDATED = """SELECT 'constraint ' || conname || ' of ' || conrelid::regclass || ' is not validated'
    FROM pg_constraint WHERE connamespace = to_regnamespace(current_schema()) AND NOT convalidated ORDER BY 1"""
_SWITCHED_OFF = """SELECT 'trigger ' || tgname || ' of ' || tgrelid::regclass || ' is switched off' FROM pg_trigger t
    JOIN pg_class c ON c.oid = tgrelid WHERE c.relnamespace = to_regnamespace(current_schema()) AND tgenabled <> 'O'
    ORDER BY 1"""
# what each thing of a schema is called, and what makes it, without the schema's name
_THINGS = """
    SELECT 'column ' || c.relname || '.' || attname, format_type(atttypid, atttypmod) || ' ' || attnotnull
    FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
    WHERE c.relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped AND c.relnamespace = to_regnamespace(%(schema)s)
    UNION ALL SELECT 'index ' || indexname, indexdef FROM pg_indexes WHERE schemaname = %(schema)s
    UNION ALL SELECT 'constraint ' || conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = to_regnamespace(%(schema)s) AND contype <> 'n'
    UNION ALL SELECT 'trigger ' || tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
    WHERE NOT tgisinternal AND c.relnamespace = to_regnamespace(%(schema)s)
    UNION ALL SELECT 'function ' || proname, prosrc FROM pg_proc WHERE pronamespace = to_regnamespace(%(schema)s)"""
_UNFINDABLE = """SELECT 'article ' || id || ' is not found by its words' FROM articles a
    WHERE state = 'read' AND NOT EXISTS (SELECT 1 FROM article_words w WHERE w.article = a.id) ORDER BY id"""


def check_postgres(url: str) -> Iterator[Finding]:
    """A finding for each part. Raises StorageError where it cannot be looked at: out of reach, from a newer version,
    not wholly copied."""
    prepare_postgres(url, migrate=True)
    with told(name_of(url), driver_error()):
        engine = create_engine(connected_to(url), isolation_level="REPEATABLE READ")
        try:
            with engine.connect() as connection:
                yield finding("pages", [*_lines(connection, _DAMAGED), *_indices(connection)], _REINDEX)
                yield finding("references", [*_lines(connection, _UNVALIDATED), *_orphans(connection)], _RESTORE)
                yield finding("schema", _schema(connection), _MEND)
                yield finding("words", _lines(connection, _UNFINDABLE), ANEW)
        finally:
            engine.dispose()


def _lines(connection: Connection, query: str) -> list[str]:
    return [line for (line,) in connection.exec_driver_sql(query)]


def _indices(connection: Connection) -> list[str]:
    """What is wrong with the indices; inside of them only where the extension amcheck is there."""
    wrong = _lines(connection, _INVALID)
    if connection.exec_driver_sql("SELECT 1 FROM pg_extension WHERE extname = 'amcheck'").first():
        for number, name in connection.exec_driver_sql(_BTREES).all():
            try:
                with connection.begin_nested():
                    connection.exec_driver_sql("SELECT bt_index_check(%s::oid::regclass)", (number,))
            except DBAPIError as error:
                wrong.append(f"index {name}: {str(error.orig).splitlines()[0]}")
    return wrong


def _orphans(connection: Connection) -> list[str]:
    """Rows that name one which is not there, as no constraint lets them, unless it was switched off meanwhile."""
    wrong = []
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            parent, child = key.column.table.name, f"{table.name}.{key.parent.name}"
            query = (
                f"SELECT count(*) FROM {table.name} WHERE {key.parent.name} IS NOT NULL AND NOT EXISTS"  # noqa: S608
                f" (SELECT 1 FROM {parent} WHERE {parent}.{key.column.name} = {child})"
            )
            if count := connection.exec_driver_sql(query).scalar():
                wrong.append(f"{count} rows of {child} name a missing row of {parent}")
    return wrong


def _schema(connection: Connection) -> list[str]:
    """What is not as this version's steps make it, which are taken in a schema of their own and never committed."""
    here = connection.exec_driver_sql("SELECT current_schema()").scalar()
    found, switched_off = _things(connection, str(here)), _lines(connection, _SWITCHED_OFF)
    connection.rollback()
    connection.exec_driver_sql(f"CREATE SCHEMA {_MODEL}")
    connection.exec_driver_sql(f"SET LOCAL search_path = {_MODEL}")
    climb(connection, None, "to compare with")
    model = _things(connection, _MODEL)
    connection.rollback()
    ours = {name: made for name, made in found.items() if name in model}
    return [*differences(model, ours), *switched_off]


def _things(connection: Connection, schema: str) -> Mapping[str, str]:
    rows: Any = connection.exec_driver_sql(_THINGS, {"schema": schema})
    return {name: made.replace(f"{schema}.", "") for name, made in rows}
