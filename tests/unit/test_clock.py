"""One time for many machines: what was told, carried on, whatever this machine's own clock says."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import SharedClock


def test_it_goes_on_from_what_it_was_told_by_a_clock_that_nobody_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    passed = 100.0
    monkeypatch.setattr("bot.clock.time.clock_gettime", lambda _clock: passed)
    clock, noon = SharedClock(), datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)  # nothing was told yet
    clock.told(noon)
    assert clock.now() == noon
    passed = 130.5
    assert clock.now() == noon + timedelta(seconds=30.5)
    clock.told(noon)
    assert clock.now() == noon
