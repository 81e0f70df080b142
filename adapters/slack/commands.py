"""Slash commands on Slack: `/digest <words>` and `/article <words>`, each use of one from request to reply."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from adapters.slack.format import reply_payloads
from adapters.slack.members import Member, Members
from adapters.slack.mrkdwn import plain_of
from adapters.slack.places import Places
from adapters.slack.reactions import PLATFORM
from adapters.slack.web import Web
from bot.errors import PlatformError
from bot.model import Command, CommandSpec, Reply
from bot.ports import House

_log = structlog.get_logger(__name__)
Json = Mapping[str, Any]

UNDER = "digest"  # the command that the others are words of; an article is asked for so often that it has its own
HEADS = (UNDER, "article")
_LONGEST_TYPED = 4000
_PATIENCE = 1.5  # seconds until an answer is put off; Slack waits for 3


def command_of(body: Json, specs: Sequence[CommandSpec], member: Member) -> Command:
    """The command that a member typed: `/digest sources list` is `/sources list`, `/digest now` itself."""
    name = str(body.get("command") or "").lstrip("/").lower()
    text = plain_of(str(body.get("text") or "")[: 2 * _LONGEST_TYPED])[:_LONGEST_TYPED].strip()
    head, _, rest = text.partition(" ")
    if name == UNDER and head.lower() in {spec.name.split()[0] for spec in specs}:
        name, text = head.lower(), rest.strip()
    return Command(
        name=name,
        text=text,
        platform=PLATFORM,
        workspace=str(body.get("team_id") or ""),
        place=str(body.get("channel_id") or ""),
        member=str(body.get("user_id") or ""),
        admin=member.admin,
        locale=member.locale,
        under=UNDER,
    )


class Commands:
    """`patience`: seconds that an answer may take before Slack is told to wait for it."""

    def __init__(
        self,
        house: House,
        members: Members,
        web: Web,
        places: Places,
        *,
        patience: float = _PATIENCE,
    ) -> None:
        self._house = house
        self._members = members
        self._web = web
        self._places = places
        self._patience = patience
        self._late: set[asyncio.Task[None]] = set()

    async def on(self, team: str, body: Json) -> Mapping[str, object] | None:
        """The answer that goes with the acknowledgement, if it is a single message and ready in time. Others follow by
        the address that Slack gave for them, all of them, as nobody knows when the acknowledgement is shown."""
        work = asyncio.create_task(self._payloads({**body, "team_id": team}))
        done, _ = await asyncio.wait((work,), timeout=self._patience)
        if done:
            first, *others = work.result()
            if not others:
                return first
        task = asyncio.create_task(self._follow(str(body.get("response_url") or ""), work))
        self._late.add(task)
        task.add_done_callback(self._late.discard)
        return None

    async def _payloads(self, body: Json) -> Sequence[Mapping[str, object]]:
        return reply_payloads(await self._reply(body))

    async def _follow(self, address: str, work: asyncio.Task[Sequence[Mapping[str, object]]]) -> None:
        for payload in await work:
            if not await self._web.respond(address, payload):
                return

    async def _reply(self, body: Json) -> Reply:
        member = Member()
        try:
            member = await self._members.of(str(body["team_id"]), str(body.get("user_id") or ""), fresh=True)
        except PlatformError as error:  # the configured admins are admins all the same
            _log.info("a member could not be looked at", reason=str(error))
        command = command_of(body, self._house.commands, member)
        try:
            await self._places.know(command.place)
            return await self._house.listener.commanded(command)
        except Exception:
            _log.exception("a command failed", command=command.name)
            return Reply(text=self._house.say("command.trouble", command.locale or "en"), failed=True)

    async def aclose(self) -> None:
        late = list(self._late)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
