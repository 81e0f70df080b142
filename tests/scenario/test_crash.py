"""`run` killed with SIGKILL anywhere between compose and the posting's mark: each article is once in the channel."""

import os
import signal
from pathlib import Path

import pytest

from tests.scenario.crashing import STORE_POINTS, life
from tests.scenario.nursery import born, ended
from tests.scenario.world import read_all, titles_posted, world, write_world


def run_to_its_end(config: Path, point: str, *, minutes: int) -> int:
    """Runs the house, its clock so far ahead, to die at the point or to end once all is posted; its exit code."""
    process = born(life, config, point, minutes, environment=os.environ)
    code = ended(process, 60)
    assert code is not None
    return code


@pytest.mark.parametrize("point", [point for point in STORE_POINTS if not point.startswith("open")])
async def test_a_run_that_is_killed_and_started_again_posts_each_article_once(tmp_path: Path, point: str) -> None:
    config = write_world(tmp_path, articles=3)
    async with world(tmp_path) as app:
        await read_all(app)
        async with app.store.read() as view:
            channel = await view.channels.named("web")
        assert channel is not None
        await app.engine.compose.open_now(channel)
    assert run_to_its_end(config, point, minutes=0) == -signal.SIGKILL, "the crash point was never reached"
    run_to_its_end(config, point, minutes=1)  # dies again, or has nothing left to do at that point
    assert run_to_its_end(config, "none", minutes=2) == 0
    async with world(tmp_path) as app:
        titles = await titles_posted(app, "web")
    assert len(titles) == 3
    assert len(set(titles)) == 3
