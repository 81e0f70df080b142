"""Processes of their own, forked from one that has loaded the house: as real, without the seconds that loading takes.

What they are told to do is a function of a module; they have a working directory, an environment and standard streams
of their own, and are killed and waited for as any process is.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import chdir
from multiprocessing import forkserver
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from threading import Lock, Thread

ROOT = Path(__file__).parents[2]
_LOADED = [
    "tests.scenario.cli",
    "tests.scenario.crashing",
    "adapters.discord.client",
    "adapters.slack.client",
    "babel.dates",
    "bot.http",
    "bot.jobs.distributed",
    "sqlalchemy.dialects.postgresql.psycopg",
    "psycopg_pool",
]
_NOTHING = Path(os.devnull)
_ALONE = Lock()  # to start one looks after all the others, and how one ended can be read only once


def born(
    act: Callable[..., object],
    *arguments: object,
    cwd: Path = ROOT,
    environment: Mapping[str, str],
    stdin: Path = _NOTHING,
    stdout: Path = _NOTHING,
    stderr: Path = _NOTHING,
) -> ForkServerProcess:
    """A process that does this; SystemExit is its exit code. Blocks for seconds at the first call of a session."""
    given = (cwd, dict(environment), (stdin, stdout, stderr), act, arguments)
    process = multiprocessing.get_context("forkserver").Process(target=_live, args=given, daemon=False)
    with _ALONE:
        with chdir(ROOT):  # where the first of them finds the modules
            forkserver.set_forkserver_preload(_LOADED)
            forkserver.ensure_running()
        process.start()
    return process


def ended(process: ForkServerProcess, seconds: float) -> int | None:
    """Waits for its end, so long at most: the exit code, or the signal below 0. None: it is running still."""
    if not wait([process.sentinel], seconds):
        return None
    with _ALONE:
        return process.exitcode


def _live(
    cwd: Path,
    environment: dict[str, str],
    streams: tuple[Path, Path, Path],
    act: Callable[..., object],
    arguments: tuple[object, ...],
) -> None:
    Thread(target=_end_with_parent, daemon=True).start()  # where the tests are killed, nobody else would
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    sys.path[:0] = [place for place in environment.get("PYTHONPATH", "").split(os.pathsep) if place not in sys.path]
    for number, path in enumerate(streams):
        opened = os.open(path, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w", buffering=1)  # noqa: SIM115
    act(*arguments)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os.kill(os.getpid(), signal.SIGKILL)
