"""Cron expressions: what they name, and what is refused in which words."""

from datetime import datetime

import pytest

from bot.errors import ConfigError
from bot.schedule.cron import cron_of

MONDAY = datetime.fromisoformat("2026-06-01T12:00")


def days(cron: str, count: int = 4) -> list[str]:
    """The days that follow a Monday noon, as "Sun 7"."""
    wall, found = MONDAY, []
    for _ in range(count):
        wall = cron_of(cron).after(wall)
        found.append(f"{wall:%a} {wall.day}")
    return found


@pytest.mark.parametrize(
    ("weekdays", "expected"),
    [
        ("0", ["Sun 7", "Sun 14", "Sun 21", "Sun 28"]),
        ("7", ["Sun 7", "Sun 14", "Sun 21", "Sun 28"]),
        ("sun", ["Sun 7", "Sun 14", "Sun 21", "Sun 28"]),
        ("1", ["Mon 8", "Mon 15", "Mon 22", "Mon 29"]),
        ("MON-Fri", ["Tue 2", "Wed 3", "Thu 4", "Fri 5"]),
        ("5-7", ["Fri 5", "Sat 6", "Sun 7", "Fri 12"]),
        ("0,6", ["Sat 6", "Sun 7", "Sat 13", "Sun 14"]),
        ("sat-sun", ["Sat 6", "Sun 7", "Sat 13", "Sun 14"]),
        ("fri-mon", ["Fri 5", "Sat 6", "Sun 7", "Mon 8"]),
        ("7-2", ["Tue 2", "Sun 7", "Mon 8", "Tue 9"]),
        ("*/2", ["Tue 2", "Thu 4", "Sat 6", "Sun 7"]),
        ("1/2", ["Wed 3", "Fri 5", "Mon 8", "Wed 10"]),
        ("mon-fri/2", ["Wed 3", "Fri 5", "Mon 8", "Wed 10"]),
        ("0-7", ["Tue 2", "Wed 3", "Thu 4", "Fri 5"]),
    ],
)
def test_weekdays_count_as_in_cron(weekdays: str, expected: list[str]) -> None:
    assert days(f"0 9 * * {weekdays}") == expected


@pytest.mark.parametrize(
    ("cron", "expected"),
    [
        ("0 9 1,15 * *", ["Mon 15", "Wed 1", "Wed 15", "Sat 1"]),
        ("0 9 31 * *", ["Fri 31", "Mon 31", "Sat 31", "Thu 31"]),
        ("0 9 1-31 * sun", ["Sun 7", "Sun 14", "Sun 21", "Sun 28"]),
        ("0 9 */10 jun *", ["Thu 11", "Sun 21", "Tue 1", "Fri 11"]),
        ("0 9 1 jan,JUL *", ["Wed 1", "Fri 1", "Thu 1", "Sat 1"]),
        ("0 9 1 6-8 *", ["Wed 1", "Sat 1", "Tue 1", "Thu 1"]),
    ],
)
def test_days_and_months(cron: str, expected: list[str]) -> None:
    assert days(cron) == expected


def test_the_leap_day_waits_for_its_year() -> None:
    assert cron_of("0 9 29 2 *").after(MONDAY) == datetime.fromisoformat("2028-02-29T09:00")


def test_a_time_is_after_not_at() -> None:
    assert cron_of("0 12 * * *").after(MONDAY) == datetime.fromisoformat("2026-06-02T12:00")


@pytest.mark.parametrize(
    ("cron", "finer"),
    [
        ("*/30 * * * *", True),
        ("0,1 0-23 * * mon", True),
        ("0 * * * *", False),
        ("0,30 9 * * *", False),
        ("*/15 8-18 * * *", False),
    ],
)
def test_finer_than_an_hour_means_several_times_in_every_hour(cron: str, finer: bool) -> None:
    assert cron_of(cron).finer_than_an_hour is finer


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("", ["0 fields", "not five", "0 9 * * mon-fri"]),
        ("@daily", ["'@daily'", "1 field,"]),
        ("0 9 * *", ["4 fields"]),
        ("0 0 9 * * *", ["6 fields"]),
        ("60 * * * *", ["minute '60'", "0 to 59"]),
        ("-1 * * * *", ["minute '-1'"]),
        ("0 24 * * *", ["hour '24'", "0 to 23"]),
        ("0 9 0 * *", ["day of month '0'", "1 to 31"]),
        ("0 9 L * *", ["day of month 'l'"]),
        ("0 9 ? * *", ["day of month '?'"]),
        ("0 9 * 13 *", ["month '13'", "1 to 12 or jan to dec"]),
        ("0 9 * mon *", ["month 'mon'", "jan to dec"]),
        ("0 9 * * 8", ["weekday '8'", "0 to 7 or sun to sat"]),
        ("0 9 * * monday", ["weekday 'monday'"]),
        ("0 9 * * mon#1", ["weekday 'mon#1'"]),
        ("0 9,, * * *", ["hour ''"]),
        ("0 17-9 * * *", ["hour '17-9'", "backwards"]),
        ("*/0 * * * *", ["minute '*/0'", "step of 0"]),
        ("*/90 * * * *", ["minute '*/90'", "step of 90", "0 to 59"]),
        ("0 ９ * * *", ["hour '９'"]),
        ("0 9 1 * mon", ["day of month and a weekday", "put *"]),
        ("0 9 */2 * mon", ["day of month and a weekday"]),
        ("0 9 31 2 *", ["never runs", "31"]),
        ("0 9 31 4,6,9,11 *", ["never runs"]),
        ("0 9 30 feb *", ["never runs", "30"]),
    ],
)
def test_a_bad_schedule_is_refused_by_field(cron: str, words: list[str]) -> None:
    with pytest.raises(ConfigError) as refused:
        cron_of(cron)
    assert [word for word in [repr(cron), *words] if word not in str(refused.value)] == []
