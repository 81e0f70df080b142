"""Whatever the network does, no second of the server sees more requests than Discord allows; refusals are counted."""

import asyncio
import random
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from adapters.discord.limits import Attempt, Limits
from bot.errors import PlatformUnavailable

PERIOD = 0.2


class Server:
    """Counts requests when it comes to them, which is some time after they were sent and before they are answered."""

    def __init__(self) -> None:
        self.seen: list[float] = []
        self.status = 200
        self.headers: dict[str, str] = {}
        self.url = ""

    async def answer(self, _request: web.Request) -> web.Response:
        chance = random.Random(len(self.seen))
        await asyncio.sleep(chance.random() * PERIOD / 4)
        self.seen.append(asyncio.get_running_loop().time())
        await asyncio.sleep(chance.random() * PERIOD / 4)
        return web.Response(status=self.status, headers=self.headers)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    app = web.Application()
    app.router.add_get("/{path:.*}", server.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


async def asked(limits: Limits, server: Server, path: str, count: int) -> None:
    async with aiohttp.ClientSession(trace_configs=[limits.trace()]) as session:

        async def ask() -> None:
            async with session.get(server.url + path):
                pass

        await asyncio.gather(*(ask() for _ in range(count)))


async def test_no_period_of_the_server_has_more_requests_than_allowed(server: Server) -> None:
    await asked(Limits(10, period=PERIOD), server, "/channels", 60)
    seen = sorted(server.seen)
    assert len(seen) == 60
    most = max(sum(1 for at in seen if start <= at < start + PERIOD) for start in seen)
    assert most <= 10


async def test_answers_to_interactions_do_not_wait(server: Server) -> None:
    limits = Limits(1, period=3600.0)
    await asked(limits, server, "/channels", 1)
    async with asyncio.timeout(30):
        await asked(limits, server, "/interactions/1/token/callback", 5)
        await asked(limits, server, "/webhooks/1/token/messages/@original", 5)


async def test_before_discord_would_ban_the_address_the_bot_stops_asking(server: Server) -> None:
    limits = Limits(50, period=0.0, most_refused=3)
    server.status = 403
    await asked(limits, server, "/channels", 3)
    with pytest.raises(PlatformUnavailable, match="doctor") as refused:
        await asked(limits, server, "/channels", 1)
    assert refused.value.retry_after is not None
    assert len(server.seen) == 3


@pytest.mark.parametrize(("status", "unsure"), [(200, False), (404, False), (429, False), (500, True), (503, True)])
async def test_an_attempt_is_unsure_once_the_server_failed_in_it(server: Server, status: int, unsure: bool) -> None:
    server.status, attempt = status, Attempt()
    async with (
        aiohttp.ClientSession(trace_configs=[Limits(5).trace()]) as session,
        session.get(server.url, trace_request_ctx=attempt),
    ):
        pass
    assert attempt.unsure == unsure


async def test_an_attempt_that_never_reached_the_server_is_not_unsure() -> None:
    attempt = Attempt()
    async with aiohttp.ClientSession(trace_configs=[Limits(5).trace()]) as session:
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get("http://127.0.0.1:1/", trace_request_ctx=attempt)
    assert not attempt.unsure


_ROUTE = {"Bucket": "b", "Limit": "5", "Remaining": "1", "Reset-After": "3600"}


@pytest.mark.parametrize(
    ("told", "used"),
    [
        (_ROUTE, 0.8),
        ({**_ROUTE, "Remaining": "0"}, 1),
        ({**_ROUTE, "Reset-After": "0"}, 0),  # it is empty again
        ({**_ROUTE, "Limit": "0"}, 0),
        ({**_ROUTE, "Remaining": "many"}, 0),
        ({}, 0),
    ],
)
async def test_of_routes_it_is_told_what_discord_said(server: Server, told: dict[str, str], used: float) -> None:
    limits = Limits(10, period=0.0)
    server.headers = {f"X-RateLimit-{name}": value for name, value in told.items()}
    await asked(limits, server, "/channels", 1)
    assert limits.used()["route"] == pytest.approx(used)


async def test_what_is_used_of_a_second_and_of_refusals_is_told(server: Server) -> None:
    limits = Limits(10, period=3600.0, most_refused=8)
    assert limits.used() == {"global": 0, "route": 0, "refused": 0}
    server.status = 403
    await asked(limits, server, "/channels", 4)
    await asked(limits, server, "/interactions/1/token/callback", 1)
    assert limits.used() == {"global": 0.4, "route": 0, "refused": 5 / 8}


async def test_what_was_used_is_free_after_a_second(server: Server) -> None:
    limits = Limits(10, period=0.0)
    await asked(limits, server, "/channels", 30)
    await asyncio.sleep(0)
    assert limits.used()["global"] == 0
