"""What a word is, in any script: tokens for matching and for search. Sentences live in `sentences.py`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from bot.text.stopwords import STOPWORDS

# Scripts written without spaces between words (and Hangul, whose particles stick to their nouns) are read as bigrams.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17d3\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
# `\w` leaves out the vowel signs of Indic and the points of Semitic scripts, which would break words apart.
_SIGNS = (
    "\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff\u0f00-\u0f0a\u0f18-\u0fff"
)
_LETTER = rf"(?:[^\W\d_{_UNSPACED}]|[{_SIGNS}])"
_TOKEN = re.compile(
    rf"(?P<run>[{_UNSPACED}]+)"
    r"|(?P<number>\d+(?:[.,]\d+)*)"
    rf"|(?P<word>{_LETTER}(?:{_LETTER}|\d)*(?:['’](?:{_LETTER})+)*)"
)
_PAIR = re.compile(rf"[{_UNSPACED}]{{1,2}}")
_MARKS = re.compile("[\u0300-\u036f]")
_HIRAGANA = re.compile("[\u3040-\u309f\u30fc]+")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_GROUPED_BY_POINTS = re.compile(r"\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?")

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_UNITS = {word: value for value, word in enumerate(_ONES.split())}
_UNITS |= {word: 10 * tens for tens, word in enumerate(_TENS.split(), start=2)}
_SCALES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_SCALES |= {"mn": 10**6, "bn": 10**9, "tn": 10**12, "mio": 10**6, "mrd": 10**9}
_GLUED_SCALES = {"k": 10**3, "m": 10**6, "b": 10**9}

# The suffixes of English that a light stem loses; what remains must be four letters or more.
_ENDINGS = """
ization isation izations isations izational ize izes ized izing izer ise ises ised ising iser ation ations ational
ition itions itive itor itors ion ions ional ive ively iveness ability ibility abilities able ably ible ibly ment
ments ance ances ence ences ancy ency ant ants ent ents ities ity fulness ful ousness ously ous ing ings ingly ed
edly ic ical ically al ally or ors er ers es s ies y e ly
"""
_SUFFIXES = frozenset(_ENDINGS.split())
_LONGEST_SUFFIX = max(map(len, _SUFFIXES))


def folded(text: str) -> str:
    """The text with case, width and accents taken away, for comparing."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", plain)))


def fts_text(text: str) -> str:
    """What is indexed, and what is asked for: folded words, and bigrams of unspaced scripts, between spaces."""
    parts: list[str] = []
    for match in _TOKEN.finditer(folded(text)):
        token = match.group()
        if match.lastgroup == "run":
            parts.extend(_bigrams(token))
        elif token.isalnum():  # nearly every word
            parts.append(token)
        else:
            parts.extend(re.split(r"[.,'’]", token))
    return " ".join(parts)


def words_of(text: str) -> list[str]:
    """The tokens of a text for matching: folded, stemmed, numbers as digits ("twelve" is "12")."""
    return [stem for _, stem in _read(text)]


def content_words_of(text: str) -> list[str]:
    """`words_of` without the words that carry no meaning of their own."""
    return [stem for word, stem in _read(text) if not _is_empty(word)]


def word_sets_of(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The sets of `words_of` and of `content_words_of`, in one reading."""
    every: set[str] = set()
    content: set[str] = set()
    for word, stem in _read(text):
        every.add(stem)
        if not _is_empty(word):
            content.add(stem)
    return frozenset(every), frozenset(content)


def is_number(word: str) -> bool:
    """Whether a token of `words_of` is a number."""
    return word[:1].isdigit()


def is_unspaced(word: str) -> bool:
    """Whether a token of `words_of` is two characters of a script that is written without spaces."""
    return not word.isascii() and _PAIR.fullmatch(word) is not None


def _is_empty(word: str) -> bool:
    if word.isascii():
        return word in STOPWORDS or (len(word) == 1 and word.isalpha())
    return word in STOPWORDS or _HIRAGANA.fullmatch(word) is not None


def _bigrams(run: str) -> Iterable[str]:
    return (run[i : i + 2] for i in range(len(run) - 1)) if len(run) > 1 else (run,)


def _read(text: str) -> Iterator[tuple[str, str]]:
    """Pairs (word as written but folded, its form for matching)."""
    text = folded(text)
    number: float | None = None  # being put together, as in "two hundred fifty"
    end = 0
    for match in _TOKEN.finditer(text):
        token, kind = match.group(), match.lastgroup
        if kind == "word":
            if not token.isalnum():
                token = token.replace("’", "'").removesuffix("'s")
            if number is None and token not in _UNITS:  # nearly every word
                yield token, _stem(token)
                continue
            grown = _grown(number, token, gap=text[end : match.start()])
            if grown is not None:
                number, end = grown, match.end()
                continue
        if number is not None:
            # A lone "one" is nearly always a pronoun.
            yield ("one" if number == 1 else ""), f"{number:.12g}"
            number = None
        if kind == "run":
            yield from ((pair, pair) for pair in _bigrams(token))
        elif kind == "word":
            number = _UNITS.get(token)
            if number is None:
                yield token, _stem(token)
        else:
            number = _value(token)
            if number is None:
                yield token, token
        end = match.end()
    if number is not None:
        yield ("one" if number == 1 else ""), f"{number:.12g}"


def _grown(number: float | None, token: str, *, gap: str) -> float | None:
    """The number with one more of its words, or None where the word does not belong to it."""
    if number is None or gap not in ("", " ", "-"):
        return None
    scale = _SCALES.get(token.removesuffix("s")) or (None if gap else _GLUED_SCALES.get(token))
    if scale is not None:
        return number * scale
    unit = _UNITS.get(token)
    if unit is not None and unit > 0 and number >= 20 and number % 10 == 0 and number % 100 and unit < 10:
        return number + unit  # twenty-one
    if unit is not None and unit > 0 and number >= 100 and number % 100 == 0:
        return number + unit  # two hundred fifty
    return None


def _value(token: str) -> float | None:
    """A number as written, or None where it is none (a version, a list)."""
    if _GROUPED.fullmatch(token):
        token = token.replace(",", "")
    elif _GROUPED_BY_POINTS.fullmatch(token):
        token = token.replace(".", "").replace(",", ".")
    elif token.count(",") == 1 and "." not in token:
        token = token.replace(",", ".")
    try:
        return float(token) if len(token) <= 15 else None
    except ValueError:
        return None


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    """A light stem: the word without its longest English suffix, so that "optimizing" meets "optimization"."""
    if len(word) == 4 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    for length in range(min(_LONGEST_SUFFIX, len(word) - 4), 0, -1):
        if word[-length:] in _SUFFIXES:
            return word[:-length]
    return word
