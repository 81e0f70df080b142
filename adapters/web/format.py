"""Neutral messages -> what the templates draw: links, ballots and dates. Pure; an article's own page is evidence's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, get_timezone

from bot.model import Ballot, Message, Tally, When

Standing = Mapping[tuple[int, str], str]  # (article, ballot) -> emoji
NO_VOTES: Standing = {}


@dataclass(frozen=True, slots=True)
class OptionView:
    emoji: str
    label: str
    count: int | None  # None: not for the viewer to see
    stands: bool  # it is the viewer's vote


@dataclass(frozen=True, slots=True)
class BallotView:
    name: str
    question: str
    options: tuple[OptionView, ...]

    @property
    def vote(self) -> OptionView | None:
        """The option that the viewer voted for."""
        return next((option for option in self.options if option.stands), None)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link that is safe to draw; `url` None: no link, only words."""

    title: str
    url: str | None


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message as drawn. `anchor` is its id on the page."""

    message: Message
    anchor: str
    url: str | None
    host: str
    also: tuple[Anchor, ...]
    ballots: tuple[BallotView, ...]


def message_view(
    message: Message,
    *,
    tallies: Sequence[Tally] = (),
    standing: Standing = NO_VOTES,
    prefix: str = "a",
    show: str = "always",
) -> MessageView:
    url = safe_url(message.url)
    return MessageView(
        message=message,
        anchor=f"{prefix}{message.article or 0}",
        url=url,
        host=host_name(url),
        also=tuple(Anchor(link.title, safe_url(link.url)) for link in message.also),
        ballots=ballot_views(message.ballots, message.article, tallies=tallies, standing=standing, show=show),
    )


def ballot_views(
    ballots: Sequence[Ballot],
    article: int | None,
    *,
    tallies: Sequence[Tally],
    standing: Standing,
    show: str = "always",
) -> tuple[BallotView, ...]:
    """The ballots on an article, with what was voted as far as `show` lets the viewer see it; none where there is no
    article."""
    if article is None:
        return ()
    counts = {tally.ballot: tally.counts for tally in tallies if tally.article == article}
    shown = {one.name: show == "always" or (show == "voted" and (article, one.name) in standing) for one in ballots}
    return tuple(
        BallotView(
            ballot.name,
            ballot.question,
            tuple(
                OptionView(
                    option.emoji,
                    option.label,
                    counts.get(ballot.name, {}).get(option.emoji, 0) if shown[ballot.name] else None,
                    standing.get((article, ballot.name)) == option.emoji,
                )
                for option in ballot.options
            ),
        )
        for ballot in ballots
    )


def safe_url(url: str | None) -> str | None:
    """The address where it is one that a page may link to: http or https, to a host, nothing hidden in it."""
    if url is None or re.search(r"[\x00-\x20\x7f\\]", url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc else None


def host_name(url: str | None) -> str:
    """The host of an address as people say it."""
    return (urlsplit(url).hostname or "").removeprefix("www.") if url else ""


def locale_of(name: str) -> Locale:
    """A locale by its BCP 47 name; English where there is none of that name."""
    try:
        return Locale.parse(name, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def date_words(when: When, pattern: str, *, locale: str, zone: str = "UTC") -> str:
    """A day, or a moment in that zone, by a pattern of the catalogue (date.day, date.full)."""
    if not isinstance(when, datetime):
        return format_date(when, pattern, locale_of(locale))
    return format_datetime(when, pattern, tzinfo=get_timezone(zone), locale=locale_of(locale))


def lang_of(code: str | None) -> str | None:
    """A language as a `lang` attribute; None where it has not the form of one."""
    return code if code and re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", code) else None


def language_name(code: str, locale: str) -> str:
    """What a language is called in another; its code where nobody knows."""
    return str(locale_of(locale).languages.get(code.replace("-", "_")) or code)
