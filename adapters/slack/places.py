"""Which of the configured channels the bot can post in, and in which workspace each is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import structlog

from adapters.slack.errors import code_of
from adapters.slack.reactions import PLATFORM
from adapters.slack.web import Web
from bot.errors import ChannelLost, PlatformError, PlatformUnavailable
from bot.model import Channel, ChannelEvent, ChannelSpec
from bot.ports import House

_log = structlog.get_logger(__name__)
_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{6,}")


class Places:
    def __init__(self, house: House, web: Web) -> None:
        self._house = house
        self._web = web
        self._all_known = False

    async def know(self, place: str) -> None:
        """Looks at a channel that was not looked at yet: in the bot's first moments a command may come before that, and
        nobody would know that the channel is a configured one."""
        if self._all_known:
            return
        for channel in await self._house.archive.channels(PLATFORM):
            if channel.spec.place == place and not channel.spec.workspace:
                await self._looked_at(channel)

    async def review_all(self) -> None:
        looked_at = [await self._looked_at(channel) for channel in await self._house.archive.channels(PLATFORM)]
        self._all_known = all(looked_at)

    async def _looked_at(self, channel: Channel) -> bool:
        """False: Slack cannot be asked just now."""
        try:
            await self._review(channel)
        except PlatformUnavailable as error:
            _log.info("a channel could not be looked at", channel=channel.name, reason=str(error))
            return False
        return True

    async def _review(self, channel: Channel) -> None:
        """Tells of a channel whether the bot can post there."""
        workspace, place = channel.spec.workspace, channel.spec.place
        try:
            workspace = (await self._web.installs.of(workspace)).team
            found = (await self._web.get(workspace, "conversations.info", {"channel": place_of(channel.spec)}))[
                "channel"
            ]
            trouble = trouble_in(found)
            if trouble is not None:
                raise trouble
        except PlatformUnavailable:
            raise
        except ChannelLost as error:
            if not channel.paused and code_of(error) != "missing_scope":  # it may post without seeing what it posts to
                await self._tell("lost", workspace, place, error)
        except PlatformError as error:
            _log.info("a channel could not be looked at", channel=channel.name, reason=str(error))
        else:
            if channel.lost or not channel.spec.workspace:
                await self._tell("restored" if channel.lost else "joined", workspace, place)

    async def _tell(self, kind: Any, workspace: str, place: str, lost: ChannelLost | None = None) -> None:
        await self._house.listener.changed(
            ChannelEvent(kind=kind, platform=PLATFORM, workspace=workspace, place=place, reason=lost or "")
        )


def trouble_in(found: Mapping[str, Any]) -> ChannelLost | None:
    """Why the bot cannot post in a channel as conversations.info shows it."""
    if found.get("is_archived"):
        fix = "unarchive it, or set the id of another in config.toml"
        return ChannelLost("the channel is archived", fix=fix).told("lost.archived")
    if not found.get("is_member", True) and not found.get("is_im"):
        return ChannelLost("the bot is not in the channel", fix="type /invite @digestbot in it").told("lost.away")
    return None


def place_of(spec: ChannelSpec) -> str:
    """The channel's id. Raises ChannelLost where it is a name, which Slack's events do not know it by."""
    place = spec.place
    if not _CHANNEL_ID.fullmatch(place):
        fix = "copy the id in Slack: the channel's name, About, at its very end"
        raise ChannelLost(f"{place!r} is no channel id", fix=fix).told("lost.id", place=place)
    return place
