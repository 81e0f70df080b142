"""A channel's `must` and `must_not`: plain words, or patterns between slashes, and whether a text has them."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.errors import ConfigError
from bot.text.words import folded

LONGEST_TEXT = 1_000  # characters of an article that patterns see: enough for a title and five takeaways
_SLASHED = re.compile(r"/(?P<pattern>.+)/(?P<flags>[a-z]*)", re.DOTALL)
# Repetition of a repetition, as in (a+)+, takes time without end on the wrong text.
_NESTED_REPEAT = re.compile(r"\((?:[^()\\]|\\.)*(?:[*+]|\{\d+,\d*\})(?:[^()\\]|\\.)*\)(?:[*+]|\{\d+,\d*\})")
_UNSPACED = "\u0e00"  # scripts from here on do not set their words apart


def first_match(terms: tuple[str, ...], text: str) -> str | None:
    """The first of these terms that the text has. Raises ConfigError where a term is not a usable pattern."""
    seen = text[:LONGEST_TEXT]
    plain = folded(seen)
    for term in terms:
        pattern, is_word = _compiled(term)
        if pattern.search(plain if is_word else seen):
            return term
    return None


@lru_cache(maxsize=1024)
def _compiled(term: str) -> tuple[re.Pattern[str], bool]:
    """A term's pattern, and whether it is plain words, which are looked for in folded text."""
    slashed = _SLASHED.fullmatch(term)
    if slashed is None:
        words = folded(" ".join(term.split()))
        before = r"(?<!\w)" if words[:1] < _UNSPACED else ""
        after = r"(?!\w)" if words[-1:] < _UNSPACED else ""
        return re.compile(rf"{before}{re.escape(words)}{after}"), True
    if slashed["flags"] not in ("", "i"):
        raise ConfigError(f"pattern {term}: unknown flag {slashed['flags']!r}; the only flag is i, for any case")
    if _NESTED_REPEAT.search(slashed["pattern"]):
        raise ConfigError(f"pattern {term}: repeats a repetition, which can take for ever; repeat only once")
    try:
        return re.compile(slashed["pattern"], re.IGNORECASE if slashed["flags"] else 0), False
    except re.error as error:
        raise ConfigError(f"pattern {term}: {error}; see the syntax of Python's re module") from None
