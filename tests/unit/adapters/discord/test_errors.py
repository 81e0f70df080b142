"""Whatever discord.py raises becomes one of the house's errors, and never a wrong "certainly not posted"."""

from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from adapters.discord.errors import BY_CODE, error_of
from bot.errors import (
    ChannelLost,
    OutcomeUnknown,
    PlatformError,
    PlatformUnavailable,
    PostingDeleted,
    PostingRejected,
)


def answered(status: int, code: int = 0, **headers: str) -> discord.HTTPException:
    response: Any = SimpleNamespace(status=status, reason="Reason", headers=headers)
    kinds = {403: discord.Forbidden, 404: discord.NotFound, 500: discord.DiscordServerError}
    return kinds.get(status, discord.HTTPException)(response, {"code": code, "message": "said by Discord"})


@pytest.mark.parametrize(
    ("error", "ours"),
    [
        (answered(400, 50035), PostingRejected),
        (answered(400, 50006), PostingRejected),
        (answered(400, 99999), PostingRejected),
        (answered(401), PlatformUnavailable),
        (answered(403, 50001), ChannelLost),
        (answered(403, 50013), ChannelLost),
        (answered(403, 99999), ChannelLost),
        (answered(400, 50083), ChannelLost),
        (answered(403, 160005), ChannelLost),
        (answered(404, 10003), ChannelLost),
        (answered(404, 10008), PostingDeleted),
        (answered(404), ChannelLost),
        (answered(400, 20016), PlatformUnavailable),
        (answered(400, 30010), PostingRejected),
        (answered(403, 90001), PostingRejected),
        (answered(429), PlatformUnavailable),
        (answered(500), OutcomeUnknown),
        (answered(502), OutcomeUnknown),
        (answered(503), OutcomeUnknown),
        (discord.RateLimited(7.5), PlatformUnavailable),
        (discord.LoginFailure("bad"), PlatformUnavailable),
        (aiohttp.ClientConnectorError(SimpleNamespace(ssl=None), OSError(111, "refused")), PlatformUnavailable),  # type: ignore[arg-type]
        (aiohttp.ServerDisconnectedError(), OutcomeUnknown),
        (aiohttp.ClientOSError(32, "broken pipe"), OutcomeUnknown),
        (aiohttp.ClientPayloadError(), OutcomeUnknown),
        (TimeoutError(), OutcomeUnknown),
        (RuntimeError("Session is closed"), OutcomeUnknown),
        (TypeError("string indices"), OutcomeUnknown),
        (PostingRejected("as it was"), PostingRejected),
    ],
)
def test_an_error_becomes_ours(error: Exception, ours: type[PlatformError]) -> None:
    assert type(error_of(error)) is ours


def test_every_exception_of_the_sdk_becomes_one_of_ours() -> None:
    kinds = [kind for kind in vars(discord).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert len(kinds) > 10
    for kind in kinds:
        error = kind.__new__(kind)
        if isinstance(error, discord.HTTPException):
            error = answered(418)
        elif isinstance(error, discord.RateLimited):
            error = discord.RateLimited(1.0)
        assert isinstance(error_of(error), PlatformError), kind


@pytest.mark.parametrize("code", BY_CODE)
def test_every_code_is_told_in_words_and_where_somebody_can_mend_it_with_the_fix(code: int) -> None:
    ours = error_of(answered(400, code))
    if isinstance(ours, ChannelLost):
        assert ours.fix
    assert len(str(ours)) > 10
    assert "said by Discord" not in str(ours) or code == 50035


def test_how_long_to_wait_is_what_discord_says_and_long_where_it_says_nothing() -> None:
    for error, wait in [
        (answered(429, **{"Retry-After": "2.5"}), 2.5),
        (answered(429), 300.0),
        (discord.RateLimited(7.5), 7.5),
        (answered(401), None),
    ]:
        ours = error_of(error)
        assert isinstance(ours, PlatformUnavailable)
        assert ours.retry_after == wait


def test_no_message_holds_what_an_exception_of_the_network_says() -> None:
    secret = "https://discord.com/api/webhooks/1/TOKEN"
    for error in (RuntimeError(secret), OSError(secret), aiohttp.InvalidURL(secret), ValueError(secret)):
        assert "TOKEN" not in str(error_of(error))
