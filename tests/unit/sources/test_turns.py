"""Politeness: how many requests at a time, and how soon after each other."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from bot.errors import Crowded
from bot.sources.turns import Turns

SPACING = 0.02  # seconds


async def visits(turns: Turns, hosts: list[str], *, again: bool = False) -> list[tuple[float, str, int]]:
    """When each request began, at which host, and how many were at that host by then."""
    seen: list[tuple[float, str, int]] = []
    there = dict.fromkeys(hosts, 0)

    async def visit(host: str) -> None:
        async with turns.at(host, again=again):
            there[host] += 1
            seen.append((asyncio.get_running_loop().time(), host, there[host]))
            for _ in range(3):
                await asyncio.sleep(0)
            there[host] -= 1

    await asyncio.gather(*map(visit, hosts))
    return seen


async def test_a_host_is_asked_by_two_at_a_time_and_others_meanwhile() -> None:
    turns = Turns(concurrency=100, per_host=2, spacing=0)
    seen = await visits(turns, ["a"] * 9 + ["b"] * 9 + ["c"])
    assert max(at_once for _, _, at_once in seen) == 2
    assert {host for _, host, _ in seen[:5]} == {"a", "b", "c"}


async def test_requests_to_a_host_are_spaced_and_those_to_others_are_not() -> None:
    turns = Turns(concurrency=100, per_host=2, spacing=SPACING)
    seen = await visits(turns, ["a"] * 5 + [f"host{number}" for number in range(50)])
    times = [at for at, host, _ in seen if host == "a"]
    assert all(later - earlier >= SPACING * 0.9 for earlier, later in pairwise(times))
    others = [at for at, host, _ in seen if host != "a"]
    assert max(others) < times[-1]


async def test_being_sent_on_within_a_host_is_one_visit_and_the_next_waits_for_it() -> None:
    turns = Turns(concurrency=9, per_host=2, spacing=10.0)
    assert len(await visits(turns, ["a", "a"], again=True)) == 2


async def test_who_would_wait_for_long_is_told_when_to_come_again() -> None:
    turns = Turns(concurrency=9, per_host=1, spacing=50.0)
    async with turns.at("a", again=True):
        waiting = [asyncio.ensure_future(visits(turns, ["a"])) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Crowded) as told:
            await visits(turns, ["a"])
        assert told.value.retry_after == 150.0
        await visits(turns, ["b"])
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def test_hosts_whose_time_is_over_are_forgotten() -> None:
    turns = Turns(concurrency=100, per_host=2, spacing=0)
    for number in range(25):
        await visits(turns, [f"host{number}.{nth}" for nth in range(100)])
    assert len(turns._hosts) <= 1_000
