"""Deliveries to a rate-limited Slack, against the limits themselves: messages by channel, seeds by workspace.

`python -m bench deliver_slack [CHANNELS] [WORKSPACES]`: so many channels (300) in so many workspaces (20) are due at
once, each with a header, five articles and two emoji on each. Server and bot are a process each.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from adapters.slack.installs import Install
from bench.deliver import due
from bot.app import opened
from bot.config import load
from tests.platforms.slack_server import Request, SlackServer, Workspace
from tests.platforms.slack_server.limits import Bucket
from tests.scenario.slack_world import SECRETS, config, environment
from tests.scenario.world import write_world

ARTICLES, EMOJI, LATENCY = 5, 2, 0.02
_ROOT = Path(__file__).parents[1]
_POST, _SEED = "chat.postMessage", "reactions.add"


@dataclass(frozen=True)
class Round:
    """A share: the seconds that a client would need which used up the limits, by the seconds that were needed."""

    channels: int
    messages: int
    doubled: int
    seeds: int
    posting: float  # seconds from the first message to the last
    in_channel: float  # from a channel's first message to its last, the median
    channel_share: float  # of that
    seconds: float  # from the first message to the last seed
    share: float  # of that
    too_many: int
    ignored: int
    loop: dict[str, object]


def main(arguments: Sequence[str]) -> None:
    channels, workspaces = (*map(int, arguments), *(300, 20)[len(arguments) :])
    with tempfile.TemporaryDirectory() as folder:
        done = asyncio.run(measured(Path(folder), channels, workspaces))
    print(
        f"{done.channels} channels in {workspaces} workspaces due at once: {done.messages} messages in "
        f"{done.posting:.1f} s, {done.messages / done.posting:.1f} a second, those of a channel in "
        f"{done.in_channel:.2f} s, {done.channel_share:.1%} of what its limit allows; with {done.seeds} seeds in "
        f"{done.seconds:.1f} s, {done.share:.1%} of what the limits allow; 429 answers "
        f"{done.too_many}, ignored {done.ignored}, doubled messages {done.doubled}; the bot's event loop: "
        f"{json.dumps(done.loop)}"
    )


async def measured(folder: Path, channels: int, workspaces: int) -> Round:
    server = SlackServer(latency=LATENCY, spec=None)
    await server.start()
    try:
        homes = [server.add_workspace(f"w{number}") for number in range(workspaces)]
        places = {f"c{n}": server.add_channel(homes[n % workspaces], f"c{n}") for n in range(channels)}
        more = {name: f'workspace = "{place.workspace.id}"' for name, place in places.items()}
        text = config(server, {name: place.id for name, place in places.items()}, more=more)
        path = write_world(folder, articles=ARTICLES, config=text)
        os.environ.update({**dict.fromkeys(SECRETS, ""), **environment(server, None)})
        await due(path)
        await _installed(path, homes)
        out = folder / "out.json"
        bot = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.bot_under_load", path, out, cwd=_ROOT)
        if await bot.wait() != 0:
            raise SystemExit("the bot ended with an error")
        return _round(server, [place.id for place in places.values()], workspaces, json.loads(out.read_text()))
    finally:
        await server.stop()


async def _installed(path: Path, homes: Sequence[Workspace]) -> None:
    """Every workspace has installed the app."""
    async with opened(load(path)) as app:
        installs = app.platforms["slack"]._web.installs  # type: ignore[attr-defined]
        for home in homes:
            await installs.save(Install(team=home.id, token=home.bot_token, bot_user=home.bot_user, bot_id=home.bot_id))


def _round(server: SlackServer, places: Sequence[str], workspaces: int, loop: dict[str, object]) -> Round:
    limits = server.gate.limits
    posts = [one for one in server.requests if one.method == _POST]
    work = [one for one in server.requests if one.method in (_POST, _SEED)]
    posting, seconds = _lasted(posts), _lasted(work)
    in_channel = statistics.median(_lasted([one for one in posts if one.args["channel"] == place]) for place in places)
    fewest = _alone(limits.chat_per_second, limits.chat_burst, ARTICLES + 1)
    per_minute, at_once = limits.tiers[3]
    least = _alone(per_minute / 60, at_once, math.ceil(len(places) / workspaces) * ARTICLES * EMOJI)
    messages = [(place, message) for place in places for message in server.messages(place)]
    seeds = sum(len(message.reactions) for _, message in messages)
    keys = Counter((place, json.dumps(message.payload["metadata"], sort_keys=True)) for place, message in messages)
    return Round(
        channels=len(places),
        messages=len(messages),
        doubled=len(messages) - len(keys),
        seeds=seeds,
        posting=posting,
        in_channel=in_channel,
        channel_share=fewest / in_channel,
        seconds=seconds,
        share=least / seconds,
        too_many=server.too_many,
        ignored=server.ignored_429,
        loop=loop,
    )


def _lasted(requests: Sequence[Request]) -> float:
    return max(one.at + one.seconds for one in requests) - min(one.at for one in requests)


def _alone(rate: float, most: float, requests: int) -> float:
    """Seconds from the first to the last of so many requests of a client that uses up one of the server's buckets."""
    bucket, now = Bucket(rate, most, most, 0.0), 0.0
    for _ in range(requests):
        now += bucket.wait(now)
        bucket.wait(now)  # fills it until then
        bucket.held -= 1
    return now
