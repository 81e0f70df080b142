"""Which of a bot's shards a gateway has, and so which servers. Pure.

https://discord.com/developers/docs/events/gateway#sharding-sharding-formula
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Shards:
    """Those with these numbers, of `count`."""

    numbers: range
    count: int

    @classmethod
    def of(cls, text: str | None) -> Self | None:
        """`0-3/16` or `5/16`, as the configuration has checked it; None: all that Discord recommends."""
        if text is None:
            return None
        span, _, count = text.partition("/")
        first, _, last = span.partition("-")
        return cls(range(int(first), int(last or first) + 1), int(count))

    def has(self, guild: str) -> bool:
        """Whether the events of a server come to one of them."""
        return (int(guild) >> 22) % self.count in self.numbers
