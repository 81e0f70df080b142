"""Slack in the crash tables: which of its requests kill, and what a member sees in the end."""

from __future__ import annotations

import os
from pathlib import Path
from typing import ClassVar

from adapters.slack.format import is_marked
from tests.platforms.slack_server import Limits, Message, SlackServer, Spec
from tests.scenario.crash_table import ARTICLES, EVERYWHERE, Outcome, Stage, part_of
from tests.scenario.slack_world import environment, slack_world
from tests.scenario.world import read_all


class SlackRig:
    points: ClassVar = EVERYWHERE
    commits: ClassVar = {
        "post:committed": lambda method, _arguments: method == "chat.postMessage",
        "seed:committed": lambda method, _arguments: method == "reactions.add",
    }

    async def prepared(self, folder: Path, *, thread: bool, blind: bool) -> Stage:
        server = SlackServer(spec=Spec.found(), limits=Limits.wide())
        await server.start()
        workspace = server.add_workspace()
        place = server.add_channel(workspace, "ai-team").id
        secrets = environment(server, workspace)
        os.environ.update(secrets)  # of a house that is prepared here and now
        more = 'layout = "thread"' if thread else ""
        async with slack_world(folder, server, {"team": place}, more=more, articles=ARTICLES) as app:
            await read_all(app)
        return Stage(server, secrets, lambda: _seen(server, place))


async def _seen(server: SlackServer, place: str) -> Outcome:
    top = server.messages(place)
    messages = [*top, *(reply for parent in top for reply in server.replies(place, parent.ts))]
    return Outcome(
        [_part(message) for message in messages],
        seeded=sum({"+1", "-1"} == set(message.reactions) for message in messages),
        killed=0,
        violations=[*server.violations, *server.pings],
        too_many=server.too_many,
        faults=server.faults.given,
    )


def _part(message: Message) -> int | None:
    return part_of(lambda key: is_marked(message.payload, key))
