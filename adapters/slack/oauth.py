"""How workspaces install the app by themselves: slack-bolt's OAuth v2 flow on our HTTP server."""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence

import structlog
from aiohttp import ClientError
from aiohttp.web import Request, Response, RouteDef, get
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.installs import Install, ManyInstalls, living
from adapters.slack.web import quiet_logger
from bot.errors import BotError

_log = structlog.get_logger(__name__)
INSTALL, RETURN = "/slack/install", "/slack/oauth_redirect"
_LIVES = 600  # seconds that an installation may take
_MOST = 10_000  # states remembered as used


class Installing:
    """`installed` is told the workspace of every new installation."""

    def __init__(
        self,
        installs: ManyInstalls,
        client: AsyncWebClient,
        *,
        app: tuple[str, str],
        scopes: Sequence[str],
        public_url: str,
        installed: Callable[[str], Awaitable[None]],
    ) -> None:
        client_id, client_secret = app
        logger = quiet_logger()
        self.flow = AsyncOAuthFlow(
            client=client,
            logger=logger,
            settings=AsyncOAuthSettings(
                client_id=client_id,
                client_secret=client_secret,
                scopes=list(scopes),
                redirect_uri=public_url.rstrip("/") + RETURN,
                install_path=INSTALL,
                redirect_uri_path=RETURN,
                install_page_rendering_enabled=False,
                authorization_url=client.base_url.removesuffix("api/") + "oauth/v2/authorize",
                installation_store=_Store(installs, installed, logger),
                state_store=_States(client_secret.encode(), logger),
                state_expiration_seconds=_LIVES,
                logger=logger,
            ),
        )

    def routes(self) -> Sequence[RouteDef]:
        return (get(INSTALL, self._install), get(RETURN, self._return))

    async def _install(self, request: Request) -> Response:
        return await to_aiohttp_response(await self.flow.handle_installation(await to_bolt_request(request)))

    async def _return(self, request: Request) -> Response:
        try:
            return await to_aiohttp_response(await self.flow.handle_callback(await to_bolt_request(request)))
        except (ClientError, TimeoutError) as error:  # slack-bolt expects answers of Slack's alone
            _log.warning("an installation broke off: Slack is out of reach", error=type(error).__name__)
            return Response(status=503, text=f"Slack is out of reach. Please install the app again: {INSTALL}")


class _Store(AsyncInstallationStore):
    """Keeps what the flow was given. Tokens are read by `ManyInstalls` alone."""

    def __init__(self, installs: ManyInstalls, installed: Callable[[str], Awaitable[None]], logger: logging.Logger):
        self._installs = installs
        self._installed = installed
        self._logger = logger

    @property
    def logger(self) -> logging.Logger:
        return self._logger

    async def async_save(self, installation: Installation) -> None:
        if installation.is_enterprise_install or not installation.team_id or not installation.bot_token:
            raise BoltError("install the app in a single workspace, not in a whole organisation")
        try:
            await self._installs.save(install_of(installation))
        except BotError as error:
            raise BoltError(str(error)) from error
        await self._installed(installation.team_id)


def install_of(installation: Installation) -> Install:
    install = Install(
        team=installation.team_id or "",
        token=installation.bot_token or "",
        bot_user=installation.bot_user_id or "",
        bot_id=installation.bot_id or "",
        installer=installation.user_id or "",
        installed_at=time.time(),
        refresh_token=installation.bot_refresh_token or "",
    )
    expires_at = installation.bot_token_expires_at
    return living(install, expires_at - time.time()) if expires_at else install


class _States(AsyncOAuthStateStore):
    """States are signed with the app's secret, good for ten minutes and once; slack-bolt ties them to the browser. Only
    those that came back are remembered, so nobody can fill the memory by asking for them."""

    def __init__(self, key: bytes, logger: logging.Logger) -> None:
        self._key = key
        self._logger = logger
        self._used: dict[str, float] = {}

    @property
    def logger(self) -> logging.Logger:
        return self._logger

    async def async_issue(self, *_args: object, **_kwargs: object) -> str:
        state = f"{int(time.time()) + _LIVES:x}.{secrets.token_hex(16)}"
        return f"{state}.{self._signature(state)}"

    async def async_consume(self, state: str) -> bool:
        """Whether it is ours, in time, and here for the first time."""
        signed, _, signature = state.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(signed).encode()) or state in self._used:
            return False
        now, ends = time.time(), int(signed.partition(".")[0], 16)
        self._used = {used: until for used, until in self._used.items() if until > now}
        if ends < now:
            return False
        if len(self._used) >= _MOST:  # of the earliest, Slack takes no code a second time either
            del self._used[next(iter(self._used))]
        self._used[state] = ends
        return True

    def _signature(self, state: str) -> str:
        return hmac.new(self._key, b"state " + state.encode(), hashlib.sha256).hexdigest()
