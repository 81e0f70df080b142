"""A digest chosen from the newest, then from older ones where they could matter, is the one chosen from all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.engine import contest
from bot.model import Digest, Quality
from bot.storage.database import Database
from tests.contract.things import NOW, QUALITY, channel, declared, draft, reading

AGES = (0, 1, 3, 5, 9, 20, 40, 90)  # days
LIMITS = (1, 3, 8, 16)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(f"sqlite:///{tmp_path}/bot.db")
    yield database
    await database.aclose()


async def articles_of(store: Database) -> None:
    """Of each age four, each better than the one before; the last of them is backlog."""
    for age in AGES:
        at = NOW - timedelta(days=age, hours=1)
        async with store.begin() as tx:
            drafts = [replace(draft(100 * age + n, baseline=n == 3), aged_from=at) for n in range(4)]
            ids = await tx.articles.file(drafts, at)
            scores = (0.5, 0.7, 0.9, 0.95)
            readings = [
                replace(reading(one), quality=Quality(score, QUALITY.parts))
                for one, score in zip(ids, scores, strict=True)
            ]
            await tx.articles.save(readings)


@pytest.mark.parametrize("interests", ["", "title"])
async def test_a_digest_is_as_if_all_had_been_looked_at(
    store: Database, monkeypatch: pytest.MonkeyPatch, interests: str
) -> None:
    await declared(store, channel())
    await articles_of(store)
    ages, looked = contest._AGES, []
    async with store.read() as view:
        (team,) = await view.channels.all()
        for limit in LIMITS:
            settings = replace(team.spec.settings, max_articles=limit, interests=interests)
            digest = Digest(
                id=0, key="k", at=NOW, state="due", channel=replace(team, spec=replace(team.spec, settings=settings))
            )
            found = {}
            for steps in (ages, ()):
                monkeypatch.setattr(contest, "_AGES", steps)
                found[steps] = await contest.contest(view, digest, team.id, {})
            assert found[ages].digest.items == found[()].digest.items
            assert len(found[ages].picked) == limit
            looked.append(found[ages].digest.considered < found[()].digest.considered)
    assert looked == [True, True, True, False]


async def test_outlines_are_of_a_time_and_without_the_backlog(store: Database) -> None:
    (team,) = await declared(store)
    await articles_of(store)
    home = channel().home
    async with store.read() as view:
        all_of_it = await view.candidates.outlines(team, home, before=NOW, backlog=True)
        fresh = await view.candidates.outlines(team, home, before=NOW, backlog=False)
        recent = await view.candidates.outlines(team, home, before=NOW, since=NOW - timedelta(days=4), backlog=False)
        older = await view.candidates.outlines(team, home, before=NOW - timedelta(days=4), backlog=False)
    assert (len(all_of_it), len(fresh), len(recent)) == (32, 24, 9)
    assert {*recent, *older} == {*fresh}
