"""When a page was published, where only a line beside its headline says so: the date that such a line begins with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from bot.model import Block
from bot.sources.dates import plausible
from bot.text.words import folded

# Names of the months in a language a line, each by as many letters as tell it from the others.
_NAMES = """
jan feb mar apr may jun jul aug sep oct nov dec
jan feb marz apr mai jun jul aug sep okt nov dez
janv fevr mars avr mai juin juil aout sept oct nov dec
ene feb mar abr may jun jul ago sep oct nov dic
gen feb mar apr mag giu lug ago set ott nov dic
jan fev mar abr mai jun jul ago set out nov dez
jan feb maart apr mei jun jul aug sep okt nov dec
янв фев мар апр ма июн июл авг сен окт ноя дек
"""
_MONTHS = {name: number for line in _NAMES.split("\n") for number, name in enumerate(line.split(), 1)}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_FORMS = [
    re.compile(rf"(?:\w{{2,10}},?\s+)?{form}(?!\d|\.\d)")
    for form in (
        r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})",  # with dots the day is first everywhere
        rf"(?P<day>\d{{1,2}})\.?\s(?:de\s)?(?P<month>{_MONTH})\w*\.?\s(?:de\s)?(?P<year>\d{{4}})",
        rf"(?P<month>{_MONTH})\w*\.?\s(?P<day>\d{{1,2}}),?\s(?P<year>\d{{4}})",
        r"(?P<year>\d{4})\s?年\s?(?P<month>\d{1,2})\s?月\s?(?P<day>\d{1,2})\s?日",
    )
]
_NEAR = 4  # blocks before and after the headline
_LONGEST = 80  # characters of a line


def dateline_of(blocks: Sequence[Block], title: str) -> date | None:
    """The date near the headline; None where no line there begins with one, or the headline is no block."""
    at = next((number for number, block in enumerate(blocks) if block.text == title), None)
    if at is None:
        return None
    near = blocks[max(0, at - _NEAR) : at + _NEAR + 1]
    lines = (line for block in near for line in block.text.split("\n") if len(line) <= _LONGEST)
    return next((found for line in lines if (found := _date_in(line)) is not None), None)


def _date_in(line: str) -> date | None:
    """The date that a line begins with, perhaps after the name of the day."""
    stated = next(filter(None, (form.match(folded(line.strip())) for form in _FORMS)), None)
    if stated is None:
        return None
    month = _MONTHS.get(stated["month"]) or int(stated["month"])
    try:
        found = plausible(date(int(stated["year"]), month, int(stated["day"])))
    except ValueError:
        return None
    return found
