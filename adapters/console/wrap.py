"""Text from anywhere -> harmless lines of a terminal. Knows cells, words and CJK line breaking, but no layout."""

from __future__ import annotations

import re
from unicodedata import category

from rich.cells import cell_len, chop_cells

# Escape sequences go with what they carry; a lone escape character goes with all other control characters.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b[]PX^_]|[\x9d\x90])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"
)
_JOINERS = "\u200c\u200d"  # the only invisible characters that words and emoji need

# A line may break between CJK characters, but not after an opening mark or before a closing one.
_CJK = "\u2e80-\u2fff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_OPENING = "（「『《〈【〔［｛"
_CLOSING = "，。、；：！？）」』》〉】〕］｝…ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ,.;:!?)%’”"
_UNIT = re.compile(
    f"[{_OPENING}]*(?:[{_CJK}][{_CLOSING}]*|[^\\s—{_CJK}{_OPENING}]*—+|[^\\s—{_CJK}{_OPENING}]+)|[{_OPENING}]+"
)


def inert(text: str) -> str:
    """One line without control, direction or other invisible characters: nothing that a terminal obeys."""
    return " ".join("".join(map(_harmless, _ESCAPES.sub("", text))).split())


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width` cells. What is longer than a line is cut at its end."""
    lines, line, end = [], "", 0
    for unit in _UNIT.finditer(text):
        gap = " " if line and unit.start() > end else ""
        end = unit.end()
        if cell_len(line + gap + unit[0]) <= width:
            line += gap + unit[0]
            continue
        if line:
            lines.append(line)
        *full, line = chop_cells(unit[0], width)
        lines += full
    return [*lines, line] if line else lines


def _harmless(character: str) -> str:
    match category(character):
        case "Cc":
            return " " if character.isspace() else ""
        case "Cf":
            return character if character in _JOINERS else ""
        case "Cs":
            return "\ufffd"  # half a character, which no output can encode
        case _:
            return character
