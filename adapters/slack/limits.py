"""How fast Slack may be asked: each method by its tier and workspace, messages by their channel. What Slack says of
waiting counts for more than what we reckon."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.errors import PlatformUnavailable

_MINUTE = 60.0
_PER_MINUTE = {  # docs.slack.dev/apis/web-api/rate-limits: tiers 2 to 4 of our methods
    "users.list": 20,
    "chat.delete": 50,
    "chat.postEphemeral": 100,
    "conversations.history": 50,
    "conversations.info": 50,
    "conversations.replies": 50,
    "oauth.v2.access": 100,
    "reactions.add": 50,
    "reactions.get": 50,
    "users.info": 100,
}
_OTHERS = 20  # also for opening a connection: there Slack says itself when it is too often
_BURST = 1 / 6  # of a minute's requests at once after a pause: Slack allows "occasional bursts"
_POSTS = 3  # messages at once in a channel, of what Slack calls "short bursts"
_FORGET = 65_536  # lanes that are remembered at most

POST = "chat.postMessage"
SEARCHES = ("conversations.history", "conversations.replies")


@dataclass
class _Lane:
    """`free`: when the next request may start if none came at once (GCRA's theoretical arrival time), in loop time.
    `closed`: until when Slack wants none at all."""

    interval: float
    burst: int
    free: float = 0.0
    closed: float = 0.0

    def start(self, now: float) -> float:
        return max(now, self.closed, self.free - (self.burst - 1) * self.interval)

    def used(self, now: float) -> float:
        """Of the requests that may come at once."""
        ahead = (self.free - now) / (self.burst * self.interval) if self.interval else 0.0
        return 1.0 if self.closed > now else min(1.0, max(0.0, ahead))

    def reserve(self, start: float) -> None:
        if self.interval:  # else the one channel's queue would hold the others back
            self.free = max(self.free, start) + self.interval


@dataclass
class Limits:
    """Turns for requests. `posts_per_second` is a channel's; Slack names no figure for a whole workspace."""

    posts_per_second: float = 1.0
    _lanes: dict[tuple[str, str, str], _Lane] = field(default_factory=dict)

    async def turn(self, workspace: str, method: str, channel: str = "", *, patience: float) -> None:
        """Returns when the request may be sent. Raises PlatformUnavailable where that is more than `patience` seconds
        off; nothing is reserved then."""
        loop = asyncio.get_running_loop()
        while True:
            lanes = self._of(workspace, method, channel)
            now = loop.time()
            start = max(lane.start(now) for lane in lanes)
            if start - now > patience:
                raise PlatformUnavailable("Slack's rate limits ask the bot to wait", retry_after=start - now)
            for lane in lanes:
                lane.reserve(start)
            await asyncio.sleep(start - now)
            if all(lane.closed <= loop.time() for lane in lanes):
                return

    def closed(self, workspace: str, method: str, retry_after: float) -> None:
        """Slack wants no more of this method from this workspace for so many seconds."""
        until = asyncio.get_running_loop().time() + retry_after
        lane = self._lane(workspace, method, "")
        lane.closed = max(lane.closed, until)
        if method in SEARCHES:  # the app is one of those that may search but once a minute
            lane.interval, lane.burst = max(lane.interval, min(retry_after, _MINUTE)), 1

    def used(self) -> Mapping[str, float]:
        """As `ports.Limited`: of each method, in that workspace or channel where the most is used."""
        now = asyncio.get_running_loop().time()
        most: dict[str, float] = {}
        for (_, method, _), lane in self._lanes.items():
            most[method] = max(most.get(method, 0.0), lane.used(now))
        return most

    def _of(self, workspace: str, method: str, channel: str) -> list[_Lane]:
        """The lanes that a request is in: the workspace's, and for messages the channel's."""
        lanes = [self._lane(workspace, method, "")]
        return [*lanes, self._lane(workspace, method, channel)] if method == POST else lanes

    def _lane(self, workspace: str, method: str, channel: str) -> _Lane:
        key = (workspace, method, channel)
        if key not in self._lanes:
            if len(self._lanes) >= _FORGET:
                self._forget()
            self._lanes[key] = self._new(method, channel)
        return self._lanes[key]

    def _new(self, method: str, channel: str) -> _Lane:
        if method == POST:
            return _Lane(1 / self.posts_per_second if channel else 0.0, _POSTS)
        per_minute = _PER_MINUTE.get(method, _OTHERS)
        return _Lane(_MINUTE / per_minute, max(1, int(per_minute * _BURST)))

    def _forget(self) -> None:
        """Drops the lanes that hold nobody back any more."""
        now = asyncio.get_running_loop().time()
        self._lanes = {key: lane for key, lane in self._lanes.items() if max(lane.free, lane.closed) > now}
