"""Runs the real command line in a process of its own."""

from __future__ import annotations

import json
import os
import runpy
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

from tests.scenario.nursery import ROOT, born, ended


@dataclass(frozen=True, slots=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, object]]:
        """stdout as JSON Lines."""
        return [json.loads(line) for line in self.out.splitlines()]


def digestbot(
    *arguments: str,
    cwd: Path,
    stdin: bytes = b"",
    env: Mapping[str, str] = MappingProxyType({}),
    fresh: bool = False,
    before: Callable[[], None] | None = None,
    timeout: float = 90,
) -> Ended:
    """`python -m bot …` in a folder, `env` added to ours. A traceback in what it says fails the test at once.

    It is forked from a process that has loaded the house; from nothing if `fresh`, or if something is done `before`."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100", "NO_COLOR": "1", **env}
    if fresh or before:
        ended = _from_nothing(arguments, cwd, stdin, environment, before, timeout)
    else:
        ended = _forked(arguments, cwd, stdin, environment, timeout)
    assert "Traceback" not in ended.err, ended.err
    return ended


def _from_nothing(
    arguments: Sequence[str],
    cwd: Path,
    stdin: bytes,
    environment: Mapping[str, str],
    before: Callable[[], None] | None,
    timeout: float,
) -> Ended:
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        env=environment,
        preexec_fn=before,
        timeout=timeout,
        check=False,
    )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


def _forked(arguments: Sequence[str], cwd: Path, stdin: bytes, environment: Mapping[str, str], timeout: float) -> Ended:
    with TemporaryDirectory() as folder:
        given, out, err = (Path(folder, name) for name in ("in", "out", "err"))
        given.write_bytes(stdin)
        process = born(main, *arguments, cwd=cwd, environment=environment, stdin=given, stdout=out, stderr=err)
        code = ended(process, timeout)
        if code is None:
            process.kill()
            raise TimeoutError(f"digestbot {shlex.join(arguments)}: still running after {timeout:g} s")
        return Ended(code, out.read_text("utf-8"), err.read_text("utf-8"))


def main(*arguments: str) -> None:
    """The command line in this process."""
    sys.argv = ["bot", *arguments]
    runpy.run_module("bot", run_name="__main__", alter_sys=True)
