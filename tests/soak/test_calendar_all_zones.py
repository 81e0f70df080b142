"""Every IANA zone over the whole of 2026: a daily schedule runs every day, once. Some two minutes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

import pytest

from bot.schedule.calendar import next_run


@pytest.mark.timeout(600)
@pytest.mark.parametrize("time", ["09:00", "00:30", "02:30"])
def test_every_zone_runs_every_day_once(time: str) -> None:
    hour, minute = time.split(":")
    cron = f"{int(minute)} {int(hour)} * * *"
    expected = [f"{datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day):%Y-%m-%d}T{time}" for day in range(365)]
    wrong = [zone for zone in sorted(available_timezones()) if keys_of_2026(cron, zone) != expected]
    assert wrong == []


def keys_of_2026(cron: str, zone: str) -> list[str]:
    run = next_run(cron, zone, datetime(2025, 12, 30, tzinfo=UTC))
    keys = []
    while run.key < "2027":
        if run.key >= "2026":
            keys.append(run.key)
        run = next_run(cron, zone, run.at)
    return keys
