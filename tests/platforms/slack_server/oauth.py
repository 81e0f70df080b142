"""Installing the app: the page where somebody consents, codes, tokens, and their rotation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

from aiohttp import web

from tests.platforms.slack_server.calls import Answer, Call, Refused
from tests.platforms.slack_server.world import Grant, Workspace

if TYPE_CHECKING:
    from tests.platforms.slack_server import SlackServer

AUTHORIZE = "/oauth/v2/authorize"
_CODE_LIFE = 600.0  # seconds
_TOKEN_LIFE = 43_200.0


@dataclass
class Code:
    """What somebody consented to. `used`: it was exchanged."""

    workspace: Workspace
    user: str
    scopes: list[str]
    redirect_uri: str
    expires: float
    used: bool = False


class OAuth:
    """`rotation`: new tokens end after `token_life` seconds, and come with a refresh token."""

    def __init__(self, server: SlackServer) -> None:
        self._server = server
        self.codes: dict[str, Code] = {}
        self.rotation = False
        self.token_life = _TOKEN_LIFE

    async def page(self, request: web.Request) -> web.Response:
        """Stands for the page where one chooses a workspace; `consent` presses its button."""
        if request.query.get("client_id") != self._server.client_id:
            return web.Response(status=400, text="<p>Invalid client_id parameter</p>", content_type="text/html")
        wants = request.query.get("scope", "")
        return web.Response(text=f"<p>digestbot wants {wants}</p>", content_type="text/html")

    def consent(self, workspace: Workspace, url: str, user: str | None = None) -> str:
        """Where the browser goes when somebody allows what `url` asks for."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        if asked.get("client_id") != self._server.client_id:
            raise ValueError(f"{url} names another app")
        code = self._server.world.secret(32)
        scopes = [one for one in asked.get("scope", "").split(",") if one]
        expires = self._server.world.now() + _CODE_LIFE
        redirect = asked.get("redirect_uri", "")
        self.codes[code] = Code(workspace, user or workspace.owner, scopes, redirect, expires)
        return f"{redirect}?{urlencode({'code': code, 'state': asked.get('state', '')})}"

    # ------------------------------------------------------------ tokens

    def grant(self, workspace: Workspace, scopes: list[str]) -> None:
        """A token for the workspace; without rotation it is the one that it has already."""
        server, world = self._server, self._server.world
        workspace.scopes, workspace.installed = scopes, True
        held = world.grants.get(workspace.bot_token)
        if held is not None and held.error is None and held.expires is None and not self.rotation:
            return
        start = "xoxe.xoxb-1-" if self.rotation else "xoxb-"
        workspace.bot_token = f"{start}{workspace.id[1:]}-{world.secret()}"
        expires = world.now() + self.token_life if self.rotation else None
        world.grants[workspace.bot_token] = Grant(workspace, expires=expires)
        if self.rotation:
            workspace.refresh_token = f"xoxe-1-{world.secret(48)}"
            world.refreshes[workspace.refresh_token] = workspace
        server.workspaces[workspace.id] = workspace

    def told(self, workspace: Workspace, user: str) -> dict[str, Any]:
        told: dict[str, Any] = {
            "ok": True,
            "app_id": self._server.app_id,
            "authed_user": {"id": user},
            "scope": ",".join(workspace.scopes),
            "token_type": "bot",
            "access_token": workspace.bot_token,
            "bot_user_id": workspace.bot_user,
            "team": {"id": workspace.id, "name": workspace.name},
            "enterprise": None,
            "is_enterprise_install": False,
        }
        if self.rotation:
            told |= {"refresh_token": workspace.refresh_token, "expires_in": int(self.token_life)}
        return told


def access(call: Call) -> Answer:
    """oauth.v2.access: a code, or a refresh token, for a token."""
    server = call.server
    client, secret = call.basic or (call.text("client_id"), call.text("client_secret"))
    if client != server.client_id:
        raise Refused("invalid_client_id")
    if secret != server.client_secret:
        raise Refused("bad_client_secret")
    if call.text("grant_type") == "refresh_token":
        return _refreshed(call)
    code = server.oauth.codes.get(call.text("code"))
    if code is None or code.expires < call.world.now():
        raise Refused("invalid_code")
    if code.used:
        raise Refused("code_already_used")
    if call.text("redirect_uri") != code.redirect_uri and (call.text("redirect_uri") or code.redirect_uri):
        raise Refused("bad_redirect_uri")
    code.used = True
    server.oauth.grant(code.workspace, code.scopes)
    return server.oauth.told(code.workspace, code.user)


def _refreshed(call: Call) -> Answer:
    workspace = call.world.refreshes.pop(call.text("refresh_token"), None)
    if workspace is None:
        raise Refused("invalid_refresh_token")
    call.server.oauth.grant(workspace, workspace.scopes)
    return call.server.oauth.told(workspace, workspace.owner)


def uninstall(call: Call) -> Answer:
    server = call.server
    if (call.text("client_id"), call.text("client_secret")) != (server.client_id, server.client_secret):
        raise Refused("bad_client_secret")
    server.uninstall(call.workspace)
    return {"ok": True}
