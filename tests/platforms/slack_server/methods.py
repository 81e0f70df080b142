"""The methods of the Web API that the local Slack has: who may call them, how often, and what carries them out."""

from __future__ import annotations

from tests.platforms.slack_server import chat, conversations, directory, oauth, reacting
from tests.platforms.slack_server.calls import Answer, Call, Method


def _connections_open(call: Call) -> Answer:
    return {"ok": True, "url": call.server.sockets.new_url()}


_WRITE = ("chat:write",)
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
_READ = ("channels:read", "groups:read", "im:read", "mpim:read")

METHODS = {
    "apps.connections.open": Method(_connections_open, 1, token="app"),
    "apps.uninstall": Method(oauth.uninstall, 1, changes=True),
    "auth.revoke": Method(directory.auth_revoke, 3, changes=True),
    "auth.test": Method(directory.auth_test, 0),
    "bots.info": Method(directory.bot_info, 3, ("users:read",)),
    "chat.delete": Method(chat.delete, 3, _WRITE, changes=True),
    "chat.getPermalink": Method(chat.permalink, 0),
    "chat.postEphemeral": Method(chat.post_ephemeral, 4, _WRITE, changes=True),
    "chat.postMessage": Method(chat.post_message, 0, _WRITE, changes=True),
    "chat.update": Method(chat.update, 3, _WRITE, changes=True),
    "conversations.history": Method(conversations.history, 3, _HISTORY),
    "conversations.info": Method(conversations.info, 3, _READ),
    "conversations.join": Method(conversations.join, 3, ("channels:join",), changes=True),
    "conversations.list": Method(conversations.listed, 2, _READ),
    "conversations.members": Method(conversations.members, 4, _READ),
    "conversations.open": Method(conversations.open_, 3, ("im:write", "mpim:write"), changes=True),
    "conversations.replies": Method(conversations.replies, 3, _HISTORY),
    "emoji.list": Method(directory.emoji_list, 2, ("emoji:read",)),
    "oauth.v2.access": Method(oauth.access, 4, token="", changes=True),
    "reactions.add": Method(reacting.add, 3, ("reactions:write",), changes=True),
    "reactions.get": Method(reacting.get, 3, ("reactions:read",)),
    "reactions.list": Method(reacting.listed, 2, ("reactions:read",)),
    "reactions.remove": Method(reacting.remove, 2, ("reactions:write",), changes=True),
    "team.info": Method(directory.team_info, 3, ("team:read",)),
    "users.info": Method(directory.user_info, 4, ("users:read",)),
    "users.list": Method(directory.user_list, 2, ("users:read",)),
    "views.open": Method(directory.view_open, 4),
}
