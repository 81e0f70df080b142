"""The contract of `Channels` and `Schedules`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.model import Ballot, BallotOption, ChannelSettings, ChannelSpec, Occurrence, Served
from bot.ports import Store
from tests.contract.things import HOUR, NOW, channel, composed, declared, due, post, read_articles, reading

SETTINGS = ChannelSettings(
    schedule="30 8 * * mon-fri",
    timezone="Asia/Taipei",
    locale="zh-Hant",
    max_articles=3,
    min_quality=0.55,
    categories=("ai", "biz"),
    ballots=(Ballot("value", "Worth it?", (BallotOption("👍", "Yes", 1), BallotOption("👎", "No", -1.5))),),
    seed=("value",),
    layout="thread",
    catch_up=timedelta(hours=1, microseconds=1),
    quiet="say",
    must=("/a/i",),
    must_not=('"',),
    interests="open models",
    admins=("U1",),
)


async def test_a_channel_comes_back_as_it_was_declared(store: Store) -> None:
    spec = ChannelSpec(name="ai-team", platform="slack", place="C1", workspace="T1", settings=SETTINGS)
    (channel_id,) = await declared(store, spec)
    async with store.read() as view:
        found = await view.channels.named("ai-team")
        assert await view.channels.named("nobody") is None
    assert found is not None
    assert (found.id, found.spec, found.origin, found.paused, found.next_run) == (channel_id, spec, "file", None, None)


async def test_declaring_again_updates_and_one_no_longer_declared_stops(store: Store) -> None:
    await declared(store, channel("a"), channel("b"))
    moved = replace(channel("a"), place="elsewhere")
    await declared(store, moved)
    async with store.begin() as tx:
        a, b = await tx.channels.all()
        assert [one.name for one in await tx.schedules.due(NOW, 9)] == ["a"]
    assert (a.spec, a.paused) == (moved, None)
    assert b.paused is not None
    await declared(store, moved, channel("b"))
    async with store.read() as view:
        assert [(one.id, one.paused) for one in await view.channels.all()] == [(a.id, None), (b.id, None)]


async def test_a_pause_outlives_a_restart_but_not_a_move(store: Store) -> None:
    (channel_id,) = await declared(store)
    async with store.begin() as tx:
        await tx.channels.pause(channel_id, "not allowed to post")
    await declared(store)
    async with store.read() as view:
        assert (await view.channels.all())[0].paused == "not allowed to post"
    await declared(store, replace(channel(), place="elsewhere"))
    async with store.begin() as tx:
        assert (await tx.channels.all())[0].paused is None
        await tx.channels.pause(channel_id, "again")
        await tx.channels.pause(channel_id, None)
        assert (await tx.channels.all())[0].paused is None


async def test_due_are_those_whose_time_has_come_longest_overdue_first(store: Store) -> None:
    names = ["early", "late", "future", "never worked out", "paused", "only when asked"]
    ids = await declared(store, *(channel(n, schedule=None if n == "only when asked" else "0 9 * * *") for n in names))
    async with store.begin() as tx:
        for channel_id, at in zip(ids, (NOW - 2 * HOUR, NOW, NOW + HOUR), strict=False):
            await tx.schedules.plan({channel_id: Occurrence(at, "key")})
        await tx.channels.pause(ids[4], "because")
    async with store.begin() as tx:
        assert [one.name for one in await tx.schedules.due(NOW, 9)] == ["never worked out", "early", "late"]
        assert [one.name for one in await tx.schedules.due(NOW, 1)] == ["never worked out"]


async def test_the_next_run_is_kept_and_can_be_cleared(store: Store) -> None:
    (channel_id,) = await declared(store)
    async with store.begin() as tx:
        assert (await tx.schedules.planned([channel_id])).get(channel_id) is None
        await tx.schedules.plan({channel_id: Occurrence(NOW, "2026-03-02T09:00")})
        assert (await tx.schedules.planned([channel_id])).get(channel_id) == Occurrence(NOW, "2026-03-02T09:00")
        assert (await tx.channels.all())[0].next_run == NOW
        await tx.schedules.plan({channel_id: None})
        assert (await tx.schedules.planned([channel_id])).get(channel_id) is None


async def test_a_slot_opens_once_in_a_channel(store: Store) -> None:
    here, there = await declared(store, channel("a"), channel("b"))
    digest = await due(store, here, "slot")
    async with store.begin() as tx:
        slots = {one: Occurrence(NOW, "slot") for one in (here, there)}
        opened = await tx.schedules.open(slots)
        assert opened.keys() == {there}
        assert opened[there] != digest
        assert await tx.schedules.open(slots) == await tx.schedules.open({}) == {}
        found = await tx.outbox.digest(digest)
    assert (found.key, found.at, found.state, found.channel.name) == ("slot", NOW, "due", "a")


async def test_a_new_schedule_has_to_be_worked_out_anew(store: Store) -> None:
    (channel_id,) = await declared(store)
    planned = Occurrence(NOW, "key")
    async with store.begin() as tx:
        await tx.schedules.plan({channel_id: planned})
    await declared(store)  # as it was
    async with store.begin() as tx:
        assert (await tx.schedules.planned([channel_id])).get(channel_id) == planned
        await tx.channels.reschedule(channel_id, cron="0 7 * * *", timezone=None)
        assert (await tx.schedules.planned([channel_id])).get(channel_id) is None
        await tx.schedules.plan({channel_id: planned})
        await tx.channels.reschedule(channel_id, cron=None, timezone="UTC")
        settings = (await tx.channels.all())[0].settings
        assert (await tx.schedules.planned([channel_id])).get(channel_id) is None
    assert (settings.schedule, settings.timezone) == ("0 7 * * *", "UTC")


async def test_a_schedule_set_by_command_lasts_until_the_file_says_something_else(store: Store) -> None:
    (channel_id,) = await declared(store)
    async with store.begin() as tx:
        await tx.channels.reschedule(channel_id, cron="0 7 * * *", timezone="UTC")
    await declared(store)
    async with store.read() as view:
        assert (await view.channels.all())[0].settings.schedule == "0 7 * * *"
    await declared(store, channel(schedule="0 8 * * *"))
    async with store.read() as view:
        settings = (await view.channels.all())[0].settings
    assert (settings.schedule, settings.timezone) == ("0 8 * * *", "Europe/London")


async def test_a_channel_that_stopped_starts_again_without_making_up_for_the_time_between(store: Store) -> None:
    (channel_id,) = await declared(store)
    async with store.begin() as tx:
        await tx.schedules.plan({channel_id: Occurrence(NOW, "key")})
    await declared(store, channel("other"))
    await declared(store, channel())
    async with store.read() as view:
        assert (await view.schedules.planned([channel_id])).get(channel_id) is None


async def test_served_are_stories_with_their_first_digest_and_all_that_was_told(store: Store) -> None:
    (channel_id,) = await declared(store)
    stored = await read_articles(store, 3)
    async with store.begin() as tx:
        await tx.articles.save([reading(3, story=1)])
        assert await tx.channels.served(channel_id) == ()
    first = await composed(store, channel_id, stored[:2], key="a")
    second = await composed(store, channel_id, stored[2:], key="b")
    async with store.begin() as tx:
        both = await tx.channels.served(channel_id)
        await tx.schedules.drop(second)
        one = await tx.channels.served(channel_id)
    assert both == (Served(1, first, ("Shown 1", "Shown 3")), Served(2, first, ("Shown 2",)))
    assert one == (Served(1, first, ("Shown 1",)), Served(2, first, ("Shown 2",)))


async def test_history_is_what_was_composed_newest_first(store: Store) -> None:
    here, there = await declared(store, channel("a"), channel("b"))
    stored = await read_articles(store, 3)
    digests = [await composed(store, here, [one], key=f"k{one.id}") for one in stored]
    await composed(store, there, stored, key="other")
    await due(store, here, "due")
    await post(store, digests[0], parts=2)
    async with store.begin() as tx:
        await tx.schedules.drop(digests[1])
    async with store.read() as view:
        history = await view.channels.history(here, None, 9)
        assert [one.id for one in await view.channels.history(here, digests[2], 9)] == [digests[0]]
        assert [one.id for one in await view.channels.history(here, None, 1)] == [digests[2]]
    assert [(one.id, one.state, one.considered) for one in history] == [
        (digests[2], "composed", 7),
        (digests[0], "posted", 7),
    ]
    assert [[item.article.id for item in one.items] for one in history] == [[3], [1]]
    assert [[message.title for message in one.messages] for one in history] == [[], ["Digest", "Title 1"]]


async def test_a_channel_is_lost_once_and_given_back_only_where_it_was_lost(store: Store) -> None:
    (channel_id,) = await declared(store)
    async with store.begin() as tx:
        assert not await tx.channels.pause(channel_id, None, lost=True)  # it was never lost
        assert await tx.channels.pause(channel_id, "no permission", lost=True)
        assert not await tx.channels.pause(channel_id, "no permission", lost=True)
        (channel,) = await tx.channels.all()
        assert (channel.paused, channel.lost) == ("no permission", True)
        assert await tx.channels.pause(channel_id, None, lost=True)
        await tx.channels.pause(channel_id, "holiday")
        assert not await tx.channels.pause(channel_id, "no permission", lost=True)
        assert not await tx.channels.pause(channel_id, None, lost=True)
        (channel,) = await tx.channels.all()
    assert (channel.paused, channel.lost) == ("holiday", False)


async def test_a_workspace_that_was_learnt_stays_until_the_channel_moves(store: Store) -> None:
    spec = ChannelSpec(name="team", platform="discord", place="1", workspace="")
    (channel_id,) = await declared(store, spec)
    async with store.begin() as tx:
        await tx.channels.locate(channel_id, "guild")
        await tx.channels.declare([spec])
        assert (await tx.channels.all())[0].spec.workspace == "guild"
        await tx.channels.declare([replace(spec, place="2")])
        assert (await tx.channels.all())[0].spec.workspace == ""


async def test_nothing_is_leased_for_a_channel_that_is_paused_or_elsewhere(store: Store) -> None:
    (channel_id,) = await declared(store)
    digest = await composed(store, channel_id, await read_articles(store, 1))
    async with store.begin() as tx:
        assert await tx.outbox.lease(digest, token="t", now=NOW, until=NOW + HOUR, platforms=["discord"]) is None
        await tx.channels.pause(channel_id, "holiday")
        assert await tx.outbox.lease(digest, token="t", now=NOW, until=NOW + HOUR) is None
        await tx.channels.pause(channel_id, None)
        posting = await tx.outbox.lease(digest, token="t", now=NOW, until=NOW + HOUR, platforms=["web"])
    assert posting is not None
    assert posting.attempts == 1
