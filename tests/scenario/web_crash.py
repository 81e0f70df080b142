"""The web channel in the crash tables: what a visitor's page shows in the end."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from bot.app import App
from tests.scenario.crash_table import ARTICLES, EVERYWHERE, Outcome, Stage
from tests.scenario.world import CONFIG, read_all, world


class _Page:
    """There is no server but the house's own."""

    on_commit = None

    def chaos(self, seed: int, rate: float) -> None:
        raise NotImplementedError("what the house itself keeps is never in doubt")

    async def stop(self) -> None: ...


class WebRig:
    """Its messages carry their ballots, so none has to be seeded; none is looked for, as its row is the message."""

    points: ClassVar = {
        point: kills
        for point, kills in EVERYWHERE.items()
        if point.partition(":")[0] in ("open", "settle", "lease", "post", "close") and not point.endswith("committed")
    }
    commits: ClassVar = {}

    async def prepared(self, folder: Path, *, thread: bool, blind: bool) -> Stage:
        async with world(folder, config=CONFIG) as app:
            await read_all(app)

        async def seen() -> Outcome:
            async with world(folder) as app:
                return Outcome(await _shown(app), seeded=ARTICLES, killed=0)

        return Stage(_Page(), {}, seen)


async def _shown(app: App) -> list[int | None]:
    """The parts of the channel's digests: the header, and the articles by their places."""
    async with app.store.read() as view:
        channel = await view.channels.named("web")
        assert channel is not None
        digests = await view.channels.history(channel.id, None, 9)
    parts: list[int | None] = []
    for digest in reversed(digests):
        places = {item.article.id: place for place, item in enumerate(digest.items, 1)}
        parts += [0 if one.article is None else places[one.article] for one in digest.messages]
    return parts
