"""One app in many Slack workspaces: installed by OAuth, tokens renewed, taken back, and nobody sees the others."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import web

from bot.app import App
from bot.errors import ConfigError
from tests.platforms.slack_server import Limits, SlackServer, Spec, Workspace
from tests.platforms.slack_server.world import Channel as Place
from tests.scenario.cli import digestbot
from tests.scenario.slack_world import SECRETS, environment, listening, slack_world
from tests.scenario.steps import becomes, channel, composed, posted, state, until, votes_come_to, working
from tests.scenario.world import read_all


@dataclass
class Scene:
    folder: Path
    server: SlackServer
    one: Workspace
    two: Workspace
    places: dict[str, Place]  # by the workspace's name

    @asynccontextmanager
    async def house(self) -> AsyncIterator[App]:
        more = {name: f'workspace = "{place.workspace.id}"' for name, place in self.places.items()}
        ids = {name: place.id for name, place in self.places.items()}
        async with slack_world(self.folder, self.server, ids, more=more) as app:
            await read_all(app)
            yield app


@dataclass
class Browser:
    """Somebody's browser on the app's pages."""

    client: aiohttp.ClientSession
    base: str
    server: SlackServer

    async def begin(self) -> str:
        """Opens the page of installation; where Slack's consent screen is."""
        async with self.client.get(f"{self.base}/slack/install", allow_redirects=False) as answer:
            assert answer.status == 302
            self.cookie = answer.headers["Set-Cookie"].split(";")[0]
            return answer.headers["Location"]

    async def back(self, address: str, *, cookie: bool = True) -> tuple[int, str]:
        """Comes back from Slack."""
        query = urlsplit(address).query
        headers = {"Cookie": self.cookie} if cookie else {}
        async with self.client.get(f"{self.base}/slack/oauth_redirect?{query}", headers=headers) as answer:
            return answer.status, await answer.text()

    async def install(self, workspace: Workspace) -> int:
        status, _ = await self.back(self.server.consent(workspace, await self.begin()))
        return status


@asynccontextmanager
async def browsing(app: App, server: SlackServer) -> AsyncIterator[Browser]:
    """The app's own pages, served as `run` does."""
    pages = web.Application()
    pages.add_routes(list(app.platforms["slack"].routes()))  # type: ignore[arg-type]
    runner = web.AppRunner(pages)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client:
            yield Browser(client, f"http://127.0.0.1:{runner.addresses[0][1]}", server)
    finally:
        await runner.cleanup()


@pytest.fixture
async def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    server = SlackServer(spec=Spec.found(), limits=Limits.wide(scale=20))
    server.sockets.in_time *= 20  # as it is in real seconds
    await server.start()
    for name in SECRETS:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment(server, None).items():
        monkeypatch.setenv(name, value)
    one, two = server.add_workspace("One", installed=False), server.add_workspace("Two", installed=False)
    places = {"one": server.add_channel(one, "ai-team"), "two": server.add_channel(two, "ai-team")}
    yield Scene(tmp_path, server, one, two, places)
    await server.stop()
    assert server.violations == server.pings == []


async def test_two_workspaces_install_the_app_and_get_digests_votes_and_answers(scene: Scene) -> None:
    server = scene.server
    async with scene.house() as app, listening(app, server), browsing(app, server) as browser:
        digest = await posted(app, name="one")
        assert "install" in ((await channel(app, "one")).paused or "")
        for workspace in (scene.one, scene.two):
            assert await browser.install(workspace) == 200
        await becomes(app, lost=False, name="one")
        await app.engine.deliver.digest(digest)
        assert await state(app, digest) == "posted"
        await posted(app, name="two")
        for name in ("one", "two"):
            place = scene.places[name]
            assert len(server.messages(place)) == 4
            member = server.add_member(place.workspace, "ada")
            server.react(member, place.id, server.messages(place)[1].ts, "+1")
            answer = await server.command(member, place, "/digest", "next")
            assert answer.private == [True]
        await votes_come_to(app, {"👍": 2})


async def test_the_doctor_looks_at_the_token_of_each_workspace(scene: Scene) -> None:
    async with scene.house() as app, browsing(app, scene.server) as browser:
        assert await browser.install(scene.one) == 200
    scene.one.clock = -3600.0
    ended = await asyncio.to_thread(digestbot, "doctor", "--json", cwd=scene.folder)
    found = {str(line["check"]): line for line in ended.records}
    assert found[f"slack.workspace.{scene.one.id}"]["ok"]
    assert found["slack.channel.one"]["ok"]
    assert "is not installed" in str(found[f"slack.workspace.{scene.two.id}"]["detail"])
    assert "/slack/install" in str(found[f"slack.workspace.{scene.two.id}"]["fix"]).lower()
    assert "1 h 0 min ahead of slack's" in str(found["clock"]["detail"])
    assert "xox" not in ended.out


async def test_states_are_good_for_one_browser_once_and_codes_too(scene: Scene) -> None:
    async with scene.house() as app, browsing(app, scene.server) as browser:
        address = await browser.begin()
        assert "reactions%3Aread" in address or "reactions:read" in address
        back = scene.server.consent(scene.one, address)
        assert (await browser.back(back, cookie=False))[0] == 400
        state_of = parse_qs(urlsplit(back).query)["state"][0]
        forged = back.replace(state_of, f"{state_of[:-1]}0")
        browser.cookie = browser.cookie.replace(state_of, parse_qs(urlsplit(forged).query)["state"][0])
        assert (await browser.back(forged))[0] in (400, 401) or forged == back
        browser.cookie = browser.cookie.split("=")[0] + "=" + state_of
        assert (await browser.back(back))[0] == 200
        assert (await browser.back(back))[0] == 401  # the state was used
        other = await browser.begin()
        used = scene.server.consent(scene.one, other)
        code = parse_qs(urlsplit(back).query)["code"][0]
        assert (await browser.back(used.replace(parse_qs(urlsplit(used).query)["code"][0], code)))[0] == 401
        assert (await browser.back("?error=access_denied"))[0] == 200


@pytest.mark.parametrize(("how", "status"), [("drop_before", 503), ("error_before", 401)])
async def test_an_installation_that_slack_breaks_off_says_so_and_can_be_begun_again(
    scene: Scene, how: str, status: int
) -> None:
    async with scene.house() as app, browsing(app, scene.server) as browser:
        scene.server.fail(r"oauth\.v2\.access", how)
        back = scene.server.consent(scene.one, await browser.begin())
        assert (await browser.back(back))[0] == status
        assert await browser.install(scene.one) == 200


@pytest.mark.file
async def test_tokens_are_sealed_at_rest_and_read_again_after_a_restart(scene: Scene) -> None:
    async with scene.house() as app, browsing(app, scene.server) as browser:
        await browser.install(scene.one)
    stored = (scene.folder / "digest.db").read_bytes()
    wal = scene.folder / "digest.db-wal"
    assert scene.one.bot_token.encode() not in stored + (wal.read_bytes() if wal.exists() else b"")
    async with scene.house() as app:
        digest = await posted(app, name="one")
        assert await state(app, digest) == "posted"


async def test_a_token_is_renewed_before_it_expires_and_only_once(scene: Scene) -> None:
    scene.server.rotation = True
    async with scene.house() as app, browsing(app, scene.server) as browser:
        await browser.install(scene.one)
        installs = app.platforms["slack"]._web.installs  # type: ignore[attr-defined]
        first = await installs.of(scene.one.id)
        assert first.expires_at - first.renew_at == pytest.approx(2 * 3600, abs=1)
        await installs.save(replace(first, renew_at=0.0))  # ten hours later
        several = await asyncio.gather(*(installs.of(scene.one.id) for _ in range(5)))
        assert {one.token for one in several} == {scene.one.bot_token} != {first.token}
        asked = [request.method for request in scene.server.requests]
        assert asked.count("oauth.v2.access") == 2  # the installation and one renewal
        digest = await posted(app, name="one")
        assert await state(app, digest) == "posted"
    async with scene.house() as app:  # what was renewed is what is kept
        kept = await app.platforms["slack"]._web.installs.of(scene.one.id)  # type: ignore[attr-defined]
        assert kept.token == scene.one.bot_token


async def test_a_token_that_slack_does_not_renew_pauses_the_channel_and_drops_nothing(scene: Scene) -> None:
    scene.server.rotation = True
    async with scene.house() as app, browsing(app, scene.server) as browser:
        await browser.install(scene.one)
        installs = app.platforms["slack"]._web.installs  # type: ignore[attr-defined]
        spoilt = replace(await installs.of(scene.one.id), renew_at=0.0, expires_at=0.0, refresh_token="xoxe-gone")
        await installs.save(spoilt)
        digest = await posted(app, name="one")
        assert await state(app, digest) == "composed"
        assert "install" in ((await channel(app, "one")).paused or "")
        await browser.install(scene.one)
        await becomes(app, lost=False, name="one")
        await app.engine.deliver.digest(digest)
        assert await state(app, digest) == "posted"


@pytest.mark.file
@pytest.mark.parametrize("how", ["uninstall", "revoke"])
async def test_a_workspace_that_takes_the_app_away_is_cleaned_up_and_the_other_goes_on(scene: Scene, how: str) -> None:
    server = scene.server
    async with scene.house() as app, working(app), listening(app, server), browsing(app, server) as browser:
        for workspace in (scene.one, scene.two):
            await browser.install(workspace)
        (server.uninstall if how == "uninstall" else server.revoke_token)(scene.one)
        if how == "revoke":
            tokens = {"oauth": [], "bot": [scene.one.bot_user]}
            server.tell.raw(scene.one, {"type": "tokens_revoked", "tokens": tokens})
        await becomes(app, lost=True, name="one")
        with closing(sqlite3.connect(scene.folder / "digest.db")) as connection:
            kept = {row for (row,) in connection.execute("SELECT workspace FROM secrets WHERE name = 'slack'")}
        assert kept == {scene.two.id}
        await composed(app, "two")
        await until(lambda: len(server.messages(scene.places["two"])) == 4)
        assert await browser.install(scene.one) == 200
        await becomes(app, lost=False, name="one")
        await composed(app, "one")
        await until(lambda: len(server.messages(scene.places["one"])) == 4)


async def test_a_removal_that_is_told_again_after_the_app_came_back_takes_nothing_away(scene: Scene) -> None:
    server = scene.server
    async with scene.house() as app, listening(app, server), browsing(app, server) as browser:
        await browser.install(scene.one)
        server.uninstall(scene.one)
        await becomes(app, lost=True, name="one")
        told = [one for one in server.events.log if one["event"]["type"] == "app_uninstalled"]
        await browser.install(scene.one)
        await becomes(app, lost=False, name="one")
        again = {**told[0], "event_id": "EvAGAIN", "event_time": told[0]["event_time"] - 60}
        server.outlet.event(again)
        await until(lambda: not server.sockets.pending)
        assert (await channel(app, "one")).paused is None
        digest = await posted(app, name="one")
        assert await state(app, digest) == "posted"


async def test_neither_workspace_reaches_the_others_token_channels_articles_or_votes(scene: Scene) -> None:
    server = scene.server
    async with scene.house() as app, listening(app, server), browsing(app, server) as browser:
        for workspace in (scene.one, scene.two):
            await browser.install(workspace)
        await posted(app, name="one")
        thief = server.add_member(scene.two, "eve", admin=True)
        installs = app.platforms["slack"]._web.installs  # type: ignore[attr-defined]
        assert (await installs.of(scene.one.id)).token != (await installs.of(scene.two.id)).token
        one = scene.places["one"]
        for text in ("history", "votes", "next", "now"):
            asked = {
                "type": "reaction_added",
                "user": thief.id,
                "reaction": "+1",
                "item": {"type": "message", "channel": one.id, "ts": server.messages(one)[1].ts},
                "item_user": scene.one.bot_user,
                "event_ts": "1.000001",
            }
            server.tell.raw(scene.two, asked)
            answer = await server.command(thief, scene.places["two"], "/digest", text)
            assert "Story" not in answer.text or text == "now"
        await until(lambda: not server.sockets.pending)
        await votes_come_to(app, {})


async def test_a_token_and_an_app_to_install_contradict_each_other(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    with pytest.raises(ConfigError, match="SLACK_CLIENT_ID"):
        async with slack_world(scene.folder, scene.server, {"team": "C0123456"}):
            pass
