"""Which articles tell the same story: near-identical text, titles in nearly the same words, and in a batch that is
large enough to learn from, the same thing in other words (`wording.py`)."""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from hashlib import blake2b
from math import sqrt
from urllib.parse import urlsplit

from bot.model import Article, Neighbour
from bot.ranking.wording import groups_of, vectors_of
from bot.text.words import content_words_of, folded, fts_text, is_number, is_unspaced

SAME_STORY = 0.4  # similarity from which on two articles are one story

_LONGEST_TEXT, _LONGEST_TITLE = 20_000, 1_000  # characters that are looked at
_SHINGLE = 3  # words
_SHORT = 40  # words; a shorter text is compared by its content words, not by shingles
_SKETCH = 64  # hashes
_DOUBT = 3  # hashes added to the union, so that few in common prove little
_FEWEST_TITLE_WORDS = 4  # content words; a shorter title is no mark of a story
_SAME_TITLE = 0.9
_BANDS, _ROWS = 16, 3
FEWEST_COMMON_WORDS = 3  # content words that two titles share before they can tell one story
_SAME_WORDS, _SAME_PAIRS = 0.4, 0.6  # cosine of two titles' words from which on they do; see decision 0016
_MOST_TITLE_WORDS = 32  # that are looked at
_MOST_HOLDERS = 200  # of a title's word, the newest, that are looked at; the store's limit
_LEARNABLE = 200  # articles in a batch from which on it shows which words go together
_MASK = (1 << 63) - 1
_TITLE_MARK = 1 << 32  # keeps words of titles apart from bands of texts
_MIX = 0x9E3779B97F4A7C15  # 2^64 over the golden ratio
_SEEDS = tuple((_MIX * (2 * i + 1)) & _MASK | 1 for i in range(1, _BANDS * _ROWS + 1))


def fingerprint_of(article: Article) -> tuple[int, ...]:
    """A text's fingerprint, the same on every machine: a key of its title, then the 64 smallest hashes of its shingles.

    (The bottom-k sketch of Broder 1997: the Jaccard similarity of two texts can be told from it, exactly so where a
    text has fewer shingles than the sketch has room.) The lowest bit of the key says that the text is short.
    """
    words = fts_text(article.text[:_LONGEST_TEXT]).split()
    short = len(words) < _SHORT
    title = _title_words(article.title)
    if short:
        shingles = {_hash(word) for word in (*title, *content_words_of(article.text[:_LONGEST_TEXT]))}
    else:
        known = {word: _hash(word) for word in set(words)}
        hashes = [known[word] for word in words]
        shingles = {
            _mixed(hashes[i] + 3 * hashes[i + 1] + 5 * hashes[i + 2]) for i in range(len(hashes) - _SHINGLE + 1)
        }
    key = (
        _hash(" ".join(fts_text(folded(article.title[:_LONGEST_TITLE])).split()))
        if len(set(title)) >= _FEWEST_TITLE_WORDS
        else 0
    )
    return (key & ~1 | short, *sorted(shingles)[:_SKETCH])


def bands_of(fingerprint: tuple[int, ...]) -> tuple[int, ...]:
    """63-bit numbers of which articles of one story most likely share one: what a store indexes.

    MinHash over the sketch, 16 bands of 3 rows (Leskovec et al., Mining of Massive Datasets, 3.4): two texts of
    similarity .5 share a band with probability .88, of .1 with .02. A title that marks a story is a band of its own.
    """
    key, sketch = fingerprint[0], fingerprint[1:]
    bands = [_digest(key & ~1)] if key > 1 else []
    if sketch:
        rows = [min((value * seed) & _MASK for value in sketch) for seed in _SEEDS]
        bands += [_digest(band, *rows[band * _ROWS : (band + 1) * _ROWS]) for band in range(_BANDS)]
    return tuple(bands)


def similarity(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """How alike two texts are, 0..1: the Jaccard similarity of their shingles, less where these are few.

    Equal titles that mark a story make short texts alike whatever they say.
    """
    if one[0] >> 1 and one[0] >> 1 == other[0] >> 1 and (one[0] | other[0]) & 1:
        return _SAME_TITLE
    mine, theirs = set(one[1:]), set(other[1:])
    union = sorted(mine | theirs)[:_SKETCH]
    return sum(value in mine and value in theirs for value in union) / (len(union) + _DOUBT)


def title_words_of(title: str) -> tuple[int, ...]:
    """63-bit numbers of a title's content words, beside those of `bands_of`: of which two titles that tell one story
    share three."""
    words = [*dict.fromkeys(_title_words(title))][:_MOST_TITLE_WORDS]
    return tuple(_digest(_TITLE_MARK, _hash(word)) for word in words)


def title_similarity(one: str, other: str) -> float:
    """The cosine of two titles' content words as a share of what makes them one story; 0 where they share fewer than
    three, or where each has a number that the other lacks.

    Words of scripts without spaces are pairs of characters, of which two titles on one place or person share many.
    """
    if not one or not other:
        return 0.0
    mine, theirs = set(_title_words(one)), set(_title_words(other))
    common = mine & theirs
    differ = any(map(is_number, mine - theirs)) and any(map(is_number, theirs - mine))
    if len(common) < FEWEST_COMMON_WORDS or differ:
        return 0.0
    asked = _SAME_PAIRS if 2 * sum(map(is_unspaced, common)) > len(common) else _SAME_WORDS
    return len(common) / sqrt(len(mine) * len(theirs)) / asked


def story_of(article_id: int, article: Article, fingerprint: tuple[int, ...], neighbours: Sequence[Neighbour]) -> int:
    """The story of the neighbour most alike, the oldest among equals; the article's own where none is alike enough."""
    alike = [(_alike(article, fingerprint, near), -near.id, near.story) for near in neighbours]
    best = max(alike, default=(0.0, 0, article_id))
    return best[2] if best[0] >= 1 else article_id


def cluster(articles: Sequence[Article]) -> list[int]:
    """A story number for each article: the place of the first article that tells it.

    Articles are joined one by one, as a store does; of 200 on, by text alone, and by the company that words keep in
    the titles of all.
    """
    if len(articles) < _LEARNABLE:
        return joined_one_by_one(articles)
    with_text = [place for place, article in enumerate(articles) if article.text]
    return _in_other_words(articles, _one_by_one(articles, with_text, titles=False))


def joined_one_by_one(articles: Sequence[Article]) -> list[int]:
    """A story number for each article, as a store gives it: each joins those before it, and no story is told later."""
    return _one_by_one(articles, range(len(articles)), titles=True)


def _one_by_one(articles: Sequence[Article], joining: Sequence[int], *, titles: bool) -> list[int]:
    """The stories where the articles at these places join, those before them; the others stay alone."""
    stories = [*range(len(articles))]
    fingerprints: dict[int, tuple[int, ...]] = {}
    places: dict[int, list[int]] = defaultdict(list)
    for place in joining:
        article = articles[place]
        fingerprint = fingerprint_of(article)
        bands, words = bands_of(fingerprint), title_words_of(article.title) if titles else ()
        near = {other for band in bands for other in places[band]}
        shared = Counter(other for word in words for other in places[word][-_MOST_HOLDERS:])
        near.update(other for other, count in shared.items() if count >= FEWEST_COMMON_WORDS)
        neighbours = [
            Neighbour(
                other, stories[other], fingerprints[other], articles[other].title if titles else "", articles[other].url
            )
            for other in sorted(near)
        ]
        stories[place] = story_of(place, article, fingerprint, neighbours)
        fingerprints[place] = fingerprint
        for number in (*bands, *words):
            places[number].append(place)
    return stories


def _in_other_words(articles: Sequence[Article], stories: Sequence[int]) -> list[int]:
    """The stories, with those folded that are told in other words: by one vector for the first title of each."""
    firsts = sorted(set(stories))
    groups = groups_of(vectors_of([_title_words(articles[first].title) for first in firsts]))
    heads: dict[int, int] = {}
    told = {first: heads.setdefault(group, first) for first, group in zip(firsts, groups, strict=True)}
    return [told[story] for story in stories]


def _alike(article: Article, fingerprint: tuple[int, ...], near: Neighbour) -> float:
    """How alike two articles are by text or title, as a share of what makes them one story.

    A site that gives two long texts nearly the same title has a series; two sites tell one story.
    """
    texts = similarity(fingerprint, near.fingerprint) / SAME_STORY
    series = not (fingerprint[0] | near.fingerprint[0]) & 1 and _site(article.url) == _site(near.url)
    return texts if series else max(texts, title_similarity(article.title, near.title))


def _title_words(title: str) -> list[str]:
    return content_words_of(title[:_LONGEST_TITLE])


def _site(url: str | None) -> str:
    return urlsplit(url or "").netloc.removeprefix("www.")


def _hash(word: str) -> int:
    return _mixed(zlib.crc32(word.encode("utf-8", "surrogatepass")))


def _mixed(value: int) -> int:
    """A number's bits spread over 63, so that the smallest of many are a fair draw."""
    value = (value ^ (value >> 31)) * _MIX & _MASK
    return value ^ (value >> 29)


def _digest(*values: int) -> int:
    packed = b"".join(value.to_bytes(8, "big") for value in values)
    return int.from_bytes(blake2b(packed, digest_size=8).digest(), "big") & _MASK
