"""The local Slack's rate limits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.slack_server import Channel, Limits, SlackServer
from tests.platforms.slack_server.limits import TIERS, Gate

Strict = Callable[[Limits], AbstractAsyncContextManager[tuple[SlackServer, Channel, AsyncWebClient]]]


@pytest.fixture
def strict() -> Strict:
    """A local Slack with limits of its own."""

    @asynccontextmanager
    async def running(limits: Limits) -> AsyncIterator[tuple[SlackServer, Channel, AsyncWebClient]]:
        slack = SlackServer(limits=limits)
        await slack.start()
        workspace = slack.add_workspace()
        channel = slack.add_channel(workspace, "ai-team")
        client = AsyncWebClient(token=workspace.bot_token, base_url=slack.api_url, retry_handlers=[])
        yield slack, channel, client
        await slack.stop()
        assert slack.violations == []

    return running


async def wait_of(asked: Any) -> int:
    """What a 429 asks to wait."""
    with pytest.raises(SlackApiError) as caught:
        await asked
    assert caught.value.response.status_code == 429
    assert caught.value.response["error"] == "ratelimited"
    return int(caught.value.response.headers["Retry-After"])


async def test_a_channel_takes_a_few_messages_at_once_and_then_one_a_second(strict: Strict) -> None:
    async with strict(Limits(scale=10)) as (slack, channel, web):
        for number in range(4):
            await web.chat_postMessage(channel=channel.id, text=str(number))
        assert await wait_of(web.chat_postMessage(channel=channel.id, text="x")) == 1
        other = slack.add_channel(channel.workspace, "other")
        await web.chat_postMessage(channel=other.id, text="x")
        await asyncio.sleep(0.11)
        await web.chat_postMessage(channel=channel.id, text="x")
        assert (slack.too_many, len(slack.messages(channel))) == (1, 5)
        assert slack.ignored_429 == 1  # a second was asked for, and a tenth was waited


async def test_a_workspace_takes_so_many_messages_in_all(strict: Strict) -> None:
    async with strict(Limits(chat_per_minute=60, chat_at_once=3)) as (slack, channel, web):
        others = [slack.add_channel(channel.workspace, f"c{number}") for number in range(4)]
        for one in others[:3]:
            await web.chat_postMessage(channel=one.id, text="x")
        assert await wait_of(web.chat_postMessage(channel=others[3].id, text="x")) == 1
        elsewhere = slack.add_workspace("Elsewhere")
        there = AsyncWebClient(token=elsewhere.bot_token, base_url=slack.api_url)
        await there.chat_postMessage(channel=slack.add_channel(elsewhere, "x").id, text="x")


@pytest.mark.parametrize(
    ("tier", "method"), [(1, "apps.connections.open"), (2, "users.list"), (3, "team.info"), (4, "users.info")]
)
async def test_methods_have_the_limit_of_their_tier(strict: Strict, tier: int, method: str) -> None:
    per_minute, burst = TIERS[tier]
    async with strict(Limits()) as (slack, channel, web):
        client = AsyncWebClient(token=slack.app_token, base_url=slack.api_url, retry_handlers=[]) if tier == 1 else web
        verb = "POST" if tier == 1 else "GET"
        args = {"user": channel.workspace.owner} if tier == 4 else {}
        for _ in range(int(burst)):
            await client.api_call(method, http_verb=verb, params=args)
        wait = await wait_of(client.api_call(method, http_verb=verb, params=args))
        assert abs(wait - 60 / per_minute) <= 1


async def test_history_may_be_limited_to_one_a_minute_and_fifteen_a_page(strict: Strict) -> None:
    async with strict(Limits(history_per_minute=1, history_page=15)) as (slack, channel, web):
        for number in range(20):
            slack.post_as(channel.creator, channel, str(number))
        assert len((await web.conversations_history(channel=channel.id, limit=100))["messages"]) == 15
        assert 55 <= await wait_of(web.conversations_history(channel=channel.id)) <= 60
        ts = slack.messages(channel)[0].ts
        await web.conversations_replies(channel=channel.id, ts=ts)
        await web.reactions_get(channel=channel.id, timestamp=ts)


async def test_a_429_on_demand_is_not_the_bots_fault_but_what_follows_it_is(strict: Strict) -> None:
    async with strict(Limits.wide()) as (slack, channel, web):
        slack.fail("chat.postMessage", "429", seconds=2.5)
        assert await wait_of(web.chat_postMessage(channel=channel.id, text="x")) == 3
        await web.chat_postMessage(channel=channel.id, text="x")  # might have been under way
        assert (slack.too_many, slack.ignored_429) == (0, 0)
        await asyncio.sleep(0.11)
        await web.chat_postMessage(channel=channel.id, text="x")
        assert slack.ignored_429 == 1


def test_a_bucket_fills_with_time() -> None:
    clock = [0.0]
    gate = Gate(Limits(), lambda: clock[0])
    passed = 0
    for _ in range(600):
        clock[0] += 0.1
        passed += gate.passes("reactions.add", 3, "T1", "C1") is None
    assert 50 <= passed <= 60
