"""A local Discord: REST v10 and gateway, for the real discord.py. It is held to the published specification.

Ask it for guilds, channels and members, let members react and command, break what you like, and look at what is there.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.platforms.discord_server import gateway as gateway_room
from tests.platforms.discord_server.faults import KINDS, Faults, Rule
from tests.platforms.discord_server.gateway import Gateway
from tests.platforms.discord_server.interactions import Answer, Interactions
from tests.platforms.discord_server.limits import Gate, Limits
from tests.platforms.discord_server.people import People
from tests.platforms.discord_server.rest import BASE, Request, Rest
from tests.platforms.discord_server.scenery import Scenery
from tests.platforms.discord_server.spec import Spec
from tests.platforms.discord_server.world import Channel, Guild, Message, World

__all__ = ["KINDS", "Answer", "Channel", "DiscordServer", "Guild", "Limits", "Message", "Request", "Spec"]
_LARGEST = 25 * 1024 * 1024  # bytes of a request
_STARTS = 1000  # identifies in a day


class DiscordServer(Scenery, People):
    """`latency` in seconds is added to every request; `spec` None judges nothing but Discord's own rules.

    What a test may look at: `requests` (all of them), `too_many` (429 that the bot's own rate brought about),
    `invalid_requests` (401, 403 and 429), `violations` (what the specification or Discord's rules do not allow; it
    should be empty), `pings` (whom messages pinged), `commands`, `command_syncs`, `identifies`, `resumes`,
    `gateway_asks`, `late_heartbeats`.
    """

    def __init__(
        self, *, latency: float = 0.0, limits: Limits | None = None, spec: Spec | str | None = "found"
    ) -> None:
        limits = limits or Limits()
        self.latency = latency
        self.spec = Spec.found() if isinstance(spec, str) else spec
        self.token = "the.local.token"  # "Bot …" in requests
        self.port = 0
        # what it knows and does
        self.world = World(scale=limits.scale)
        self.gate = Gate(limits, self.world.now)
        self.faults = Faults()
        self.gateway = Gateway(self)
        self.interactions = Interactions(self)
        self._runner: web.AppRunner | None = None
        # how it behaves
        self.shards = 1  # recommended
        self.starts_left = _STARTS
        self.identify_every = 0.0  # seconds between two; Discord's are 5
        self.privileged_intents = 0  # that the bot was given
        self.heartbeat_interval = 41_250  # milliseconds
        self.honour_nonce = True
        self.nonce_window = 120.0  # seconds
        self.nonces: dict[tuple[str, str], tuple[Message, float]] = {}
        self.on_commit: Callable[[str, str, Any], None] | None = None
        # what it saw
        self.commands: list[dict[str, Any]] = []
        self.guild_commands: dict[str, list[dict[str, Any]]] = {}
        self.command_syncs = 0
        self.gateway_asks = 0
        self.requests: list[Request] = []
        self.too_many = 0
        self.invalid_requests = 0
        self.violations: list[str] = []
        self.pings: list[str] = []

    # ------------------------------------------------------------ running

    async def start(self, port: int = 0) -> None:
        app = web.Application(client_max_size=_LARGEST)
        app.router.add_route("*", BASE + "/{path:.*}", Rest(self).handle)
        app.router.add_get(gateway_room.PATH, self.gateway.handle)
        app.router.add_get(gateway_room.PATH + "/", self.gateway.handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        await self.gateway.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.port}{BASE}"

    @property
    def gateway_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}{gateway_room.PATH}"

    @property
    def bot_id(self) -> str:
        return self.world.bot.id

    @property
    def application_id(self) -> str:
        return self.world.application_id

    # ------------------------------------------------------------ what goes wrong

    def fail(self, method: str, path: str, how: str, *, times: int | None = 1, seconds: float = 0.2) -> None:
        """The next requests that fit go wrong: `method` "*" fits all, `path` is searched for, `how` is one of KINDS."""
        self.faults.rules.append(Rule(method, re.compile(path), how, times, seconds))

    def chaos(self, seed: int, rate: float, kinds: tuple[str, ...] = ()) -> None:
        """Each changing request goes wrong by this chance, until `calm`."""
        self.faults.at_random(seed, rate, kinds)

    def calm(self) -> None:
        """Nothing goes wrong any more."""
        self.faults.end()

    def revoke_token(self) -> None:
        """The gateway closes with 4004 at the next identify; requests get 401."""
        self.token = "another.token"

    def drop_gateways(self, code: int | None = 4000) -> None:
        """Closes every connection of the gateway; None breaks it off without a word."""
        self.gateway.drop(code)

    def reconnect_gateways(self) -> None:
        """Asks every client to come again (op 7)."""
        self.gateway.reconnect()

    def invalidate_sessions(self, *, resumable: bool = False) -> None:
        """Op 9. What happens until a client has identified anew is lost to it, where it may not resume."""
        self.gateway.invalidate(resumable=resumable)

    def dispatch_raw(self, frame: dict[str, Any]) -> None:
        """An event of any form, to every session, with its next number."""
        self.gateway.tell_all(frame.get("t"), frame.get("d"))

    def refuse_identify(self, code: int) -> None:
        """The next identify is closed with this code."""
        self.gateway.refusals.append(code)

    # ------------------------------------------------------------ what was seen at the gateway

    @property
    def identifies(self) -> int:
        return self.gateway.identifies

    @property
    def resumes(self) -> int:
        return self.gateway.resumes

    @property
    def late_heartbeats(self) -> list[tuple[int, float]]:
        """(shard, seconds late), with those that are still to come."""
        return [*self.gateway.late, *self.gateway.overdue(time.monotonic())]
