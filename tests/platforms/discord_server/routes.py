"""The table of all routes, and the search in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.platforms.discord_server import answers, commands, places, posting, reacting
from tests.platforms.discord_server.routing import Route

_CHANNEL = "/channels/{channel_id}"
_MESSAGE = f"{_CHANNEL}/messages/{{message_id}}"
_REACTIONS = f"{_MESSAGE}/reactions"
_REACTION = f"{_REACTIONS}/{{emoji_name}}"
_HOOK = "/webhooks/{webhook_id}/{webhook_token}"
_HOOKED = f"{_HOOK}/messages/{{message_id}}"
_COMMANDS = "/applications/{application_id}/commands"
_GUILD_COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"


def _of_commands(template: str) -> tuple[Route, ...]:
    single = template + "/{command_id}"
    return (
        Route("GET", template, commands.listed, "commands"),
        Route("PUT", template, commands.replace, "commands"),
        Route("POST", template, commands.put, "commands"),
        Route("GET", single, commands.one, "command"),
        Route("PATCH", single, commands.change, "command"),
        Route("DELETE", single, commands.delete, "command"),
    )


# Of two that match, the first one in the table is meant.
ROUTES = (
    Route("GET", "/users/@me", places.me, "me"),
    Route("GET", "/users/@me/guilds", places.my_guilds, "my guilds"),
    Route("POST", "/users/@me/channels", places.direct_channel, "direct"),
    Route("GET", "/users/{user_id}", places.user, "user"),
    Route("GET", "/oauth2/applications/@me", places.application, "application"),
    Route("GET", "/applications/@me", places.application, "application"),
    Route("GET", "/gateway/bot", places.gateway_bot, "gateway"),
    Route("GET", "/gateway", places.gateway, "gateway"),
    Route("GET", "/guilds/{guild_id}", places.guild, "guild"),
    Route("GET", "/guilds/{guild_id}/channels", places.guild_channels, "guild channels"),
    Route("GET", "/guilds/{guild_id}/members/{user_id}", places.member, "member"),
    Route("GET", _CHANNEL, places.channel, "channel"),
    Route("PATCH", _CHANNEL, places.change_channel, "channel"),
    Route("DELETE", _CHANNEL, places.delete_channel, "channel"),
    Route("POST", f"{_CHANNEL}/typing", places.typing, "typing"),
    Route("POST", f"{_CHANNEL}/threads", places.open_thread, "threads"),
    Route("POST", f"{_MESSAGE}/threads", places.open_thread_of, "threads"),
    Route("POST", f"{_CHANNEL}/messages", posting.post, "messages"),
    Route("GET", f"{_CHANNEL}/messages", posting.history, "history"),
    Route("GET", _MESSAGE, posting.one, "message"),
    Route("PATCH", _MESSAGE, posting.change, "change"),
    Route("DELETE", _MESSAGE, posting.delete, "delete"),
    Route("PUT", f"{_REACTION}/@me", reacting.put, "reactions"),
    Route("DELETE", f"{_REACTION}/@me", reacting.take_own, "reactions"),
    Route("DELETE", f"{_REACTION}/{{user_id}}", reacting.take, "reactions"),
    Route("DELETE", _REACTION, reacting.clear, "reactions"),
    Route("DELETE", _REACTIONS, reacting.clear, "reactions"),
    Route("GET", _REACTION, reacting.reactors, "reactors"),
    *_of_commands(_COMMANDS),
    *_of_commands(_GUILD_COMMANDS),
    Route("POST", "/interactions/{interaction_id}/{interaction_token}/callback", answers.first, "callback", open=True),
    Route("POST", _HOOK, answers.follow_up, "webhooks", open=True),
    Route("GET", f"{_HOOK}/messages/@original", answers.read, "webhooks", open=True),
    Route("PATCH", f"{_HOOK}/messages/@original", answers.change, "webhooks", open=True),
    Route("DELETE", f"{_HOOK}/messages/@original", answers.delete, "webhooks", open=True),
    Route("GET", _HOOKED, answers.read, "webhooks", open=True),
    Route("PATCH", _HOOKED, answers.change, "webhooks", open=True),
    Route("DELETE", _HOOKED, answers.delete, "webhooks", open=True),
)


@dataclass
class Table:
    """The routes by method and depth."""

    _rows: dict[tuple[str, int], list[Route]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for route in ROUTES:
            self._rows.setdefault((route.method, route.template.count("/")), []).append(route)

    def find(self, method: str, path: str) -> tuple[Route, Mapping[str, str]] | None:
        """The route of a path, and what stands in the path for its parts."""
        for route in self._rows.get((method, path.count("/")), ()):
            if found := route.pattern.fullmatch(path):
                return route, found.groupdict()
        return None
