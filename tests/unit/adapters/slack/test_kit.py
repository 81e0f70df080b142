"""The kit without a token or a network: settings, manifest, what is to be done first."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

from adapters.slack import SlackKit, kit
from adapters.slack.manifest import Features, manifest_of, scopes
from adapters.slack.oauth import _States
from adapters.slack.web import quiet_logger
from bot.errors import ConfigError
from bot.model import ChannelSettings, ChannelSpec

SOCKET = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
OAUTH = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s", "SLACK_SIGNING_SECRET": "t"}


def made(secrets: dict[str, str], **settings: object) -> SlackKit:
    def secret(name: str) -> str:
        if name not in secrets:
            raise ConfigError(f"environment: {name} is not set")
        return secrets[name]

    return kit({"secret": secret, "public_url": "https://bot.example.org/", **settings})


ALL = [
    Features(http=http, oauth=oauth, seeding=seeding, public_url="https://bot.example.org")
    for http in (False, True)
    for oauth in (False, True)
    for seeding in (False, True)
]


@pytest.mark.parametrize("features", ALL)
def test_the_manifest_is_what_slacks_published_schema_allows(features: Features, corpora: Path) -> None:
    folder = corpora / "platforms" / "slack" / "manifest"
    judge = jsonschema_rs.validator_for(json.loads((folder / "manifest.schema.2.0.0.json").read_bytes()))
    assert [str(error) for error in judge.iter_errors(manifest_of(features))] == []
    assert not judge.is_valid({**manifest_of(features), "features": {"slash_commands": [{}]}})


def test_the_manifest_asks_for_what_is_used_and_no_more() -> None:
    assert "reactions:write" in scopes(Features(seeding=True))
    assert "reactions:write" not in scopes(Features())
    assert not any(scope.startswith("im:") or scope.endswith(":write.public") for scope in scopes(Features()))
    socket, http = manifest_of(Features()), manifest_of(Features(http=True, oauth=True, public_url="https://b.org/"))
    assert "request_url" not in json.dumps(socket)
    assert "https://b.org/slack/events" in json.dumps(http)
    assert "https://b.org/slack/oauth_redirect" in json.dumps(http)
    for one in (socket, http):
        assert len(json.dumps(one)) < 6000


def test_the_steps_lead_from_the_manifest_to_the_channel() -> None:
    seeding = ChannelSpec(
        name="a", platform="slack", place="C0123456", workspace="", settings=ChannelSettings(seed=("value",))
    )
    told = " ".join(step.detail for step in made(SOCKET, channels=(seeding,)).setup())
    assert "reactions:write" in told
    for word in ("api.slack.com", "SLACK_APP_TOKEN", "SLACK_BOT_TOKEN", "/invite", "[[channels]]"):
        assert word in told
    told = " ".join(step.detail for step in made(OAUTH, mode="http").setup())
    for word in ("https://bot.example.org/slack/events", "https://bot.example.org/slack/install", "SIGNING"):
        assert word in told


@pytest.mark.parametrize(
    ("secrets", "mode", "said"),
    [
        ({}, "socket", "SLACK_BOT_TOKEN"),
        ({"SLACK_BOT_TOKEN": "x"}, "socket", "SLACK_APP_TOKEN"),
        ({"SLACK_BOT_TOKEN": "x"}, "http", "SLACK_SIGNING_SECRET"),
        ({"SLACK_CLIENT_ID": "x", "SLACK_APP_TOKEN": "y"}, "socket", "SLACK_CLIENT_SECRET"),
        ({**SOCKET, "SLACK_CLIENT_ID": "x"}, "socket", "both set"),
    ],
)
async def test_what_is_missing_or_contradictory_is_named(secrets: dict[str, str], mode: str, said: str) -> None:
    findings = await made(secrets, mode=mode).check()
    assert any(said in finding.detail for finding in findings)
    assert not any(finding.ok or "\n" in finding.detail for finding in findings)


async def test_a_state_is_good_once_and_only_with_its_signature() -> None:
    states = _States(b"secret", quiet_logger())
    state = await states.async_issue()
    assert not await _States(b"another", quiet_logger()).async_consume(state)
    for bad in ("", ".", "..", "x" * 5000, f"{state}0", state[1:], "1.a.b", "zz.a." + "0" * 64, "é"):
        assert not await states.async_consume(bad)
    assert await states.async_consume(state)
    assert not await states.async_consume(state)
    other = await states.async_issue()
    assert other != state


async def test_a_state_is_no_good_after_its_ten_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    states = _States(b"secret", quiet_logger())
    state = await states.async_issue()
    monkeypatch.setattr("adapters.slack.oauth.time.time", lambda: 4e9)
    assert not await states.async_consume(state)
