from datetime import UTC, datetime, timedelta

import pytest

from bot.delivery.retry import fate_after, wait_before
from bot.errors import ChannelLost, OutcomeUnknown, PlatformUnavailable, PostingRejected

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("error", "state", "unsure", "wait"),
    [
        (PostingRejected("too long"), "rejected", False, None),
        (PlatformUnavailable("down"), "pending", False, 5),
        (PlatformUnavailable("slow down", retry_after=42), "pending", False, 42),
        (ChannelLost("archived", fix="restore it"), "pending", False, 0),
        (OutcomeUnknown("connection dropped"), "pending", True, 5),
        (TimeoutError(), "pending", True, 5),
        (RuntimeError("a bug of ours"), "pending", True, 5),
    ],
)
def test_an_error_decides_what_becomes_of_the_posting(
    error: Exception, state: str, unsure: bool, wait: int | None
) -> None:
    fate = fate_after(error, attempts=1, now=NOW)
    assert (fate.state, fate.unsure) == (state, unsure)
    assert fate.retry_at == (None if wait is None else NOW + timedelta(seconds=wait))


def test_waits_double_up_to_a_quarter_of_an_hour() -> None:
    waits = [wait_before(attempt).total_seconds() for attempt in range(1, 40)]
    assert waits[:4] == [5, 10, 20, 40]
    assert waits == sorted(waits)
    assert waits[-1] == 900
