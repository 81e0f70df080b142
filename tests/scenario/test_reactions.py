"""Reactions that come early, late, twice, or while nobody listened: what becomes a vote, and which one."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import App
from bot.errors import ChannelLost, OutcomeUnknown, PlatformUnavailable
from bot.model import MessageRef, Reaction, VoteResult
from tests.fakes.clock import FakeClock
from tests.fakes.platform import FakePlatform
from tests.scenario.steps import posted, tally
from tests.scenario.world import CONFIG, read_all, world


@dataclass
class Scene:
    app: App
    platform: FakePlatform
    digest: int

    @property
    def clock(self) -> FakeClock:
        assert isinstance(self.app.clock, FakeClock)
        return self.app.clock

    async def deliver(self) -> None:
        await self.app.engine.deliver.digest(self.digest)

    async def tally(self) -> dict[str, int]:
        async with self.app.store.read() as view:
            tallies = await view.votes.tallies([])
        return {emoji: count for tally in tallies for emoji, count in tally.counts.items()}


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """A digest in the outbox of a platform in memory; message m1 is its header, m2 its first article."""
    platform = FakePlatform()
    async with world(tmp_path, FakeClock(), config=CONFIG + 'ballots = ["value", "emotion"]\nseed = []\n') as app:
        app.platforms["web"] = platform  # type: ignore[index]
        await read_all(app)
        async with app.store.read() as view:
            channel = await view.channels.named("web")
        assert channel is not None
        digest = await app.engine.compose.settle(await app.engine.compose.open_now(channel))
        yield Scene(app, platform, digest.id)


def reaction(emoji: str = "👍", *, member: str = "ada", message: str = "m2") -> Reaction:
    ref = MessageRef("web", "web", "web", message)
    return Reaction(platform="web", workspace="web", place="web", member=member, emoji=emoji, ref=ref)


async def test_a_reaction_on_a_message_that_is_not_saved_yet_waits_for_it_and_stays_the_first(scene: Scene) -> None:
    record = scene.app.engine.record
    entered, leave = asyncio.Event(), asyncio.Event()
    post = scene.platform.post

    async def slow_answer(posting):  # the message is there for all to see; the bot does not know yet
        ref = await post(posting)
        if ref.message == "m2":
            entered.set()
            await leave.wait()
        return ref

    scene.platform.post = slow_answer  # type: ignore[method-assign]
    delivery = asyncio.create_task(scene.deliver())
    await entered.wait()
    early = asyncio.create_task(record.reaction(reaction("👍")))
    later = asyncio.create_task(record.reaction(reaction("👎")))
    await asyncio.sleep(0)
    assert not early.done()
    leave.set()
    await delivery
    assert (await early).result == VoteResult.RECORDED
    assert (await later).option == "👍"
    assert await scene.tally() == {"👍": 1}


async def test_a_reaction_on_a_message_that_is_none_of_ours_is_no_vote(scene: Scene) -> None:
    await scene.deliver()
    for message in ("m1", "somebody else's"):
        outcome = await scene.app.engine.record.reaction(reaction(message=message))
        assert outcome.result == VoteResult.NOT_A_VOTE


async def test_a_reaction_waits_only_so_long_for_a_message_that_never_comes(scene: Scene) -> None:
    scene.platform.errors = [OutcomeUnknown("dropped")]
    await scene.deliver()  # unsure: the message may be there
    outcome = await scene.app.engine.record.reaction(reaction(message="m99"))
    assert outcome.result == VoteResult.NOT_A_VOTE


async def test_after_the_voting_time_a_ballot_is_closed(scene: Scene) -> None:
    await scene.deliver()
    scene.clock.advance(days=14, seconds=1)
    assert (await scene.app.engine.record.reaction(reaction())).result == VoteResult.CLOSED
    assert await scene.app.engine.reread.missed("web") == 0


async def test_what_members_hold_after_downtime_is_their_vote_unless_they_hold_several(scene: Scene) -> None:
    await scene.deliver()
    record, reread = scene.app.engine.record, scene.app.engine.reread
    await record.reaction(reaction("👎", member="ada"))
    scene.platform.held = [
        reaction("👍", member="ada"),  # has voted; this changes nothing
        reaction("👍", member="bob"),
        reaction("👍🏽", member="bob"),  # the same option
        reaction("👍", member="cid"),
        reaction("👎", member="cid"),  # which came first nobody knows
        reaction("😀", member="cid"),  # another ballot
        reaction("🍕", member="dan"),
    ]
    assert await reread.digest(scene.digest) == 2
    assert await reread.digest(scene.digest) == 0
    assert await scene.tally() == {"👎": 1, "👍": 1, "😀": 1}
    scene.platform.held = [reaction("👎", member="cid")]  # one remains
    await reread.digest(scene.digest)
    assert await scene.tally() == {"👎": 2, "👍": 1, "😀": 1}


async def test_a_platform_out_of_reach_is_read_again_later(scene: Scene) -> None:
    await scene.deliver()
    scene.platform.held = [reaction()]
    read, failures = scene.platform.reactions_of, 2

    async def failing(refs):
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise PlatformUnavailable("down", retry_after=9)
        async for one in read(refs):
            yield one

    scene.platform.reactions_of = failing  # type: ignore[method-assign]
    before = scene.clock.now()
    assert await scene.app.engine.reread.digest(scene.digest) == 1
    assert scene.clock.now() - before >= timedelta(seconds=18)


async def test_members_who_reacted_on_a_message_of_unknown_fate_are_counted_once_it_is_found(scene: Scene) -> None:
    scene.platform.errors, scene.platform._keeps = [OutcomeUnknown("dropped")], True
    asked: list[int] = []
    defer = scene.app.jobs.defer

    async def noted(tx, task, **ids):
        if task == "reread":
            asked.append(ids["digest"])
        await defer(tx, task, **ids)

    scene.app.jobs.defer = noted  # type: ignore[method-assign]
    await scene.deliver()
    scene.clock.advance(minutes=1)
    await scene.deliver()
    assert asked == [scene.digest]


@pytest.mark.file
async def test_what_was_missed_is_read_again_now_and_then_for_a_day(scene: Scene) -> None:
    await scene.deliver()
    asked: list[int] = []

    async def noted(_tx, _task, **ids):
        asked.append(ids["digest"])

    scene.app.jobs.defer = noted  # type: ignore[method-assign]
    await scene.app.engine.reread.recent()
    scene.clock.advance(days=1, seconds=1)
    await scene.app.engine.reread.recent()
    assert asked == [scene.digest]
    assert await scene.app.engine.reread.missed("web") == 1


async def test_who_holds_several_is_told_once_that_nothing_is_counted_and_who_has_voted_is_not(scene: Scene) -> None:
    told: list[tuple[str, str, tuple[str, ...]]] = []

    async def tell_undecided(reaction: Reaction, *, title: str, options: tuple[str, ...]) -> None:
        told.append((reaction.member, title, options))

    scene.platform.tell_undecided = tell_undecided  # type: ignore[attr-defined]
    await scene.deliver()
    await scene.app.engine.record.reaction(reaction("👍", member="ada"))
    scene.platform.held = [reaction(emoji, member=member) for member in ("ada", "bob") for emoji in ("👎", "👍")]
    for _ in range(3):
        assert await scene.app.engine.reread.digest(scene.digest) == 0
    assert told == [("bob", scene.platform.titles[0], ("👎", "👍"))]
    assert await scene.tally() == {"👍": 1}


@pytest.mark.parametrize("lost", [False, True])
async def test_the_same_article_in_two_channels_of_a_workspace_is_one_ballot_after_downtime_too(
    tmp_path: Path, lost: bool
) -> None:
    platform = FakePlatform()
    twin = CONFIG.rpartition("[[channels]]")[2].replace('"web"', '"twin"', 1)
    async with world(tmp_path, FakeClock(), config=f"{CONFIG}[[channels]]{twin}") as app:
        app.platforms["web"] = platform  # type: ignore[index]
        await read_all(app)
        digests = [await posted(app, name=name) for name in ("web", "twin")]
        here, there = (
            next(
                MessageRef("web", "web", place, name)
                for name, one in platform.messages.items()
                if one.channel.name == place and one.message.rank == 1
            )
            for place in ("web", "twin")
        )
        platform.held = [
            *(replace(reaction(emoji), ref=ref, place=ref.place) for emoji, ref in (("👍", here), ("👎", there))),
            replace(reaction("👍", member="bob"), ref=here),
        ]
        read = platform.reactions_of

        async def reactions_of(refs):
            if lost and there in refs:
                raise ChannelLost("gone", fix="invite it")
            async for one in read(refs):
                yield one

        platform.reactions_of = reactions_of  # type: ignore[method-assign]
        assert await app.engine.reread.digest(digests[0]) == (2 if lost else 1)
        assert await tally(app) == {"👍": 2 if lost else 1}
