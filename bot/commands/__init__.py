"""What a slash command means: Command -> Reply, the same on every platform. Adapters draw the reply."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from bot.commands import articles, digests, sources
from bot.commands.asked import Answer, Asked
from bot.engine import Engine
from bot.errors import BotError
from bot.locales import say
from bot.model import Channel, Choice, Command, Reply
from bot.ports import Clock, Store

_SUGGESTED = 25
_DEFAULT = {"digest": "preview", "sources": "list", "schedule": "show"}


async def _help(asked: Asked) -> Reply:
    rows = tuple((f"/{name}", asked.say(f"command.help.{name.replace(' ', '_')}")) for name in ANSWERS)
    return Reply(columns=(asked.say("command.command"), asked.say("command.does")), rows=rows)


ANSWERS: dict[str, tuple[Answer, bool]] = {  # command and its word -> what answers it, and whether for admins only
    "article": (articles.article, False),
    "digest now": (digests.now, True),
    "digest preview": (digests.preview, False),
    "digest next": (digests.following, False),
    "digest history": (digests.history, False),
    "sources list": (sources.listed, False),
    "sources add": (sources.add, True),
    "sources remove": (sources.remove, True),
    "sources check": (sources.check, True),
    "schedule show": (digests.following, False),
    "schedule set": (digests.reschedule, True),
    "schedule pause": (digests.pause, True),
    "schedule resume": (digests.resume, True),
    "votes": (articles.votes, False),
    "why": (articles.why, False),
    "help": (_help, False),
}


class Commands:
    def __init__(self, *, store: Store, engine: Engine, clock: Clock) -> None:
        self._store = store
        self._engine = engine
        self._clock = clock

    async def answer(self, command: Command) -> Reply:
        """The reply; whatever goes wrong becomes a reply that says what to do."""
        channel = await self._channel(command)
        if channel is None:
            return Reply(text=say("command.no_channel", command.locale or "en"), failed=True)
        locale = channel.settings.locale
        name, words = _parsed(command)
        if name not in ANSWERS:
            close = get_close_matches(name, ANSWERS, 1)
            hint = (
                say("command.did_you_mean", locale, word=f"/{close[0]}") if close else say("command.see_help", locale)
            )
            return Reply(text=say("command.unknown", locale, word=f"/{name}", hint=hint), failed=True)
        act, admins_only = ANSWERS[name]
        if admins_only and not (command.admin or command.member in channel.settings.admins):
            return Reply(text=say("command.admins_only", locale, word=f"/{name}"), failed=True)
        asked = Asked(channel=channel, words=words, store=self._store, engine=self._engine, clock=self._clock)
        try:
            return await act(asked)
        except BotError as error:
            return Reply(text=str(error), failed=True)

    async def suggest(self, command: Command) -> Sequence[Choice]:
        """What could stand after what was typed: words of the command, else articles."""
        typed = command.text.strip().lower()
        heads = [name.split()[1] for name in ANSWERS if name.startswith(f"{command.name} ")]
        if heads:
            return [Choice(head, head) for head in heads if head.startswith(typed)]
        async with self._store.read() as view:
            found = await view.articles.get(await view.articles.find(command.text, _SUGGESTED))
        return [Choice(stored.article.title[:100], str(stored.id)) for stored in found]

    async def _channel(self, command: Command) -> Channel | None:
        asked = (command.platform, command.workspace, command.place)
        async with self._store.read() as view:
            for channel in await view.channels.all():
                if (channel.spec.platform, channel.spec.workspace, channel.spec.place) == asked:
                    return channel
        return None


def _parsed(command: Command) -> tuple[str, tuple[str, ...]]:
    """The command's full name and the words after it: `/digest` alone is `/digest preview`."""
    words = tuple(command.text.split())
    name = command.name.lstrip("/").lower()
    if name in _DEFAULT:
        return f"{name} {words[0].lower() if words else _DEFAULT[name]}", words[1:]
    return name, words
