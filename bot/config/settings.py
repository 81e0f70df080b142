"""What the rest of the bot is given: the file and the environment, checked and put into the bot's own nouns."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.config.ballots import BUILT_IN_BALLOTS, ballot_of
from bot.config.channels import BallotTable, ChannelTable
from bot.config.environment import Secrets
from bot.config.mistakes import mistake_of, plain
from bot.config.tables import (
    BotTable,
    ConfigFile,
    DiscordTable,
    FetchTable,
    HttpTable,
    LlmTable,
    QuotaTable,
    SlackTable,
    SourceTable,
    WebTable,
)
from bot.config.values import absolute_database, database_url
from bot.config.values import shards as checked_shards
from bot.errors import ConfigError
from bot.model import ChannelSettings, ChannelSpec, SourceSpec

_DEFAULT_FILE = Path("config.toml")
_LARGEST_FILE = 10_000_000  # bytes
_WATCH = timedelta(seconds=5)  # between looks at a folder's list of files; what is in them is read when that changes
_WORKSPACES = {"web": "web", "console": "console"}  # the others learn theirs when they connect


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that is configured. `database_url` is absolute; the tables are as the file has them."""

    bot: BotTable
    http: HttpTable
    web: WebTable
    discord: DiscordTable
    slack: SlackTable
    llm: LlmTable | None
    fetch: FetchTable
    quotas: QuotaTable
    database_url: str = field(repr=False)
    sources: tuple[SourceSpec, ...]
    channels: tuple[ChannelSpec, ...]
    platforms: Mapping[str, Mapping[str, object]]
    secrets: Secrets

    @property
    def platform_names(self) -> frozenset[str]:
        """The platforms of the channels; and the web, for its pages, where the file says anything of it."""
        pages = {"web"} if self.web.model_fields_set else set()
        return frozenset({spec.platform for spec in self.channels} | pages)

    def platform_settings(self, name: str) -> Mapping[str, object]:
        """What a platform's kit is made from: its own table in plain values, where browsers reach the bot, its
        channels, and `secret`, which gives a secret of the environment by name or raises ConfigError."""
        tables = {"web": self.web, "discord": self.discord, "slack": self.slack}
        if name not in tables:
            return self.platforms.get(name, {})
        own = tables[name].model_dump(mode="json")
        channels = tuple(spec for spec in self.channels if spec.platform == name)
        return {**own, "public_url": self.http.public_url, "channels": channels, "secret": self.secrets.require}


def load(path: Path | None = None, secrets: Secrets | None = None) -> Settings:
    """The settings in this file; without one, those in `config.toml` if there is one, else the defaults.

    Raises ConfigError with a line for each mistake.
    """
    if path is None and not _DEFAULT_FILE.exists():
        return settings_of({}, Path.cwd(), secrets=secrets)
    file = path or _DEFAULT_FILE
    return settings_of(_read(file), file.absolute().parent, name=str(file), secrets=secrets)


def demo_settings(folder: Path, *, samples: Path) -> Settings:
    """The defaults, with a database in a folder of its own and the samples as the one source; nothing from outside."""
    data = {
        "sources": [{"path": str(samples)}],
        "channels": [{"name": "terminal", "platform": "console"}, {"name": "web"}],
    }
    return settings_of(data, folder, secrets=Secrets({}))


def with_shards(settings: Settings, shards: str) -> Settings:
    """The settings of a gateway that has these of Discord's shards. Raises ConfigError."""
    try:
        discord = settings.discord.model_copy(update={"shards": checked_shards(shards)})
    except ValueError as error:
        raise ConfigError(f"--shards {shards}: {error}") from None
    return replace(settings, discord=discord)


def settings_of(
    data: Mapping[str, Any], folder: Path, *, name: str = "configuration", secrets: Secrets | None = None
) -> Settings:
    """The settings that a file's content means; relative paths are taken from `folder`. Raises ConfigError."""
    secrets = secrets or Secrets()
    file, mistakes = _checked(data)
    mistakes = [f"{name}: {mistake}" for mistake in mistakes]
    database, wrong = _database(secrets)
    mistakes += wrong
    if file is None or mistakes:
        raise ConfigError(*mistakes)
    return Settings(
        bot=file.bot,
        http=file.http,
        web=file.web,
        discord=file.discord,
        slack=file.slack,
        llm=file.llm,
        fetch=file.fetch,
        quotas=file.quotas,
        database_url=absolute_database(database or file.bot.database, folder),
        sources=tuple(_source(table, folder) for table in file.sources),
        channels=tuple(_channel(table, file.bot, file.ballots) for table in file.channels),
        platforms=file.platforms,
        secrets=secrets,
    )


def _read(file: Path) -> Mapping[str, Any]:
    if file.is_dir():
        raise ConfigError(f"{file}: is a folder: name the file in it, {file / _DEFAULT_FILE}")
    try:
        with file.open("rb") as stream:
            content = stream.read(_LARGEST_FILE + 1)
    except FileNotFoundError:
        raise ConfigError(f"{file}: there is no such file: digestbot --config {file} init writes one") from None
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from None
    if len(content) > _LARGEST_FILE:
        raise ConfigError(f"{file}: is larger than {_LARGEST_FILE} bytes, so it is no configuration")
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{file}: line {line}: is not UTF-8 text: save the file as UTF-8") from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        what, _, where = str(error).removesuffix(")").rpartition(" (at ")
        raise ConfigError(f"{file}: {where}: this is not TOML: {what}{_unquoted(text, where)}") from None
    except RecursionError:
        raise ConfigError(f"{file}: is nested too deeply to be a configuration") from None


def _unquoted(text: str, where: str) -> str:
    """The mend of the commonest mistake, a text without quotation marks; the text itself may be a secret."""
    number = re.match(r"line (\d+)", where)
    found = number and re.fullmatch(r"\s*(\w+)\s*=\s*[^\s\"'\[{#][^\"#]*", text.split("\n")[int(number[1]) - 1])
    return f'; a text stands in quotation marks: {found[1]} = "…"' if found else ""


def _checked(data: Mapping[str, Any]) -> tuple[ConfigFile | None, list[str]]:
    """The file's tables where they are right, and a line for each mistake."""
    data = {"channels": [{"name": "web"}], "ballots": {}, **data}
    ballots = _with_built_in(data["ballots"])
    if isinstance(data["ballots"], Mapping):
        data["ballots"] = ballots
    try:
        return ConfigFile.model_validate(data, context=_emoji_of(ballots)), _doubles(data)
    except ValidationError as error:
        lines = [mistake_of(one, ConfigFile) for one in error.errors(include_url=False)]
        return None, [*lines, *_doubles(data)]


def _with_built_in(ballots: object) -> Mapping[str, object]:
    """The built-in ballots and the file's, of which one that has a built-in's name changes it."""
    merged: dict[str, object] = dict(BUILT_IN_BALLOTS)
    for name, table in ballots.items() if isinstance(ballots, Mapping) else ():
        merged[name] = {**BUILT_IN_BALLOTS.get(name, {}), **table} if isinstance(table, Mapping) else table
    return merged


def _emoji_of(ballots: Mapping[str, object]) -> Mapping[str, tuple[str, ...]]:
    """Each ballot's emoji, for the check that a channel's ballots are disjoint; none for a ballot that is wrong."""
    found: dict[str, tuple[str, ...]] = {}
    for name, table in ballots.items():
        try:
            found[name] = tuple(option.emoji for option in BallotTable.model_validate(table).options)
        except ValidationError:
            found[name] = ()
    return found


def _doubles(data: Mapping[str, Any]) -> list[str]:
    """What must be said once in the whole file: a channel's name, its place in its workspace, a source's address."""
    lines: list[str] = []
    first: dict[object, str] = {}

    def once(path: str, value: object, key: object) -> None:
        if first.setdefault(key, path) != path:
            lines.append(f"{path} = {plain(value)}: is the same as {first[key]}")

    for number, table in enumerate(_tables(data.get("channels"))):
        name, place = table.get("name"), table.get("id")
        if isinstance(name, str):
            once(f"channels[{number}].name", name, ("name", name.casefold()))
        if isinstance(place, str):
            where = str(table.get("platform", "web")), str(table.get("workspace", "")), place
            once(f"channels[{number}].id", place, ("id", "best" in table, *where))  # a best-of may come where others do
    for number, table in enumerate(_tables(data.get("sources"))):
        for key in ("url", "path"):
            if isinstance(address := table.get(key), str):
                once(f"sources[{number}].{key}", address, (key, address))
    return lines


def _tables(value: object) -> Sequence[Mapping[str, Any]]:
    return [table for table in value if isinstance(table, Mapping)] if isinstance(value, Sequence) else []


def _database(secrets: Secrets) -> tuple[str | None, list[str]]:
    """The database that the environment names, a relative path taken from the current folder."""
    try:
        url = secrets.get("DIGESTBOT_DATABASE")
        return url and absolute_database(database_url(url), Path.cwd()), []
    except (ConfigError, ValueError) as error:
        text = str(error)
        return None, [text if isinstance(error, ConfigError) else f"environment: DIGESTBOT_DATABASE: {text}"]


def _source(table: SourceTable, folder: Path) -> SourceSpec:
    address = table.url or str(folder / Path(table.path or "").expanduser())
    every = _WATCH if table.path and "every" not in table.model_fields_set else table.every
    return SourceSpec(address=address, category=table.category, every=every, max_age=table.max_age)


def _min_quality(table: ChannelTable) -> float:
    """In a best-of digest votes have said what is good, unless the file says more."""
    return 0.0 if table.best and "min_quality" not in table.model_fields_set else table.min_quality


def _channel(table: ChannelTable, bot: BotTable, ballots: Mapping[str, BallotTable]) -> ChannelSpec:
    locale = table.locale or bot.locale
    return ChannelSpec(
        name=table.name,
        platform=table.platform,
        place=table.id or table.name,
        workspace=table.workspace or _WORKSPACES.get(table.platform, ""),
        settings=ChannelSettings(
            schedule=table.schedule,
            timezone=table.timezone or bot.timezone,
            locale=locale,
            max_articles=table.max_articles,
            min_quality=_min_quality(table),
            categories=table.categories,
            quotas=tuple(table.quotas.items()),
            ballots=tuple(ballot_of(name, ballots[name], locale) for name in table.ballots),
            seed=tuple(name for name in table.seed if name in table.ballots),
            layout=table.layout,
            catch_up=table.catch_up,
            jitter=table.jitter,
            quiet=table.quiet,
            must=table.must,
            must_not=table.must_not,
            interests=table.interests,
            best=table.best,
            show_counts=table.show_counts,
            admins=table.admins,
        ),
    )
