"""When a source is read next."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import BotError, FetchError, ParseError
from bot.model import Source, SourceSpec
from bot.sources.pace import after_failure, after_success, is_given_up

NOW = datetime(2026, 6, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def source(*, failures: int = 0, every: timedelta = HOUR, number: int = 1) -> Source:
    spec = SourceSpec(address="https://example.org/feed", every=every)
    return Source(id=number, spec=spec, origin="file", next_at=NOW, failures=failures)


@pytest.mark.parametrize(("fresh", "hours"), [(0, 1), (60, 1), (7200, 2), (7 * 86_400, 4)])
def test_a_server_may_ask_for_some_patience_and_never_for_haste(fresh: float, hours: int) -> None:
    assert after_success(source(), NOW, fresh) == NOW + hours * HOUR


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
