"""Live updates: an event when the channel changes, and an end when either side goes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from adapters.web.guard import Guard
from adapters.web.live import Live
from adapters.web.pages import Pages
from adapters.web.visitor import settings_of
from tests.fakes.house import FakeHouse
from tests.unit.adapters.web.conftest import filled
from tests.unit.adapters.web.samples import article, channel, digest


class Streaming:
    """The live route alone, looking every few milliseconds."""

    def __init__(self, house: FakeHouse) -> None:
        self.house = house
        self.live = Live(house.archive, every=0.005)
        guard = Guard(house, settings_of({}))
        self.app = web.Application()
        self.app.add_routes([web.get("/c/{name}/live", guard.reading(Pages(guard, self.live).live))])

    @asynccontextmanager
    async def stream(self, query: str = "", **headers: str) -> AsyncIterator[ClientResponse]:
        async with (
            TestClient(TestServer(self.app)) as client,
            client.get(f"/c/team/live{query}", headers=headers) as response,
        ):
            assert response.status == 200
            yield response


async def event(response: ClientResponse) -> dict[str, str]:
    """The next event, signs of life passed over."""
    fields: dict[str, str] = {}
    async for raw in response.content:
        line = raw.decode().rstrip("\n")
        if not line and fields:
            return fields
        name, _, value = line.partition(": ")
        if name:
            fields[name] = value
    return fields


@pytest.fixture
def streaming() -> Streaming:
    return Streaming(filled())


async def test_a_change_is_told(streaming: Streaming) -> None:
    async with streaming.stream() as response, asyncio.timeout(5):
        assert response.headers["Content-Type"] == "text/event-stream"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert await response.content.readline() == b": here\n"
        streaming.house.archive.kept.append(digest(20, channel(), article(1)))
        version = await streaming.house.archive.version("team")
        assert await event(response) == {"id": version, "event": "change", "data": version}


@pytest.mark.parametrize("known", ["page", "header"])
async def test_a_change_since_the_page_was_made_is_told_at_once(streaming: Streaming, known: str) -> None:
    query, headers = ("?since=old", {}) if known == "page" else ("?since=4.0", {"Last-Event-ID": "old"})
    async with streaming.stream(query, **headers) as response, asyncio.timeout(5):
        assert (await event(response))["event"] == "change"


async def test_streams_end_when_the_platform_does(streaming: Streaming) -> None:
    async with streaming.stream() as response, asyncio.timeout(5):
        await response.content.readline()
        streaming.live.close()
        assert b"event" not in await response.content.read()
    assert streaming.live.streams == 0


async def test_a_stream_ends_when_its_client_goes(streaming: Streaming) -> None:
    async with streaming.stream() as response, asyncio.timeout(5):
        await response.content.readline()
        assert streaming.live.streams == 1
        response.close()
        while streaming.live.streams:  # nothing tells that a stream has ended
            await asyncio.sleep(0)


async def test_a_stream_ends_when_the_database_is_lost(streaming: Streaming) -> None:
    async with streaming.stream() as response, asyncio.timeout(5):
        await response.content.readline()
        streaming.house.archive.broken = True
        assert await event(response) == {}


async def test_no_stream_is_opened_after_the_end(streaming: Streaming) -> None:
    streaming.live.close()
    async with TestClient(TestServer(streaming.app)) as client:
        assert (await client.get("/c/team/live")).status == 503
