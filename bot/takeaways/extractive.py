"""Takeaways for an article that offers none: its own most telling sentences, trimmed to stand alone."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from math import isqrt, log

from bot.model import Article, Span
from bot.takeaways.support import Ground
from bot.text.frames import frame_words
from bot.text.phrases import phrase_pattern, promotional_turns
from bot.text.stopwords import STOPWORDS

LONGEST = 240  # characters of an extracted takeaway

# Openings that lean on the sentence before, or on a picture that a digest does not show.
_DANGLING = phrase_pattern(
    r"""
    this(?! (?:paper|work|study|article|report|post|essay|guide|review|year|week|month)\b) | that | these | those
    (?-i:[Ii]t) | its | it['’]s | they | them | their | he | she | his | her | him | such | so | but | and
    or | nor | then | yet | what | which | (?-i:[Ww]ho) | why | how | the (?:former|latter|same) | another | both
    neither | either | others? | (?:[\w-]+ ){1,3}like (?:this|that|these|those) | above | below | here | see
    dies\w* | er | sie | es | aber | denn | doch | ihr\w* | sein\w* | ils? | elles? | ce | c['’]est | cette | ces
    cela | mais | est[aeo]s? | eso | ell[ao]s? | pero | y | quest[aeio] | egli | ess[ai] | ma | essas?
    esses? | el[ae]s? | mas | deze | dit | dat | hij | zij | ze | het is | maar | hier(?:mit|bei|zu|von)? | dann
    da(?:bei|mit|zu|durch|von|her|rum|f(?:ü|ue)r|gegen|nach|ran) | deshalb | deswegen | jedoch | trotzdem
    allerdings | dennoch | klar also | hallo | wer h(?:ä|ae)tte
    solche\w* | das (?:ist|sind|war|waren|hat|wird|zeigt|hei(?:ß|ss)t|bedeutet|gilt|liegt|macht|kann)
    [這这此該该它他她那] | 但是? | 而且? | 也 | 其中 | 前者 | 後者 | 后者 | これ | それ | この | その | そして | 彼
    그는 | 그녀 | 그것 | 이는 | 이것 | 이번 | 이러한
    """
)
# Openings that only join a sentence to the one before: it stands as well without them and the comma after.
_JOINING = phrase_pattern(
    r"""
    however | moreover | furthermore | therefore | thus | hence | instead | meanwhile | nevertheless | nonetheless
    otherwise | similarly | likewise | also | additionally | consequently | in addition | in contrast | by contrast
    in other words | to this end | on (?:the )?one hand | as usual | for (?:example|instance)
    as a result | as such | on the other hand | in turn | besides | indeed | again | of course | in fact
    that said | even so | finally | lastly | in short | put simply
    (?:still|overall|first(?:ly)?|second(?:ly)?|third(?:ly)?)(?=,) | au(?:ß|ss)erdem | zudem | par ailleurs
    en effet | de plus | en outre | ainsi | donc | sin embargo | adem[aá]s | por lo tanto | por ejemplo | inoltre
    tuttavia | quindi | no entanto | al[eé]m disso | portanto | bovendien | daarnaast | kortom
    因此 | 所以 | 然而 | 不過 | 不过 | 另外 | 同時 | 同时 | 此外 | 總之 | 总之 | しかし | また | さらに | だから
    つまり | 具体的には | 그러나 | 그리고 | 하지만 | 또한 | 따라서
    """
)
_COMMA = re.compile(r"\s*[,，、]\s*")
_QUOTES = "\"'“‘«「『"
_UNFIT = re.compile(r"[:：?？,;…]$|\.\.\.$|\s\|\s|\n|\b(?:this|these|follows)\s*:", re.IGNORECASE)
# What blogs' software puts under a post in a feed.
_FOOTER = re.compile(
    r"^(?:the post|der beitrag|l['’]article|la entrada|o post|l['’]articolo|het bericht|投稿|文章).{1,300}"
    r"(?:appeared first on|erschien zuerst auf|est apparu en premier|(?:se publicó|apareció) primero en"
    r"|apareceu primeiro em|proviene da|sembra essere il primo su|verscheen eerst op|に最初に表示されました"
    r"|最先出[现現]在)",
    re.IGNORECASE,
)
_STOPPED = re.compile(r"[.!。！｡؟।۔][\W_]*$")
_MARKED = re.compile(r"[-–—•*·>\s]+(?=\S)")  # in front of a sentence: a bullet, the dash after a place
# LONDON — ; NEW YORK, May 3 (Reuters) - ; a sentence begins after it.
_DATELINE = re.compile(
    r"[A-ZÀ-Þ]{3,}(?:[ .,'’-]+[A-ZÀ-Þ.]{2,})*(?:, [A-Z][\w. ]{2,20})?(?: ?\([^()]{2,30}\))?"
    r"\s*(?:[—–]|--? )\s*(?=[\"“„«]?[A-ZÀ-Þ])"
)
_CAPTION = re.compile(r"[(\[（][^()\[\]（）]*[)\]）][.。]?")  # or a credit
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
_TITLE_WEIGHT, _POSITION_WEIGHT, _CLAIM_WEIGHT = 1.0, 0.4, 0.3
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
    over the logarithm of the length; summed by word, so in linear time) as a share of the highest, plus its share of
    the title's words, its place, and whether it states a finding. Words with which anything is reported join nothing.
    One too long to be shown whole counts 0.8. One that leans on the sentence before is taken where there is no other.
    The best are taken one by one, leaving out what a better one says already.
    """
    scores = _scores(article, ground)
    chosen: list[tuple[Extract, frozenset[str]]] = []
    for place in sorted(scores, key=lambda place: (-scores[place], place)):
        if len(chosen) == min(limit, _how_many(len(ground.sentences))):
            break
        words = ground.words[place]
        if words <= ground.title:  # the title again
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
    words = [own - frame_words() for own in ground.words]
    fit = [place for place, text in enumerate(texts) if _is_fit(text, ground.words[place])]
    stopped = {place for place in fit if _STOPPED.search(texts[place], max(0, len(texts[place]) - 8))}
    whole = stopped if 2 * len(stopped) >= len(fit) else {*fit}  # Thai has no full stops
    fit = [place for place in fit if place in whole and _stands_alone(texts[place])] or fit
    if not fit:
        fit = [place for place, own in enumerate(ground.words) if own]
    holders = Counter(word for own in words for word in own)
    degree = {
        place: sum(holders[word] - 1 for word in words[place]) / (1 + log(len(words[place]) + 1)) for place in fit
    }
    highest = max(degree.values(), default=0) or 1.0
    title = ground.title - frame_words()
    return {
        place: (
            degree[place] / highest
            + _TITLE_WEIGHT * len(title & words[place]) / max(1, len(title))
            + _POSITION_WEIGHT / (1 + place)
            + _CLAIM_WEIGHT * bool(_CLAIM.search(texts[place]))
        )
        * (_TOO_LONG if len(texts[place]) > LONGEST else 1.0)
        for place in fit
    }


def _stands_alone(text: str) -> bool:
    """Whether a sentence has both ends of what it quotes, and needs no other to be understood."""
    quotes_whole = text.count('"') % 2 == 0 and sum(map(text.count, "“”„")) % 2 == 0
    quotes_whole = quotes_whole and all(text.count(one) == text.count(other) for one, other in ("«»", "「」", "『』"))
    opening = _unjoined(text).lstrip(_QUOTES)
    leans = _DANGLING.match(opening) or _JOINING.match(opening)
    return quotes_whole and leans is None and len(text) <= 2 * LONGEST


def _unjoined(text: str) -> str:
    """The sentence without a place, a dash or an opening "However," in front."""
    marks = _DATELINE.match(text) or _MARKED.match(text)
    text = text[marks.end() :] if marks else text
    joining = _JOINING.match(text)
    comma = _COMMA.match(text, joining.end()) if joining else None
    if comma is None or comma.end() == len(text):
        return text
    return text[comma.end()].upper() + text[comma.end() + 1 :]


def _is_fit(text: str, words: frozenset[str]) -> bool:
    """Whether a sentence can be shown alone: a whole statement, not an announcement, a question or a sales pitch."""
    shortest = _SHORTEST if text.isascii() or " " in text.strip() else _SHORTEST // 3
    return (
        len(text) >= shortest
        and len(words) >= _FEWEST_WORDS
        and not _UNFIT.search(text)
        and not promotional_turns(text)
        and not _CAPTION.fullmatch(text)
        and not _FOOTER.match(text)
    )


def _extract(text: str, span: Span) -> Extract:
    start, end = span
    return Extract(trimmed(_unjoined(text[start:end])), span)


def trimmed(sentence: str, longest: int = LONGEST) -> str:
    """The sentence in one line: without its asides where it is too long, then cut at a clause, else at a word."""
    sentence = " ".join(sentence.split())
    if len(sentence) > longest:
        sentence = " ".join(_ASIDE.sub(" ", sentence).split()).replace(" ,", ",").replace(" .", ".")
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
