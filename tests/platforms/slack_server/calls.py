"""What every method of the Web API has in common: a call, its refusal, and what it may touch."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from tests.platforms.slack_server.world import Channel, Message, User, Workspace, World

if TYPE_CHECKING:
    from tests.platforms.slack_server import SlackServer

_T = TypeVar("_T")


class Refused(Exception):
    """`ok: false`; `more` goes into the answer. `fault`: the bot should not have asked, whatever the world is like."""

    def __init__(self, error: str, *, fault: str = "", **more: object) -> None:
        super().__init__(error)
        self.error, self.fault, self.more = error, fault, more


@dataclass
class Call:
    """`args` of query, form or JSON, without the token; `basic`: name and password of the Authorization header."""

    server: SlackServer
    method: str
    args: dict[str, Any]
    token: str
    found: Workspace | None
    basic: tuple[str, str] | None = None

    @property
    def world(self) -> World:
        return self.server.world

    @property
    def workspace(self) -> Workspace:
        assert self.found is not None
        return self.found

    # ------------------------------------------------------------ arguments

    def text(self, name: str) -> str:
        """An argument's text; empty where it is not given."""
        value = self.args.get(name)
        return "" if value is None else str(value)

    def flag(self, name: str, *, usual: bool = False) -> bool:
        value = self.args.get(name)
        if value is None or value == "":
            return usual
        return value is True or str(value).lower() in ("1", "true")

    def number(self, name: str, usual: int) -> int:
        text = self.text(name)
        if not text:
            return usual
        if not text.lstrip("-").isdecimal():
            raise Refused("invalid_arguments", fault=f"{self.method}: {name} is no number: {text}")
        return int(text)

    def parsed(self, name: str) -> Any:
        """An argument that is an object or a list; forms carry its JSON."""
        value = self.args.get(name)
        if not isinstance(value, str) or value == "":
            return value if value != "" else None
        try:
            return json.loads(value)
        except ValueError:
            raise Refused("invalid_arguments", fault=f"{self.method}: {name} is no JSON") from None

    def page(self, found: list[_T], *, usual: int = 100, most: int = 1000) -> tuple[list[_T], str]:
        """The page that `cursor` and `limit` ask for, and the next cursor."""
        limit = self.number("limit", usual)
        if limit < 1:
            raise Refused("invalid_limit", fault=f"{self.method}: limit {limit}")
        start = self.cursor()
        end = start + min(limit, most)
        return found[start:end], made_cursor(end) if end < len(found) else ""

    def cursor(self) -> int:
        text = self.text("cursor")
        if not text:
            return 0
        try:
            return int(base64.b64decode(text).decode().removeprefix("next:"))
        except (binascii.Error, ValueError):
            raise Refused("invalid_cursor", fault=f"{self.method}: cursor {text!r}") from None

    # ------------------------------------------------------------ what they speak of

    def need(self, *scopes: str) -> None:
        """One of these scopes is enough."""
        have = self.workspace.scopes
        if not any(one in have for one in scopes):
            raise Refused("missing_scope", needed=scopes[0], provided=",".join(have))

    def channel(self, *, scope: str = "", member: bool = False, open_: bool = False) -> Channel:
        """The channel of the call, where the bot may see it. `member`: it must be in it; `open_`: not archived.

        `scope` is completed by the kind of channel: "read" is "channels:read" or "groups:read".
        """
        name = self.text("channel")
        found = self.world.channels.get(name)
        if found is None or found.deleted or found.workspace is not self.workspace:
            raise Refused("channel_not_found")
        if found.private and not found.bot_in:
            raise Refused("channel_not_found")
        if scope:
            self.need(f"{found.kind}:{scope}")
        if member and not found.bot_in:
            raise Refused("not_in_channel")
        if open_ and found.archived:
            raise Refused("is_archived")
        return found

    def user(self, name: str = "user") -> User:
        found = self.world.users.get(self.text(name))
        if found is None or found.workspace_id != self.workspace.id:
            raise Refused("user_not_found")
        return found

    def message(self, channel: Channel, name: str = "timestamp") -> Message:
        found = channel.messages.get(self.text(name))
        if found is None or found.deleted:
            raise Refused("message_not_found")
        return found


Answer = Mapping[str, Any]
Handler = Callable[[Call], Answer]


@dataclass(frozen=True)
class Method:
    """`token`: what kind it needs ("bot", "app", ""). `scopes`: one of them is enough. `changes`: it commits."""

    handler: Handler
    tier: int
    scopes: tuple[str, ...] = ()
    token: str = "bot"
    changes: bool = False


def made_cursor(start: int) -> str:
    return base64.b64encode(f"next:{start}".encode()).decode()
