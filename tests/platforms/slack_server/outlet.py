"""Where events, commands and clicks go: to the app's sockets, or to its address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.platforms.slack_server import SlackServer


class Unreachable(Exception):
    """The app could not be asked, or did not answer well; what Slack would tell the member is its text."""


class Outlet:
    def __init__(self, server: SlackServer) -> None:
        self._server = server

    def event(self, wrapper: Mapping[str, Any]) -> None:
        """Takes an event; it is delivered, and delivered again, as time goes on."""
        server = self._server
        if server.http.base_url is not None:
            server.http.event(wrapper)
        else:
            server.sockets.event(wrapper)

    async def ask(self, kind: str, payload: Mapping[str, Any]) -> Any:
        """What the app answers at once to "slash_commands" or "interactive". Raises Unreachable."""
        server = self._server
        if server.http.base_url is not None:
            return await server.http.ask(kind, payload)
        return await server.sockets.ask(kind, payload)
