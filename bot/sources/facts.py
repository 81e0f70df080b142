"""Lines that tell of an article rather than belong to it: bylines and info boxes, glued together or not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.model import Rating, When
from bot.sources.dates import when_of

_KEYS = {
    "author": "author|by|written by|model|autor|autorin|von|auteur|par|作者|撰文|模型|筆者|저자",
    "rating": "quality|rating|score|quality score|bewertung|品質|质量|質量|評分|评分|評価|품질|평점",
    "generated": "generated|generated at|generated on|created|erstellt|生成|生成時間|生成时间|生成日時|생성",
    "published": "published|published on|date|posted|veröffentlicht|datum|publié|fecha|日期|發布|发布|公開日|날짜",
    "category": "category|categories|section|topic|kategorie|catégorie|categoría|類別|类别|分類|分类|カテゴリ|카테고리",
}
_FIELD_OF = {key: field for field, keys in _KEYS.items() for key in keys.split("|")}
_KEY = "|".join(sorted(map(re.escape, _FIELD_OF), key=len, reverse=True))
_LABELLED = re.compile(rf"(?P<key>{_KEY})\s*(?P<colon>[:：|])?\s*(?P<value>.*)", re.IGNORECASE)
_GLUED = frozenset({"model", "generated", "quality", "category", "author"})
_RATING = re.compile(
    r"(?P<value>\d{1,3}(?:[.,]\d+)?)\s*(?:/|out of|von|sur|of)\s*(?P<scale>\d{1,3})(?:\s*(?:points?|stars?))?"
)
_STAMP = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}\S*)?")
_PART = re.compile(r"\s*[|｜·•]\s*")
_HEADLINE_DATE = re.compile(r"(?P<category>[^\W\d_][^\d\n]{0,39}?)?\s*(?P<date>\d{4}-\d{2}-\d{2})")
_LONGEST_LINE = 200
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What such lines told; None where they told nothing of it."""

    author: str | None = None
    rating: Rating | None = None
    generated: When | None = None
    published: When | None = None
    category: str | None = None

    def over(self, other: Facts) -> Facts:
        """These facts, with the other's where these tell nothing."""
        return Facts(
            author=self.author or other.author,
            rating=self.rating or other.rating,
            generated=self.generated or other.generated,
            published=self.published or other.published,
            category=self.category or other.category,
        )


def headline_facts(line: str) -> Facts | None:
    """Category and date run together, as in `ai2026-06-09`; None where the line is something else."""
    match = _HEADLINE_DATE.fullmatch(line.strip())
    published = when_of(match["date"]) if match else None
    return (
        Facts(category=(match["category"] or "").strip() or None, published=published) if match and published else None
    )


def byline_facts(line: str) -> Facts | None:
    """`Author: A|Quality: 9/10|2026-06-09T09:22:34Z`; None unless every part of the line tells a fact.

    A bare time belongs to the generation where a machine rated its own work, else to the publication.
    """
    if len(line) > _LONGEST_LINE:
        return None
    told: dict[str, str] = {}
    for part in filter(None, _PART.split(line.strip())):
        if _STAMP.fullmatch(part):
            told["stamp"] = part
            continue
        field, value = _labelled(part, glued=False)
        if field is None:
            return None
        told[field] = value
    if told.keys() <= {"stamp"}:
        return None
    stamp = when_of(told.get("stamp"))
    facts = _facts(told)
    machine = facts.rating is not None
    return facts.over(Facts(generated=stamp if machine else None, published=stamp))


def info_facts(lines: Iterable[str]) -> Facts:
    """What the lines of an info box tell, their labels glued to the values or not: `Modelglm-5.1:cloud`."""
    told: dict[str, str] = {}
    for line in lines:
        field, value = _labelled(line.strip(), glued=True)
        if field is not None and value:
            told.setdefault(field, value)
    return _facts(told)


def rating_of(value: str) -> Rating | None:
    """A rating out of `9/10` or `4.5 out of 5`."""
    match = _RATING.fullmatch(value.strip())
    if match is None:
        return None
    points, scale = float(match["value"].replace(",", ".")), float(match["scale"])
    return Rating(points, scale) if scale > 0 and 0 <= points <= scale else None


def _labelled(line: str, *, glued: bool) -> tuple[str | None, str]:
    """The field that a line's label names, and its value."""
    match = _LABELLED.match(line) if len(line) <= _LONGEST_LINE else None
    if match is None or not (match["colon"] or (glued and match["key"].lower() in _GLUED)):
        return None, ""
    return _FIELD_OF[match["key"].lower()], match["value"].strip()


def _facts(told: dict[str, str]) -> Facts:
    author = told.get("author") or None
    return Facts(
        author=author if author and len(author) <= _LONGEST_NAME else None,
        rating=rating_of(told.get("rating", "")),
        generated=when_of(told.get("generated")),
        published=when_of(told.get("published")),
        category=told.get("category") or None,
    )
