"""What an answer is given: who asks where, the words after the command, and the engine to ask."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.engine import Engine
from bot.locales import say, say_date
from bot.model import Channel, Reply, Workspace
from bot.ports import Clock, Store

_EVERYWHERE = "article"  # the command that every platform has: it is asked for so often


def spelled(name: str, under: str) -> str:
    """A command as members type it: `/sources list`, or `/digest sources list` where all are words of one command."""
    return f"/{name}" if not under or name.split()[0] in (under, _EVERYWHERE) else f"/{under} {name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    channel: Channel
    under: str
    words: tuple[str, ...]
    store: Store
    engine: Engine
    clock: Clock

    @property
    def text(self) -> str:
        return " ".join(self.words)

    @property
    def viewer(self) -> Workspace:
        """The workspace that asks: it is shown its own and the house's."""
        return self.channel.spec.home

    def command(self, name: str) -> str:
        return spelled(name, self.under)

    def say(self, key: str, **values: object) -> str:
        return say(key, self.channel.settings.locale, **values)

    def date(self, when: datetime) -> str:
        return say_date(when, self.channel.settings.locale, self.channel.settings.timezone)


Answer = Callable[[Asked], Awaitable[Reply]]
