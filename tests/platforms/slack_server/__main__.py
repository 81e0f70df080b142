"""The local Slack on its own: `python -m tests.platforms.slack_server --port 0` prints its API's URL and waits."""

from __future__ import annotations

import argparse
import asyncio
import contextlib

from tests.platforms.slack_server import SlackServer


def main() -> None:
    parser = argparse.ArgumentParser(description="A local Slack with one workspace, one channel and one member.")
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds added to every request")
    parser.add_argument("--http-to", default=None, help="the app's address, for HTTP mode")
    given = parser.parse_args()
    server = SlackServer(latency=given.latency)
    server.http_to(given.http_to)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(server, given.port))


async def _serve(server: SlackServer, port: int) -> None:
    workspace = server.add_workspace("Acme")
    channel = server.add_channel(workspace, "ai-team")
    member = server.add_member(workspace, "ada", admin=True)
    await server.start(port)
    print(server.api_url, flush=True)
    print(f"authorize {server.authorize_url}", flush=True)
    print(f"bot token {workspace.bot_token}  app token {server.app_token}", flush=True)
    print(f"signing secret {server.signing_secret}  client {server.client_id} {server.client_secret}", flush=True)
    print(f"workspace {workspace.id}  channel {channel.id}  member {member.id}", flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await server.stop()


main()
