"""The public lists of feeds: every feed of each is found, imported, exported, and comes back the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from bot.app import opened
from bot.config import load
from bot.errors import ParseError
from bot.sources.opml import outlines_of

CONFIG = """[bot]\ndatabase = "sqlite:///digest.db"\n"""
NO_LISTS = {"category.json", "places.json", "subscriptions.json", "missingOpml.opml", "twittergram.xml"}
# Outlines that name none, or are cut off before they do.
NO_ADDRESS = {"subscriptionListErrors1.opml": 1, "subscriptionListErrors4.opml": 1, "malformed.opml": 1}
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_NAMED = re.compile(rb"""xmlUrl\s*=\s*["'][^"']""", re.IGNORECASE)


def test_no_feed_of_any_list_is_lost(corpus: Callable[[str], Path]) -> None:
    files = sorted(path for path in corpus("opml").rglob("*") if path.is_file())
    assert len(files) >= 77
    feeds = 0
    for path in files:
        body = path.read_bytes()
        try:
            outlines = outlines_of(body)
        except ParseError:
            assert path.name in NO_LISTS, path
            continue
        found = [one for one in outlines if one.problem is None]
        assert len(found) == len(_NAMED.findall(_COMMENT.sub(b"", body))), path
        assert len(outlines) - len(found) == NO_ADDRESS.get(path.name, 0), path
        feeds += len(found)
    assert feeds > 700


async def test_all_lists_are_imported_and_come_back_the_same(corpus: Callable[[str], Path], tmp_path: Path) -> None:
    lists, sets = str(corpus("opml")), []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.toml").write_text(CONFIG)
        async with opened(load(tmp_path / name / "config.toml"), connect=False) as app:
            subscriptions = app.engine.subscriptions
            async for entry in subscriptions.add(await subscriptions.lists(lists), check=False):
                assert entry.error is None or "no OPML" in entry.error or "names no address" in entry.error
            async with app.store.read() as view:
                sets.append({(one.spec.address, one.spec.category) for one in await view.sources.all()})
            (tmp_path / "out.opml").write_text(await app.engine.statistics.opml("Ours"), encoding="utf-8")
        lists = str(tmp_path / "out.opml")
    assert sets[0] == sets[1]
    assert len(sets[0]) > 400
