"""The local Discord's rules for messages, its rate limits and what goes wrong on demand."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import aiohttp
import discord
import pytest
from discord.http import HTTPClient, Route

from tests.platforms.discord_server import KINDS, Channel, DiscordServer, Limits
from tests.platforms.discord_server.emoji import is_unicode

V2 = 1 << 15


def _text(content: str, **more: Any) -> dict[str, Any]:
    return {"type": 10, "content": content, **more}


def _button(**fields: Any) -> dict[str, Any]:
    return {"type": 1, "components": [{"type": 2, **fields}]}


def _post(http: HTTPClient, place: str, body: dict[str, Any]) -> Any:
    return http.request(Route("POST", "/channels/{channel_id}/messages", channel_id=place), json=body)


TAKEN = [
    {"content": "x" * 2000},
    {"embeds": [{"title": "t" * 256, "description": "d" * 4096, "footer": {"text": "f" * 1648}}]},
    {"flags": V2, "components": [_text("x" * 3998 + "😀")]},
    {"flags": V2, "components": [{"type": 17, "components": [_text("x") for _ in range(39)]}]},
    {"content": "x", "components": [_button(style=1, label="l" * 80, custom_id="c" * 100)]},
    {"flags": V2, "components": [_text("a", id=1), _text("b", id=2)]},
]
REFUSED = [
    ({"content": ""}, 50006),
    ({"content": "  "}, 50006),
    ({"content": "😀" * 1001}, 50035),
    ({"content": "x", "nonce": "n" * 26}, 50035),
    ({"embeds": [{"title": "t" * 257}]}, 50035),
    ({"embeds": [{"title": "t"}] * 11}, 50035),
    ({"embeds": [{"description": "d" * 3001}, {"description": "d" * 3000}]}, 50035),
    ({"embeds": [{"title": "t", "url": "javascript:x"}]}, 50035),
    ({"embeds": [{"fields": [{"name": "", "value": "v"}]}]}, 50035),
    ({"flags": V2, "components": [_text("x" * 3999 + "😀")]}, 50035),
    ({"flags": V2, "components": [{"type": 17, "components": [_text("x") for _ in range(40)]}]}, 50035),
    ({"flags": V2, "components": [_text("a", id=1), _text("b", id=1)]}, 50035),
    ({"flags": V2, "components": [_text(" ")]}, 50035),
    ({"flags": V2, "content": "x", "components": [_text("x")]}, 50035),
    ({"content": "x", "components": [_text("x")]}, 50035),
    ({"content": "x", "components": [_button(style=1, label="l" * 81, custom_id="c")]}, 50035),
    ({"content": "x", "components": [_button(style=1, label="l", custom_id="")]}, 50035),
    ({"content": "x", "components": [_button(style=5, label="l")]}, 50035),
    ({"content": "x", "components": [_button(style=1, label="l", custom_id="c")] * 2}, 50035),
    ({"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["5"]}}, 50035),
]


async def test_messages_up_to_the_limits_are_taken(server: DiscordServer, channel: Channel, http: HTTPClient) -> None:
    for body in TAKEN:
        await _post(http, channel.id, body)
    assert len(server.messages(channel.id)) == len(TAKEN)


@pytest.mark.parametrize(("body", "code"), REFUSED)
async def test_messages_past_a_limit_are_refused_and_noted(
    server: DiscordServer, channel: Channel, http: HTTPClient, body: dict[str, Any], code: int
) -> None:
    with pytest.raises(discord.HTTPException) as caught:
        await _post(http, channel.id, body)
    assert (caught.value.status, caught.value.code) == (400, code)
    assert server.violations
    assert server.messages(channel.id) == []
    server.violations.clear()


@pytest.mark.parametrize("emoji", ["👍", "👍🏽", "❤️", "❤", "1️⃣", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "👩‍👩‍👧", "🇫🇷", "‼️", "©️", "🫨"])
def test_emoji_are_known(emoji: str) -> None:
    assert is_unicode(emoji)


@pytest.mark.parametrize("emoji", ["", "x", "1", "好", "é", "thumbsup", "\u200d", "👍x"])
def test_what_is_no_emoji_is_not_taken_for_one(emoji: str) -> None:
    assert not is_unicode(emoji)


# ------------------------------------------------------------ limits


async def test_a_client_that_heeds_the_headers_meets_no_429(
    server: DiscordServer, channel: Channel, http: HTTPClient
) -> None:
    server.gate.limits.messages = (5, 0.3)
    before = time.monotonic()
    await asyncio.gather(*(_post(http, channel.id, {"content": str(number)}) for number in range(12)))
    assert time.monotonic() - before > 0.55
    assert server.too_many == 0


async def _bare(server: DiscordServer, path: str, times: int) -> list[aiohttp.ClientResponse]:
    headers = {"Authorization": f"Bot {server.token}", "User-Agent": "DiscordBot (https://example.org, 1)"}
    async with aiohttp.ClientSession(headers=headers) as session:
        answers = [await session.get(server.api_url + path) for _ in range(times)]
        for one in answers:
            await one.read()
    return answers


async def test_more_than_fifty_a_second_are_too_many(server: DiscordServer) -> None:
    server.gate.limits.others = (1000, 1.0)
    answers = await _bare(server, "/users/@me", 53)
    assert [one.status for one in answers] == [200] * 50 + [429] * 3
    assert (server.too_many, server.invalid_requests) == (3, 3)
    last = answers[-1]
    told = await last.json()
    assert told["global"] is True
    assert 0 < told["retry_after"] <= 1
    assert {"Via", "Retry-After", "X-RateLimit-Global", "X-RateLimit-Scope"} <= set(last.headers)
    await asyncio.sleep(told["retry_after"])
    assert [one.status for one in await _bare(server, "/users/@me", 1)] == [200]


async def test_a_bucket_of_its_own_for_each_route_and_channel(server: DiscordServer, channel: Channel) -> None:
    server.gate.limits.others = (2, 60.0)
    path = f"/channels/{channel.id}"
    first, second, third = await _bare(server, path, 3)
    assert [one.headers["X-RateLimit-Remaining"] for one in (first, second, third)] == ["1", "0", "0"]
    assert third.status == 429
    assert third.headers["X-RateLimit-Scope"] == "user"
    assert (await third.json())["global"] is False
    assert abs(float(first.headers["X-RateLimit-Reset"]) - time.time() - 60) < 5
    assert first.headers["Content-Type"] == "application/json"
    assert first.headers["X-RateLimit-Bucket"] == third.headers["X-RateLimit-Bucket"]
    other = server.add_channel(channel.guild, "other")
    assert (await _bare(server, f"/channels/{other.id}", 1))[0].status == 200


async def test_a_faster_clock_makes_every_window_shorter() -> None:
    server = DiscordServer(limits=Limits(others=(1, 10.0), scale=100.0))
    await server.start()
    first, second = await _bare(server, "/users/@me", 2)
    assert (first.status, second.status) == (200, 429)
    assert 0 < (await second.json())["retry_after"] <= 0.1
    await asyncio.sleep(0.11)
    assert (await _bare(server, "/users/@me", 1))[0].status == 200
    await server.stop()


# ------------------------------------------------------------ what goes wrong

DONE = {  # how it goes wrong -> (what discord.py makes of it, whether the message is there in the end)
    "error_before": (None, 1),
    "error_after": (None, 1),  # it tries again, with the same nonce
    "503": (discord.HTTPException, 0),
    "drop_before": (aiohttp.ClientError, 0),
    "drop_after": (aiohttp.ClientError, 1),
    "429": (None, 1),
    "429_global": (None, 1),
    "429_cloudflare": (discord.HTTPException, 0),
    "slow": (None, 1),
    "bad_json": (ValueError, 1),
    "hang": (TimeoutError, 0),
}


@pytest.mark.parametrize("how", KINDS)
async def test_faults_are_what_they_are_called(
    server: DiscordServer, channel: Channel, http: HTTPClient, how: str
) -> None:
    committed: list[str] = []
    server.on_commit = lambda method, path, body: committed.append(f"{method} {body['content']}")
    server.fail(method="POST", path=r"/channels/\d+/messages$", how=how, seconds=0.05)
    error, there = DONE[how]
    body = {"content": "x", "nonce": "n", "enforce_nonce": True}
    sending = asyncio.wait_for(_post(http, channel.id, body), 5 if how != "hang" else 0.3)
    if error is None:
        await sending
    else:
        with pytest.raises(error):
            await sending
    assert len(server.messages(channel.id)) == there == len(committed)
    assert server.too_many == 0
    assert server.faults.given == 1


async def test_chaos_is_the_same_for_the_same_seed_and_ends(server: DiscordServer, channel: Channel) -> None:
    def course(seed: int) -> list[str | None]:
        server.chaos(seed=seed, rate=0.5)
        faults = [server.faults.of("POST", "/channels/1/messages") for _ in range(50)]
        return [fault.how if fault else None for fault in faults]

    assert course(7) == course(7) != course(8)
    assert {None, "503"} < set(course(7))
    assert server.faults.of("GET", "/channels/1/messages") is None
    server.calm()
    assert server.faults.of("POST", "/channels/1/messages") is None
