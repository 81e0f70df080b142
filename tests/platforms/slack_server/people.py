"""What members do on the local Slack: they react, use commands, press buttons, and type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.platforms.slack_server.events import Teller
from tests.platforms.slack_server.interactions import Answer, Interactions
from tests.platforms.slack_server.reacting import canonical
from tests.platforms.slack_server.shapes import message_json
from tests.platforms.slack_server.world import Channel, Ephemeral, Message, User, World


class People:
    """A part of `SlackServer`. A member is named by id, or is a `User`."""

    world: World
    tell: Teller
    interactions: Interactions
    verification_token: str
    pings: list[str]

    # ------------------------------------------------------------ reactions

    def react(self, member: str | User, channel: str, ts: str, name: str, *, item_user: bool = True) -> None:
        """Stores a reaction and tells of it; once for each member, as Slack does."""
        user, home, message = self._there(member, channel, ts)
        name = canonical(name)
        who = message.reactions.setdefault(name, [])
        if user not in who:
            who.append(user)
            self.tell.reaction("reaction_added", home, message, user, name, item_user=item_user)

    def unreact(self, member: str | User, channel: str, ts: str, name: str, *, item_user: bool = True) -> None:
        user, home, message = self._there(member, channel, ts)
        name = canonical(name)
        who = message.reactions.get(name, [])
        if user in who:
            who.remove(user)
            if not who:
                del message.reactions[name]
            self.tell.reaction("reaction_removed", home, message, user, name, item_user=item_user)

    def _there(self, member: str | User, channel: str, ts: str) -> tuple[str, Channel, Message]:
        home = self.world.channels[channel]
        return _id(member), home, home.messages[ts]

    # ------------------------------------------------------------ words

    def post_as(
        self, member: str | User, channel: str | Channel, text: str, *, thread_ts: str | None = None
    ) -> Message:
        home = self._home(channel)
        payload = {"text": text} | ({"thread_ts": thread_ts} if thread_ts else {})
        message = self.world.put(home, payload, user=_id(member))
        self.tell.posted(home, message)
        return message

    # ------------------------------------------------------------ commands and clicks

    def command(self, member: str | User, channel: str | Channel, name: str, text: str = "") -> Answer:
        """`await` what it returns for the first word; `.all()` of it waits until nothing more is said."""
        home, user = self._home(channel), self.world.users[_id(member)]
        answer = self.interactions.begin("slash_commands", home, user)
        if not home.workspace.installed or "commands" not in home.workspace.scopes:
            answer.note_error("unknown_command")
            return answer
        self.interactions.ask(answer, self.command_payload(answer, name, text))
        return answer

    def command_payload(self, answer: Answer, name: str, text: str) -> dict[str, str]:
        """As it is sent: the text is escaped already."""
        workspace = answer.channel.workspace
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return {
            "token": self.verification_token,
            "team_id": workspace.id,
            "team_domain": workspace.domain,
            "channel_id": answer.channel.id,
            "channel_name": _channel_name(answer.channel),
            "user_id": answer.user.id,
            "user_name": answer.user.name,
            "command": name,
            "text": escaped,
            "api_app_id": self.world.app_id,
            "is_enterprise_install": "false",
            "response_url": answer.response_url,
            "trigger_id": answer.trigger_id,
        }

    def click(
        self, member: str | User, channel: str | Channel, ts: str, action_id: str, *, chosen: str | None = None
    ) -> Answer:
        """Presses a button of a message, or of what that member alone sees; of a menu, `chosen` is the value."""
        home, user = self._home(channel), self.world.users[_id(member)]
        source = self._seen(home, user.id, ts)
        answer = self.interactions.begin("interactive", home, user, source)
        block, element = _element(source.blocks, action_id)
        self.interactions.ask(answer, self._click_payload(answer, source, _action(block, element, chosen, self.world)))
        return answer

    def _click_payload(self, answer: Answer, source: Message | Ephemeral, action: dict[str, Any]) -> dict[str, Any]:
        home, user, workspace = answer.channel, answer.user, answer.channel.workspace
        alone = isinstance(source, Ephemeral)
        container = {"type": "message", "message_ts": source.ts, "channel_id": home.id, "is_ephemeral": alone}
        told: dict[str, Any] = {
            "type": "block_actions",
            "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": workspace.id},
            "api_app_id": self.world.app_id,
            "token": self.verification_token,
            "container": container,
            "trigger_id": answer.trigger_id,
            "team": {"id": workspace.id, "domain": workspace.domain},
            "enterprise": None,
            "is_enterprise_install": False,
            "channel": {"id": home.id, "name": _channel_name(home)},
            "state": {"values": {}},
            "response_url": answer.response_url,
            "actions": [action],
        }
        if not isinstance(source, Ephemeral):
            shown = message_json(self.world, home, source, metadata=True)
            told["message"] = shown
            if source.thread_ts:
                container["thread_ts"] = source.thread_ts
        return told

    def _seen(self, home: Channel, user: str, ts: str) -> Message | Ephemeral:
        found = home.messages.get(ts)
        if found is not None and not found.deleted:
            return found
        for one in self.world.ephemerals:
            if (one.channel, one.user, one.ts) == (home.id, user, ts) and not one.deleted:
                return one
        raise KeyError(f"{user} sees no message {ts} in {home.name}")

    def _home(self, channel: str | Channel) -> Channel:
        return channel if isinstance(channel, Channel) else self.world.channels[channel]


def _id(member: str | User) -> str:
    return member.id if isinstance(member, User) else member


def _channel_name(channel: Channel) -> str:
    return "directmessage" if channel.im_with else "privategroup" if channel.private else channel.name


def _elements(value: Any) -> Iterator[dict[str, Any]]:
    """Everything in a block that has an action_id, however deep."""
    if isinstance(value, dict):
        if "action_id" in value:
            yield value
        for one in value.values():
            yield from _elements(one)
    elif isinstance(value, list):
        for one in value:
            yield from _elements(one)


def _element(blocks: list[Any], action_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    there = [(block, one) for block in blocks for one in _elements(block)]
    for block, one in there:
        if one["action_id"] == action_id:
            return block, one
    raise KeyError(f"there is no {action_id}, but {[one['action_id'] for _, one in there]}")


def _action(block: dict[str, Any], element: dict[str, Any], chosen: str | None, world: World) -> dict[str, Any]:
    kind = element["type"]
    told: dict[str, Any] = {"action_id": element["action_id"], "block_id": block["block_id"], "type": kind}
    told["action_ts"] = world.ts()
    if kind in ("button", "icon_button", "workflow_button"):
        return told | {name: element[name] for name in ("text", "value", "style", "url") if name in element}
    if kind in ("static_select", "overflow", "radio_buttons"):
        found = [one for one in element.get("options", ()) if one["value"] == chosen]
        if not found:
            raise KeyError(f"{element['action_id']} has no option {chosen!r}")
        return told | {"selected_option": found[0]}
    name = {"users_select": "user", "channels_select": "channel", "conversations_select": "conversation"}.get(kind)
    if name is None:
        raise ValueError(f"nobody here knows how to use a {kind}")
    return told | {f"selected_{name}": chosen}
