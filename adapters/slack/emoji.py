"""Emoji <-> the names that Slack has for them: the emoji package's names, and what Slack's differ by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

_FOLD = str.maketrans({chr(code): None for code in (0xFE0E, 0xFE0F, *range(0x1F3FB, 0x1F400))})
_TONE = re.compile(r"::?skin-tone-\d")
_OWN = re.compile(r"<a?:([\w+'-]{1,100}):\d+>|:?([a-z0-9_+'-]{1,100}):?", re.ASCII)
_FLAG = re.compile(r"flag-([a-z]{2})")
_FIRST_HALF = 0x1F1E6 - ord("a")
_FAMILY = re.compile(r"(?:wo)?man(?:-heart|-kiss)?(?:-(?:wo)?man|-boy|-girl){1,3}")
_MEMBERS = {"man": "👨", "woman": "👩", "boy": "👦", "girl": "👧", "heart": "❤️", "kiss": "❤️\u200d💋"}
_MOST = 8  # names to try for one emoji

# What no rule turns into a name of the package. The first of an emoji's names is the one that Slack shows.
_NAMES = {
    "+1": "👍", "thumbsup": "👍", "-1": "👎", "thumbsdown": "👎", "the_horns": "🤘", "spock-hand": "🖖",
    "hand_with_index_and_middle_fingers_crossed": "🤞", "i_love_you_hand_sign": "🤟", "face_palm": "🤦",
    "face_with_cowboy_hat": "🤠", "face_with_raised_eyebrow": "🤨", "face_with_one_eyebrow_raised": "🤨",
    "star-struck": "🤩", "grinning_face_with_star_eyes": "🤩", "zany_face": "🤪",
    "grinning_face_with_one_large_and_one_small_eye": "🤪", "shushing_face": "🤫",
    "face_with_finger_covering_closed_lips": "🤫", "face_with_symbols_on_mouth": "🤬",
    "serious_face_with_symbols_covering_mouth": "🤬", "face_with_hand_over_mouth": "🤭",
    "smiling_face_with_smiling_eyes_and_hand_covering_mouth": "🤭", "face_vomiting": "🤮",
    "face_with_open_mouth_vomiting": "🤮", "exploding_head": "🤯", "shocked_face_with_exploding_head": "🤯",
    "smiling_face_with_3_hearts": "🥰", "mrs_claus": "🤶", "mother_christmas": "🤶", "person_doing_cartwheel": "🤸",
    "juggling": "🤹", "fencer": "🤺", "wrestlers": "🤼", "handball": "🤾", "bride_with_veil": "👰",
    "man_with_turban": "👳", "guardsman": "💂", "ok_woman": "🙆", "person_with_headscarf": "🧕",
    "man_and_woman_holding_hands": "👫", "octagonal_sign": "🛑", "shopping_trolley": "🛒", "scooter": "🛴",
    "drum_with_drumsticks": "🥁", "first_place_medal": "🥇", "second_place_medal": "🥈", "third_place_medal": "🥉",
    "kiwifruit": "🥝", "womans_flat_shoe": "🥿", "giraffe_face": "🦒", "zebra_face": "🦓", "mate_drink": "🧉",
    "ladybug": "🐞", "beetle": "🪲", "medal": "🎖️", "knife_fork_plate": "🍽️", "mostly_sunny": "🌤️",
    "sun_small_cloud": "🌤️", "barely_sunny": "🌥️", "sun_behind_cloud": "🌥️", "partly_sunny_rain": "🌦️",
    "rain_cloud": "🌧️", "snow_cloud": "🌨️", "lightning": "🌩️", "lightning_cloud": "🌩️", "tornado": "🌪️",
    "tornado_cloud": "🌪️", "satellite": "🛰️", "satellite_antenna": "📡", "egg": "🥚", "fried_egg": "🍳",
    "umbrella": "☂️", "umbrella_with_rain_drops": "☔", "snowman": "☃️", "snowman_without_snow": "⛄", "email": "✉️",
    "e-mail": "📧", "eject": "⏏️", "staff_of_aesculapius": "⚕️", "keycap_star": "*️⃣",
    "flag-england": "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "flag-scotland": "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "flag-wales": "🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f",
    "red_haired_person": "🧑\u200d🦰", "curly_haired_person": "🧑\u200d🦱", "bald_person": "🧑\u200d🦲",
    "white_haired_person": "🧑\u200d🦳", "woman_with_beard": "🧔\u200d♀️", "man_with_beard": "🧔\u200d♂️",
    "women-with-bunny-ears-partying": "👯\u200d♀️", "woman-with-bunny-ears-partying": "👯\u200d♀️",
    "men-with-bunny-ears-partying": "👯\u200d♂️", "man-with-bunny-ears-partying": "👯\u200d♂️",
    "woman-wrestling": "🤼\u200d♀️", "man-wrestling": "🤼\u200d♂️",
    "thinking_face": "🤔", "rolling_on_the_floor_laughing": "🤣", "face_with_rolling_eyes": "🙄", "dancer": "💃",
    "rainbow-flag": "🏳️\u200d🌈", "red_circle": "🔴", "ballot_box_with_ballot": "🗳️", "sports_medal": "🏅",
    "female-doctor": "👩\u200d⚕️", "male-doctor": "👨\u200d⚕️",
}  # fmt: skip

# Slack's words -> the package's, tried in order.
_RULES = (
    (re.compile(r"^male[-_]"), "man_"),
    (re.compile(r"^female[-_]"), "woman_"),
    (re.compile(r"^large_(?=\w+_(?:circle|square)$)"), ""),
)


def emoji_of(name: str) -> str:
    """What a reaction's name means: the emoji without skin tone, or `:name:` where it is the workspace's own."""
    name = _TONE.sub("", name.strip().strip(":"))
    return _NAMES.get(name) or _flag(name) or _family(name) or _packaged(name) or f":{name}:"


def name_of(emoji: str) -> tuple[str, ...]:
    """The names that Slack may have for an emoji, best first; none for what is no emoji. `:name:` is a name already."""
    emoji = emoji.strip()
    if own := _OWN.fullmatch(emoji):
        return (own[1] or own[2],)
    folded = emoji.translate(_FOLD)
    return tuple(dict.fromkeys(one for one in _candidates(folded) if emoji_of(one).translate(_FOLD) == folded))[:_MOST]


def _toned(face: str) -> bool:
    return any("\U0001f3fb" <= letter <= "\U0001f3ff" for letter in face)


def _flag(name: str) -> str | None:
    found = _FLAG.fullmatch(name)
    return "".join(chr(_FIRST_HALF + ord(letter)) for letter in found[1]) if found else None


def _family(name: str) -> str | None:
    return "\u200d".join(map(_MEMBERS.__getitem__, name.split("-"))) if _FAMILY.fullmatch(name) else None


def _packaged(name: str) -> str | None:
    """What the package knows by the name, or by what its own rules would make of it."""
    known, plain = _known(), name
    for pattern, instead in _RULES:
        plain = pattern.sub(instead, plain)
    spellings = (name, name.replace("-", "_"), plain, plain.replace("-", "_"))
    return next((known[one] for one in spellings if one in known), None)


def _candidates(folded: str) -> Iterator[str]:
    own, packaged = _named().get(folded, ((), ()))
    yield from own
    if folded and all("\U0001f1e6" <= letter <= "\U0001f1ff" for letter in folded):
        yield "flag-" + "".join(chr(ord(letter) - _FIRST_HALF) for letter in folded)
    words = {face.translate(_FOLD): word for word, face in _MEMBERS.items()}
    members = folded.replace("❤\u200d💋", "💋").split("\u200d")
    yield "-".join({**words, "💋": "kiss"}.get(member, "?") for member in members)
    for name in sorted(packaged, key=lambda one: not one.startswith(("man_", "woman_"))):
        yield from _worded(name, of_trade=folded[:1] in ("👨", "👩"))


def _worded(name: str, *, of_trade: bool) -> Iterator[str]:
    """A name of the package as Slack would write it, likeliest first: `male-cook` but `man-running`."""
    gender, _, rest = name.partition("_")
    if gender in ("man", "woman") and rest:
        sex = "male" if gender == "man" else "female"
        dashed = [f"{sex}-{rest.replace('_', '-')}", f"{gender}-{rest.replace('_', '-')}"]
        yield from dashed if of_trade else reversed(dashed)
        yield f"{sex}_{rest}"
    if name.endswith(("_circle", "_square")) and not name.startswith("large_"):
        yield f"large_{name}"
    yield name
    if "_" in name:
        yield name.replace("_", "-")


@cache
def _package() -> ModuleType:
    import emoji  # thirty milliseconds, and only for votes

    return emoji


@cache
def _known() -> dict[str, str]:
    """The package's names, aliases before its English ones."""
    # of the spellings of one emoji the complete one comes last and stays
    data = sorted(_package().EMOJI_DATA.items(), key=lambda one: -one[1]["status"])
    english = {entry["en"].strip(":").lower(): face for face, entry in data}
    return english | {alias.strip(":"): face for face, entry in data for alias in entry.get("alias", ())}


@cache
def _named() -> dict[str, tuple[list[str], list[str]]]:
    """Folded emoji -> its names in our table, and its names in the package: aliases first."""
    named: dict[str, tuple[list[str], list[str]]] = {}
    for name, face in _NAMES.items():
        named.setdefault(face.translate(_FOLD), ([], []))[0].append(name)
    for face, entry in _package().EMOJI_DATA.items():
        if _toned(face):
            continue
        names = (*entry.get("alias", ()), entry["en"].lower())
        named.setdefault(face.translate(_FOLD), ([], []))[1].extend(one.strip(":") for one in names)
    return named
