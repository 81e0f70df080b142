"""Whatever slack_sdk raises becomes one of the house's errors, and never a wrong "certainly not posted"."""

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from adapters.slack.errors import BY_CODE, error_of
from bot.errors import (
    ChannelLost,
    OutcomeUnknown,
    PlatformError,
    PlatformUnavailable,
    PostingDeleted,
    PostingRejected,
)

METHODS = (  # that the adapter calls
    "auth.test",
    "chat.delete",
    "chat.postEphemeral",
    "chat.postMessage",
    "conversations.history",
    "conversations.info",
    "conversations.replies",
    "oauth.v2.access",
    "reactions.add",
    "reactions.get",
    "users.info",
    "users.list",
)


def answered(code: str = "", status: int = 200, headers: dict[str, str] | None = None, **more: str) -> SlackApiError:
    data = {"ok": False, "error": code, **more} if code else "<html>"
    return SlackApiError("said by Slack", SimpleNamespace(data=data, status_code=status, headers=headers or {}))


@pytest.mark.parametrize(
    ("error", "ours"),
    [
        (answered("channel_not_found"), ChannelLost),
        (answered("not_in_channel"), ChannelLost),
        (answered("is_archived"), ChannelLost),
        (answered("missing_scope", needed="chat:write"), ChannelLost),
        (answered("token_revoked"), ChannelLost),
        (answered("account_inactive"), ChannelLost),
        (answered("restricted_action"), ChannelLost),
        (answered("invalid_auth"), PlatformUnavailable),
        (answered("ratelimited", 429, {"Retry-After": "7"}), PlatformUnavailable),
        (answered("", 429, {"Retry-After": "7"}), PlatformUnavailable),
        (answered("msg_blocks_too_long"), PostingRejected),
        (answered("invalid_blocks"), PostingRejected),
        (answered("never_heard_of"), PostingRejected),
        (answered("message_not_found"), PostingDeleted),
        (answered("fatal_error"), OutcomeUnknown),
        (answered("internal_error"), OutcomeUnknown),
        (answered("service_unavailable"), OutcomeUnknown),
        (answered("", 500), OutcomeUnknown),
        (answered("channel_not_found", 503), OutcomeUnknown),
        (answered("", 200), OutcomeUnknown),
        (aiohttp.ClientConnectorError(SimpleNamespace(ssl=None), OSError(111, "refused")), PlatformUnavailable),  # type: ignore[arg-type]
        (aiohttp.ServerDisconnectedError(), OutcomeUnknown),
        (aiohttp.ClientPayloadError(), OutcomeUnknown),
        (TimeoutError(), OutcomeUnknown),
        (TypeError("string indices"), OutcomeUnknown),
        (PostingRejected("as it was"), PostingRejected),
    ],
)
def test_every_error_becomes_ours(error: Exception, ours: type[PlatformError]) -> None:
    assert type(error_of(error)) is ours


def test_how_long_slack_asks_to_wait_is_kept_and_a_missing_scope_is_named() -> None:
    wait: Any = error_of(answered("ratelimited", 429, {"Retry-After": "7"}))
    assert wait.retry_after == 7.0
    unsaid: Any = error_of(answered("ratelimited", 429))
    assert unsaid.retry_after
    scope: Any = error_of(answered("missing_scope", needed="channels:history"))
    assert "channels:history" in scope.reason
    assert scope.fix


def test_no_error_says_what_slack_was_asked() -> None:
    for error in (answered("invalid_auth", token="xoxb-secret"), aiohttp.ClientError("xoxb-secret")):
        assert "xoxb-secret" not in str(error_of(error))


@pytest.mark.parametrize("code", [code for code, (kind, *_) in BY_CODE.items() if kind == "lost"])
def test_what_costs_a_channel_says_how_to_mend_it(code: str) -> None:
    assert BY_CODE[code][2]


def test_every_error_that_slack_has_published_for_our_methods_is_known(corpora: Path) -> None:
    spec = json.loads((corpora / "platforms" / "slack" / "slack_web_openapi_v2.json").read_bytes())
    unknown = set()
    for method in METHODS:
        for operation in spec["paths"][f"/{method}"].values():
            unknown |= set(_codes(operation["responses"].get("default", {}))) - BY_CODE.keys()
    assert unknown == set()


def _codes(schema: object) -> list[str]:
    """The values of every `enum` of errors."""
    if isinstance(schema, dict):
        own = [one for one in schema.get("enum", ()) if isinstance(one, str) and re.fullmatch("[a-z_]{6,}", one)]
        return own + [code for part in schema.values() for code in _codes(part)]
    return [code for part in schema for code in _codes(part)] if isinstance(schema, list) else []
