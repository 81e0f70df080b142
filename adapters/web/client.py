"""The web platform for the engine. The archive is the channel: what is marked posted is on the page already."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from adapters.web.guard import Guard
from adapters.web.live import Live
from adapters.web.routes import routes_of
from adapters.web.signing import Signing
from adapters.web.visitor import WebSettings
from bot.model import Channel, MessageRef, Posting, Reaction
from bot.ports import House


class WebPlatform:
    """Implements `ports.ChatPlatform` and `ports.SignsIn`. Exactly once, because the outbox row is the message."""

    def __init__(self, house: House, settings: WebSettings) -> None:
        self._guard = Guard(house, settings)
        self._signing = Signing(self._guard)
        self._live = Live(house.archive)

    async def post(self, posting: Posting) -> MessageRef:
        spec = posting.channel.spec
        return MessageRef(spec.platform, spec.workspace, spec.place, posting.key)

    async def find(self, posting: Posting) -> MessageRef | None:
        return await self.post(posting)

    async def seed(self, ref: MessageRef, emoji: Sequence[str]) -> None:
        """Every message has its buttons already."""

    async def remove(self, ref: MessageRef) -> None:
        """What is no longer marked posted is on no page any more."""

    async def reactions_of(self, refs: Sequence[MessageRef]) -> AsyncIterator[Reaction]:
        """None: a vote is stored before its form is answered, there is nothing to catch up with."""
        for _ in ():
            yield _

    async def tell_admin(self, channel: Channel, notice: str) -> None:
        """The channel's page says why the channel is paused for as long as it is."""

    def routes(self) -> Sequence[object]:
        return routes_of(self._guard, self._signing, self._live)

    async def sign_in_link(self, member: str, *, admin: bool, until: datetime) -> str:
        return await self._signing.link(member, admin=admin, until=until)

    async def sign_everybody_out(self) -> None:
        await self._signing.everybody_left()

    async def run(self) -> None:
        """Until cancelled; then the live streams end, so that the server need not wait for them."""
        try:
            await asyncio.Event().wait()
        finally:
            self._live.close()
