"""The local Discord on its own: `python -m tests.platforms.discord_server --port 0` prints its API's URL and waits."""

from __future__ import annotations

import argparse
import asyncio
import contextlib

from tests.platforms.discord_server import DiscordServer, Limits


def main() -> None:
    parser = argparse.ArgumentParser(description="A local Discord with one server, one channel and one member.")
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds added to every request")
    parser.add_argument("--per-second", type=int, default=50, help="the global rate limit")
    parser.add_argument("--shards", type=int, default=1, help="how many are recommended")
    given = parser.parse_args()
    server = DiscordServer(latency=given.latency, limits=Limits(global_per_second=given.per_second))
    server.shards = given.shards
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(server, given.port))


async def _serve(server: DiscordServer, port: int) -> None:
    guild = server.add_guild("Acme")
    channel = server.add_channel(guild, "ai-team")
    member = server.add_member(guild, "ada", manage_guild=True)
    await server.start(port)
    print(server.api_url, flush=True)
    print(f"token {server.token}  guild {guild.id}  channel {channel.id}  member {member}", flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await server.stop()


main()
