"""Deliveries out of PostgreSQL to the local Discord and Slack, against what their limits allow: `bench deliver` and
`bench deliver_slack` with fewer channels."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path

from bench import deliver, deliver_slack
from bench.scale.figures import keep
from tests.postgres import PostgresServer

CHANNELS, WORKSPACES = 60, 4


def main() -> None:
    os.environ |= {"DISCORD_TOKEN": "the.local.token", "DIGESTBOT_SECRET": "a secret for a measurement"}
    server = PostgresServer(durable=True)
    try:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["DIGESTBOT_DATABASE"] = server.prepared()
            discord = asyncio.run(deliver.measured(Path(folder), CHANNELS, 1.0))
        with tempfile.TemporaryDirectory() as folder:
            os.environ["DIGESTBOT_DATABASE"] = server.prepared()
            slack = asyncio.run(deliver_slack.measured(Path(folder), CHANNELS, WORKSPACES))
    finally:
        del os.environ["DIGESTBOT_DATABASE"]
        server.close()
    rate = discord.requests / discord.seconds
    print(
        f"Discord, {CHANNELS} channels: {rate:.1f} requests a second, {discord.share:.1%} of the limit, 429 answers "
        f"{discord.too_many}, doubled {discord.doubled}; Slack, {CHANNELS} channels in {WORKSPACES} workspaces: "
        f"{slack.share:.1%} of what the limits allow, 429 answers {slack.too_many}, doubled {slack.doubled}"
    )
    keep("discord", {"rate": rate, "ratio": discord.share, "messages_share": discord.messages / discord.requests})
    keep("slack", {"ratio": slack.share})
