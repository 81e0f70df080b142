"""The kit of Slack: digests as messages or threads, votes by reaction or button, slash commands, one workspace or
many."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from adapters.slack.format import payload_of
from bot.errors import ConfigError
from bot.model import ChannelEvent, ChannelSpec, Finding, Posting, Step
from bot.ports import ChatPlatform, House

if TYPE_CHECKING:
    from adapters.slack.manifest import Features
    from adapters.slack.oauth import Installing
    from adapters.slack.web import Web

_BOT_TOKEN, _APP_TOKEN, _SIGNING = "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"
_CLIENT = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSettings:
    """`secret` gives a secret of the environment by name, or raises ConfigError."""

    mode: Literal["socket", "http"] = "socket"
    api_url: str = "https://slack.com/api/"
    public_url: str = ""
    channels: tuple[ChannelSpec, ...] = ()
    secret: Callable[[str], str]

    def bot_token(self) -> str:
        return self.secret(_BOT_TOKEN)

    def app_token(self) -> str:
        return self.secret(_APP_TOKEN)

    def app(self) -> tuple[str, str]:
        """The app's id and secret, by which workspaces install it."""
        client_id, client_secret = _CLIENT
        return self.secret(client_id), self.secret(client_secret)

    def given(self, name: str) -> bool:
        with suppress(ConfigError):
            return bool(self.secret(name))
        return False

    @property
    def oauth(self) -> bool:
        """Whether workspaces install the app by themselves. Raises ConfigError where that is half said."""
        one, some = self.given(_BOT_TOKEN), [name for name in _CLIENT if self.given(name)]
        if one and some:
            raise ConfigError(
                f"environment: {_BOT_TOKEN} and {some[0]} are both set: the one is for a single workspace, the other "
                "lets many install the app; unset one of them"
            )
        return bool(some)

    def checked(self) -> None:
        """Raises ConfigError with a line for each secret that is missing."""
        needed = [*(_CLIENT if self.oauth else [_BOT_TOKEN]), _APP_TOKEN if self.mode == "socket" else _SIGNING]
        missing: list[str] = []
        for name in needed:
            try:
                self.secret(name)
            except ConfigError as error:
                missing.append(str(error))
        if missing:
            raise ConfigError(*missing)


class SlackKit:
    """Implements `ports.PlatformKit`. slack-bolt is loaded only by what talks to Slack."""

    name = "slack"

    def __init__(self, settings: SlackSettings) -> None:
        self._settings = settings

    def draw(self, posting: Posting) -> Mapping[str, object]:
        """The arguments of chat.postMessage without the channel; empty for a seed."""
        return payload_of(posting)

    def setup(self) -> Sequence[Step]:
        from adapters.slack.manifest import APPS, manifest_of
        from adapters.slack.oauth import INSTALL

        features = self._features()
        manifest = json.dumps(manifest_of(features), indent=2)
        steps = [
            Step("Make an app", f"Open {APPS}?new_app=1, From a manifest, and paste:\n{manifest}"),
        ]
        if features.http:
            detail = f"Basic Information, Signing Secret: copy it, and type: export {_SIGNING}=WHAT_YOU_COPIED"
            steps.append(Step("Give digestbot its signing secret", detail))
        else:
            detail = (
                "Basic Information, App-Level Tokens, Generate, add connections:write, Generate; copy what is "
                f"shown, and type: export {_APP_TOKEN}=xapp-WHAT_YOU_COPIED"
            )
            steps.append(Step("Give digestbot an app-level token", detail))
        if features.oauth:
            base = self._settings.public_url.rstrip("/")
            detail = f'Whoever wants digestbot opens {base}{INSTALL}. A channel names its workspace: workspace = "T…".'
            steps.append(Step("Let workspaces install it", detail))
        else:
            detail = (
                "Install App, Install to Workspace, Allow; copy the Bot User OAuth Token, and type: "
                f"export {_BOT_TOKEN}=xoxb-WHAT_YOU_COPIED"
            )
            steps.append(Step("Install it in your workspace", detail))
        detail = (
            "In Slack type /invite @digestbot in the channel; click the channel's name, About, copy the Channel ID; "
            'write it as id = "…" under [[channels]], with platform = "slack".'
        )
        return (*steps, Step("Name the channel", detail))

    async def check(self) -> Sequence[Finding]:
        """Whether the tokens are taken, the app has its scopes, and each channel can be posted to."""
        from adapters.slack.check import findings, secrets

        if found := secrets(self._settings.checked):
            return found
        if self._settings.oauth:
            detail = "workspaces install the app by themselves; their tokens are in the database"
            return (Finding("slack.oauth", True, detail),)
        async with aclosing(self._web(None)) as web:
            settings = self._settings
            return await findings(
                web,
                settings.channels,
                self._features(),
                bot_token=settings.bot_token(),
                app_token=settings.app_token() if settings.mode == "socket" else None,
            )

    async def check_kept(self, house: House) -> Sequence[Finding]:
        """The same; where workspaces install the app, also each one's token."""
        from adapters.slack.check import installed, secrets

        settings = self._settings
        if secrets(settings.checked) or not settings.oauth:
            return await self.check()
        async with aclosing(self._web(house)) as web:
            app_token = settings.app_token() if settings.mode == "socket" else None
            return await installed(web, settings.channels, self._features(), app_token=app_token)

    def connect(self, house: House) -> ChatPlatform:
        """Raises ConfigError where a secret is missing."""
        from adapters.slack.client import SlackPlatform
        from adapters.slack.commands import Commands
        from adapters.slack.events import Events
        from adapters.slack.gateway import Gateway
        from adapters.slack.members import Members
        from adapters.slack.order import in_order
        from adapters.slack.places import Places
        from adapters.slack.reactions import Reactions

        settings = self._settings
        settings.checked()
        web = self._web(house)
        members, places = Members(web), Places(house, web)
        order = in_order(settings.mode)
        reactions = Reactions(web, members, house, order)
        gateway = Gateway(
            web=web,
            events=Events(
                web=web,
                house=house,
                reactions=reactions,
                commands=Commands(house, members, web, places),
            ),
            signing_secret=settings.secret(_SIGNING) if settings.mode == "http" else "",
            app_token=settings.app_token if settings.mode == "socket" else None,
            installing=self._installing(web, house),
            order=order,
        )
        return SlackPlatform(
            house, web, members=members, reactions=reactions, gateway=gateway, order=order, places=places
        )

    def _features(self) -> Features:
        from adapters.slack.manifest import Features

        settings = self._settings
        return Features(
            http=settings.mode == "http",
            oauth=settings.oauth,
            seeding=any(spec.settings.seed for spec in settings.channels),
            public_url=settings.public_url,
        )

    def _web(self, house: House | None) -> Web:
        from adapters.slack.installs import Installs, ManyInstalls, OneInstall
        from adapters.slack.limits import Limits
        from adapters.slack.oauth import INSTALL
        from adapters.slack.web import Web

        settings = self._settings

        def installs(web: Web) -> Installs:
            if house is None or not settings.oauth:
                return OneInstall(settings.bot_token, web.ask)
            address = settings.public_url.rstrip("/") + INSTALL
            return ManyInstalls(house.vault, web.ask, client=settings.app, install_url=address)

        return Web(api_url=settings.api_url, limits=Limits(), installs=installs)

    def _installing(self, web: Web, house: House) -> Installing | None:
        """The pages by which workspaces install the app; None where there is but one workspace."""
        from adapters.slack.installs import ManyInstalls
        from adapters.slack.manifest import scopes
        from adapters.slack.oauth import Installing

        if not isinstance(web.installs, ManyInstalls):
            return None

        async def installed(team: str) -> None:
            await house.listener.changed(ChannelEvent(kind="restored", platform=self.name, workspace=team))

        return Installing(
            web.installs,
            web.client(),
            app=self._settings.app(),
            scopes=scopes(self._features()),
            public_url=self._settings.public_url,
            installed=installed,
        )


def kit(settings: Mapping[str, object]) -> SlackKit:
    """Slack by the settings of `[slack]`. Raises ConfigError."""
    names = ("mode", "api_url", "public_url", "channels", "secret")
    known = {key: settings[key] for key in names if key in settings}
    return SlackKit(SlackSettings(**{"secret": _no_secret, **known}))  # type: ignore[arg-type]


def _no_secret(name: str) -> str:
    raise ConfigError(f"environment: {name} is not set: set it, or {name}_FILE to a file that holds it")
