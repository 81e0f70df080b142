"""What SQLite and PostgreSQL each say in their own words, said once for both. How each is opened is its own file's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any
from zlib import crc32

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Dialect,
    Insert,
    Select,
    Table,
    TableValuedAlias,
    Update,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

POSTGRES = "postgresql"
CLAIMERS = 16  # as many may claim rows at once, each passing over what the others have locked, and find something
# What a writer does alone, however many processes there are: by the number of the lock that it holds meanwhile.
_ALONE = {"sources": 1, "articles": 2, "channels": 3, "votes": 4, "posts": 5}
_NAMESPACE = 0x64676274  # "dgbt": of our advisory locks


def elected_key(name: str) -> tuple[int, int]:
    """The advisory lock of who is elected to the work of that name, for `election`."""
    return _NAMESPACE, 0x10000 + crc32(name.encode()) % 0x10000


async def alone(connection: AsyncConnection, work: str) -> None:
    """From here to its end no other transaction does this work. SQLite has one writer; PostgreSQL holds a lock,
    which it gives back with the transaction, whatever becomes of the process."""
    if connection.dialect.name == POSTGRES:
        await connection.execute(select(func.pg_advisory_xact_lock(_NAMESPACE, _ALONE[work])))


# ------------------------------------------------------------ many values in one parameter


class _Each(FunctionElement[Any]):
    name = "json_each"
    inherit_cache = True


@compiles(_Each)
def _each(element: _Each, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **options)})"


@compiles(_Each, POSTGRES)
def _each_of_array(element: _Each, compiler: SQLCompiler, **options: Any) -> str:
    array = f"CAST({compiler.process(element.clauses, **options)} AS jsonb)"
    return f"(SELECT ordinality - 1 AS key, value FROM jsonb_array_elements({array}) WITH ORDINALITY)"  # noqa: S608


class _Item(FunctionElement[Any]):
    """The value of a row of `listed`, or a field of it, in the type of what it is held against."""

    name = "item"
    inherit_cache = True

    def __init__(self, value: ColumnElement[Any], kind: TypeEngine[Any], position: int | None) -> None:
        super().__init__(value, *([] if position is None else [literal_column(str(position))]))
        self.type = kind


@compiles(_Item)
def _item(element: _Item, compiler: SQLCompiler, **options: Any) -> str:
    value, *field = (compiler.process(clause, **options) for clause in element.clauses)
    return f"json_extract({value}, '$[{field[0]}]')" if field else value


@compiles(_Item, POSTGRES)
def _item_as(element: _Item, compiler: SQLCompiler, **options: Any) -> str:
    value, *field = (compiler.process(clause, **options) for clause in element.clauses)
    text = f"{value} ->> {field[0]}" if field else f"{value} #>> '{{}}'"
    return f"CAST(({text}) AS {compiler.dialect.type_compiler_instance.process(element.type)})"


def listed(values: Iterable[object]) -> TableValuedAlias:
    """Values, or rows of them, as a table with `key` (the place, from 0) and `value`, for `value_of` and `nth`: one
    parameter however many there are, so that the statement is compiled once. 500 rows in an IN take longer to say than
    to find."""
    return _Each(json.dumps(list(values))).table_valued("key", "value")


def value_of(row: TableValuedAlias, kind: TypeEngine[Any] | None = None) -> ColumnElement[Any]:
    """The value of a row of `listed`; a number, unless its kind is given."""
    return _Item(row.c.value, kind or BigInteger(), None)


def nth(row: TableValuedAlias, position: int, kind: TypeEngine[Any]) -> ColumnElement[Any]:
    """A field of a row of `listed`."""
    return _Item(row.c.value, kind, position)


# What `listed` gives, for a query that is made once and run by `fetched` with the values of each time.
LISTED = _Each(bindparam("listed")).table_valued("key", "value")


async def fetched(
    connection: AsyncConnection, query: Select[Any], values: Iterable[object] = (), **parameters: object
) -> Sequence[tuple[Any, ...]]:
    """The rows of a query on LISTED or on other parameters, in the form in which the tables keep them and in one step:
    half the time of an ordinary query where they are hundreds."""
    compiled = _compiled(query, connection.dialect.name)
    given = {**compiled.params, "listed": json.dumps(list(values)), **parameters}
    driver: Any = (await connection.get_raw_connection()).driver_connection
    asked = compiled.string, [given[name] for name in compiled.positiontup or ()]
    rows: Sequence[tuple[Any, ...]]
    if connection.dialect.name == POSTGRES:
        rows = await (await driver.execute(*asked)).fetchall()
    else:
        rows = await driver.execute_fetchall(*asked)
    return rows


async def run_many(connection: AsyncConnection, statement: Update, rows: Sequence[Mapping[str, object]]) -> None:
    """Runs a statement for each of these rows of parameters: half the time of the connection's own `execute`, which
    puts together anew for each row what is the same for all."""
    text, parameters = _many(statement, connection.dialect.name)
    given = [tuple([kept(row[name]) if name in row else fixed for name, kept, fixed in parameters]) for row in rows]
    await connection.exec_driver_sql(text, given)


@cache
def _many(statement: Update, engine: str) -> tuple[str, list[tuple[str, Callable[[Any], object], object]]]:
    """Its text, and of each parameter in turn the name, what makes of a value what the table keeps, and the value where
    a row has none."""
    compiled, words = _compiled(statement, engine), _words_of(engine)
    parameters: list[tuple[str, Callable[[Any], object], object]] = []
    for name in compiled.positiontup or ():
        kept = compiled.binds[name].type.dialect_impl(words).bind_processor(words) or _as_it_is
        fixed = compiled.params[name]
        parameters.append((name, kept, fixed if fixed is None else kept(fixed)))
    return compiled.string, parameters


def _as_it_is(value: object) -> object:
    return value


@cache
def _compiled(query: Select[Any] | Update, engine: str) -> SQLCompiler:
    compiled = query.compile(dialect=_words_of(engine))
    assert isinstance(compiled, SQLCompiler)
    return compiled


@cache
def _words_of(engine: str) -> Dialect:
    if engine != POSTGRES:
        return sqlite.dialect()
    from sqlalchemy.dialects.postgresql.psycopg import PGDialectAsync_psycopg  # takes its time to load

    make: Callable[..., Dialect] = PGDialectAsync_psycopg
    return make(paramstyle="format")


# ------------------------------------------------------------ inserts


async def insert_many(connection: AsyncConnection, table: Table, rows: Sequence[tuple[object, ...]]) -> None:
    """Inserts rows whose values stand in the order and the form in which the table keeps them: half the time of an
    ordinary insert of as many, which looks at each value first. An `id` of its own stands first, and is None."""
    numbered = connection.dialect.name == POSTGRES and "id" in table.c  # which takes None for a value
    statement = _insertion(table, connection.dialect.name, numbered=numbered)
    await connection.exec_driver_sql(statement, [row[1:] for row in rows] if numbered else list(rows))


@cache
def _insertion(table: Table, engine: str, *, numbered: bool) -> str:
    names = [column.name for column in table.c][numbered:]
    return str(table.insert().inline().compile(dialect=_words_of(engine), column_keys=names))


def insert_new(connection: AsyncConnection, table: Table) -> Insert:
    """An INSERT that leaves rows alone which are there already."""
    if connection.dialect.name == POSTGRES:
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()
