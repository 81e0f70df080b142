"""The contract of `Sources`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import StorageError
from bot.model import Move, Reason, Rhythm, SourceReport, SourceSpec, Standing, Validators, Workspace
from bot.ports import Store
from tests.contract.conftest import Opened
from tests.contract.things import HOUR, NOW, channel, composed, declared, draft, post, read_articles, vote

FEED = SourceSpec(address="https://example.org/feed", category="ai", every=timedelta(minutes=5), max_age=timedelta(7))
FOLDER = SourceSpec(address="/srv/articles")
TEAM = Workspace("slack", "T1")


async def test_a_source_comes_back_as_it_was_declared(store: Store) -> None:
    async with store.begin() as tx:
        await tx.sources.declare([FEED, FOLDER], NOW)
    async with store.read() as view:
        feed, folder = await view.sources.all()
    assert (feed.spec, feed.origin, feed.state, feed.next_at) == (FEED, "file", "new", NOW)
    assert folder.spec == FOLDER


async def test_one_no_longer_declared_goes_and_those_added_by_command_stay(store: Store) -> None:
    async with store.begin() as tx:
        await tx.sources.declare([FEED], NOW)
        added = await tx.sources.add(FOLDER, NOW)
        await tx.articles.file([draft(1, source=1)], NOW)
        await tx.sources.declare([], NOW)
        assert [one.id for one in await tx.sources.all()] == [added.id]
        assert len(await tx.articles.find("", 9)) == 1
        await tx.sources.declare([FEED], NOW + HOUR)
        again = next(one for one in await tx.sources.all() if one.spec == FEED)
    assert (again.id, again.state, again.next_at) == (1, "new", NOW + HOUR)


async def test_declaring_again_keeps_the_state_and_a_shorter_interval_brings_it_forward(store: Store) -> None:
    report = SourceReport(source_id=1, next_at=NOW + 9 * HOUR, validators=Validators("e"), title="T", succeeded_at=NOW)
    async with store.begin() as tx:
        await tx.sources.declare([FEED], NOW)
        await tx.sources.report([report])
        await tx.sources.declare([replace(FEED, every=HOUR, category="biz")], NOW)
        (source,) = await tx.sources.all()
    assert (source.state, source.title, source.validators, source.next_at) == ("ok", "T", Validators("e"), NOW + HOUR)
    assert source.spec.category == "biz"


async def test_an_address_that_is_there_is_given_back_as_it_is(store: Store) -> None:
    async with store.begin() as tx:
        await tx.sources.declare([FEED], NOW)
        known = await tx.sources.add(SourceSpec(address=FEED.address, category="other"), NOW)
    assert (known.spec, known.origin) == (FEED, "file")


async def test_what_was_added_can_be_removed_and_added_again(store: Store) -> None:
    async with store.begin() as tx:
        source = await tx.sources.add(FEED, NOW)
        await tx.sources.remove(source.id)
        assert await tx.sources.all() == ()
        assert await tx.sources.claim(NOW, NOW + HOUR, 9) == ()
        assert (await tx.sources.add(FEED, NOW)).origin == "command"


@pytest.mark.parametrize(("source_id", "words"), [(99, "unknown"), (1, "configuration file")])
async def test_an_unknown_or_declared_source_cannot_be_removed(store: Store, source_id: int, words: str) -> None:
    async with store.begin() as tx:
        await tx.sources.declare([FEED], NOW)
    with pytest.raises(StorageError, match=words):
        async with store.begin() as tx:
            await tx.sources.remove(source_id)


async def test_a_claim_takes_those_due_oldest_first_and_nobody_takes_them_twice(opened: Opened) -> None:
    one, other = await opened(), await opened()
    async with one.begin() as tx:
        for number, when in enumerate((NOW, NOW - HOUR, NOW + HOUR)):
            await tx.sources.add(SourceSpec(address=f"https://example.org/{number}"), when)
    async with one.begin() as tx:
        first = await tx.sources.claim(NOW, NOW + HOUR, 1)
    async with other.begin() as tx:
        second = await tx.sources.claim(NOW, NOW + HOUR, 9)
        assert await tx.sources.claim(NOW, NOW + HOUR, 9) == ()
    assert [source.id for source in (*first, *second)] == [2, 1]
    assert first[0].next_at == NOW + HOUR


async def test_reports_tell_success_and_failure(store: Store) -> None:
    async with store.begin() as tx:
        await tx.sources.declare([FEED], NOW)
        good = SourceReport(
            source_id=1, next_at=NOW + HOUR, validators=Validators("e", "l", "b"), title="Feed", succeeded_at=NOW
        )
        await tx.sources.report([good])
        bad = SourceReport(source_id=1, next_at=NOW + 2 * HOUR, error="404")
        await tx.sources.report([bad])
        await tx.sources.report([bad])
        (failing,) = await tx.sources.all()
        await tx.sources.report([replace(good, title=None)])
        (mended,) = await tx.sources.all()
    assert (failing.state, failing.failures, failing.error, failing.next_at) == ("failing", 2, "404", NOW + 2 * HOUR)
    assert (failing.last_success, failing.validators) == (NOW, Validators("e", "l", "b"))
    assert (mended.state, mended.failures, mended.error, mended.title) == ("ok", 0, None, "Feed")


async def test_what_is_known_of_a_source_comes_back_and_is_forgotten_where_it_went_astray(store: Store) -> None:
    instead, move = "https://example.org/feed.xml", Move("https://example.org/new.xml", NOW, 2)
    good = SourceReport(
        source_id=1,
        next_at=NOW + HOUR,
        validators=Validators("e"),
        succeeded_at=NOW,
        reads=instead,
        move=move,
        rhythm=Rhythm(gap=HOUR, newest=NOW, asked=2 * HOUR),
    )
    busy = SourceReport(source_id=1, next_at=NOW + HOUR, error="429", fault=Reason("error.status", {"status": 429}))
    async with store.begin() as tx:
        await tx.sources.declare([FEED], NOW)
        await tx.sources.report([good])
        await tx.sources.report([busy])
        (source,) = await tx.sources.all()
        asked = [await tx.sources.all(TEAM, at=one) for one in (FEED.address, instead, "https://example.org/other")]
        assert asked == [(source,), (source,), ()]
        assert (source.address, source.move, source.rhythm, source.fault) == (instead, move, good.rhythm, busy.fault)
        assert (await tx.sources.add(SourceSpec(address=instead), NOW)).id == 1
        await tx.sources.report([replace(busy, astray=True)])
        (home,) = await tx.sources.all()
    assert (home.address, home.move, home.validators, home.failures) == (FEED.address, None, Validators(), 2)


async def test_one_that_was_not_asked_is_put_off_and_nothing_else(store: Store) -> None:
    async with store.begin() as tx:
        await tx.sources.declare([FEED], NOW)
        (before,) = await tx.sources.all()
        await tx.sources.report([SourceReport(source_id=1, next_at=NOW + HOUR, put_off=True)])
        assert await tx.sources.all() == (replace(before, next_at=NOW + HOUR),)


async def test_many_are_added_at_once_and_only_the_new_ones_are_given_back(store: Store) -> None:
    many = [SourceSpec(address=f"https://example.org/{number}", category="ai") for number in range(5)]
    async with store.begin() as tx:
        await tx.sources.add(many[0], NOW)
        gone = await tx.sources.add(many[1], NOW)
        await tx.sources.remove(gone.id)
        added = await tx.sources.add_all(many, NOW + HOUR)
        assert {source.spec.address for source in added} == {spec.address for spec in many[1:]}
        assert {(source.state, source.origin, source.next_at) for source in added} == {("new", "command", NOW + HOUR)}
        assert gone.id in {source.id for source in added}
        assert len(await tx.sources.all()) == 5
        assert await tx.sources.add_all(many, NOW) == ()


async def test_one_left_alone_is_not_claimed_until_somebody_adds_it_again(store: Store) -> None:
    async with store.begin() as tx:
        await tx.sources.declare([FEED], NOW)
        await tx.sources.report([SourceReport(source_id=1, next_at=NOW + HOUR, error="410", paused=True)])
        assert await tx.sources.claim(NOW + 9 * HOUR, NOW + 10 * HOUR, 10) == ()
        await tx.sources.declare([FEED], NOW + 9 * HOUR)  # a restart is no reason to try again
        assert await tx.sources.claim(NOW + 20 * HOUR, NOW + 21 * HOUR, 10) == ()
        woken = await tx.sources.add(FEED, NOW + 21 * HOUR)
        assert (woken.id, woken.state, woken.origin, woken.failures) == (1, "failing", "file", 0)
        assert [source.id for source in await tx.sources.claim(NOW + 21 * HOUR, NOW + 22 * HOUR, 10)] == [1]


async def test_standing_counts_what_was_posted_once_and_votes_for_and_against(store: Store) -> None:
    async with store.begin() as tx:
        await tx.sources.declare([FEED, FOLDER], NOW)
    stored = await read_articles(store, 2, source=1)
    for number, channel_id in enumerate(await declared(store, channel("a"), channel("b"))):
        await post(store, await composed(store, channel_id, stored, key=f"k{number}"), parts=2)
    async with store.begin() as tx:
        await tx.articles.file([draft(1, source=2)], NOW)  # the second source carries it too
        first, second = (one.id for one in stored)
        await tx.votes.cast(
            [vote(first), vote(first, voter="v2", value=-1), vote(second, value=1), vote(second, ballot="x", value=0)]
        )
        standings = await tx.sources.standings()
    assert standings == {
        1: Standing(posted=1, valued=2, unvalued=1, voters=2),
        2: Standing(posted=1, valued=1, unvalued=1, voters=2),
    }
