"""What comes back from a channel: reactions, and the votes that they become."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal


@dataclass(frozen=True, slots=True)
class BallotOption:
    emoji: str
    label: str
    value: float = 0


@dataclass(frozen=True, slots=True)
class Ballot:
    """A question that members answer by one emoji, once."""

    name: str
    question: str
    options: tuple[BallotOption, ...]


@dataclass(frozen=True, slots=True)
class MessageRef:
    """Where a posting can be found on its platform."""

    platform: str
    workspace: str
    place: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """A member put an emoji on a message, or took it away, or pressed its button. `ref` or `article` says on what."""

    platform: str
    workspace: str
    place: str
    member: str
    emoji: str
    ref: MessageRef | None = None
    article: int | None = None
    held: bool = True
    via: Literal["reaction", "button"] = "reaction"
    event_id: str | None = None


class VoteResult(StrEnum):
    RECORDED = "recorded"
    ALREADY = "already"
    NOT_A_VOTE = "not_a_vote"  # no such option, no such message, or a reaction taken away
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class VoteOutcome:
    """What came of a reaction; `option` is the emoji that stands."""

    result: VoteResult
    option: str | None = None
    ballot: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    article: int
    ballot: str
    option: str
    value: float
    platform: str
    workspace: str
    voter: str  # keyed hash of the member
    cast_at: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """How a workspace voted on an article: votes by option emoji."""

    article: int
    workspace: str
    ballot: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Valued:
    """What votes made of an article: the sum of their values, and how many were for and against it."""

    article: int
    value: float
    valued: int
    unvalued: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CastVote:
    """A vote as it leaves the house: nobody's, and on a day, since the minute could tell who was there."""

    article: int
    platform: str
    workspace: str
    ballot: str
    option: str
    value: float
    day: date
