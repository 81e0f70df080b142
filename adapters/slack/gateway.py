"""How Slack's events come: over a socket that the bot opens, or by HTTP. What they mean, `events.py` knows."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Sequence

import structlog
from aiohttp import WSMessage
from aiohttp.web import HTTPException, Request, Response, RouteDef, json_response, post
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from adapters.slack.errors import code_of
from adapters.slack.events import Events
from adapters.slack.oauth import Installing
from adapters.slack.order import InOrder
from adapters.slack.web import Web
from bot.errors import ConfigError, PlatformError

_log = structlog.get_logger(__name__)

_LARGEST = 1 << 20  # bytes of a request: a click brings the whole message along
_PING = 6.0  # seconds between pings; after three without an answer the connection is taken for dead
_LOOK = 0.25  # seconds between looks at the connection
_SHORT = 1000  # characters; what Slack says of a connection is shorter
_STUCK = 60.0  # seconds without a connection after which the client is made anew
_LONGEST_PAUSE = 300.0  # seconds between two attempts to connect
_REFUSED = {  # what the admin alone can mend
    "invalid_auth": "Slack refuses SLACK_APP_TOKEN",
    "not_authed": "Slack refuses SLACK_APP_TOKEN",
    "account_inactive": "Slack refuses SLACK_APP_TOKEN",
    "not_allowed_token_type": "SLACK_APP_TOKEN is no app-level token, which begins with xapp-",
    "missing_scope": "SLACK_APP_TOKEN lacks the scope connections:write",
    "forbidden_team": "Socket Mode is switched off in the app's settings",
}


class Gateway:
    """`app_token`: None where events come by HTTP."""

    def __init__(
        self,
        *,
        web: Web,
        events: Events,
        signing_secret: str,
        app_token: Callable[[], str] | None,
        installing: Installing | None,
        order: InOrder,
    ) -> None:
        self._web = web
        self._events = events
        self._signing_secret = signing_secret
        self._app_token = app_token
        self._installing = installing
        self._order = order
        self._app: AsyncApp | None = None

    def routes(self) -> Sequence[RouteDef]:
        own = () if self._installing is None else self._installing.routes()
        if self._app_token is not None:
            return own
        return [*own, *(post(f"/slack/{kind}", self._requested) for kind in ("events", "commands", "interactive"))]

    async def run(self, began: Callable[[], Awaitable[None]]) -> None:
        """Until cancelled. `began` is awaited whenever events may have been missed until now. Raises StorageError."""
        await self._events.resume()
        if self._app_token is None:
            self._order.connected(time.time())
            await _told(began)
            await asyncio.Event().wait()
        else:
            await self._listen(self._app_token, began)

    async def aclose(self) -> None:
        await self._events.aclose()

    async def _requested(self, request: Request) -> Response:
        try:
            asked = await to_bolt_request(request.clone(client_max_size=_LARGEST))
        except HTTPException:
            raise
        except Exception:  # slack-bolt reads it before it looks at the signature, and comes to grief on much
            return json_response({"error": "invalid request"}, status=400)
        return await to_aiohttp_response(await self._bolt().async_dispatch(asked))

    def _bolt(self) -> AsyncApp:
        if self._app is None:
            flow = None if self._installing is None else self._installing.flow
            self._app = self._events.app(signing_secret=self._signing_secret, flow=flow)
        return self._app

    # ------------------------------------------------------------ Socket Mode

    async def _listen(self, token: Callable[[], str], began: Callable[[], Awaitable[None]]) -> None:
        """A client that got stuck is made anew, a little later each time."""
        failures, ever = 0, False
        while True:
            try:
                address = (await self._web.ask("apps.connections.open", {"app_token": token()}))["url"]
                failures, ever = 0, True
                await self._connected(token(), address, began)
                reason = "the connection was lost"
            except PlatformError as error:
                refused = _REFUSED.get(code_of(error))
                if refused and not ever:
                    fix = "see the app's settings, Basic Information, App-Level Tokens"
                    raise ConfigError(f"[slack] {refused}: {fix}") from error
                reason = refused or str(error)
            except Exception as error:  # whatever the SDK comes to grief on, the house goes on
                if isinstance(error, ConfigError) and not ever:
                    raise
                reason = f"{type(error).__name__}: the connection could not be made"
            failures += 1
            pause = min(2.0 ** (failures - 1), _LONGEST_PAUSE)
            _log.warning("Slack's connection ended; it is made anew", reason=reason, pause=pause)
            await asyncio.sleep(pause)

    async def _connected(self, token: str, address: str, began: Callable[[], Awaitable[None]]) -> None:
        """As long as slack_sdk's client keeps itself connected."""
        handler = _Handler(self._bolt(), token, ping_interval=_PING)
        handler.events = self._events
        client = handler.client
        client.wss_uri = address
        turns = _Turns(began, self._order, client)
        client.on_message_listeners.append(turns.heard)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(_STUCK):  # the SDK tries an address that is used up for ever
                await handler.connect_async()  # type: ignore[no-untyped-call]
            alive = loop.time()
            while loop.time() - alive < _STUCK:
                await asyncio.sleep(_LOOK)
                if await client.is_connected():
                    alive = loop.time()
                else:
                    self._order.lost()
        finally:
            self._order.lost()
            await handler.close_async()  # type: ignore[no-untyped-call]
            await turns.aclose()


class _Handler(AsyncSocketModeHandler):
    """slack-bolt's, but reactions go straight to where they are dealt with."""

    events: Events

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        if await self.events.reaction(req.payload):
            await client.send_socket_mode_response(SocketModeResponse(envelope_id=req.envelope_id))
        else:
            await super().handle(client, req)


class _Turns:
    """Tells whenever a connection begins or is about to end: events may have been missed between them, even where Slack
    only replaced one by another."""

    def __init__(self, began: Callable[[], Awaitable[None]], order: InOrder, client: SocketModeClient) -> None:
        self._began = began
        self._order = order
        self._client = client
        self._telling: set[asyncio.Task[None]] = set()

    async def heard(self, message: WSMessage) -> None:
        """Slack's answer to a ping may stand behind thousands of events; the SDK would take the connection that brings
        them for dead."""
        self._client.last_ping_pong_time = time.time()
        kind = _word_of(message.data)
        if kind == "disconnect":
            self._order.lost()
        elif kind == "hello":
            self._order.connected(time.time())
            task = asyncio.create_task(_told(self._began))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    async def aclose(self) -> None:
        telling = list(self._telling)
        for task in telling:
            task.cancel()
        await asyncio.gather(*telling, return_exceptions=True)


async def _told(began: Callable[[], Awaitable[None]]) -> None:
    try:
        await began()
    except Exception as error:
        _log.warning("what was missed could not be asked for", reason=f"{type(error).__name__}: {error}")


def _word_of(frame: str) -> str:
    """What Slack says of the connection itself, "hello" or "disconnect"; events are left to slack_sdk."""
    if len(frame) > _SHORT:
        return ""
    try:
        return str(json.loads(frame).get("type"))
    except (ValueError, AttributeError):
        return ""
