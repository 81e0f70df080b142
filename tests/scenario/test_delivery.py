"""What the outbox makes of a platform that goes wrong: nothing lost, nothing doubled, nobody nagged."""

from pathlib import Path

import pytest

from bot.app import App
from bot.errors import BotError, ChannelLost, OutcomeUnknown, PlatformUnavailable, PostingRejected
from bot.model import MessageRef, Posting
from tests.fakes.clock import FakeClock
from tests.fakes.platform import FakePlatform
from tests.scenario.world import CONFIG, read_all, world


async def composed(app: App, platform: FakePlatform) -> int:
    """A digest of three articles in the outbox, and the platform in place of the real one."""
    app.platforms["web"] = platform
    await read_all(app)
    async with app.store.read() as view:
        channel = await view.channels.named("web")
    assert channel is not None
    return (await app.engine.compose.settle(await app.engine.compose.open_now(channel))).id


async def state_of(app: App, digest: int) -> str:
    async with app.store.read() as view:
        return (await view.outbox.digest(digest)).state


@pytest.mark.parametrize(
    ("error", "keeps"),
    [
        (PlatformUnavailable("down"), False),
        (PlatformUnavailable("slow down", retry_after=60), False),
        (OutcomeUnknown("connection dropped"), False),
        (OutcomeUnknown("connection dropped after the message was taken"), True),
    ],
)
async def test_each_message_is_there_once_whatever_a_try_came_to(tmp_path: Path, error: BotError, keeps: bool) -> None:
    clock, platform = FakeClock(), FakePlatform(error, error, keeps=keeps)
    async with world(tmp_path, clock) as app:
        digest = await composed(app, platform)
        for _ in range(5):
            await app.engine.deliver.digest(digest)
            clock.advance(minutes=2)
        assert await state_of(app, digest) == "posted"
    assert len(platform.titles) == len(set(platform.titles)) == 3
    assert [posting.part for posting in platform.messages.values()] == [0, 1, 2, 3]


async def test_a_try_that_failed_for_certain_is_not_repeated_before_the_platform_wants(tmp_path: Path) -> None:
    clock, platform = FakeClock(), FakePlatform(PlatformUnavailable("slow down", retry_after=60))
    async with world(tmp_path, clock) as app:
        digest = await composed(app, platform)
        await app.engine.deliver.digest(digest)
        clock.advance(seconds=59)
        await app.engine.deliver.digest(digest)
        assert platform.posts == 1
        assert await app.engine.deliver.waiting() == ()
        clock.advance(seconds=2)
        assert await app.engine.deliver.waiting() == (digest,)


class Freezing(FakePlatform):
    """The process stands still while it looks for a message, for as long as nobody else waits for it."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(OutcomeUnknown("connection dropped"))
        self._clock = clock
        self.freezes = True

    async def find(self, posting: Posting) -> MessageRef | None:
        found = await super().find(posting)
        if self.freezes:
            self._clock.advance(minutes=1)
        return found


async def test_who_stood_still_past_its_lease_does_not_post_when_it_wakes(tmp_path: Path) -> None:
    """Another may have looked meanwhile too, and be posting now."""
    clock = FakeClock()
    platform = Freezing(clock)
    async with world(tmp_path, clock) as app:
        digest = await composed(app, platform)
        await app.engine.deliver.digest(digest)
        clock.advance(minutes=1)
        await app.engine.deliver.digest(digest)
        assert platform.posts == 1
        platform.freezes = False
        await app.engine.deliver.digest(digest)
        assert await state_of(app, digest) == "posted"
    assert [posting.part for posting in platform.messages.values()] == [0, 1, 2, 3]


async def test_a_rejected_message_is_left_out_and_the_next_ones_are_posted(tmp_path: Path) -> None:
    platform = FakePlatform(PostingRejected("too long"))
    async with world(tmp_path, FakeClock()) as app:
        digest = await composed(app, platform)
        await app.engine.deliver.digest(digest)
        assert await state_of(app, digest) == "posted"
    assert len(platform.titles) == 3


async def test_where_history_cannot_be_read_an_unknown_outcome_waits_for_a_human(tmp_path: Path) -> None:
    clock = FakeClock()
    platform = FakePlatform(OutcomeUnknown("dropped"), keeps=True, history=OutcomeUnknown("no history here"))
    async with world(tmp_path, clock) as app:
        digest = await composed(app, platform)
        for _ in range(3):
            await app.engine.deliver.digest(digest)
            clock.advance(minutes=10)
        assert await app.engine.deliver.waiting() == ()
        assert await state_of(app, digest) == "composed"
    assert platform.posts == 1
    (notice,) = platform.notices  # told once
    assert all(words in notice for words in ("“web digest”", "in web", "1 January 2026", "/digest settle missing"))


@pytest.mark.parametrize(("keeps", "there"), [(True, True), (False, False)])
async def test_what_a_human_saw_settles_it_and_the_rest_is_posted(tmp_path: Path, keeps: bool, there: bool) -> None:
    clock = FakeClock()
    platform = FakePlatform(OutcomeUnknown("dropped"), keeps=keeps, history=OutcomeUnknown("no history here"))
    async with world(tmp_path, clock) as app:
        digest = await composed(app, platform)
        for _ in range(2):
            await app.engine.deliver.digest(digest)
            clock.advance(minutes=10)
        async with app.store.read() as view:
            (uncertain,) = await view.outbox.uncertain()
        assert await app.engine.deliver.resolve(uncertain.posting, there=there)
        assert not await app.engine.deliver.resolve(uncertain.posting, there=not there)
        assert await app.engine.deliver.waiting() == (digest,)
        await app.engine.deliver.digest(digest)
        assert await state_of(app, digest) == "posted"
    assert [posting.part for posting in platform.messages.values()] == [0, 1, 2, 3]


async def test_a_lost_channel_is_paused_its_admin_told_once_and_goes_on_after_resuming(tmp_path: Path) -> None:
    clock, platform = FakeClock(), FakePlatform(ChannelLost("archived", fix="restore the channel"))
    async with world(tmp_path, clock) as app:
        digest = await composed(app, platform)
        for _ in range(3):
            await app.engine.deliver.digest(digest)
            clock.advance(minutes=1)
        assert platform.notices == ["archived: restore the channel"]
        assert platform.posts == 1
        async with app.store.begin() as tx:
            channel = await tx.channels.named("web")
            assert channel is not None
            assert channel.paused == "archived: restore the channel"
            await tx.channels.pause(channel.id, None)
        await app.engine.deliver.digest(digest)
        assert await state_of(app, digest) == "posted"
    assert len(platform.titles) == 3


async def test_the_seeds_come_after_all_messages_and_only_on_articles(tmp_path: Path) -> None:
    platform = FakePlatform()
    async with world(
        tmp_path, FakeClock(), config=CONFIG + 'ballots = ["value", "emotion"]\nseed = ["value"]\n'
    ) as app:
        digest = await composed(app, platform)
        await app.engine.deliver.digest(digest)
        assert await state_of(app, digest) == "posted"
    assert platform.seeds == {"m2": ("👍", "👎"), "m3": ("👍", "👎"), "m4": ("👍", "👎")}


async def test_seeds_of_unknown_fate_are_put_there_again_and_never_wait_for_a_human(tmp_path: Path) -> None:
    clock, platform = FakeClock(), FakePlatform()
    platform.seed_errors = [OutcomeUnknown("dropped")] * 3
    async with world(tmp_path, clock, config=CONFIG + 'ballots = ["value"]\nseed = ["value"]\n') as app:
        digest = await composed(app, platform)
        for _ in range(4):
            await app.engine.deliver.digest(digest)
            clock.advance(minutes=2)
        assert await state_of(app, digest) == "posted"
    assert len(platform.seeds) == 3
