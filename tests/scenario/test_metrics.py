"""What `/metrics` tells of a house at work: each stage's lag while something waits, and counts that only grow."""

import re
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from bot.app import App, metrics_of
from bot.errors import ChannelLost, PlatformUnavailable
from bot.model import Reaction
from tests.fakes.clock import FakeClock
from tests.fakes.platform import FakePlatform
from tests.scenario.steps import channel, composed
from tests.scenario.world import CONFIG, read_all, world, write_world

_DEAD = '[[sources]]\nurl = "http://127.0.0.1:9/feed.xml"\n'


async def told(app: App) -> dict[str, float]:
    samples = {}
    for family in text_string_to_metric_families((await metrics_of(app)).decode()):
        for one in family.samples:
            if one.name.startswith("digestbot"):
                samples[" ".join([one.name.removeprefix("digestbot_"), *one.labels.values()])] = one.value
    return samples


async def test_each_stage_lags_by_what_waits_for_it_and_no_other(tmp_path: Path) -> None:
    clock, platform = FakeClock(), FakePlatform(PlatformUnavailable("slow down", retry_after=60))
    async with world(tmp_path, clock) as app:
        app.platforms["web"] = platform
        clock.advance(seconds=40)
        assert lags(await told(app)) == {"refresh": 40}
        await app.engine.refresh.due()
        clock.advance(seconds=0.5)
        before = await told(app)
        assert lags(before) == {"read": 0.5}
        assert (before["articles_waiting"], before["articles_read_total"]) == (3, 0)
        await app.engine.read.round()
        clock.advance(seconds=0.5)
        due = await app.engine.compose.open_now(await channel(app, "web"))
        clock.advance(seconds=0.25)
        assert lags(await told(app)) == {"compose": 0.25, "refresh": 0.25}
        await app.engine.compose.settle(due)
        await app.engine.deliver.digest(due)  # is asked to wait
        clock.advance(seconds=30)
        waits = await told(app)
        assert "deliver" not in lags(waits)
        assert waits["outbox_age_seconds"] == 30.25
        assert (waits["postings_waiting"], waits["digests_waiting composed"]) == (4 + 1, 1)  # and the seeds
        assert waits["rate_limit_waits_total web"] == 1
        assert waits["rate_limit_wait_seconds_total web"] == 60
        clock.advance(seconds=31)
        assert lags(await told(app))["deliver"] == 61.25
        await app.engine.deliver.digest(due)
        done = await told(app)
        counts = ("digests_total posted", "messages_posted_total web", "outbox_age_seconds")
        assert [done[name] for name in counts] == [1, 4, 0]


async def test_votes_and_what_went_wrong_are_counted(tmp_path: Path) -> None:
    write_world(tmp_path, config=CONFIG.replace("[[channels]]", f"{_DEAD}[[channels]]", 1))
    clock, platform = FakeClock(), FakePlatform()
    async with world(tmp_path, clock) as app:
        app.platforms["web"] = platform
        await read_all(app)
        digest = await composed(app, "web")
        await app.engine.deliver.digest(digest)
        async with app.store.read() as view:
            _, (ref, _), *_ = await view.outbox.refs(digest)
        for member in ("ada", "bob", "ada"):
            reaction = Reaction(
                platform=ref.platform, workspace=ref.workspace, place=ref.place, member=member, emoji="👍", ref=ref
            )
            await app.engine.record.reaction(reaction)
        samples = await told(app)
        assert samples["votes_total"] == 2
        assert samples["votes_waiting"] == 0
        assert samples["fetch_errors_total refused"] == 1
        assert (samples["sources ok"], samples["sources failing"]) == (1, 1)
        await app.engine.deliver.lost(await channel(app, "web"), str(ChannelLost("gone", fix="invite it")))
        assert (await told(app))["channels lost"] == 1


def lags(samples: dict[str, float]) -> dict[str, float]:
    return {name.split()[1]: value for name, value in samples.items() if re.match("lag_seconds", name) and value}
