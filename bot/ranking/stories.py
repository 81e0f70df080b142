"""Which articles tell the same story. First form: near-identical text, and equal titles over short texts."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Sequence
from hashlib import blake2b

from bot.model import Article, Neighbour
from bot.text.words import content_words_of, folded, fts_text

SAME_STORY = 0.4  # similarity from which on two articles are one story

_LONGEST_TEXT = 20_000  # characters that are looked at
_SHINGLE = 3  # words
_SHORT = 40  # words; a shorter text is compared by its content words, not by shingles
_SKETCH = 64  # hashes
_DOUBT = 3  # hashes added to the union, so that few in common prove little
_FEWEST_TITLE_WORDS = 4  # content words; a shorter title is no mark of a story
_SAME_TITLE = 0.9
_BANDS, _ROWS = 16, 3
_MASK = (1 << 63) - 1
_MIX = 0x9E3779B97F4A7C15  # 2^64 over the golden ratio
_SEEDS = tuple((_MIX * (2 * i + 1)) & _MASK | 1 for i in range(1, _BANDS * _ROWS + 1))


def fingerprint_of(article: Article) -> tuple[int, ...]:
    """A text's fingerprint, the same on every machine: a key of its title, then the 64 smallest hashes of its shingles.

    (The bottom-k sketch of Broder 1997: the Jaccard similarity of two texts can be told from it, exactly so where a
    text has fewer shingles than the sketch has room.) The lowest bit of the key says that the text is short.
    """
    words = fts_text(article.text[:_LONGEST_TEXT]).split()
    short = len(words) < _SHORT
    title = content_words_of(article.title)
    if short:
        shingles = {_hash(word) for word in (*title, *content_words_of(article.text[:_LONGEST_TEXT]))}
    else:
        hashes = [_hash(word) for word in words]
        shingles = {
            _mixed(hashes[i] + 3 * hashes[i + 1] + 5 * hashes[i + 2]) for i in range(len(hashes) - _SHINGLE + 1)
        }
    key = _hash(" ".join(fts_text(folded(article.title)).split())) if len(set(title)) >= _FEWEST_TITLE_WORDS else 0
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


def story_of(article: int, fingerprint: tuple[int, ...], neighbours: Sequence[Neighbour]) -> int:
    """The story of the neighbour most alike, the oldest among equals; the article's own where none is alike enough."""
    alike = [
        (similarity(fingerprint, neighbour.fingerprint), -neighbour.id, neighbour.story) for neighbour in neighbours
    ]
    best = max(alike, default=(0.0, 0, article))
    return best[2] if best[0] >= SAME_STORY else article


def cluster(articles: Sequence[Article]) -> list[int]:
    """A story number for each article: the place of the first article that tells it."""
    stories: list[int] = []
    fingerprints: list[tuple[int, ...]] = []
    places: dict[int, list[int]] = defaultdict(list)
    for place, article in enumerate(articles):
        fingerprint = fingerprint_of(article)
        bands = bands_of(fingerprint)
        near = {other for band in bands for other in places[band]}
        neighbours = [Neighbour(other, stories[other], fingerprints[other]) for other in sorted(near)]
        stories.append(story_of(place, fingerprint, neighbours))
        fingerprints.append(fingerprint)
        for band in bands:
            places[band].append(place)
    return stories


def _hash(word: str) -> int:
    return _mixed(zlib.crc32(word.encode("utf-8", "surrogatepass")))


def _mixed(value: int) -> int:
    """A number's bits spread over 63, so that the smallest of many are a fair draw."""
    value = (value ^ (value >> 31)) * _MIX & _MASK
    return value ^ (value >> 29)


def _digest(*values: int) -> int:
    packed = b"".join(value.to_bytes(8, "big") for value in values)
    return int.from_bytes(blake2b(packed, digest_size=8).digest(), "big") & _MASK
