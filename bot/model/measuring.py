"""How full the inbox of each verb is, and how long what is in it has waited: what a scrape is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """At one moment. Counts of what is kept for good never fall.

    `lags`: by verb, how long the oldest thing that it could do now has waited; a verb with nothing to do has none.
    """

    articles_read: int
    articles_waiting: int
    digests: Mapping[str, int]  # by state
    messages_posted: Mapping[str, int]  # by platform
    votes: int
    sources: Mapping[str, int]  # by state
    channels: Mapping[str, int]  # running, paused, lost
    postings_waiting: int
    postings_uncertain: int
    outbox_age: timedelta  # of the oldest digest that is not wholly posted, whatever keeps it
    lags: Mapping[str, timedelta]
