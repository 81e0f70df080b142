"""Many sources at once: several hundred requests in flight in one process; no slow host holds up the others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.app import App
from tests.fakes.clock import FakeClock
from tests.scenario.world import world

MANY = 300
CONFIG = """
[bot]
database = "sqlite:///digest.db"
[fetch]
concurrency = 300
allow_private = ["127.0.0.0/8"]
[[channels]]
name = "web"
"""
FEED = b"<rss version='2.0'><channel><title>A feed</title></channel></rss>"


class Crowd:
    """Answers nobody until so many are there at once; who asks the slow host waits for the end of the test."""

    def __init__(self) -> None:
        self.there = self.most = 0
        self.all_there = asyncio.Event()
        self.end = asyncio.Event()
        self.at_a_host: dict[str, int] = {}

    async def answer(self, request: web.Request) -> web.Response:
        host = request.host
        self.there += 1
        self.at_a_host[host] = self.at_a_host.get(host, 0) + 1
        self.most = max(self.most, self.there)
        if self.there >= MANY:
            self.all_there.set()
        await (self.end if request.path == "/slow" else self.all_there).wait()
        self.there -= 1
        return web.Response(body=FEED, content_type="application/rss+xml")


@pytest.fixture
async def crowd() -> Crowd:
    return Crowd()


@pytest.fixture
async def port(crowd: Crowd) -> AsyncIterator[int]:
    app = web.Application()
    app.router.add_get("/{path:.*}", crowd.answer)
    server = TestServer(app, host="0.0.0.0")
    await server.start_server()
    assert server.port is not None
    yield server.port
    crowd.end.set()
    await server.close()


def declared(*addresses: str) -> str:
    return CONFIG + "".join(f'[[sources]]\nurl = "{address}"\n' for address in addresses)


async def states(app: App) -> list[str]:
    async with app.store.read() as view:
        return [source.state for source in await view.sources.all()]


async def test_several_hundred_are_in_flight_at_once(crowd: Crowd, port: int, tmp_path: Path) -> None:
    addresses = (f"http://127.0.{number // 200 + 1}.{number % 200 + 1}:{port}/feed" for number in range(MANY))
    async with world(tmp_path, FakeClock(), config=declared(*addresses)) as app:
        await app.engine.refresh.due()
        assert await states(app) == ["ok"] * MANY
    assert crowd.most == MANY
    assert set(crowd.at_a_host.values()) == {1}


async def test_a_slow_host_holds_up_no_other_round(crowd: Crowd, port: int, tmp_path: Path) -> None:
    crowd.all_there.set()
    slow = [f"http://127.0.3.1:{port}/slow"]
    quick = [f"http://127.0.{number // 200 + 1}.{number % 200 + 1}:{port}/feed" for number in range(MANY)]
    async with world(tmp_path, FakeClock(), config=declared(*slow, *quick)) as app:
        round_of_all = asyncio.ensure_future(app.engine.refresh.due())
        while (await states(app)).count("ok") < MANY - 49:  # those in the round of the slow one are kept with it
            await asyncio.sleep(0)
        assert not round_of_all.done()
        crowd.end.set()
        await round_of_all
        assert await states(app) == ["ok"] * (MANY + 1)
