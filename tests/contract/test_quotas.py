"""What a workspace may take of the house: it is told where that ends, and nothing is lost, on every store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.commands import Commands
from bot.commands.quota import Quota
from bot.engine import Engine, engine_of
from bot.jobs.local import LocalJobs
from bot.model import Channel, ChannelSettings, ChannelSpec, Command, Limits, Reply, Workspace
from bot.ports import Store
from tests.contract.things import HOUR, NOW, draft, reading
from tests.fakes.clock import FakeClock
from tests.fakes.fetcher import FakeFetcher
from tests.fakes.platform import FakePlatform
from tests.fakes.reader import InlineReader

FEED = "<rss version='2.0'><channel><title>F</title><item><title>News</title><link>{0}/1</link></item></channel></rss>"
FEEDS = [f"https://feed{number}.example" for number in range(4)]


class Town:
    """Two workspaces on one bot: `one` with two channels, `two` with one."""

    def __init__(self, store: Store, *, commands: int = 1000, **limits: int) -> None:
        self.store, self.clock, self.platform = store, FakeClock(NOW), FakePlatform()
        self.engine: Engine = engine_of(
            store=store,
            clock=self.clock,
            fetcher=FakeFetcher({address: FEED.format(address) for address in FEEDS}),
            reader=InlineReader(),
            jobs=LocalJobs(),
            platforms={"slack": self.platform},
            secret=b"secret",
            voting=timedelta(days=14),
            limits=Limits(**limits),
        )
        rate = Quota(workspace=commands)
        self._commands = Commands(store=store, engine=self.engine, clock=self.clock, rate=rate)

    async def opens(self) -> None:
        settings = ChannelSettings(max_articles=3, min_quality=0, catch_up=3 * HOUR)
        places = {"a": "T1", "b": "T1", "c": "T2"}
        async with self.store.begin() as tx:
            await tx.channels.declare(
                [
                    ChannelSpec(name=name, platform="slack", place=name, workspace=workspace, settings=settings)
                    for name, workspace in places.items()
                ]
            )

    async def channel(self, name: str) -> Channel:
        async with self.store.read() as view:
            found = await view.channels.named(name)
        assert found is not None
        return found

    async def asks(self, where: str, line: str) -> Reply:
        name, _, text = line.removeprefix("/").partition(" ")
        home = (await self.channel(where)).spec.home
        return await self._commands.answer(
            Command(
                name=name,
                text=text,
                platform=home.platform,
                workspace=home.name,
                place=where,
                member="ada",
                admin=True,
            )
        )

    async def reads(self, *numbers: int) -> None:
        """Articles of the house, each a story of its own."""
        async with self.store.begin() as tx:
            ids = await tx.articles.file([draft(number) for number in numbers], self.clock.now())
            await tx.articles.save([reading(one, bands=(one,)) for one in ids])
        self.clock.advance(seconds=1)

    async def posts(self) -> Sequence[str]:
        """Delivers what is composed, tells what is to be told; the titles posted by now."""
        async with self.store.read() as view:
            waiting = await view.outbox.waiting(self.clock.now(), 99)
        for digest in waiting:
            await self.engine.deliver.digest(digest)
        await self.engine.tell.round()
        return self.platform.titles


async def town_of(store: Store, *, commands: int = 1000, **limits: int) -> Town:
    town = Town(store, commands=commands, **limits)
    await town.opens()
    return town


async def test_a_workspace_has_so_many_sources_of_its_own_and_is_told_how_to_have_more(store: Store) -> None:
    town = await town_of(store, sources=2)
    for address in FEEDS[:2]:
        assert not (await town.asks("a", f"/sources add {address}")).failed
    refused = await town.asks("b", f"/sources add {FEEDS[2]}")
    assert refused.failed
    assert "has its 2 sources" in refused.text
    assert "[quotas] sources" in refused.text
    assert not (await town.asks("a", f"/sources add {FEEDS[0]}")).failed  # which it has
    assert len((await town.asks("a", "/sources list")).rows) == 2
    assert not (await town.asks("c", f"/sources add {FEEDS[2]}")).failed  # another workspace
    assert not (await town.asks("a", f"/sources remove {FEEDS[0]}")).failed
    assert not (await town.asks("b", f"/sources add {FEEDS[2]}")).failed


async def test_what_the_house_adds_counts_for_nobody(store: Store) -> None:
    town = await town_of(store, sources=1)
    entries = [entry for one in FEEDS[:3] for entry in await _listed(town, one)]
    assert [one.outcome async for one in town.engine.subscriptions.add(entries, check=False)] == ["added"] * 3
    assert not (await town.asks("a", f"/sources add {FEEDS[3]}")).failed


async def _listed(town: Town, address: str) -> Sequence[object]:
    from bot.engine.subscriptions import entries_of

    return entries_of(f"<opml><body><outline xmlUrl='{address}'/></body></opml>".encode(), "list")


async def test_a_workspace_has_so_many_commands_in_an_hour(store: Store) -> None:
    town = await town_of(store, commands=3)
    assert [(await town.asks(where, "/help")).failed for where in "aba"] == [False] * 3
    refused = await town.asks("b", "/help")
    assert refused.failed
    assert "3 commands of an hour" in refused.text
    assert "[quotas] commands" in refused.text
    assert not (await town.asks("c", "/help")).failed
    town.clock.advance(hours=1)
    assert not (await town.asks("b", "/help")).failed


async def test_a_digest_over_the_messages_of_a_day_is_cut_and_the_rest_comes_later(store: Store) -> None:
    town = await town_of(store, posts=7)
    await town.reads(1, 2, 3)
    assert not (await town.asks("a", "/digest now")).failed
    assert len(await town.posts()) == 3  # and a header: four of seven
    preview = await town.asks("b", "/digest preview")
    assert len(preview.messages) == 2
    assert "4 of the 7 messages" in preview.text
    left = await _left(town, "b")
    assert await _stages(town, "b", left) == {"Messages a day"}
    await town.asks("b", "/digest now")
    assert len(await town.posts()) == 5
    assert len(town.platform.notices) == 1
    assert "7 messages" in town.platform.notices[0]
    await town.asks("c", "/digest now")
    assert len(await town.posts()) == 8  # another workspace's are whole
    town.clock.advance(hours=24)
    await town.asks("b", "/digest now")
    assert len(await town.posts()) == 9  # the one that was left out
    assert len(town.platform.notices) == 1


async def _left(town: Town, name: str) -> int:
    """The article that a preview has no place for."""
    (composition,) = await town.engine.compose.preview(await town.channel(name))
    return next(iter({1, 2, 3} - {item.article.id for item in composition.digest.items}))


async def _stages(town: Town, where: str, article: int) -> set[str]:
    """The gates that an article does not pass."""
    return {row[1] for row in (await town.asks(where, f"/why {article}")).rows if row[0] == "✗"}


async def test_a_digest_waits_where_none_is_left_and_is_composed_when_there_is(store: Store) -> None:
    town = await town_of(store, posts=4)
    await town.reads(1, 2, 3)
    await town.asks("a", "/digest now")
    await town.posts()
    town.clock.advance(hours=22)
    waits = await town.asks("b", "/digest now")
    assert waits.failed
    assert "[quotas] posts" in waits.text
    assert "waits" in (await town.asks("b", "/digest preview")).text
    assert len(await town.posts()) == 3
    assert len(town.platform.notices) == 1
    town.clock.advance(hours=2.5)
    async with store.read() as view:
        (due,) = await view.schedules.in_state("due", 9)
    await town.engine.compose.settle(due.id)
    assert len(await town.posts()) == 6
    assert len(town.platform.notices) == 1


async def test_digests_composed_at_once_have_no_more_than_there_is(store: Store) -> None:
    town = await town_of(store, posts=5)
    await town.reads(1, 2, 3)
    compose = town.engine.compose
    one, other = [await compose.open_now(await town.channel(name)) for name in "ab"]
    async with store.read() as view:
        bounded = await compose.composition(view, await view.outbox.digest(other))
    assert len(bounded.digest.items) == 3
    await compose.settle(one)
    await compose.settle(other)
    assert len(await town.posts()) <= 4
    async with store.begin() as tx:
        assert await tx.quotas.messages(Workspace("slack", "T1"), NOW - HOUR, alone=True) <= 5


async def test_admins_are_told_again_after_a_while(store: Store) -> None:
    town = await town_of(store)
    channel, other = await town.channel("a"), await town.channel("b")
    async with store.begin() as tx:
        assert await tx.quotas.notice(channel, "posts", NOW, before=NOW - HOUR)
        assert not await tx.quotas.notice(other, "posts", NOW + HOUR / 2, before=NOW - HOUR / 2)
        assert [(one.name, kind) for one, kind in await tx.quotas.untold()] == [("a", "posts")]
        assert await tx.quotas.untold() == ()
        assert await tx.quotas.notice(other, "posts", NOW + 2 * HOUR, before=NOW + HOUR)
        assert [one.name for one, _ in await tx.quotas.untold()] == ["b"]
        assert await tx.quotas.notice(replace(channel, spec=(await town.channel("c")).spec), "posts", NOW, before=NOW)


async def test_a_quota_of_no_sources_lets_none_be_added(store: Store) -> None:
    town = await town_of(store, sources=0)
    assert (await town.asks("a", f"/sources add {FEEDS[0]}")).failed
