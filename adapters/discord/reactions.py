"""Reactions on our messages: what the gateway tells, and what members hold when it is read again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from adapters.discord.rest import Rest
from bot.errors import PostingDeleted, PostingRejected
from bot.model import MessageRef, Reaction

PLATFORM = "discord"
_PAGE = 100  # messages or members an answer holds at most
_NORMAL, _BURST = 0, 1  # the two kinds that a member may hold at once; they are one choice


def emoji_of(name: str | None, emoji_id: object) -> str:
    """An emoji as ballots write it: itself, or `<:name:id>`."""
    return f"<:{name}:{emoji_id}>" if emoji_id else name or ""


def route_emoji(emoji: str) -> str:
    """An emoji as a route names it: itself, or `name:id`."""
    if emoji.startswith("<") and emoji.endswith(">"):
        return emoji.strip("<>").removeprefix("a:").removeprefix(":")
    return emoji


def reaction_on(ref: MessageRef, *, member: str, emoji: str, held: bool = True) -> Reaction:
    return Reaction(
        platform=PLATFORM,
        workspace=ref.workspace,
        place=ref.place,
        member=member,
        emoji=emoji,
        ref=ref,
        held=held,
    )


async def held_on(rest: Rest, refs: Sequence[MessageRef]) -> AsyncIterator[Reaction]:
    """What members other than bots hold on these messages: counts first, members only where somebody is counted.

    Raises PlatformUnavailable and ChannelLost. Messages that are gone are passed over.
    """
    places: dict[str, list[MessageRef]] = {}
    for ref in refs:
        places.setdefault(ref.place, []).append(ref)
    for place, there in places.items():
        for ref, message in await _messages(rest, place, there):
            for counted in message.get("reactions") or ():
                try:
                    async for reaction in _holders(rest, ref, counted):
                        yield reaction
                except (PostingDeleted, PostingRejected):  # the message or the emoji is gone since
                    continue


async def _messages(rest: Rest, place: str, refs: Sequence[MessageRef]) -> list[tuple[MessageRef, Mapping[str, Any]]]:
    """The messages of a digest stand close together: one request has them, as a rule; others are asked for singly."""
    wanted = {ref.message: ref for ref in refs}
    before_first = min(map(int, wanted)) - 1
    page = await rest.get(
        "/channels/{channel_id}/messages", channel_id=place, params={"after": before_first, "limit": _PAGE}
    )
    found = {message["id"]: message for message in page if message["id"] in wanted}
    for missing in sorted(wanted.keys() - found.keys(), key=int):
        try:
            found[missing] = await rest.get(
                "/channels/{channel_id}/messages/{message_id}", channel_id=place, message_id=missing
            )
        except PostingDeleted:
            continue
    return [(wanted[message], found[message]) for message in found]


async def _holders(rest: Rest, ref: MessageRef, counted: Mapping[str, Any]) -> AsyncIterator[Reaction]:
    """The members behind one emoji's count."""
    emoji = emoji_of(counted["emoji"].get("name"), counted["emoji"].get("id"))
    details = counted.get("count_details") or {"normal": counted.get("count", 0), "burst": 0}
    for kind, count, mine in (
        (_NORMAL, details.get("normal", 0), counted.get("me")),
        (_BURST, details.get("burst", 0), counted.get("me_burst")),
    ):
        if count - bool(mine) <= 0:
            continue
        async for member in _members(rest, ref, emoji, kind):
            yield reaction_on(ref, member=member, emoji=emoji)


async def _members(rest: Rest, ref: MessageRef, emoji: str, kind: int) -> AsyncIterator[str]:
    """Page by page, in ascending order of their ids; a page that leads no further is the last."""
    after = 0
    while True:
        page = await rest.get(
            "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}",
            channel_id=ref.place,
            message_id=ref.message,
            emoji=route_emoji(emoji),
            params={"after": after, "limit": _PAGE, "type": kind},
        )
        for user in page:
            if not user.get("bot"):
                yield str(user["id"])
        last = max((int(user["id"]) for user in page), default=0)
        if len(page) < _PAGE or last <= after:
            return
        after = last
