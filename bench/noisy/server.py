"""Feeds of a slow tenant and of a quick one, on loopback addresses: `python -m bench.noisy.server SECONDS`.

Says its port on the first line. 127.2.x.y are the slow one's hosts: feeds and pages alike come after so many seconds.
127.3.0.y are the quick one's, with articles whole in the feed. `/publish` on either adds one to each of its feeds.
"""

from __future__ import annotations

import asyncio
import random
import sys
from datetime import UTC, datetime
from email.utils import format_datetime

from aiohttp import web

_KEPT = 3  # articles of a feed
_SYLLABLES = ("ba", "ke", "mo", "ri", "ta", "lu", "ven", "dor", "gal", "pim", "sor", "nek", "tul", "haz", "bri", "cos")


class Server:
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._newest = {"slow": 0, "quick": 0}

    async def answer(self, request: web.Request) -> web.Response:
        host = request.host.split(":")[0]
        whose = "slow" if host.startswith("127.2.") else "quick"
        if request.path == "/publish":
            self._newest[whose] += 1
            return web.Response()
        if whose == "slow":
            await asyncio.sleep(self._seconds)
        if request.path != "/feed":
            return web.Response(
                text=f"<article><h1>{_title(host, request.path)}</h1>{_body(host, request.path)}</article>"
            )
        numbers = range(self._newest[whose], max(self._newest[whose] - _KEPT, -1), -1)
        items = "".join(self._item(request.host, whose, f"/{number}") for number in numbers)
        return web.Response(
            body=f"<rss version='2.0'><channel><title>{host}</title>{items}</channel></rss>",
            content_type="application/rss+xml",
        )

    def _item(self, host: str, whose: str, path: str) -> str:
        text = _sentence(random.Random(path), 20) if whose == "slow" else f"<![CDATA[{_body(host, path)}]]>"
        return (
            f"<item><title>{_title(host, path)}</title><link>http://{host}{path}</link>"
            f"<pubDate>{format_datetime(datetime.now(UTC))}</pubDate><description>{text}</description></item>"
        )


def _title(host: str, path: str) -> str:
    return _sentence(random.Random(host + path), 8)[:-1]


def _body(host: str, path: str) -> str:
    chance = random.Random(path + host)
    return "".join(f"<p>{' '.join(_sentence(chance, 14) for _ in range(4))}</p>" for _ in range(6))


def _sentence(chance: random.Random, words: int) -> str:
    return " ".join("".join(chance.choices(_SYLLABLES, k=3)) for _ in range(words)).capitalize() + "."


async def _serve(seconds: float) -> None:
    site = web.Application()
    site.router.add_get("/{path:.*}", Server(seconds).answer)
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "0.0.0.0", 0, backlog=1024).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1])))
