"""What the bot says to people, in their language: a gettext catalogue (.po) for each, read when first needed.

`say` knows words, plurals, numbers and lists, `say_date` dates. What to say when is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from gettext import c2py
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from bot.errors import BotError

_FOLDER = Path(__file__).parent
_AMOUNTS = ("count", "posted", "valued")
_SOURCE = "en"  # complete by test; every other language falls back on it


@dataclass(frozen=True, slots=True)
class _Catalogue:
    words: Mapping[str, tuple[str, ...]]  # a form each, as `plural` counts them; one where the key has no plural
    plural: Callable[[int], int]


def say(key: str, locale: str, **values: object) -> str:
    """The words of a key. `count` chooses among plural forms.

    Amounts (`_AMOUNTS`), fractions and lists are written as the language writes them; any other whole number is a name,
    such as an article's, and stays as it is. A region falls back on its language, a language without the key on
    English. Raises KeyError for a key that is in no catalogue, ValueError where the words need a value that is missing.
    """
    for tag in _tags(locale):
        catalogue = _catalogue(tag)
        forms = catalogue.words.get(key)
        if forms is None:
            continue
        written = {name: _written(name, value, tag) for name, value in values.items()}
        try:
            return forms[_form(catalogue, forms, values)].format_map(written)
        except KeyError as missing:
            raise ValueError(f"the words of {key!r} in {tag} need a value for {missing}") from None
    raise KeyError(f"no catalogue in bot/locales has the words of {key!r}")


def say_error(error: BotError, locale: str) -> str:
    """What went wrong in words for members, where the error has them; else in its own."""
    return say(error.key, locale, **error.values) if error.key else str(error)


def say_date(when: date | datetime, locale: str, zone: str, *, style: Literal["full", "day", "short"] = "full") -> str:
    """ "Tuesday, 24 November 2026, 09:00" in that zone, without the time (day), or "24 Nov 2026" (short).

    A bare date stays the day that it is, in every zone.
    """
    from babel.dates import format_date, format_datetime

    tag = _tags(locale)[0]
    if isinstance(when, datetime):
        pattern = say(f"date.{style}", tag)
        return format_datetime(when, pattern, tzinfo=ZoneInfo(zone), locale=_babel_name(tag))
    pattern = say("date.short" if style == "short" else "date.day", tag)
    return format_date(when, pattern, locale=_babel_name(tag))


def say_number(number: float, locale: str) -> str:
    """1,234 in English, 1.234 in German."""
    return format(_Number(number, _tags(locale)[0]))


@cache
def languages() -> tuple[str, ...]:
    """The languages that there is a catalogue for: "en", "zh-Hant"."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.po")))


class _Number:
    """Stands in the words as `{x}`, by a pattern of Unicode TR35 as `{x:0.00}`, or as `{x:day}`: 1 day, 7 days."""

    def __init__(self, number: float, tag: str) -> None:
        self._number = number
        self._tag = tag

    def __format__(self, form: str) -> str:
        from babel.numbers import format_decimal

        if form == "day":  # babel has no such words for Chinese and Japanese
            return say("unit.day", self._tag, count=self._number)
        return format_decimal(self._number, form or None, locale=_babel_name(self._tag))


class _List:
    """Stands in the words as `{x}`: a, b and c; as `{x:or}`: a, b or c; or with what stands between: `{x:; }`."""

    def __init__(self, items: Sequence[object], tag: str) -> None:
        self._items = [str(item) for item in items]
        self._locale = _babel_name(tag)

    def __format__(self, form: str) -> str:
        from babel.lists import format_list

        if form in ("", "or"):
            return format_list(self._items, style="or" if form else "standard", locale=self._locale)
        return form.join(self._items)


def _written(name: str, value: object, tag: str) -> object:
    if isinstance(value, float) or (name in _AMOUNTS and isinstance(value, int)):
        return _Number(value, tag)
    return _List(value, tag) if isinstance(value, list | tuple) else value


def _babel_name(tag: str) -> str:
    return tag.replace("-", "_")


def _form(catalogue: _Catalogue, forms: tuple[str, ...], values: Mapping[str, object]) -> int:
    if len(forms) == 1:
        return 0
    count = values["count"]
    if not isinstance(count, int | float):
        raise TypeError(f"count is a number, not {count!r}")
    return catalogue.plural(int(count)) if count == int(count) else len(forms) - 1


@lru_cache(maxsize=256)
def _tags(locale: str) -> tuple[str, ...]:
    """The catalogues to look in, nearest first: zh-TW -> zh-Hant, en."""
    from babel import Locale, UnknownLocaleError

    try:
        parsed = Locale.parse(locale.replace("_", "-"), sep="-")  # fills in the script that a region writes
    except (ValueError, UnknownLocaleError):
        return (_SOURCE,)
    wanted = (f"{parsed.language}-{parsed.script}", parsed.language, _SOURCE)
    return tuple(tag for tag in dict.fromkeys(wanted) if tag in languages())


@cache
def _catalogue(tag: str) -> _Catalogue:
    from babel.messages.pofile import read_po

    with (_FOLDER / f"{tag}.po").open("rb") as file:
        read = read_po(file, locale=_babel_name(tag), abort_invalid=True)
    words = {}
    for message in read:
        key = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
        forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        if key:
            words[key] = tuple(form or "" for form in forms)
    return _Catalogue(words, c2py(read.plural_expr))
