"""For `digestbot doctor`: whether Slack takes the tokens, the app has its scopes, and the bot is in each channel."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from adapters.slack.errors import code_of
from adapters.slack.manifest import APPS, Features, lacking, purpose_of
from adapters.slack.oauth import INSTALL
from adapters.slack.places import place_of, trouble_in
from adapters.slack.web import Web
from bot.errors import ChannelLost, ConfigError, PlatformError
from bot.model import ChannelSpec, Finding, clock_error

_KINDS = {  # what tokens of Slack begin with
    "xoxb-": "a Bot User OAuth Token",
    "xapp-": "an App-Level Token",
    "xoxp-": "a User OAuth Token",
    "xoxe": "a token that configures apps, or renews others",
}
_PLACES = {  # where in the app's settings which is found
    "SLACK_BOT_TOKEN": ("xoxb-", "OAuth & Permissions, Bot User OAuth Token"),
    "SLACK_APP_TOKEN": ("xapp-", "Basic Information, App-Level Tokens, with connections:write, and Socket Mode on"),
}


def secrets(checked: Callable[[], None]) -> Sequence[Finding]:
    """What is missing or contradictory in the environment."""
    try:
        checked()
    except ConfigError as error:
        return [Finding("slack.secrets", False, mistake, _mend(mistake)) for mistake in error.mistakes]
    return ()


def _mend(mistake: str) -> str:
    """What to type where one secret is missing; a contradiction says so itself."""
    missing = re.search(r"\b(SLACK_\w+) is not set", mistake)
    export = f", and type: export {missing[1]}=WHAT_YOU_COPIED" if missing else ""
    return f"The app's settings show them, {APPS}{export}."


def taken_for(token: str, wanted: str) -> str | None:
    """What was given instead of a token that begins with `wanted`; None where it may be one. Repeats nothing of it."""
    if token.startswith(wanted):
        return None
    for begins, words in _KINDS.items():
        if token.startswith(begins):
            return f"this is {words}; {_KINDS[wanted]} begins with {wanted}"
    return f"{_KINDS[wanted]} begins with {wanted}"


async def findings(
    web: Web, channels: Sequence[ChannelSpec], features: Features, *, bot_token: str, app_token: str | None
) -> Sequence[Finding]:
    try:
        me = await web.get("", "auth.test", {})
    except PlatformError as error:
        return [_refused("slack.token", "SLACK_BOT_TOKEN", bot_token, error)]
    detail = f"Slack takes SLACK_BOT_TOKEN; the bot is {me['user']} in {me['team']}"
    found = [Finding("slack.token", True, detail, ahead=clock_error(me.headers.get("Date"), datetime.now(UTC)))]
    found.append(_scopes(me.headers.get("x-oauth-scopes", ""), features))
    if app_token is not None:
        found.append(await _socket(web, app_token))
    return [*found, *[await _channel(web, spec) for spec in channels]]


async def installed(
    web: Web, channels: Sequence[ChannelSpec], features: Features, *, app_token: str | None
) -> Sequence[Finding]:
    """Where workspaces install the app by themselves: the token of each that a channel is in, and the channels."""
    found = [await _socket(web, app_token)] if app_token is not None else []
    teams = dict.fromkeys(spec.workspace for spec in channels if spec.workspace)
    if not teams:
        detail = f"no channel names its workspace yet; whoever wants the app opens {features.public_url}"
        found.append(Finding("slack.oauth", True, f"{detail.rstrip('/')}{INSTALL}"))
    for team in teams:
        found += await _workspace(web, team, features)
    return [*found, *[await _channel(web, spec) for spec in channels]]


async def _workspace(web: Web, team: str, features: Features) -> Sequence[Finding]:
    check = f"slack.workspace.{team}"
    try:
        me = await web.get(team, "auth.test", {})
    except ChannelLost as error:
        return [Finding(check, False, error.reason, f"{error.fix[0].upper()}{error.fix[1:]}.")]
    except PlatformError as error:
        return [Finding(check, False, str(error), "Try again in a moment.")]
    detail = f"the app is installed in {me['team']}; the bot is {me['user']}"
    taken = Finding(check, True, detail, ahead=clock_error(me.headers.get("Date"), datetime.now(UTC)))
    return [taken, _scopes(me.headers.get("x-oauth-scopes", ""), features)]


def _refused(check: str, name: str, token: str, error: PlatformError) -> Finding:
    code = code_of(error)
    if code == "ratelimited":
        return Finding(
            check, False, f"Slack was asked too often to tell of {name}", "Ask the doctor again in a minute."
        )
    if code:
        wanted, where = _PLACES[name]
        fix = f"Copy it in the app's settings, {where}, and type: export {name}=WHAT_YOU_COPIED"
        taken = taken_for(token, wanted)
        return Finding(check, False, f"Slack refuses {name} ({code})" + (f": {taken}" if taken else ""), fix)
    fix = "Look whether this machine reaches the internet and its clock is right, and at [slack] api_url."
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
        return _refused("slack.socket", "SLACK_APP_TOKEN", token, error)
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
