"""What a test sets up on the local Slack and takes away again: workspaces, channels, members, scopes, messages."""

from __future__ import annotations

from tests.platforms.slack_server.events import Teller
from tests.platforms.slack_server.oauth import OAuth
from tests.platforms.slack_server.world import SYSTEM, Channel, Ephemeral, Message, User, Workspace, World


class Scenery:
    """A part of `SlackServer`."""

    world: World
    tell: Teller
    oauth: OAuth
    workspaces: dict[str, Workspace]

    # ------------------------------------------------------------ workspaces and members

    def add_workspace(self, name: str = "Acme", *, installed: bool = True) -> Workspace:
        """`installed`: the app is in it, with a token and all its scopes; otherwise by `consent`."""
        workspace = self.world.workspace(name)
        if installed:
            self.oauth.grant(workspace, list(workspace.scopes))
        return workspace

    def add_member(
        self,
        workspace: Workspace,
        name: str,
        *,
        bot: bool = False,
        admin: bool = False,
        owner: bool = False,
        locale: str = "en-US",
    ) -> User:
        """A new member, who is in every channel that there is."""
        user = self.world.user(workspace.id, name, bot=bot, admin=admin, owner=owner, locale=locale)
        for channel in self.world.places(workspace):
            if channel.im_with is None:
                channel.members[user.id] = None
        return user

    def remove_scope(self, workspace: Workspace, scope: str) -> None:
        workspace.scopes.remove(scope)

    def add_scope(self, workspace: Workspace, scope: str) -> None:
        workspace.scopes.append(scope)

    def revoke_token(self, workspace: Workspace) -> None:
        """Requests get token_revoked; tokens_revoked is told."""
        self._end_tokens(workspace, "token_revoked")
        self.tell.gone(workspace, uninstalled=False)

    def uninstall(self, workspace: Workspace) -> None:
        """Requests get account_inactive; tokens_revoked and app_uninstalled are told."""
        self._end_tokens(workspace, "account_inactive")
        self.tell.gone(workspace, uninstalled=True)

    def expire_token(self, workspace: Workspace) -> None:
        """Its time is over now: requests get token_expired."""
        self.world.grants[workspace.bot_token].expires = self.world.now()

    def _end_tokens(self, workspace: Workspace, error: str) -> None:
        workspace.installed = False
        for grant in self.world.grants.values():
            if grant.workspace is workspace and grant.error is None:
                grant.error = error
        gone = [token for token, one in self.world.refreshes.items() if one is workspace]
        for token in gone:
            del self.world.refreshes[token]

    # ------------------------------------------------------------ channels

    def add_channel(self, workspace: Workspace, name: str, *, private: bool = False, bot_in: bool = True) -> Channel:
        """Every member of the workspace is in it."""
        channel = Channel(self.world.new_id("C"), workspace, name, private, workspace.owner)
        channel.members = {one.id: None for one in self.world.people(workspace)}
        if not bot_in:
            del channel.members[workspace.bot_user]
        self.world.channels[channel.id] = channel
        return channel

    def archive(self, channel: Channel, *, by: str | None = None) -> None:
        channel.archived = True
        self.tell.channel("archive", channel, by or channel.workspace.owner)

    def unarchive(self, channel: Channel, *, by: str | None = None) -> None:
        channel.archived = False
        self.tell.channel("unarchive", channel, by or channel.workspace.owner)

    def delete_channel(self, channel: Channel, *, by: str | None = None) -> None:
        channel.deleted = True
        self.tell.channel("deleted", channel, by or channel.workspace.owner)

    def restrict(self, channel: Channel, *, restricted: bool = True) -> None:
        """Only some may post there; the bot may not."""
        channel.restricted = restricted

    def remove_bot(self, channel: Channel, *, by: str | None = None) -> None:
        workspace = channel.workspace
        channel.members.pop(workspace.bot_user, None)
        self.tell.member("member_left_channel", channel, workspace.bot_user, None)
        self.tell.channel("left", channel, by or workspace.owner)

    def invite_bot(self, channel: Channel, *, by: str | None = None) -> None:
        self.join(channel, channel.workspace.bot_user, by=by or channel.workspace.owner)

    def join(self, channel: Channel, user: str, *, by: str | None = None) -> None:
        """Slack says in the channel that somebody has joined it; who is in it already does not."""
        if user in channel.members:
            return
        channel.members[user] = None
        text = f"<@{user}> has joined the channel"
        self.world.put(channel, {"text": text}, user=user, subtype="channel_join")
        self.tell.member("member_joined_channel", channel, user, by)

    def leave(self, channel: Channel, user: str) -> None:
        channel.members.pop(user, None)
        self.tell.member("member_left_channel", channel, user, None)

    # ------------------------------------------------------------ messages

    def messages(self, channel: str | Channel) -> list[Message]:
        """What stands in a channel itself and is still there, in order; without what Slack itself puts there."""
        return [one for one in self.world.said(self._channel(channel)) if one.subtype not in SYSTEM]

    def replies(self, channel: str | Channel, ts: str) -> list[Message]:
        """What was answered to a message, in order."""
        home = self._channel(channel)
        return self.world.thread(home, home.messages[ts])

    def direct_messages(self, workspace: Workspace, user: str | User) -> list[Message]:
        name = user if isinstance(user, str) else user.id
        return self.messages(self.world.direct(workspace, name))

    @property
    def ephemerals(self) -> list[Ephemeral]:
        """All that one member alone sees, and saw."""
        return self.world.ephemerals

    def delete_message(self, channel: str | Channel, ts: str) -> None:
        home = self._channel(channel)
        home.messages[ts].deleted = True
        self.tell.message_deleted(home, home.messages[ts])

    def _channel(self, channel: str | Channel) -> Channel:
        return channel if isinstance(channel, Channel) else self.world.channels[channel]
