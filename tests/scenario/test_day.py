"""Days of a channel under a fake clock: the right digest at the right time, once, silence where there is nothing."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.app import App
from bot.schedule.calendar import next_run, offset_of
from tests.fakes.clock import FakeClock
from tests.scenario.world import CONFIG, read_all, titles_posted, world, write_articles, write_world

EARLY = datetime(2026, 3, 2, 6, tzinfo=UTC)


async def beat(app: App) -> list[str]:
    """One round of everything; the slots of the digests that were settled."""
    await read_all(app)
    slots = []
    for digest in await app.engine.compose.tick():
        settled = await app.engine.compose.settle(digest)
        slots.append(f"{settled.key} {settled.state} {len(settled.items)}")
        await app.engine.deliver.digest(digest)
    await app.engine.compose.sweep()
    return slots


async def test_a_digest_comes_at_its_hour_and_never_repeats_an_article(tmp_path: Path) -> None:
    clock = FakeClock(EARLY)
    write_world(tmp_path, articles=7)
    async with world(tmp_path, clock) as app:
        assert await beat(app) == []
        clock.set(EARLY + timedelta(hours=3))
        assert await beat(app) == ["2026-03-02T09:00 composed 5"]
        assert await beat(app) == []
        clock.advance(days=1)
        assert await beat(app) == ["2026-03-03T09:00 composed 2"]
        clock.advance(days=1)
        assert await beat(app) == ["2026-03-04T09:00 quiet 0"]
        titles = await titles_posted(app, "web")
    assert len(titles) == len(set(titles)) == 7


async def test_what_comes_during_the_day_is_in_the_next_digest(tmp_path: Path) -> None:
    clock = FakeClock(EARLY)
    write_world(tmp_path, articles=1)
    async with world(tmp_path, clock) as app:
        await beat(app)
        clock.set(EARLY + timedelta(hours=3))
        assert await beat(app) == ["2026-03-02T09:00 composed 1"]
        write_articles(tmp_path, range(1, 3))
        clock.advance(hours=5)
        assert await beat(app) == []
        clock.set(EARLY + timedelta(days=1, hours=3))
        assert await beat(app) == ["2026-03-03T09:00 composed 2"]


async def test_after_downtime_the_latest_missed_slot_is_posted_if_it_is_young_enough(tmp_path: Path) -> None:
    clock = FakeClock(EARLY)
    write_world(tmp_path)
    async with world(tmp_path, clock) as app:
        await beat(app)
        clock.set(EARLY + timedelta(days=4, hours=8))  # five hours after the fifth slot
        assert await beat(app) == ["2026-03-06T09:00 composed 3"]
    write_articles(tmp_path, range(3, 5))
    async with world(tmp_path, clock) as app:
        clock.advance(days=3, hours=2)  # seven hours after the eighth slot: longer than catch_up
        assert await beat(app) == []
        clock.set(EARLY + timedelta(days=8, hours=3))
        assert await beat(app) == ["2026-03-10T09:00 composed 2"]


async def test_a_digest_that_nobody_could_post_for_longer_than_catch_up_is_dropped_and_its_articles_come_again(
    tmp_path: Path,
) -> None:
    clock = FakeClock(EARLY)
    write_world(tmp_path)
    async with world(tmp_path, clock) as app:
        await beat(app)
        clock.set(EARLY + timedelta(hours=3))
        (digest,) = await app.engine.compose.tick()
        await app.engine.compose.settle(digest)
        clock.advance(hours=7)
        await app.engine.compose.sweep()
        async with app.store.read() as view:
            assert (await view.outbox.digest(digest)).state == "dropped"
        clock.set(EARLY + timedelta(days=1, hours=3))
        assert await beat(app) == ["2026-03-03T09:00 composed 3"]


async def test_asking_for_a_digest_twice_posts_nothing_the_second_time(tmp_path: Path) -> None:
    write_world(tmp_path)
    async with world(tmp_path, FakeClock(EARLY)) as app:
        await read_all(app)
        async with app.store.read() as view:
            channel = await view.channels.named("web")
        assert channel is not None
        first = await app.engine.compose.settle(await app.engine.compose.open_now(channel))
        second = await app.engine.compose.settle(await app.engine.compose.open_now(channel))
        assert (len(first.items), second.state, len(second.items)) == (3, "quiet", 0)


async def test_a_quiet_day_says_one_line_where_the_channel_wants_it(tmp_path: Path) -> None:
    write_world(tmp_path, articles=0, config=CONFIG + 'quiet = "say"\n')
    async with world(tmp_path, FakeClock(EARLY)) as app:
        async with app.store.read() as view:
            channel = await view.channels.named("web")
        assert channel is not None
        digest = await app.engine.compose.settle(await app.engine.compose.open_now(channel))
        await app.engine.deliver.digest(digest.id)
        async with app.store.read() as view:
            (message,) = (await view.outbox.digest(digest.id)).messages
    assert message.kind == "note"


async def test_a_preview_changes_nothing_and_is_what_is_posted_then(tmp_path: Path) -> None:
    write_world(tmp_path)
    async with world(tmp_path, FakeClock(EARLY)) as app:
        await read_all(app)
        async with app.store.read() as view:
            channel = await view.channels.named("web")
        assert channel is not None
        previews = [(await app.engine.compose.preview(channel))[0].digest for _ in range(2)]
        posted = await app.engine.compose.settle(await app.engine.compose.open_now(channel))
    assert previews[0].items == previews[1].items == posted.items


DAILY = [  # 20 zones, most at the hours where their clocks change
    ("30 9 * * *", "Asia/Taipei"),
    ("30 1 * * *", "America/New_York"),
    ("30 2 * * *", "America/New_York"),
    ("30 1 * * *", "Europe/London"),
    ("30 2 * * *", "Europe/Berlin"),
    ("30 3 * * *", "Europe/Athens"),
    ("30 0 * * *", "Asia/Beirut"),
    ("15 2 * * *", "Australia/Lord_Howe"),
    ("30 2 * * *", "Australia/Sydney"),
    ("45 2 * * *", "Pacific/Auckland"),
    ("30 3 * * *", "Pacific/Chatham"),
    ("30 0 * * *", "Africa/Cairo"),
    ("30 2 * * *", "Africa/Casablanca"),
    ("30 0 * * *", "America/Havana"),
    ("30 0 * * *", "America/Santiago"),
    ("30 1 * * *", "America/St_Johns"),
    ("30 2 * * *", "America/Los_Angeles"),
    ("30 1 * * *", "Atlantic/Azores"),
    ("30 2 * * *", "Asia/Jerusalem"),
    ("0 9 * * *", "Asia/Kathmandu"),
    ("0 0 * * *", "Pacific/Kiritimati"),
]


@pytest.mark.parametrize(("first", "days"), [("2026-03-06", 33), ("2026-09-24", 41)])
async def test_every_zone_has_one_digest_a_day_through_every_change_of_the_clocks(
    tmp_path: Path, first: str, days: int
) -> None:
    """In these weeks the clocks of all of them change. The calendar alone is tried on every day of the year."""
    channels = "".join(
        f'[[channels]]\nname = "c{n}"\nplatform = "web"\nschedule = "{cron}"\ntimezone = "{zone}"\n'
        for n, (cron, zone) in enumerate(DAILY)
    )
    begin = datetime.fromisoformat(first).replace(tzinfo=UTC)
    clock = FakeClock(begin - timedelta(days=2))
    write_world(tmp_path, articles=0, config='[bot]\ndatabase = "sqlite:///digest.db"\n' + channels)
    async with world(tmp_path, clock) as app:
        await app.engine.compose.tick()
        while clock.now() < begin + timedelta(days=days + 1):
            async with app.store.read() as view:
                clock.set(min(c.next_run for c in await view.channels.all() if c.next_run))
            await app.engine.compose.tick()
        async with app.store.read() as view:
            due = await view.schedules.in_state("due", 100_000)
    dates = [str((begin + timedelta(days=n)).date()) for n in range(days)]
    for number, planned in enumerate(DAILY):
        keys = [digest.key[:10] for digest in due if digest.channel.name == f"c{number}"]
        assert [key for key in keys if dates[0] <= key <= dates[-1]] == dates, planned


async def test_over_a_year_of_outages_what_is_posted_late_is_the_latest_slot_and_young_enough(tmp_path: Path) -> None:
    """The bot is up for a moment now and then; what each channel should get by then is worked out by the calendar."""
    zones = sorted({zone for _, zone in DAILY})
    assert len(zones) == 20
    channels = "".join(
        f'[[channels]]\nname = "c{n}"\nplatform = "web"\nschedule = "0 9 * * *"\ntimezone = "{zone}"\n'
        for n, zone in enumerate(zones)
    )
    chance, start = random.Random(7), datetime(2026, 1, 1, tzinfo=UTC)
    clock, seen, wanted = FakeClock(start), start, []
    write_world(tmp_path, articles=0, config='[bot]\ndatabase = "sqlite:///digest.db"\n' + channels)
    async with world(tmp_path, clock) as app:
        await app.engine.compose.tick()
        while clock.now() < datetime(2027, 1, 1, tzinfo=UTC):
            clock.advance(minutes=chance.choice([1, 7, 45, 200, 700, 1500, 4000]))
            now = clock.now()
            for number, zone in enumerate(zones):
                today = now.astimezone(ZoneInfo(zone)).replace(hour=9, minute=0, second=0, microsecond=0)
                latest = today if today <= now else today - timedelta(days=1)
                if latest > seen and now - latest <= timedelta(hours=6):
                    wanted.append((f"c{number}", f"{latest:%Y-%m-%dT%H:%M}"))
            seen = now
            await app.engine.compose.tick()
        async with app.store.read() as view:
            due = await view.schedules.in_state("due", 100_000)
    assert len(wanted) > 1_000
    assert sorted((digest.channel.name, digest.key) for digest in due) == sorted(wanted)


async def test_with_jitter_every_day_still_has_its_one_digest_a_little_later(tmp_path: Path) -> None:
    first = datetime(2026, 2, 20, 1, 30, tzinfo=UTC)  # the clocks change on 8 March
    clock = FakeClock(first - timedelta(hours=14))
    zone = 'schedule = "30 1 * * *"\ntimezone = "America/New_York"\njitter = "50m"\n'
    config = f'[bot]\ndatabase = "sqlite:///digest.db"\n[[channels]]\nname = "web"\n{zone}'
    write_world(tmp_path, articles=0, config=config)
    offset = offset_of("web", timedelta(minutes=50))
    assert offset > timedelta(minutes=1)
    slots = []
    async with world(tmp_path, clock) as app:
        while clock.now() < first + timedelta(days=40):
            for digest_id in await app.engine.compose.tick():
                async with app.store.read() as view:
                    digest = await view.outbox.digest(digest_id)
                assert digest.at <= clock.now()
                slots.append((digest.key, digest.at))
            async with app.store.read() as view:
                (channel,) = await view.channels.all()
            assert channel.next_run is not None
            assert channel.next_run > clock.now()
            clock.set(channel.next_run)
    days = [first + timedelta(days=n) for n in range(len(slots))]
    assert len(days) >= 40
    assert [key for key, _ in slots] == [f"{day:%Y-%m-%dT%H:%M}" for day in days]
    assert [at for _, at in slots] == [
        next_run("30 1 * * *", "America/New_York", at - offset - timedelta(seconds=1)).at + offset for _, at in slots
    ]


async def test_what_is_late_by_its_jitter_is_not_late(tmp_path: Path) -> None:
    clock = FakeClock(EARLY)
    write_world(tmp_path, config=CONFIG + 'jitter = "1h"\ncatch_up = "1m"\n')
    at = EARLY + timedelta(hours=3) + offset_of("web", timedelta(hours=1))
    async with world(tmp_path, clock) as app:
        await beat(app)
        clock.set(at - timedelta(seconds=2))  # the beat takes one
        assert await beat(app) == []
        clock.set(at)
        assert await beat(app) == ["2026-03-02T09:00 composed 3"]
        clock.set(at + timedelta(days=1, seconds=61))
        assert await beat(app) == []


async def test_a_new_jitter_neither_doubles_nor_loses_a_digest(tmp_path: Path) -> None:
    clock = FakeClock(EARLY)
    for day, jitter in enumerate(("0s", "1h", "30m", "0s")):
        write_world(tmp_path, config=CONFIG + f'jitter = "{jitter}"\nquiet = "say"\n')
        async with world(tmp_path, clock) as app:
            slots = []
            clock.set(EARLY + timedelta(days=day))
            for _ in range(16):
                slots += await beat(app)
                clock.advance(minutes=15)
        assert [slot[:16] for slot in slots] == [f"2026-03-{day + 2:02}T09:00"], jitter
