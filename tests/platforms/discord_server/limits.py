"""The local Discord's rate limits: a bucket for each route and channel, and one global limit over a sliding second."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b


@dataclass
class Limits:
    """(requests, seconds) of the buckets. `scale` makes the whole server's time run faster.

    `webhooks` is the bucket of what follows on an interaction; it is outside of the global limit.
    """

    global_per_second: int = 50
    messages: tuple[int, float] = (5, 5.0)
    reactions: tuple[int, float] = (1, 0.25)
    webhooks: tuple[int, float] = (5, 2.0)
    others: tuple[int, float] = (50, 1.0)
    scale: float = 1.0

    def of(self, kind: str) -> tuple[int, float]:
        named = {"messages": self.messages, "reactions": self.reactions, "webhooks": self.webhooks}
        return named.get(kind, self.others)


@dataclass
class Bucket:
    """A window that begins with the first request after the last one ended."""

    limit: int
    seconds: float
    name: str
    left: int = 0
    ends: float = float("-inf")

    def take(self, now: float) -> float | None:
        """None, or how long to wait."""
        if now >= self.ends:
            self.left, self.ends = self.limit, now + self.seconds
        if self.left == 0:
            return self.ends - now
        self.left -= 1
        return None


@dataclass
class Verdict:
    """`wait` None: go on. Seconds are the client's, that is, real ones."""

    headers: dict[str, str]
    wait: float | None = None
    is_global: bool = False


@dataclass
class Gate:
    """`now` counts the server's seconds. What is turned away is counted in no window."""

    limits: Limits
    now: Callable[[], float]
    _buckets: dict[tuple[str, str], Bucket] = field(default_factory=dict)
    _passed: deque[float] = field(default_factory=deque)

    def passes(self, kind: str, major: str, *, counted: bool) -> Verdict:
        """Whether one more request of this kind may pass; `counted`: the global limit is for it too."""
        now, scale = self.now(), self.limits.scale
        if counted:
            while self._passed and self._passed[0] <= now - 1.0:
                self._passed.popleft()
            if len(self._passed) >= self.limits.global_per_second:
                return Verdict({}, wait=(self._passed[0] + 1.0 - now) / scale, is_global=True)
        bucket = self._buckets.get((kind, major)) or self._new(kind, major)
        wait = bucket.take(now)
        if wait is None and counted:
            self._passed.append(now)
        left = max(bucket.ends - now, 0.0) / scale
        headers = {
            "X-RateLimit-Limit": str(bucket.limit),
            "X-RateLimit-Remaining": str(bucket.left),
            "X-RateLimit-Reset": f"{time.time() + left:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
            "X-RateLimit-Bucket": bucket.name,
        }
        return Verdict(headers, wait=None if wait is None else wait / scale)

    def _new(self, kind: str, major: str) -> Bucket:
        limit, seconds = self.limits.of(kind)
        made = Bucket(limit, seconds, blake2b(kind.encode(), digest_size=16).hexdigest())
        self._buckets[kind, major] = made
        return made
