"""What an adapter is given: a listener, an archive, a vault and words. Binds; decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.commands import Commands
from bot.engine import Engine
from bot.locales import say
from bot.model import ChannelEvent, Choice, Command, Reaction, Reply, VoteOutcome
from bot.ports import Archive, Store, Vault

_PAUSING = {
    "left": "the bot was removed from the channel: invite it again",
    "archived": "the channel is archived: restore it",
    "lost": "the bot lost its permission: give it back",
    "workspace_gone": "the workspace removed the bot: install it again",
}


class Ear:
    """Implements `ports.Listener` on the engine and its commands."""

    def __init__(self, *, store: Store, engine: Engine, commands: Commands) -> None:
        self._store = store
        self._engine = engine
        self._commands = commands

    async def reacted(self, reaction: Reaction) -> VoteOutcome:
        return await self._engine.record.reaction(reaction)

    async def commanded(self, command: Command) -> Reply:
        return await self._commands.answer(command)

    async def suggest(self, command: Command) -> Sequence[Choice]:
        return await self._commands.suggest(command)

    async def changed(self, event: ChannelEvent) -> None:
        """Pauses the channels that an event takes away, and resumes those that it gives back."""
        if event.kind == "message_deleted":
            return  # a deleted digest counts as posted
        reason = _PAUSING.get(event.kind)
        async with self._store.begin() as tx:
            for channel in await tx.channels.all():
                spec = channel.spec
                here = (spec.platform, spec.workspace) == (event.platform, event.workspace)
                if here and event.place in (None, spec.place):
                    await tx.channels.pause(channel.id, reason and (event.reason or reason))


@dataclass(frozen=True, slots=True)
class House:
    """Implements `ports.House`."""

    listener: Ear
    archive: Archive
    vault: Vault

    def say(self, key: str, locale: str, **values: object) -> str:
        return say(key, locale, **values)
