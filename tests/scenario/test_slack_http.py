"""Slack over HTTP: the same app on our own server, with true signatures, retries and replays."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
import pytest

from bot.app import App, metrics_of
from bot.http import HttpServer
from tests.platforms.slack_server import Limits, SlackServer, Spec, User
from tests.platforms.slack_server.world import Channel as Place
from tests.scenario.slack_world import SECRETS, environment, slack_world
from tests.scenario.steps import posted, until, votes_come_to
from tests.scenario.world import read_all


@dataclass
class Scene:
    server: SlackServer
    app: App
    base: str
    place: Place
    ada: User
    client: aiohttp.ClientSession

    async def send(self, path: str, body: str, kind: str, *, at: float | None = None, secret: str | None = None) -> int:
        headers = {**self.server.sign(body, at=at, secret=secret), "Content-Type": kind}
        async with self.client.post(f"{self.base}/slack/{path}", data=body.encode(), headers=headers) as answer:
            await answer.read()
            return answer.status

    def event(self, number: int = 1, *, name: str = "+1") -> str:
        """A reaction of ada's on the first article, as Slack sends it."""
        message = self.server.messages(self.place)[1]
        return json.dumps(
            {
                "type": "event_callback",
                "token": "t",
                "team_id": self.place.workspace.id,
                "api_app_id": self.server.app_id,
                "event_id": f"Ev{number}",
                "event_time": int(time.time()),
                "authorizations": [{"team_id": self.place.workspace.id, "is_bot": True}],
                "event": {
                    "type": "reaction_added",
                    "user": self.ada.id,
                    "reaction": name,
                    "item": {"type": "message", "channel": self.place.id, "ts": message.ts},
                    "item_user": self.place.workspace.bot_user,
                    "event_ts": f"{time.time():.6f}",
                },
            }
        )


@asynccontextmanager
async def served(app: App) -> AsyncIterator[str]:
    """The house's own HTTP server with the platform's routes."""
    server = HttpServer(store=app.store, metrics=partial(metrics_of, app), routes=list(app.platforms["slack"].routes()))
    port = await server.start(host="127.0.0.1", port=0)
    runs = asyncio.create_task(app.platforms["slack"].run())
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        runs.cancel()
        await asyncio.gather(runs, return_exceptions=True)
        await server.aclose()


@pytest.fixture
async def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    server = SlackServer(spec=Spec.found(), limits=Limits.wide(scale=20))
    await server.start()
    workspace = server.add_workspace("Acme")
    for name in SECRETS:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment(server, workspace, mode="http").items():
        monkeypatch.setenv(name, value)
    place = server.add_channel(workspace, "ai-team")
    ada = server.add_member(workspace, "ada")
    async with slack_world(tmp_path, server, {"team": place.id}, mode="http") as app:
        await read_all(app)
        async with served(app) as base, aiohttp.ClientSession() as client:
            server.http_to(base)
            server.http.in_time *= 20  # as it is in real seconds
            await posted(app)
            yield Scene(server, app, base, place, ada, client)
    await server.stop()
    assert server.violations == server.pings == []


async def test_slack_verifies_the_address_and_events_clicks_and_commands_come_by_it(scene: Scene) -> None:
    server, ada = scene.server, scene.ada
    assert await server.http.verify()
    where = scene.place.id, server.messages(scene.place)[1].ts
    server.react(ada, *where, "+1")
    await votes_come_to(scene.app, {"👍": 1})
    clicked = await server.click(server.add_member(scene.place.workspace, "bob"), *where, "vote:value:1")
    await votes_come_to(scene.app, {"👍": 1, "👎": 1})
    assert "👎" in clicked.text
    answer = await server.command(ada, scene.place, "/digest", "votes")
    assert "👍 1" in str(answer.messages)
    assert answer.private == [True]
    await until(lambda: not server.http.underway)
    assert [delivery for delivery in server.http.deliveries if not delivery.ok or delivery.attempt] == []


async def test_what_slack_sends_twice_counts_once(scene: Scene) -> None:
    scene.server.events.duplicate = 1.0
    scene.server.react(scene.ada, scene.place.id, scene.server.messages(scene.place)[1].ts, "+1")
    await votes_come_to(scene.app, {"👍": 1})
    await until(lambda: not scene.server.http.underway)
    await until(lambda: scene.server.ephemerals)
    assert [one.text for one in scene.server.ephemerals] == ["Recorded: 👍"]


async def test_a_request_that_is_not_slacks_or_too_old_is_turned_away_and_changes_nothing(scene: Scene) -> None:
    body, now = scene.event(), time.time()
    assert await scene.send("events", body, "application/json", secret="another") == 401
    assert await scene.send("events", body, "application/json", at=now - 301) == 401
    assert await scene.send("events", body, "application/json", at=now + 301) == 401
    async with scene.client.post(f"{scene.base}/slack/events", data=body) as answer:
        assert answer.status == 401
    for path in ("commands", "interactive"):
        assert await scene.send(path, "a=b", "application/x-www-form-urlencoded", secret="x") == 401
    await votes_come_to(scene.app, {})


async def test_a_replay_within_the_five_minutes_is_answered_and_done_no_second_time(scene: Scene) -> None:
    body = scene.event()
    now = time.time()
    for _ in range(3):
        assert await scene.send("events", body, "application/json", at=now) == 200
    await votes_come_to(scene.app, {"👍": 1})
    command = {
        "command": "/digest",
        "text": "now",
        "team_id": scene.place.workspace.id,
        "channel_id": scene.place.id,
        "user_id": scene.place.workspace.owner,
        "trigger_id": "1.2.3",
        "response_url": scene.server.api_url,
    }
    form = urlencode(command)
    for _ in range(3):
        assert await scene.send("commands", form, "application/x-www-form-urlencoded", at=now) == 200
    async with scene.app.store.read() as view:
        channel = (await view.channels.all(platform="slack"))[0]
        assert len(await view.channels.history(channel.id, None, 10)) <= 2


@pytest.mark.parametrize(
    ("path", "body", "kind"),
    [
        ("events", "{", "application/json"),
        ("events", "[]", "application/json"),
        ("events", "null", "application/json"),
        ("events", '{"type": "event_callback", "event": {"type": "reaction_added"}}', "application/json"),
        ("events", "", "application/json"),
        ("interactive", "payload=%7B", "application/x-www-form-urlencoded"),
        ("interactive", "payload=%7B%22type%22%3A%22block_actions%22%7D", "application/x-www-form-urlencoded"),
        ("commands", "command=%2Fdigest", "application/x-www-form-urlencoded"),
        ("commands", "%FF%FE=%00", "application/x-www-form-urlencoded"),
    ],
)
async def test_malformed_requests_though_signed_end_nothing(scene: Scene, path: str, body: str, kind: str) -> None:
    assert await scene.send(path, body, kind) < 600
    assert await scene.send("events", scene.event(), "application/json") == 200
    await votes_come_to(scene.app, {"👍": 1})


async def test_fifty_kilobytes_of_command_text_are_answered(scene: Scene) -> None:
    answer = await scene.server.command(scene.ada, scene.place, "/article", "ä<!channel>" * 5000)
    assert answer.error is None
    assert answer.private == [True]
