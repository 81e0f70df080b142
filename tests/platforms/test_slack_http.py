"""The local Slack's HTTP mode and OAuth, through the real slack_bolt behind an aiohttp server."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import web as aio
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.conftest import until
from tests.platforms.slack_server import Channel, SlackServer, User, Workspace

# aiohttp would have it otherwise than slack_sdk does it.
REDIRECT = "http://127.0.0.1/slack/oauth_redirect"


class House:
    """The app's own server: Bolt behind aiohttp; `status` answers in its place."""

    def __init__(self, slack: SlackServer, web: AsyncWebClient) -> None:
        self.bolt = AsyncApp(client=web, signing_secret=slack.signing_secret, process_before_response=True)
        self.events: list[dict[str, Any]] = []
        self.status: list[int] = []
        self.more: dict[str, str] = {}
        self.seconds = 0.0
        self.bolt.event("reaction_added")(self._note)
        self.bolt.command("/digest")(self._digest)
        self.bolt.action("more")(self._more)

    async def _note(self, event: dict[str, Any]) -> None:
        self.events.append(event)

    async def _digest(self, ack: AsyncAck, respond: AsyncRespond, command: dict[str, Any]) -> None:
        await ack(command["text"])

    async def _more(self, ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond("more")

    async def handle(self, request: aio.Request) -> aio.StreamResponse:
        if self.seconds:
            await asyncio.sleep(self.seconds)
        if self.status:
            return aio.Response(status=self.status.pop(0), headers=self.more)
        return await to_aiohttp_response(await self.bolt.async_dispatch(await to_bolt_request(request)))


@pytest.fixture
async def house(slack: SlackServer, web: AsyncWebClient) -> AsyncIterator[House]:
    made = House(slack, web)
    app = aio.Application()
    app.router.add_post("/slack/{kind}", made.handle)
    runner = aio.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await aio.TCPSite(runner, "127.0.0.1", 0).start()
    slack.http_to(f"http://127.0.0.1:{runner.addresses[0][1]}")
    yield made
    await runner.cleanup()


async def test_events_commands_and_clicks_come_signed(
    slack: SlackServer, room: Channel, ada: User, web: AsyncWebClient, house: House
) -> None:
    assert await slack.http.verify()
    button = {"type": "button", "text": {"type": "plain_text", "text": "More"}, "action_id": "more"}
    blocks = [{"type": "actions", "elements": [button]}]
    ts = (await web.chat_postMessage(channel=room.id, text="x", blocks=blocks))["ts"]
    slack.react(ada, room.id, ts, "+1")
    await until(lambda: house.events)
    assert (await slack.command(ada, room, "/digest", "a & b")).text == "a &amp; b"
    answer = await slack.click(ada, room, ts, "more")
    assert answer.text == "more"
    assert (await answer.acked()).ack is None
    await until(lambda: not slack.http.underway)
    assert [(one.kind, one.status) for one in slack.http.deliveries] == [
        ("events_api", 200),
        ("events_api", 200),
        ("slash_commands", 200),
        ("interactive", 200),
    ]


async def test_the_time_and_the_secret_of_a_signature_count(slack: SlackServer, house: House) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "c", "token": "t"})
    now = time.time()
    for at, secret, status in (
        (now, None, 200),
        (now - 290, None, 200),
        (now - 301, None, 401),
        (now + 310, None, 401),
        (now, "another", 401),
    ):
        assert (await slack.http.send("events_api", body, at=at, secret=secret)).status == status


async def test_what_fails_comes_again_three_times_with_the_reason(
    slack: SlackServer, room: Channel, ada: User, house: House
) -> None:
    slack.http.retries = (0.0, 0.01, 0.01)
    message = slack.post_as(ada, room, "vote")
    house.status = [500, 404]
    slack.react(ada, room.id, message.ts, "+1")
    await until(lambda: house.events and not slack.http.underway)
    told = [(one.attempt, one.status, one.headers.get("X-Slack-Retry-Reason")) for one in slack.http.deliveries]
    assert told == [(0, 500, None), (1, 404, "http_error"), (2, 200, "http_error")]
    assert len({one.body for one in slack.http.deliveries}) == 1
    house.status = [500] * 4
    slack.react(ada, room.id, message.ts, "-1")
    await until(lambda: slack.http.lost)
    assert len(slack.http.deliveries) == 7


async def test_an_app_may_ask_for_no_more_retries(slack: SlackServer, room: Channel, ada: User, house: House) -> None:
    house.status, house.more = [500], {"X-Slack-No-Retry": "1"}
    slack.react(ada, room.id, slack.post_as(ada, room, "vote").ts, "+1")
    await until(lambda: slack.http.lost)
    assert len(slack.http.deliveries) == 1


async def test_an_app_that_is_slow_or_away_is_told_so(
    slack: SlackServer, room: Channel, ada: User, house: House
) -> None:
    slack.http.retries, slack.http.in_time = (0.0,), 0.05
    message = slack.post_as(ada, room, "vote")
    house.seconds = 0.2
    slack.react(ada, room.id, message.ts, "+1")
    assert (await slack.command(ada, room, "/digest")).error == "operation_timeout"
    await until(lambda: slack.http.lost)
    slack.http_to("http://127.0.0.1:1")
    assert (await slack.command(ada, room, "/digest")).error == "dispatch_failed"
    assert [one.reason for one in slack.http.deliveries].count("http_timeout") == 3


async def test_an_event_that_nobody_listens_for_is_a_404_from_bolt(
    slack: SlackServer, room: Channel, house: House
) -> None:
    slack.http.retries = ()
    slack.archive(room)
    await until(lambda: slack.http.lost)
    assert slack.http.deliveries[0].status == 404


# ---------------------------------------------------------------- OAuth


@pytest.fixture
def elsewhere(slack: SlackServer) -> Workspace:
    """A workspace that has not installed the app."""
    return slack.add_workspace("Elsewhere", installed=False)


def code_of(slack: SlackServer, workspace: Workspace, scope: str = "chat:write") -> str:
    url = f"{slack.authorize_url}?client_id={slack.client_id}&scope={scope}&state=s1&redirect_uri={REDIRECT}"
    given = parse_qs(urlsplit(slack.consent(workspace, url)).query)
    assert given["state"] == ["s1"]
    return given["code"][0]


def exchange(slack: SlackServer, **args: str) -> Any:
    client = {"client_id": slack.client_id, "client_secret": slack.client_secret}
    return AsyncWebClient(base_url=slack.api_url, retry_handlers=[]).oauth_v2_access(**(client | args))


async def refusal(asked: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await asked
    return str(caught.value.response["error"])


async def test_a_code_is_good_for_one_token(slack: SlackServer, elsewhere: Workspace) -> None:
    code = code_of(slack, elsewhere, "chat:write,reactions:read")
    told = await exchange(slack, code=code, redirect_uri=REDIRECT)
    assert (told["team"], told["bot_user_id"]) == ({"id": elsewhere.id, "name": "Elsewhere"}, elsewhere.bot_user)
    assert (told["scope"], told["token_type"]) == ("chat:write,reactions:read", "bot")
    assert "refresh_token" not in told.data
    client = AsyncWebClient(token=told["access_token"], base_url=slack.api_url)
    assert (await client.auth_test())["team_id"] == elsewhere.id
    assert await refusal(exchange(slack, code=code, redirect_uri=REDIRECT)) == "code_already_used"


async def test_codes_are_refused_for_what_is_wrong_with_them(slack: SlackServer, elsewhere: Workspace) -> None:
    code = code_of(slack, elsewhere)
    assert await refusal(exchange(slack, code=code, client_secret="x")) == "bad_client_secret"
    assert await refusal(exchange(slack, code=code, client_id="x")) == "invalid_client_id"
    assert await refusal(exchange(slack, code="x")) == "invalid_code"
    assert await refusal(exchange(slack, code=code, redirect_uri="http://x/")) == "bad_redirect_uri"
    slack.oauth.codes[code].expires = slack.world.now()
    assert await refusal(exchange(slack, code=code, redirect_uri=REDIRECT)) == "invalid_code"
    with pytest.raises(ValueError, match="another app"):
        slack.consent(elsewhere, f"{slack.authorize_url}?client_id=x")


async def test_the_page_of_consent_is_there(slack: SlackServer) -> None:
    async with aiohttp.ClientSession() as session:
        for client, status in ((slack.client_id, 200), ("x", 400)):
            async with session.get(slack.authorize_url, params={"client_id": client}) as got:
                assert got.status == status


async def test_tokens_that_rotate_end_and_are_made_anew_once(slack: SlackServer, elsewhere: Workspace) -> None:
    slack.rotation = True
    told = await exchange(slack, code=code_of(slack, elsewhere), redirect_uri=REDIRECT)
    assert told["expires_in"] == 43_200
    old = AsyncWebClient(token=told["access_token"], base_url=slack.api_url)
    assert (await old.auth_test())["expires_in"] > 43_000
    slack.expire_token(elsewhere)
    assert await refusal(old.auth_test()) == "token_expired"
    refresh = {"grant_type": "refresh_token", "refresh_token": told["refresh_token"]}
    again = await exchange(slack, **refresh)
    assert again["access_token"] != told["access_token"]
    assert (await AsyncWebClient(token=again["access_token"], base_url=slack.api_url).auth_test())["ok"]
    assert await refusal(exchange(slack, **refresh)) == "invalid_refresh_token"


async def test_an_app_that_was_revoked_or_uninstalled_can_be_installed_again(
    slack: SlackServer, workspace: Workspace, web: AsyncWebClient
) -> None:
    assert not (await web.auth_revoke(test=True))["revoked"]
    assert (await web.auth_revoke())["revoked"]
    assert await refusal(web.auth_test()) == "token_revoked"
    told = await exchange(slack, code=code_of(slack, workspace), redirect_uri=REDIRECT)
    client = AsyncWebClient(token=told["access_token"], base_url=slack.api_url)
    await client.api_call("apps.uninstall", params={"client_id": slack.client_id, "client_secret": slack.client_secret})
    assert await refusal(client.auth_test()) == "account_inactive"
    assert [one["event"]["type"] for one in slack.events.log] == [
        "tokens_revoked",
        "tokens_revoked",
        "app_uninstalled",
    ]
