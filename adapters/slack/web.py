"""Requests to Slack through slack_sdk's own client: each in its turn, tried once. Errors come out as ours."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

import aiohttp
import structlog
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from adapters.slack.errors import error_of
from adapters.slack.installs import Install, Installs
from adapters.slack.limits import Limits
from bot.errors import OutcomeUnknown, PlatformUnavailable

_log = structlog.get_logger(__name__)
_OK = 200
_TIMEOUT = 30  # seconds
_PATIENCE = 10.0  # seconds that a change waits for its turn; what waits longer is put off
_LONG_PATIENCE = 60.0  # seconds that a reading does
_CONNECTIONS = 100


class Web:
    """`installs` comes last, as it asks Slack by this too."""

    def __init__(self, *, api_url: str, limits: Limits, installs: Callable[[Web], Installs]) -> None:
        self._api_url = api_url.rstrip("/") + "/"
        self.limits = limits
        self._session: aiohttp.ClientSession | None = None
        self._clients: dict[str | None, AsyncWebClient] = {}
        self.installs = installs(self)

    async def send(
        self, team: str, method: str, arguments: Mapping[str, object], *, patience: float = _PATIENCE
    ) -> AsyncSlackResponse:
        """A change. Raises PlatformError; never repeated, as Slack would do it again."""
        install = await self.installs.of(team)
        return await self._call(install, method, arguments, patience)

    async def get(
        self, team: str, method: str, arguments: Mapping[str, object], *, patience: float = _LONG_PATIENCE
    ) -> AsyncSlackResponse:
        """A reading: whatever happens, nothing was changed. Raises PlatformError, never OutcomeUnknown."""
        install = await self.installs.of(team)
        try:
            return await self._call(install, method, arguments, patience)
        except OutcomeUnknown as error:
            raise PlatformUnavailable(str(error)) from error

    async def ask(self, method: str, arguments: Mapping[str, object], *, token: str = "") -> AsyncSlackResponse:
        """A request of no workspace, or by a token of which the workspace is not known yet. Raises PlatformError."""
        try:
            return await self._call(Install(team="", token=token), method, arguments, _LONG_PATIENCE)
        except OutcomeUnknown as error:
            raise PlatformUnavailable(str(error)) from error

    async def _call(
        self, install: Install, method: str, arguments: Mapping[str, object], patience: float
    ) -> AsyncSlackResponse:
        channel = str(arguments.get("channel", ""))
        await self.limits.turn(install.team, method, channel, patience=patience)
        call = getattr(self.client(install.token), method.replace(".", "_"))
        try:
            answer: AsyncSlackResponse = await call(**arguments)
        except Exception as error:
            ours = error_of(error)
            if isinstance(ours, PlatformUnavailable) and ours.retry_after is not None:
                self.limits.closed(install.team, method, ours.retry_after)
            raise ours from error
        if not isinstance(answer.data, dict):
            raise OutcomeUnknown("Slack's answer was not understood")
        return answer

    async def respond(self, address: str, payload: Mapping[str, object]) -> bool:
        """Says something at the address that Slack gave with a command or a click: five times in half an hour. False
        where Slack does not take it."""
        hook = AsyncWebhookClient(address, session=self.session(), retry_handlers=[], logger=quiet_logger())
        try:
            answer = await hook.send_dict(dict(payload))
        except Exception as error:
            _log.warning("an answer could not be given", reason=str(error_of(error)))
            return False
        if answer.status_code != _OK:
            _log.warning("an answer could not be given", status=answer.status_code, reason=answer.body[:100])
        return answer.status_code == _OK

    def client(self, token: str | None = None) -> AsyncWebClient:
        """The SDK's client. Its default handler would repeat a message whose connection broke off: none does here."""
        if token not in self._clients:
            self._clients[token] = AsyncWebClient(
                token=token or None,
                base_url=self._api_url,
                timeout=_TIMEOUT,
                session=self.session(),
                retry_handlers=[],
                logger=quiet_logger(),
            )
        return self._clients[token]

    def session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=_TIMEOUT), connector=aiohttp.TCPConnector(limit=_CONNECTIONS)
            )
        return self._session

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None
        self._clients.clear()


def quiet_logger() -> logging.Logger:
    """For Slack's SDK: what matters of what it says is told here, in our words and without a token."""
    logger = logging.getLogger("digestbot.slack")
    logger.setLevel(logging.CRITICAL)
    return logger
