"""Fair shares of what one process has in hand, so that what is slow for one workspace is waited for by no other."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from operator import itemgetter
from typing import TypeVar

from bot.model import Workspace

T = TypeVar("T")


def in_turn(things: Iterable[T], owner: Callable[[T], Workspace]) -> list[T]:
    """The things in another order: the first of each owner, then the second of each, and so on."""
    counts: Counter[Workspace] = Counter()
    turns = []
    for thing in things:
        turns.append((counts[owner(thing)], thing))
        counts[owner(thing)] += 1
    return [thing for _, thing in sorted(turns, key=itemgetter(0))]


class Shares:
    """Counts what each workspace has in hand. The house's is not counted: it serves everybody."""

    def __init__(self, most: int) -> None:
        """`most`: who has as many in hand is passed over, until some of it is done."""
        self._most = most
        self.turn = asyncio.Lock()  # one claims at a time, so that each knows what the others have taken
        self._taken: Counter[Workspace] = Counter()

    def take(self, owners: Iterable[Workspace | None]) -> None:
        self._taken.update(owner for owner in owners if owner is not None)

    def give_back(self, owners: Iterable[Workspace | None]) -> None:
        self._taken.subtract(owner for owner in owners if owner is not None)
        self._taken = +self._taken  # what is down to nothing goes

    @property
    def spent(self) -> Collection[Workspace]:
        """Who has a whole share in hand."""
        return [owner for owner, count in self._taken.items() if count >= self._most]
