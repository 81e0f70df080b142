"""How rules for Block Kit are written down: a check says what is wrong with a value, and where."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Check = Callable[[str, Any], Iterator[str]]
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_WEB = re.compile(r"https?://\S+")
_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


def fault(message: str, where: str) -> str:
    """As Slack says it."""
    return f"{message} [json-pointer:{where}]"


@dataclass(frozen=True)
class Kind:
    """An object's keys, beside "type"; `more` are rules for several of them."""

    required: Mapping[str, Check] = field(default_factory=dict)
    optional: Mapping[str, Check] = field(default_factory=dict)
    more: Check | None = None

    def faults(self, where: str, value: Mapping[str, Any]) -> Iterator[str]:
        for name in self.required:
            if value.get(name) is None:
                yield fault(f"missing required field: {name}", where)
        for name, one in value.items():
            check = self.required.get(name) or self.optional.get(name)
            if check is not None:
                if one is not None:
                    yield from check(f"{where}/{name}", one)
            elif name != "type":
                yield fault(f"no more than these fields are allowed: {name}", where)
        if self.more is not None:
            yield from self.more(where, value)


def thing(kinds: Mapping[str, Kind], names: frozenset[str] | None = None) -> Check:
    """An object whose "type" says which one; `names`: those that may stand here."""

    def check(where: str, value: Any) -> Iterator[str]:
        if not isinstance(value, Mapping):
            yield fault("must be an object", where)
            return
        name = value.get("type")
        kind = kinds.get(name) if isinstance(name, str) else None
        if kind is None or (names is not None and name not in names):
            yield fault(f"unsupported type: {name}", where)
            return
        yield from kind.faults(where, value)

    return check


def plain_object(kind: Kind) -> Check:
    """An object without a "type"."""

    def check(where: str, value: Any) -> Iterator[str]:
        if isinstance(value, Mapping):
            yield from kind.faults(where, value)
        else:
            yield fault("must be an object", where)

    return check


def either(*checks: Check) -> Check:
    """What one of these has no fault with; otherwise the faults of the first."""

    def check(where: str, value: Any) -> Iterator[str]:
        found = [list(one(where, value)) for one in checks]
        if all(found):
            yield from found[0]

    return check


def text(most: int, least: int = 1) -> Check:
    def check(where: str, value: Any) -> Iterator[str]:
        if not isinstance(value, str):
            yield fault("must be a string", where)
        elif len(value) < least:
            yield fault(f"must be more than {least - 1} characters", where)
        elif len(value) > most:
            yield fault(f"must be less than {most + 1} characters", where)

    return check


def _matching(pattern: re.Pattern[str], what: str, most: int) -> Check:
    def check(where: str, value: Any) -> Iterator[str]:
        yield from text(most)(where, value)
        if isinstance(value, str) and not pattern.fullmatch(value):
            yield fault(f"must be {what}", where)

    return check


address = _matching(_ADDRESS, "a valid URL", 3000)
web_address = _matching(_WEB, "a valid URL", 3000)
date = _matching(_DATE, "a date", 10)
name = text(255)


def boolean(where: str, value: Any) -> Iterator[str]:
    if not isinstance(value, bool):
        yield fault("must be a boolean", where)


def whole(least: int = 0, most: int = 10**12) -> Check:
    def check(where: str, value: Any) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            yield fault(f"must be an integer from {least} to {most}", where)

    return check


def number(where: str, value: Any) -> Iterator[str]:
    if not isinstance(value, int | float) or isinstance(value, bool):
        yield fault("must be a number", where)


def one_of(*values: object) -> Check:
    def check(where: str, value: Any) -> Iterator[str]:
        if value not in values or isinstance(value, bool):
            yield fault(f"must be one of {', '.join(map(str, values))}", where)

    return check


def listing(each: Check, most: int, least: int = 1) -> Check:
    def check(where: str, value: Any) -> Iterator[str]:
        if not isinstance(value, list):
            yield fault("must be an array", where)
            return
        if len(value) > most:
            yield fault(f"no more than {most} items allowed", where)
        if len(value) < least:
            yield fault(f"no less than {least} items allowed", where)
        for position, one in enumerate(value):
            yield from each(f"{where}/{position}", one)

    return check


def anything(where: str, value: Any) -> Iterator[str]:
    """What is not looked into."""
    return iter(())


def _text_object(kinds: tuple[str, ...], most: int) -> Check:
    of_text = text(most)

    def check(where: str, value: Any) -> Iterator[str]:
        if not isinstance(value, Mapping):
            yield fault("must be an object", where)
            return
        kind = value.get("type")
        if kind not in kinds:
            yield fault(f"must be {' or '.join(kinds)}, not {kind}", where)
            return
        optional = {"emoji": boolean} if kind == "plain_text" else {"verbatim": boolean}
        yield from Kind({"text": of_text}, optional).faults(where, value)

    return check


def plain(most: int) -> Check:
    """A plain_text object."""
    return _text_object(("plain_text",), most)


def words(most: int = 3000) -> Check:
    """A text object of either kind."""
    return _text_object(("plain_text", "mrkdwn"), most)
