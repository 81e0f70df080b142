"""The shape of the configuration's channels and of the ballots that they ask; the other tables are in tables.py."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from bot.config import values
from bot.config.forms import (
    Cron,
    Duration,
    Fraction,
    Listed,
    Locale,
    Name,
    Number,
    Pattern,
    Pause,
    Places,
    Platform,
    Table,
    Text,
    Word,
    Words,
    Zone,
)
from bot.config.values import Form

_ONE_WORKSPACE = ("web", "console", "discord")  # platforms on which a channel's id alone says where it is


class OptionTable(Table):
    """An answer on a ballot."""

    emoji: Annotated[Word, Field(max_length=64)]
    """The reaction that chooses it."""
    label: Word
    """What it means."""
    value: Number = 0
    """What it counts for the article."""


class BallotTable(Table):
    """A question that members answer by one reaction, once. `value` and `emotion` are built in and can be changed."""

    question: Word
    """What is asked."""
    options: Annotated[tuple[OptionTable, ...], Listed, Form(values.OPTIONS)]
    """The answers, each with an emoji, a label, and what it counts for the article."""

    @field_validator("options")
    @classmethod
    def _distinct(cls, options: tuple[OptionTable, ...]) -> tuple[OptionTable, ...]:
        if not options:
            raise ValueError(f"must be {values.OPTIONS}")
        values.check_emoji([option.emoji for option in options])
        return options


class ChannelTable(Table):
    """A channel that gets digests; one heading for each."""

    name: Name
    """How commands and web addresses call it."""
    platform: Platform = "web"
    """`web`, `console`, or the name of another installed platform."""
    id: Annotated[Word | None, Field(validate_default=True)] = None
    """The platform's own id of the channel; on `web` and `console` its name will do."""
    workspace: Word | None = None
    """The platform's own id of the channel's workspace, where the bot serves several, as with Slack."""
    schedule: Cron | None = None
    """When a digest comes: minute, hour, day of month, month, weekday. Left out: only when somebody asks."""
    timezone: Zone | None = None
    """The time zone of `schedule`; left out, that of `[bot]`."""
    locale: Locale | None = None
    """The channel's language; left out, that of `[bot]`."""
    max_articles: Annotated[int, Field(ge=1, le=20)] = 5
    """The most articles in a digest."""
    min_quality: Fraction = 0.6
    """Articles of a lower quality are left out."""
    categories: Words = ()
    """Only articles of these categories; empty, of all."""
    quotas: Annotated[Mapping[Word, Places], Form(values.QUOTAS)] = Field(default_factory=dict)
    """The most articles of a category in a digest, such as `{ releases = 1 }`."""
    ballots: Annotated[Words, Field(validate_default=True)] = ("value", "emotion")
    """What members are asked about each article."""
    seed: Words = ("value",)
    """The ballots whose reactions the bot puts there itself, ready to be clicked."""
    layout: Literal["messages", "thread"] = "messages"
    """A message for each article, or all in one thread."""
    catch_up: Duration = timedelta(hours=6)
    """A digest that a downtime made late is still posted when it is younger than this."""
    jitter: Pause = timedelta()
    """Up to this much later than the schedule, the same each time, so that many channels are not all due at once."""
    quiet: Literal["silent", "say"] = "silent"
    """With nothing worth posting: be silent, or say so in one line."""
    must: Annotated[tuple[Pattern, ...], Listed] = ()
    """An article must match one of these words or `/patterns/i`."""
    must_not: Annotated[tuple[Pattern, ...], Listed] = ()
    """An article that matches one of these is left out."""
    interests: Text = ""
    """What the channel likes to read about, in words."""
    best: Duration | None = None
    """Instead of what is new, what the team valued most in that time, in its other channels: a best-of digest."""
    show_counts: Literal["always", "voted", "never"] = "always"
    """Who sees how many voted for what: everybody; `voted`, who has voted on that; nobody."""
    admins: Words = ()
    """Ids of members who may change things, beside the platform's own admins."""

    @field_validator("id")
    @classmethod
    def _named(cls, own: str | None, info: ValidationInfo) -> str | None:
        platform = info.data.get("platform", "web")
        if own is None and platform not in ("web", "console"):
            raise ValueError(f"is missing: the id that {platform} gave the channel")
        return own

    @field_validator("workspace")
    @classmethod
    def _of_several(cls, workspace: str | None, info: ValidationInfo) -> str | None:
        platform = info.data.get("platform", "web")
        if workspace is not None and platform in _ONE_WORKSPACE:
            raise ValueError(f"{platform} needs none, its id says where the channel is: leave it out")
        return workspace

    @field_validator("ballots")
    @classmethod
    def _asked(cls, names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        known: Mapping[str, tuple[str, ...]] = info.context or {}
        values.check_names(names, known, "ballot")
        values.check_emoji([emoji for name in names for emoji in known[name]])
        return names

    @field_validator("seed")
    @classmethod
    def _seeded(cls, names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if "ballots" in info.data:
            values.check_names(names, info.data["ballots"], "ballot of this channel")
        return names
