"""What the bot says to people, in their language: a gettext catalogue (.po) for each, read when first needed.

`say` knows words and plurals, `say_date` dates. What to say when is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from gettext import c2py
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

_FOLDER = Path(__file__).parent
_SOURCE = "en"  # complete by test; every other language falls back on it


@dataclass(frozen=True, slots=True)
class _Catalogue:
    words: Mapping[str, tuple[str, ...]]  # a form each, as `plural` counts them; one where the key has no plural
    plural: Callable[[int], int]


def say(key: str, locale: str, **values: object) -> str:
    """The words of a key. `count` chooses among plural forms.

    A region falls back on its language, a language without the key on English. Raises KeyError for a key that is in
    no catalogue, ValueError where the words need a value that is not given.
    """
    for tag in _tags(locale):
        catalogue = _catalogue(tag)
        forms = catalogue.words.get(key)
        if forms is None:
            continue
        try:
            return forms[_form(catalogue, forms, values)].format_map(values)
        except KeyError as missing:
            raise ValueError(f"the words of {key!r} in {tag} need a value for {missing}") from None
    raise KeyError(f"no catalogue in bot/locales has the words of {key!r}")


def say_date(when: date | datetime, locale: str, zone: str, *, style: Literal["full", "day", "short"] = "full") -> str:
    """ "Tuesday, 24 November 2026, 09:00" in that zone, without the time (day), or "24 Nov 2026" (short).

    A bare date stays the day that it is, in every zone.
    """
    from babel.dates import format_date, format_datetime

    tag = _tags(locale)[0]
    if isinstance(when, datetime):
        pattern = say(f"date.{style}", tag)
        return format_datetime(when, pattern, tzinfo=ZoneInfo(zone), locale=tag.replace("-", "_"))
    pattern = say("date.short" if style == "short" else "date.day", tag)
    return format_date(when, pattern, locale=tag.replace("-", "_"))


@cache
def languages() -> tuple[str, ...]:
    """The languages that there is a catalogue for: "en", "zh-Hant"."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.po")))


def _form(catalogue: _Catalogue, forms: tuple[str, ...], values: Mapping[str, object]) -> int:
    if len(forms) == 1:
        return 0
    count = values["count"]
    if not isinstance(count, int):
        raise TypeError(f"count is a whole number, not {count!r}")
    return catalogue.plural(count)


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
        read = read_po(file, locale=tag.replace("-", "_"), abort_invalid=True)
    words = {}
    for message in read:
        key = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
        forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        if key:
            words[key] = tuple(form or "" for form in forms)
    return _Catalogue(words, c2py(read.plural_expr))
