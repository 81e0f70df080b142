"""The calendar over clock changes: every scheduled wall-clock time runs once, and the key names it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ConfigError
from bot.model import Occurrence
from bot.schedule.calendar import latest_missed, next_run, offset_of, zone_of
from bot.schedule.cron import cron_of

# Those with the odd changes: at midnight, by half an hour, by two hours, negative, none, quarter-hour offsets.
ODD_ZONES = (
    "UTC",
    "Europe/London",
    "Europe/Dublin",
    "America/New_York",
    "America/St_Johns",
    "America/Havana",
    "America/Asuncion",
    "America/Santiago",
    "America/Scoresbysund",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Asia/Taipei",
    "Atlantic/Azores",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Easter",
)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def runs(cron: str, zone: str, after: str) -> Iterator[Occurrence]:
    at = instant(after)
    while True:
        found = next_run(cron, zone, at)
        yield found
        at = found.at


def shown(cron: str, zone: str, after: str, count: int) -> list[str]:
    """As "2026-11-01T01:30 05:30Z"."""
    return [f"{run.key} {run.at:%H:%M}Z" for run, _ in zip(runs(cron, zone, after), range(count), strict=False)]


@pytest.mark.parametrize(
    ("cron", "zone", "after", "expected"),
    [
        pytest.param(
            "30 1 * * *",
            "America/New_York",
            "2026-10-31T12:00",
            ["2026-11-01T01:30 05:30Z", "2026-11-02T01:30 06:30Z"],
            id="an hour that comes twice runs the first time",
        ),
        pytest.param(
            "30 2 * * *",
            "America/New_York",
            "2026-03-07T12:00",
            ["2026-03-08T02:30 07:30Z", "2026-03-09T02:30 06:30Z"],
            id="a skipped time runs as much later",
        ),
        pytest.param(
            "45 1 * * *",
            "Australia/Lord_Howe",
            "2026-04-03T20:00",
            ["2026-04-05T01:45 14:45Z", "2026-04-06T01:45 15:15Z"],
            id="half an hour that comes twice",
        ),
        pytest.param(
            "15 2 * * *",
            "Australia/Lord_Howe",
            "2026-10-03T12:00",
            ["2026-10-04T02:15 15:45Z", "2026-10-05T02:15 15:15Z"],
            id="half an hour skipped",
        ),
        pytest.param(
            "20,35 2 * * *",
            "Australia/Lord_Howe",
            "2026-10-03T12:00",
            ["2026-10-04T02:35 15:35Z", "2026-10-04T02:20 15:50Z", "2026-10-05T02:20 15:20Z"],
            id="a skipped time may run after a later one, and neither is lost",
        ),
        pytest.param(
            "30 0 * * *",
            "Africa/Cairo",
            "2026-04-22T23:00",
            ["2026-04-24T00:30 22:30Z", "2026-04-25T00:30 21:30Z"],
            id="midnight skipped",
        ),
        pytest.param(
            "30 23 * * *",
            "Africa/Cairo",
            "2026-10-28T23:00",
            ["2026-10-29T23:30 20:30Z", "2026-10-30T23:30 21:30Z"],
            id="the last hour of a day comes twice",
        ),
        pytest.param(
            "0 12 * * *",
            "Pacific/Apia",
            "2011-12-29T12:00",
            ["2011-12-29T12:00 22:00Z", "2011-12-30T12:00 22:00Z", "2012-01-01T12:00 22:00Z"],
            id="a whole day skipped falls on the next",
        ),
        pytest.param(
            "0 * * * *",
            "America/New_York",
            "2026-03-08T06:30",
            ["2026-03-08T02:00 07:00Z", "2026-03-08T04:00 08:00Z"],
            id="a skipped time that falls on another runs with it",
        ),
        pytest.param(
            "0 * * * *",
            "America/New_York",
            "2026-11-01T04:30",
            ["2026-11-01T01:00 05:00Z", "2026-11-01T02:00 07:00Z"],
            id="an hourly schedule leaves out the repeated hour",
        ),
        pytest.param(
            "*/30 * * * *",
            "America/New_York",
            "2026-11-01T05:00",
            [
                "2026-11-01T01:30 05:30Z",
                "2026-11-01T01:00-05:00 06:00Z",
                "2026-11-01T01:30-05:00 06:30Z",
                "2026-11-01T02:00 07:00Z",
            ],
            id="finer than an hour runs through the repeated hour, the key says which",
        ),
        pytest.param(
            "*/30 * * * *",
            "America/New_York",
            "2026-03-08T06:00",
            ["2026-03-08T01:30 06:30Z", "2026-03-08T03:00 07:00Z"],
            id="finer than an hour runs past a skipped hour",
        ),
        pytest.param(
            "*/20 * * * sun",
            "Australia/Lord_Howe",
            "2026-09-27T13:10",
            ["2026-10-04T00:00 13:30Z", "2026-10-04T00:20 13:50Z"],
            id="finer than an hour from one week to the next",
        ),
        pytest.param(
            "*/15 * 1 1 *",
            "Europe/London",
            "2026-07-01T00:00",
            ["2027-01-01T00:00 00:00Z", "2027-01-01T00:15 00:15Z"],
            id="finer than an hour with a clock change on the way",
        ),
        pytest.param(
            "*/30 * 24 4 *",
            "Africa/Cairo",
            "2025-08-01T00:00",
            ["2026-04-24T01:00 22:00Z", "2026-04-24T01:30 22:30Z"],
            id="finer than an hour, first due within the hour that is skipped",
        ),
        pytest.param(
            "*/30 * * * *",
            "Asia/Kathmandu",
            "2026-06-01T00:00",
            ["2026-06-01T06:00 00:15Z", "2026-06-01T06:30 00:45Z"],
            id="finer than an hour still reads the zone's clock",
        ),
    ],
)
def test_clock_changes(cron: str, zone: str, after: str, expected: list[str]) -> None:
    assert shown(cron, zone, after, len(expected)) == expected


@pytest.mark.parametrize("zone", ODD_ZONES)
@pytest.mark.parametrize("cron", ["0 9 * * *", "30 0 * * *", "30 2 * * *"])
def test_daily_over_2026_runs_every_day_once(cron: str, zone: str) -> None:
    minute, hour = cron.split()[:2]
    keys = []
    for run in runs(cron, zone, "2025-12-30T00:00"):
        if run.key > "2027":
            break
        keys.append(run.key)
    year = [key for key in keys if key >= "2026"]
    assert year == [
        f"{instant('2026-01-01') + timedelta(days=day):%Y-%m-%d}T{int(hour):02}:{int(minute):02}" for day in range(365)
    ]


@given(
    zone=st.sampled_from(ODD_ZONES),
    minutes=st.sets(st.integers(0, 59), min_size=1, max_size=3),
    hours=st.sets(st.integers(0, 23), min_size=1, max_size=6),
    minute_of_the_year=st.integers(0, 360 * 24 * 60),
)
def test_next_run_is_the_first_of_all_scheduled_times(
    zone: str, minutes: set[int], hours: set[int], minute_of_the_year: int
) -> None:
    cron = f"{','.join(map(str, minutes))} {','.join(map(str, hours))} * * *"
    after = instant("2026-01-02") + timedelta(minutes=minute_of_the_year)
    midnight = after.replace(hour=0, minute=0)
    written = [
        midnight + timedelta(days=day, hours=hour, minutes=minute)
        for day in (-2, -1, 0, 1, 2)
        for hour in hours
        for minute in minutes
    ]
    scheduled = [wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for wall in written]
    assert next_run(cron, zone, after).at == min(at for at in scheduled if at > after)


@given(
    zone=st.sampled_from(ODD_ZONES),
    step=st.sampled_from([1, 7, 15, 20, 30]),
    change=st.integers(0, 370 * 24 * 60),
)
def test_finer_than_an_hour_misses_no_minute_that_the_clock_shows(zone: str, step: int, change: int) -> None:
    cron, after = f"*/{step} * * * *", datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=change)
    at = after + timedelta(minutes=1)
    while at.astimezone(ZoneInfo(zone)).minute % step:
        at += timedelta(minutes=1)
    assert next_run(cron, zone, after).at == at


@pytest.mark.parametrize("zone", ODD_ZONES)
@pytest.mark.parametrize("cron", ["*/20 * * * *", "0 * * * *", "10,50 1,2,3 * * *"])
def test_no_two_occurrences_share_a_key_or_an_instant(cron: str, zone: str) -> None:
    for start in clock_changes(zone):
        found = [run for run, _ in zip(runs(cron, zone, start), range(100), strict=False)]
        assert len({run.key for run in found}) == len({run.at for run in found}) == 100
        assert all(earlier.at < later.at for earlier, later in pairwise(found))


def clock_changes(zone: str) -> list[str]:
    """Half a day before each change of this zone in 2026."""
    hours = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in range(365 * 24)]
    offsets = [hour.astimezone(ZoneInfo(zone)).utcoffset() for hour in hours]
    return [
        (hour - timedelta(hours=12)).replace(tzinfo=None).isoformat()
        for hour, (before, now) in zip(hours[1:], pairwise(offsets), strict=True)
        if before != now
    ]


def test_the_zone_that_after_is_told_in_makes_no_difference() -> None:
    at = instant("2026-11-01T05:45")  # the first 01:45; astimezone gives the second hour fold=1
    for moment in (at, at + timedelta(hours=1)):
        here = moment.astimezone(ZoneInfo("America/New_York"))
        for cron in ("30 1 * * *", "*/30 * * * *"):
            assert next_run(cron, "America/New_York", here) == next_run(cron, "America/New_York", moment)


@pytest.mark.parametrize(
    ("cron", "zone", "first_after", "now", "expected"),
    [
        ("0 9 * * mon-fri", "Europe/London", "2026-01-01T00:00", "2026-11-24T08:59", "2026-11-23T09:00"),
        ("0 9 * * mon-fri", "Europe/London", "2026-01-01T00:00", "2026-11-24T09:00", "2026-11-24T09:00"),
        ("0 9 * * mon-fri", "Europe/London", "2026-01-01T00:00", "2026-01-01T09:00", "2026-01-01T09:00"),
        ("0 9 * * mon-fri", "Europe/London", "2026-01-01T00:00", "2026-01-02T08:00", "2026-01-01T09:00"),
        ("* * * * *", "Europe/London", "2020-01-01T00:00", "2026-11-24T08:59", "2026-11-24T08:59"),
        ("0 9 29 2 *", "Europe/London", "2020-01-01T00:00", "2026-11-24T08:59", "2024-02-29T09:00"),
        ("30 2 * * *", "America/New_York", "2026-01-01T00:00", "2026-03-08T07:29", "2026-03-07T02:30"),
        ("30 2 * * *", "America/New_York", "2026-01-01T00:00", "2026-03-08T07:30", "2026-03-08T02:30"),
    ],
)
def test_latest_missed(cron: str, zone: str, first_after: str, now: str, expected: str) -> None:
    first = next_run(cron, zone, instant(first_after))
    assert latest_missed(cron, zone, first, instant(now)).key == expected


@given(zone=st.sampled_from(ODD_ZONES), minutes=st.integers(0, 3 * 24 * 60), downtime=st.integers(0, 6 * 24 * 60))
def test_latest_missed_is_where_stepping_through_ends(zone: str, minutes: int, downtime: int) -> None:
    cron, start = "10,50 1,2,13 * * *", instant("2026-03-27T00:00") + timedelta(minutes=minutes)
    first = stepped = next_run(cron, zone, start)
    now = first.at + timedelta(minutes=downtime)
    while (following := next_run(cron, zone, stepped.at)).at <= now:
        stepped = following
    assert latest_missed(cron, zone, first, now) == stepped


def test_after_years_of_downtime_the_latest_is_found_in_few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    first, steps = next_run("* * * * *", "Europe/London", instant("2016-01-01T00:00")), 0

    def counted(cron: str, zone: str, after: datetime, *, offset: timedelta) -> Occurrence:
        nonlocal steps
        steps += 1
        return next_run(cron, zone, after, offset=offset)

    monkeypatch.setattr("bot.schedule.calendar.next_run", counted)
    assert latest_missed("* * * * *", "Europe/London", first, instant("2026-01-01T00:00")).key == ("2026-01-01T00:00")
    assert steps <= 30


@given(zone=st.sampled_from(ODD_ZONES), offset=st.integers(0, 3599), minutes=st.integers(0, 365 * 24 * 60))
def test_with_an_offset_the_same_runs_come_that_much_later(zone: str, offset: int, minutes: int) -> None:
    later, at = timedelta(seconds=offset), instant("2026-01-01T00:00") + timedelta(minutes=minutes)
    for cron in ("30 1 * * *", "*/10 * * * *"):
        plain, moved = next_run(cron, zone, at), next_run(cron, zone, at + later, offset=later)
        assert (moved.key, moved.at - later) == (plain.key, plain.at)
        missed = latest_missed(cron, zone, moved, at + later + timedelta(days=3), offset=later)
        assert missed.key == latest_missed(cron, zone, plain, at + timedelta(days=3)).key


def test_a_channels_offset_stays_the_same_and_many_are_spread_over_the_jitter() -> None:
    jitter = timedelta(minutes=10)
    offsets = [offset_of(f"channel {n}", jitter) for n in range(6000)]
    assert offsets == [offset_of(f"channel {n}", jitter) for n in range(6000)]
    assert timedelta() <= min(offsets) < max(offsets) < jitter
    assert all(offset.microseconds == 0 for offset in offsets)
    by_minute = [sum(offset // timedelta(minutes=1) == minute for offset in offsets) for minute in range(10)]
    assert min(by_minute) > 500
    assert offset_of("channel 1", timedelta()) == timedelta()


@pytest.mark.parametrize(
    ("zone", "meant"),
    [
        ("London", "did you mean Europe/London?"),
        ("europe/london", "did you mean Europe/London?"),
        ("Europe/Londn", "did you mean Europe/London"),
        ("New York", "did you mean America/New_York?"),
        ("America", "did you mean America/"),
        ("", "such as Europe/London"),
        ("../../etc/passwd", "such as Europe/London"),
        ("a\0b", "such as Europe/London"),
    ],
)
def test_an_unknown_zone_is_refused_with_the_nearest(zone: str, meant: str) -> None:
    with pytest.raises(ConfigError) as refused:
        next_run("0 9 * * *", zone, instant("2026-01-01T00:00"))
    assert repr(zone) in str(refused.value)
    assert meant in str(refused.value)


def test_a_known_zone_is_given() -> None:
    assert zone_of("Europe/London") is ZoneInfo("Europe/London")


def test_a_bad_schedule_is_refused() -> None:
    with pytest.raises(ConfigError, match="minute '61'"):
        next_run("61 9 * * *", "UTC", instant("2026-01-01T00:00"))
    assert cron_of("59 9 * * *")
