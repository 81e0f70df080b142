"""When a page was published, where only a line beside its headline says so: the date that such a line begins with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.model import Block
from bot.sources.dates import plausible
from bot.sources.spelled import spelled_date

_NEAR = 4  # blocks before and after the headline
_LONGEST = 80  # characters of a line


def dateline_of(blocks: Sequence[Block], title: str) -> date | None:
    """The date near the headline; None where no line there begins with one, or the headline is no block."""
    at = next((number for number, block in enumerate(blocks) if block.text == title), None)
    if at is None:
        return None
    near = blocks[max(0, at - _NEAR) : at + _NEAR + 1]
    lines = (line for block in near for line in block.text.split("\n") if len(line) <= _LONGEST)
    return next(filter(None, (plausible(spelled_date(line)) for line in lines)), None)
