"""What exists on the local Slack: workspaces, users, channels, messages, tokens; and its time and its numbers."""

from __future__ import annotations

import random
import string
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

SCOPES = (
    "channels:history",
    "channels:join",
    "channels:read",
    "chat:write",
    "commands",
    "emoji:read",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "reactions:read",
    "reactions:write",
    "team:read",
    "users:read",
)
_LETTERS = string.ascii_uppercase + string.digits
SYSTEM = ("channel_join", "channel_leave", "tombstone")  # subtypes of what Slack itself puts there


@dataclass
class User:
    id: str
    name: str
    workspace_id: str
    bot: bool = False
    admin: bool = False
    owner: bool = False
    locale: str = "en-US"
    bot_id: str | None = None
    deleted: bool = False


@dataclass
class Workspace:
    """`bot_user` is a user's id. `bot_token` is the newest one; what others are worth is in `World.grants`."""

    id: str
    name: str
    domain: str
    bot_id: str
    bot_user: str
    owner: str
    bot_token: str = ""
    refresh_token: str = ""
    scopes: list[str] = field(default_factory=lambda: list(SCOPES))
    installed: bool = False
    clock: float = 0.0  # seconds that Slack's clock is ahead of ours


@dataclass
class Grant:
    """A token: `error` once it is worth nothing; `expires` in the server's seconds."""

    workspace: Workspace
    error: str | None = None
    expires: float | None = None


@dataclass
class Message:
    """`payload` is as posted; `blocks` are the same with the ids that Slack gives those that have none.

    `reactions` are name -> ids of users, in order.
    """

    ts: str
    channel: str
    user: str
    bot_id: str | None
    payload: dict[str, Any]
    blocks: list[Any] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    deleted: bool = False
    edited: str | None = None
    subtype: str | None = None
    replies: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return str(self.payload.get("text") or "")

    @property
    def thread_ts(self) -> str | None:
        """Of what is said in a thread: its parent."""
        given: str | None = self.payload.get("thread_ts")
        return given

    @property
    def in_channel(self) -> bool:
        """Whether it stands in the channel itself."""
        return self.thread_ts in (None, self.ts) or bool(self.payload.get("reply_broadcast"))


@dataclass
class Ephemeral:
    """What one member alone sees."""

    ts: str
    channel: str
    user: str
    payload: dict[str, Any]
    blocks: list[Any] = field(default_factory=list)
    deleted: bool = False

    @property
    def text(self) -> str:
        return str(self.payload.get("text") or "")


@dataclass
class Channel:
    """`im_with`: the member whose direct messages these are."""

    id: str
    workspace: Workspace
    name: str
    private: bool = False
    creator: str = ""
    members: dict[str, None] = field(default_factory=dict)
    archived: bool = False
    deleted: bool = False
    restricted: bool = False  # only some may post
    im_with: str | None = None
    created: int = field(default_factory=lambda: int(time.time()))
    messages: dict[str, Message] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The first part of the scopes that are for it."""
        return "im" if self.im_with else "groups" if self.private else "channels"

    @property
    def bot_in(self) -> bool:
        return self.workspace.bot_user in self.members


class World:
    """`scale` is how much faster the server's seconds go; time stamps of messages are of the real time."""

    def __init__(self, *, scale: float = 1.0) -> None:
        self.scale = scale
        self.workspaces: dict[str, Workspace] = {}
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.ephemerals: list[Ephemeral] = []
        self.grants: dict[str, Grant] = {}
        self.refreshes: dict[str, Workspace] = {}  # refresh tokens that are still good
        self._last = 0
        self._chance = random.Random(20)
        self.app_id = self.new_id("A")

    # ------------------------------------------------------------ time and numbers

    def now(self) -> float:
        """Seconds, `scale` times as fast as the real ones."""
        return time.monotonic() * self.scale

    def ts(self) -> str:
        self._last = max(self._last + 1, time.time_ns() // 1000)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def new_id(self, letter: str, length: int = 10) -> str:
        return letter + "".join(self._chance.choices(_LETTERS, k=length))

    def secret(self, length: int = 24) -> str:
        return "".join(self._chance.choices(string.ascii_letters + string.digits, k=length))

    # ------------------------------------------------------------ what is there

    def workspace(self, name: str) -> Workspace:
        """A new one, with an owner and the bot's user; the app is not installed yet."""
        number = self.new_id("T")
        owner = self.user(number, "owner", admin=True, owner=True)
        bot = self.user(number, "digestbot", bot=True)
        bot.bot_id = self.new_id("B")
        domain = "".join(one for one in name.lower() if one.isalnum()) or number.lower()
        made = Workspace(number, name, domain, bot.bot_id, bot.id, owner.id)
        self.workspaces[number] = made
        return made

    def user(
        self,
        workspace_id: str,
        name: str,
        *,
        bot: bool = False,
        admin: bool = False,
        owner: bool = False,
        locale: str = "en-US",
    ) -> User:
        made = User(self.new_id("U"), name, workspace_id, bot, admin, owner, locale)
        if bot:
            made.bot_id = self.new_id("B")
        self.users[made.id] = made
        return made

    def people(self, workspace: Workspace) -> list[User]:
        return [one for one in self.users.values() if one.workspace_id == workspace.id]

    def places(self, workspace: Workspace) -> list[Channel]:
        return [one for one in self.channels.values() if one.workspace is workspace and not one.deleted]

    def direct(self, workspace: Workspace, user: str) -> Channel:
        """The bot's direct messages with somebody; opened if need be."""
        for one in self.channels.values():
            if one.im_with == user and one.workspace is workspace:
                return one
        made = Channel(self.new_id("D"), workspace, "", private=True, creator=user, im_with=user)
        made.members = {workspace.bot_user: None, user: None}
        self.channels[made.id] = made
        return made

    # ------------------------------------------------------------ messages

    def put(
        self,
        channel: Channel,
        payload: dict[str, Any],
        *,
        user: str | None = None,
        subtype: str | None = None,
    ) -> Message:
        """A message of the bot's, or of a member's."""
        who = user or channel.workspace.bot_user
        message = Message(self.ts(), channel.id, who, self.users[who].bot_id, payload, subtype=subtype)
        message.blocks = self.with_ids(payload.get("blocks"))
        channel.messages[message.ts] = message
        parent = channel.messages.get(message.thread_ts or "")
        if parent is not None and parent is not message:
            parent.replies.append(message.ts)
        return message

    def whisper(self, channel: Channel, user: str, payload: dict[str, Any]) -> Ephemeral:
        made = Ephemeral(self.ts(), channel.id, user, payload, self.with_ids(payload.get("blocks")))
        self.ephemerals.append(made)
        return made

    def with_ids(self, blocks: object) -> list[Any]:
        """Slack names each block and each element that has no name."""
        if not isinstance(blocks, list):
            return []
        return [_named(block, self._names()) for block in blocks]

    def _names(self) -> Iterator[str]:
        while True:
            yield self.secret(5)

    def said(self, channel: Channel) -> list[Message]:
        """What stands in the channel and is still there, in order."""
        return [one for one in channel.messages.values() if not one.deleted and one.in_channel]

    def thread(self, channel: Channel, parent: Message) -> list[Message]:
        found = (channel.messages[one] for one in parent.replies)
        return [one for one in found if not one.deleted]


def _named(block: dict[str, Any], names: Iterator[str]) -> dict[str, Any]:
    made = {**block} if block.get("block_id") else {**block, "block_id": next(names)}
    if block.get("type") == "actions":
        made["elements"] = [
            one if "action_id" in one else {**one, "action_id": next(names)} for one in made["elements"]
        ]
    accessory = made.get("accessory")
    if isinstance(accessory, dict) and accessory.get("type") != "image" and "action_id" not in accessory:
        made["accessory"] = {**accessory, "action_id": next(names)}
    return made
