"""What the gateway makes of a socket's frames."""

import json
import time

from aiohttp import WSMessage, WSMsgType
from slack_sdk.socket_mode.aiohttp import SocketModeClient

from adapters.slack.gateway import _Turns
from adapters.slack.order import in_order


async def test_a_connection_that_brings_events_is_not_dead_though_its_pong_stands_behind_them() -> None:
    async def began() -> None:
        pass

    client = SocketModeClient("xapp-1", ping_interval=5)
    turns = _Turns(began, in_order("socket"), client)
    client.last_ping_pong_time = time.time() - 3600  # of the connection before
    assert await client.is_ping_pong_failing()
    await turns.heard(WSMessage(WSMsgType.TEXT, json.dumps({"type": "events_api"}), None))
    assert not await client.is_ping_pong_failing()
    await turns.aclose()
    await client.close()
