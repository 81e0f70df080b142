r"""Text from anywhere -> harmless pieces of Discord's markdown. Knows no message and none of its limits.

Outside links a backslash kills a character's meaning. Inside a link's words Discord obeys no backslash and shows it
(discord-api-docs #6185), so there what means something is exchanged for a look-alike that means nothing.
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
_EMOJI_RUN = re.compile(
    f"((?:[0-9#*]\ufe0f?\u20e3|[{_EMOJI}][{_EMOJI}\u200d\u20e3\ufe0e\ufe0f\U000e0020-\U000e007f]*)+)"
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

_MEANING = re.compile(
    r"(?P<ping>@(?=everyone|here))|[\\`*_~|<>\[\]#@:]|^[-+]|^(?P<number>\d+)\.(?!\S)"
    r"|(?:(?<=discord)|(?<=discordapp)|(?<=\bdis))\.(?=\w)",  # an invitation needs no scheme
    re.IGNORECASE,
)
_SCHEME = re.compile(r"\b(?:https?|steam)://", re.IGNORECASE)
# Discord reads these as a colon and a slash when it looks for an address that hides in a link's words.
_COLONS = ":：∶ː˸։׃܃܄ःઃ᛬᠃᠉⁚ꓽ꞉︰;\u037e"
_SLASHES = "/᜵⁁⁄∕╱⟋⧸Ⳇ⼃〳ノ㇓丿\U0001d23a"
_SHORTCODE = f"[\\w+~-]{{0,32}}[A-Za-z][\\w+~-]{{0,64}}[{_COLONS}]"  # bounded: it is tried at every colon
_IN_LINKS = (
    (_SCHEME, ""),
    (re.compile(f"[{_COLONS}](?=[{_SLASHES}]{{2}})"), r"\g<0> "),
    (re.compile(r"@(?=everyone|here)", re.IGNORECASE), "＠"),
    (re.compile(r"(?:(?<=discord)|(?<=discordapp)|(?<=\bdis))\.(?=\w)", re.IGNORECASE), "·"),
    (re.compile(f"[;\u037e](?={_SHORTCODE})"), "；"),
    (re.compile(f"[{_COLONS}](?={_SHORTCODE})"), "﹕"),
    (re.compile(r"<(?=\S)([^<>]*)>"), r"‹\1›"),
    (re.compile(r"<(?=\S)"), "‹"),
    (re.compile(r"_(?![A-Za-z0-9_])|(?<=_)_|_(?=_)"), "ˍ"),
    (re.compile(r"~(?=~)|(?<=~)~"), "∼"),
    (re.compile(r"\|(?=\|)|(?<=\|)\|"), "∣"),
)
_LOOK_ALIKES = str.maketrans({"*": "∗", "`": "ˋ", "[": "［", "]": "］", "\\": "∖"})

_NO_ADDRESS = re.compile(r"[\x00-\x20\x7f-\xa0\\]")
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?")
# Addresses that Discord draws as an invitation, a gift or a place of its own, whatever their words say.
_INVITES = re.compile(
    r"https?://(?:[^/]*\.)?(?:discord(?:app)?\.(?:gg|gift|new)\b|dis\.gd\b"
    r"|discord(?:app)?\.com\.?(?::\d+)?/+(?:invite|channels|gifts|events|oauth2|api)\b)",
    re.IGNORECASE,
)
_INVITE_WITHIN = re.compile(r"(?:(?<=discord)|(?<=discordapp)|(?<=dis))\.(?=g[dg]\b|gift\b|com\b)", re.IGNORECASE)

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
    """The text as Discord shows it letter by letter: no markup, mention, tag, shortcode, invite or link is alive."""
    return _MEANING.sub(_dead, text)


def link(title: str, url: str | None) -> str:
    """The title leading to the address, or only the title where the address is not one to lead people to.

    Emoji stay outside the link: with one in its words Discord shows the source instead of the link. Where there is
    nothing else, the host's name leads there.
    """
    address = safe_url(url)
    if address is None:
        return escaped(title)
    pieces = _EMOJI_RUN.split(title)
    chosen = max(range(0, len(pieces), 2), key=lambda number: len(pieces[number].strip()))
    words = _worded(pieces[chosen])
    if not words:
        return f"{escaped(title)} [{_worded(urlsplit(address).hostname or '')}]({address})".strip()
    before, after = "".join(pieces[:chosen]), "".join(pieces[chosen + 1 :])
    lead = " " if before and pieces[chosen].startswith(" ") else ""
    trail = " " if after and pieces[chosen].endswith(" ") else ""
    return f"{escaped(before)}{lead}[{words}]({address}){trail}{escaped(after)}"


def safe_url(url: str | None) -> str | None:
    """An http or https address with nothing hidden in it, in ASCII that cannot end a link; None for any other."""
    if not url or _NO_ADDRESS.search(url):
        return None
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port is not None else ""
        if parts.scheme not in ("http", "https") or "@" in parts.netloc or not _HOST.fullmatch(host):
            return None
        rest = quote(url[url.index("//") + 2 + len(parts.netloc) :], safe="%/?#&=+$,;:!~-._")
    except ValueError:
        return None
    address = f"{parts.scheme}://{host}{port}{_INVITE_WITHIN.sub('%2E', rest)}"
    return None if len(address) > _LONGEST_URL or _INVITES.match(address) else address


def units_of(text: str) -> int:
    """Its length as Discord counts it: in UTF-16 code units."""
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


def _dead(found: re.Match[str]) -> str:
    if found["ping"]:
        return "＠"  # the server looks for pings in the source, where a backslash before them changes nothing
    return f"{found['number']}\\." if found["number"] else f"\\{found[0]}"


def _worded(text: str) -> str:
    """The text as the words of a link."""
    for pattern, instead in _IN_LINKS:
        text = pattern.sub(instead, text)
    return text.translate(_LOOK_ALIKES).strip()


def _between_letters(text: str, cut: int) -> int:
    """The last place up to `cut` that parts no letter from its marks and no emoji from its parts."""
    for place in range(cut, max(cut - 40, 0), -1):
        after, before = text[place], text[place - 1]
        halves = _FLAG_HALVES.search(text, max(place - 40, 0), place)
        split_flag = halves is not None and len(halves[0]) % 2 == 1 and "\U0001f1e6" <= after <= "\U0001f1ff"
        if before != "\u200d" and not _STICKING.match(after) and category(after)[0] != "M" and not split_flag:
            return place
    return cut
