"""Routes of reactions: the bot's own, who reacted, and taking away others'."""

from __future__ import annotations

from tests.platforms.discord_server import emoji as emojis
from tests.platforms.discord_server.routing import Call, Refused, Told, invalid
from tests.platforms.discord_server.shapes import user_json
from tests.platforms.discord_server.world import Channel, Message

MOST = 20  # different ones on a message
_KINDS = {"0": "normal", "1": "burst"}


def put(call: Call) -> Told:
    here, message = call.message_to_change("read_message_history")
    emoji, world, server = _emoji(call, here, message), call.world, call.server
    if emoji not in message.reactions:
        call.channel("add_reactions")
        if len(message.reactions) >= MOST:
            raise Refused(400, 30010, f"Maximum number of reactions reached ({MOST})")
    if message.author.blocked:
        raise Refused(403, 90001, "Reaction was blocked")
    held = message.reactions.setdefault(emoji, {}).setdefault(world.bot.id, set())
    if "normal" in held:
        return Told(204, committed=False)
    held.add("normal")
    server.tell_reaction("MESSAGE_REACTION_ADD", message, world.bot, emoji, burst=False, with_member=True)
    return Told(204)


def _emoji(call: Call, here: Channel, message: Message) -> str:
    """The emoji of the path as it stands on messages; refuses what is none."""
    given = call.ids["emoji_name"]
    if given in message.reactions:
        return given
    own = emojis.custom(given)
    if own is None:
        if not emojis.is_unicode(given):
            raise Refused(400, 10014, "Unknown Emoji")
        return given
    for guild in call.world.guilds.values():
        if own[1] in guild.emojis and guild.open:
            if guild is not here.guild:
                call.channel("use_external_emojis")
            return f"{guild.emojis[own[1]]}:{own[1]}"
    raise Refused(400, 10014, "Unknown Emoji")


def reactors(call: Call) -> Told:
    """In the order of their ids, not of time."""
    here = call.channel("read_message_history")
    held = call.message(here).reactions.get(call.ids["emoji_name"], {})
    limit, after = call.limit(25), call.query.get("after") or "0"
    kind = _KINDS.get(call.query.get("type", "0"))
    if kind is None or not after.isdecimal():
        raise invalid("type" if kind is None else "after", "Value is not valid.")
    ids = sorted(int(one) for one, kinds in held.items() if kind in kinds and int(one) > int(after))[:limit]
    return Told(200, [user_json(call.world.users[str(one)]) for one in ids])


def take_own(call: Call) -> Told:
    return _take(call, call.world.bot.id)


def take(call: Call) -> Told:
    call.channel("manage_messages")
    return _take(call, call.ids["user_id"])


def _take(call: Call, user: str) -> Told:
    here, message = call.message_to_change()
    kinds = set(message.reactions.get(call.ids["emoji_name"], {}).get(user, ()))
    for kind in kinds:
        call.server.unreact_now(here.id, message.id, user, call.ids["emoji_name"], burst=kind == "burst")
    return Told(204, committed=bool(kinds))


def clear(call: Call) -> Told:
    here, message = call.message_to_change("manage_messages")
    call.server.clear_now(here.id, message.id, call.ids.get("emoji_name"))
    return Told(204)
