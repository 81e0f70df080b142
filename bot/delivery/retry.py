"""From an error to a posting's fate: try again when, give up, or ask a human. Pure."""

from datetime import datetime, timedelta

from bot.errors import ChannelLost, OutcomeUnknown, PlatformUnavailable, PostingDeleted, PostingRejected
from bot.model import Fate

_FIRST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(minutes=15)


def wait_before(attempt: int) -> timedelta:
    """Exponential from 5 s to 15 min; `attempt` counts from 1."""
    doublings = min(max(attempt - 1, 0), 10)
    return min(_FIRST_WAIT * (1 << doublings), _LONGEST_WAIT)


def fate_after(error: Exception, *, attempts: int, now: datetime) -> Fate:
    """What becomes of a posting whose attempt ended in this error. Unknown errors count as "perhaps posted"."""
    if isinstance(error, PostingRejected):
        return Fate(state="rejected", at=now, reason=str(error))
    if isinstance(error, PostingDeleted):
        return Fate(state="posted", at=now, reason=str(error))
    if isinstance(error, PlatformUnavailable):
        wait = timedelta(seconds=error.retry_after) if error.retry_after is not None else wait_before(attempts)
        return Fate(state="pending", at=now, retry_at=now + wait, reason=str(error))
    if isinstance(error, ChannelLost):
        return Fate(state="pending", at=now, retry_at=now, reason=error.reason)
    reason = str(error) if isinstance(error, OutcomeUnknown) else f"{type(error).__name__}: {error}"
    return Fate(state="pending", at=now, retry_at=now + wait_before(attempts), unsure=True, reason=reason)
