"""A storm of reactions on one digest on Discord while others are delivered: the gateway drops twice, the bot is killed.

Every member puts one emoji on every article, some of them twice over, so what has to be stored is known.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path

from tests.platforms.discord_server import DiscordServer, Limits
from tests.scenario.discord_world import config, discord_world
from tests.scenario.steps import until
from tests.scenario.storm import (
    ARTICLES,
    Bot,
    Storm,
    Trouble,
    Votes,
    only_the_first_is_due,
    others_are_due,
    over,
    titles,
)
from tests.scenario.world import write_world


async def storm(folder: Path, *, members: int, seconds: float, others: int, seed: int = 0) -> Storm:
    """`members` react on each of five articles within `seconds`, while `others` more channels get their digests."""
    chance = random.Random(seed)
    server = DiscordServer(limits=Limits(), spec=None)
    await server.start()
    try:
        guild = server.add_guild()
        places = {name: server.add_channel(guild, name).id for name in ["team", *(f"other{n}" for n in range(others))]}
        people = [server.add_member(guild, f"m{number}") for number in range(members)]
        write_world(folder, articles=ARTICLES, config=config(server, places))
        async with discord_world(folder, server, places) as app:
            await only_the_first_is_due(app)
        bot = Bot(folder, {"DISCORD_TOKEN": server.token})
        await bot.start()
        await until(lambda: len(server.messages(places["team"])) == ARTICLES + 1, seconds=120)
        return await _raged(server, bot, places, people, seconds=seconds, chance=chance, folder=folder)
    finally:
        await server.stop()


async def _raged(
    server: DiscordServer,
    bot: Bot,
    places: dict[str, str],
    people: list[str],
    *,
    seconds: float,
    chance: random.Random,
    folder: Path,
) -> Storm:
    place = places["team"]
    named = {message.id: title for message, title in zip(server.messages(place)[1:], titles(folder), strict=True)}
    choices = [(message, person, chance.choice("👍👎")) for message in named for person in people]
    chance.shuffle(choices)
    others_are_due(folder)
    loop = asyncio.get_running_loop()
    began, steps = loop.time(), _troubles(server, bot)
    for number, (message, person, emoji) in enumerate(choices):
        server.react_now(place, message, person, emoji, with_member=chance.random() < 0.98)
        if chance.random() < 0.1:
            server.react_now(place, message, person, emoji, burst=True)
        if number % 20 == 0:
            await asyncio.sleep(max(0.0, began + seconds * number / len(choices) - loop.time()))
        if steps and number >= steps[0][0] * len(choices):
            await steps.pop(0)[1]()
    expected: Votes = Counter((named[message], emoji) for message, _, emoji in choices)
    return await over(folder, bot, server.messages, places, expected=expected, began=began)


def _troubles(server: DiscordServer, bot: Bot) -> list[Trouble]:
    async def drop() -> None:
        server.drop_gateways(code=None)

    async def lose() -> None:
        server.invalidate_sessions()

    return [(0.2, drop), (0.4, bot.die_and_live), (0.8, lose)]
