"""Whether an article bears out a takeaway, how far, and in which of its sentences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.model import Article, Span
from bot.takeaways.claims import capitals_tell_names, is_count, names_in, numbers_in, openers_in
from bot.text.frames import frame_words
from bot.text.passages import end_of_matter
from bot.text.sentences import sentences_of
from bot.text.words import content_words_of, is_number, word_sets_of, words_of

SUPPORTED = 0.25  # support from which on a takeaway is shown
LONGEST_TEXT = 100_000  # characters that are looked at
_MOST_PLACES = 100  # of a word; and words that begin alike: keeps the work small on hostile text
_MOST_EVIDENCE = 3  # sentences
_MOST_WORDS = 60  # of a takeaway
LONGEST_TAKEAWAY = 1_000  # characters that are looked at
_CLAIM_WEIGHT = 2.0  # of a number or a name, against 1 of another word
_KIN_WEIGHT = 0.8  # of a word that begins alike, against 1 of the same word
_KIN_LENGTH = 5  # letters that two words must begin with
_LEAST_GAIN = 0.07  # of all weight, that a further sentence must add
_FRAME_WEIGHT = 0.3  # of a word with which anything is reported
_PAIR_WEIGHT = 0.5  # of two neighbouring words, against 1 of the lighter of them
_DOUBT = 2.0  # words' weight that no takeaway has

_Term = tuple[str, ...]  # a word, or two that stand side by side


@dataclass(frozen=True, slots=True)
class Ground:
    """What takeaways may rest on: the article's sentences (headings and a foreign closing left out) and their words."""

    sentences: tuple[Span, ...]
    words: tuple[frozenset[str], ...]
    places: Mapping[str, Sequence[int]]  # word -> sentences
    kin: Mapping[str, Sequence[str]]  # first letters -> words
    title: frozenset[str]  # its words
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
    title, summary = article.title[:LONGEST_TAKEAWAY], (article.summary or "")[:LONGEST_TEXT]
    headings = {(block.start, block.end) for block in article.blocks if block.kind == "heading"}
    spans = sentences_of(text)
    read = [word_sets_of(text[start:end]) for start, end in spans]
    told = [i for i, span in enumerate(spans) if span not in headings]
    sentences, words = [spans[i] for i in told], [read[i][1] for i in told]
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
    heard = (every for (start, _), (every, _) in zip(spans, read, strict=True) if start < end)
    return Ground(
        sentences=tuple(sentences[i] for i in kept),
        words=tuple(words[i] for i in kept),
        places=dict(places),
        kin=dict(kin),
        title=frozenset(content_words_of(title)),
        known=frozenset(words_of(f"{title}\n{summary}")).union(*heard),
        capitals_tell=capitals_tell_names(text),
    )


def support_of(takeaway: str, ground: Ground) -> Support:
    """How far the article bears out a takeaway.

    The share of what the takeaway says that its title and the best three sentences hold together: its words, and each
    two neighbours among them that one sentence holds both. Numbers above ten and names weigh double, words with which
    anything is reported a third, a pair half of its lighter word; a word that only begins alike counts a little less.
    Two words' weight is added to the whole, so that a takeaway of few words, which chance may hold, needs more of
    them. (Our own measure, after the coverage scores of summary evaluation; `bench/TAKEAWAYS.md` has what each adds.)
    """
    takeaway = takeaway[:LONGEST_TAKEAWAY]
    names = names_in(takeaway, capitals_tell=ground.capitals_tell)
    missing = frozenset(word for word in numbers_in(takeaway) | names if not _is_known(word, ground))
    doubtful = frozenset(word for word in openers_in(takeaway) if not _is_known(word, ground))
    words = (content_words_of(takeaway) or words_of(takeaway))[:_MOST_WORDS]
    claims = names | doubtful
    weights: dict[_Term, float] = {(word,): _weight(word, is_claim=word in claims) for word in words}
    if not weights:
        return Support(0.0)
    for one, other in pairwise(words):
        if one != other:
            weights[one, other] = _PAIR_WEIGHT * min(weights[one,], weights[other,])
    covered, places = _best_sentences(weights, ground)
    score = covered / (sum(weights.values()) + _DOUBT)
    return Support(round(score, 4), tuple(ground.sentences[place] for place in sorted(places)), missing, doubtful)


def _weight(word: str, *, is_claim: bool) -> float:
    if is_claim or (is_number(word) and not is_count(word)):
        return _CLAIM_WEIGHT
    return _FRAME_WEIGHT if word in frame_words() else 1.0


def _is_known(claim: str, ground: Ground) -> bool:
    if claim in ground.known:
        return True
    return not is_number(claim) and len(claim) >= _KIN_LENGTH and claim[:_KIN_LENGTH] in ground.kin


def _best_sentences(weights: Mapping[_Term, float], ground: Ground) -> tuple[float, list[int]]:
    """The weight that up to three sentences cover together with the title, and their places, chosen greedily."""
    holders = {term: _holders(term, ground) for term in weights}
    covered = dict.fromkeys(weights, 0.0)
    chosen: list[int] = []
    for _ in range(_MOST_EVIDENCE):
        gains: dict[int, float] = defaultdict(float)
        for term, places in holders.items():
            for place, share in places.items():
                if share > covered[term]:
                    gains[place] += weights[term] * (share - covered[term])
        best = max(gains, key=lambda place: (gains[place], -place), default=None)
        if best is None or (chosen and gains[best] < _LEAST_GAIN * sum(weights.values())):
            break
        chosen.append(best)
        for term, places in holders.items():
            covered[term] = max(covered[term], places.get(best, 0.0))
    return sum(
        weight * (1.0 if ground.title.issuperset(term) else covered[term]) for term, weight in weights.items()
    ), chosen


def _holders(term: _Term, ground: Ground) -> Mapping[int, float]:
    """The sentences that hold a word, or one that begins like it, or both words of a pair; and how far each counts."""
    word, *others = term
    holders = dict.fromkeys(_kin_places(word, ground), _KIN_WEIGHT)
    holders.update(dict.fromkeys(ground.places.get(word, ()), 1.0))
    for other in others:
        second = _holders((other,), ground)
        holders = {place: min(share, second[place]) for place, share in holders.items() if place in second}
    return holders


def _kin_places(word: str, ground: Ground) -> Iterable[int]:
    if len(word) < _KIN_LENGTH or is_number(word):
        return ()
    return (place for other in ground.kin.get(word[:_KIN_LENGTH], ()) for place in ground.places[other])
