"""refresh against a bare floor and against `reader`: 1,000 feeds of 48 kB, first seen, answered 304, unchanged.

`python -m bench feeds PEERS [FEEDS] [ROUNDS]`: PEERS is the python of an environment with the floor's and the peer's
libraries (see RESULTS.md). Contenders take turns, each with a process and a database of its own a round, beside the
same server on the same cores. The ratio by processor is that of one core: it does not know who has more processes.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bench.feeds.made import NEWEST, hosts
from bot.model import SourceSpec
from bot.storage.database import Database

FEEDS, ROUNDS = 1_000, 5
# name -> how the server answers. The bars are shares of the floor, and multiples of reader: must and goal.
PHASES = {"first": "validators", "304": "validators", "unchanged 200": "plain"}
BARS = {
    "floor": {"first": (0.4, 0.7), "304": (0.7, 0.8), "unchanged 200": (0.7, 0.8)},
    "reader": {"first": (8, 15), "304": (4, 5), "unchanged 200": (35, 50)},
}
_FLOORS = Path(__file__).parents[1] / "floors"
Cost = dict[str, float]


@dataclass(frozen=True)
class Contender:
    command: tuple[str, ...]
    told: str = ""  # what it is told first on its standard input


def main(arguments: Sequence[str]) -> None:
    if not arguments:
        raise SystemExit("python -m bench feeds PEERS [FEEDS] [ROUNDS]: PEERS is a python, see bench/RESULTS.md")
    peers, feeds, rounds = arguments[0], *(*map(int, arguments[1:]), *(FEEDS, ROUNDS)[len(arguments) - 1 :])
    results: dict[str, list[dict[str, Cost]]] = {"digestbot": [], "floor": [], "reader": []}
    with tempfile.TemporaryDirectory() as folder, serving(feeds) as (port, answer):
        urls = [f"http://{host}:{port}/feed" for host in hosts(feeds)]
        template = Path(folder, "template.db")
        asyncio.run(_prepared(template, urls))
        for number in range(rounds):
            for name, costs in results.items():
                file = Path(folder, f"{name}-{number}.db")
                if name != "reader":
                    shutil.copy(template, file)
                costs.append(_run(_contender(name, peers, file, urls), answer))
                file.unlink()
    _table(results)


def _contender(name: str, peers: str, file: Path, urls: Sequence[str]) -> Contender:
    match name:
        case "floor":
            return Contender((peers, str(_FLOORS / "feeds.py"), str(file)))
        case "reader":
            return Contender((peers, str(_FLOORS / "feeds_reader.py"), str(file)), " ".join(urls) + "\n")
    return Contender((sys.executable, "-m", "bench.feeds.product", str(file)))


async def _prepared(file: Path, urls: Sequence[str]) -> None:
    """A database in which all feeds are declared, new and due."""
    database = await Database.open(f"sqlite:///{file}")
    async with database.begin() as tx:
        await tx.sources.declare([SourceSpec(address=url, every=timedelta(hours=1)) for url in urls], NEWEST)
    await database.aclose()


@contextmanager
def serving(feeds: int) -> Iterator[tuple[int, Callable[[str], None]]]:
    command = (sys.executable, "-m", "bench.feeds.server", str(feeds))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        try:
            yield port, lambda how: urllib.request.urlopen(f"http://127.0.0.1:{port}/{how}").close()
        finally:
            server.kill()


def _run(contender: Contender, answer: Callable[[str], None]) -> dict[str, Cost]:
    """What each phase cost."""
    pipe = subprocess.PIPE
    with subprocess.Popen(contender.command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(contender.told)
        costs = {}
        for phase, how in PHASES.items():
            answer(how)
            process.stdin.write(f"{phase}\n")
            process.stdin.flush()
            costs[phase] = json.loads(process.stdout.readline())
    return costs


def _table(results: dict[str, list[dict[str, Cost]]]) -> None:
    print("| what | digestbot | peer | ratio by time | by processor | must / goal |\n|---|---|---|---|---|---|")
    for peer, bars in BARS.items():
        for phase, (must, goal) in bars.items():
            own, its = ([costs[phase] for costs in results[name]] for name in ("digestbot", peer))
            rates = [_spread([c["feeds"] / c["seconds"] for c in some]) for some in (own, its)]
            ratios = [
                _spread([b[unit] / a[unit] for a, b in zip(own, its, strict=True)], 2)
                for unit in ("seconds", "processor")
            ]
            print(f"| {phase}, feeds/s, {peer} | {' | '.join((*rates, *ratios))} | {must} / {goal} |")
    for name, costs in results.items():
        spent = {phase: _spread([cost[phase]["processor"] for cost in costs], 2) for phase in PHASES}
        most = _spread([max(cost[phase]["megabytes"] for phase in PHASES) for cost in costs])
        print(f"{name}: {most} MB at most; processor, s: " + ", ".join(f"{p} {s}" for p, s in spent.items()))


def _spread(values: Sequence[float], digits: int = 0) -> str:
    return f"{statistics.median(values):,.{digits}f} ({min(values):,.{digits}f} to {max(values):,.{digits}f})"
