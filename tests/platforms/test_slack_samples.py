"""What the local Slack sends, beside samples of what Slack sends: the same keys, of the same kinds."""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.slack_reasons import EVERYWHERE, EXTRA, MISSING, OTHER_KIND
from tests.platforms.slack_server import Channel, SlackServer, User, Workspace
from tests.platforms.slack_server.spec import corpora

SAMPLES = corpora() / "json-logs.tar.xz"
pytestmark = pytest.mark.skipif(not SAMPLES.is_file(), reason="the samples of Slack's payloads are not in the corpora")
BUTTON = {"type": "button", "text": {"type": "plain_text", "text": "More"}, "action_id": "more", "value": "7"}
BLOCKS = [{"type": "actions", "elements": [BUTTON]}]
_OPAQUE = re.compile(r"blocks$|attachments$|files$|metadata$|event_payload$")


class Scene:
    """A workspace in which a little of everything has happened."""

    def __init__(self, slack: SlackServer, web: AsyncWebClient, room: Channel, ada: User) -> None:
        self.slack, self.web, self.room, self.ada = slack, web, room, ada
        self.ts = ""

    async def happen(self) -> None:
        self.slack.post_as(self.ada, self.room, "before")
        metadata = {"event_type": "digest", "event_payload": {}}
        told = await self.web.chat_postMessage(channel=self.room.id, text="x", blocks=BLOCKS, metadata=metadata)
        self.ts = told["ts"]
        await self.web.chat_update(channel=self.room.id, ts=self.ts, text="y")
        self.slack.react(self.ada, self.room.id, self.ts, "+1")
        self.slack.post_as(self.ada, self.room, "answer", thread_ts=self.ts)
        self.slack.post_as(self.ada, self.room, "again", thread_ts=self.ts)

    def event(self, name: str) -> dict[str, Any]:
        return next(one for one in self.slack.events.log if one["event"]["type"] == name)

    def command(self) -> dict[str, Any]:
        answer = self.slack.command(self.ada, self.room, "/digest", "now")
        return dict(self.slack.command_payload(answer, "/digest", "now"))

    def click(self) -> dict[str, Any]:
        sent: list[Any] = []
        self.slack.interactions.ask = lambda answer, payload: sent.append(payload)  # type: ignore[method-assign]
        self.slack.click(self.ada, self.room, self.ts, "more")
        return dict(sent[0])

    async def answer(self, method: str) -> dict[str, Any]:
        room, ts = self.room.id, self.ts
        asked: dict[str, Callable[[], Awaitable[Any]]] = {
            "auth.test": self.web.auth_test,
            "chat.postEphemeral": lambda: self.web.chat_postEphemeral(channel=room, user=self.ada.id, text="x"),
            "chat.postMessage": lambda: self.web.chat_postMessage(
                channel=room, text="x", thread_ts=ts, blocks=BLOCKS, metadata={"event_type": "d", "event_payload": {}}
            ),
            "chat.update": lambda: self.web.chat_update(channel=room, ts=ts, text="z"),
            "conversations.history": lambda: self.web.conversations_history(
                channel=room, limit=1, include_all_metadata=True
            ),
            "conversations.info": lambda: self.web.conversations_info(
                channel=room, include_locale=True, include_num_members=True
            ),
            "conversations.list": lambda: self.web.conversations_list(types="public_channel,im"),
            "reactions.add": lambda: self.web.reactions_add(channel=room, timestamp=ts, name="tada"),
            "reactions.get": lambda: self.web.reactions_get(channel=room, timestamp=ts, full=True),
            "reactions.list": lambda: self.web.reactions_list(user=self.ada.id),
            "team.info": self.web.team_info,
            "users.info": lambda: self.web.users_info(user=self.room.workspace.bot_user, include_locale=True),
        }
        if method == "reactions.remove":
            await self.web.reactions_add(channel=room, timestamp=ts, name="eyes")
            return (await self.web.reactions_remove(channel=room, timestamp=ts, name="eyes")).data
        if method == "apps.connections.open":
            return (
                await AsyncWebClient(token=self.slack.app_token, base_url=self.slack.api_url).apps_connections_open(
                    app_token=self.slack.app_token
                )
            ).data
        return (await asked[method]()).data


@pytest.fixture
async def scene(slack: SlackServer, workspace: Workspace, room: Channel, ada: User, web: AsyncWebClient) -> Scene:
    made = Scene(slack, web, room, ada)
    slack.world.direct(workspace, ada.id)
    slack.events.subscribed["message"] = "{kind}:history"
    await made.happen()
    return made


def samples() -> dict[str, Any]:
    """By their names, without folder and ending."""
    with tarfile.open(SAMPLES) as archive:
        found = [(one, archive.extractfile(one)) for one in archive if one.name.endswith(".json")]
        return {one.name.rsplit("/", 1)[-1].removesuffix(".json"): json.load(file) for one, file in found if file}


def paths(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Each key in a value with its kind; what is nothing has the kind ""."""
    if isinstance(value, dict) and not _OPAQUE.search(where):
        for name, one in value.items():
            yield f"{where}.{name}", _kind(one)
            yield from paths(one, f"{where}.{name}")
    elif isinstance(value, list) and not _OPAQUE.search(where):
        for one in value:
            yield from paths(one, f"{where}[]")


def _kind(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return {str: "text", dict: "object", list: "list"}[type(value)]


def compared(name: str, ours: Any, theirs: Any) -> list[str]:
    """What differs without a reason."""
    mine, sample = dict(paths(ours)), dict(paths(theirs))
    extra, missing = EXTRA.get(name, {}), MISSING.get(name, {}) | EVERYWHERE
    odd = [f"{one} is not in the sample" for one in mine if one not in sample and not _reason(one, extra)]
    odd += [f"{one} is in the sample alone" for one in sample if one not in mine and not _reason(one, missing)]
    kinds = OTHER_KIND.get(name, {})
    for one in mine.keys() & sample.keys() - kinds.keys():
        if mine[one] and sample[one] and mine[one] != sample[one]:
            odd.append(f"{one} is {mine[one]}, in the sample {sample[one]}")
    return odd


def _reason(path: str, reasons: dict[str, str]) -> str | None:
    return next((reason for pattern, reason in reasons.items() if re.search(pattern, path)), None)


EVENTS = {
    "ReactionAddedPayload": "reaction_added",
    "ReactionRemovedPayload": "reaction_removed",
    "ChannelArchivePayload": "channel_archive",
    "MemberJoinedChannelPayload": "member_joined_channel",
    "MessageDeletedPayload": "message",
    "AppUninstalledPayload": "app_uninstalled",
    "TokensRevokedPayload": "tokens_revoked",
}


@pytest.mark.parametrize(("sample", "event"), EVENTS.items(), ids=EVENTS.values())
async def test_events_have_the_keys_of_the_samples(scene: Scene, sample: str, event: str) -> None:
    slack = scene.slack
    slack.unreact(scene.ada, scene.room.id, scene.ts, "+1")
    slack.remove_bot(scene.room)
    slack.invite_bot(scene.room)
    slack.events.log = [one for one in slack.events.log if one["event"]["type"] != "message"]
    slack.delete_message(scene.room, scene.ts)
    slack.archive(scene.room)
    slack.uninstall(scene.room.workspace)
    assert compared(sample, scene.event(event), samples()[sample]) == []


METHODS = (
    "apps.connections.open",
    "auth.test",
    "chat.postEphemeral",
    "chat.postMessage",
    "chat.update",
    "conversations.history",
    "conversations.info",
    "conversations.list",
    "reactions.add",
    "reactions.get",
    "reactions.list",
    "reactions.remove",
    "team.info",
    "users.info",
)


@pytest.mark.parametrize("method", METHODS)
async def test_answers_have_the_keys_of_the_samples(scene: Scene, method: str) -> None:
    assert compared(method, await scene.answer(method), samples()[method]) == []


async def test_a_token_has_the_keys_of_the_sample(scene: Scene) -> None:
    scene.slack.rotation = True
    told = scene.slack.oauth.told(scene.room.workspace, scene.ada.id)
    assert compared("oauth.v2.access", told, samples()["oauth.v2.access"]) == []


async def test_commands_and_clicks_have_the_keys_of_the_samples(scene: Scene) -> None:
    found = samples()
    assert compared("SlashCommandPayload", scene.command(), found["SlashCommandPayload"]) == []
    assert compared("BlockActionPayload", scene.click(), found["BlockActionPayload"]) == []


def test_no_reason_is_given_for_nothing() -> None:
    """Each pattern is of use to somebody."""
    found = samples()
    for name, reasons in MISSING.items():
        here = dict(paths(found[name]))
        assert [one for one in reasons if not any(re.search(one, path) for path in here)] == [], name
