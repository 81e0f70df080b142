"""A small world for scenarios: a folder of articles of our own making, a configuration, and the real house on it."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.app import App, opened
from bot.config import load
from tests.fakes.clock import FakeClock
from tests.fakes.reader import InlineReader

CONFIG = """
[http]
port = 0

[bot]
database = "sqlite:///digest.db"

[[sources]]
path = "articles"
every = "1s"

[[channels]]
name = "web"
platform = "web"
schedule = "0 9 * * *"
min_quality = 0.0
"""

_SYLLABLES = ("ba", "ke", "mo", "ri", "ta", "lu", "ven", "dor", "gal", "pim", "sor", "nek", "tul", "haz", "bri", "cos")


def article_text(number: int) -> str:
    """An article text whose words no other number's share, so that it is a story of its own."""
    chance = random.Random(number)
    words = ["".join(chance.choices(_SYLLABLES, k=3)) + str(number) for _ in range(60)]

    def sentence() -> str:
        return " ".join(chance.choices(words, k=12)).capitalize() + "."

    takeaways = [sentence() for _ in range(3)]
    body = "\n\n".join(" ".join([*(sentence() for _ in range(4)), takeaway]) for takeaway in takeaways)
    bullets = " - ".join(takeaways)
    return f"ai2026-06-09\nStory {number} of {words[0]}\n\n{body}\n\nKey Takeaways\n\n  • {bullets}\n"


def write_articles(folder: Path, numbers: range) -> None:
    (folder / "articles").mkdir(exist_ok=True)
    for number in numbers:
        (folder / "articles" / f"{number:03}.txt").write_text(article_text(number), encoding="utf-8")


def write_world(folder: Path, *, articles: int = 3, config: str = CONFIG) -> Path:
    """Writes articles and configuration; the configuration's path."""
    write_articles(folder, range(articles))
    path = folder / "config.toml"
    path.write_text(config, encoding="utf-8")
    return path


@asynccontextmanager
async def world(folder: Path, clock: FakeClock | None = None, *, config: str = CONFIG) -> AsyncIterator[App]:
    """The house on a folder that `write_world` prepared, or on a new one."""
    path = folder / "config.toml"
    if not path.exists():
        path = write_world(folder, config=config)
    async with opened(load(path), clock=clock, reading=InlineReader) as app:
        yield app


async def read_all(app: App) -> None:
    """Everything that is due is read; a fake clock goes on by a second, so that it was stored before what comes now."""
    await app.engine.refresh.due()
    await app.engine.read.due()
    if isinstance(app.clock, FakeClock):
        app.clock.advance(seconds=1)


async def titles_posted(app: App, channel: str) -> list[str]:
    """Titles of the article messages that a channel shows, oldest digest first."""
    async with app.store.read() as view:
        found = await view.channels.named(channel)
        assert found is not None
        digests = await view.channels.history(found.id, None, 10_000)
    return [m.title for digest in reversed(digests) for m in digest.messages if m.kind == "article"]
