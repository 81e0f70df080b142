"""Whether an article bears out a takeaway, how far, and in which of its sentences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.model import Article, Span
from bot.takeaways.claims import capitals_tell_names, is_count, names_in, numbers_in, openers_in
from bot.text.passages import end_of_matter
from bot.text.sentences import sentences_of
from bot.text.words import content_words_of, is_number, words_of

SUPPORTED = 0.4  # support from which on a takeaway is shown
LONGEST_TEXT = 100_000  # characters that are looked at
_MOST_PLACES = 500  # of a word; and words that begin alike: keeps the work small on hostile text
_MOST_EVIDENCE = 3  # sentences
_CLAIM_WEIGHT = 2.0  # of a number or a name, against 1 of another word
_KIN_WEIGHT = 0.8  # of a word that begins alike, against 1 of the same word
_KIN_LENGTH = 5  # letters that two words must begin with
_LEAST_GAIN = 0.07  # of all weight, that a further sentence must add
_MISSING_CLAIM = 0.6  # factor for each number or name that the article nowhere holds


@dataclass(frozen=True, slots=True)
class Ground:
    """What takeaways may rest on: the article's sentences (headings and a foreign closing left out) and their words."""

    sentences: tuple[Span, ...]
    words: tuple[frozenset[str], ...]
    places: Mapping[str, Sequence[int]]  # word -> sentences
    kin: Mapping[str, Sequence[str]]  # first letters -> words
    known: frozenset[str]  # every word of the article, title and headings too
    capitals_tell: bool


@dataclass(frozen=True, slots=True)
class Support:
    """How far a takeaway is borne out, 0..1, by which sentences, and what of its claims the article lacks."""

    score: float
    evidence: tuple[Span, ...] = ()
    missing: frozenset[str] = frozenset()  # numbers and names
    doubtful: frozenset[str] = frozenset()  # words that open a sentence, and so may be names


def ground_of(article: Article) -> Ground:
    """The ground of an article's takeaways. Of a very long text only the first 100,000 characters are looked at."""
    text = article.text[:LONGEST_TEXT]
    headings = {(block.start, block.end) for block in article.blocks if block.kind == "heading"}
    sentences = [span for span in sentences_of(text) if span not in headings]
    words = [frozenset(content_words_of(text[start:end])) for start, end in sentences]
    end = end_of_matter(article, sentences, words)
    kept = [i for i, (start, _) in enumerate(sentences) if start < end]
    places: dict[str, list[int]] = defaultdict(list)
    kin: dict[str, list[str]] = defaultdict(list)
    for place, i in enumerate(kept):
        for word in words[i]:
            if word not in places and len(word) >= _KIN_LENGTH and len(kin[word[:_KIN_LENGTH]]) < _MOST_PLACES:
                kin[word[:_KIN_LENGTH]].append(word)
            if len(places[word]) < _MOST_PLACES:
                places[word].append(place)
    told = f"{article.title}\n{article.summary or ''}\n{text[:end]}"
    return Ground(
        sentences=tuple(sentences[i] for i in kept),
        words=tuple(words[i] for i in kept),
        places=dict(places),
        kin=dict(kin),
        known=frozenset(words_of(told)),
        capitals_tell=capitals_tell_names(text),
    )


def support_of(takeaway: str, ground: Ground) -> Support:
    """How far the article bears out a takeaway.

    The share of the takeaway's words, weighted, that the best three sentences hold together. Numbers above ten and
    names weigh double; a word that only begins alike counts a little less; each such number or name that the article
    nowhere holds multiplies the score by 0.6. (Our own measure, after the coverage scores of summary evaluation.)
    """
    names = names_in(takeaway, capitals_tell=ground.capitals_tell)
    missing = frozenset(word for word in numbers_in(takeaway) | names if not _is_known(word, ground))
    doubtful = frozenset(word for word in openers_in(takeaway) if not _is_known(word, ground))
    weights = {
        word: _CLAIM_WEIGHT if word in names | doubtful or (is_number(word) and not is_count(word)) else 1.0
        for word in content_words_of(takeaway) or words_of(takeaway)
    }
    if not weights:
        return Support(0.0)
    covered, places = _best_sentences(weights, ground)
    invented = sum(not is_count(word) for word in missing)
    score = covered / sum(weights.values()) * _MISSING_CLAIM**invented
    return Support(round(score, 4), tuple(ground.sentences[place] for place in sorted(places)), missing, doubtful)


def _is_known(claim: str, ground: Ground) -> bool:
    if claim in ground.known:
        return True
    return not is_number(claim) and len(claim) >= _KIN_LENGTH and claim[:_KIN_LENGTH] in ground.kin


def _best_sentences(weights: Mapping[str, float], ground: Ground) -> tuple[float, list[int]]:
    """The weight that up to three sentences cover together, and their places, chosen greedily."""
    holders = {word: _holders(word, ground) for word in weights}
    covered = dict.fromkeys(weights, 0.0)
    chosen: list[int] = []
    for _ in range(_MOST_EVIDENCE):
        gains: dict[int, float] = defaultdict(float)
        for word, places in holders.items():
            for place, share in places.items():
                if share > covered[word]:
                    gains[place] += weights[word] * (share - covered[word])
        best = max(gains, key=lambda place: (gains[place], -place), default=None)
        if best is None or (chosen and gains[best] < _LEAST_GAIN * sum(weights.values())):
            break
        chosen.append(best)
        for word, places in holders.items():
            covered[word] = max(covered[word], places.get(best, 0.0))
    return sum(weights[word] * covered[word] for word in weights), chosen


def _holders(word: str, ground: Ground) -> dict[int, float]:
    """The sentences that hold a word, or one that begins like it, and how far each counts."""
    holders = dict.fromkeys(_kin_places(word, ground), _KIN_WEIGHT)
    holders.update(dict.fromkeys(ground.places.get(word, ()), 1.0))
    return holders


def _kin_places(word: str, ground: Ground) -> Iterable[int]:
    if len(word) < _KIN_LENGTH or is_number(word):
        return ()
    return (place for other in ground.kin.get(word[:_KIN_LENGTH], ()) for place in ground.places[other])
