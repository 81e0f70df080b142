"""A storm of reactions on one digest on Slack while others are delivered: events come twice and out of order, the
connection is lost twice, the bot is killed.

Every member puts one emoji on every article; one in ten changes their mind at once, all through the storm, which
changes nothing. So what has to be stored is known.
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
    PATIENCE,
    Bot,
    Storm,
    Votes,
    only_the_first_is_due,
    others_are_due,
    over,
    titles,
)
from tests.scenario.world import write_world

_EMOJI = {"+1": "👍", "-1": "👎"}


async def storm(
    folder: Path,
    *,
    members: int,
    seconds: float,
    others: int,
    seed: int = 0,
    limits: Limits | None = None,
    patience: float = PATIENCE,
) -> Storm:
    """`members` react on each of five articles within `seconds`, while `others` more channels get their digests."""
    chance = random.Random(seed)
    server = SlackServer(limits=limits, spec=None)
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
        expected, began = await _raged(
            server, bot, places["team"], people, seconds=seconds, chance=chance, folder=folder
        )
        return await over(folder, bot, server.messages, places, expected=expected, began=began, patience=patience)
    finally:
        await server.stop()


async def _raged(
    server: SlackServer,
    bot: Bot,
    place: str,
    people: list[User],
    *,
    seconds: float,
    chance: random.Random,
    folder: Path,
) -> tuple[Votes, float]:
    """What has to be stored, and when the storm began by the loop's clock."""
    named = {message.ts: title for message, title in zip(server.messages(place)[1:], titles(folder), strict=True)}
    choices = [(message, person, chance.choice(list(_EMOJI))) for message in named for person in people]
    chance.shuffle(choices)
    others_are_due(folder)
    began = asyncio.get_running_loop().time()
    troubles = asyncio.create_task(_troubles(server, bot, began, seconds))
    for number, (message, person, name) in enumerate(choices):
        server.react(person, place, message, name, item_user=chance.random() < 0.98)
        if chance.random() < 0.1:
            server.unreact(person, place, message, name)
            server.react(person, place, message, "-1" if name == "+1" else "+1")
        if number % 20 == 0:
            await _at(began + seconds * number / len(choices))
    await troubles
    return Counter((named[message], _EMOJI[name]) for message, _, name in choices), began


async def _troubles(server: SlackServer, bot: Bot, began: float, seconds: float) -> None:
    """A connection is lost twice, which takes a bot that has one; in between the bot is killed."""
    await _at(began + 0.2 * seconds)
    await until(lambda: bool(server.sockets.lines), seconds=120)
    server.drop_sockets()
    await _at(began + 0.4 * seconds)
    await bot.die_and_live()
    await _at(began + 0.8 * seconds)
    await until(lambda: bool(server.sockets.lines), seconds=120)
    server.refresh_sockets()


async def _at(when: float) -> None:
    await asyncio.sleep(max(0.0, when - asyncio.get_running_loop().time()))
