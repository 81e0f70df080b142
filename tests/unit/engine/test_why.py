"""Why an article is not in a digest: the same answer as when every candidate is looked at, without looking at all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.engine.compose import Compose
from bot.jobs.local import LocalJobs
from bot.model import ChannelSettings, Quality
from bot.storage.database import Database
from tests.contract.things import HOUR, NOW, QUALITY, channel, declared, draft, reading
from tests.fakes.clock import FakeClock

ARTICLES = 120


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(f"sqlite:///{tmp_path / 'bot.db'}")
    yield database
    await database.aclose()


async def test_an_article_far_below_the_last_pick_is_told_why(database: Database) -> None:
    settings = ChannelSettings(max_articles=2, min_quality=0.3)
    await declared(database, replace(channel(), settings=settings))
    async with database.begin() as tx:
        ids = await tx.articles.file([draft(number) for number in range(1, ARTICLES + 1)], NOW - HOUR)
        await tx.articles.save(
            [
                replace(
                    reading(article, story=article - 1 if article % 10 == 0 else article),
                    quality=Quality(round(0.9 - 0.006 * place, 4), QUALITY.parts),
                )
                for place, article in enumerate(ids)
            ]
        )
    compose = Compose(store=database, clock=FakeClock(NOW), jobs=LocalJobs())
    async with database.read() as view:
        (here,) = await view.channels.all()
        stored = await view.articles.get(ids)
    all_told = (await compose.account(here)).reasons
    for article in stored[::7]:
        gates = await compose.why(here, article)
        if article.id in all_told:
            assert gates[-1] == all_told[article.id] or not all(gate.passed for gate in gates)
            assert {gate.stage: gate for gate in gates}[all_told[article.id].stage] == all_told[article.id]
        else:
            assert all(gate.passed for gate in gates)
    assert {all_told[one.id].stage for one in stored[2::7]} >= {"limit", "min_quality"}
    assert (await compose.why(here, stored[9]))[-1].stage == "story"  # its story is told by the article before
    assert len(all_told) == ARTICLES - 2
