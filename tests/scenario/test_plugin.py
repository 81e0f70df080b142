"""The plug-in guide's platform: found by its entry point, shown by the command line, and posting each message once."""

from pathlib import Path

import pytest
from aiohttp import web

from bot.errors import AdapterNotFound, ConfigError
from bot.platforms import kit_of
from tests.fakes.clock import FakeClock
from tests.platforms.webhook_server import SECRET, WebhookServer, install
from tests.scenario.cli import ROOT, digestbot
from tests.scenario.crash_table import crashed, expected
from tests.scenario.steps import channel, composed, state
from tests.scenario.webhook_world import WebhookRig, config, installed, webhook_world
from tests.scenario.world import read_all, write_world


def test_a_platform_is_found_once_it_is_installed_or_by_its_function(tmp_path: Path) -> None:
    with pytest.raises(AdapterNotFound, match="'webhook' is not installed"):
        kit_of("webhook", {"url": "http://127.0.0.1"})
    with installed(tmp_path):
        for name in ("webhook", "digestbot_webhook:kit"):
            assert kit_of(name, {"url": "http://127.0.0.1"}).name == "webhook"
        with pytest.raises(ConfigError) as caught:
            kit_of("webhook", {"urll": "x", "idempotent": 5})
        assert len(caught.value.mistakes) == 3


def test_the_command_line_knows_it(tmp_path: Path) -> None:
    site = install(tmp_path / "site")
    write_world(tmp_path, config=config(WebhookServer(url="http://127.0.0.1:9/digests"), {"team": ""}))
    env = {"PYTHONPATH": f"{site}:{ROOT}", "WEBHOOK_SECRET": ""}
    assert digestbot("refresh", cwd=tmp_path, env=env).code == 0
    drawn = digestbot("preview", "--channel", "team", "--format", "webhook", cwd=tmp_path, env=env)
    assert '"channel": "team-room"' in drawn.out
    findings = {one["check"]: one for one in digestbot("doctor", "--json", cwd=tmp_path, env=env).records}
    assert findings["webhook.secret"]["ok"] is False
    assert findings["webhook.secret"]["fix"]
    refused = digestbot("post", "--channel", "team", cwd=tmp_path, env=env)
    assert (refused.code, refused.err) == (2, "digestbot: environment: WEBHOOK_SECRET is not set\n")
    put_off = digestbot("post", "--channel", "team", "--json", cwd=tmp_path, env={**env, "WEBHOOK_SECRET": SECRET})
    assert put_off.records[0]["state"] == "composed"
    assert "cannot be reached" in put_off.err


@pytest.mark.parametrize(
    ("status", "headers", "came_to", "requests"),
    [
        (429, {"Retry-After": "30"}, "posted", 5),
        (500, {}, "posted", 5),
        (422, {}, "posted", 4),  # the header is never taken; the articles are
        (404, {}, "composed", 1),  # the channel is lost, and waits for somebody to mend it
    ],
)
async def test_each_answer_means_what_the_guide_says(
    tmp_path: Path, status: int, headers: dict[str, str], came_to: str, requests: int
) -> None:
    clock, server = FakeClock(), WebhookServer(answers=[web.Response(status=status, headers=headers)])
    await server.start()
    async with webhook_world(tmp_path, server, clock) as app:
        await read_all(app)
        digest = await composed(app)
        for _ in range(3):
            await app.engine.deliver.digest(digest)
            clock.advance(minutes=1)
        assert await state(app, digest) == came_to
        assert (await channel(app)).lost == (status == 404)
    keys = [one["key"] for one in server.messages]
    assert len(keys) == len(set(keys))
    assert server.requests == requests
    await server.stop()


async def test_one_that_promises_nothing_is_not_told_twice_but_asked_of_a_human(tmp_path: Path) -> None:
    clock, server = FakeClock(), WebhookServer(by_key=False, answers=[web.Response(status=502)])
    await server.start()
    async with webhook_world(tmp_path, server, clock) as app:
        await read_all(app)
        digest = await composed(app)
        for _ in range(3):
            await app.engine.deliver.digest(digest)
            clock.advance(minutes=1)
        async with app.store.read() as view:
            (uncertain,) = await view.outbox.uncertain()
        assert "cannot be asked" in str(uncertain.reason)
        assert server.requests == 1
        await app.engine.deliver.resolve(uncertain.posting, there=False)
        await app.engine.deliver.digest(digest)
        assert await state(app, digest) == "posted"
    assert len(server.messages) == 4
    await server.stop()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("point", ["post:committed", "close:before"])
async def test_killed_where_it_may_have_been_told_each_message_is_there_once(tmp_path: Path, point: str) -> None:
    outcome = await crashed(WebhookRig(), point, tmp_path, seed=1, rate=0.25)
    assert outcome.killed == 2
    assert outcome.right, outcome


async def test_without_the_services_promise_the_kill_shows(tmp_path: Path) -> None:
    outcome = await crashed(WebhookRig(), "post:committed", tmp_path, blind=True)
    assert outcome.parts != expected()
    assert len(outcome.parts) > len(set(outcome.parts))
