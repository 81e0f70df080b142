"""A channel's day on any platform: two sources, of which members value one, and what is posted and will be."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bot.app import App
from tests.scenario.steps import channel
from tests.scenario.world import article_text

MORNING = datetime(2026, 11, 24, 8, 59, tzinfo=UTC)
_SOURCES = ("one", "two")
_EACH = 10


def write(folder: Path, config: str) -> Path:
    """Two sources of ten articles each in the place of the configuration's own; those of `one` are stories 0 to 9."""
    head, _, tail = config.partition("[[sources]]")
    for number, name in enumerate(_SOURCES):
        (folder / name).mkdir()
        for story in range(number * _EACH, (number + 1) * _EACH):
            (folder / name / f"{story}.txt").write_text(article_text(story), encoding="utf-8")
        head += f'[[sources]]\npath = "{name}"\nevery = "1s"\n'
    (folder / "config.toml").write_text(head + "[[channels]]" + tail.partition("[[channels]]")[2], encoding="utf-8")
    return folder / "config.toml"


def is_of_one(title: str) -> bool:
    return int(title.split()[1]) < _EACH


async def upcoming(app: App) -> list[str]:
    (composition,) = await app.engine.compose.preview(await channel(app))
    return [item.article.article.title for item in composition.digest.items]


async def titles(app: App) -> list[list[str]]:
    """Of the articles of each digest that was posted."""
    async with app.store.read() as view:
        digests = await view.channels.history((await channel(app)).id, None, 9)
    return [[item.article.article.title for item in digest.items] for digest in reversed(digests)]
