"""Slash commands, buttons and autocomplete: asks the bot as Discord does, and gathers what it answers."""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.platforms.discord_server.routes import Call, Refused, Told, check_body
from tests.platforms.discord_server.world import Channel, Message

if TYPE_CHECKING:
    from tests.platforms.discord_server import DiscordServer

_QUIET = 0.25  # seconds without a word after which an answer counts as whole
_IN_TIME = 3.0  # seconds for the first word
_EPHEMERAL = 1 << 6
_MESSAGE, _DEFERRED, _CHOICES = 4, 5, 8
_MANAGE_GUILD, _ORDINARY = 1 << 5, 1 << 10 | 1 << 11


@dataclass
class Answer:
    """What a member sees after a command. `acked_after` in seconds; None: nothing came."""

    acked_after: float | None = None
    deferred: bool = False
    ephemeral: bool = False
    messages: list[dict[str, Any]] = field(default_factory=list)
    deleted: bool = False
    choices: list[dict[str, Any]] | None = None


@dataclass
class Asking:
    began: float
    last: float
    answer: Answer
    kind: int
    heard: asyncio.Event


class Interactions:
    def __init__(self, server: DiscordServer) -> None:
        self._server = server
        self._asked: dict[str, Asking] = {}

    async def ask(
        self, kind: int, where: Channel, member: str, data: dict[str, Any], *, locale: str, seconds: float
    ) -> Answer:
        """Sends an interaction and waits until the bot has said all, or the time is over."""
        world = self._server.world
        assert where.guild is not None
        token, now = secrets.token_hex(16), time.monotonic()
        asking = Asking(now, now, Answer(), kind, asyncio.Event())
        self._asked[token] = asking
        user = world.users[member]
        permissions = where.guild.members[member] | _ORDINARY
        interaction = {
            "id": world.snowflake(),
            "application_id": world.application_id,
            "type": kind,
            "token": token,
            "version": 1,
            "guild_id": where.guild.id,
            "guild": {"id": where.guild.id, "locale": "en-US", "features": []},
            "channel_id": where.id,
            "channel": world.channel_json(where) | {"permissions": str(permissions)},
            "member": world.member_json(where.guild, user) | {"permissions": str(permissions)},
            "locale": locale,
            "guild_locale": "en-US",
            "app_permissions": str(world.permissions(where)),
            "entitlements": [],
            "authorizing_integration_owners": {"0": where.guild.id},
            "context": 0,
            "attachment_size_limit": 10_000_000,
            "data": data,
        }
        self._server.gateway.tell("INTERACTION_CREATE", interaction, where.guild)
        deadline = now + seconds
        while time.monotonic() < deadline:
            asking.heard.clear()
            patience = (
                _QUIET if asking.answer.messages or asking.answer.choices is not None else deadline - time.monotonic()
            )
            try:
                await asyncio.wait_for(asking.heard.wait(), max(patience, 0.01))
            except TimeoutError:
                break
        return asking.answer

    def _known(self, token: str) -> Asking:
        asking = self._asked.get(token)
        if asking is None:
            raise Refused(404, 10015, "Unknown Webhook")
        return asking

    def first(self, call: Call) -> Told:
        """The first response; too late it is refused, a second one too."""
        asking = self._asked.get(call.ids["interaction_token"])
        took = time.monotonic() - asking.began if asking else 0.0
        if asking is None or took > _IN_TIME:
            raise Refused(404, 10062, "Unknown interaction")
        answer = asking.answer
        if answer.acked_after is not None:
            raise Refused(400, 40060, "Interaction has already been acknowledged.")
        kind, data = call.body["type"], call.body.get("data") or {}
        answer.acked_after = took
        answer.ephemeral = bool((data.get("flags") or 0) & _EPHEMERAL)
        if kind == _CHOICES:
            answer.choices = data.get("choices") or []
        elif kind == _DEFERRED:
            answer.deferred = True
        elif kind == _MESSAGE:
            check_body(self._server, data)
            answer.messages.append(data)
        else:
            raise Refused(400, 50035, "Invalid Form Body")
        asking.heard.set()
        interaction = {"id": call.ids["interaction_id"], "type": asking.kind}
        if call.query.get("with_response") in ("1", "true"):
            resource: dict[str, Any] = {"type": kind}
            if kind in (_MESSAGE, _DEFERRED):
                resource["message"] = self._shown(data)
            return 200, {"interaction": interaction, "resource": resource}
        return 204, None

    def edit(self, call: Call) -> Told:
        asking = self._known(call.ids["webhook_token"])
        check_body(self._server, call.body)
        if asking.answer.deferred and not asking.answer.messages:
            asking.answer.messages.append(call.body)
        else:
            asking.answer.messages[0] = call.body
        asking.heard.set()
        return 200, self._shown(call.body)

    def follow_up(self, call: Call) -> Told:
        asking = self._known(call.ids["webhook_token"])
        if asking.answer.acked_after is None:
            raise Refused(404, 10015, "Unknown Webhook")
        check_body(self._server, call.body)
        asking.answer.messages.append(call.body)
        asking.heard.set()
        return 200, self._shown(call.body)

    def delete(self, call: Call) -> Told:
        asking = self._known(call.ids["webhook_token"])
        asking.answer.deleted = True
        asking.heard.set()
        return 204, None

    def _shown(self, body: dict[str, Any]) -> dict[str, Any]:
        """A message of an interaction as JSON; it is kept in no channel."""
        world = self._server.world
        message = Message(world.snowflake(), world.application_id, world.bot, body, None, self._server.time())
        return world.message_json(message) | {"webhook_id": world.application_id}
