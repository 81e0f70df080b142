"""Takeaways for an article that offers none: its own most telling sentences, trimmed to stand alone."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from math import isqrt, log

from bot.model import Article, Span
from bot.takeaways.support import Ground
from bot.text.phrases import phrase_pattern, promotional_turns
from bot.text.stopwords import STOPWORDS
from bot.text.words import content_words_of

LONGEST = 240  # characters of an extracted takeaway

# Openings that lean on the sentence before, or on a picture that a digest does not show.
_DANGLING = phrase_pattern(
    r"""
    this | that | these | those | it | its | they | them | their | he | she | his | her | him
    such | so | but | and | or | nor | however | moreover | furthermore | therefore | thus | hence | instead
    meanwhile | nevertheless | nonetheless | otherwise | similarly | likewise | also | then | additionally
    consequently | in addition | in contrast | by contrast | in other words | for (?:example|instance) | as a result
    as such | on the other hand | in turn | still | yet | besides | indeed | again | here | there | what | which
    who | why | how | the (?:former|latter) | another | both | neither | either | of course | in fact | that said
    even so | above | below | see | dies\w* | er | sie | es | aber | doch | jedoch | deshalb | daher | dabei | damit
    dazu | dann | so | auch | au(?:ß|ss)erdem | zudem | ihr\w* | sein\w* | ils? | elles? | ce | cette | ces | cela
    mais | donc | ainsi | est[aeo] | eso | pero | ellos?
    [這此該它他她那] | 但是? | 而且? | 也 | 因此 | 所以 | 然而 | 不過 | 不过 | 其中
    另外 | 同時 | 同时 | これ | それ | この | その | しかし | また | そして | だから | 그러나 | 그리고 | 이는 | 이것
    """
)
_QUOTES = "\"'“‘«「『"
_UNFIT_END = re.compile(r"[:：?？,;…]$|\.\.\.$")
_ASIDE = re.compile(r"[(\[（][^()\[\]（）]*[)\]）][.。]?")  # a caption, a credit
_CLAIM = phrase_pattern(
    r"""
    we (?:propose|present|introduce|show|develop|study|demonstrate|find|found|provide|investigate|explore|prove)
    (?:this|the) (?:paper|work|study|report) \w+ | our (?:results?|methods?|models?|approach|experiments|findings)
    according to | stud(?:y|ies) (?:show|found|find) | researchers (?:found|say) | announced | found that
    show(?:s|ed) that | means that | because | the (?:main|key|most important) | conclude[sd]? | reveal(?:s|ed)?
    研究 | 發現 | 发现 | 表示 | 宣布 | 指出 | 発表 | 明らか | 발표 | 밝혔
    """
)
_ASIDE = re.compile(r"\s*[—–]\s*[^—–]+[—–]\s*|\s*\([^()]*\)|\s*\[[^\[\]]*\]")
_CLAUSES = (
    re.compile(r"[;；]|,? (?:which|whereas|although|while|because|but)\b"),
    re.compile(r"[,:](?=\s)|[—–，：、]"),
)
_FEWEST_WORDS = 4  # content words
_SHORTEST = 30  # characters; of text without spaces, a third
_TITLE_WEIGHT, _POSITION_WEIGHT, _CLAIM_WEIGHT = 1.0, 0.2, 0.5
_LEANING = 0.5  # factor for a sentence that leans on another
_TOO_LONG = 0.8  # factor for a sentence that has to be trimmed
_SIMILAR = 0.5  # share of words that two takeaways may have in common


@dataclass(frozen=True, slots=True)
class Extract:
    """A sentence, perhaps trimmed, and where it stands in the text."""

    text: str
    span: Span


def extracts_of(article: Article, ground: Ground, limit: int) -> tuple[Extract, ...]:
    """Up to `limit` sentences of the article that say most of it, in reading order; fewer of a short text.

    A sentence's score is its degree in the sentence-overlap graph of TextRank (Mihalcea and Tarau 2004: shared words
    over the logarithm of the length; summed by word, so in linear time), as a share of the highest, plus its share of
    the title's words, its place, and whether it states a finding. One that leans on the sentence before counts half,
    one too long to be shown whole 0.8. The best are taken one by one, leaving out what a better one says already.
    """
    scores = _scores(article, ground)
    title = frozenset(content_words_of(article.title))
    chosen: list[tuple[Extract, frozenset[str]]] = []
    for place in sorted(scores, key=lambda place: (-scores[place], place)):
        if len(chosen) == min(limit, _how_many(len(ground.sentences))):
            break
        words = ground.words[place]
        if words <= title:  # the title again
            continue
        if all(len(words & other) <= _SIMILAR * min(len(words), len(other)) for _, other in chosen):
            chosen.append((_extract(article.text, ground.sentences[place]), words))
    return tuple(sorted((extract for extract, _ in chosen), key=lambda extract: extract.span))


def _how_many(sentences: int) -> int:
    """One of a single sentence, three of ten, five of forty and more."""
    return max(1, min(5, sentences, 1 + isqrt(sentences // 2)))


def _scores(article: Article, ground: Ground) -> dict[int, float]:
    """The score of each sentence that may be a takeaway, by its place."""
    texts = [article.text[start:end] for start, end in ground.sentences]
    fit = [place for place, text in enumerate(texts) if _is_fit(text, ground.words[place])]
    if not fit:
        fit = [place for place, words in enumerate(ground.words) if words]
    holders = Counter(word for words in ground.words for word in words)
    degree = {
        place: sum(holders[word] - 1 for word in ground.words[place]) / (1 + log(len(ground.words[place]) + 1))
        for place in fit
    }
    highest = max(degree.values(), default=0) or 1.0
    title = frozenset(content_words_of(article.title))
    return {
        place: (
            degree[place] / highest
            + _TITLE_WEIGHT * len(title & ground.words[place]) / max(1, len(title))
            + _POSITION_WEIGHT / (1 + place)
            + _CLAIM_WEIGHT * bool(_CLAIM.search(texts[place]))
        )
        * (_LEANING if _DANGLING.match(texts[place].lstrip(_QUOTES)) else 1.0)
        * (_TOO_LONG if len(texts[place]) > LONGEST else 1.0)
        for place in fit
    }


def _is_fit(text: str, words: frozenset[str]) -> bool:
    """Whether a sentence can be shown alone: a whole statement, not an announcement, a question or a sales pitch."""
    shortest = _SHORTEST if text.isascii() or " " in text.strip() else _SHORTEST // 3
    return (
        len(text) >= shortest
        and len(words) >= _FEWEST_WORDS
        and not _UNFIT_END.search(text)
        and not promotional_turns(text)
        and "\n" not in text
        and not _ASIDE.fullmatch(text)
    )


def _extract(text: str, span: Span) -> Extract:
    start, end = span
    return Extract(trimmed(text[start:end]), span)


def trimmed(sentence: str, longest: int = LONGEST) -> str:
    """The sentence in one line: without its asides where it is too long, then cut at a clause, else at a word."""
    sentence = " ".join(sentence.split())
    if len(sentence) > longest:
        sentence = _ASIDE.sub(" ", sentence).replace(" ,", ",").replace(" .", ".")
    if len(sentence) <= longest:
        return sentence
    for clause in _CLAUSES:
        ends = [match.start() for match in clause.finditer(sentence, longest // 3, longest)]
        if ends:
            return _closed(sentence[: ends[-1]])
    return _closed(sentence[: longest - 1].rpartition(" ")[0] or sentence[: longest - 1])


def _closed(beginning: str) -> str:
    """The beginning of a sentence without the small words that led on to what was cut."""
    words = beginning.split(" ")
    while len(words) > 1 and words[-1].strip(",;:—–").lower() in {"", *STOPWORDS}:
        words.pop()
    return f"{' '.join(words).rstrip(' ,;:—–')}…"
