"""A web platform on a real server on loopback, over the fake house."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from adapters.web import kit
from adapters.web.client import WebPlatform
from bot.ports import ChatPlatform
from tests.fakes.house import FakeHouse
from tests.unit.adapters.web.samples import article, channel, digest, nasty


@dataclass
class Site:
    """A served house. Forms are sent as a browser's own page would send them."""

    house: FakeHouse
    platform: ChatPlatform
    client: TestClient[web.Request, web.Application]

    @property
    def origin(self) -> str:
        return str(self.client.make_url("/")).rstrip("/")

    async def text(self, path: str, status: int = 200, headers: Mapping[str, str] | None = None) -> str:
        response = await self.client.get(path, headers=headers)
        assert response.status == status, await response.text()
        return await response.text()

    async def token(self, headers: Mapping[str, str] | None = None) -> str:
        found = re.search(r'name="token" value="([0-9a-f]{64})"', await self.text("/c/team", headers=headers))
        assert found, "the page has no form"
        return found[1]

    async def send(self, path: str, fields: Mapping[str, object], **headers: str) -> ClientResponse:
        given = {"Origin": self.origin, **headers}
        return await self.client.post(path, data=fields, headers=given, allow_redirects=False)


Open = Callable[..., Awaitable[Site]]


@pytest.fixture
async def opened() -> AsyncIterator[Open]:
    """Opens a site with these settings of [web], over this house or one with a channel of two digests."""
    async with AsyncExitStack() as stack:

        async def open_site(house: FakeHouse | None = None, **settings: object) -> Site:
            house = house or filled()
            platform = kit(settings).connect(house)
            app = web.Application()
            app.add_routes(route for route in platform.routes() if isinstance(route, web.AbstractRouteDef))
            client = await stack.enter_async_context(TestClient(TestServer(app)))
            assert isinstance(platform, WebPlatform)
            return Site(house, platform, client)

        yield open_site


@pytest.fixture
async def site(opened: Open) -> Site:
    return await opened()


def filled() -> FakeHouse:
    team, slack = channel(), channel("ops", platform="slack", number=2)
    first, second = article(1), article(2, title="A second story")
    return FakeHouse(
        channels=[team, slack],
        digests=[digest(11, team, first), digest(12, team, second, nasty()), digest(13, slack, first)],
        articles=[first, second, nasty()],
    )
