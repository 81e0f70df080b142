"""Slack for the engine: posts, finds, seeds and re-reads by its web API; listens by the gateway."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from adapters.slack.emoji import name_of
from adapters.slack.errors import code_of
from adapters.slack.format import is_marked, payload_of, receipt_payload
from adapters.slack.gateway import Gateway
from adapters.slack.installs import Install
from adapters.slack.members import Members
from adapters.slack.order import InOrder
from adapters.slack.places import Places, place_of
from adapters.slack.reactions import PLATFORM, Reactions, held_on, put
from adapters.slack.web import Web
from bot.errors import (
    ChannelLost,
    OutcomeUnknown,
    PlatformError,
    PlatformUnavailable,
    PostingDeleted,
    PostingRejected,
)
from bot.model import Channel, ChannelEvent, MessageRef, Posting, Reaction
from bot.ports import House

_log = structlog.get_logger(__name__)
_CLOCKS_APART = timedelta(minutes=10)  # between ours and Slack's, at most
_PAGE = 100  # messages; Slack gives some apps 15 at most
_REMEMBERED = 10_000  # searches and seeds that were begun
_UNREADABLE = ("missing_scope", "no_permission", "access_denied", "restricted_action")


@dataclass(frozen=True, slots=True)
class _Search:
    """Of a channel's history, by Slack's time stamps: from `oldest` on, the newest seen, and down to where it got."""

    oldest: str
    newest: str
    reached: str


class SlackPlatform:
    """Implements `ports.ChatPlatform`, `ports.Discreet` and `ports.Limited`."""

    def __init__(
        self,
        house: House,
        web: Web,
        *,
        members: Members,
        reactions: Reactions,
        gateway: Gateway,
        order: InOrder,
        places: Places,
    ) -> None:
        self._places = places
        self._house = house
        self._web = web
        self._members = members
        self._reactions = reactions
        self._gateway = gateway
        self._order = order
        self._searched: dict[str, _Search] = {}  # by posting: searches that were broken off
        self._seeded: set[tuple[MessageRef, str]] = set()

    def limits_used(self) -> Mapping[str, float]:
        return self._web.limits.used()

    # ------------------------------------------------------------ driven by the engine

    async def post(self, posting: Posting) -> MessageRef:
        """Raises PlatformError."""
        place = place_of(posting.channel.spec)
        install = await self._web.installs.of(posting.channel.spec.workspace)
        thread = {"thread_ts": posting.parent.message} if posting.parent else {}
        answer = await self._web.send(
            install.team, "chat.postMessage", {"channel": place, **payload_of(posting), **thread}
        )
        if not answer.get("ts"):
            raise OutcomeUnknown("Slack's answer to a message was not understood")
        return MessageRef(PLATFORM, install.team, place, str(answer["ts"]))

    async def find(self, posting: Posting) -> MessageRef | None:
        """Our message with the posting's key among all since its first try. Where the app may search but once a minute
        this takes several attempts: each goes on where the last one stopped."""
        place = place_of(posting.channel.spec)
        install = await self._web.installs.of(posting.channel.spec.workspace)
        try:
            async for message in self._since(posting, install.team, place):
                if message.get("user") in (None, install.bot_user) and is_marked(message, posting.key):
                    self._searched.pop(posting.key, None)
                    return MessageRef(PLATFORM, install.team, place, str(message["ts"]))
        except PlatformError as error:
            if code_of(error) == "thread_not_found":
                return None
            if isinstance(error, ChannelLost) and code_of(error) in _UNREADABLE:
                raise OutcomeUnknown(f"the channel's history cannot be read ({error.reason}: {error.fix})") from error
            raise
        self._searched.pop(posting.key, None)
        return None

    def _since(self, posting: Posting, team: str, place: str) -> AsyncIterator[Mapping[str, Any]]:
        """Every message of the channel or the digest's thread since the posting's first try."""
        if len(self._searched) > _REMEMBERED:
            self._searched.clear()
        began = posting.first_try_at or datetime.now(UTC)
        oldest = _stamp(began - _CLOCKS_APART)
        if posting.parent is not None:
            return self._in_thread(posting.key, team, place, posting.parent.message, oldest)
        return self._in_channel(posting.key, team, place, oldest)

    async def _in_channel(self, key: str, team: str, place: str, oldest: str) -> AsyncIterator[Mapping[str, Any]]:
        """Newest first, page by page; with both bounds, as Slack begins at the oldest where it is given that alone. A
        search that was broken off goes on where it stopped, and looks at the end for what came since it began."""
        search = self._searched.get(key)
        resumed, search = search is not None, search or _Search(oldest, "", "")
        while True:
            latest = search.reached or _stamp(datetime.now(UTC) + _CLOCKS_APART)
            where = {"channel": place, "oldest": search.oldest, "latest": latest, "limit": _PAGE}
            page = await self._web.get(team, "conversations.history", {**where, "include_all_metadata": True})
            stamps = []
            for message in page.get("messages") or []:
                stamps.append(message["ts"])
                yield message
            newest = max([search.newest, *stamps])
            if page.get("has_more") and stamps:
                search = self._searched[key] = _Search(search.oldest, newest, min(stamps))
            elif resumed:
                resumed, search = False, _Search(newest or search.oldest, "", "")
                self._searched[key] = search
            else:
                return

    async def _in_thread(
        self, key: str, team: str, place: str, thread: str, oldest: str
    ) -> AsyncIterator[Mapping[str, Any]]:
        """Oldest first, page by page, and the thread's own message before each page."""
        search = self._searched.get(key) or _Search(oldest, "", "")
        while True:
            where = {"channel": place, "ts": thread, "oldest": search.oldest, "limit": _PAGE}
            page = await self._web.get(team, "conversations.replies", {**where, "include_all_metadata": True})
            stamps = []
            for message in page.get("messages") or []:
                if message["ts"] != thread:
                    stamps.append(message["ts"])
                yield message
            if not page.get("has_more") or not stamps:
                return
            search = self._searched[key] = _Search(max(stamps), "", "")

    async def seed(self, ref: MessageRef, emoji: Sequence[str]) -> None:
        """A message that somebody deleted, or that holds all the emoji it can, is left as it is. What is there already
        is not put there again, as Slack takes no more than 50 in a minute."""
        if len(self._seeded) > _REMEMBERED:
            self._seeded.clear()
        for one in emoji:
            if (ref, one) in self._seeded:
                continue
            try:
                await put(self._web, ref, name_of(one))
            except PostingDeleted:
                return
            except ChannelLost as error:
                raise PostingRejected(f"the reactions cannot be put there ({error.reason}): {error.fix}") from error
            except PostingRejected as error:
                _log.warning("a reaction was not put there", emoji=one, reason=str(error))
            self._seeded.add((ref, one))

    async def remove(self, ref: MessageRef) -> None:
        """Raises PlatformError."""
        with suppress(PostingDeleted):
            await self._web.send(ref.workspace, "chat.delete", {"channel": ref.place, "ts": ref.message})

    async def reactions_of(self, refs: Sequence[MessageRef]) -> AsyncIterator[Reaction]:
        """As members held them a little ago: what Slack told or tells again of until then has counted first, so that a
        first vote comes before what is held."""
        held = [reaction async for reaction in held_on(self._web, self._members, refs)]
        if held:
            try:
                await self._order.settled()
            except TimeoutError:
                raise PlatformUnavailable(
                    "the connection to Slack is lost, so what was held first is not known"
                ) from None
        for reaction in held:
            yield reaction

    async def tell_undecided(self, reaction: Reaction, *, title: str, options: Sequence[str]) -> None:
        self._reactions.tell(reaction, "vote.undecided", title=title, options=" ".join(options))

    async def tell_admin(self, channel: Channel, notice: str) -> None:
        """By direct message to the channel's configured admins, else to who installed the app, else to the workspace's
        owner."""
        install = await self._web.installs.of(channel.spec.workspace)
        members = channel.settings.admins or await self._owners(install)
        refusals: list[PlatformError] = []
        for member in members:
            try:
                words = receipt_payload(f"digestbot, channel {channel.name}: {notice}")
                await self._web.send(install.team, "chat.postMessage", {"channel": member, **words})
            except PlatformError as error:
                refusals.append(error)
        if len(refusals) == len(members):
            raise refusals[0] if refusals else PostingRejected("nobody is known who could be told")

    async def _owners(self, install: Install) -> tuple[str, ...]:
        owner = install.installer or await self._members.owner(install.team)
        return (owner,) if owner else ()

    def routes(self) -> Sequence[object]:
        return self._gateway.routes()

    async def run(self) -> None:
        """Until cancelled. Raises ConfigError where Slack refuses the app's token."""
        await self._gateway.run(self.began)

    async def aclose(self) -> None:
        await self._gateway.aclose()
        await self._web.aclose()

    # ------------------------------------------------------------ after a gap in what Slack told

    async def began(self) -> None:
        """Events may have been missed: members' reactions, and what became of channels."""
        missed = ChannelEvent(kind="missed", platform=PLATFORM)
        await asyncio.gather(self._places.review_all(), self._house.listener.changed(missed))


def _stamp(at: datetime) -> str:
    return f"{at.timestamp():.6f}"
