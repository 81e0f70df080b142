"""What every route has in common: a call, its answer or refusal, and what it may touch. The routes are elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.platforms.discord_server.world import Channel, Guild, Message, World

if TYPE_CHECKING:
    from tests.platforms.discord_server import DiscordServer


class Told(NamedTuple):
    """`committed`: whether the world is another one now; for requests that change nothing it is of no account."""

    status: int
    body: Any = None
    committed: bool = True


class Refused(Exception):
    """`more` goes into the body. `fault`: the bot should not have asked, whatever the state of the world."""

    def __init__(self, status: int, code: int, message: str, *, fault: str = "", **more: object) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.fault, self.more = status, code, message, fault, more


def invalid(path: str, message: str, code: str = "BASE_TYPE_INVALID") -> Refused:
    """One field of a form is wrong."""
    errors: dict[str, Any] = {"_errors": [{"code": code, "message": message}]}
    for key in reversed(path.split(".")):
        errors = {key: errors}
    return Refused(400, 50035, "Invalid Form Body", fault=f"{path}: {message}", errors=errors)


@dataclass
class Call:
    """`ids` are the parts of the path."""

    server: DiscordServer
    ids: dict[str, str]
    body: Any
    query: dict[str, str]

    @property
    def world(self) -> World:
        return self.server.world

    def fields(self) -> dict[str, Any]:
        """The body, where it is an object."""
        if not isinstance(self.body, dict):
            raise invalid("_", "Expected an object")
        return self.body

    def limit(self, usual: int, most: int = 100) -> int:
        text = self.query.get("limit", str(usual))
        if not text.isdecimal() or not 1 <= int(text) <= most:
            raise invalid("limit", f"int value should be between 1 and {most}.", "NUMBER_TYPE_MAX")
        return int(text)

    def guild(self) -> Guild:
        guild = self.world.guilds.get(self.ids["guild_id"])
        if guild is None or not guild.open:
            raise Refused(404, 10004, "Unknown Guild")
        return guild

    def channel(self, *needed: str) -> Channel:
        """The channel of the path, where the bot may see it and do what is needed."""
        world = self.world
        channel = world.channels.get(self.ids["channel_id"])
        if channel is None or channel.deleted or (channel.guild and channel.guild.removed):
            raise Refused(404, 10003, "Unknown Channel")
        if (channel.guild and channel.guild.kicked) or not world.may(channel, "view_channel"):
            raise Refused(403, 50001, "Missing Access")
        if not world.may(channel, *needed):
            raise Refused(403, 50013, "Missing Permissions")
        return channel

    def message(self, channel: Channel) -> Message:
        message = channel.messages.get(self.ids["message_id"])
        if message is None or message.deleted:
            raise Refused(404, 10008, "Unknown Message")
        return message

    def message_to_change(self, *needed: str) -> tuple[Channel, Message]:
        """The message of the path; in a thread that is folded away nothing can be changed."""
        channel = self.channel(*needed)
        message = self.message(channel)
        if channel.archived:
            raise Refused(400, 50083, "Thread is archived")
        return channel, message


Handler = Callable[[Call], Told]


@dataclass(frozen=True)
class Route:
    """`kind` names its bucket; `open`: its address is its key, and the global limit is not for it."""

    method: str
    template: str
    handler: Handler
    kind: str
    open: bool = False
    pattern: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.template)
        object.__setattr__(self, "pattern", re.compile(pattern))
