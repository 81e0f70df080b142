"""What admins are told by themselves, where their platform is here to do it. Nobody waits for it or fails by it."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from bot.errors import PlatformError
from bot.model import Channel
from bot.ports import ChatPlatform

_log = structlog.get_logger(__name__)


async def tell_admins(platforms: Mapping[str, ChatPlatform], channel: Channel, notice: str) -> None:
    """Tells the channel's admins; says in the log where they cannot be reached."""
    platform = platforms.get(channel.spec.platform)
    if platform is None:
        return
    try:
        await platform.tell_admin(channel, notice)
    except PlatformError as error:
        _log.warning("no admin could be told", channel=channel.name, error=str(error))
