"""What counts as an emoji on Discord: one of Unicode's, or a server's own as `name:id`."""

from __future__ import annotations

import re
import unicodedata

_CUSTOM = re.compile(r"(?:a:)?(\w{2,32}):(\d{5,20})")
_KEYCAP = re.compile("[0-9#*]\ufe0f?\u20e3")
_JOINERS = frozenset("\u200d\ufe0f\u20e3")
_SYMBOLS = ("So", "Sm", "Sk")
_TOO = frozenset("‼⁉〰〽")  # emoji that Unicode files under punctuation
_NEW = range(0x1F000, 0x20000)  # planes of pictures, where Python may not know the latest yet
_MOST = 16  # code points in one emoji; the flag of Scotland has 7


def custom(emoji: str) -> tuple[str, str] | None:
    """(name, id) of a server's own emoji."""
    found = _CUSTOM.fullmatch(emoji)
    return (found[1], found[2]) if found else None


def is_unicode(emoji: str) -> bool:
    """Whether it looks like one of Unicode's. Not every symbol is an emoji, so this lets some through that Discord
    does not."""
    if _KEYCAP.fullmatch(emoji):
        return True
    if not 0 < len(emoji) <= _MOST or emoji.isascii():
        return False
    return all(_part(one) for one in emoji) and not set(emoji) <= _JOINERS


def _part(one: str) -> bool:
    tag = 0xE0020 <= ord(one) <= 0xE007F
    return one in _JOINERS or one in _TOO or tag or ord(one) in _NEW or unicodedata.category(one) in _SYMBOLS


def emoji_json(emoji: str) -> dict[str, str | None]:
    """An emoji as Discord tells of it."""
    own = custom(emoji)
    return {"id": own[1], "name": own[0]} if own else {"id": None, "name": emoji}
