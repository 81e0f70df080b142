"""Pages for admins: what is scheduled and read where, and the next digest beforehand.

All that they change goes by the commands that there are in chat, so that one rule says what may be changed by whom.
"""

from __future__ import annotations

from aiohttp import web

from adapters.web.acts import fields_of
from adapters.web.drawn import Drawing, ReplyView
from adapters.web.guard import Guard, Refusal, Visit
from adapters.web.health import name_of
from bot.model import Channel, Command

_LONGEST = 2000  # characters of a command


class Admin:
    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._drawing = Drawing(guard)
        self._house = guard.house

    async def channels(self, visit: Visit) -> web.StreamResponse:
        return self._guard.page(visit, "admin.html", channels=await self._guard.channels(visit))

    async def channel(self, visit: Visit) -> web.StreamResponse:
        return await self._page(visit, await self._guard.channel(visit))

    async def command(self, visit: Visit) -> web.StreamResponse:
        """A command in a channel of any platform: one of those that a form of the page can say."""
        fields = await fields_of(visit.request)
        member = await self._guard.member(visit, fields)
        channel = await self._guard.channel(visit)
        words = [str(part) for part in (await visit.request.post()).getall("words", [])]
        command = fields.get("command", "")
        typed = " ".join([command, *" ".join(words).split()])
        if command not in self._offered() or len(typed) > _LONGEST:
            raise Refusal(400, "command")
        name, _, text = typed.partition(" ")
        reply = await self._house.listener.commanded(
            Command(
                name=name,
                text=text,
                platform=channel.spec.platform,
                workspace=channel.spec.workspace,
                place=channel.spec.place,
                member=member,
                admin=visit.visitor.admin,
                locale=visit.locale,
            )
        )
        channel = await self._guard.channel(visit)  # as the command left it
        return await self._page(visit, channel, await self._drawing.reply_view(visit, channel, f"/{typed}", reply))

    def _offered(self) -> set[str]:
        """What changes a channel, and the look at its next digest. What a member says for themselves (votes, being
        forgotten) is not among it: in a channel elsewhere they are somebody else."""
        return {spec.name for spec in self._house.commands if spec.admin} | {"digest preview"}

    async def _page(self, visit: Visit, channel: Channel, answer: ReplyView | None = None) -> web.Response:
        folder = self._house.say("web.sources.folder", visit.locale)
        sources = [
            (source, name_of(source, visit.visitor, folder), standing)
            for source, standing in await self._house.statistics.sources(channel.spec.home)
        ]
        return self._guard.page(
            visit,
            "admin_channel.html",
            channel=channel,
            sources=sources,
            answer=answer,
            token=await self._guard.token(visit),
        )
