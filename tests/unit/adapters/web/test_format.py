"""Messages as drawn: which links are links, how ballots stand, how days are said."""

from datetime import UTC, date, datetime

import pytest

from adapters.web.format import ballot_views, date_words, host_name, language_name, message_view, safe_url
from bot.model import Message, Tally
from tests.unit.adapters.web.samples import VALUE


@pytest.mark.parametrize("url", ["https://news.example/a?b=c#d", "http://news.example:8080/", "https://例え.example/"])
def test_http_addresses_are_links(url: str) -> None:
    assert safe_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//evil.example/",
        "/relative",
        "https:///nohost",
        "https://[broken",
        "https://good.example\\@evil.example",
        "https://good.example@evil.example/",
    ],
)
def test_other_addresses_are_words(url: str | None) -> None:
    assert safe_url(url) is None


@pytest.mark.parametrize(("url", "host"), [("https://www.news.example/a", "news.example"), (None, "")])
def test_host_name(url: str | None, host: str) -> None:
    assert host_name(url) == host


def test_a_ballot_shows_its_counts_and_the_viewers_vote() -> None:
    tallies = [Tally(1, "w", "value", {"👍": 2}), Tally(2, "w", "value", {"👎": 9})]
    (ballot,) = ballot_views((VALUE,), 1, tallies=tallies, standing={(1, "value"): "👍"})
    assert [(option.count, option.stands) for option in ballot.options] == [(2, True), (0, False)]
    assert ballot.vote == ballot.options[0]


def test_a_message_of_no_article_has_no_ballot() -> None:
    assert message_view(Message(kind="note", title="Quiet", ballots=(VALUE,))).ballots == ()


@pytest.mark.parametrize(
    ("when", "locale", "zone", "words"),
    [
        (datetime(2026, 6, 9, 8, tzinfo=UTC), "en", "Europe/London", "9 June 2026, 09:00"),
        (datetime(2026, 6, 9, 23, tzinfo=UTC), "zh-Hant", "Asia/Taipei", "10 6月 2026, 07:00"),
        (datetime(2026, 6, 9, 8, tzinfo=UTC), "no such language", "UTC", "9 June 2026, 08:00"),
    ],
)
def test_moments_are_said_in_the_channels_zone_and_language(when: datetime, locale: str, zone: str, words: str) -> None:
    assert date_words(when, "d MMMM y, HH:mm", locale=locale, zone=zone) == words


def test_a_bare_day_stays_that_day() -> None:
    assert date_words(date(2026, 6, 9), "d MMMM y", locale="en", zone="Pacific/Auckland") == "9 June 2026"


@pytest.mark.parametrize(
    ("code", "locale", "name"),
    [("zh-Hant", "en", "Traditional Chinese"), ("de", "zh-Hant", "德文"), ("x-y", "en", "x-y")],
)
def test_language_name(code: str, locale: str, name: str) -> None:
    assert language_name(code, locale) == name
