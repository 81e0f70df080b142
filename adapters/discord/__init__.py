"""The kit of Discord: digests as messages or threads, votes by reaction, slash commands."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.discord.format import payload_of
from bot.errors import ConfigError
from bot.model import ChannelSpec, Finding, Posting, Step
from bot.ports import ChatPlatform, House

if TYPE_CHECKING:
    from adapters.discord.rest import Rest

_TOKEN = "DISCORD_TOKEN"  # noqa: S105 - its name
_KEYS = ("api_url", "requests_per_second", "shards", "channels", "secret")
_PORTAL = "https://discord.com/developers/applications"


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordSettings:
    """`secret` gives a secret of the environment by name, or raises ConfigError."""

    api_url: str = "https://discord.com/api/v10"
    requests_per_second: int = 50
    shards: str | None = None  # 0-3/16: from the first to the last, of how many; None: all there are
    channels: tuple[ChannelSpec, ...] = ()
    secret: Callable[[str], str]

    def token(self) -> str:
        return self.secret(_TOKEN)


class DiscordKit:
    """Implements `ports.PlatformKit`. discord.py is loaded only by what talks to Discord."""

    name = "discord"

    def __init__(self, settings: DiscordSettings) -> None:
        self._settings = settings

    def draw(self, posting: Posting) -> Mapping[str, object]:
        """The body of the request that posts it; empty for a seed."""
        return payload_of(posting)

    def setup(self) -> Sequence[Step]:
        from adapters.discord.permissions import invite

        application = self._application()
        invited = f"Open {invite(application or 'YOUR_APPLICATION_ID')} in a browser, and choose your server."
        if application is None:
            invited += (
                f" YOUR_APPLICATION_ID stands there until {_TOKEN} is set: set it and say `digestbot init discord` "
                "again, or copy the id from the tab General Information."
            )
        return (
            Step(
                "Make a bot",
                f"Open {_PORTAL}, press New Application, then the tab Bot. It needs no privileged intents.",
            ),
            Step(
                "Give digestbot its token",
                f"Press Reset Token, copy what is shown, and type: export {_TOKEN}=WHAT_YOU_COPIED",
            ),
            Step("Invite the bot", invited),
            Step(
                "Name the channel",
                "In Discord's settings, Advanced, switch Developer Mode on; right-click the channel, Copy Channel ID; "
                'write it as id = "…" under [[channels]], with platform = "discord".',
            ),
        )

    async def check(self) -> Sequence[Finding]:
        """Whether the token is taken, and each channel can be posted to."""
        from adapters.discord.check import findings

        try:
            self._settings.token()
        except ConfigError as error:
            fix = f"Copy the token in {_PORTAL}, tab Bot, Reset Token, and type: export {_TOKEN}=WHAT_YOU_COPIED"
            return (Finding("discord.token", False, str(error), fix),)
        rest = self._rest()
        try:
            return await findings(rest, self._settings.channels, token=self._settings.token())
        finally:
            await rest.aclose()

    def connect(self, house: House) -> ChatPlatform:
        """Raises ConfigError where there is no token."""
        from adapters.discord.client import DiscordPlatform
        from adapters.discord.shards import Shards

        self._settings.token()
        return DiscordPlatform(house, self._rest(), token=self._settings.token, shards=Shards.of(self._settings.shards))

    def _application(self) -> str | None:
        """The application's id, which a token begins with; None while there is no such token."""
        try:
            number = urlsafe_b64decode(self._settings.token().split(".")[0] + "==").decode("ascii")
        except (ConfigError, ValueError):
            return None
        return number if number.isdecimal() else None

    def _rest(self) -> Rest:
        from adapters.discord.limits import Limits
        from adapters.discord.rest import Rest

        return Rest(
            api_url=self._settings.api_url,
            token=self._settings.token,
            limits=Limits(self._settings.requests_per_second),
        )


def kit(settings: Mapping[str, object]) -> DiscordKit:
    """Discord by the settings of `[discord]`. Raises ConfigError."""
    known = {key: settings[key] for key in _KEYS if key in settings}
    return DiscordKit(DiscordSettings(**{"secret": _no_secret, **known}))  # type: ignore[arg-type]


def _no_secret(name: str) -> str:
    raise ConfigError(f"environment: {name} is not set: set it, or {name}_FILE to a file that holds it")
