"""How much a member and a whole workspace may ask for in an hour. Each process counts its own."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from bot.model import Workspace

_HOUR = timedelta(hours=1)
_REMEMBERED = 10_000  # who is looked through for those whose hour is over


class Quota:
    def __init__(self, *, workspace: int, member: int | None = None) -> None:
        """`member` None: as much as the whole workspace."""
        self.workspace = workspace
        self._limits = (workspace if member is None else member, workspace)
        self._taken: dict[tuple[Workspace, str], deque[datetime]] = {}

    def put_off(self, workspace: Workspace, member: str, now: datetime) -> datetime | None:
        """None where one more is granted, and counted; else from when on it is. A limit of 0 grants none, ever."""
        if len(self._taken) > _REMEMBERED:
            self._taken = {one: lane for one, lane in self._taken.items() if lane and now - lane[-1] < _HOUR}
        lanes = [self._lane((workspace, who), now) for who in (f"member {member}", "all")]
        full = [
            lane[-limit] + _HOUR if limit else now + _HOUR
            for lane, limit in zip(lanes, self._limits, strict=True)
            if len(lane) >= limit
        ]
        if full:
            return max(full)
        for lane in lanes:
            lane.append(now)
        return None

    def _lane(self, who: tuple[Workspace, str], now: datetime) -> deque[datetime]:
        """When this hour's were granted, oldest first."""
        lane = self._taken.setdefault(who, deque())
        while lane and now - lane[0] >= _HOUR:
            lane.popleft()
        return lane
