"""What an answer is given: who asks where, the words after the command, and the engine to ask."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.engine import Engine
from bot.locales import say, say_date
from bot.model import Channel, Reply
from bot.ports import Clock, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    channel: Channel
    words: tuple[str, ...]
    store: Store
    engine: Engine
    clock: Clock

    @property
    def text(self) -> str:
        return " ".join(self.words)

    def say(self, key: str, **values: object) -> str:
        return say(key, self.channel.settings.locale, **values)

    def date(self, when: datetime) -> str:
        return say_date(when, self.channel.settings.locale, self.channel.settings.timezone)


Answer = Callable[[Asked], Awaitable[Reply]]
