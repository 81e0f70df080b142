"""The shape of the configuration file: its tables and keys, their defaults, what each takes and what it is for.

Errors, the reference in docs/ and the check of config.example.toml all read these models, the sentences under the keys
too. What the values become for the rest of the bot is in settings.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationInfo,
    field_validator,
)

from bot.config import values
from bot.config.values import Form

Text = Annotated[str, Field(max_length=2000), Form("text in quotes, at most 2000 characters")]
Word = Annotated[str, Field(min_length=1, max_length=300, pattern=r"\S"), Form("text in quotes, not empty")]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"), Form(values.NAME)]
Platform = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.:-]*$"), Form(values.PLATFORM)]
Locale = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$"), Form(values.LOCALE)]
Zone = Annotated[str, AfterValidator(values.zone_name), Form(values.ZONE)]
Cron = Annotated[str, AfterValidator(values.cron), Form(values.CRON)]
Pattern = Annotated[str, AfterValidator(values.word_or_pattern), Form(values.WORDS)]
WebUrl = Annotated[str, AfterValidator(values.web_url), Form(values.WEB_URL)]
Database = Annotated[str, AfterValidator(values.database_url), Field(repr=False), Form(values.DATABASE)]
Header = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]*$"), Form('the name of a header, such as "X-Remote-User"')]
Agent = Annotated[str, Field(pattern=r"^[!-~]([ -~]*[!-~])?$"), Form("ASCII text in quotes, not empty")]
Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False), Form("a number from 0 to 1")]
Number = Annotated[float, Field(allow_inf_nan=False), Form("a number")]
Duration = Annotated[timedelta, BeforeValidator(values.spelled(values.duration_of)), Form(values.DURATION)]
Jitter = Annotated[timedelta, BeforeValidator(values.spelled(values.jitter_of)), Form(values.JITTER)]
Size = Annotated[int, BeforeValidator(values.spelled(values.size_of)), Field(ge=1), Form(values.SIZE)]
Network = Annotated[IPv4Network | IPv6Network, PlainValidator(values.network_of), Form(values.NETWORK)]
Listed = Field(strict=False)  # TOML has arrays where we keep tuples
Words = Annotated[tuple[Word, ...], Listed]
Networks = Annotated[tuple[Network, ...], Listed]


_ONE_WORKSPACE = ("web", "console", "discord")  # platforms on which a channel's id alone says where it is


class Table(BaseModel):
    """A table of the file: no key but its own, no value of another type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class BotTable(Table):
    """The bot as a whole."""

    database: Database = "sqlite:///digestbot.db"
    """Where everything is kept; `DIGESTBOT_DATABASE` in the environment wins over it."""
    timezone: Zone = "UTC"
    """The time zone of the channels that name none."""
    locale: Locale = "en"
    """The language of the channels that name none."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least that is logged."""
    voting: Duration = timedelta(days=14)
    """How long after its digest an article can be voted on."""


class HttpTable(Table):
    """The one HTTP server: web pages, health, and what platforms need."""

    host: Word = "127.0.0.1"
    """The address to listen on; `0.0.0.0` is all of them."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    """The port to listen on; 0 takes any free one."""
    public_url: Annotated[str, Field(validate_default=True), Form(values.WEB_URL)] = ""
    """How browsers reach it; left out, it follows from `host` and `port`."""

    @field_validator("public_url")
    @classmethod
    def _derived(cls, url: str, info: ValidationInfo) -> str:
        return values.web_url(url) if url else values.url_of(info.data.get("host", ""), info.data.get("port", 80))


class WebTable(Table):
    """Who is who on the web pages."""

    user_header: Header = ""
    """A header that names the visitor, such as `X-Remote-User`; believed only from `trusted_proxies`."""
    trusted_proxies: Networks = ()
    """The proxies whose `user_header` is believed."""
    admins: Words = ()
    """Visitors who may change things, as `user_header` names them."""
    archive: Literal["local", "members", "open"] = "local"
    """Who may read: `local`, this machine alone; `members`, who is signed in; `open`, everybody."""


class DiscordTable(Table):
    """Discord. Its token is `DISCORD_TOKEN` in the environment."""

    api_url: WebUrl = "https://discord.com/api/v10"
    """Where its REST API is."""
    requests_per_second: Annotated[int, Field(ge=1, le=5000)] = 50
    """Discord's limit for the bot as a whole; it grants more to very large bots."""


class SlackTable(Table):
    """Slack. Its tokens, `SLACK_BOT_TOKEN` and others, are in the environment."""

    mode: Literal["socket", "http"] = "socket"
    """How events come: over a `socket` that the bot opens, or by `http` to the bot's own server."""
    api_url: WebUrl = "https://slack.com/api/"
    """Where its web API is."""


class LlmTable(Table):
    """A language model that proposes takeaways. Without this table none is called."""

    base_url: WebUrl = "http://127.0.0.1:11434/v1"
    """An OpenAI-compatible server; its key is `OPENAI_API_KEY` in the environment."""
    model: Word
    """The model's name on that server."""
    max_tokens_per_day: Annotated[int, Field(ge=1, le=10**12)] = 200_000
    """The most tokens, asked and answered, that are spent in a day (UTC)."""
    timeout: Duration = timedelta(seconds=60)
    """How long the model may take over one article."""


class FetchTable(Table):
    """How feeds and pages are fetched."""

    concurrency: Annotated[int, Field(ge=1, le=2000)] = 100
    """Requests at a time."""
    per_host: Annotated[int, Field(ge=1, le=100)] = 2
    """Requests at a time to one host."""
    timeout: Duration = timedelta(seconds=20)
    """How long one request may take."""
    max_bytes: Size = 10_000_000
    """The most that is read of one answer, unpacked."""
    user_agent: Agent = "digestbot"
    """How the bot names itself to servers."""
    allow_private: Networks = ()
    """Inside networks that this file's sources, `inspect` and `ingest` may reach; addresses from chat never do."""


class SourceTable(Table):
    """A feed, a site or a folder that is read; one heading for each."""

    url: WebUrl | None = None
    """A feed, or a site whose feed is found."""
    path: Annotated[Word | None, Field(validate_default=True)] = None
    """A folder of feeds, pages, texts and Markdown, which is watched; or one such file."""
    category: Word | None = None
    """The category of its articles; without it each has the one that it names."""
    every: Duration = timedelta(hours=1)
    """How often it is read; a folder without it is looked at every five seconds."""
    max_age: Duration | None = None
    """Articles of a feed that are older are left out."""

    @field_validator("path")
    @classmethod
    def _or_url(cls, path: str | None, info: ValidationInfo) -> str | None:
        if "url" in info.data and (path is None) == (info.data["url"] is None):
            raise ValueError("a source has either url or path, not both" if path else "is missing, and so is url")
        return path


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
    ballots: Annotated[Words, Field(validate_default=True)] = ("value", "emotion")
    """What members are asked about each article."""
    seed: Words = ("value",)
    """The ballots whose reactions the bot puts there itself, ready to be clicked."""
    layout: Literal["messages", "thread"] = "messages"
    """A message for each article, or all in one thread."""
    catch_up: Duration = timedelta(hours=6)
    """A digest that a downtime made late is still posted when it is younger than this."""
    jitter: Jitter = timedelta()
    """Up to this much later than the schedule, the same each time, so that many channels are not all due at once."""
    quiet: Literal["silent", "say"] = "silent"
    """With nothing worth posting: be silent, or say so in one line."""
    must: Annotated[tuple[Pattern, ...], Listed] = ()
    """An article must match one of these words or `/patterns/i`."""
    must_not: Annotated[tuple[Pattern, ...], Listed] = ()
    """An article that matches one of these is left out."""
    interests: Text = ""
    """What the channel likes to read about, in words."""
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


class ConfigFile(Table):
    """The whole file."""

    bot: BotTable = BotTable()
    http: HttpTable = HttpTable()
    web: WebTable = WebTable()
    discord: DiscordTable = DiscordTable()
    slack: SlackTable = SlackTable()
    llm: LlmTable | None = None
    fetch: FetchTable = FetchTable()
    sources: Annotated[tuple[SourceTable, ...], Listed] = ()
    channels: Annotated[tuple[ChannelTable, ...], Listed] = ()
    ballots: Mapping[Name, BallotTable] = {}
    platforms: Mapping[Platform, Mapping[str, Any]] = {}
