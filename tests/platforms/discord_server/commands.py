"""Routes of application commands: those of everywhere and those of one guild, and what a command must be like."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.platforms.discord_server.routing import Call, Refused, Told
from tests.platforms.discord_server.rules import nested
from tests.platforms.discord_server.world import World

Json = Mapping[str, Any]
_NAME = re.compile(r"[-_'\w]{1,32}")
_MOST, _CHOICES, _SIZE, _TEXT = 100, 25, 8000, 100
_CHAT = 1


def listed(call: Call) -> Told:
    return Told(200, [_shown(call, one) for one in _list(call)])


def replace(call: Call) -> Told:
    """All of them at once."""
    given = list(call.body or [])
    _check(given)
    if "guild_id" in call.ids:
        call.server.guild_commands[call.guild().id] = given
    else:
        call.server.commands = given
    call.server.command_syncs += 1
    return Told(200, [_shown(call, one) for one in given])


def put(call: Call) -> Told:
    """One more, or another of the same name."""
    given, known = call.fields(), _list(call)
    same = [one for one in known if _key(one) == _key(given)]
    _check([given])
    known[:] = [one for one in known if one not in same] + [given]
    return Told(200 if same else 201, _shown(call, given))


def one(call: Call) -> Told:
    return Told(200, _shown(call, _found(call)))


def change(call: Call) -> Told:
    found = _found(call)
    found.update(call.fields())
    _check([found])
    return Told(200, _shown(call, found))


def delete(call: Call) -> Told:
    _list(call).remove(_found(call))
    return Told(204)


def _list(call: Call) -> list[dict[str, Any]]:
    if "guild_id" not in call.ids:
        return call.server.commands
    return call.server.guild_commands.setdefault(call.guild().id, [])


def _found(call: Call) -> dict[str, Any]:
    guild = call.ids.get("guild_id")
    for command in _list(call):
        if command_id(call.world, command, guild) == call.ids["command_id"]:
            return command
    raise Refused(404, 10063, "Unknown application command")


def _key(command: Json) -> tuple[int, str]:
    return command.get("type") or _CHAT, command["name"]


def command_id(world: World, command: Json, guild: str | None) -> str:
    """Of a command; it stays the same for as long as its name does."""
    kind, name = _key(command)
    return world.commands.setdefault((guild, kind, name), world.snowflake())


def _shown(call: Call, command: Json) -> dict[str, Any]:
    guild = call.ids.get("guild_id")
    number = command_id(call.world, command, guild)
    given = {name: value for name, value in command.items() if value is not None}
    if "default_member_permissions" in given:
        given["default_member_permissions"] = str(given["default_member_permissions"])
    told = {
        "id": number,
        "application_id": call.world.application_id,
        "version": number,
        "default_member_permissions": None,
        "type": _CHAT,
        "description": "",
        **given,
    }
    return told | ({"guild_id": guild} if guild else {})


# ------------------------------------------------------------ what a command must be like


def _check(commands: Sequence[Json]) -> None:
    faults = [
        (f"{number}.{path}", "APPLICATION_COMMAND_INVALID", message) for number, path, message in _faults(commands)
    ]
    if faults:
        told = "; ".join(f"{path}: {message}" for path, _, message in faults)
        raise Refused(400, 50035, "Invalid Form Body", fault=f"commands: {told}", errors=nested(faults))


def _faults(commands: Sequence[Json]) -> Iterator[tuple[int, str, str]]:
    chat = [one for one in commands if (one.get("type") or _CHAT) == _CHAT]
    if len(chat) > _MOST:
        yield 0, "_", f"Maximum number of application commands reached ({_MOST})."
    if len({_key(one) for one in commands}) < len(commands):
        yield 0, "name", "Application command names must be unique"
    for number, command in enumerate(commands):
        if command in chat:
            for path, message in _node_faults(command):
                yield number, path, message
            if _size(command) > _SIZE:
                yield number, "_", f"Command exceeds maximum size of {_SIZE}."


def _node_faults(node: Json) -> Iterator[tuple[str, str]]:
    """Of a command or an option, and of all below it."""
    name, options = node.get("name") or "", node.get("options") or []
    if not _NAME.fullmatch(name) or unicodedata.normalize("NFC", name).lower() != unicodedata.normalize("NFC", name):
        yield "name", f"Command name is invalid: {name!r}"
    described = [node.get("description"), *(node.get("description_localizations") or {}).values()]
    if any(not 1 <= len(text or "") <= _TEXT for text in described):
        yield "description", f"Must be between 1 and {_TEXT} in length: {name}"
    if len(options) > _CHOICES or len(node.get("choices") or []) > _CHOICES:
        yield "options", f"Must be {_CHOICES} or fewer in length: {name}"
    if len({one.get("name") for one in options}) < len(options):
        yield "options", f"Option names must be unique: {name}"
    needed = [bool(one.get("required")) for one in options]
    if needed != sorted(needed, reverse=True):
        yield "options", f"Required options must be placed before non-required options: {name}"
    if node.get("autocomplete") and node.get("choices"):
        yield "options", f"Autocomplete and choices exclude each other: {name}"
    for option in options:
        for path, message in _node_faults(option):
            yield f"options.{path}", message


def _size(node: Json) -> int:
    """Letters of names, descriptions and values, the longest translation of each."""
    names = [node.get("name") or "", *(node.get("name_localizations") or {}).values()]
    texts = [node.get("description") or "", *(node.get("description_localizations") or {}).values()]
    choices = sum(len(str(one["name"])) + len(str(one["value"])) for one in node.get("choices") or [])
    return max(map(len, names)) + max(map(len, texts)) + choices + sum(map(_size, node.get("options") or []))
