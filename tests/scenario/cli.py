"""Runs the real command line in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

ROOT = Path(__file__).parents[2]


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
    before: Callable[[], None] | None = None,
    timeout: float = 90,
) -> Ended:
    """`python -m bot …` in a folder, `env` added to ours. A traceback in what it says fails the test at once."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100", "NO_COLOR": "1", **env}
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
    ended = Ended(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert "Traceback" not in ended.err, ended.err
    return ended
