"""Who and what there is, by the Web API: tokens, users, bots, workspaces, emoji; and views, which are only taken."""

from __future__ import annotations

from tests.platforms.slack_server.calls import Answer, Call, Refused
from tests.platforms.slack_server.shapes import bot_json, team_json, user_json


def auth_test(call: Call) -> Answer:
    workspace, world = call.workspace, call.world
    told = {
        "ok": True,
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.name,
        "user": world.users[workspace.bot_user].name,
        "team_id": workspace.id,
        "user_id": workspace.bot_user,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": False,
    }
    expires = world.grants[call.token].expires
    return told if expires is None else told | {"expires_in": int(expires - world.now())}


def auth_revoke(call: Call) -> Answer:
    if call.flag("test"):
        return {"ok": True, "revoked": False}
    call.server.revoke_token(call.workspace)
    return {"ok": True, "revoked": True}


def user_info(call: Call) -> Answer:
    return {"ok": True, "user": user_json(call.world, call.user(), locale=call.flag("include_locale"))}


def user_list(call: Call) -> Answer:
    page, after = call.page(call.world.people(call.workspace))
    locale = call.flag("include_locale")
    members = [user_json(call.world, one, locale=locale) for one in page]
    return {"ok": True, "members": members, "cache_ts": 1, "response_metadata": {"next_cursor": after}}


def bot_info(call: Call) -> Answer:
    bot = call.text("bot") or call.workspace.bot_id
    if bot != call.workspace.bot_id:
        raise Refused("bot_not_found")
    return {"ok": True, "bot": bot_json(call.world, call.workspace) | {"user_id": call.workspace.bot_user}}


def team_info(call: Call) -> Answer:
    if call.text("team") not in ("", call.workspace.id):
        raise Refused("team_not_found")
    return {"ok": True, "team": team_json(call.workspace)}


def emoji_list(call: Call) -> Answer:
    return {"ok": True, "emoji": dict(call.server.emoji), "cache_ts": "1"}


def view_open(call: Call) -> Answer:
    """A view is taken, and shown to nobody: what it said is in the server's `views`."""
    view = call.parsed("view")
    if not isinstance(view, dict):
        raise Refused("invalid_arguments", fault="views.open: view is no object")
    if not call.server.interactions.uses_trigger(call.text("trigger_id")):
        raise Refused("expired_trigger_id")
    call.server.views.append(view)
    return {"ok": True, "view": view | {"id": call.world.new_id("V"), "team_id": call.workspace.id}}
