"""What changes something: a vote by a button, a command by the command box. Both are only handed to the listener."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict

from aiohttp import web
from yarl import URL

from adapters.web.drawn import Drawing
from adapters.web.guard import Guard, Refusal, Visit, wants_page
from adapters.web.pages import Pages
from bot.model import Channel, Command, Reaction, VoteOutcome, VoteResult

_STATUS = {
    VoteResult.RECORDED: 200,
    VoteResult.ALREADY: 200,
    VoteResult.NOT_A_VOTE: 422,
    VoteResult.CLOSED: 409,
}


class Acts:
    def __init__(self, guard: Guard, pages: Pages) -> None:
        self._guard = guard
        self._pages = pages
        self._drawing = Drawing(guard)
        self._listener = guard.house.listener

    async def react(self, visit: Visit) -> web.StreamResponse:
        """A vote. A browser's form goes back to the page that it was on, which says the outcome."""
        channel, fields, member = await self._admitted(visit)
        article, emoji = fields.get("article", ""), fields.get("emoji", "").strip()
        if not re.fullmatch(r"[0-9]{1,18}", article) or not 0 < len(emoji) <= 64:
            raise Refusal(400, "form")
        outcome = await self._listener.reacted(
            Reaction(
                platform="web",
                workspace=channel.spec.workspace,
                place=channel.spec.place,
                member=member,
                emoji=emoji,
                article=int(article),
                via="button",
            )
        )
        if wants_page(visit.request):
            back = _back(fields.get("back", ""), channel, article, outcome)
            return web.Response(status=303, headers={"Location": back})
        answer = {"outcome": outcome.result.value, "option": outcome.option}
        return web.json_response(answer, status=_STATUS[outcome.result])

    async def command(self, visit: Visit) -> web.StreamResponse:
        """A slash command as typed, with or without its slash; the reply as JSON, or on the channel's page."""
        channel, fields, member = await self._admitted(visit)
        typed = fields.get("text", "").strip()
        name, _, text = typed.removeprefix("/").partition(" ")
        if not name:
            raise Refusal(400, "command")
        reply = await self._listener.commanded(
            Command(
                name=name,
                text=text.strip(),
                platform="web",
                workspace=channel.spec.workspace,
                place=channel.spec.place,
                member=member,
                admin=visit.visitor.admin,
                locale=visit.locale,
            )
        )
        if not wants_page(visit.request):
            return web.json_response(asdict(reply))
        answer = await self._drawing.reply_view(visit, channel, typed, reply)
        return await self._pages.channel_page(visit, channel, answer)

    async def _admitted(self, visit: Visit) -> tuple[Channel, Mapping[str, str], str]:
        """The channel, the form and the member, once the form is known to be a member's own. Raises Refusal."""
        fields = await fields_of(visit.request)
        member = await self._guard.member(visit, fields)
        channel = await self._guard.channel(visit)
        if channel.spec.platform != "web":
            raise Refusal(409, "elsewhere")
        return channel, fields, member


async def fields_of(request: web.Request) -> Mapping[str, str]:
    """The texts and numbers of a form or of a JSON object. Raises Refusal."""
    try:
        given = await (request.json() if request.content_type == "application/json" else request.post())
        return {str(key): str(value) for key, value in given.items() if isinstance(value, str | int)}
    except (ValueError, LookupError, AttributeError, RecursionError) as error:  # LookupError: an unknown charset
        raise Refusal(400, "form") from error


def _back(page: str, channel: Channel, article: str, outcome: VoteOutcome) -> str:
    """The page that the form was on, at the article; its channel where the form names no page of ours."""
    ours = re.fullmatch(r"/[acd]/[^/?#\\\s]+(/days/[0-9-]{10})?(\?[^#\s]*)?", page)
    url = URL(page) if ours else URL.build(path=f"/c/{channel.name}")
    return str(url.update_query(voted=article, outcome=outcome.result.value).with_fragment(f"a{article}"))
