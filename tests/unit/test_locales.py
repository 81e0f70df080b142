"""The catalogues: complete, filled alike in every language, found by region, counted by their own plural rules."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from bot.commands import SPECS
from bot.config.ballots import BUILT_IN_BALLOTS, keys_of
from bot.house import PAUSING
from bot.locales import languages, say, say_date, say_number
from bot.model import HiddenReason, QualityParts, SourceState, VoteResult, Wall

ROOT = Path(__file__).parents[2]


@cache
def catalogue(tag: str) -> Catalog:
    with (ROOT / "bot" / "locales" / f"{tag}.po").open("rb") as file:
        return read_po(file, locale=tag.replace("-", "_"), abort_invalid=True)


def key_of(message: Message) -> str:
    return message.id[0] if isinstance(message.id, tuple) else message.id


def forms_of(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


def messages(tag: str) -> dict[str, Message]:
    return {key_of(message): message for message in catalogue(tag) if message.id}


def blanks(message: Message) -> set[str | None]:
    return {name for form in forms_of(message) for _, name, _, _ in Formatter().parse(form) if name is not None}


HEADS = sorted({key.split(".")[0] for key in messages("en")})
SAME = {
    "why.as_stored",
    "date.month",
    *(f"web.{key}" for key in ("count", "rating", "score", "feed")),
    *(f"gate.quality_{how}" for how in ("enough", "low")),
}
OTHERS = [tag for tag in languages() if tag != "en"]


def test_the_four_languages_are_there() -> None:
    assert set(languages()) == {"de", "en", "ja", "zh-Hant"}


@pytest.mark.parametrize("tag", OTHERS)
def test_no_language_misses_a_key_or_has_one_of_its_own(tag: str) -> None:
    assert set(messages(tag)) ^ set(messages("en")) == set()


@pytest.mark.parametrize("tag", languages())
def test_every_key_has_words_in_as_many_forms_as_the_language_has_plurals(tag: str) -> None:
    for key, message in messages(tag).items():
        forms = forms_of(message)
        assert all(form and form == form.strip() for form in forms), key
        assert len(forms) == (catalogue(tag).num_plurals if isinstance(message.id, tuple) else 1), key


@pytest.mark.parametrize("tag", OTHERS)
def test_translations_are_filled_with_the_same_values(tag: str) -> None:
    english = messages("en")
    assert {key: blanks(message) for key, message in messages(tag).items()} == {
        key: blanks(message) for key, message in english.items()
    }


@pytest.mark.parametrize("tag", languages())
def test_blanks_are_plain_names(tag: str) -> None:
    for key, message in messages(tag).items():
        assert all(str(name).isidentifier() for name in blanks(message)), key


@pytest.mark.parametrize("tag", languages())
def test_keys_are_sorted_and_each_is_there_once(tag: str) -> None:
    keys = re.findall(r'^msgid "(.+)"$', (ROOT / "bot" / "locales" / f"{tag}.po").read_text("utf-8"), re.MULTILINE)
    assert keys == sorted(set(keys))


# The files of the code that people are told something by.
CODE = {
    path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
    for folder in ("bot", "adapters")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".py", ".html"}
}
_SAID = re.compile(r"""\b(?:say|Reason|told|_stage|key =)\(?\s*["']([a-z_]+(?:\.[a-z_]+)+)["']""")


def in_code(pattern: str, file: str = "") -> set[str]:
    return {found for path, text in CODE.items() if file in path for found in re.findall(pattern, text)}


# The keys that the code puts together: how they begin, and with what they may end.
ENDINGS: Mapping[str, Iterable[str]] = {
    "ballot.": [key.removeprefix("ballot.") for name in BUILT_IN_BALLOTS for key in keys_of(name).values()],
    "command.": ("source", "state", "posted", "valued"),  # the columns of /sources
    "command.help.": {name for spec in SPECS for name in (spec.name.split()[0], spec.name.replace(" ", "_"))},
    "command.option.": {argument.name for spec in SPECS for argument in spec.arguments},
    "command.removed_": ("barred", "taken_away"),
    "command.settled_": ("there", "missing"),
    "date.": ("brief", "day", "full", "month", "short"),
    "digest.": get_args(Wall),
    "paused.": PAUSING,
    "stage.": in_code(r'stage="([a-z_]+)"'),
    "state.": get_args(SourceState),
    "web.article.": in_code(r'fact\("([a-z]+)"', "article.html"),
    "web.error.": {
        key for page in in_code(r'(?:Refusal|_error)\([^"]*"([a-z]+)"', "web") for key in (page, f"{page}.title")
    },
    "web.part.": [part.name for part in fields(QualityParts)],
    "web.reason.": get_args(HiddenReason),
    "web.vote.": VoteResult,
    "why.": [f"{what}_{how}" for what in ("source", "category") for how in ("liked", "disliked")],
}
PUT_TOGETHER = {f"{beginning}{ending}" for beginning, endings in ENDINGS.items() for ending in endings}


def test_every_key_that_the_code_says_has_words() -> None:
    spoken = {key for text in CODE.values() for key in _SAID.findall(text)} | PUT_TOGETHER
    assert len(spoken) > 200
    assert spoken - set(messages("en")) == set()


def test_every_key_that_has_words_is_said() -> None:
    quoted = {one for text in CODE.values() for one in re.findall(r"""["']([a-z_]+(?:\.[a-z_]+)+)["']""", text)}
    assert set(messages("en")) - quoted - PUT_TOGETHER == set()


def test_nothing_else_puts_keys_together() -> None:
    """A new way of doing so belongs in ENDINGS, so that the tests above know its keys."""
    heads = "|".join(HEADS)
    used = in_code(rf"""f["']((?:{heads})\.[a-z_.]*)\{{""", ".py")
    used |= in_code(rf"""["']((?:{heads})\.[a-z_.]*)["'] ~""", ".html")
    assert used == set(ENDINGS)


@pytest.mark.parametrize("tag", OTHERS)
def test_what_people_read_is_translated(tag: str) -> None:
    """But for names of things and what is the same in both."""
    english, here = messages("en"), messages(tag)
    same = {key for key in english if forms_of(here[key]) == forms_of(english[key])}
    assert same <= SAME, same - SAME


@pytest.mark.parametrize("tag", languages())
def test_help_fits_where_discord_shows_it(tag: str) -> None:
    shown = {key: forms_of(one)[0] for key, one in messages(tag).items() if re.match(r"command\.(help|option)\.", key)}
    assert {key for key, words in shown.items() if len(words) > 100} == set()


@pytest.mark.parametrize("tag", languages())
def test_every_form_of_a_blank_can_be_filled(tag: str) -> None:
    """`{score:0.00}`, `{age:day}`, `{near:or}`: said with a number of each size, and with one item and more."""
    for key, message in messages(tag).items():
        for number in (0, 1, 1.5, 2, 1000):
            values = {name: _filling(key, str(name), number) for name in blanks(message)}
            assert "{" not in say(key, tag, **values), key


def _filling(key: str, name: str, number: float) -> object:
    if name in ("count", "posted", "valued"):
        return int(number)
    parsed = [part for form in forms_of(messages("en")[key]) for part in Formatter().parse(form)]
    if name in ("near", "wanted", "interests", "reasons"):
        return ("one", "two", "three")[: int(number) or 1]
    return float(number) if any(blank == name and spec for _, blank, spec, _ in parsed) else "words"


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("en", "Update:"),
        ("en-GB", "Update:"),
        ("zh-Hant", "更新："),
        ("zh-Hant-TW", "更新："),
        ("zh_Hant_HK", "更新："),
        ("zh-TW", "更新："),
        ("zh-CN", "Update:"),
        ("tlh", "Update:"),
        ("", "Update:"),
        ("../../etc/passwd", "Update:"),
    ],
)
def test_a_locale_falls_back_on_the_nearest_language_that_is_there(locale: str, expected: str) -> None:
    assert say("digest.update", locale) == expected


@pytest.mark.parametrize(
    ("locale", "count", "expected"),
    [
        ("en", 0, "Also in 0 sources:"),
        ("en", 1, "Also in 1 source:"),
        ("en", 2, "Also in 2 sources:"),
        ("zh-Hant", 1, "另有 1 個來源報導："),
        ("zh-Hant", 2, "另有 2 個來源報導："),
    ],
)
def test_plurals(locale: str, count: int, expected: str) -> None:
    assert say("digest.also", locale, count=count) == expected


def test_the_notice_is_in_english_and_chinese_at_once() -> None:
    assert say("digest.notice", "en") == "Your vote is final once cast · 投票後不可更改"


def test_values_are_said_as_they_are() -> None:
    assert say("digest.title", "en", channel="{count} of {0} %s") == "{count} of {0} %s digest"
    assert say("digest.why", "en", reasons=["{count} of {0} %s"]) == "Why: {count} of {0} %s"


@pytest.mark.parametrize(
    ("locale", "key", "values", "expected"),
    [
        ("en", "digest.quality", {"score": 0.8}, "Quality 0.80"),
        ("de", "digest.quality", {"score": 0.8}, "Qualität 0,80"),
        ("de", "digest.also", {"count": 1200}, "Auch in 1.200 weiteren Quellen:"),
        (
            "en",
            "why.source_liked",
            {"valued": 1200, "count": 1300},
            "the team values this source (1,200 of 1,300 votes)",
        ),
        ("en", "web.digest.link", {"number": 1200}, "Link to this digest (no. 1200)"),
        ("en", "why.days_old", {"days": 1.0}, "1 day old"),
        ("de", "why.days_old", {"days": 5.0}, "5 Tage alt"),
        ("en", "gate.age_beyond", {"age": 1.5, "most": 1.0}, "1.5 days old, more than 1 day"),
        ("ja", "why.days_old", {"days": 5.0}, "5 日前に公開"),
        ("zh-Hant", "why.days_old", {"days": 5.0}, "5 天前發布"),
        ("en", "why.interests", {"interests": ("a", "b", "c")}, "matches interests: a, b, and c"),
        ("de", "why.interests", {"interests": ("a", "b", "c")}, "passt zu den Interessen: a, b und c"),
        ("ja", "why.interests", {"interests": ("a", "b")}, "関心のあるテーマに一致：a、b"),
        ("zh-Hant", "error.zone_near", {"zone": "x", "near": ["A", "B"]}, "沒有時區「x」。您是指 A 或 B 嗎？"),
        (
            "de",
            "error.zone_near",
            {"zone": "x", "near": ["A", "B"]},
            "Die Zeitzone „x“ gibt es nicht. Ist A oder B gemeint?",
        ),
    ],
)
def test_numbers_and_lists_are_written_as_the_language_writes_them(
    locale: str, key: str, values: dict[str, object], expected: str
) -> None:
    assert say(key, locale, **values) == expected


@pytest.mark.parametrize(("locale", "expected"), [("en", "12,345"), ("de-CH", "12.345"), ("ja", "12,345")])
def test_a_number_alone(locale: str, expected: str) -> None:
    assert say_number(12345, locale) == expected


@pytest.mark.parametrize("name", BUILT_IN_BALLOTS)
def test_the_built_in_ballots_are_asked_in_english_as_the_configuration_has_them(name: str) -> None:
    assert {wording: say(key, "en") for wording, key in keys_of(name).items()} == {one: one for one in keys_of(name)}


def test_an_unknown_key_is_an_error_that_names_it() -> None:
    with pytest.raises(KeyError, match=r"digest\.nonsense"):
        say("digest.nonsense", "en")


@pytest.mark.parametrize(("key", "missing"), [("digest.why", "reasons"), ("digest.also", "count")])
def test_a_missing_value_is_an_error_that_names_key_and_value(key: str, missing: str) -> None:
    with pytest.raises(ValueError, match=f"{key}.*{missing}"):
        say(key, "en")


def test_a_count_that_is_no_number_is_an_error() -> None:
    with pytest.raises(TypeError, match="'three'"):
        say("digest.also", "en", count="three")


NINE_UTC = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("when", "locale", "zone", "style", "expected"),
    [
        (NINE_UTC, "en", "UTC", "full", "Tuesday, 24 November 2026, 09:00"),
        (NINE_UTC, "en", "Asia/Taipei", "full", "Tuesday, 24 November 2026, 17:00"),
        (NINE_UTC, "en", "Pacific/Kiritimati", "day", "Tuesday, 24 November 2026"),
        (NINE_UTC.replace(hour=20), "en", "Asia/Taipei", "day", "Wednesday, 25 November 2026"),
        (NINE_UTC, "en", "UTC", "short", "24 Nov 2026"),
        (NINE_UTC, "zh-Hant", "Asia/Taipei", "full", "2026年11月24日 星期二 17:00"),
        (NINE_UTC, "zh-TW", "Asia/Taipei", "short", "2026年11月24日"),
        (NINE_UTC, "de", "UTC", "full", "Dienstag, 24. November 2026, 09:00"),
        (NINE_UTC, "de-AT", "Europe/Vienna", "short", "24. Nov. 2026"),
        (NINE_UTC, "ja", "Asia/Tokyo", "full", "2026年11月24日(火) 18:00"),
        (NINE_UTC, "fr", "UTC", "full", "Tuesday, 24 November 2026, 09:00"),
        (date(2026, 6, 9), "en", "America/New_York", "full", "Tuesday, 9 June 2026"),
        (date(2026, 6, 9), "zh-Hant", "Asia/Taipei", "day", "2026年6月9日 星期二"),
        (date(2026, 6, 9), "en", "UTC", "short", "9 Jun 2026"),
    ],
)
def test_dates(when: date, locale: str, zone: str, style: str, expected: str) -> None:
    assert say_date(when, locale, zone, style=style) == expected  # type: ignore[arg-type]
