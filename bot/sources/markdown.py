"""Lines of plain text or Markdown -> blocks, without spans. Nothing here fails: what has no markup is a paragraph."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.model import Block
from bot.sources.assembly import callout_of
from bot.text.outline import (
    is_advertisement_heading,
    is_furniture_heading,
    is_takeaway_heading,
)

_HEADING = re.compile(r" {0,3}(?P<marks>#{1,6})\s+(?P<text>.*?)(?:\s+#+)?\s*")
_UNDERLINE = re.compile(r" {0,3}(?P<mark>=|-)(?P=mark){2,}\s*")
_RULE = re.compile(r" {0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})")
_FENCE = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})")
_ITEM = re.compile(r"(?P<indent>\s*)(?:[•‣◦▪●■►➤✓✔・]\s*|(?:[-–—*+]|\(?\d{1,3}[.)、])\s+)(?P<text>\S.*)")
_QUOTE = re.compile(r" {0,3}>\s?(?P<text>.*)")
_ALERT = re.compile(r"\[!(?P<kind>[\w -]+)\][+-]?\s*(?P<title>.*)")
_TABLE_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")
_SUMMARY = re.compile(r"\s*<summary[^>]*>(?P<text>.*?)</summary>\s*", re.IGNORECASE)
_TAG_LINE = re.compile(r"\s*</?(?P<name>[A-Za-z][\w.-]*)(?:\s[^<>]*)?/?>\s*")
_BOLD_LINE = re.compile(r"\s*(?:\*\*|__)(?P<text>[^*_]{2,80}?)(?:\*\*|__)\s*")
_REFERENCE = re.compile(r" {0,3}\[[^\]]+\]:\s+\S+.*")
_COMMENT = re.compile(r"<!--.*?-->|\{/\*.*?\*/\}", re.DOTALL)
_CODE_SPAN = re.compile(r"(`+[^`]+`+)")
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)\s]*(?:\s[^)]*)?\)")
_LINK = re.compile(r"(?<!!)\[(?P<text>[^\[\]]+)\](?:\([^()\s]*(?:\([^()\s]*\))?[^()]*\)|\[[^\]]*\])")
_BOLD = re.compile(r"\*\*(?=\S)(?P<text>.+?)(?<=\S)\*\*")
_INLINE_TAG = re.compile(
    r"</?(?:a|abbr|b|br|code|em|i|img|kbd|mark|small|span|strong|sub|sup|u)\b[^<>]*>", re.IGNORECASE
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]")

_DEEPEST = 4  # quotes in quotes
_LONGEST_BARE_HEADING = 80  # characters
_WRAPPED = 40  # characters; from a line as long as this prose runs on into the next line
_MENU_SHARE = 0.7  # of a list's items, being nothing but links


def blocks_of(text: str) -> list[Block]:
    """The blocks of a text in reading order. Bare lines count as headings where the text marks none as such."""
    blocks = [*_Lines(_COMMENT.sub("", text).split("\n"), depth=0).blocks()]
    marked = any(block.kind == "heading" and block.level < 6 for block in blocks)
    return [*_with_bare_headings(blocks, any_line=not marked)]


class _Lines:
    """A cursor over lines that yields the blocks they make."""

    def __init__(self, lines: Sequence[str], *, depth: int) -> None:
        self._lines = lines
        self._depth = depth
        self._at = 0
        self._paragraph: list[str] = []

    def blocks(self) -> Iterator[Block]:
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if self._paragraph and _UNDERLINE.fullmatch(line) and len(self._paragraph) == 1:
                self._at += 1
                yield _heading(self._paragraph.pop(), 1 if "=" in line else 2)
                continue
            found = self._structure(line)
            if found is None:
                self._paragraph.append(line)
                self._at += 1
                continue
            yield from self._flushed()
            yield from found
        yield from self._flushed()

    def _flushed(self) -> Iterator[Block]:
        lines, self._paragraph = self._paragraph, []
        if lines:
            text = _joined([inline for inline in map(_inline, lines) if inline])
            if text:
                yield Block(kind="paragraph", text=text)

    def _structure(self, line: str) -> list[Block] | None:
        """The blocks that begin at this line, past which the cursor moves; None where it is a line of a paragraph."""
        if not line.strip() or _RULE.fullmatch(line) or _REFERENCE.fullmatch(line):
            self._at += 1
            return []
        if _FENCE.match(line):
            return self._fenced(line)
        if match := _HEADING.fullmatch(line):
            self._at += 1
            return [_heading(match["text"], len(match["marks"]))]
        if (match := _SUMMARY.fullmatch(line)) or (match := _BOLD_LINE.fullmatch(line)):
            self._at += 1
            return [_heading(match["text"], 6)]
        if match := _TAG_LINE.fullmatch(line):
            self._at += 1
            name = _CAMEL.sub(" ", match["name"])
            return [_heading(name, 6)] if "</" not in line and is_takeaway_heading(name) else []
        if _QUOTE.fullmatch(line):
            return self._quoted()
        if "|" in line and self._at + 1 < len(self._lines) and _is_table_rule(self._lines[self._at + 1]):
            return self._table()
        if (match := _ITEM.fullmatch(line)) and (not self._paragraph or not match["indent"]):
            return self._list(len(match["indent"]))
        return None

    def _fenced(self, line: str) -> list[Block]:
        """Code is no prose: it is kept, but is no body."""
        match = _FENCE.match(line)
        fence = match["fence"] if match else "```"
        start = self._at + 1
        self._at = start
        while self._at < len(self._lines) and not self._lines[self._at].strip().startswith(fence):
            self._at += 1
        code = "\n".join(self._lines[start : self._at]).strip()
        self._at += 1
        return [Block(kind="data", text=code)] if code else []

    def _quoted(self) -> list[Block]:
        lines: list[str] = []
        while self._at < len(self._lines) and (match := _QUOTE.fullmatch(self._lines[self._at])):
            lines.append(match["text"])
            self._at += 1
        alert = _ALERT.fullmatch(lines[0].strip())
        if alert is not None:
            lines[0] = f"**{alert['title'] or alert['kind'].strip().capitalize()}**"
        if self._depth >= _DEEPEST:
            text = _joined([line for line in map(_inline, lines) if line])
            return [Block(kind="paragraph", text=text)] if text else []
        inner = [*_with_bare_headings([*_Lines(lines, depth=self._depth + 1).blocks()], any_line=False)]
        boxed = len(inner) > 1 and inner[0].kind == "heading" and is_takeaway_heading(inner[0].text)
        return [callout_of(inner)] if boxed else inner

    def _table(self) -> list[Block]:
        header = _row(self._lines[self._at])
        self._at += 2
        rows: list[str] = []
        while self._at < len(self._lines) and "|" in self._lines[self._at]:
            rows.append(_row(self._lines[self._at]))
            self._at += 1
        rows = [row for row in rows if row]
        return [Block(kind="table", text="\n".join(filter(None, [header, *rows])), items=tuple(rows))]

    def _list(self, indent: int) -> list[Block]:
        """A list with its nested lines under their items. Items run together in one are left to be split by others."""
        start = self._at
        raw: list[list[str]] = []
        while self._at < len(self._lines):
            line = self._lines[self._at]
            match = _ITEM.fullmatch(line)
            if match is not None and len(match["indent"]) <= indent + 1:
                raw.append([match["text"]])
            elif line.strip() and (match is not None or self._continues(line, indent)):
                raw[-1].append(match["text"] if match else line.strip())
            elif line.strip() or not self._resumes(indent):
                break
            self._at += 1
        if len(raw) == 1 and len(raw[0]) == 1:
            text = _inline(self._lines[start])
            return [Block(kind="paragraph", text=text)] if text else []
        items = tuple(item for item in ("\n".join(filter(None, map(_inline, lines))) for lines in raw) if item)
        links = sum(len(lines) == 1 and _LINK.fullmatch(lines[0].strip()) is not None for lines in raw)
        kind = "data" if links > _MENU_SHARE * len(raw) else "list"
        return [Block(kind=kind, text="\n".join(items), items=items)] if items else []  # type: ignore[arg-type]

    def _continues(self, line: str, indent: int) -> bool:
        """Whether a line without a bullet goes on in the item above it."""
        indented = len(line) - len(line.lstrip()) > indent
        after_blank = not self._lines[self._at - 1].strip()
        opens = any(pattern.fullmatch(line) for pattern in (_HEADING, _RULE, _TAG_LINE, _QUOTE, _BOLD_LINE))
        return indented or not (after_blank or opens or _FENCE.match(line))

    def _resumes(self, indent: int) -> bool:
        """Whether the list goes on after blank lines."""
        ahead = self._at
        while ahead < len(self._lines) and not self._lines[ahead].strip():
            ahead += 1
        if ahead == len(self._lines):
            return False
        line = self._lines[ahead]
        return _ITEM.fullmatch(line) is not None or len(line) - len(line.lstrip()) > indent + 1


def _with_bare_headings(blocks: Sequence[Block], *, any_line: bool) -> Iterator[Block]:
    for number, block in enumerate(blocks):
        following = blocks[number + 1] if number + 1 < len(blocks) else None
        if block.kind == "paragraph" and _is_bare_heading(block.text, following, any_line=any_line):
            yield replace(block, kind="heading", level=2)
        else:
            yield block


def _is_bare_heading(text: str, following: Block | None, *, any_line: bool) -> bool:
    """Whether a line alone, without a full stop, stands over what follows."""
    if "\n" in text or len(text) > _LONGEST_BARE_HEADING:
        return False
    if is_takeaway_heading(text) or is_furniture_heading(text) or is_advertisement_heading(text):
        return True
    if not any_line or following is None or following.kind == "heading" or _ITEM.fullmatch(text):
        return False
    if not any(character.isalpha() for character in text) or text.endswith(tuple('.!:;,…。！：；，、"”')):
        return False
    return len(following.text) > len(text)


def _heading(text: str, level: int) -> Block:
    return Block(kind="heading", text=_inline(text.strip().strip("#*_ ")), level=level)


def _row(line: str) -> str:
    return " | ".join(filter(None, (_inline(cell.strip()) for cell in line.strip().strip("|").split("|"))))


def _is_table_rule(line: str) -> bool:
    return "-" in line and _TABLE_RULE.fullmatch(line) is not None


def _joined(lines: Sequence[str]) -> str:
    """Lines of one paragraph: wrapped prose becomes one line, short lines stay lines."""
    if all(len(line) >= _WRAPPED for line in lines[:-1]):
        return "".join(lines) if lines and _WIDE.match(lines[0]) else " ".join(lines)
    return "\n".join(lines)


def _inline(text: str) -> str:
    """A line without links, images, bold marks and tags. A lone asterisk may be a product or a footnote: it stays."""
    parts = _CODE_SPAN.split(text)
    for number in range(0, len(parts), 2):
        part = _LINK.sub(r"\g<text>", _IMAGE.sub("", parts[number]))
        part = html.unescape(_INLINE_TAG.sub("", part))
        parts[number] = part
    return " ".join(_BOLD.sub(r"\g<text>", "".join(parts)).split())
