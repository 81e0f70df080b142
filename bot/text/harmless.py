"""Makes fetched text harmless and tidy, in any script. How to show it on a platform is each adapter's affair."""

from __future__ import annotations

import re
import unicodedata

_LINE_ENDS = re.compile("\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
# Controls, soft hyphens, bidirectional overrides, zero-width and other invisible marks, surrogates, non-characters.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufdd0-\ufdef\ufff0-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U0001d173-\U0001d17a\U000e0080-\U000e0fff]"
)
# Joiners belong between letters of scripts that need them and inside emoji; tags only after the black flag.
_JOINED = "\u0600-\u1fff\u2190-\u2bff\ufb50-\ufdff\ufe0f\ufe70-\ufefc\U0001f000-\U0001faff"
_STRAY_JOINERS = re.compile(f"(?<![{_JOINED}])[\u200c\u200d]+|[\u200c\u200d]+(?![{_JOINED}])")
_STRAY_TAGS = re.compile("(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0000-\U000e007f]+")
_SELECTORS = re.compile("(?<![0-9#*©®\u203c-\U0003ffff])[\ufe00-\ufe0f]+|(?<=[\ufe00-\ufe0f])[\ufe00-\ufe0f]+")
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
)
_MOST_MARKS = 4  # combining marks on one letter; honest Thai, Hebrew and Tibetan need no more
_PILED_MARKS = re.compile(f"([{_MARKS}]{{{_MOST_MARKS}}})[{_MARKS}]+")
_SPACES = re.compile(r"[^\S\n]+")
_LINE_EDGES = re.compile(r" ?\n ?")
_BLANK_LINES = re.compile(r"\n{3,}")


def visible_text(text: str) -> str:
    """The text without what cannot be seen or misleads, in NFC and with plain line ends; white space is kept."""
    text = _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text))
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
        for stray in (_STRAY_JOINERS, _STRAY_TAGS, _SELECTORS):
            text = stray.sub("", text)
        text = _PILED_MARKS.sub(r"\1", text)
    return text


def harmless_text(text: str) -> str:
    """The same with tidy white space: lines are kept, at most one blank between them, one space between words."""
    if text.isascii() and text.isprintable() and "  " not in text:  # most are, and there is nothing to do
        return text.strip()
    text = _LINE_EDGES.sub("\n", _SPACES.sub(" ", visible_text(text)))
    return _BLANK_LINES.sub("\n\n", text).strip()


def harmless_line(text: str) -> str:
    """The same in one line."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join(harmless_text(text).split())
