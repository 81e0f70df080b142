"""The local Discord's rate limits: a bucket for each route and channel, and one global limit over a sliding second."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Limits:
    """(requests, seconds) of the buckets. `scale` makes the whole server's time run faster."""

    global_per_second: int = 50
    messages: tuple[int, float] = (5, 5.0)
    reactions: tuple[int, float] = (1, 0.25)
    others: tuple[int, float] = (50, 1.0)
    scale: float = 1.0

    def of(self, kind: str) -> tuple[int, float]:
        return {"messages": self.messages, "reactions": self.reactions}.get(kind, self.others)


@dataclass
class Bucket:
    """A window that begins with the first request after the last one ended."""

    limit: int
    seconds: float
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
    limits: Limits
    now: Callable[[], float]
    _buckets: dict[tuple[str, str], Bucket] = field(default_factory=dict)
    _seen: deque[float] = field(default_factory=deque)

    def passes(self, kind: str, major: str, *, counted: bool) -> Verdict:
        now, scale = self.now(), self.limits.scale
        if counted:
            while self._seen and self._seen[0] <= now - 1.0:
                self._seen.popleft()
            if len(self._seen) >= self.limits.global_per_second:
                return Verdict({}, wait=(self._seen[0] + 1.0 - now) / scale, is_global=True)
        limit, seconds = self.limits.of(kind)
        bucket = self._buckets.setdefault((kind, major), Bucket(limit, seconds))
        wait = bucket.take(now)
        if wait is None and counted:
            self._seen.append(now)
        left = max(bucket.ends - now, 0.0) / scale
        headers = {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(bucket.left),
            "X-RateLimit-Reset": f"{now / scale + left:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
            "X-RateLimit-Bucket": f"bucket-{kind}",
        }
        return Verdict(headers, wait=None if wait is None else wait / scale)
