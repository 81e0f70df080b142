"""What is counted, under which few names, and that every metric of the table is told."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.errors import FetchError, ParseError
from bot.metrics import FETCH_ERRORS, METRICS, VERBS, CountingFetcher, CountingReader, Counts, kind_of, page
from bot.model import Article, Document, Fetched, Levels, Validators
from tests.fakes.platform import FakePlatform

LEVELS = Levels(
    articles_read=7,
    articles_waiting=2,
    digests={"posted": 3, "due": 1, "composed": 2},
    messages_posted={"slack": 11, "web": 4},
    votes=5,
    sources={"ok": 8, "failing": 1},
    channels={"running": 2, "lost": 1},
    postings_waiting=6,
    postings_uncertain=1,
    outbox_age=timedelta(minutes=2),
    lags={"compose": timedelta(seconds=30)},
)


class Failing:
    """A fetcher and reader that fail as they are told to, in turn."""

    def __init__(self, *outcomes: Exception | None) -> None:
        self._outcomes = iter(outcomes)

    async def fetch(self, address: str, validators: Validators = Validators(), *, trusted: bool = False) -> Fetched:  # noqa: B008
        self._next()
        return Fetched((Document(address, b"", None),), validators)

    async def read(self, body: bytes, url: str, content_type: str | None, *, whole: bool = True) -> Article:
        return await self.unfolded(Article(title=""))

    async def unfolded(self, article: Article) -> Article:
        self._next()
        return article

    def _next(self) -> None:
        outcome = next(self._outcomes)
        if outcome is not None:
            raise outcome


class Sparing(FakePlatform):
    """Has limits."""

    def limits_used(self) -> dict[str, float]:
        return {"posts": 0.25}


def told(counts: Counts) -> dict[str, float]:
    """Every sample by its name and labels, as a scraper reads it."""
    platforms = {"limited": Sparing(), "free": FakePlatform()}
    roles = {"compose": True, "deliver": False}
    text = page(LEVELS, counts, votes_waiting=9, roles=roles, platforms=platforms).decode()
    return dict(_samples(text))


def _samples(text: str) -> Iterator[tuple[str, float]]:
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(sample.labels.values())
            yield f"{sample.name}({labels})" if labels else sample.name, sample.value


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (FetchError("x").told("error.address"), "address"),
        (FetchError("x").told("error.no_host"), "no_host"),
        (FetchError("x").told("error.private"), "refused"),
        (FetchError("x").told("error.slow"), "slow"),
        (FetchError("x", status=404).told("error.status"), "http_4xx"),
        (FetchError("x", status=304).told("error.status"), "http_4xx"),
        (FetchError("x", status=503).told("error.status"), "http_5xx"),
        (FetchError("x", status=200).told("error.too_large"), "too_large"),
        (FetchError("x", status=200), "unreadable"),
        (FetchError("x: the connection broke"), "unreachable"),
    ],
)
def test_an_error_is_of_one_of_few_kinds(error: FetchError, kind: str) -> None:
    assert kind_of(error) == kind
    assert kind in FETCH_ERRORS


async def test_failures_are_counted_and_still_raised() -> None:
    counts = Counts()
    fetcher = CountingFetcher(Failing(None, FetchError("x", status=500).told("error.status")), counts)
    reader = CountingReader(Failing(ParseError("x"), None), counts)
    assert (await fetcher.fetch("https://example.org")).documents[0].url == "https://example.org"
    with pytest.raises(FetchError):
        await fetcher.fetch("https://example.org")
    with pytest.raises(ParseError):
        await reader.read(b"", "", None)
    await reader.read(b"", "", None)
    samples = told(counts)
    assert samples["digestbot_fetches_total"] == 2
    assert {k: n for k, n in samples.items() if k.startswith("digestbot_fetch_errors") and n} == {
        "digestbot_fetch_errors_total(http_5xx)": 1,
        "digestbot_fetch_errors_total(unreadable)": 1,
    }


def test_waits_are_counted_and_summed_by_platform() -> None:
    counts = Counts()
    counts.put_off("slack", 1.5)
    counts.put_off("slack", 2)
    samples = told(counts)
    assert samples["digestbot_rate_limit_waits_total(slack)"] == 2
    assert samples["digestbot_rate_limit_wait_seconds_total(slack)"] == 3.5


def test_every_metric_is_told_with_what_the_store_knows() -> None:
    samples = told(Counts())
    names = {name.partition("(")[0].removesuffix("_total") for name in samples}
    waits = {metric.name for metric in METRICS if metric.name.startswith("digestbot_rate_limit_wait")}  # nobody waited
    assert {metric.name for metric in METRICS} - names == waits
    limits = {name: value for name, value in samples.items() if "used_ratio" in name}
    assert limits == {"digestbot_rate_limit_used_ratio(posts,limited)": 0.25}
    assert samples["digestbot_digests_total(posted)"] == 3
    assert samples["digestbot_digests_waiting(due)"] == 1
    assert samples["digestbot_lag_seconds(compose)"] == 30
    assert all(f"digestbot_lag_seconds({verb})" in samples for verb in VERBS)
    assert samples["digestbot_messages_posted_total(slack)"] == 11
    assert samples["digestbot_channels(paused)"] == 0
    assert samples["digestbot_outbox_age_seconds"] == 120
    assert samples["digestbot_votes_waiting"] == 9
    assert (samples["digestbot_roles(compose)"], samples["digestbot_roles(deliver)"]) == (1, 0)
    assert samples["process_resident_memory_bytes"] > 0
