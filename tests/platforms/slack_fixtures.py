"""What tests of Slack share: a local Slack, a workspace, a channel, and the real slack_sdk pointed at it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.slack_server import Channel, Limits, SlackServer, User, Workspace


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    """A running local Slack. A test that does what Slack forbids clears `violations` itself.

    Its limits are wide, so that no test has to wait.
    """
    made = SlackServer(limits=Limits.wide())
    await made.start()
    yield made
    await made.stop()
    assert made.violations == []


@pytest.fixture
def workspace(slack: SlackServer) -> Workspace:
    return slack.add_workspace("Acme")


@pytest.fixture
def room(slack: SlackServer, workspace: Workspace) -> Channel:
    """A channel with the bot in it."""
    return slack.add_channel(workspace, "ai-team")


@pytest.fixture
def ada(slack: SlackServer, workspace: Workspace, room: Channel) -> User:
    """Somebody who is in the channel."""
    return slack.add_member(workspace, "ada", admin=True)


@pytest.fixture
def web(slack: SlackServer, workspace: Workspace) -> AsyncWebClient:
    """slack_sdk's own client, with the workspace's token; it does not try again by itself."""
    return AsyncWebClient(token=workspace.bot_token, base_url=slack.api_url, retry_handlers=[])
