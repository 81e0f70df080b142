"""The local Slack's rate limits: a bucket for each method and workspace, and for messages one for each channel."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

# Tier: (requests a minute, how many at once).
TIERS: dict[int, tuple[float, float]] = {1: (1, 3), 2: (20, 5), 3: (50, 10), 4: (100, 20), 0: (600, 100)}
_HISTORY = ("conversations.history", "conversations.replies")
_GRACE = 0.1  # seconds in which a request may have been under way when the 429 before it was told


@dataclass(frozen=True)
class Limits:
    """`scale` makes the whole server's time run faster.

    `chat_per_second` and `chat_burst` are of one channel, `chat_per_minute` and
    `chat_at_once` of a workspace. `history_per_minute` and
    `history_page` are the limits of 2025 for apps that are sold outside of the marketplace: 1 and 15.
    """

    tiers: dict[int, tuple[float, float]] = field(default_factory=lambda: dict(TIERS))
    chat_per_second: float = 1.0
    chat_burst: float = 4
    chat_per_minute: float = 240
    chat_at_once: float = 60
    history_per_minute: float | None = None
    history_page: int | None = None
    scale: float = 1.0

    @classmethod
    def wide(cls, *, scale: float = 1.0) -> Limits:
        """So that no test has to wait."""
        tiers = dict.fromkeys(TIERS, (60_000.0, 10_000.0))
        return cls(
            tiers, chat_per_second=1000, chat_burst=1000, chat_per_minute=60_000, chat_at_once=10_000, scale=scale
        )


@dataclass
class Bucket:
    """Fills by `rate` a second up to `most`."""

    rate: float
    most: float
    held: float
    at: float

    def wait(self, now: float) -> float:
        """0, or the seconds until there is one in it."""
        self.held, self.at = min(self.most, self.held + (now - self.at) * self.rate), now
        return 0.0 if self.held >= 1 - 1e-9 else (1 - self.held) / self.rate


@dataclass
class Gate:
    """`now` counts the server's seconds. `too_many` counts the 429, `ignored` requests that did not wait as told."""

    limits: Limits
    now: Callable[[], float]
    too_many: int = 0
    ignored: int = 0
    _buckets: dict[tuple[str, ...], Bucket] = field(default_factory=dict)
    _told: dict[tuple[str, ...], tuple[float, float]] = field(default_factory=dict)

    def passes(self, method: str, tier: int, workspace: str, channel: str) -> int | None:
        """None: go on. Otherwise the whole seconds that the client must wait, which are real ones."""
        now = self.now()
        key = (method, workspace, channel) if method == "chat.postMessage" else (method, workspace)
        self._note(key)
        buckets = self._of(method, tier, workspace, channel, now)
        wait = max(one.wait(now) for one in buckets)
        if wait == 0:
            for one in buckets:
                one.held -= 1
            return None
        self.too_many += 1
        return self.tell(key, wait / self.limits.scale)

    def tell(self, key: tuple[str, ...], seconds: float) -> int:
        """What the header says of so long a wait; from now on it is noted who does not keep to it."""
        whole = max(1, math.ceil(seconds))
        now = time.monotonic()
        self._told[key] = (now + _GRACE, now + whole)
        return whole

    def _note(self, key: tuple[str, ...]) -> None:
        if key in self._told:
            begins, ends = self._told[key]
            self.ignored += begins < time.monotonic() < ends

    def _of(self, method: str, tier: int, workspace: str, channel: str, now: float) -> list[Bucket]:
        limits = self.limits
        if method == "chat.postMessage":
            in_channel = self._bucket((method, workspace, channel), limits.chat_per_second, limits.chat_burst, now)
            in_all = self._bucket((method, workspace), limits.chat_per_minute / 60, limits.chat_at_once, now)
            return [in_channel, in_all]
        if method in _HISTORY and limits.history_per_minute is not None:
            most = max(1.0, limits.history_per_minute)
            return [self._bucket((method, workspace), limits.history_per_minute / 60, most, now)]
        per_minute, burst = limits.tiers[tier]
        return [self._bucket((method, workspace), per_minute / 60, burst, now)]

    def _bucket(self, key: tuple[str, ...], rate: float, most: float, now: float) -> Bucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(rate, most, most, now)
        return bucket
