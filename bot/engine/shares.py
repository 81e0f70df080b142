"""Fair shares of what one process has in hand, so that what is slow for one workspace is waited for by no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from bot.model import Workspace


class Shares:
    """Counts what each workspace has in hand. The house's is not counted: it serves everybody."""

    def __init__(self, most: int) -> None:
        """`most`: who has as many in hand is passed over, until some of it is done."""
        self._most = most
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
