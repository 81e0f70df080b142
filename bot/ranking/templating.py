"""How far a text was filled into a mould: stock phrases, repetition, closings that would fit any article."""

from __future__ import annotations

import re
from collections import Counter
from math import exp

from bot.model import Article
from bot.text.passages import end_of_matter
from bot.text.phrases import phrase_pattern
from bot.text.sentences import sentences_of
from bot.text.words import content_words_of, fts_text

_LONGEST_TEXT = 30_000  # characters that are looked at
_STOCK_RATE = 2.0  # stock phrases in a hundred words that cut originality to .37
_FEWEST_WORDS = 100  # of a text for its rate of stock phrases; a single one in a note is no mould
_GRAM = 4  # words in a row that, said again, are repetition
_MOST_REPEATED = 0.5  # share of repeated runs at which nothing is original
_OPENING = 2  # words that sentences open with
_USUAL_OPENINGS = 0.3  # share of sentences that may open like an earlier one
_PLACEHOLDER = re.compile(
    r"\{\{|\}\}|\$\{|\[(?:insert|your|name|company|product)\b[^\]]*\]|lorem ipsum|<%", re.IGNORECASE
)

_STOCK = phrase_pattern(
    r"""
    cannot be overstated | in today['’]s (?:\w+[ -]){0,3}(?:world|age|era|landscape|society|market)
    (?:ever|rapidly|constantly)[ -](?:evolving|changing|growing)
    it (?:is|['’]s) (?:important|worth|crucial) (?:to|noting) | delv(?:e|es|ing) into
    at the (?:heart|forefront|intersection) of | a testament to | (?:rich|vast) tapestry
    (?:unlock|harness|unleash)(?:s|ing)? the (?:\w+ )?(?:power|potential) | only time will tell | game[ -]?changer
    paradigm shift | cutting[ -]edge | state[ -]of[ -]the[ -]art solutions? | seamless(?:ly)? | leverag(?:es|ing)
    navigat(?:e|es|ing) (?:the|this|these) (?:\w+ )?(?:complexit\w+|landscape|challenges?) | double[ -]edged sword
    not (?:just|only|merely) [^.;]{3,60} but | in conclusion | to sum up | look(?:s|ing)? no further
    whether you(?:['’]re| are) a | take (?:it|your \w+) to the next level | pave[sd]? the way
    now more than ever | the (?:only|best) (?:viable )?path forward | what happens next depends
    (?:broader|wider) implications | uncomfortable trade-?offs | meaningful (?:change|impact)
    robust and | best[ -]in[ -]class | world[ -]class | one[ -]stop[ -]shop | trusted partner
    tailored to your | high[ -]quality \w+ at | wide range of | customer satisfaction | years of experience
    designed to meet
    值得注意的是 | 總而言之 | 总而言之 | 綜上所述 | 综上所述 | 眾所周知 | 众所周知
    隨著.{0,12}的發展 | 随着.{0,12}的发展
    """,
    lowered=True,
)


def originality_of(article: Article) -> float:
    """1 for a text of its own, 0 for a filled-in mould.

    The product of: exp(- stock phrases in a hundred words / 2); the share of four-word runs that are not said again;
    openings of sentences that vary; the share of the text that belongs to its matter (a closing that shares nothing
    with the rest would fit any article); a quarter where placeholders are left. (Our own measure.)
    """
    text = article.text[:_LONGEST_TEXT]
    tokens = fts_text(text).split()
    if not tokens:
        return 1.0
    spans = sentences_of(text)
    words = [frozenset(content_words_of(text[start:end])) for start, end in spans]
    stock = exp(-100 * len(_STOCK.findall(text.lower())) / max(len(tokens), _FEWEST_WORDS) / _STOCK_RATE)
    matter = end_of_matter(article, spans, words) / max(1, spans[-1][1])
    placeholders = 0.25 if _PLACEHOLDER.search(text) else 1.0
    openings = [tuple(fts_text(text[start : start + 60]).split()[:_OPENING]) for start, _ in spans]
    return round(stock * _unrepeated(tokens) * _varied(openings) * matter * placeholders, 4)


def _unrepeated(tokens: list[str]) -> float:
    """1 where no run of words is said again, 0 where half of them are."""
    runs = Counter(zip(*(tokens[i:] for i in range(_GRAM)), strict=False))
    repeated = sum(count - 1 for count in runs.values()) / max(1, runs.total())
    return max(0.0, 1 - repeated / _MOST_REPEATED)


def _varied(openings: list[tuple[str, ...]]) -> float:
    """1 where sentences open in their own way, .5 where all open alike."""
    again = 1 - len(set(openings)) / max(1, len(openings))
    return 1 - 0.5 * max(0.0, again - _USUAL_OPENINGS) / (1 - _USUAL_OPENINGS)
