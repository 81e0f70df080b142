"""Emoji find their names on Slack, and reactions their emoji."""

from __future__ import annotations

import emoji as package
import pytest

from adapters.slack.emoji import emoji_of, name_of
from bot.votes.ballots import folded_emoji

# Names of Slack's (iamcal/emoji-data), several for each way in which they differ from the package's.
NAMES = {
    "+1": "👍", "thumbsup": "👍", "-1": "👎", "thumbsdown": "👎", "heart": "❤️", "tada": "🎉", "eyes": "👀",
    "fire": "🔥", "rocket": "🚀", "white_check_mark": "✅", "x": "❌", "100": "💯", "thinking_face": "🤔",
    "grinning": "😀", "open_mouth": "😮", "cry": "😢", "rage": "😡", "slightly_smiling_face": "🙂", "clap": "👏",
    "raised_hands": "🙌", "pray": "🙏", "bulb": "💡", "sleeping": "😴", "zzz": "💤", "star": "⭐", "star-struck": "🤩",
    "satellite": "🛰️", "satellite_antenna": "📡", "egg": "🥚", "fried_egg": "🍳", "snowman": "☃️",
    "snowman_without_snow": "⛄", "umbrella": "☂️", "umbrella_with_rain_drops": "☔", "email": "✉️", "envelope": "✉️",
    "e-mail": "📧", "beetle": "🪲", "ladybug": "🐞", "sun_behind_cloud": "🌥️", "partly_sunny": "⛅", "medal": "🎖️",
    "tornado": "🌪️", "male-technologist": "👨\u200d💻", "female-doctor": "👩\u200d⚕️", "woman-running": "🏃\u200d♀️",
    "man-shrugging": "🤷\u200d♂️", "female_mage": "🧙\u200d♀️", "man-woman-girl-boy": "👨\u200d👩\u200d👧\u200d👦",
    "woman-kiss-man": "👩\u200d❤️\u200d💋\u200d👨", "flag-de": "🇩🇪", "de": "🇩🇪", "flag-tw": "🇹🇼",
    "rainbow-flag": "🏳️\u200d🌈",
    "flag-england": "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "hash": "#️⃣", "keycap_star": "*️⃣",
    "one": "1️⃣", "large_green_circle": "🟢", "red_circle": "🔴", "large_blue_circle": "🔵", "first_place_medal": "🥇",
    "spock-hand": "🖖", "face_palm": "🤦", "man_in_tuxedo": "🤵\u200d♂️", "ok_woman": "🙆", "female_sign": "♀️",
    "copyright": "©️", "information_source": "ℹ️",
}  # fmt: skip


@pytest.mark.parametrize(("name", "emoji"), NAMES.items())
def test_a_name_of_slacks_means_its_emoji_and_is_found_for_it(name: str, emoji: str) -> None:
    assert folded_emoji(emoji_of(name)) == folded_emoji(emoji)
    assert name in name_of(emoji)


@pytest.mark.parametrize(
    ("name", "emoji"),
    [
        ("+1::skin-tone-3", "👍"),
        (":+1::skin-tone-6:", "👍"),
        ("male-technologist::skin-tone-2", "👨\u200d💻"),
        ("party_parrot", ":party_parrot:"),
        (":party_parrot:", ":party_parrot:"),
        ("thumbs-up-custom", ":thumbs-up-custom:"),
        ("", "::"),
        ("flag-xyz", ":flag-xyz:"),
        ("woman-", ":woman-:"),
    ],
)
def test_skin_tones_are_folded_and_a_workspaces_own_emoji_keeps_its_name(name: str, emoji: str) -> None:
    assert emoji_of(name) == emoji


@pytest.mark.parametrize(
    ("emoji", "best"),
    [
        ("👍", "+1"),
        ("👍🏽", "+1"),
        ("👎", "-1"),
        ("❤", "heart"),
        ("❤️", "heart"),
        ("👨🏿\u200d💻", "male-technologist"),
        ("🏃🏻\u200d♀️", "woman-running"),
        ("😀", "grinning"),
        ("😮", "open_mouth"),
        ("😢", "cry"),
        ("😡", "rage"),
        ("🤔", "thinking_face"),
        ("🇩🇪", "flag-de"),
        ("🥚", "egg"),
        ("📡", "satellite_antenna"),
        (":party_parrot:", "party_parrot"),
        ("party_parrot", "party_parrot"),
        ("<:party_parrot:123456789012345678>", "party_parrot"),
        ("<a:blob:123456789012345678>", "blob"),
    ],
)
def test_the_best_name_comes_first(emoji: str, best: str) -> None:
    assert name_of(emoji)[0] == best


@pytest.mark.parametrize("words", ["", " ", "two words", "**x**", "<@U1>", "日本", "<!channel>", "🎉🎉"])
def test_what_is_no_emoji_has_no_name(words: str) -> None:
    assert name_of(words) == ()


def test_each_emoji_has_names_and_each_name_means_it_again() -> None:
    for emoji, entry in package.EMOJI_DATA.items():
        toned = any("\U0001f3fb" <= letter <= "\U0001f3ff" for letter in emoji)
        if toned or entry["status"] != package.STATUS["fully_qualified"]:
            continue
        names = name_of(emoji)
        assert 1 <= len(names) <= 8
        assert {folded_emoji(emoji_of(name)) for name in names} == {folded_emoji(emoji)}
