"""What a slash command means: Command -> Reply, the same on every platform. Adapters draw the reply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

from bot.commands import articles, digests, health, sources, votes
from bot.commands.asked import Answer, Asked, spelled
from bot.commands.quota import Quota
from bot.commands.suggested import SUGGESTED
from bot.engine import Engine
from bot.errors import BotError
from bot.locales import say, say_date
from bot.model import Argument, Channel, Choice, Command, CommandSpec, Reply
from bot.ports import Clock, Store
from bot.text.harmless import harmless_text

_LABEL = 100  # characters
_LONGEST = 1000  # characters of what is said of a failure
_MEMBER_READS, _WORKSPACE_READS, _COMMANDS = 10, 60, 1000  # an hour, where nothing is configured
_DEFAULT = {"digest": "preview", "sources": "list", "schedule": "show"}


async def _help(asked: Asked) -> Reply:
    rows = tuple((asked.command(name), asked.say(f"command.help.{name.replace(' ', '_')}")) for name in _BY_NAME)
    return Reply(columns=(asked.say("command.command"), asked.say("command.does")), rows=rows)


def _spec(name: str, *arguments: Argument, admin: bool = False, private: bool = True) -> CommandSpec:
    return CommandSpec(name=name, arguments=arguments, admin=admin, private=private)


_ARTICLE, _SOURCE = Argument("article", "article"), Argument("source", "source")
_ANY_ARTICLE = Argument("article", "article", required=False)

# Every command there is, in the order of /help, and what answers it.
ANSWERS: dict[CommandSpec, Answer] = {
    _spec("article", _ARTICLE, private=False): articles.article,
    _spec("digest now", admin=True): digests.now,
    _spec("digest preview", Argument("last", required=False)): digests.preview,
    _spec("digest next"): digests.following,
    _spec("digest history"): digests.history,
    _spec("digest doctor", admin=True): health.doctor,
    _spec("digest remove", _ARTICLE, admin=True): articles.remove,
    _spec("digest settle", Argument("outcome"), admin=True): digests.settle,
    _spec("sources list"): sources.listed,
    _spec("sources add", Argument("url"), admin=True): sources.add,
    _spec("sources remove", _SOURCE, admin=True): sources.remove,
    _spec("sources check", _SOURCE, admin=True): sources.check,
    _spec("schedule show"): digests.following,
    _spec("schedule set", Argument("cron"), Argument("zone", "zone", required=False), admin=True): digests.reschedule,
    _spec("schedule pause", admin=True): digests.pause,
    _spec("schedule resume", admin=True): digests.resume,
    _spec("votes", _ANY_ARTICLE): votes.votes,
    _spec("why", _ARTICLE): articles.why,
    _spec("forget", Argument("me")): votes.forget,
    _spec("help"): _help,
}
SPECS = tuple(ANSWERS)
_BY_NAME = {spec.name: spec for spec in SPECS}


class Commands:
    def __init__(
        self, *, store: Store, engine: Engine, clock: Clock, quota: Quota | None = None, rate: Quota | None = None
    ) -> None:
        """`quota` is for what is read on the spot, `rate` for commands of any kind."""
        self._store = store
        self._engine = engine
        self._clock = clock
        self._quota = quota or Quota(member=_MEMBER_READS, workspace=_WORKSPACE_READS)
        self._rate = rate or Quota(workspace=_COMMANDS)

    async def answer(self, command: Command) -> Reply:
        """The reply; whatever goes wrong becomes a reply that says what to do. Failures repeat what was typed, which
        may be long, or misleading to see."""
        reply = await self._answer(command)
        return replace(reply, text=harmless_text(reply.text)[:_LONGEST]) if reply.failed else reply

    async def _answer(self, command: Command) -> Reply:
        channel = await self._channel(command)
        if channel is None:
            return Reply(text=say("command.no_channel", command.locale or "en"), failed=True)
        locale = channel.settings.locale
        until = self._rate.put_off(channel.spec.home, command.member, self._clock.now())
        if until is not None:
            when = say_date(until, locale, channel.settings.timezone)
            return Reply(text=say("command.rate", locale, limit=self._rate.workspace, when=when), failed=True)
        name, words = _parsed(command)
        spec = _BY_NAME.get(name)
        if spec is None:
            return _unknown(name, locale, command.under)
        if spec.admin and not (command.admin or command.member in channel.settings.admins):
            return Reply(text=say("command.admins_only", locale, word=spelled(name, command.under)), failed=True)
        asked = Asked(
            channel=channel,
            member=command.member,
            under=command.under,
            words=words,
            store=self._store,
            engine=self._engine,
            clock=self._clock,
            quota=self._quota,
        )
        try:
            return await ANSWERS[spec](asked)
        except BotError as error:
            return Reply(text=asked.told(error), failed=True)

    async def suggest(self, command: Command) -> Sequence[Choice]:
        """What could stand where the typed text ends: a word of the command, an article, a source, a time zone.

        What is stored is suggested only where it would be answered too.
        """
        words = [spec.name.split()[1] for spec in SPECS if spec.name.startswith(f"{command.name} ")]
        head, found, typed = command.text.lstrip().partition(" ") if words else ("", " ", command.text)
        if not found:
            return [Choice(word, word) for word in words if word.startswith(head.lower())]
        spec = _BY_NAME.get(f"{command.name} {head.lower()}".strip())
        channel = await self._channel(command)
        if spec is None or channel is None:
            return []
        kinds = {argument.kind for argument in spec.arguments}
        async with self._store.read() as view:
            for kind, suggested in SUGGESTED.items():
                if kind in kinds:
                    choices = await suggested(view, typed.lstrip(), channel.spec.home)
                    return [replace(one, label=one.label[:_LABEL]) for one in choices]
        return []

    async def _channel(self, command: Command) -> Channel | None:
        """The channel that was asked in; where it was a thread, one of its own comes before the one above it."""
        async with self._store.read() as view:
            for place in filter(None, (command.thread, command.place)):
                channels = await view.channels.all(platform=command.platform, place=place)
                for channel in sorted(channels, key=lambda one: one.settings.best is not None):  # what is new speaks
                    if channel.spec.workspace == command.workspace:
                        return channel
        return None


def _unknown(name: str, locale: str, under: str) -> Reply:
    """There is no such command; the nearest one is the nearest in its own words, which those of `under` begin alike."""
    names = {spec.removeprefix(f"{under} "): spec for spec in _BY_NAME}
    near = get_close_matches(name.removeprefix(f"{under} "), names, 1)
    if near:
        hint = say("command.did_you_mean", locale, word=spelled(names[near[0]], under))
    else:
        hint = say("command.see_help", locale, command=spelled("help", under))
    return Reply(text=say("command.unknown", locale, word=spelled(name, under), hint=hint), failed=True)


def _parsed(command: Command) -> tuple[str, tuple[str, ...]]:
    """The command's full name and the words after it: `/digest` alone is `/digest preview`."""
    words = tuple(command.text.split())
    name = command.name.lstrip("/").lower()
    if name in _DEFAULT:
        return f"{name} {words[0].lower() if words else _DEFAULT[name]}", words[1:]
    return name, words
