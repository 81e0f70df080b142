"""Deliveries to a rate-limited Discord, against the limit itself: requests a second, seeds counted.

`python -m bench deliver [CHANNELS] [SPEED] [ARTICLES]`: so many channels are due at once (300), each with so many
articles (5); the server's limits are SPEED times as generous (1). Server and bot are a process each.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.app import opened
from bot.config import load
from bot.model import Occurrence
from tests.platforms.discord_server import DiscordServer, Limits
from tests.scenario.discord_world import config
from tests.scenario.world import read_all, write_world

ARTICLES, LATENCY, HEARTBEAT = 5, 0.02, 5_000
_ROOT = Path(__file__).parents[1]
_WORK = ("messages", "/@me")  # what a request of a delivery ends with


@dataclass(frozen=True)
class Round:
    channels: int
    requests: int
    seconds: float
    share: float  # of the limit
    too_many: int
    late_heartbeats: int
    messages: int
    doubled: int
    loop: dict[str, object]


def main(arguments: Sequence[str]) -> None:
    os.environ["DISCORD_TOKEN"] = "the.local.token"
    channels, speed, articles = (*map(float, arguments), *(300, 1.0, ARTICLES)[len(arguments) :])
    with tempfile.TemporaryDirectory() as folder:
        done = asyncio.run(measured(Path(folder), int(channels), speed, articles=int(articles)))
    print(
        f"{done.channels} channels due at once, {done.messages} messages and their seeds: {done.requests} requests in "
        f"{done.seconds:.1f} s, {done.requests / done.seconds:.1f} a second, {done.share:.1%} of the limit of "
        f"{50 * speed:g}; 429 answers {done.too_many}, doubled messages {done.doubled}, late heartbeats "
        f"{done.late_heartbeats}; the bot's event loop: {json.dumps(done.loop)}"
    )


async def measured(folder: Path, channels: int, speed: float, *, articles: int = ARTICLES) -> Round:
    limits = Limits(global_per_second=int(50 * speed), messages=(5, 5.0 / speed), reactions=(1, 0.25 / speed))
    server = DiscordServer(latency=LATENCY / speed, limits=limits, spec=None)
    server.heartbeat_interval = HEARTBEAT
    await server.start()
    try:
        guild = server.add_guild()
        places = {f"c{number}": server.add_channel(guild, f"c{number}").id for number in range(channels)}
        path = write_world(folder, articles=articles, config=config(server, places, per_second=int(50 * speed)))
        await due(path)
        out = folder / "out.json"
        bot = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.bot_under_load", path, out, cwd=_ROOT)
        if await bot.wait() != 0:
            raise SystemExit("the bot ended with an error")
        return _round(server, places, speed, json.loads(out.read_text()))
    finally:
        await server.stop()


async def due(path: Path) -> None:
    """Everything is read, and every channel's time has come."""
    async with opened(load(path), connect=False) as app:
        await read_all(app)
        now = datetime.now(UTC)
        async with app.store.begin() as tx:
            for channel in await tx.channels.all():
                await tx.schedules.plan({channel.id: Occurrence(now, "slot")})


def _round(server: DiscordServer, places: dict[str, str], speed: float, loop: dict[str, object]) -> Round:
    work = [one for one in server.requests if one.path.endswith(_WORK) and one.method in ("POST", "PUT")]
    began, ended = min(one.at for one in work), max(one.at + one.seconds for one in work)
    counted = [one for one in server.requests if began <= one.at <= ended]
    texts = Counter(
        (place, json.dumps(message.payload["components"], sort_keys=True))
        for place in places.values()
        for message in server.messages(place)
    )
    return Round(
        channels=len(places),
        requests=len(counted),
        seconds=ended - began,
        share=len(counted) / (ended - began) / (50 * speed),
        too_many=server.too_many,
        late_heartbeats=len(server.late_heartbeats),
        messages=sum(texts.values()),
        doubled=sum(texts.values()) - len(texts),
        loop=loop,
    )
