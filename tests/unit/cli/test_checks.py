"""What the doctor finds: the clock, the next digest, sources that were never read."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.cli import checks
from bot.model import Channel, ChannelSettings, ChannelSpec
from bot.schedule.calendar import next_slot

NOW = datetime(2026, 11, 28, 7, 30, tzinfo=UTC)
CHANNEL = Channel(
    id=1,
    spec=ChannelSpec(
        name="team",
        platform="web",
        place="team",
        workspace="web",
        settings=ChannelSettings(schedule="0 9 * * *", timezone="Asia/Taipei"),
    ),
)


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        ({}, None),
        ({"slack": timedelta(seconds=20)}, None),
        ({"slack": timedelta(hours=3, minutes=2)}, "3 h 2 min ahead of slack's"),
        ({"discord": timedelta(seconds=1), "slack": timedelta(minutes=-7)}, "7 min behind slack's"),
    ],
)
def test_a_clock_that_is_off_is_told_with_the_command_that_sets_it(ahead: dict[str, timedelta], said: str) -> None:
    found = checks.clock(ahead, NOW)
    assert found.ok == (said is None)
    if said is not None:
        right = NOW - max(ahead.values(), key=abs)
        assert said in found.detail
        assert f"sudo date -u -s '{right:%Y-%m-%d %H:%M:%S}'" in str(found.fix)


def test_the_next_digest_is_told_as_late_as_the_jitter_makes_it() -> None:
    late = replace(CHANNEL.settings, jitter=timedelta(minutes=50))
    channel = replace(CHANNEL, spec=replace(CHANNEL.spec, settings=late))
    (plain,), (found,) = checks.schedules([CHANNEL], NOW), checks.schedules([channel], NOW)
    due = next_slot(channel, NOW)
    assert due is not None
    assert "09:00 Asia/Taipei" in plain.detail
    assert f"{due.at + timedelta(hours=8):%H:%M} Asia/Taipei" in found.detail
    assert "09:00" not in found.detail
