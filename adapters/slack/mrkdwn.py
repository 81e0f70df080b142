"""Text from anywhere -> harmless text for Slack, and text that Slack escaped -> what was typed. Knows no message.

Rich text and plain_text show what they are given letter by letter; `escaped` and `link` are for the fields that Slack
parses as mrkdwn. There `&`, `<` and `>` can be escaped, and what else means something is exchanged for a look-alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from unicodedata import category, normalize
from urllib.parse import quote, urlsplit

_LONGEST = 8192  # no message shows more
_LONGEST_URL = 1024
_MOST_MARKS = 4  # on one letter; honest Thai, Hebrew and Tibetan need no more

_EMOJI = (
    "\u203c\u2049\u2139\u2194-\u2199\u21a9\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf\u2934\u2935\u2b00-\u2bff"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001fbff"
)
# What neither shows nor spaces, though its category says letter, mark or symbol.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0")
_SPACE_LIKE = frozenset("\u2800")
_PLAIN = re.compile("[ -~\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u0590\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff]*")
# Joiners belong between letters of the scripts that need them and inside emoji; tags only in flags.
_JOINED = f"\u0600-\u1fff\ufb50-\ufdff\ufe0f\ufe70-\ufefc{_EMOJI}"
_STRAYS = (
    re.compile(f"(?<![{_JOINED}])[\u200c\u200d]+|[\u200c\u200d]+(?![{_JOINED}])"),
    re.compile("(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0020-\U000e007f]+"),
    re.compile(f"(?<![0-9#*©®™{_EMOJI}])[\ufe00-\ufe0f]+|(?<=[\ufe00-\ufe0f])[\ufe00-\ufe0f]+"),
)

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})

_NO_ADDRESS = re.compile(r"[\x00-\x1f\x7f-\x9f\\]")
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?")

_TOKEN = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")
_ENTITY = re.compile(r"&(amp|lt|gt);")
_MEANT = {"amp": "&", "lt": "<", "gt": ">"}

_STICKING = re.compile("[\u200d\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
_FLAG_HALVES = re.compile("[\U0001f1e6-\U0001f1ff]*$")


def inert(text: str) -> str:
    """One line without control, direction or other invisible characters, in NFC, with at most four marks a letter."""
    text = text[:_LONGEST]
    if not _PLAIN.fullmatch(text):
        text = "".join(map(_seen, text))
        for stray in _STRAYS:
            text = stray.sub("", text)
        text = normalize("NFC", _unpiled(text))
    return " ".join(text.split())


def escaped(text: str) -> str:
    """The text with the three characters that Slack takes for its own escaped: no mention, date or link is alive."""
    return text.translate(_ENTITIES)


def safe_url(url: str | None) -> str | None:
    """An http or https address that names no user, in ASCII that cannot end a link; None for any other."""
    url = (url or "").strip(" ")
    if not url or _NO_ADDRESS.search(url):
        return None
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port is not None else ""
        if parts.scheme not in ("http", "https") or "@" in parts.netloc or not _HOST.fullmatch(host):
            return None
        rest = quote(url[url.index("//") + 2 + len(parts.netloc) :], safe="%/?#&=+$,;:!~-._()@'*")
    except ValueError:
        return None
    address = f"{parts.scheme}://{host}{port}{rest}"
    return address if len(address) <= _LONGEST_URL else None


def plain_of(text: str) -> str:
    """What a member typed, out of the text of a slash command: links as addresses, mentions as their ids."""
    return _ENTITY.sub(lambda found: _MEANT[found[1]], _TOKEN.sub(_typed, text))


def units_of(text: str) -> int:
    """Its length in UTF-16 code units: at least what any way of counting that Slack may use makes of it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def clipped(text: str, units: int) -> str:
    """As much of an inert text as takes `units`, ending in "…" where that is not all: at a word, never in an emoji."""
    if units_of(text) <= units:
        return text
    if units < 1:
        return ""
    head = text.encode("utf-16-le")[: 2 * (units - 1)].decode("utf-16-le", "ignore")
    cut = _between_letters(text, len(head))
    head = text[:cut]
    word = head if text[cut : cut + 1] == " " else head.rpartition(" ")[0]
    if 3 * len(word) > 2 * cut:  # else it is one long word, or no language of words
        head = word
    return f"{head.rstrip(' ,;:–—-')}…"


def drawn_to(text: str, units: int, draw: Callable[[str], str] = escaped) -> str:
    """`draw` of as much of the text as makes it at most `units` long; "" where not even "…" has room."""
    drawn = draw(text)
    if units_of(drawn) <= units:
        return drawn
    best, low, high = "", 1, units
    while low <= high:
        middle = (low + high) // 2
        drawn = draw(clipped(text, middle))
        if units_of(drawn) <= units:
            best, low = drawn, middle + 1
        else:
            high = middle - 1
    return best


def _typed(found: re.Match[str]) -> str:
    target, label = found[1], found[2]
    match target[0]:
        case "@" | "#":
            return target
        case "!":
            return label or f"@{target[1:].partition('^')[0]}"
        case _:
            return target.removeprefix("mailto:").removeprefix("tel:")


def _seen(character: str) -> str:
    match category(character):
        case "Cc" | "Zs" | "Zl" | "Zp":
            return " " if character.isspace() else ""
        case "Cf":
            return character if character in "\u200c\u200d" or "\U000e0020" <= character <= "\U000e007f" else ""
        case "Cs":
            return "\ufffd"  # half a character, which no output can encode
        case "Mn" | "Lo":
            return "" if character in _BLANKS or "\U000e0100" <= character <= "\U000e01ef" else character
        case "Cn" if ord(character) & 0xFFFE == 0xFFFE or "\ufdd0" <= character <= "\ufdef":
            return ""
        case _:
            return " " if character in _SPACE_LIKE else character


def _unpiled(text: str) -> str:
    """No letter carries a tower of marks, and no mark stands where it would sit on what is not its own."""
    kept, pile = [], _MOST_MARKS
    for character in text:
        if category(character) in ("Mn", "Me"):
            pile += 1
        else:
            pile = _MOST_MARKS if character == " " else 0
        if pile <= _MOST_MARKS or character == " ":
            kept.append(character)
    return "".join(kept)


def _between_letters(text: str, cut: int) -> int:
    """The last place up to `cut` that parts no letter from its marks and no emoji from its parts."""
    for place in range(cut, max(cut - 40, 0), -1):
        after, before = text[place], text[place - 1]
        halves = _FLAG_HALVES.search(text, max(place - 40, 0), place)
        split_flag = halves is not None and len(halves[0]) % 2 == 1 and "\U0001f1e6" <= after <= "\U0001f1ff"
        if before != "\u200d" and not _STICKING.match(after) and category(after)[0] != "M" and not split_flag:
            return place
    return cut
