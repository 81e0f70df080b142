"""When it is believed that an address moved for good (301, 308), so that the new one is read instead.

A single such answer may be a mistake, or a hotel's sign-in page; a publisher's means it for days. The source stays what
it is: its number, its articles and what they earned; and where the new address fails, its own is asked again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.errors import BotError, FetchError
from bot.model import Move, Source

_TIMES = 3  # readings in a row that must say the same
_FOR = timedelta(days=2)  # between the first of them and the last
_BUSY = 429
_TROUBLE = 500  # and above; neither tells anything of where a feed is


def after_answer(source: Source, moved: str | None, now: datetime) -> tuple[str | None, Move | None]:
    """What is read from now on instead of the source's own address, and the move that is not believed yet.

    `moved`: where the address that is read sent us for good. From https to http nobody moves for good."""
    if moved is None or (source.address.startswith("https:") and not moved.startswith("https:")):
        return source.reads, None
    before = source.move
    same = before if before is not None and before.to == moved else Move(moved, now, 0)
    move = Move(moved, same.since, same.times + 1)
    if move.times < _TIMES or now - move.since < _FOR:
        return source.reads, move
    return (None if moved == source.spec.address else moved), None


def is_astray(source: Source, error: BotError) -> bool:
    """Whether the source's own address is asked next, because what was read instead of it is not there any more."""
    status = (error.status or 0) if isinstance(error, FetchError) else 0
    return source.reads is not None and status != _BUSY and status < _TROUBLE
