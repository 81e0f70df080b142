"""A database in PostgreSQL: its name, how it is reached, and how it is brought to this version's tables."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, inspect, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import ConfigError, StorageError
from bot.storage.failures import told
from bot.storage.migrate import HEAD, climb

_MIGRATING = 0x6462740000  # the advisory lock of who migrates
BEING_COPIED = "being copied from a file"
_DRIVER = "postgresql+psycopg"
_POOL = 5  # connections of each kind a process
_REACH = 10  # seconds
# A process that stands still inside a transaction (frozen, stopped by a debugger) loses it, and its locks, after this.
_STANDSTILL = "30s"
_OPTIONS = {
    "random_page_cost": "1.1",  # of disks without heads: else it reads whole tables rather than by an index
    "statement_timeout": "60s",
    "lock_timeout": "30s",
    "idle_in_transaction_session_timeout": _STANDSTILL,
}
_READING = {"default_transaction_isolation": r"repeatable\ read", "default_transaction_read_only": "on"}


def is_postgres(url: str) -> bool:
    return url.startswith(("postgresql://", "postgresql+psycopg://"))


def driver_error() -> type[Exception]:
    """What the driver raises. Raises ConfigError where it is not installed."""
    try:
        import psycopg
    except ImportError as error:
        raise ConfigError(
            "database: PostgreSQL needs the extra postgres: pip install 'digestbot[postgres]' (from a checkout: "
            "pip install -e '.[postgres]')"
        ) from error
    return psycopg.Error


def name_of(url: str) -> str:
    """What the database is called in messages: without its password."""
    known = _parsed(url)
    return f"{known.database} at {known.host or known.query.get('host', 'this machine')}"


def conninfo_of(url: str) -> str:
    """The URL as libpq takes it, password and all."""
    return _parsed(url).set(drivername="postgresql").render_as_string(hide_password=False)


def connected_to(url: str) -> URL:
    """As SQLAlchemy takes it, with our driver."""
    return _parsed(url).set(drivername=_DRIVER)


def engine_for(url: str, *, writes: bool) -> AsyncEngine:
    """Connections that write, or that read one state. A connection that broke is found out before it is used."""
    options = _OPTIONS if writes else {**_OPTIONS, **_READING}
    return create_async_engine(
        connected_to(url),
        connect_args=_reached(options),
        pool_size=_POOL,
        max_overflow=0,
        pool_timeout=60.0,
        pool_pre_ping=True,
    )


def prepare_postgres(url: str, *, migrate: bool, copying: bool = False) -> None:
    """Makes the database ready, or raises StorageError saying why not. Of processes that come at once, one migrates.
    `copying`: also one that is not wholly copied yet."""
    from sqlalchemy import create_engine

    name = name_of(url)
    with told(name, driver_error()):
        engine = create_engine(connected_to(url), connect_args=_reached({}))
        try:
            with engine.connect() as connection:
                driver = connection.connection.driver_connection
                if not copying and mark(driver) == BEING_COPIED:
                    raise StorageError(f"database {name}: it is {BEING_COPIED}: run digestbot db copy again to its end")
                if _is_ready(connection, name):
                    return
                if not migrate:
                    raise StorageError(f"database {name}: it is from an older digestbot: run digestbot db upgrade")
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATING})")
                climb(connection, _revision(connection, name), name)
                _upgrade_jobs(connection)
                connection.commit()
        finally:
            engine.dispose()


def mark(driver: Any) -> str | None:
    """What was left at the table of steps: BEING_COPIED, or nothing."""
    asked = "SELECT obj_description(to_regclass('alembic_version'), 'pg_class')"
    found: str | None = driver.execute(asked).fetchone()[0]
    return found


def _is_ready(connection: Connection, name: str) -> bool:
    ready = _revision(connection, name) == HEAD and _version_of_jobs(connection) == version("procrastinate")
    connection.rollback()
    return ready


def _revision(connection: Connection, name: str) -> str | None:
    """The step that the database is at; None for an empty one. Raises StorageError where it is somebody else's."""
    if connection.exec_driver_sql("SELECT to_regclass('alembic_version')").scalar() is not None:
        found: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        return found
    if inspect(connection).get_table_names():
        raise StorageError(f"database {name}: it belongs to another program and was left alone: name another database")
    return None


# ------------------------------------------------------------ the job engine's tables


def _version_of_jobs(connection: Connection) -> str | None:
    """Which Procrastinate the tables of jobs are for, as `_upgrade_jobs` wrote it there."""
    asked = "SELECT obj_description(to_regclass('procrastinate_jobs'), 'pg_class')"
    found: str | None = connection.exec_driver_sql(asked).scalar()
    return found


def _upgrade_jobs(connection: Connection) -> None:
    """Procrastinate's own schema, or its own steps from the version that is there: its files are named for theirs."""
    from procrastinate.schema import SchemaManager

    before = _version_of_jobs(connection)
    if before is None:
        steps = [SchemaManager.get_schema()]
    else:
        files = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
        steps = [file.read_text("utf-8") for file in files if _numbers(file.name.partition("_")[0]) > _numbers(before)]
    driver = connection.connection.driver_connection
    assert driver is not None
    for step in steps:
        driver.execute(step)  # as it stands: it is full of percent signs
    connection.exec_driver_sql(f"COMMENT ON TABLE procrastinate_jobs IS '{version('procrastinate')}'")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        several = "postgresql://user@/name?host=one,two&port=5432,5432&target_session_attrs=read-write"
        raise ConfigError(
            f"database: must be like postgresql://user@host/name, or, with several hosts, {several}"
        ) from None


def _reached(settings: Mapping[str, str]) -> dict[str, object]:
    """How a connection is made: given up soon, seen to be dead soon, and with these settings."""
    return {
        "connect_timeout": _REACH,
        "application_name": "digestbot",
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
    }
