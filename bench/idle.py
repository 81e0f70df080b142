"""How much memory `digestbot run` holds when it has nothing to do, with many sources.

`python -m bench idle [SOURCES] [MINUTES]`: so many feeds (1,000) of two articles each are served on this machine and
read by a bot in a process of its own, until each was read and its articles too. Then it is left alone for so many
minutes (2). Told are the resident sets of the bot and of the workers that it reads documents in, and their `Pss`, where
a page that several processes hold counts for its part.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from email.utils import formatdate
from pathlib import Path
from socket import socket

import aiohttp
from aiohttp import web

SOURCES, MINUTES = 1_000, 2.0
LIMIT = 150  # megabytes
_ROOT = Path(__file__).parents[1]
_WORDS = [f"{a}{b}{c}" for a in ("ba", "ke", "mo", "ri", "lu") for b in ("ven", "dor", "gal") for c in ("tas", "nek")]
_CONFIG = """[http]
port = {port}
[bot]
log_level = "warning"
[fetch]
per_host = 100
spacing = "0s"
allow_private = ["127.0.0.0/8"]
[[channels]]
name = "web"
schedule = "0 9 * * *"
"""


def main(arguments: Sequence[str]) -> None:
    sources = int(arguments[0]) if arguments else SOURCES
    minutes = float(arguments[1]) if len(arguments) > 1 else MINUTES
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measure(Path(folder), sources, minutes))


async def _measure(folder: Path, sources: int, minutes: float) -> None:
    feeds = await _serve()
    port = _free_port()
    text = _CONFIG.format(port=port)
    text += "".join(f'[[sources]]\nurl = "http://127.0.0.1:{feeds}/{number}.xml"\n' for number in range(sources))
    (folder / "config.toml").write_text(text, "utf-8")
    began = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    command = [sys.executable, "-m", "bot", "run"]
    process = await asyncio.create_subprocess_exec(*command, cwd=folder, env=environment)
    try:
        await _until_read(port, sources)
        busy = time.perf_counter() - began
        own, workers = _held(process.pid), [_held(child) for child in _children(process.pid)]
        print(f"{sources} sources and {2 * sources} articles read after {busy:.0f} s: bot {own}, workers {workers}")
        await asyncio.sleep(60 * minutes)
        own, workers = _held(process.pid), [_held(child) for child in _children(process.pid)]
        print(f"{minutes:g} minutes later: bot {own} (must {LIMIT} MB), workers {workers}")
    finally:
        process.terminate()
        await process.wait()


async def _serve() -> int:
    """The feeds' server; its port."""
    app = web.Application()
    app.add_routes([web.get("/{number}.xml", _feed)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port: int = runner.addresses[0][1]
    return port


async def _feed(request: web.Request) -> web.Response:
    number = int(request.match_info["number"])
    items = "".join(_item(number, which) for which in range(2))
    text = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Feed {number}</title>{items}</channel></rss>'
    return web.Response(text=text, content_type="application/rss+xml")


def _item(number: int, which: int) -> str:
    """An article of some 2,500 characters whose words are its own, so that its page is not asked for."""
    chance = random.Random(2 * number + which)
    words = [f"{chance.choice(_WORDS)}{number}" for _ in range(40)]
    sentences = " ".join(" ".join(chance.choices(words, k=12)).capitalize() + "." for _ in range(24))
    when = formatdate(time.time() - 3600 * (which + 1), usegmt=True)
    return (
        f"<item><title>Story {number} {which} of {words[0]}</title><link>http://127.0.0.1/{number}/{which}</link>"
        f"<pubDate>{when}</pubDate><description>{sentences}</description></item>"
    )


async def _until_read(port: int, sources: int) -> None:
    """Returns when the bot's own metrics say that every source was read, and every article."""
    async with aiohttp.ClientSession() as session:
        while True:
            await asyncio.sleep(1)
            with suppress(aiohttp.ClientError):
                async with session.get(f"http://127.0.0.1:{port}/metrics") as answer:
                    lines = dict(line.rsplit(" ", 1) for line in (await answer.text()).splitlines() if line[:1] != "#")
                told = [lines[f"digestbot_{name}"] for name in ('sources{state="ok"}', "articles_read_total")]
                if [float(one) for one in told] == [sources, 2 * sources]:
                    return


def _children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split()]


def _held(pid: int) -> str:
    """Megabytes in memory, and of these what is the process's own part."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()
    kilobytes = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines[1:])}
    return f"{kilobytes['Rss'] / 1000:.0f} MB (Pss {kilobytes['Pss'] / 1000:.0f})"


def _free_port() -> int:
    with socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
