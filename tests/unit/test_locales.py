"""The catalogues: complete, filled alike in every language, found by region, counted by their own plural rules."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from bot.locales import languages, say, say_date

ROOT = Path(__file__).parents[2]


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


OTHERS = [tag for tag in languages() if tag != "en"]


def test_english_and_traditional_chinese_are_there() -> None:
    assert {"en", "zh-Hant"} <= set(languages())


@pytest.mark.parametrize("tag", OTHERS)
def test_no_language_misses_a_key_or_has_one_of_its_own(tag: str) -> None:
    assert set(messages(tag)) ^ set(messages("en")) == set()


@pytest.mark.parametrize("tag", languages())
def test_every_key_has_words_in_as_many_forms_as_the_language_has_plurals(tag: str) -> None:
    for key, message in messages(tag).items():
        forms = forms_of(message)
        assert all(form.strip() for form in forms), key
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


def test_every_key_that_the_code_says_has_words() -> None:
    spoken = {
        (key, path.relative_to(ROOT).as_posix())
        for folder in ("bot", "adapters")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".html"}
        for key in re.findall(r"""\bsay\(\s*["']([a-z_]+(?:\.[a-z_]+)+)["']""", path.read_text("utf-8"))
    }
    assert spoken
    assert {(key, path) for key, path in spoken if key not in messages("en")} == set()


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
    assert say("digest.why", "en", reasons="{count} of {0} %s") == "Why: {count} of {0} %s"


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
        (NINE_UTC, "de", "UTC", "full", "Tuesday, 24 November 2026, 09:00"),
        (date(2026, 6, 9), "en", "America/New_York", "full", "Tuesday, 9 June 2026"),
        (date(2026, 6, 9), "zh-Hant", "Asia/Taipei", "day", "2026年6月9日 星期二"),
        (date(2026, 6, 9), "en", "UTC", "short", "9 Jun 2026"),
    ],
)
def test_dates(when: date, locale: str, zone: str, style: str, expected: str) -> None:
    assert say_date(when, locale, zone, style=style) == expected  # type: ignore[arg-type]
