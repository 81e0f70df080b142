"""A local Slack: Web API, Socket Mode, HTTP mode and OAuth, for the real slack_sdk and slack_bolt.

Ask it for workspaces, channels and members, let members react and command, break what you like, and look at what is
there. It is held to what Slack has published.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.platforms.slack_server import interactions as interactions_room
from tests.platforms.slack_server import oauth as oauth_room
from tests.platforms.slack_server import socket_mode
from tests.platforms.slack_server.events import Events, Teller
from tests.platforms.slack_server.faults import KINDS, Faults, Rule
from tests.platforms.slack_server.http_mode import Delivery, Http
from tests.platforms.slack_server.interactions import Answer, Interactions
from tests.platforms.slack_server.limits import Gate, Limits
from tests.platforms.slack_server.oauth import OAuth
from tests.platforms.slack_server.outlet import Outlet
from tests.platforms.slack_server.people import People
from tests.platforms.slack_server.scenery import Scenery
from tests.platforms.slack_server.socket_mode import Sockets
from tests.platforms.slack_server.spec import Spec
from tests.platforms.slack_server.web_api import BASE, Request, WebApi
from tests.platforms.slack_server.world import SCOPES, Channel, Ephemeral, Message, User, Workspace, World

__all__ = [
    "KINDS",
    "SCOPES",
    "Answer",
    "Channel",
    "Delivery",
    "Ephemeral",
    "Limits",
    "Message",
    "Request",
    "SlackServer",
    "Spec",
    "User",
    "Workspace",
]
_LARGEST = 4 * 1024 * 1024  # bytes of a request


class SlackServer(Scenery, People):
    """`latency` in seconds is added to every request; `spec` None judges nothing but Slack's own rules.

    What a test may look at: `requests` (all of them), `too_many` (429 that the bot's own rate brought about),
    `ignored_429` (requests that did not wait as a 429 told them to), `violations` (what the specification or Slack's
    rules do not allow; it should be empty), `pings` (whom messages pinged), `views`, `events.log`, `http.deliveries`,
    `sockets.opened`, `.delivered`, `.redelivered`, `.pending`, `.waiting`, `.lost`, `.slowest_ack`.
    """

    def __init__(
        self, *, latency: float = 0.0, limits: Limits | None = None, spec: Spec | str | None = "found"
    ) -> None:
        limits = limits or Limits()
        self.latency = latency
        self.spec = Spec.found() if isinstance(spec, str) else spec
        self.port = 0
        # what it knows and does
        self.world = World(scale=limits.scale)
        self.workspaces = self.world.workspaces
        self.gate = Gate(limits, self.world.now)
        self.faults = Faults()
        self.events = Events(self)
        self.tell = Teller(self)
        self.sockets = Sockets(self)
        self.http = Http(self)
        self.outlet = Outlet(self)
        self.interactions = Interactions(self)
        self.oauth = OAuth(self)
        self._runner: web.AppRunner | None = None
        # the app
        self.app_id = self.world.app_id
        self.client_id = "1111111111.2222222222"
        self.client_secret = "local-client-secret"
        self.signing_secret = "local-signing-secret"
        self.verification_token = "local-verification-token"
        self.app_token = f"xapp-1-{self.app_id}-1-local"
        # how it behaves
        self.on_commit: Callable[[str, Any], None] | None = None
        self.emoji: dict[str, str] = {}  # a workspace's own: name -> address
        # what it saw
        self.requests: list[Request] = []
        self.violations: list[str] = []
        self.pings: list[str] = []
        self.views: list[dict[str, Any]] = []

    # ------------------------------------------------------------ running

    async def start(self, port: int = 0) -> None:
        app = web.Application(client_max_size=_LARGEST)
        app.router.add_route("*", BASE + "/{method}", WebApi(self).handle)
        app.router.add_get(socket_mode.PATH, self.sockets.handle)
        app.router.add_post(interactions_room.PATH + "{workspace}/{secret}", self.interactions.respond)
        app.router.add_get(oauth_room.AUTHORIZE, self.oauth.page)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        self.events.end()
        await self.interactions.close()
        await self.http.close()
        await self.sockets.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.port}{BASE}/"

    @property
    def authorize_url(self) -> str:
        return f"http://127.0.0.1:{self.port}{oauth_room.AUTHORIZE}"

    def http_to(self, base_url: str | None) -> None:
        """From now on events, commands and clicks go to this address; None: by Socket Mode again."""
        self.http.base_url = base_url.rstrip("/") if base_url else None

    # ------------------------------------------------------------ the app

    @property
    def rotation(self) -> bool:
        """Whether new tokens end after a time, and come with a refresh token."""
        return self.oauth.rotation

    @rotation.setter
    def rotation(self, on: bool) -> None:
        self.oauth.rotation = on

    def consent(self, workspace: Workspace, authorize_url: str, user: str | None = None) -> str:
        """Where the browser goes when somebody allows what the app's authorize URL asks for."""
        return self.oauth.consent(workspace, authorize_url, user)

    def sign(self, body: str, *, at: float | None = None, secret: str | None = None) -> dict[str, str]:
        """The headers of a signed request; `at` is its time."""
        return self.http.sign(body, at=at, secret=secret)

    # ------------------------------------------------------------ what goes wrong

    def fail(self, method: str, how: str, *, times: int | None = 1, seconds: float = 0.2) -> None:
        """The next requests whose method fits the pattern go wrong; `how` is one of KINDS. "response_url" is one."""
        self.faults.rules.append(Rule(re.compile(method), how, times, seconds))

    def chaos(self, seed: int, rate: float, kinds: tuple[str, ...] = ()) -> None:
        """Each changing request goes wrong by this chance, until `calm`."""
        self.faults.at_random(seed, rate, kinds)

    def calm(self) -> None:
        """Nothing goes wrong any more."""
        self.faults.end()

    def drop_sockets(self) -> None:
        """Breaks every connection off without a word."""
        self.sockets.drop()

    def refresh_sockets(self, reason: str = "refresh_requested") -> None:
        """Asks every client to come again: "warning", "refresh_requested", "link_disabled"."""
        self.sockets.refresh(reason)

    # ------------------------------------------------------------ what was seen

    @property
    def too_many(self) -> int:
        return self.gate.too_many

    @property
    def ignored_429(self) -> int:
        return self.gate.ignored
