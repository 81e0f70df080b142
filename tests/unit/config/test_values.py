"""The forms of single values."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import duration, values
from bot.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("20s", 20), ("30m", 1800), ("6h", 21600), ("7d", 604800), ("2w", 1209600), ("1h30m", 5400), ("1d12h", 129600)],
)
def test_a_duration_is_numbers_with_units(text: str, seconds: int) -> None:
    assert values.duration_of(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", "20", "s", "-1h", "1 h", "1h ", "1.5h", "1y", "0s", "0d0h", "99999999d", "٣h", "1h,30m"]
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        values.duration_of(text)


@pytest.mark.parametrize(("text", "seconds"), [("0s", 0), ("90s", 90), ("1h", 3600)])
def test_a_jitter_may_be_nothing(text: str, seconds: int) -> None:
    assert values.pause_of(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "0", "61m", "-1s", "999999999w"])
def test_what_is_no_jitter_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match='must be a duration from "0s" to "1h"'):
        values.pause_of(text)


def test_a_duration_that_a_command_was_given_is_named_with_its_option() -> None:
    assert duration("7d", "--last") == timedelta(days=7)
    with pytest.raises(ConfigError, match=r"^--last 'week': must be a duration such as"):
        duration("week", "--last")


@given(st.integers(1, 3650 * 86400))
def test_any_number_of_seconds_up_to_ten_years_is_a_duration(seconds: int) -> None:
    assert values.duration_of(f"{seconds}s") == timedelta(seconds=seconds)


@given(st.text(max_size=30))
def test_any_text_is_a_duration_or_a_named_mistake(text: str) -> None:
    try:
        assert values.duration_of(text) > timedelta()
    except ValueError as error:
        assert str(error).startswith("must be")  # noqa: PT017 - which of the two it is does not matter


@pytest.mark.parametrize(("text", "size"), [("1b", 1), ("500kB", 500_000), ("10MB", 10**7), ("2 gb", 2 * 10**9)])
def test_a_size_is_a_number_of_bytes_with_a_unit(text: str, size: int) -> None:
    assert values.size_of(text) == size


@pytest.mark.parametrize("text", ["", "10", "MB", "0MB", "-1MB", "1.5MB", "10MiB", "10 megabytes"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be a size"):
        values.size_of(text)


@pytest.mark.parametrize("text", ["http://a", "https://a.example/x?y=1", "http://127.0.0.1:8080", "http://[::1]:80/"])
def test_a_web_address_is_taken_as_it_is(text: str) -> None:
    assert values.web_url(text) == text


@pytest.mark.parametrize(
    "text",
    ["", "example.org", "ftp://a", "http://", "http:///x", "http://a:99999", "http://[::1", "http://a b", "file:///x"],
)
def test_what_is_no_web_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="begins with http"):
        values.web_url(text)


@pytest.mark.parametrize(
    ("url", "absolute"),
    [
        ("sqlite:///digestbot.db", "sqlite:////srv/bot/digestbot.db"),
        ("sqlite:///data/x.db", "sqlite:////srv/bot/data/x.db"),
        ("sqlite:////var/x.db", "sqlite:////var/x.db"),
        ("postgresql://u:p@h/x", "postgresql://u:p@h/x"),
    ],
)
def test_a_database_file_is_found_beside_the_configuration(url: str, absolute: str) -> None:
    from pathlib import Path

    assert values.absolute_database(values.database_url(url), Path("/srv/bot")) == absolute


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x.db",
        "sqlite://x.db",
        "sqlite:///",
        "sqlite:///:memory:",
        "postgres://h/x",
        "postgresql://h",
        "mysql://h/x",
    ],
)
def test_what_is_no_database_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(ValueError, match=r'must be "sqlite:///digestbot\.db"'):
        values.database_url(url)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::", "http://[::1]:80"),
        ("::1", "http://[::1]:80"),
        ("bot.example", "http://bot.example:80"),
    ],
)
def test_browsers_find_a_server_that_listens_everywhere_on_this_machine(host: str, url: str) -> None:
    assert values.url_of(host, 80) == url


@pytest.mark.parametrize("text", ["sponsored", "open models", "/sponsored/i", "/a|b/", "/path", "and/or", "人工智慧"])
def test_words_and_patterns_are_taken(text: str) -> None:
    assert values.word_or_pattern(text) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "words, or a pattern"),
        ("  ", "words, or a pattern"),
        ("/(/i", "unterminated"),
        ("/a/ix", "unknown flag 'ix'"),
        ("/(a+)+/", "repeats"),
    ],
)
def test_a_pattern_that_cannot_work_says_why(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        values.word_or_pattern(text)
