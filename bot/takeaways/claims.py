"""What in a sentence can be checked word by word: its numbers and its names."""

from __future__ import annotations

import re

from bot.text.words import content_words_of, is_number, words_of

_WORD = re.compile(r"[^\W\d_](?:[^\W_]|['’](?=[^\W_]))*")
_OPENING = re.compile(r"(?:^|[.!?:;…•–—\"“„«(\[]\s*|\n\s*|\s[-*]\s+)$")
_TITLE_CASE = 0.6  # of a sentence's words
_NOUN_CASE = 0.25  # of a text's words inside sentences
_MOST_COUNTED = 10
_SAMPLE = 3_000  # characters


def numbers_in(text: str) -> frozenset[str]:
    """The numbers of a text, as `words_of` writes them; "1" is left out, being a pronoun or an article as often."""
    return frozenset(word for word in words_of(text) if is_number(word) and word != "1")


def is_count(word: str) -> bool:
    """Whether a number is so small that an author may have counted it up from what the text lists."""
    return word.isdigit() and int(word) <= _MOST_COUNTED


def names_in(text: str, *, capitals_tell: bool = True) -> frozenset[str]:
    """The stems of a text's names: words of odd case (GPT, iOS), and capitalised ones where capitals tell."""
    found = [(match.group(), _opens(text, match.start())) for match in _WORD.finditer(text)]
    capitalised = sum(_is_capitalised(word) for word, _ in found)
    capitals_tell = capitals_tell and capitalised <= max(2, _TITLE_CASE * len(found))
    names = (word for word, opens in found if _is_odd(word) or (capitals_tell and not opens and _is_capitalised(word)))
    return frozenset(stem for name in names for stem in words_of(name) if len(stem) > 1 and not is_number(stem))


def openers_in(text: str) -> frozenset[str]:
    """The stems of the capitalised words that open sentences, of which a capital does not tell whether it is a name."""
    words = (match.group() for match in _WORD.finditer(text) if _opens(text, match.start()))
    return frozenset(stem for word in words if _is_capitalised(word) for stem in content_words_of(word))


def capitals_tell_names(text: str) -> bool:
    """Whether a capital inside a sentence marks a name in this text. In German it marks any noun."""
    sample = text[:_SAMPLE]
    words = [*_WORD.finditer(sample)]
    capitalised = [match.start() for match in words if _is_capitalised(match.group())]
    return sum(not _opens(sample, start) for start in capitalised) <= _NOUN_CASE * len(words)


def _opens(text: str, at: int) -> bool:
    """Whether a word begins a sentence, a bullet or a quotation, where a capital tells nothing."""
    return at == 0 or _OPENING.search(text, max(0, at - 4), at) is not None


def _is_capitalised(word: str) -> bool:
    return word[0].isupper() and len(word) > 1


def _is_odd(word: str) -> bool:
    """GPT, OpenAI, iPhone; not Hello, not I'm."""
    capitals = sum(map(str.isupper, word))
    return capitals > 1 or (capitals == 1 and word[0].islower())
