"""What `/metrics` tells, and how it is counted. What the store knows is asked of it at every scrape; what it does not
keep (failures of a moment) is counted by wrapping the ports that fail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from bot.errors import FetchError, ParseError
from bot.model import Article, Fetched, Levels, ParsedFeed, Validators
from bot.ports import ChatPlatform, Fetcher, Limited, Reader

if TYPE_CHECKING:
    from prometheus_client.core import Metric as Family

VERBS = ("refresh", "read", "tick", "compose", "deliver")
FETCH_ERRORS = (
    "address",
    "no_host",
    "refused",
    "unreachable",
    "slow",
    "too_large",
    "http_4xx",
    "http_5xx",
    "unreadable",
)
Labels = tuple[str, ...]
_NONE = Validators()
_FINAL = ("posted", "quiet", "dropped")
_STATES = {"sources": ("new", "ok", "failing", "paused"), "channels": ("running", "paused", "lost")}
_KINDS = {"error.address": "address", "error.no_host": "no_host", "error.private": "refused", "error.slow": "slow"}


@dataclass(frozen=True, slots=True)
class Metric:
    """`name` as it is told, but for the `_total` that counters end with."""

    name: str
    kind: Literal["counter", "gauge"]
    help: str
    labels: tuple[str, ...] = ()


METRICS = (
    Metric("digestbot_articles_read", "counter", "Articles that were read, judged and kept."),
    Metric("digestbot_digests", "counter", "Digests that came to their end: posted, quiet or dropped.", ("outcome",)),
    Metric("digestbot_messages_posted", "counter", "Messages that stand, or stood, in channels.", ("platform",)),
    Metric("digestbot_votes", "counter", "Votes that were recorded."),
    Metric("digestbot_fetches", "counter", "Feeds and pages that were asked for, since the start."),
    Metric(
        "digestbot_fetch_errors", "counter", "Fetches that failed, and documents that could not be read.", ("kind",)
    ),
    Metric("digestbot_rate_limit_waits", "counter", "Messages put off by a platform's rate limits.", ("platform",)),
    Metric("digestbot_rate_limit_wait_seconds", "counter", "How long the limits asked to wait, summed.", ("platform",)),
    Metric(
        "digestbot_rate_limit_used_ratio",
        "gauge",
        "How much of a platform's limit this process uses now: 1 where whatever comes has to wait.",
        ("platform", "limit"),
    ),
    Metric(
        "digestbot_lag_seconds", "gauge", "How long the oldest thing that a verb could do now has waited.", ("verb",)
    ),
    Metric("digestbot_articles_waiting", "gauge", "Articles that wait to be read."),
    Metric(
        "digestbot_digests_waiting",
        "gauge",
        "Digests that wait: due to be composed, composed to be posted.",
        ("state",),
    ),
    Metric("digestbot_postings_waiting", "gauge", "Messages in the outbox that are not posted yet."),
    Metric("digestbot_postings_uncertain", "gauge", "Messages of which somebody has to say whether they were posted."),
    Metric("digestbot_outbox_age_seconds", "gauge", "Age of the oldest digest that is not wholly posted."),
    Metric("digestbot_votes_waiting", "gauge", "Reactions that wait for their commit, or for their message."),
    Metric("digestbot_sources", "gauge", "Sources by how their last reading went.", ("state",)),
    Metric("digestbot_channels", "gauge", "Channels: running, paused by somebody, or lost to the bot.", ("state",)),
    Metric("digestbot_roles", "gauge", "Roles of this process: 1 where it works, 0 where it stands by.", ("role",)),
)


@dataclass
class Counts:
    """What was counted since the start."""

    fetches: int = 0
    fetch_errors: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(FETCH_ERRORS, 0)))
    waits: Counter[str] = field(default_factory=Counter)
    waited: dict[str, float] = field(default_factory=dict)

    def put_off(self, platform: str, seconds: float) -> None:
        """A platform's limits ask to wait so long."""
        self.waits[platform] += 1
        self.waited[platform] = self.waited.get(platform, 0.0) + seconds


class CountingFetcher:
    """A fetcher that counts (`ports.Fetcher`)."""

    def __init__(self, fetcher: Fetcher, counts: Counts) -> None:
        self._fetcher = fetcher
        self._counts = counts

    async def fetch(self, address: str, validators: Validators = _NONE, *, trusted: bool = False) -> Fetched:
        self._counts.fetches += 1
        try:
            return await self._fetcher.fetch(address, validators, trusted=trusted)
        except FetchError as error:
            self._counts.fetch_errors[kind_of(error)] += 1
            raise


class CountingReader:
    """A reader that counts what it cannot read (`ports.Reader`)."""

    def __init__(self, reader: Reader, counts: Counts) -> None:
        self._reader = reader
        self._counts = counts

    async def read(
        self, body: bytes, url: str, content_type: str | None, *, whole: bool = True
    ) -> ParsedFeed | Article:
        with self._counted():
            return await self._reader.read(body, url, content_type, whole=whole)

    async def unfolded(self, article: Article) -> Article:
        with self._counted():
            return await self._reader.unfolded(article)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        try:
            yield
        except ParseError:
            self._counts.fetch_errors["unreadable"] += 1
            raise


def kind_of(error: FetchError) -> str:
    """One of FETCH_ERRORS: so few that no hostile server can make more of them."""
    if error.key in ("error.status", "error.gone") and error.status is not None:
        return "http_5xx" if error.status >= 500 else "http_4xx"
    if error.key == "error.too_large":
        return "too_large"
    if error.status is not None:  # it was there, of a kind that is not read
        return "unreadable"
    return _KINDS.get(error.key or "", "unreachable")


def page(
    levels: Levels,
    counts: Counts,
    *,
    votes_waiting: int,
    roles: Mapping[str, bool],
    platforms: Mapping[str, ChatPlatform],
) -> bytes:
    """The metrics in Prometheus's text form. `roles`: of this process, and whether it works in each now. `platforms`:
    those that it is connected to."""
    from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest

    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    values = _values(levels, counts, votes_waiting, roles)
    registry.register(_Told({**values, "digestbot_rate_limit_used_ratio": _limits(platforms)}))
    return generate_latest(registry)


class _Told:
    """A collector of values that are known already."""

    def __init__(self, values: Mapping[str, float | Mapping[str, float] | Mapping[Labels, float]]) -> None:
        self._values = values

    def collect(self) -> Iterator[Family]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        for metric in METRICS:
            make = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
            family = make(metric.name, metric.help, labels=metric.labels)
            value = self._values[metric.name]
            for label, number in value.items() if isinstance(value, Mapping) else [((), value)]:
                family.add_metric((label,) if isinstance(label, str) else label, number)
            yield family


def _limits(platforms: Mapping[str, ChatPlatform]) -> dict[Labels, float]:
    """How much is used of each platform's limits, of those that have some."""
    return {
        (name, limit): used
        for name, platform in platforms.items()
        if isinstance(platform, Limited)
        for limit, used in platform.limits_used().items()
    }


def _values(
    levels: Levels, counts: Counts, votes_waiting: int, roles: Mapping[str, bool]
) -> dict[str, float | Mapping[str, float]]:
    """By the name of the metric; by label where it has one."""
    lags = {verb: levels.lags[verb].total_seconds() if verb in levels.lags else 0.0 for verb in VERBS}
    return {
        "digestbot_articles_read": levels.articles_read,
        "digestbot_digests": {state: levels.digests.get(state, 0) for state in _FINAL},
        "digestbot_messages_posted": levels.messages_posted,
        "digestbot_votes": levels.votes,
        "digestbot_fetches": counts.fetches,
        "digestbot_fetch_errors": counts.fetch_errors,
        "digestbot_rate_limit_waits": counts.waits,
        "digestbot_rate_limit_wait_seconds": counts.waited,
        "digestbot_lag_seconds": lags,
        "digestbot_articles_waiting": levels.articles_waiting,
        "digestbot_digests_waiting": {state: levels.digests.get(state, 0) for state in ("due", "composed")},
        "digestbot_postings_waiting": levels.postings_waiting,
        "digestbot_postings_uncertain": levels.postings_uncertain,
        "digestbot_outbox_age_seconds": levels.outbox_age.total_seconds(),
        "digestbot_votes_waiting": votes_waiting,
        "digestbot_sources": {state: levels.sources.get(state, 0) for state in _STATES["sources"]},
        "digestbot_channels": {state: levels.channels.get(state, 0) for state in _STATES["channels"]},
        "digestbot_roles": {role: int(works) for role, works in roles.items()},
    }
