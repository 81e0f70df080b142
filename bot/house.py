"""What an adapter is given: a listener, an archive, a vault and words. Binds; decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.commands import SPECS, Commands
from bot.engine import Engine
from bot.locales import say
from bot.model import Channel, ChannelEvent, Choice, Command, CommandSpec, Reaction, Reply, VoteOutcome
from bot.ports import Archive, Inbox, Standings, Statistics, Store, Vault

PAUSING = ("left", "archived", "lost", "workspace_gone")


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
        if event.kind == "missed":
            await self._engine.reread.missed(event.platform)
            return
        if event.kind == "message_deleted":
            return  # a deleted digest counts as posted
        for channel in await self._channels(event):
            if event.kind in PAUSING:
                await self._engine.deliver.lost(channel, _reason(event, channel.settings.locale))
            else:
                async with self._store.begin() as tx:
                    await tx.channels.pause(channel.id, None, lost=True)
                    if event.workspace and not channel.spec.workspace:
                        await tx.channels.locate(channel.id, event.workspace)

    async def _channels(self, event: ChannelEvent) -> list[Channel]:
        """Those that an event is about; one whose workspace is not known yet is known by its place."""
        async with self._store.read() as view:
            channels = await view.channels.all(platform=event.platform, place=event.place)
        return [
            one
            for one in channels
            if one.spec.workspace == event.workspace or (event.place is not None and not one.spec.workspace)
        ]


def _reason(event: ChannelEvent, locale: str) -> str:
    """Why nothing can be posted, in a language."""
    told = event.reason
    if isinstance(told, str):
        return told or say(f"paused.{event.kind}", locale)
    return say(told.key, locale, **told.values) if told.key else str(told)


@dataclass(frozen=True, slots=True)
class House:
    """Implements `ports.House`."""

    listener: Ear
    archive: Archive
    standings: Standings
    statistics: Statistics
    vault: Vault
    inbox: Inbox
    commands: Sequence[CommandSpec] = SPECS

    def say(self, key: str, locale: str, **values: object) -> str:
        return say(key, locale, **values)
