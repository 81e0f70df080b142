"""How the local Slack shows what exists, as JSON: messages, channels, users, workspaces."""

from __future__ import annotations

import hashlib
from typing import Any

from tests.platforms.slack_server.world import Channel, Message, User, Workspace, World

_ICONS = {f"image_{size}": f"https://a.slack-edge.com/img/bot_{size}.png" for size in (36, 48, 72)}
_SHORTENED = 25  # users of a reaction, where not all are asked for
_TEXT = 40_000
_UPDATED = 1_700_000_000


def bot_json(world: World, workspace: Workspace) -> dict[str, Any]:
    bot = world.users[workspace.bot_user]
    return {
        "id": workspace.bot_id,
        "deleted": not workspace.installed,
        "name": bot.name,
        "updated": _UPDATED,
        "app_id": world.app_id,
        "icons": _ICONS,
    }


def reactions_json(message: Message, *, full: bool) -> list[dict[str, Any]]:
    most = None if full else _SHORTENED
    return [{"name": name, "users": who[:most], "count": len(who)} for name, who in message.reactions.items()]


def message_json(
    world: World, channel: Channel, message: Message, *, metadata: bool = False, full: bool = False
) -> dict[str, Any]:
    """`metadata`: with it, where there is any. `full`: with all who reacted."""
    workspace, given = channel.workspace, message.payload
    told: dict[str, Any] = {
        "type": "message",
        "user": message.user,
        "text": message.text[:_TEXT],
        "ts": message.ts,
        "team": workspace.id,
    }
    if message.subtype:
        told["subtype"] = message.subtype
    if message.bot_id and message.subtype is None:
        told |= {"bot_id": message.bot_id, "app_id": world.app_id}
        told["bot_profile"] = bot_json(world, workspace) | {"team_id": workspace.id}
    if message.blocks:
        told["blocks"] = message.blocks
    if message.edited:
        told["edited"] = {"user": message.bot_id or message.user, "ts": message.edited}
    if metadata and given.get("metadata"):
        told["metadata"] = given["metadata"]
    if message.reactions:
        told["reactions"] = reactions_json(message, full=full)
    return told | _thread(channel, message)


def _thread(channel: Channel, message: Message) -> dict[str, Any]:
    """What a message says of the thread that it begins or is in."""
    parent = channel.messages.get(message.thread_ts or "")
    if parent is not None and parent is not message:
        return {"thread_ts": parent.ts, "parent_user_id": parent.user}
    replies = [channel.messages[one] for one in message.replies if not channel.messages[one].deleted]
    if not replies:
        return {}
    users = list(dict.fromkeys(one.user for one in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len(users),
        "latest_reply": replies[-1].ts,
        "reply_users": users,
        "is_locked": False,
        "subscribed": False,
    }


def channel_json(channel: Channel, *, locale: bool = False, members: bool = False) -> dict[str, Any]:
    if channel.im_with is not None:
        return _direct_json(channel)
    nothing = {"value": "", "creator": "", "last_set": 0}
    told: dict[str, Any] = {
        "id": channel.id,
        "name": channel.name,
        "is_channel": not channel.private,
        "is_group": channel.private,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.private,
        "created": channel.created,
        "is_archived": channel.archived,
        "is_general": channel.name == "general",
        "unlinked": 0,
        "name_normalized": channel.name,
        "is_shared": False,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "context_team_id": channel.workspace.id,
        "updated": channel.created * 1000,
        "creator": channel.creator,
        "is_ext_shared": False,
        "shared_team_ids": [channel.workspace.id],
        "pending_connected_team_ids": [],
        "is_member": channel.bot_in,
        "topic": nothing,
        "purpose": nothing,
        "previous_names": [],
    }
    if locale:
        told["locale"] = "en-US"
    if members:
        told["num_members"] = len(channel.members)
    return told


def _direct_json(channel: Channel) -> dict[str, Any]:
    return {
        "id": channel.id,
        "created": channel.created,
        "is_archived": False,
        "is_im": True,
        "is_org_shared": False,
        "context_team_id": channel.workspace.id,
        "updated": channel.created * 1000,
        "user": channel.im_with,
        "is_user_deleted": False,
        "priority": 0,
    }


def user_json(world: World, user: User, *, locale: bool = False) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": user.id,
        "team_id": user.workspace_id,
        "name": user.name,
        "deleted": user.deleted,
        "color": hashlib.sha256(user.id.encode()).hexdigest()[:6],
        "real_name": user.name.title(),
        "tz": "Europe/Berlin",
        "tz_label": "Central European Time",
        "tz_offset": 3600,
        "profile": _profile(world, user),
        "is_admin": user.admin or user.owner,
        "is_owner": user.owner,
        "is_primary_owner": user.id == world.workspaces[user.workspace_id].owner,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": user.bot,
        "is_app_user": False,
        "updated": _UPDATED,
        "is_email_confirmed": not user.bot,
        "who_can_share_contact_card": "EVERYONE",
    }
    return told | ({"locale": user.locale} if locale else {})


def _profile(world: World, user: User) -> dict[str, Any]:
    name = user.name.title()
    told: dict[str, Any] = {
        "title": "",
        "phone": "",
        "skype": "",
        "real_name": name,
        "real_name_normalized": name,
        "display_name": user.name,
        "display_name_normalized": user.name,
        "fields": None,
        "status_text": "",
        "status_emoji": "",
        "status_emoji_display_info": [],
        "status_expiration": 0,
        "avatar_hash": hashlib.sha256(user.name.encode()).hexdigest()[:12],
        "status_text_canonical": "",
        "team": user.workspace_id,
    }
    told |= {f"image_{size}": f"https://avatars.slack-edge.com/{size}.png" for size in (24, 32, 48, 72, 192, 512)}
    return told | ({"api_app_id": world.app_id, "always_active": True, "bot_id": user.bot_id} if user.bot else {})


def team_json(workspace: Workspace) -> dict[str, Any]:
    sizes = (34, 44, 68, 88, 102, 132, 230)
    icon: dict[str, Any] = {f"image_{size}": f"https://a.slack-edge.com/team_{size}.png" for size in sizes}
    return {
        "id": workspace.id,
        "name": workspace.name,
        "url": f"https://{workspace.domain}.slack.com/",
        "domain": workspace.domain,
        "email_domain": "",
        "icon": icon | {"image_default": True},
        "avatar_base_url": "https://ca.slack-edge.com/",
        "is_verified": False,
    }
