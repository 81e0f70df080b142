"""For `digestbot doctor`: whether Slack takes the tokens, the app has its scopes, and the bot is in each channel."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from adapters.slack.client import place_of, trouble_in
from adapters.slack.errors import code_of
from adapters.slack.manifest import APPS, Features, lacking, purpose_of
from adapters.slack.web import Web
from bot.errors import ChannelLost, ConfigError, PlatformError
from bot.model import ChannelSpec, Finding


def secrets(checked: Callable[[], None]) -> Finding | None:
    """What is missing or contradictory in the environment."""
    try:
        checked()
    except ConfigError as error:
        return Finding("slack.secrets", False, str(error), f"Copy them from the app's settings, {APPS}.")
    return None


async def findings(
    web: Web, channels: Sequence[ChannelSpec], features: Features, app_token: Callable[[], str] | None
) -> Sequence[Finding]:
    try:
        me = await web.get("", "auth.test", {})
    except PlatformError as error:
        return [_refused("slack.token", "SLACK_BOT_TOKEN", "OAuth & Permissions, Bot User OAuth Token", error)]
    found = [Finding("slack.token", True, f"Slack takes SLACK_BOT_TOKEN; the bot is {me['user']} in {me['team']}")]
    found.append(_scopes(me.headers.get("x-oauth-scopes", ""), features))
    if app_token is not None:
        found.append(await _socket(web, app_token()))
    return [*found, *[await _channel(web, spec) for spec in channels]]


def _refused(check: str, name: str, where: str, error: PlatformError) -> Finding:
    if code_of(error):
        fix = f"Set {name} to the token in the app's settings, {where}."
        return Finding(check, False, f"Slack refuses {name} ({code_of(error)})", fix)
    fix = "Look whether this machine reaches the internet, and at [slack] api_url."
    return Finding("slack.network", False, str(error), fix)


def _scopes(have: str, features: Features) -> Finding:
    missing = lacking([scope.strip() for scope in have.split(",")], features)
    if not missing:
        return Finding("slack.scopes", True, "the app has every scope that it needs")
    named = "; ".join(f"{scope} ({purpose_of(scope)})" for scope in missing)
    fix = "Add them in the app's settings, OAuth & Permissions, Bot Token Scopes, and install the app again."
    return Finding("slack.scopes", False, f"the app lacks {named}", fix)


async def _socket(web: Web, token: str) -> Finding:
    try:
        await web.ask("apps.connections.open", {"app_token": token})
    except PlatformError as error:
        where = "Basic Information, App-Level Tokens, with the scope connections:write, and Socket Mode on"
        return _refused("slack.socket", "SLACK_APP_TOKEN", where, error)
    return Finding("slack.socket", True, "Slack takes SLACK_APP_TOKEN")


async def _channel(web: Web, spec: ChannelSpec) -> Finding:
    check = f"slack.channel.{spec.name}"
    try:
        place = place_of(spec)
        found = (await web.get(spec.workspace, "conversations.info", {"channel": place}))["channel"]
        trouble = trouble_in(found)
        if trouble is not None:
            raise trouble
    except ChannelLost as error:
        return Finding(check, False, error.reason, f"{error.fix[0].upper()}{error.fix[1:]}.")
    except PlatformError as error:
        return Finding(check, False, str(error), "Try again in a moment.")
    return Finding(check, True, f"the bot is in #{found.get('name')} and can post there")
