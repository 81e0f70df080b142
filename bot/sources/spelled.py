"""Dates and times spelled as people write them, in a few languages -> dates and times. Standard forms: `dates.py`."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from bot.text.words import folded

# Names of the months in a language a line, each by as many letters as tell it from the others.
_NAMES = """
jan feb mar apr may jun jul aug sep oct nov dec
jan feb marz apr mai jun jul aug sep okt nov dez
jan feb mrz apr mai jun jul aug sep okt nov dez
janv fevr mars avr mai juin juil aout sept oct nov dec
ene feb mar abr may jun jul ago sep oct nov dic
gen feb mar apr mag giu lug ago set ott nov dic
jan fev mar abr mai jun jul ago set out nov dez
jan feb maart apr mei jun jul aug sep okt nov dec
jan feb mars apr maj jun jul aug sept okt nov dec
sty lut mar kwi maj cze lip sie wrz paz lis gru
янв фев мар апр ма июн июл авг сен окт ноя дек
"""
_MONTHS = {name: number for line in _NAMES.split("\n") for number, name in enumerate(line.split(), 1)}
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\w*\.?"
_DAY, _YEAR = r"(?P<day>\d{1,2})", r"(?P<year>\d{4})"
_FORMS = [
    re.compile(rf"(?:\w{{2,10}}\.?,?\s+)?{form}(?!\d|\.\d)")
    for form in (
        rf"{_DAY}([.-])\s?(?P<month>\d{{1,2}})\2\s?{_YEAR}",  # with dots and hyphens the day is first
        rf"{_DAY}(?:\.?\s|-)(?:de\s)?{_MONTH}(?:\s|-)(?:de\s)?{_YEAR}",
        rf"{_MONTH}\s{_DAY}(?:st|nd|rd|th)?,?\s{_YEAR}",
        rf"{_YEAR}\s?年\s?(?P<month>\d{{1,2}})\s?月\s?{_DAY}\s?日",
        rf"{_YEAR}\s?년\s?(?P<month>\d{{1,2}})\s?월\s?{_DAY}\s?일",
        rf"{_YEAR}(\s?[./-]\s?)(?P<month>\d{{1,2}})\2{_DAY}\.?",
    )
]
_SLASHED = re.compile(rf"(?:\w{{2,10}}\.?,?\s+)?(?P<one>\d{{1,2}})/(?P<two>\d{{1,2}})/{_YEAR}(?!\d)")
_TIME = re.compile(
    r"[\s,t·-]*(?:(?:um|at|a las|alle)\s+)?(?P<before>[^\W\d]{2})?\s?"
    r"(?P<hour>\d{1,2})[:.h\u6642\u65f6\uc2dc]\s?(?P<minute>\d{2})[\u5206\ubd84]?"  # in Chinese and Korean
    r"(?:[:.](?P<second>\d{2})(?:\.\d+)?\u79d2?)?\s?(?P<half>[ap]\.?m\.?)?\s?(?:uhr)?\s?(?P<zone>.*)",
)
_AFTER_NOON = frozenset({"pm", "下午", "午後", "오후"})
_HALVES = _AFTER_NOON | {"am", "上午", "午前", "오전"}
_ZONE = re.compile(r"(?:gmt|utc)?\s?(?P<sign>[+-])(?P<hours>\d{2}|\d(?=:|\b)):?(?P<minutes>\d{2})?(?:\s?\(\w+\))?")
_ZONES = "z 0 ut 0 utc 0 gmt 0 wet 0 bst 1 west 1 cet 1 mez 1 cest 2 mesz 2 eet 2 eest 3 msk 3 hkt 8 sgt 8 jst 9 kst 9"
_ZONES += (
    " aest 10 aedt 11 nzst 12 nzdt 13 edt -4 est -5 cdt -5 cst -6 mdt -6 mst -7 pdt -7 pst -8 akdt -8 akst -9 hst -10"
)
_HOURS = dict(zip(_ZONES.split()[::2], map(int, _ZONES.split()[1::2]), strict=True))


def spelled_date(text: str) -> date | None:
    """The date that a text begins with, perhaps after the name of the day."""
    return _date_in(folded(text.strip()))[0]


def spelled_when(text: str) -> date | datetime | None:
    """The date, or the time in UTC, that a text says and nothing else; a zone that is not known is taken for UTC."""
    text = folded(text.strip())
    day, rest = _date_in(text)
    if day is None or not rest:
        return day
    stated = _TIME.fullmatch(rest)
    shift = _shift_of(stated["zone"].strip()) if stated else None
    if stated is None or shift is None:
        return None
    half = (stated["half"] or stated["before"] or "").replace(".", "")
    hour = int(stated["hour"])
    if half:
        if half not in _HALVES or hour > 12:
            return None
        hour = hour % 12 + (12 if half in _AFTER_NOON else 0)
    try:
        at = datetime(day.year, day.month, day.day, hour, int(stated["minute"]), int(stated["second"] or 0), tzinfo=UTC)
        return at - shift
    except (ValueError, OverflowError):
        return None


def _date_in(text: str) -> tuple[date | None, str]:
    """The date at the beginning of a folded text, and what follows it."""
    stated = next(filter(None, (form.match(text) for form in _FORMS)), None)
    try:
        if stated is not None:
            month = _MONTHS.get(stated["month"]) or int(stated["month"])
            return date(int(stated["year"]), month, int(stated["day"])), text[stated.end() :]
        if (stated := _SLASHED.match(text)) is not None:
            one, two = int(stated["one"]), int(stated["two"])
            if one <= 12 and two <= 12 and one != two:  # the day is first here, the month there
                return None, text
            return date(int(stated["year"]), min(one, two), max(one, two)), text[stated.end() :]
    except ValueError:
        pass
    return None, text


def _shift_of(zone: str) -> timedelta | None:
    """How far a zone is before UTC; None where this is none."""
    if (stated := _ZONE.fullmatch(zone)) is not None:
        minutes = 60 * int(stated["hours"]) + int(stated["minutes"] or 0)
        return timedelta(minutes=-minutes if stated["sign"] == "-" else minutes)
    return timedelta(hours=_HOURS.get(zone, 0)) if re.fullmatch(r"[a-z/_ ]{0,20}", zone) else None
