"""When a source is read next."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import BotError, FetchError, ParseError
from bot.model import Article, ParsedFeed, Rhythm, Source, SourceSpec
from bot.sources.pace import after_failure, after_success, is_given_up, rhythm_of

NOW = datetime(2026, 6, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def source(*, failures: int = 0, every: timedelta = HOUR, number: int = 1) -> Source:
    spec = SourceSpec(address="https://example.org/feed", every=every)
    return Source(id=number, spec=spec, origin="file", next_at=NOW, failures=failures)


@pytest.mark.parametrize(("fresh", "hours"), [(0, 1), (60, 1), (7200, 2), (7 * 86_400, 4)])
def test_a_server_may_ask_for_some_patience_and_never_for_haste(fresh: float, hours: int) -> None:
    assert after_success(source(), NOW, fresh_for=fresh, rhythm=Rhythm()) == NOW + hours * HOUR


@pytest.mark.parametrize(("failures", "hours"), [(0, 1), (1, 2), (4, 16), (5, 24), (500, 24)])
def test_each_failure_doubles_the_wait_up_to_a_day(failures: int, hours: int) -> None:
    wait = after_failure(source(failures=failures), NOW, ParseError("odd")) - NOW
    assert hours * HOUR <= wait <= hours * HOUR * 1.1


def test_a_slow_rhythm_is_its_own_back_off() -> None:
    week = timedelta(days=7)
    assert after_failure(source(every=week, failures=9), NOW, ParseError("odd")) - NOW >= week


def test_sources_that_failed_together_do_not_come_back_together() -> None:
    assert len({after_failure(source(number=number), NOW, ParseError("odd")) for number in range(50)}) > 45


def test_retry_after_is_waited_for() -> None:
    error = FetchError("busy", status=429, retry_after=86_400 * 2.0)
    assert after_failure(source(), NOW, error) == NOW + timedelta(days=2)


@pytest.mark.parametrize(
    ("failures", "error", "given_up"),
    [
        (0, FetchError("gone", status=410), True),
        (0, FetchError("missing", status=404), False),
        (18, ParseError("odd"), False),
        (19, ParseError("odd"), True),
    ],
)
def test_a_source_is_given_up_when_it_is_gone_or_fails_for_long(failures: int, error: BotError, given_up: bool) -> None:
    assert is_given_up(source(failures=failures), error) is given_up


def feed(*hours_ago: float, **hints: str) -> ParsedFeed:
    articles = tuple(Article(title="t", published=NOW - hours * HOUR) for hours in hours_ago)
    return ParsedFeed(title="f", url=None, language=None, articles=articles, hints=hints)


@pytest.mark.parametrize(
    ("hours_ago", "minutes"),
    [
        ((), 60),
        ((5,), 60),  # one tells no rhythm
        ((1, 2, 3, 4), 60),
        ((0, 24, 48), 144),
        ((0, 20, 40, 60), 120),
        ((700, 0), 240),  # a month
        ((30, 31, 32), 180),  # hourly, and silent for more than a day
        ((-5, -4, -3), 60),  # from the future
        ((0, 0, 0, 0), 60),
    ],
)
def test_a_source_is_asked_ten_times_an_article_between_every_and_four_times_that(
    hours_ago: tuple[float, ...], minutes: int
) -> None:
    rhythm = rhythm_of(feed(*hours_ago), NOW)
    assert after_success(source(), NOW, fresh_for=0, rhythm=rhythm) - NOW == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("hints", "minutes"),
    [
        ({"ttl": "90"}, 90),
        ({"ttl": "15"}, 60),
        ({"ttl": "999999"}, 240),
        ({"ttl": "99999999999999999999"}, 240),
        ({"ttl": "soon"}, 60),
        ({"ttl": "-5"}, 60),
        ({"period": "daily", "frequency": "12"}, 120),
        ({"period": "Hourly "}, 60),
        ({"period": "yearly", "frequency": "0"}, 240),
        ({"period": "fortnightly"}, 60),
        ({"ttl": "120", "period": "hourly"}, 120),
    ],
)
def test_what_a_feed_asks_for_counts_within_the_same_bounds(hints: dict[str, str], minutes: int) -> None:
    rhythm = rhythm_of(feed(**hints), NOW)
    assert after_success(source(), NOW, fresh_for=0, rhythm=rhythm) - NOW == timedelta(minutes=minutes)


def test_a_folder_is_looked_at_by_its_own_interval_whatever_is_in_it() -> None:
    folder = replace(source(), spec=SourceSpec(address="/srv/feeds", every=timedelta(seconds=5)))
    rhythm = Rhythm(asked=timedelta(days=1))
    assert after_success(folder, NOW, fresh_for=900, rhythm=rhythm) == NOW + timedelta(seconds=5)


@pytest.mark.parametrize(("hours_ago", "articles"), [((0, 24, 48), 7), ((84, 96), 2), ((), None), ((3,), None)])
def test_articles_a_week_grow_fewer_with_a_silence(hours_ago: tuple[float, ...], articles: float | None) -> None:
    assert rhythm_of(feed(*hours_ago), NOW).a_week(NOW) == articles


def test_a_feed_that_is_gone_where_it_had_moved_to_is_asked_at_its_own_address_first() -> None:
    gone = FetchError("gone", status=410)
    assert not is_given_up(replace(source(), reads="https://new.example/feed"), gone)
