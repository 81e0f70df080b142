"""What a new configuration is to say: asked for at the terminal, or taken from flags; and the file that says it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Self, TypeVar

import typer

from bot.cli.completing import PLATFORMS
from bot.cli.starters import STARTERS
from bot.config import values
from bot.errors import ConfigError

_NO_PLACE = ("web", "console")  # that have but one channel
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_TOKEN = re.compile(r"xox[a-z]-|xapp-|sk-|[\w-]{20,}\.[\w-]{5,}\.[\w-]{20,}")  # of Slack, of a model, of Discord

_IDS = {  # of channels: how they look
    "discord": ("[0-9]{15,22}", "which is a long number such as 1234567890123456789"),
    "slack": ("[CG][A-Z0-9]{6,}", "which looks like C0123456789"),
}

T = TypeVar("T")

_HEAD = """\
# What is read, and which channel gets a digest of it when. Every setting, its default and a sentence:
# docs/reference/configuration.md. Secrets have no place here: `digestbot init` says what to set in the environment.
"""
_FOLDER = """
[[sources]]
path = "articles/"                       # a folder of feeds, pages, texts, Markdown; watched
# [[sources]]
# url = "https://example.org/feed.xml"   # a feed, a site whose feed is found, or an article page
"""
_LATER = 'id = "CHANGE-ME"                         # its id there; see the steps\n'
_CHANNEL = """
[[channels]]
name = {name}
platform = {name}
{place}schedule = {schedule}            # minute, hour, day of the month, month, weekday
timezone = {timezone}
max_articles = 5                         # the best ones; fewer, or none, where there are not so many good ones
min_quality = 0.6                        # from 0 to 1; `digestbot preview --last 7d` shows what another would let in
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """`place`: the platform's own id of the channel, "" where it is not known yet. `opml`: feeds to import."""

    platforms: tuple[str, ...]
    place: str
    at: str
    days: str
    timezone: str
    topics: tuple[str, ...]
    feeds: tuple[str, ...]
    opml: Path | None

    def checked(self) -> Self:
        """Itself. Raises ConfigError with everything that is wrong."""
        checks: list[tuple[str, str, Callable[[str], object]]] = [
            ("--channel", self.place, partial(place_of, platforms=self.platforms)),
            ("--at", self.at, time_of),
            ("--days", self.days, days_of),
            ("--timezone", self.timezone, values.zone_name),
            *(("--topic", topic, topics_of) for topic in self.topics),
            *(("--feed", feed, values.web_url) for feed in self.feeds),
        ]
        mistakes = []
        for name, given, check in checks:
            try:
                check(given)
            except ValueError as error:
                mistakes.append(f"init {name} {given!r}: {error}")
        if self.opml and not self.opml.is_file():
            mistakes.append(f"init --opml {self.opml}: there is no such file")
        if mistakes:
            raise ConfigError(*mistakes)
        return self


def asked(wishes: Wishes) -> Wishes:
    """The same with what a person at the terminal answers."""
    platform = _ask(f"Where does your team read: {', '.join(PLATFORMS)}", "web", _platform)
    place = ""
    if platform not in _NO_PLACE:
        question = "The channel's id, not its name; empty if you do not have it yet (the steps say where it is)"
        place = _ask(question, "", partial(place_of, platforms=(platform,)))
    topics = _ask(f"Topics to start with, of {', '.join(STARTERS)} (several: with spaces)", "", topics_of)
    question = "Feeds or sites of your own (URLs, several with spaces), or an OPML file of another reader"
    feeds, opml = _ask(question, "", _own)
    at = _ask("Time of the digest", wishes.at, time_of)
    zone = _ask("Time zone", wishes.timezone, values.zone_name)
    return replace(
        wishes, platforms=(platform,), place=place, topics=topics, feeds=feeds, opml=opml, at=at, timezone=zone
    )


def written(wishes: Wishes) -> str:
    """The file, with a comment where a line does not explain itself."""
    sources = [(url, topic) for topic in wishes.topics for url in STARTERS[topic]]
    sources += [(url, "") for url in wishes.feeds]
    hour, minute = map(int, wishes.at.split(":"))
    schedule = _quoted(f"{minute} {hour} * * {wishes.days}")
    channels = [
        _CHANNEL.format(
            name=_quoted(name),
            place="" if name in _NO_PLACE else _place_line(wishes.place),
            schedule=schedule,
            timezone=_quoted(wishes.timezone),
        )
        for name in wishes.platforms
    ]
    return "".join([_HEAD, *(map(_source, sources) if sources or wishes.opml else [_FOLDER]), *channels])


def place_of(text: str, *, platforms: Sequence[str]) -> str:
    """Of a platform whose ids are not known, anything is one."""
    if _TOKEN.match(text):
        raise ValueError("this looks like a token, which goes into the environment; a channel's id is asked for")
    shapes = [_IDS[name] for name in platforms if name in _IDS]
    if text and shapes and not any(re.fullmatch(shape, text) for shape, _ in shapes):
        raise ValueError(f"this is no channel's id, {shapes[0][1]}; leave it out if you do not have it yet")
    return text


def time_of(text: str) -> str:
    if not _TIME.fullmatch(text):
        raise ValueError("must be a time of day such as 09:00 or 17:30")
    return text


def days_of(text: str) -> str:
    values.cron(f"0 9 * * {text}")
    return text


def topics_of(text: str) -> tuple[str, ...]:
    topics = tuple(text.replace(",", " ").split())
    values.check_names(topics, STARTERS, "topic")
    return topics


def _platform(text: str) -> str:
    values.check_names([text], PLATFORMS, "platform")
    return text


def _own(text: str) -> tuple[tuple[str, ...], Path | None]:
    """Feeds, or the file that lists them."""
    file = Path(text).expanduser()
    if text and file.is_file():
        return (), file
    if text.endswith((".opml", ".xml")) and "://" not in text:
        raise ValueError(f"there is no file {file.absolute()}")
    return tuple(map(values.web_url, text.split())), None


def _ask(question: str, default: str, parsed: Callable[[str], T]) -> T:
    """Asks until the answer can be taken."""

    def taken(answer: str) -> T:
        try:
            return parsed(answer.strip())
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None

    answer: T = typer.prompt(question, default=default, value_proc=taken, show_default=bool(default), err=True)
    return answer


def _source(source: tuple[str, str]) -> str:
    url, category = source
    return f"\n[[sources]]\nurl = {_quoted(url)}\n" + (f"category = {_quoted(category)}\n" if category else "")


def _place_line(place: str) -> str:
    return f"id = {_quoted(place)}\n" if place else _LATER


def _quoted(text: str) -> str:
    """A TOML string: JSON's escapes are TOML's too."""
    return json.dumps(text, ensure_ascii=False)
