"""Article -> Takeaways: the article's own, a model's or its best sentences, each checked against its text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.model import Article, HiddenReason, Takeaway, TakeawayKind
from bot.takeaways.claims import is_count
from bot.takeaways.drafted import fault_of_draft
from bot.takeaways.extractive import extracts_of
from bot.takeaways.sections import section_items
from bot.takeaways.support import LONGEST_TAKEAWAY, SUPPORTED, Ground, Support, ground_of, support_of
from bot.text.phrases import promotional_turns
from bot.text.words import content_words_of, is_number, words_of

__all__ = ["takeaways_of"]

_FAILED = ("off_topic", "promotional", "unverified")
_MOST_CHECKED = 100  # items; so long a list is none of takeaways
_SAME = 0.8  # share of the words of two takeaways in common, from which on they say the same


def takeaways_of(article: Article, limit: int = 5, drafts: Sequence[str] = ()) -> tuple[Takeaway, ...]:
    """All takeaways found, in reading order, at most `limit` of them shown; the others say why not.

    The article's own sections come first, then a model's drafts. Sentences of the article fill in for drafts that do
    not hold, and stand alone where neither is to be had.
    """
    ground = ground_of(article)
    items = section_items(article.blocks)
    own = [_checked(item, "section", ground) for item in items[:_MOST_CHECKED]]
    own += [
        Takeaway(text=item, kind="section", support=0.0, shown=False, reason="over_limit")
        for item in items[_MOST_CHECKED:]
    ]
    drafted = [_drafted(" ".join(draft.split()), ground, article.text) for draft in drafts]
    found = _shown_once([*own, *drafted], limit)
    shown = sum(takeaway.shown for takeaway in found)
    failed = sum(
        takeaway.reason not in (None, "over_limit", "duplicate") for takeaway in found if takeaway.kind == "model"
    )
    wanted = min(failed, limit - shown) if shown else limit
    if wanted > 0:
        extracted = [
            Takeaway(text=extract.text, kind="extracted", support=1.0, shown=True, evidence=(extract.span,))
            for extract in extracts_of(article, ground, limit)
        ]
        found = [t for t in _shown_once([*found, *extracted], shown + wanted) if t.shown or t.kind != "extracted"]
    return tuple(found)


def _checked(text: str, kind: TakeawayKind, ground: Ground) -> Takeaway:
    support = support_of(text, ground)
    reason = _hidden_reason(text, kind, support)
    return Takeaway(
        text=text,
        kind=kind,
        support=support.score,
        shown=reason is None,
        reason=reason,
        evidence=() if reason == "off_topic" else support.evidence,
    )


def _drafted(text: str, ground: Ground, told: str) -> Takeaway:
    checked = _checked(text, "model", ground)
    reason = checked.reason or fault_of_draft(text, Support(checked.support, checked.evidence), ground, told)
    return replace(checked, shown=reason is None, reason=reason)


def _hidden_reason(text: str, kind: TakeawayKind, support: Support) -> HiddenReason | None:
    """Why a takeaway is kept out, if it is. An author may count and name freely; a model may not."""
    if promotional_turns(text[:LONGEST_TAKEAWAY]):
        return "promotional"
    if support.score < SUPPORTED:
        return "off_topic"
    if kind == "section":
        unverified = any(is_number(word) and not is_count(word) for word in support.missing)
    else:
        unverified = bool(support.missing | support.doubtful)
    return "unverified" if unverified else None


def _shown_once(takeaways: Sequence[Takeaway], limit: int) -> list[Takeaway]:
    """The takeaways with each thing said once and at most `limit` shown; those hidden before stay as they are."""
    kept: list[frozenset[str]] = []
    judged: list[Takeaway] = []
    for takeaway in takeaways:
        reason: HiddenReason | None = takeaway.reason
        if takeaway.shown:
            words = _words(takeaway.text)
            if any(_same(words, other) for other in kept):
                reason = "duplicate"
            elif len(kept) >= limit:
                reason = "over_limit"
            else:
                kept.append(words)
        judged.append(replace(takeaway, shown=reason is None, reason=reason))
    return judged


def _words(text: str) -> frozenset[str]:
    text = text[:LONGEST_TAKEAWAY]
    return frozenset(content_words_of(text) or words_of(text))


def _same(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether one takeaway says no more than the other, up to a word in five."""
    return len(one & other) >= _SAME * max(1, min(len(one), len(other)))
