"""A storm of reactions on one digest on Slack while others are delivered: events come twice and out of order, the
connection is lost twice, the bot is killed.

Every member puts one emoji on every article; one in ten changes their mind at once, which changes nothing. So what has
to be stored is known.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from pathlib import Path

from tests.platforms.slack_server import Limits, SlackServer, User
from tests.scenario.slack_world import config, environment, slack_world
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

_EMOJI = {"+1": "👍", "-1": "👎"}


async def storm(folder: Path, *, members: int, seconds: float, others: int, seed: int = 0) -> Storm:
    """`members` react on each of five articles within `seconds`, while `others` more channels get their digests."""
    chance = random.Random(seed)
    server = SlackServer(limits=Limits(), spec=None)
    await server.start()
    try:
        workspace = server.add_workspace()
        names = ["team", *(f"other{number}" for number in range(others))]
        places = {name: server.add_channel(workspace, name).id for name in names}
        people = [server.add_member(workspace, f"m{number}") for number in range(members)]
        write_world(folder, articles=ARTICLES, config=config(server, places))
        secrets = environment(server, workspace)
        os.environ.update(secrets)
        async with slack_world(folder, server, places) as app:
            await only_the_first_is_due(app)
        bot = Bot(folder, secrets)
        await bot.start()
        await until(lambda: len(server.messages(places["team"])) == ARTICLES + 1, seconds=120)
        server.events.seed(seed)
        server.events.duplicate, server.events.reorder = 0.3, 0.1
        return await _raged(server, bot, places, people, seconds=seconds, chance=chance, folder=folder)
    finally:
        await server.stop()


async def _raged(
    server: SlackServer,
    bot: Bot,
    places: dict[str, str],
    people: list[User],
    *,
    seconds: float,
    chance: random.Random,
    folder: Path,
) -> Storm:
    place = places["team"]
    named = {message.ts: title for message, title in zip(server.messages(place)[1:], titles(folder), strict=True)}
    choices = [(message, person, chance.choice(list(_EMOJI))) for message in named for person in people]
    chance.shuffle(choices)
    others_are_due(folder)
    loop = asyncio.get_running_loop()
    began, steps = loop.time(), _troubles(server, bot)
    for number, (message, person, name) in enumerate(choices):
        share = number / len(choices)
        server.react(person, place, message, name, item_user=chance.random() < 0.98)
        if chance.random() < 0.1:
            server.unreact(person, place, message, name)
            server.react(person, place, message, "-1" if name == "+1" else "+1")
        if number % 20 == 0:
            await asyncio.sleep(max(0.0, began + seconds * share - loop.time()))
        if steps and share >= steps[0][0]:
            await steps.pop(0)[1]()
    expected: Votes = Counter((named[message], _EMOJI[name]) for message, _, name in choices)
    return await over(folder, bot, server.messages, places, expected=expected, began=began)


def _troubles(server: SlackServer, bot: Bot) -> list[Trouble]:
    async def drop() -> None:
        server.drop_sockets()

    async def refresh() -> None:
        server.refresh_sockets()

    return [(0.2, drop), (0.4, bot.die_and_live), (0.8, refresh)]
