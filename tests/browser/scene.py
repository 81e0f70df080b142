"""A bot with a past, for looking at every page: weeks of digests, votes, a source that fails, a channel in Chinese."""

from __future__ import annotations

import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bot.app import App
from bot.model import Channel, Reaction
from bot.samples import folder as samples
from tests.fakes.clock import FakeClock
from tests.scenario.cli import ROOT, digestbot
from tests.scenario.steps import channel, posted
from tests.scenario.world import article_text, read_all, world

_CONFIG = """
[http]
port = 0

[bot]
database = "sqlite:///digest.db"
locale = "{locale}"
timezone = "Europe/London"

[[sources]]
path = "field-notes"
every = "1d"

[[sources]]
path = "workshop"
category = "engineering"
every = "1d"

[[sources]]
path = "not-there"
every = "1d"

[[channels]]
name = "reading"
platform = "web"
schedule = "0 9 * * mon-fri"
min_quality = 0.55

[[channels]]
name = "taipei"
platform = "web"
locale = "zh-Hant"
timezone = "Asia/Taipei"
schedule = "30 8 * * *"
max_articles = 3
"""
_WHO = (
    "A small team",
    "One harbour town",
    "A night train",
    "The county library",
    "A desert greenhouse",
    "Our oldest server",
)
_DID = ("counts its readers", "runs on recycled heat", "lost a week of data", "learned to say no", "halved its queue")
_EACH = 6  # articles a round; a digest has five
HOW_FAR_BACK = timedelta(days=56)
ROUNDS = 8

# What there is to look at; {a} an article with evidence, {d} a digest, {day} a day with digests, {link} a sign-in link.
PAGES = {
    "channels": "/",
    "channel": "/c/reading",
    "days": "/c/reading/days",
    "day": "/c/reading/days/{day}",
    "valued": "/c/reading/valued",
    "statistics": "/c/reading/statistics",
    "digest": "/d/{d}",
    "article": "/a/{a}?c=reading",
    "search": "/search?q=queue",
    "sources": "/sources",
    "admin": "/admin",
    "admin-channel": "/admin/c/reading",
    "sign-in": "{link}",
    "error": "/nowhere",
}


def _written(folder: Path, numbers: range) -> None:
    for number in numbers:
        chance = random.Random(number)
        title = f"{chance.choice(_WHO)} {chance.choice(_DID)} ({number})"
        lines = article_text(number).split("\n")
        (folder / f"{number:03}.txt").write_text("\n".join([lines[0], title, *lines[2:]]), encoding="utf-8")


def configured(folder: Path, locale: str = "en") -> None:
    (folder / "config.toml").write_text(_CONFIG.format(locale=locale), encoding="utf-8")


async def staged(folder: Path, rounds: int = ROUNDS) -> None:
    """Lives through the weeks before now: what is read, posted and voted on in them."""
    for name in ("field-notes", "workshop"):
        (folder / name).mkdir()
    configured(folder)
    clock = FakeClock(datetime.now(UTC).replace(hour=8, minute=0, second=0, microsecond=0) - HOW_FAR_BACK)
    async with world(folder, clock) as app:
        for round_ in range(rounds):
            if round_ < rounds - 1:
                _written(folder / "field-notes", range(round_ * _EACH, (round_ + 1) * _EACH))
            else:
                shutil.copytree(samples(), folder / "workshop", dirs_exist_ok=True)
            await read_all(app)
            for name in ("reading", "taipei"):
                await posted(app, name=name)
                await _votes(app, await channel(app, name), random.Random(round_))
            clock.advance(hours=(HOW_FAR_BACK.days - 1) * 24 / (rounds - 1) - 1)


async def _votes(app: App, where: Channel, chance: random.Random) -> None:
    async with app.store.read() as view:
        (digest,) = await view.channels.history(where.id, None, 1)
    articles = [item.article for item in digest.items]
    reactions = [
        Reaction(
            platform="web",
            workspace="web",
            place=where.spec.place,
            member=f"member {who}",
            emoji=emoji,
            article=one.id,
            via="button",
        )
        for one in articles
        for who in range(chance.randrange(8))
        for emoji in ("👍" if chance.random() < (one.quality.score if one.quality else 0) else "👎", "🤔")
    ]
    await app.engine.record.all(reactions)


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """`digestbot run` there; its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "run"],
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if found := re.search(r"http://127\.0\.0\.1:(\d+)/", line):
            break
    else:
        raise AssertionError("".join(said))
    try:
        yield f"http://127.0.0.1:{found[1]}"
    finally:
        process.terminate()
        process.communicate(timeout=15)


def addresses(folder: Path) -> Mapping[str, str]:
    """PAGES as paths in this bot."""
    with closing(sqlite3.connect(folder / "digest.db")) as database:
        query = (
            "select i.article_id, d.id from digest_items i join digests d on d.id = i.digest_id where d.channel_id = 1"
        )
        told = "select id from articles where story in (select story from articles group by 1 having count(*) > 1)"
        article, digest = database.execute(f"{query} and i.article_id in ({told}) order by 2 desc").fetchone()
        at = database.execute("select at from digests where id = ?", [digest]).fetchone()[0]
    day = datetime.fromtimestamp(at / 1e6, ZoneInfo("Europe/London")).date()
    (link,) = digestbot("link", "ada", "--json", cwd=folder).records
    path = urlsplit(str(link["url"])).path
    return {name: page.format(a=article, d=digest, day=day, link=path) for name, page in PAGES.items()}
