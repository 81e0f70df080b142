"""Which token speaks in which workspace: the one of the environment, or those that workspaces gave when they installed
the app, sealed in the vault and renewed before they expire."""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

import structlog

from bot.errors import ChannelLost, ConfigError, PlatformUnavailable, PostingRejected, StorageError
from bot.ports import Vault

_log = structlog.get_logger(__name__)
_NAME = "slack"  # of an installation in the vault
_PATIENCE = 10.0  # seconds that a renewal may take while the old token is good
_AGAIN = 60.0  # seconds until a renewal is tried again
_RENEWED = 2 * 3600.0  # seconds before its end that a token is renewed; Slack's live for 12 hours


@dataclass(frozen=True, slots=True, kw_only=True)
class Install:
    """The app in a workspace (`team`). `installer`: who put it there, at `installed_at`. A token that expires does so
    at `expires_at`, and is renewed from `renew_at` on (seconds since 1970)."""

    team: str
    token: str
    bot_user: str = ""
    bot_id: str = ""
    installer: str = ""
    installed_at: float = 0.0
    refresh_token: str = ""
    expires_at: float = math.inf
    renew_at: float = math.inf

    def __repr__(self) -> str:  # no token in a log
        return f"Install(team={self.team!r}, bot_user={self.bot_user!r})"


class Answer(Protocol):
    def __getitem__(self, key: str, /) -> Any: ...
    def get(self, key: str, /) -> Any: ...


class Ask(Protocol):
    """A request to Slack that is made in no workspace's name."""

    async def __call__(self, method: str, arguments: Mapping[str, object], *, token: str = ...) -> Answer: ...


class Installs(Protocol):
    async def of(self, team: str) -> Install:
        """The installation in a workspace; "" is the only one there is. Raises PlatformError where there is none."""

    def known(self, team: str) -> Install | None:
        """The same where it was asked for before; it may be over by now."""

    async def forget(self, team: str, *, at: float) -> bool:
        """The workspace removed the app, at that time. False: it has been installed again since."""


class OneInstall:
    """The app in the one workspace whose token is in the environment."""

    def __init__(self, token: Callable[[], str], ask: Ask) -> None:
        self._token = token
        self._ask = ask
        self._known: Install | None = None
        self._asking = asyncio.Lock()

    async def of(self, team: str) -> Install:
        async with self._asking:
            if self._known is None:
                try:
                    token = self._token()
                except ConfigError as error:  # its file is being changed
                    raise PlatformUnavailable(str(error)) from error
                me = await self._ask("auth.test", {}, token=token)
                self._known = Install(
                    team=me["team_id"], token=token, bot_user=me["user_id"], bot_id=str(me.get("bot_id") or "")
                )
        if team not in ("", self._known.team):
            fix = f'set workspace = "{self._known.team}", or the token of that workspace'
            lost = ChannelLost(f"SLACK_BOT_TOKEN is not of the workspace {team}", fix=fix)
            raise lost.told("lost.workspace", workspace=self._known.team)
        return self._known

    def known(self, team: str) -> Install | None:
        return self._known if self._known is not None and self._known.team == team else None

    async def forget(self, team: str, *, at: float) -> bool:
        self._known = None
        return True


class ManyInstalls:
    """The app in every workspace that installed it (OAuth v2)."""

    def __init__(self, vault: Vault, ask: Ask, *, client: Callable[[], tuple[str, str]], install_url: str) -> None:
        self._vault = vault
        self._ask = ask
        self._client = client
        self._install_url = install_url
        self._known: dict[str, Install] = {}
        self._renewing: dict[str, asyncio.Task[Install]] = {}

    async def of(self, team: str) -> Install:
        if not team:
            lost = ChannelLost("the channel's workspace is not named", fix='write workspace = "T…" under [[channels]]')
            raise lost.told("lost.workspace", workspace="T…")
        install = self._known.get(team) or await self._stored(team)
        if install is None:
            fix = f"install it at {self._install_url}"
            lost = ChannelLost(f"the app is not installed in the workspace {team}", fix=fix)
            raise lost.told("lost.install", url=self._install_url)
        self._known[team] = install
        return install if time.time() < install.renew_at else await self._after_renewal(install)

    def known(self, team: str) -> Install | None:
        return self._known.get(team)

    async def save(self, install: Install) -> None:
        """Raises StorageError; the installation is known all the same, as long as the bot lives."""
        self._known[install.team] = install
        await self._vault.put(install.team, _NAME, json.dumps(asdict(install)).encode())

    async def forget(self, team: str, *, at: float) -> bool:
        """Raises PlatformUnavailable."""
        install = self._known.get(team) or await self._stored(team)
        if install is not None and install.installed_at > at:
            return False
        self._known.pop(team, None)
        await self._vault.delete(team, _NAME)
        return True

    async def _stored(self, team: str) -> Install | None:
        try:
            stored = await self._vault.get(team, _NAME)
        except StorageError as error:
            raise PlatformUnavailable(str(error)) from error
        if stored is None:
            return None
        return Install(**json.loads(stored))

    async def _after_renewal(self, install: Install) -> Install:
        """With a new token, or for now with the old one where that is still good and Slack is slow or out of reach.

        A refresh token can be used once: the renewal is a task of its own, which no caller's end breaks off.
        """
        team, good = install.team, install.expires_at > time.time() + _PATIENCE
        if team not in self._renewing:
            self._renewing[team] = asyncio.create_task(self._renewed(install))
            self._renewing[team].add_done_callback(lambda _task: self._renewing.pop(team, None))
        renewal = self._renewing[team]
        await asyncio.wait({renewal}, timeout=_PATIENCE if good else None)
        if good and (not renewal.done() or isinstance(renewal.exception(), PlatformUnavailable)):
            self._known[team] = replace(install, renew_at=time.time() + _AGAIN)
            return install
        return renewal.result()

    async def _renewed(self, install: Install) -> Install:
        client_id, client_secret = self._client()
        try:
            answer = await self._ask(
                "oauth.v2.access",
                {
                    "client_id": client_id,
                    "client_secret": client_secret,
                    "grant_type": "refresh_token",
                    "refresh_token": install.refresh_token,
                },
            )
        except PostingRejected as error:
            fix = f"install the app again at {self._install_url}"
            lost = ChannelLost("Slack does not renew the workspace's token", fix=fix)
            raise lost.told("lost.install", url=self._install_url) from error
        given = replace(install, token=answer["access_token"], refresh_token=answer["refresh_token"])
        renewed = living(given, float(answer["expires_in"]))
        try:
            await self.save(renewed)
        except StorageError as error:  # it is used up at Slack, so it has to be kept
            _log.error("a renewed token could not be stored; it is tried again", team=install.team, error=str(error))
            self._known[install.team] = replace(renewed, renew_at=time.time() + _AGAIN)
        return renewed


def living(install: Install, seconds: float) -> Install:
    """With a token that expires so long from now; one of a short life is renewed at half of it."""
    now = time.time()
    return replace(install, expires_at=now + seconds, renew_at=now + max(seconds - _RENEWED, seconds / 2))
