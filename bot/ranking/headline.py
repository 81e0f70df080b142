"""Whether a headline is honest: borne out by its text, and not fishing for clicks."""

from __future__ import annotations

import re

from bot.model import Article
from bot.text.phrases import phrase_pattern
from bot.text.words import content_words_of

_LONGEST_TEXT = 30_000  # characters that are looked at
_KIN_LENGTH = 5  # letters that two words must begin with to count as one
_BORNE_OUT = 0.6  # share of the title's words in the text that is all one can ask
_UNHELD = 0.4  # of a title that shares no word with its text; it may be a play on words
_NO_TITLE = 0.3
_NO_TEXT = 0.5  # share, where there is no text to compare
_BAIT = 0.6  # factor for each turn of phrase that fishes
_MOST_BAITS = 3

_FISHING = phrase_pattern(
    r"""
    you (?:won['’]t|will never|need to|should|have to) (?:believe|guess|know|see|stop|try) | won['’]t believe
    what happen(?:s|ed) next | (?:this|one) (?:\w+ ){0,2}(?:trick|secret|hack) | blow your mind | jaw[ -]dropping
    mind[ -]blowing | shocking(?:ly)? | insane(?:ly)? | gone wrong | will (?:shock|amaze|surprise) you | goes viral
    (?:doctors|experts|they) (?:hate|don['’]t want) | the (?:shocking|ugly|real) (?:truth|reason) | number \d+ will
    things? you (?:didn['’]t|never|need|should|must) | (?:changes?|changing) everything | game[ -]?chang(?:er|ing)
    everything you need to know | ultimate guide | must-(?:see|read|have) | unbelievable | breaks? the internet
    \d+ (?:\w+ ){0,3}(?:that|which) will | unglaublich | schockierend | wirst (?:du|ihr) nicht glauben
    vous n['’]allez pas (?:en )?croire | no (?:vas|podr[aá]s) a creer
    震驚 | 震惊 | 驚呆 | 惊呆 | 你絕對 | 你绝对 | 不看後悔 | 不看后悔
    """
)
_QUOTED = re.compile(r"(?<!\w)[\"“'‘][^\"“”‘’']{1,40}[\"”'’](?!\w)")
_SHOUTING = re.compile(r"(?:\b[A-Z]{4,}\b\W*){3,}|[!?！？]{2,}|[!！]\s*$")

_LONGEST_TITLE = 1_000  # characters that are looked at


def honesty_of(article: Article) -> float:
    """A headline's honesty, 0..1.

    From .4 where the text holds none of the title's content words to 1 where it holds .6 of them (a headline may
    paraphrase), times .6 for each turn of phrase that fishes for clicks. (Our own measure.)
    """
    title = article.title[:_LONGEST_TITLE].strip()
    asked = content_words_of(title)
    if not asked:
        return _NO_TITLE
    told = set(content_words_of(article.text[:_LONGEST_TEXT]))
    beginnings = {word[:_KIN_LENGTH] for word in told if len(word) >= _KIN_LENGTH}
    held = sum(word in told or word[:_KIN_LENGTH] in beginnings for word in asked) / len(asked) if told else _NO_TEXT
    baits = min(_MOST_BAITS, fishing_in(title))
    honesty: float = (_UNHELD + (1 - _UNHELD) * min(1.0, held / _BORNE_OUT)) * _BAIT**baits
    return round(honesty, 4)


def fishing_in(title: str) -> int:
    """How many turns of phrase, or signs, of a title fish for clicks; those of quoted others do not count."""
    own = _QUOTED.sub("", title)
    return len(_FISHING.findall(own)) + len(_SHOUTING.findall(own))
