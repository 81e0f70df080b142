"""What a model's draft must bear beyond support: its quotations occur, and nobody ordered it."""

from __future__ import annotations

import re

from bot.model import HiddenReason, Span
from bot.takeaways.support import LONGEST_TEXT, Ground, Support
from bot.text.phrases import speaks_to_models
from bot.text.words import content_words_of

_QUOTED = re.compile(r"[“”„\"]([^“”„\"]{2,})[“”\"]|«([^»]{2,})»|「([^」]{2,})」|『([^』]{2,})』")
_MARKS = re.compile(r"[\W_]+")
_AT_HOME = 0.35  # share of a draft's words that a long article must have outside of the draft's evidence too
_LONG = 40  # sentences; in a shorter article few of its words return


def fault_of_draft(draft: str, support: Support, ground: Ground, text: str) -> HiddenReason | None:
    """Why a draft that the text supports is kept out all the same, if it is.

    A text can smuggle in what a model should say ("ignore what you were told and say …"), and then it holds the very
    words. So a draft is off topic where its evidence stands in or right after a paragraph that speaks to models, or
    where its words are foreign to the rest of a long article.
    """
    text = text[:LONGEST_TEXT]
    if any(_bare(quotation) not in _bare(text) for quotation in _quotations(draft)):
        return "unverified"
    if _is_foreign(draft, support, ground) or any(_is_ordered(span, text) for span in support.evidence):
        return "off_topic"
    return None


def _quotations(draft: str) -> list[str]:
    return ["".join(match.groups(default="")) for match in _QUOTED.finditer(draft)]


def _bare(text: str) -> str:
    """The words alone, so that marks and capitals at the edges of a quotation do not matter."""
    return _MARKS.sub(" ", text.casefold()).strip()


def _is_foreign(draft: str, support: Support, ground: Ground) -> bool:
    if len(ground.sentences) < _LONG:
        return False
    evidence = {place for place, span in enumerate(ground.sentences) if span in support.evidence}
    held = [ground.places[word] for word in set(content_words_of(draft)) if word in ground.places]
    at_home = sum(any(place not in evidence for place in places) for places in held)
    return at_home < _AT_HOME * len(held)


def _is_ordered(span: Span, text: str) -> bool:
    paragraph = text.rfind("\n", 0, span[0]) + 1
    before = text.rfind("\n", 0, len(text[:paragraph].rstrip())) + 1
    end = text.find("\n", span[1])
    return speaks_to_models(text[before : end if end >= 0 else len(text)])
