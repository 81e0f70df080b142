"""Reactions and vote buttons: what Slack tells of them, the private word back, and what members hold when it is read
again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from dataclasses import replace
from typing import Any
from weakref import WeakValueDictionary

import structlog

from adapters.slack.emoji import emoji_of
from adapters.slack.errors import code_of
from adapters.slack.format import receipt_payload, vote_of_action
from adapters.slack.installs import Install
from adapters.slack.members import Members
from adapters.slack.order import InOrder
from adapters.slack.web import Web
from bot.errors import BotError, PlatformError, PlatformUnavailable, PostingDeleted, PostingRejected
from bot.model import ChannelEvent, MessageRef, Reaction, VoteOutcome, VoteResult
from bot.ports import House

PLATFORM = "slack"
_log = structlog.get_logger(__name__)
_AGAIN = 30.0  # seconds until reactions that could not be stored are read again
_KEPT, _CLICK = f"{PLATFORM} reaction ", f"{PLATFORM} click "  # what keys in the inbox begin with
_OF_A_CLICK = ("channel", "container", "response_url", "trigger_id", "user")  # what of it makes a vote
_ASK_AGAIN = 5.0  # seconds until a member is asked about again, where Slack does not say
_RECEIPT_PATIENCE = 20.0  # seconds after which a receipt is no news any more
_TOLD = {
    VoteResult.RECORDED: "vote.recorded",
    VoteResult.ALREADY: "vote.already",
    VoteResult.CLOSED: "vote.closed",
    VoteResult.NOT_A_VOTE: "vote.not_here",  # to who pressed a button; a reaction may just be one
}


def reaction_on(ref: MessageRef, *, member: str, name: str, held: bool = True, event_id: str | None = None) -> Reaction:
    """`name` is Slack's of the emoji, maybe with a skin tone."""
    return Reaction(
        platform=PLATFORM,
        workspace=ref.workspace,
        place=ref.place,
        member=member,
        emoji=emoji_of(name),
        ref=ref,
        held=held,
        event_id=event_id,
    )


class Reactions:
    def __init__(self, web: Web, members: Members, house: House, order: InOrder) -> None:
        self._web = web
        self._members = members
        self._house = house
        self._order = order
        self._tasks: set[asyncio.Task[None]] = set()
        self._reading_again: asyncio.Task[None] | None = None
        self._lines: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    async def reacted(self, team: str, event: Mapping[str, Any], *, held: bool, event_id: str) -> None:
        """A reaction that was put on a message, or taken away. Returns when it is kept, and so may be acknowledged; it
        counts in its turn. Raises StorageError."""
        user, install = str(event.get("user") or ""), self._web.installs.known(team)
        if (event.get("item") or {}).get("type") != "message" or not user:
            return
        if install is not None and _is_no_votes(install, user, event.get("item_user")):
            return
        counting = self._count(team, event, held=held, event_id=event_id)
        told = json.dumps({"team": team, "event": event, "held": held, "event_id": event_id}).encode()
        await self._house.inbox.keep(_KEPT + event_id, told)
        self._kept(_KEPT + event_id, counting)

    async def resume(self) -> None:
        """Counts what a bot that is no more had acknowledged. Raises StorageError."""
        left = self._house.inbox.left
        counted = {key: self._count(**json.loads(told)) for key, told in (await left(_KEPT)).items()}
        pressed = {key: self._press(**json.loads(told)) for key, told in (await left(_CLICK)).items()}
        for key, counting in (counted | pressed).items():
            self._kept(key, counting)

    def _kept(self, key: str, counting: asyncio.Task[None] | None) -> None:
        """Keeps it no longer than until it is counted."""

        def ended(task: asyncio.Task[None]) -> None:
            if not task.cancelled():
                self._house.inbox.done(key)

        if counting is not None:
            counting.add_done_callback(ended)

    def _count(self, team: str, event: Mapping[str, Any], *, held: bool, event_id: str) -> asyncio.Task[None]:
        """Takes the reaction's place now, and counts it when its turn has come."""
        ref = MessageRef(PLATFORM, team, str(event["item"]["channel"]), str(event["item"]["ts"]))
        name, user = str(event["reaction"]), str(event["user"])
        reaction = reaction_on(ref, member=user, name=name, held=held, event_id=event_id)
        turn = self._order.turn(float(event["event_ts"]))
        if held:
            self._members.expect(team, user)

        async def count() -> None:
            await turn
            await self._counted(reaction, author=event.get("item_user"))

        return self._spawn(count())

    async def _counted(self, reaction: Reaction, *, author: str | None) -> None:
        try:
            async with self._line(reaction.workspace, reaction.member):
                if not await self._may_vote(reaction, author=author):
                    return
            outcome = await self._house.listener.reacted(reaction)
        except BotError as error:
            self._read_again_later(error)
            return
        self._tell(reaction, outcome)

    async def pressed(self, team: str, body: Mapping[str, Any], action: Mapping[str, Any], *, click: str) -> None:
        """A vote button, by the click's own id. Returns when it is kept; it counts in its turn. Raises StorageError."""
        counting = self._press(team, body, action)
        if counting is not None:
            known = {name: body[name] for name in _OF_A_CLICK if name in body}
            told = json.dumps({"team": team, "body": known, "action": action}).encode()
            await self._house.inbox.keep(_CLICK + click, told)
            self._kept(_CLICK + click, counting)

    def _press(self, team: str, body: Mapping[str, Any], action: Mapping[str, Any]) -> asyncio.Task[None] | None:
        """Takes the click's place now, and counts it when its turn has come; None where it is no vote. On an answer to
        a command the article says what is voted on; on a digest's message, which may not be saved yet, the message
        does too."""
        chosen = vote_of_action(action)
        place = (body.get("channel") or {}).get("id") or (body.get("container") or {}).get("channel_id")
        if chosen is None or not place:
            return None
        article, emoji = chosen
        reaction = Reaction(
            platform=PLATFORM,
            workspace=team,
            place=str(place),
            member=str(body["user"]["id"]),
            emoji=emoji,
            article=article,
            via="button",
            event_id=str(body.get("trigger_id") or "") or None,
        )
        container = body.get("container") or {}
        message = "" if container.get("is_ephemeral") else str(container.get("message_ts") or "")
        turn = self._order.turn(float(action["action_ts"]))

        async def count() -> None:
            await turn
            await self._counted_click(reaction, message, str(body.get("response_url") or ""))

        return self._spawn(count())

    async def _counted_click(self, reaction: Reaction, message: str, answer_to: str) -> None:
        try:
            outcome = await self._house.listener.reacted(reaction)
            if outcome.result is VoteResult.NOT_A_VOTE and message:
                ref = MessageRef(PLATFORM, reaction.workspace, reaction.place, message)
                reaction = replace(reaction, article=None, ref=ref)
                outcome = await self._house.listener.reacted(reaction)
        except BotError as error:  # unlike a reaction it leaves nothing that could be read again
            _log.warning("a vote could not be stored; the voter is told", error=str(error))
            await self._web.respond(answer_to, _answer(self._house.say("command.trouble", "en")))
            return
        self._tell(reaction, outcome, answer_to)

    def _line(self, team: str, user: str) -> asyncio.Lock:
        """Where a member's reactions stand one behind the other, so that none gets ahead of one that has to wait."""
        return self._lines.setdefault((team, user), asyncio.Lock())

    async def _may_vote(self, reaction: Reaction, *, author: str | None) -> bool:
        """Whether a person reacted, and on a message of ours as far as its author is known; else the engine finds out.
        Waits until Slack says so. Raises BotError where it never will."""
        while True:
            try:
                if _is_no_votes(await self._web.installs.of(reaction.workspace), reaction.member, author):
                    return False
                return not (reaction.held and (await self._members.of(reaction.workspace, reaction.member)).bot)
            except PlatformUnavailable as error:
                await asyncio.sleep(error.retry_after or _ASK_AGAIN)

    def _read_again_later(self, error: BotError) -> None:
        _log.warning("a reaction could not be stored; it is read again", error=str(error), again=_AGAIN)
        if self._reading_again is None or self._reading_again.done():
            self._reading_again = asyncio.create_task(self._read_again())

    async def _read_again(self) -> None:
        while True:
            await asyncio.sleep(_AGAIN)
            try:
                return await self._house.listener.changed(ChannelEvent(kind="missed", platform=PLATFORM))
            except BotError as error:
                _log.warning("reactions could not be read again yet", error=str(error), again=_AGAIN)

    # ------------------------------------------------------------ receipts

    def _tell(self, reaction: Reaction, outcome: VoteOutcome, answer_to: str = "") -> None:
        if outcome.result is not VoteResult.NOT_A_VOTE or answer_to:
            self.tell(reaction, _TOLD[outcome.result], answer_to, option=outcome.option or "")

    def tell(self, reaction: Reaction, key: str, answer_to: str = "", **values: object) -> None:
        """Lets the voter know, privately and in a task of its own: a vote never waits for its receipt. `answer_to`: the
        address that Slack gave for that, with a click."""
        self._spawn(self._receipt(reaction, key, answer_to, values))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _receipt(self, reaction: Reaction, key: str, answer_to: str, values: Mapping[str, object]) -> None:
        try:
            locale = (await self._members.of(reaction.workspace, reaction.member)).locale or "en"
            words = self._house.say(key, locale, **values)
            if answer_to:
                await self._web.respond(answer_to, _answer(words))
                return
            await self._web.send(
                reaction.workspace,
                "chat.postEphemeral",
                {"channel": reaction.place, "user": reaction.member, **receipt_payload(words)},
                patience=_RECEIPT_PATIENCE,
            )
        except PlatformError as error:
            _log.debug("a voter could not be told", error=str(error))  # in a storm, most cannot

    async def aclose(self) -> None:
        tasks = [*self._tasks, *filter(None, [self._reading_again])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _is_no_votes(install: Install, user: str, author: str | None) -> bool:
    """Whether it is our own reaction, or on a message by somebody else."""
    me = install.bot_user
    return user == me or bool(author and me and author != me)


def _answer(words: str) -> dict[str, object]:
    return {**receipt_payload(words), "response_type": "ephemeral", "replace_original": False}


# ------------------------------------------------------------ what members hold


async def held_on(web: Web, members: Members, refs: Sequence[MessageRef]) -> AsyncIterator[Reaction]:
    """What members other than bots hold on these messages. Slack has it by message, everybody in one answer.

    Raises PlatformUnavailable and ChannelLost. Messages that are gone are passed over.
    """
    for ref in refs:
        try:
            answer = await web.get(
                ref.workspace, "reactions.get", {"channel": ref.place, "timestamp": ref.message, "full": True}
            )
        except PostingDeleted:
            continue
        me = (await web.installs.of(ref.workspace)).bot_user
        for counted in (answer.get("message") or {}).get("reactions") or ():
            for user in counted.get("users") or ():
                if user != me and not (await members.of(ref.workspace, user)).bot:
                    yield reaction_on(ref, member=user, name=counted["name"])


async def put(web: Web, ref: MessageRef, names: Sequence[str]) -> None:
    """Puts an emoji on a message by the first of its names that Slack knows; one that is there already is fine.

    Raises PlatformError, PostingDeleted where the message is gone.
    """
    for number, name in enumerate(names, 1):
        try:
            await web.send(
                ref.workspace, "reactions.add", {"channel": ref.place, "timestamp": ref.message, "name": name}
            )
        except PostingRejected as error:
            code = code_of(error)
            if code == "already_reacted":
                return
            if code == "invalid_name" and number < len(names):
                continue
            raise
        return
