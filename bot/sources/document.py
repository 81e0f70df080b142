"""An exported article text, plain text or Markdown -> Article. Web pages live in `page.py`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence

from bot.errors import ParseError
from bot.model import Article, Block
from bot.sources.assembly import article_of, title_from
from bot.sources.dates import when_of
from bot.sources.facts import Facts, headline_facts, rating_of
from bot.sources.markdown import blocks_of
from bot.text.harmless import harmless_line, visible_text
from bot.text.outline import is_furniture_heading, is_takeaway_heading

_YAML = re.compile(r"---[ \t]*\n(?P<matter>.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_TOML = re.compile(r"\+\+\+[ \t]*\n(?P<matter>.*?)\n\+\+\+[ \t]*(?:\n|$)", re.DOTALL)
_PAIR = re.compile(r"(?P<key>[A-Za-z_][\w -]*?)\s*:\s*(?P<value>.*)")
_LONGEST = 1_000_000  # characters; what is beyond is not an article's
_LONGEST_TITLE = 200  # characters of a line that may be a title


def read(text: str) -> Article:
    """The article that a text tells. Raises ParseError where there are no words in it."""
    matter, text = _front_matter(visible_text(text[:_LONGEST]).lstrip("\n"))
    headline, text = _headline(text)
    blocks = blocks_of(text)
    title = harmless_line(matter.get("title", "")) or _title_of(blocks)
    if not title:
        raise ParseError("there is no text in it")
    facts = _stated(matter).over(headline)
    return article_of(
        Article(
            title=title,
            url=_address(matter),
            author=harmless_line(facts.author or "") or None,
            published=facts.published,
            generated=facts.generated,
            category=harmless_line(facts.category or "") or None,
            language=matter.get("lang") or matter.get("language") or None,
            summary=harmless_line(matter.get("description") or matter.get("summary") or "") or None,
            rating=facts.rating,
        ),
        blocks,
    )


def _headline(text: str) -> tuple[Facts, str]:
    """What a first line of category and date tells, and the text without it."""
    first, _, rest = text.lstrip().partition("\n")
    facts = headline_facts(first)
    return (Facts(), text) if facts is None else (facts, rest)


def _title_of(blocks: Sequence[Block]) -> str:
    """The title: a heading of the first rank near the top, else a first line that stands alone, else made of words."""
    for block in blocks[:3]:
        if block.kind == "heading" and block.level == 1:
            return harmless_line(block.text)
    first = next((block for block in blocks if block.kind in ("heading", "paragraph")), None)
    if first is None:
        return title_from("\n".join(block.text for block in blocks))
    named = is_takeaway_heading(first.text) or is_furniture_heading(first.text)
    alone = len(first.text) <= _LONGEST_TITLE and "\n" not in first.text and not first.text.endswith((".", ":", "。"))
    if alone and not named and len(blocks) > 1:
        return harmless_line(first.text)
    return title_from("\n\n".join(block.text for block in blocks if block.kind != "heading")) or harmless_line(
        first.text
    )


def _front_matter(text: str) -> tuple[Mapping[str, str], str]:
    """The values that stand before a Markdown text, by lower-case key, and the text after them."""
    if match := _TOML.match(text):
        try:
            values = tomllib.loads(match["matter"])
        except tomllib.TOMLDecodeError:
            return {}, text
        return {key.lower(): _first(value) for key, value in values.items()}, text[match.end() :]
    match = _YAML.match(text)
    pairs = [_PAIR.fullmatch(line) for line in match["matter"].split("\n")] if match else []
    if match is None or not any(pairs):
        return {}, text
    return {pair["key"].lower(): _unquoted(pair["value"]) for pair in pairs if pair}, text[match.end() :]


def _first(value: object) -> str:
    return _first(value[0] if value else "") if isinstance(value, list) else str(value)


def _unquoted(value: str) -> str:
    """A plain, quoted or listed value of YAML; of a list in brackets the first."""
    value = value.strip()
    if value.startswith("[") and value.endswith("]"):
        value = value[1:-1].split(",")[0].strip()
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value


def _address(matter: Mapping[str, str]) -> str | None:
    address = matter.get("url") or matter.get("canonical") or matter.get("link") or ""
    return address if address.startswith(("http://", "https://")) else None


def _stated(matter: Mapping[str, str]) -> Facts:
    return Facts(
        author=matter.get("author") or matter.get("authors") or None,
        published=when_of(matter.get("date") or matter.get("published")),
        generated=when_of(matter.get("generated")),
        category=matter.get("category") or matter.get("categories") or None,
        rating=rating_of(matter.get("rating") or matter.get("quality") or ""),
    )
