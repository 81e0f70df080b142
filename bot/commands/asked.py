"""What an answer is given: who asks where, the words after the command, and the engine to ask."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.commands.quota import Quota
from bot.engine import Engine
from bot.errors import BotError
from bot.locales import say, say_date, say_error, say_number
from bot.model import Channel, Reply, Workspace
from bot.ports import Clock, Store

_EVERYWHERE = "article"  # the command that every platform has: it is asked for so often


def spelled(name: str, under: str) -> str:
    """A command as members type it: `/sources list`, or `/digest sources list` where all are words of one command."""
    return f"/{name}" if not under or name.partition(" ")[0] in (under, _EVERYWHERE) else f"/{under} {name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    channel: Channel
    member: str
    under: str
    words: tuple[str, ...]
    store: Store
    engine: Engine
    clock: Clock
    quota: Quota

    @property
    def text(self) -> str:
        return " ".join(self.words)

    @property
    def is_address(self) -> bool:
        return self.text.startswith(("http://", "https://"))

    @property
    def viewer(self) -> Workspace:
        """The workspace that asks: it is shown its own and the house's."""
        return self.channel.spec.home

    def command(self, name: str) -> str:
        return spelled(name, self.under)

    def say(self, key: str, **values: object) -> str:
        return say(key, self.channel.settings.locale, **values)

    def told(self, error: BotError) -> str:
        """An error in the channel's language where it has words for members."""
        return say_error(error, self.channel.settings.locale)

    def number(self, amount: int) -> str:
        return say_number(amount, self.channel.settings.locale)

    def date(self, when: datetime) -> str:
        return say_date(when, self.channel.settings.locale, self.channel.settings.timezone)


Answer = Callable[[Asked], Awaitable[Reply]]
