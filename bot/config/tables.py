"""The shape of the configuration file: its tables and keys, their defaults, what each takes and what it is for.

Errors, the reference in docs/ and the check of config.example.toml all read these models, the sentences under the keys
too. What the values become for the rest of the bot is in settings.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from bot.config import values
from bot.config.channels import BallotTable, ChannelTable
from bot.config.forms import (
    Agent,
    Database,
    Duration,
    Header,
    Listed,
    Locale,
    Name,
    Networks,
    Pause,
    Platform,
    Shards,
    Size,
    Table,
    WebUrl,
    Word,
    Words,
    Zone,
)
from bot.config.values import Form

_STORIES = timedelta(days=30)


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
    log_format: Literal["auto", "text", "json"] = "auto"
    """Lines for people (`text`), an object a line (`json`), or as it fits: text on a terminal, json in a pipe."""
    voting: Duration = timedelta(days=14)
    """How long after its digest an article can be voted on."""
    keep_texts: Duration | None = None
    """How long the text of an article is kept; its title, address and takeaways stay. Left out: for good."""
    keep_articles: Duration | None = None
    """How long an article is kept that no channel had, at least `30d`; none brings it again. Left out: for good."""
    keep_digests: Annotated[Duration | None, Form(values.DURATION)] = None
    """How long the words of a digest are kept, for the web pages; longer than `voting`. Left out: for good."""
    forget_voters: Annotated[Duration | None, Form(values.DURATION)] = None
    """Who has not voted for this long is forgotten, the votes stay; longer than `voting`. Left out: nobody is."""

    @field_validator("keep_articles")
    @classmethod
    def _as_long_as_stories(cls, kept: timedelta | None) -> timedelta | None:
        if kept is not None and kept < _STORIES:
            raise ValueError("is shorter than 30d: for so long another article may join its story")
        return kept

    @field_validator("keep_digests", "forget_voters")
    @classmethod
    def _longer_than_ballots(cls, kept: timedelta | None, info: ValidationInfo) -> timedelta | None:
        if kept is not None and kept < info.data.get("voting", timedelta()):
            raise ValueError(
                "is shorter than voting: the ballot is still open then, and who was forgotten could vote again"
            )
        return kept


class HttpTable(Table):
    """The one HTTP server: web pages, health, and what platforms need."""

    host: Word = "127.0.0.1"
    """The address to listen on; `0.0.0.0` is all of them."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    """The port to listen on; 0 takes any free one."""
    public_url: Annotated[str, Field(validate_default=True), Form(values.WEB_URL)] = ""
    """How browsers reach it; left out, it follows from `host` and `port`. Where others do, nobody is `local`."""
    admin_port: Annotated[int | None, Field(ge=1, le=65535)] = None
    """A port of its own for `/metrics`, for machines that you trust; left out: on `port`, for this machine alone."""

    @field_validator("public_url")
    @classmethod
    def _derived(cls, url: str, info: ValidationInfo) -> str:
        return values.web_url(url) if url else values.url_of(info.data.get("host", ""), info.data.get("port", 80))

    @field_validator("admin_port")
    @classmethod
    def _another(cls, admin_port: int | None, info: ValidationInfo) -> int | None:
        if admin_port and admin_port == info.data.get("port"):
            raise ValueError("is the same as port: metrics want a port of their own, or leave it out")
        return admin_port


class WebTable(Table):
    """Who is who on the web pages."""

    user_header: Header = ""
    """A header that names the visitor, such as `X-Remote-User`; believed only from `trusted_proxies`."""
    trusted_proxies: Networks = ()
    """The proxies whose `user_header` is believed."""
    admins: Words = ()
    """Visitors who may change things, as `user_header` or a sign-in link names them."""
    archive: Literal["local", "members", "open"] = "local"
    """Who may read: `local`, this machine alone; `members`, who is signed in; `open`, everybody."""


class DiscordTable(Table):
    """Discord. Its token is `DISCORD_TOKEN` in the environment."""

    api_url: WebUrl = "https://discord.com/api/v10"
    """Where its REST API is."""
    requests_per_second: Annotated[int, Field(ge=1, le=5000)] = 50
    """Discord's limit for the bot as a whole; it grants more to very large bots."""
    shards: Shards | None = None
    """The shards of the bot that this gateway has; `digestbot gateway --shards` wins over it. Left out: all."""


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

    concurrency: Annotated[int, Field(ge=1, le=2000)] = 200
    """Requests at a time."""
    per_host: Annotated[int, Field(ge=1, le=100)] = 2
    """Requests at a time to one host."""
    spacing: Pause = timedelta(seconds=1)
    """From one request to a host to the next."""
    timeout: Duration = timedelta(seconds=20)
    """How long one request may take."""
    max_bytes: Size = 10_000_000
    """The most that is read of one answer, unpacked."""
    member_reads: Annotated[int, Field(ge=0)] = 10
    """New addresses that one member may have read on the spot by /article, in an hour."""
    workspace_reads: Annotated[int, Field(ge=0)] = 60
    """The same for all members of a workspace together."""
    user_agent: Agent = "digestbot"
    """How the bot names itself to servers."""
    allow_private: Networks = ()
    """Inside networks that this file's sources, `inspect` and `ingest` may reach; addresses from chat never do."""


class QuotaTable(Table):
    """How much one workspace may take. What this file and the command line add is nobody's, and not counted."""

    sources: Annotated[int, Field(ge=0)] = 500
    """Sources that its admins may add by chat."""
    commands: Annotated[int, Field(ge=1)] = 1000
    """Commands of all its members in an hour; each process counts its own."""
    posts: Annotated[int | None, Field(ge=2)] = None
    """Messages in its channels in a day, a digest's header among them. Left out: what their schedules bring."""


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


class ConfigFile(Table):
    """The whole file."""

    bot: BotTable = BotTable()
    http: HttpTable = HttpTable()
    web: WebTable = WebTable()
    discord: DiscordTable = DiscordTable()
    slack: SlackTable = SlackTable()
    llm: LlmTable | None = None
    fetch: FetchTable = FetchTable()
    quotas: QuotaTable = QuotaTable()
    sources: Annotated[tuple[SourceTable, ...], Listed] = ()
    channels: Annotated[tuple[ChannelTable, ...], Listed] = ()
    ballots: Mapping[Name, BallotTable] = {}
    platforms: Mapping[Platform, Mapping[str, Any]] = {}
