"""Slash commands, buttons and autocomplete: asks the bot as Discord does, and gathers what it answers."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.platforms.discord_server.commands import command_id
from tests.platforms.discord_server.routing import Refused
from tests.platforms.discord_server.shapes import channel_json, member_json, message_json, role_json, user_json
from tests.platforms.discord_server.world import LOADING, Channel, Guild, Message, User

if TYPE_CHECKING:
    from tests.platforms.discord_server import DiscordServer

COMMAND, BUTTON, AUTOCOMPLETE = 2, 3, 4
IN_TIME = 3.0  # seconds for the first word
_LIFE = 900.0  # seconds that an interaction can be followed up
_QUIET = 0.2  # seconds without a word after which an answer counts as whole
_SUB, _GROUP, _STRING, _INTEGER, _BOOLEAN, _USER, _CHANNEL, _ROLE, _NUMBER = 1, 2, 3, 4, 5, 6, 7, 8, 10
_RESOLVED = {_USER: "users", _CHANNEL: "channels", _ROLE: "roles"}


@dataclass
class Answer:
    """What a member sees after a command.

    `acked_after`: seconds until the first word; None: none came. `messages`: the bodies of the first response and of
    what followed it, as they stand after changes; `private`: for each, whether that member alone sees it.
    `ephemeral`: what the first word said of that. `deleted`: the first response was taken back.
    """

    acked_after: float | None = None
    deferred: bool = False
    ephemeral: bool = False
    messages: list[dict[str, Any]] = field(default_factory=list)
    private: list[bool] = field(default_factory=list)
    deleted: bool = False
    choices: list[dict[str, Any]] | None = None
    modal: dict[str, Any] | None = None


@dataclass
class Asking:
    """An interaction that is going on. `shown`: what was said, by message id; `original`: the id of the first of it.

    `since` is in the server's seconds, `began` in real ones: how long the first word takes is a promise to people.
    """

    id: str
    kind: int
    where: Channel
    user: User
    began: float
    since: float
    answer: Answer = field(default_factory=Answer)
    shown: dict[str, Message] = field(default_factory=dict)
    original: str | None = None
    source: Message | None = None  # whose button was pressed
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def settled(self) -> bool:
        """Whether there is something that could be all."""
        answer = self.answer
        silent = answer.acked_after is not None and self.kind == BUTTON and not answer.deferred
        return bool(answer.messages or answer.deleted or answer.modal or silent) or answer.choices is not None

    def gather(self) -> None:
        """What is to be seen, anew."""
        bodies = [one for one in self.shown.values() if not one.deleted and not one.flags & LOADING]
        self.answer.messages = [one.payload for one in bodies]
        self.answer.private = [bool(one.flags & 1 << 6) for one in bodies]
        self.heard.set()


class Interactions:
    def __init__(self, server: DiscordServer) -> None:
        self._server = server
        self._asked: dict[str, Asking] = {}

    async def ask(
        self,
        kind: int,
        where: Channel,
        member: str,
        data: dict[str, Any],
        *,
        locale: str,
        seconds: float,
        source: Message | None = None,
    ) -> Answer:
        """Sends an interaction and waits until the bot has said all, or the time is over."""
        world = self._server.world
        token, now = secrets.token_urlsafe(64), time.monotonic()
        asking = Asking(world.snowflake(), kind, where, world.users[member], now, world.now(), source=source)
        self._asked[token] = asking
        told = self._told(asking, data, locale) | {"token": token}
        self._server.gateway.tell("INTERACTION_CREATE", told, where.guild)
        deadline = now + seconds
        while (left := deadline - time.monotonic()) > 0:
            asking.heard.clear()
            try:
                await asyncio.wait_for(asking.heard.wait(), min(_QUIET, left) if asking.settled else left)
            except TimeoutError:
                break
        return asking.answer

    def known(self, token: str) -> Asking:
        """The interaction of a follow-up."""
        asking = self._asked.get(token)
        if asking is None or asking.answer.acked_after is None:
            raise Refused(404, 10015, "Unknown Webhook")
        if self._server.world.now() - asking.since > _LIFE:
            raise Refused(401, 50027, "Invalid Webhook Token")
        return asking

    def waiting(self, number: str, token: str) -> Asking:
        """The interaction of a first word, where it is not too late for it."""
        asking = self._asked.get(token)
        if asking is None or asking.id != number:
            raise Refused(404, 10062, "Unknown interaction")
        if asking.answer.acked_after is not None:
            raise Refused(400, 40060, "Interaction has already been acknowledged.")
        if time.monotonic() - asking.began > IN_TIME:
            raise Refused(404, 10062, "Unknown interaction")
        return asking

    def _told(self, asking: Asking, data: dict[str, Any], locale: str) -> dict[str, Any]:
        world, where, user = self._server.world, asking.where, asking.user
        told: dict[str, Any] = {
            "id": asking.id,
            "application_id": world.application_id,
            "type": asking.kind,
            "version": 1,
            "channel_id": where.id,
            "channel": channel_json(world, where) | {"permissions": str(world.permissions(where, user.id))},
            "locale": locale,
            "app_permissions": str(world.permissions(where)),
            "entitlements": [],
            "entitlement_sku_ids": [],
            "attachment_size_limit": 10_485_760,
            "data": data,
        }
        if asking.source is not None:
            told["message"] = message_json(world, asking.source)
        if where.guild is None:
            return told | {"user": user_json(user), "context": 1, "authorizing_integration_owners": {"0": "0"}}
        permissions = str(world.permissions(where, user.id))
        return told | {
            "guild_id": where.guild.id,
            "guild": {"id": where.guild.id, "locale": "en-US", "features": []},
            "guild_locale": "en-US",
            "member": member_json(where.guild, user) | {"permissions": permissions},
            "context": 0,
            "authorizing_integration_owners": {"0": where.guild.id},
        }

    # ------------------------------------------------------------ a command as it was typed

    def command_data(
        self, where: Channel, name: str, sub: str | None, options: Mapping[str, Any], focused: str | None = None
    ) -> dict[str, Any]:
        """`sub`: "word" or "group word". Kinds of options are those of the command that the bot registered, if any."""
        command, guild = self._registered(where, name)
        words = sub.split() if sub else []
        below: Mapping[str, Any] = command
        for word in words:
            below = next((one for one in below.get("options") or () if one["name"] == word), {})
        kinds = {one["name"]: one["type"] for one in below.get("options") or ()}
        given = [
            {"name": key, "type": kinds.get(key) or _kind(value), "value": value} for key, value in options.items()
        ]
        for one in given:
            if one["name"] == focused:
                one["focused"] = True
        resolved = self._resolved(where.guild, given)
        for depth, word in enumerate(reversed(words)):
            given = [{"name": word, "type": _GROUP if depth else _SUB, "options": given}]
        number = command_id(self._server.world, {**command, "name": name}, guild)
        data = {"id": number, "name": name, "type": 1, "options": given}
        return data | ({"guild_id": guild} if guild else {}) | ({"resolved": resolved} if resolved else {})

    def _registered(self, where: Channel, name: str) -> tuple[Mapping[str, Any], str | None]:
        """A guild's own command goes before one of everywhere."""
        guild = where.guild.id if where.guild else None
        for home, commands in (
            (guild, self._server.guild_commands.get(guild or "", [])),
            (None, self._server.commands),
        ):
            for command in commands:
                if command["name"] == name and (command.get("type") or 1) == 1:
                    return command, home
        return {}, None

    def _resolved(self, guild: Guild | None, options: list[dict[str, Any]]) -> dict[str, Any]:
        world, found = self._server.world, {}
        for option in options:
            kind, value = option["type"], str(option["value"])
            if kind not in _RESOLVED or guild is None:
                continue
            if kind == _USER:
                told: dict[str, Any] = user_json(world.users[value])
                found.setdefault("members", {})[value] = member_json(guild, world.users[value]) | {"permissions": "0"}
                found["members"][value].pop("user")
            elif kind == _CHANNEL:
                told = channel_json(world, world.channels[value])
                told["permissions"] = str(world.permissions(world.channels[value]))
            else:
                told = role_json(guild.roles[value])
            found.setdefault(_RESOLVED[kind], {})[value] = told
        return found


def _kind(value: object) -> int:
    """The kind of option that a value of Python's stands for."""
    if isinstance(value, bool):
        return _BOOLEAN
    return {int: _INTEGER, float: _NUMBER}.get(type(value), _STRING)
