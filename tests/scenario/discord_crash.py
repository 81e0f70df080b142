"""Discord in the crash tables: which of its requests kill, and what a member sees in the end."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from adapters.discord.format import is_marked
from tests.platforms.discord_server import DiscordServer, Message, Spec
from tests.scenario.crash_table import ARTICLES, EVERYWHERE, Outcome, Stage, part_of
from tests.scenario.discord_world import discord_world
from tests.scenario.world import read_all


class DiscordRig:
    """A digest in a thread has one more point: where the thread is opened."""

    points: ClassVar = {**EVERYWHERE, "thread:committed": ("thread:committed", "thread:committed")}
    commits: ClassVar = {
        "post:committed": lambda method, path, _body: method == "POST" and path.endswith("/messages"),
        "seed:committed": lambda method, path, _body: method == "PUT" and path.endswith("/@me"),
        "thread:committed": lambda method, path, _body: method == "POST" and path.endswith("/threads"),
    }

    async def prepared(self, folder: Path, *, thread: bool, blind: bool) -> Stage:
        server = DiscordServer(spec=Spec.found())
        await server.start()
        server.honour_nonce = not blind
        place = server.add_channel(server.add_guild(), "ai-team").id
        more = 'layout = "thread"' if thread else ""
        async with discord_world(folder, server, {"team": place}, more=more, articles=ARTICLES) as app:
            await read_all(app)
        return Stage(server, {"DISCORD_TOKEN": server.token}, lambda: _seen(server, place))


async def _seen(server: DiscordServer, place: str) -> Outcome:
    top = server.messages(place)
    threads = [message.thread for message in top if message.thread]
    messages = [*top, *(message for thread in threads for message in server.messages(thread))]
    return Outcome(
        [_part(message) for message in messages],
        seeded=sum({"👍", "👎"} == set(message.reactions) for message in messages),
        killed=0,
        violations=server.violations,
        too_many=server.too_many,
        faults=server.faults.given,
    )


def _part(message: Message) -> int | None:
    return part_of(lambda key: is_marked(message.payload, key))
