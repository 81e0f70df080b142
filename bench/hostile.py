"""Hostile servers, addresses and documents through the real fetcher and reader, as the table that HOSTILE.md keeps.

`python -m bench hostile [SECURITY]`: SECURITY is the folder of the unpacked `security` corpus, left out without it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from itertools import groupby
from pathlib import Path

from tests.conformance.hostile_documents import documents_of_the_corpus
from tests.conformance.hostile_runs import (
    INSIDE,
    Run,
    hostile_answers,
    hostile_documents,
    inside_addresses,
    made_documents,
    names,
)


def main(arguments: Sequence[str]) -> None:
    asyncio.run(_tables(Path(arguments[0]) if arguments else None))


async def _tables(corpus: Path | None) -> None:
    await _table("Answer of the server", hostile_answers())
    with names({"localhost": ["127.0.0.1"], "inside.example": ["10.0.0.1"]}):
        await _table("Address", inside_addresses(INSIDE.split()))
    await _table("Document", hostile_documents(made_documents()))
    if corpus is not None:
        runs = [run async for run in hostile_documents(documents_of_the_corpus(corpus))]
        print("\n| Part of the corpus | readings | read | refused | slowest, s | most MB |\n|---|---|---|---|---|---|")
        for part, found in groupby(runs, key=lambda run: run.name.split("/")[0]):
            _part(part, [*found])


async def _table(what: str, runs: AsyncIterator[Run]) -> None:
    print(f"\n| {what} | outcome | s | MB |\n|---|---|---|---|")
    async for run in runs:
        said = run.outcome.rpartition(f"{run.name}: ")[2].replace("|", "\\|")
        print(f"| `{run.name}` | {said} | {run.seconds:.2f} | {run.megabytes:.1f} |")


def _part(name: str, runs: Sequence[Run]) -> None:
    refused = sum(run.refused for run in runs)
    slowest, most = max(run.seconds for run in runs), max(run.megabytes for run in runs)
    print(f"| {name} | {len(runs)} | {len(runs) - refused} | {refused} | {slowest:.2f} | {most:.1f} |")
