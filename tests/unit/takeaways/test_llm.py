"""When a model is asked, what is made of its answers, and what they cost: a real SDK, a local server, a real store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.errors import SummaryError
from bot.model import Article
from bot.storage.database import Database
from bot.storage.drafts import StoredDrafts
from bot.takeaways.llm import ModelSummarizer
from bot.takeaways.llm.asking import question_of
from tests.fakes.clock import FakeClock
from tests.platforms.model_server import ModelServer, Takes, model_server
from tests.platforms.model_server import behaviours as model
from tests.unit.takeaways.build import FERRY, article_of

ARTICLE = article_of(*FERRY)
DAY = 100_000


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with model_server() as made:
        yield made


class World:
    """A database that outlives the summarizers on it, and a clock."""

    def __init__(self, database: Database, server: ModelServer) -> None:
        self.kept = StoredDrafts(database)
        self.server = server
        self.clock = FakeClock()

    @asynccontextmanager
    async def summarizer(
        self, *, most: int = DAY, key: str | None = None, seconds: float = 5, name: str = "small", url: str = ""
    ) -> AsyncIterator[ModelSummarizer]:
        made = ModelSummarizer(
            base_url=url or self.server.url,
            model=name,
            key=key,
            timeout=timedelta(seconds=seconds),
            max_tokens_per_day=most,
            drafts=self.kept,
            clock=self.clock,
        )
        yield made
        await made.aclose()

    async def spent(self) -> int:
        return (await self.kept.spent(self.clock.now())).tokens


@pytest.fixture
async def world(tmp_path: Path, server: ModelServer) -> AsyncIterator[World]:
    database = await Database.open(f"sqlite:///{tmp_path / 'bot.db'}")
    yield World(database, server)
    await database.aclose()


async def test_a_model_proposes_takeaways_held_to_a_schema(world: World) -> None:
    async with world.summarizer() as summarizer:
        drafts = await summarizer.drafts(ARTICLE)
    assert len(drafts) == 3
    assert drafts[0].startswith("In short: The harbour of Northwick")
    (call,) = world.server.calls
    assert call.body["response_format"]["type"] == "json_schema"
    assert call.material == {"title": "A title", "text": ARTICLE.text}


async def test_the_same_text_is_asked_about_once_across_restarts_too(world: World) -> None:
    async with world.summarizer() as summarizer:
        first = await asyncio.gather(*(summarizer.drafts(ARTICLE) for _ in range(5)))
    async with world.summarizer() as summarizer:
        assert [await summarizer.drafts(ARTICLE)] * 5 == first
    assert len(world.server.calls) == 1
    async with world.summarizer() as summarizer:
        await summarizer.drafts(article_of(*FERRY, "One more thing."))
    assert len(world.server.calls) == 2


async def test_another_model_is_asked_anew(world: World) -> None:
    world.server.models = ("small", "large")
    for name in world.server.models:
        async with world.summarizer(name=name) as summarizer:
            await summarizer.drafts(ARTICLE)
    assert [call.body["model"] for call in world.server.calls] == ["small", "large"]


async def test_long_articles_are_cut_and_nothing_but_the_article_is_told(world: World) -> None:
    long = Article(title="T" * 9000, text="word " * 1_000_000, url="https://secret.example", author="Ada")
    async with world.summarizer(key="sk-secret") as summarizer:
        await summarizer.drafts(long)
    (call,) = world.server.calls
    assert len(str(call.body["messages"])) < 15_000
    assert "secret" not in str(call.body)
    assert "Ada" not in str(call.material)


@pytest.mark.parametrize(
    ("takes", "sent"),
    [
        (Takes(formats=("json_object",)), {"response_format": {"type": "json_object"}}),
        (Takes(formats=()), {}),
        (Takes(temperature=False), {"response_format": "json_schema"}),
        (Takes(limit=("max_completion_tokens",)), {"max_completion_tokens": 2000}),
        (Takes(formats=(), temperature=False, limit=("max_completion_tokens",)), {}),
    ],
)
async def test_a_server_that_refuses_an_option_is_asked_without_it_from_then_on(
    world: World, takes: Takes, sent: dict[str, object]
) -> None:
    world.server.takes = takes
    async with world.summarizer() as summarizer:
        assert await summarizer.drafts(ARTICLE)
        refused = world.server.refused
        assert 0 < refused <= 4
        assert await summarizer.drafts(article_of(*FERRY[:1]))
    assert world.server.refused == refused
    body = world.server.calls[-1].body
    assert ("temperature" in body) == takes.temperature
    assert (body.get("response_format", {}).get("type") in takes.formats) == bool(takes.formats)
    assert next(name for name in ("max_tokens", "max_completion_tokens") if name in body) in takes.limit
    for name, value in sent.items():
        assert body[name] == value or body[name]["type"] == value


OF_NO_USE = {
    "no JSON": model.writes("Here are your takeaways: 1. Ferries."),
    "broken JSON": model.writes('{"takeaways": ["One'),
    "JSON nested a hundred thousand deep": model.writes('{"takeaways": ' + "[" * 100_000),
    "another schema": model.writes('{"summary": "Ferries."}'),
    "no list": model.writes('{"takeaways": "Ferries take shore power."}'),
    "a list of numbers": model.says(1, 2),
    "a list of nothing": model.says("", "  ", "\u200b"),
    "an empty list": model.says(),
    "a wall of text": model.says("word " * 5_000),
    "no content": model.writes(None),
    "a refusal": model.writes(None, refusal="I cannot help with that."),
    "a filter's stop": model.writes('{"takeaways": ["Half."]}', finish="content_filter"),
    "a filter's error": model.fails(400, "filtered", code="content_filter"),
    "a cut answer": model.writes('{"takeaways": ["The ferries take', finish="length"),
    "a page": model.sends(b"<html>nginx</html>", content_type="text/html"),
    "nothing": model.sends(b""),
    "no choices": model.sends(b'{"id": "x", "object": "chat.completion", "choices": []}'),
    "not UTF-8": model.sends(b'{"choices": [{"message": {"content": "\xff"}}]}'),
    "null": model.sends(b"null"),
}


@pytest.mark.parametrize("behaviour", OF_NO_USE.values(), ids=OF_NO_USE)
async def test_an_answer_of_no_use_gives_no_drafts_and_is_not_asked_for_again(
    world: World, behaviour: model.Behaviour
) -> None:
    world.server.behaves = behaviour
    async with world.summarizer() as summarizer:
        assert [await summarizer.drafts(ARTICLE) for _ in range(3)] == [()] * 3
    assert len(world.server.calls) == 1
    assert 0 < await world.spent() < DAY


async def test_what_stands_around_the_json_is_left_out(world: World) -> None:
    world.server.behaves = model.writes('<think>{"takeaways": ["No"]}</think>\n```json\n{"takeaways": ["Yes."]}\n```')
    async with world.summarizer() as summarizer:
        assert await summarizer.drafts(ARTICLE) == ("Yes.",)


async def test_drafts_are_single_harmless_lines_and_not_too_many(world: World) -> None:
    world.server.behaves = model.says("One\nline \u202eonly", *(f"Number {n}." for n in range(400)))
    async with world.summarizer() as summarizer:
        drafts = await summarizer.drafts(ARTICLE)
    assert drafts[0] == "One line only"
    assert len(drafts) == 8


FAILURES = {
    "too many requests": (model.fails(429, "slow down"), "slow down", False),
    "an empty account": (model.fails(429, "You exceeded your quota", code="insufficient_quota"), "quota", False),
    "its own fault": (model.fails(500, "boom"), "boom", True),
    "a gateway's page": (model.sends(b"<html>Bad gateway</html>", status=502), "502", True),
    "a redirection": (model.sends(b"", status=302), "302", False),
    "a refusal of everything": (model.fails(400, "no idea"), "no idea", False),
    "no permission": (model.fails(403, "not for you"), "the server wants a key", False),
    "silence": (model.hangs, "no answer within 0.5 seconds", True),
    "a drip": (model.drips, "no answer within 0.5 seconds", True),
    "a lost connection": (model.breaks, "does not come through", True),
    "a flood": (model.floods(200), "more than 1000000 bytes", True),
    "an error without end": (model.floods(500), "more than 1000000 bytes", True),
    "a bomb": (model.explodes, "compressed", True),
}


@pytest.mark.parametrize(("behaviour", "said", "charged"), FAILURES.values(), ids=FAILURES)
async def test_a_failing_server_is_told_left_alone_for_a_while_and_then_asked_again(
    world: World, behaviour: model.Behaviour, said: str, charged: bool
) -> None:
    world.server.behaves = behaviour
    async with world.summarizer(seconds=0.5) as summarizer:
        with capture_logs() as logs, pytest.raises(SummaryError, match=said):
            await summarizer.drafts(ARTICLE)
        asked = len(world.server.calls)
        with pytest.raises(SummaryError, match="left alone"):
            await summarizer.drafts(ARTICLE)
        assert len(world.server.calls) == asked <= 4
        assert (await world.spent() > 0) == charged
        (told,) = logs
        assert (told["log_level"], bool(told["fix"])) == ("warning", True)
        assert said in told["error"]
        world.server.behaves = model.well
        world.clock.advance(seconds=61)
        assert await summarizer.drafts(ARTICLE)


async def test_requests_that_fail_together_count_as_one_failure(world: World) -> None:
    world.server.behaves = model.fails(500)
    async with world.summarizer() as summarizer:
        texts = [article_of(*FERRY, f"Paragraph {n}.") for n in range(9)]
        results = await asyncio.gather(*map(summarizer.drafts, texts), return_exceptions=True)
        assert {type(result) for result in results} == {SummaryError}
        assert len(world.server.calls) <= 4
        world.clock.advance(seconds=61)
        world.server.behaves = model.well
        assert await summarizer.drafts(ARTICLE)


async def test_a_server_that_fails_on_and_on_is_asked_less_and_less(world: World) -> None:
    world.server.behaves = model.fails(500)
    async with world.summarizer(most=10**9) as summarizer:
        for _ in range(24 * 12):
            with pytest.raises(SummaryError):
                await summarizer.drafts(ARTICLE)
            world.clock.advance(minutes=5)
    assert 24 <= len(world.server.calls) <= 30


@pytest.mark.parametrize(
    ("retry_after", "still", "then"), [("600", 590, 20), ("1", 50, 20), ("999999999", 86_000, 800), ("soon", 50, 20)]
)
async def test_a_server_is_left_alone_as_long_as_it_says_within_a_minute_and_a_day(
    world: World, retry_after: str, still: int, then: int
) -> None:
    world.server.first = [model.fails(429, retry_after=retry_after)]
    async with world.summarizer() as summarizer:
        with pytest.raises(SummaryError):
            await summarizer.drafts(ARTICLE)
        world.clock.advance(seconds=still)
        with pytest.raises(SummaryError, match="left alone"):
            await summarizer.drafts(ARTICLE)
        world.clock.advance(seconds=then)
        assert await summarizer.drafts(ARTICLE)


async def test_no_server_at_all_is_told_with_what_to_do(world: World) -> None:
    await world.server.stop()
    async with world.summarizer() as summarizer:
        with pytest.raises(SummaryError, match="cannot be reached") as raised:
            await summarizer.drafts(ARTICLE)
    assert "base_url" in (raised.value.fix or "")
    assert await world.spent() == 0


@pytest.mark.parametrize("key", [None, "sk-wrong"])
async def test_a_key_that_is_not_taken_is_told_and_never_shown(world: World, key: str | None) -> None:
    world.server.key = "sk-right"
    async with world.summarizer(key=key) as summarizer:
        with capture_logs() as logs, pytest.raises(SummaryError, match="key") as raised:
            await summarizer.drafts(ARTICLE)
    assert "OPENAI_API_KEY" in (raised.value.fix or "")
    assert "sk-" not in str(raised.value) + str(logs) + repr(summarizer)
    async with world.summarizer(key="sk-right") as summarizer:
        assert await summarizer.drafts(ARTICLE)


async def test_no_header_comes_out_of_the_environment(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "from-the-environment")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    async with world.summarizer() as summarizer:
        assert await summarizer.drafts(ARTICLE)
    (call,) = world.server.calls
    assert "from-the-environment" not in str(call.request.headers)
    assert "Authorization" not in call.request.headers


async def test_the_days_tokens_are_never_exceeded_and_a_restart_forgets_nothing(world: World) -> None:
    cost = question_of(ARTICLE, "small").tokens
    world.server.behaves = model.says("A takeaway.", tokens=cost)
    asked = 0
    with capture_logs() as logs:
        for number in range(10):
            async with world.summarizer(most=3 * cost + 100) as summarizer:
                with suppress(SummaryError):
                    asked += bool(await summarizer.drafts(article_of(*FERRY, f"{number}")))
    assert asked == len(world.server.calls) == 3
    assert await world.spent() == 3 * cost
    assert any("tokens for today are spent" in told["event"] for told in logs)


async def test_that_the_days_tokens_are_spent_is_told_once_a_day(world: World) -> None:
    async with world.summarizer(most=10) as summarizer:
        with capture_logs() as logs:
            for day in range(2):
                for number in range(5):
                    with pytest.raises(SummaryError):
                        await summarizer.drafts(article_of(*FERRY, f"{day} {number}"))
                world.clock.advance(days=1)
    assert len(logs) == 2


async def test_tomorrow_there_are_tokens_again_and_what_was_said_stays_free(world: World) -> None:
    cost = question_of(ARTICLE, "small").tokens
    other = article_of(*FERRY, "More.")
    world.server.behaves = model.says("A takeaway.", tokens=cost)
    async with world.summarizer(most=cost + 100) as summarizer:
        await summarizer.drafts(ARTICLE)
        with pytest.raises(SummaryError):
            await summarizer.drafts(other)
        assert await summarizer.drafts(ARTICLE) == ("A takeaway.",)
        world.clock.advance(days=1)
        assert await summarizer.drafts(other) == ("A takeaway.",)


async def test_what_the_server_counts_is_what_counts(world: World) -> None:
    world.server.first = [model.says("One.", tokens=123), model.says("Two.", tokens=0)]
    async with world.summarizer() as summarizer:
        await summarizer.drafts(ARTICLE)
        assert await world.spent() == 123
        other = article_of(*FERRY, "More.")
        await summarizer.drafts(other)  # of a server that counts nothing the most that it can be is counted
        assert await world.spent() == 123 + question_of(other, "small").tokens


async def test_requests_at_the_same_time_share_the_days_tokens(world: World) -> None:
    cost = question_of(article_of(*FERRY, "0"), "small").tokens
    world.server.behaves = model.says("A takeaway.", tokens=cost)
    async with world.summarizer(most=2 * cost + 100) as summarizer:
        texts = [article_of(*FERRY, f"{n}") for n in range(8)]
        await asyncio.gather(*map(summarizer.drafts, texts), return_exceptions=True)
    assert len(world.server.calls) == 2
    assert await world.spent() == 2 * cost


async def test_who_is_cancelled_leaves_the_next_one_free_to_ask(world: World) -> None:
    world.server.first = [model.hangs]
    async with world.summarizer() as summarizer:
        asking = asyncio.create_task(summarizer.drafts(ARTICLE))
        async with asyncio.timeout(5):
            while not world.server.calls:
                await asyncio.sleep(0.01)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        assert await summarizer.drafts(ARTICLE)


async def test_doctor_is_told_what_is_wrong_and_how_to_mend_it(world: World) -> None:
    async def found(*, key: str | None = None, url: str = "") -> tuple[bool, str]:
        async with world.summarizer(key=key, url=url) as summarizer:
            server, tokens = await summarizer.check()
        assert tokens.ok
        return server.ok, f"{server.detail} -> {server.fix}"

    world.server.models = ("small:latest",)
    assert await found() == (True, f"{world.server.url} has small -> None")
    world.server.models = ("large", "larger")
    ok, said = await found()
    assert (ok, "has no model small" in said, "(large, larger)" in said) == (False, True, True)
    ok, said = await found(url=world.server.url.removesuffix("/v1"))
    assert (ok, "404" in said, "/v1" in said) == (False, True, True)
    world.server.key = "sk-right"
    ok, said = await found()
    assert (ok, "wants a key" in said, "OPENAI_API_KEY" in said) == (False, True, True)
    await world.server.stop()
    ok, said = await found()
    assert (ok, "cannot be reached" in said, "base_url" in said) == (False, True, True)
    assert world.server.calls == []


async def test_doctor_is_told_when_the_days_tokens_stand_in_the_way(world: World) -> None:
    world.clock.advance(hours=14, minutes=3)
    async with world.summarizer(most=10) as summarizer:
        assert [one.ok for one in await summarizer.check()] == [True, True]
        with pytest.raises(SummaryError):
            await summarizer.drafts(ARTICLE)
    async with world.summarizer(most=10) as summarizer:
        _, tokens = await summarizer.check()
        assert (tokens.ok, tokens.detail) == (
            False,
            "0 of 10 tokens spent today (UTC); since 14:03 no article is put to the model any more",
        )
        assert "max_tokens_per_day" in (tokens.fix or "")
        world.clock.advance(days=1)
        assert [one.ok for one in await summarizer.check()] == [True, True]
