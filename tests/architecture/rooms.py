"""Who may know whom: the rooms of the engine, what each may import, and the checks of it."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tests.architecture.tree import Tree

Kind = Literal["nouns", "pure", "wired", "root"]

NOUNS = ("bot.model", "bot.errors")
PURE = (
    "bot.text",
    "bot.sources",
    "bot.takeaways",
    "bot.ranking",
    "bot.votes",
    "bot.schedule",
    "bot.delivery",
    "bot.locales",
)
VERBS = (*NOUNS, "bot.ports", *PURE)
FACE = ("bot.loop", "bot.roles", "bot.config", "bot.records", "bot.logs", "bot.samples", "bot.platforms")
SOURCES = tuple(  # the wired ones
    f"bot.sources.{name}" for name in ("fetch", "folder", "refusals", "turns", "worker", "workers")
)


@dataclass(frozen=True)
class Room:
    """`may`: the rooms that it may import beside itself."""

    kind: Kind
    may: tuple[str, ...] = ()


_PURE = Room("pure", (*NOUNS, "bot.text"))
_WIRED = (*NOUNS, "bot.ports", "bot.text")

# A module belongs to the longest name here that it begins with, so a new file is as pure as its room.
ROOMS: dict[str, Room] = {
    "bot": Room("nouns"),
    "bot.model": Room("nouns"),
    "bot.errors": Room("nouns"),
    "bot.ports": Room("nouns", ("bot.model",)),
    "bot.text": _PURE,
    "bot.sources": _PURE,
    **dict.fromkeys(SOURCES, Room("wired", (*_WIRED, "bot.sources", *SOURCES))),
    "bot.takeaways": _PURE,
    "bot.takeaways.llm": Room("wired", (*_WIRED, "bot.takeaways")),
    "bot.ranking": _PURE,
    "bot.votes": _PURE,
    "bot.schedule": _PURE,
    "bot.schedule.beat": Room("wired", (*_WIRED, "bot.schedule")),
    "bot.delivery": _PURE,
    "bot.locales": _PURE,
    "bot.records": Room("pure", (*NOUNS, "bot.text", "bot.locales")),
    "bot.samples": Room("wired"),
    "bot.storage": Room("wired", _WIRED),
    "bot.jobs": Room("wired", _WIRED),
    "bot.http": Room("wired", _WIRED),
    "bot.metrics": Room("wired", _WIRED),
    "bot.clock": Room("wired", _WIRED),
    "bot.loop": Room("wired"),
    "bot.logs": Room("wired"),
    "bot.platforms": Room("wired", _WIRED),
    # the configuration asks the pure rooms whether what is written there means anything to them
    "bot.config": Room("wired", (*NOUNS, "bot.schedule", "bot.votes", "bot.ranking", "bot.locales")),
    "bot.engine": Room("wired", VERBS),
    "bot.commands": Room("wired", (*VERBS, "bot.engine")),
    "bot.roles": Room("wired", (*VERBS, "bot.engine", "bot.schedule.beat")),
    "bot.house": Room("wired", (*VERBS, "bot.engine", "bot.commands")),
    "bot.cli": Room("root", (*VERBS, *FACE, "bot.engine", "bot.app")),
    "bot.__main__": Room("root", ("bot.cli",)),
    "bot.app": Room("root"),  # knows all
}

_CLIENTS = ("bot.sources.fetch", "bot.takeaways.llm")

# Only these may import these libraries.
LIBRARIES: dict[str, dict[str, tuple[str, ...]]] = {
    "platform-sdks": {
        "discord": ("adapters.discord",),
        "slack_bolt": ("adapters.slack",),
        "slack_sdk": ("adapters.slack",),
    },
    "sql": dict.fromkeys(("sqlalchemy", "aiosqlite", "sqlite3", "alembic", "psycopg", "asyncpg"), ("bot.storage",)),
    "job-engine": {"procrastinate": ("bot.jobs", "bot.storage.postgres")},
    "http-client": {
        **dict.fromkeys(
            ("httpx", "httpx2", "requests", "openai", "urllib3", "urllib.request", "http.client"), _CLIENTS
        ),
        "aiohttp": (
            *_CLIENTS,
            "bot.sources.refusals",  # names what the client raises
            "adapters.discord",
            "adapters.slack",
        ),  # the SDK's own sessions stand on it and raise its errors
    },
}
SERVER = ("aiohttp.web",)  # the half of aiohttp that is no client

NOT_PURE_IMPORTS = re.compile(
    r"(aiohttp|asyncio|logging|multiprocessing|os|random|secrets|shutil|signal|socket|structlog|subprocess|tempfile"
    r"|threading|time|uuid)\b"
)
HARMLESS = frozenset({"time.struct_time"})  # a value, though of the module that has the clock
NOT_PURE_CALLS = frozenset({"now", "utcnow", "today", "open", "read_text", "read_bytes", "write_text", "write_bytes"})
CACHED = frozenset({"cache", "lru_cache"})


def room_of(name: str) -> str | None:
    return max(
        (room for room in ROOMS if (_within(name, room) and room != "bot") or room == name), key=len, default=None
    )


def _within(name: str, room: str) -> bool:
    return name == room or name.startswith(f"{room}.")


def known_rooms(tree: Tree) -> Iterator[str]:
    for module in tree:
        if _within(module.name, "bot") and room_of(module.name) is None:
            yield f"{module.path}: belongs to no room: name it in tests/architecture/rooms.py"


def room_imports(tree: Tree) -> Iterator[str]:
    for module in tree:
        room = room_of(module.name)
        if room is None or room == "bot.app":
            continue
        for target, line in tree.ours(module):
            other = room_of(target)
            if _within(target, "bot") and other not in (room, "bot", *ROOMS[room].may):
                yield f"{module.at(line)}: {room} may not import {target}"


def nouns_on_stdlib(tree: Tree) -> Iterator[str]:
    for module in tree:
        room = room_of(module.name)
        if room is None or ROOMS[room].kind != "nouns":
            continue
        for found in module.imports:
            top = found.target.split(".")[0]
            if top not in sys.stdlib_module_names and top not in ("bot", "adapters"):
                yield f"{module.at(found.line)}: {room} stands on the standard library alone, and imports {top}"


def no_adapter_in_the_engine(tree: Tree) -> Iterator[str]:
    for module in tree:
        for target, line in tree.ours(module):
            if _within(module.name, "bot") and _within(target, "adapters"):
                yield f"{module.at(line)}: bot imports {target}; adapters are found by entry point"


def adapters_alone(tree: Tree) -> Iterator[str]:
    for module in tree:
        if not _within(module.name, "adapters"):
            continue
        own = ".".join(module.name.split(".")[:2])
        for target, line in tree.ours(module):
            if not any(_within(target, room) for room in (own, "bot.ports", *NOUNS)):
                yield f"{module.at(line)}: an adapter knows bot.model, bot.ports, bot.errors and itself, not {target}"


def libraries(rule: str) -> object:
    """The check of one table of LIBRARIES."""

    def check(tree: Tree) -> Iterator[str]:
        for module in tree:
            for found in module.imports:
                if any(_within(found.target, part) for part in SERVER):
                    continue
                for library, homes in LIBRARIES[rule].items():
                    if _within(found.target, library) and not any(_within(module.name, home) for home in homes):
                        yield f"{module.at(found.line)}: {library} is for {', '.join(homes)} alone"

    return check


def environment(tree: Tree) -> Iterator[str]:
    names = {"environ", "environb", "getenv", "putenv"}
    for module in tree:
        if _within(module.name, "bot.config"):
            continue
        for node in ast.walk(module.tree):
            read = isinstance(node, ast.Attribute) and node.attr in names
            if read or (
                isinstance(node, ast.ImportFrom) and node.module == "os" and names & {a.name for a in node.names}
            ):
                yield f"{module.at(node.lineno)}: environment variables are read in bot/config alone"


def pure(tree: Tree) -> Iterator[str]:
    for module in tree:
        room = room_of(module.name)
        if room is None or ROOMS[room].kind != "pure":
            continue
        for found in module.imports:
            if NOT_PURE_IMPORTS.match(found.target) and found.target not in HARMLESS:
                yield f"{module.at(found.line)}: {room} is pure: no {found.target}"
        for call in _uncached_calls(module.tree):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name in NOT_PURE_CALLS:
                yield f"{module.at(call.lineno)}: {room} is pure: no {name}(); time is a parameter, data is cached"


def _uncached_calls(node: ast.AST) -> Iterator[ast.Call]:
    """Calls outside of functions whose result is kept: those may read the data that the package brings."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef) and any(
            (isinstance(one, ast.Name) and one.id in CACHED)
            or (isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id in CACHED)
            for one in child.decorator_list
        ):
            continue
        if isinstance(child, ast.Call):
            yield child
        yield from _uncached_calls(child)
