"""Digests of the web channel under SIGKILL between compose and the posting's mark: each article is there once."""

from pathlib import Path

import pytest

from tests.scenario.crash_table import table, wrong_in
from tests.scenario.web_crash import WebRig

pytestmark = pytest.mark.file


async def test_a_run_that_is_killed_and_started_again_posts_each_article_once(tmp_path: Path) -> None:
    rows = [(point, 0) for point in WebRig.points if point.startswith(("settle", "lease", "close"))]
    assert len(rows) == 7
    assert wrong_in(await table(WebRig(), tmp_path, rows)) == []
