"""Everything hostile that we know of, through the real fetcher and reader: refused or bounded, and told clearly."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from ipaddress import ip_address
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

SECONDS, MEGABYTES = 2.0, 200.0
# What may be had of the hostile server: a coding that it invented is left to the reader, who reads nothing in it.
HARMLESS_ANSWERS = {"unknown-coding"}
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^\s`\"'<>|)]+", re.IGNORECASE)


def judge(runs: list[Run]) -> None:
    for run in sorted(runs, key=lambda run: run.seconds)[-5:]:
        print(f"{run.name:45.45} {run.seconds:5.2f} s {run.megabytes:6.1f} MB  {run.outcome[:90]}")
    assert [run for run in runs if run.seconds >= SECONDS] == []
    assert [run for run in runs if run.megabytes >= MEGABYTES] == []
    assert [run for run in runs if not run.outcome.isprintable()] == []
    assert [run for run in runs if "root:" in run.outcome] == []


async def test_a_hostile_server_is_refused_in_time_and_named() -> None:
    runs = [run async for run in hostile_answers()]
    judge(runs)
    assert {run.name for run in runs if not run.refused} == HARMLESS_ANSWERS
    assert [run for run in runs if run.refused and f"/{run.name}: " not in run.outcome] == []


async def test_no_address_leads_inside() -> None:
    with names({"localhost": ["127.0.0.1"], "inside.example": ["10.0.0.1"]}) as connected:
        runs = [run async for run in inside_addresses(INSIDE.split())]
    judge(runs)
    assert [run for run in runs if not run.refused] == []
    assert connected == []


async def test_no_address_of_the_corpus_leads_inside(corpus: Callable[[str], Path]) -> None:
    folder = corpus("security")
    told = [
        path.read_text("utf-8", "replace") for path in folder.glob("payloads_all_the_things/**/*") if path.is_file()
    ]
    data = json.loads((folder / "wpt_url" / "urltestdata.json").read_text("utf-8"))
    inputs = [case["input"] for case in data if isinstance(case, dict) and "://" in case["input"]]
    addresses = sorted({*_ADDRESS.findall("\n".join(told)), *inputs})
    with names({"localhost": ["127.0.0.1"]}) as connected:
        runs = [run async for run in inside_addresses(addresses)]
    print(f"{len(runs)} addresses")
    assert len(runs) > 300
    assert [run for run in runs if not run.refused] == []
    assert [host for host in connected if not ip_address(host).is_global] == []


async def test_a_name_that_changes_its_mind_is_checked_when_it_is_connected_to() -> None:
    """The name is public when it is first looked up and inside when it is looked up again."""
    with names({"rebind.example": ["127.0.0.1", "203.0.113.1"]}) as connected:
        runs = [run async for run in inside_addresses(["http://rebind.example/"] * 4)]
    assert all("is not on the public internet" in run.outcome for run in runs)
    assert connected == []


async def test_hostile_documents_are_refused_or_bounded_and_the_next_is_read() -> None:
    judge([run async for run in hostile_documents(made_documents())])


async def test_every_document_of_the_corpus_is_read_or_refused(corpus: Callable[[str], Path]) -> None:
    runs = [run async for run in hostile_documents(documents_of_the_corpus(corpus("security")))]
    judge(runs)
    assert len(runs) > 300
    assert not [run for run in runs if "ended the process" in run.outcome or "cannot be read (" in run.outcome]
