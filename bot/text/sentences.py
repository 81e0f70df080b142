"""Where sentences begin and end, in any script. Words live in `words.py`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.model import Span
from bot.text.stopwords import STOPWORDS
from bot.text.words import folded

# Abbreviations that never end a sentence, and those that may when a common opening word follows.
_TITLES = """
mr mrs ms dr prof rev hon st mt ft gen col maj capt lt sgt sen rep gov pres supt fr sr jr vs viz cf eg ie fig figs eq
no nos vol pp ch sec art ed eds op approx ca bzw evtl ggf inkl nr str usw vgl hr fr hrsg jan feb mar apr jun jul aug
sep sept oct nov dec e.g i.e z.b d.h u.a p.ej
"""
_TAILS = "etc inc ltd co corp al a.m p.m bros dept est univ assn llc plc"
_NEVER_LAST = frozenset(_TITLES.split())
_SELDOM_LAST = frozenset(_TAILS.split())

_OPENERS = "\"'“‘«„([{「『（【《〈-–—•*"
_CLOSERS = "\"'”’»)]}」』）】》〉"
_STOP = re.compile(
    rf"(?P<stop>[.!?…؟।۔]+|[。！？｡]+)(?P<close>(?:[{re.escape(_CLOSERS)}]|\[\d{{1,3}}\])*)"
    r"|(?P<line>\n+[^\S\n]*(?:\n\s*)?)"
)
_WIDE = frozenset("。！？｡")
_LAST_TOKEN = re.compile(r"[\w.]+$")
_NEXT_WORD = re.compile(r"[\w'’]+")
_LOOK = 40  # characters that are looked at on either side of a full stop


def sentences_of(text: str) -> tuple[Span, ...]:
    """The sentences of a text in order, as spans without surrounding space. A blank line always ends one."""
    spans: list[Span] = []
    start = 0
    for end in _ends(text):
        begin = start
        while begin < end and text[begin].isspace():
            begin += 1
        close = end
        while close > begin and text[close - 1].isspace():
            close -= 1
        if close > begin:
            spans.append((begin, close))
        start = end
    return tuple(spans)


def _ends(text: str) -> Iterator[int]:
    quotes = counted = 0  # straight quotes of the line up to there
    done = 0
    for match in _STOP.finditer(text):
        if match.start() < done:
            continue
        if match["line"] is not None:
            if _line_ends(text, match):
                yield match.end()
            quotes, counted = 0, match.end()
            continue
        quotes += text.count('"', counted, match.start())
        counted = match.start()
        end = _past_late_quote(text, match, inside=quotes % 2 == 1)
        if _stop_ends(text, match, end):
            done = end
            yield end
    yield len(text)


def _line_ends(text: str, line: re.Match[str]) -> bool:
    """A blank line ends a sentence; a single break does, unless the text runs on in lower case."""
    if line.group().count("\n") > 1 or line.end() == len(text):
        return True
    return not text[line.end()].islower()


def _past_late_quote(text: str, stop: re.Match[str], *, inside: bool) -> int:
    """Where the stop's closing marks end; takes in a closing quote set off by a space, as in `“why? ” Now`."""
    end = stop.end()
    if inside and not stop["close"] and text[end : end + 2] == ' "' and text[end + 2 : end + 3].isspace():
        return end + 2
    return end


def _stop_ends(text: str, stop: re.Match[str], end: int) -> bool:
    if end == len(text):
        return True
    following = text[end]
    if stop["stop"][0] in _WIDE:
        return not (stop["close"] and following in "とっ")
    if not following.isspace():
        # Unspaced text may go on at once, Latin text may not: 3.5, example.org.
        return following >= "\u3040" and stop["stop"] != "."
    ahead = text[end : end + _LOOK].lstrip()
    if not ahead:
        return True
    first = ahead.lstrip(_OPENERS)[:1]
    if first.islower():
        return False
    return stop["stop"] != "." or bool(stop["close"]) or not abbreviates(text, stop.start(), ahead)


def abbreviates(text: str, stop: int, ahead: str) -> bool:
    """Whether the full stop at `stop` belongs to an abbreviation, initial or ordinal, given the text after it."""
    last = _LAST_TOKEN.search(text, max(0, stop - _LOOK), stop)
    if last is None:
        return False
    ending = folded(last.group())
    if ending in _NEVER_LAST:
        return True
    is_initial = len(ending) == 1 and last.group().isupper() and ending != "i"
    is_acronym = re.fullmatch(r"\w(?:\.\w)+", ending) is not None
    is_ordinal = len(ending) <= 2 and ending.isdigit()  # German "am 3. Mai", and list numbers
    if not (is_initial or is_acronym or is_ordinal or ending in _SELDOM_LAST):
        return False
    word = _NEXT_WORD.search(ahead)
    return word is not None and (word.group()[0].islower() or folded(word.group()) not in STOPWORDS)
