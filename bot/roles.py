"""Who does what: the roles that the work of the bot can be split into, and what each does at which pulse."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta

from bot.engine import Engine
from bot.errors import ConfigError
from bot.ports import ChatPlatform, Handler
from bot.schedule.beat import Pulse

ROLES = ("tick", "refresh", "read", "compose", "deliver", "gateway")
WORKERS = tuple(role for role in ROLES if role != "gateway")
ALONE = ("deliver", "gateway")  # of these one process at a time is active; the others stand by
TALKING = frozenset({"refresh", "deliver", "gateway"})  # these speak to the platforms, so need their tokens
_TASKS = {"read": ("read",), "compose": ("compose",), "deliver": ("deliver", "reread"), "refresh": ("refresh",)}

_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_REREAD = timedelta(hours=1)  # what a reaction or its re-reading came to grief on has passed by then


def roles_of(text: str) -> frozenset[str]:
    """The roles in `refresh,read`. Raises ConfigError, which names them all."""
    asked = [role.strip() for role in text.split(",") if role.strip()]
    wrong = [role for role in asked if role not in WORKERS]
    if wrong or not asked:
        said = f"{wrong[0]!r} is no role" if wrong else "name one role or more"
        raise ConfigError(f"--role {text!r}: {said}: {', '.join(WORKERS)} (and gateway, which is a command of its own)")
    return frozenset(asked)


def handlers_of(engine: Engine, roles: Collection[str]) -> Mapping[str, Handler]:
    """What to do on the hints that are for these roles."""
    tasks = {task for role in roles for task in _TASKS.get(role, ())}
    return {task: handler for task, handler in engine.handlers().items() if task in tasks}


def heard_by(
    platforms: Mapping[str, ChatPlatform], shards: str | None
) -> Iterator[tuple[str, Collection[ChatPlatform]]]:
    """What a gateway is elected to by which name, and the platforms that it listens to then: to Discord under its range
    of shards, beside those who have the others."""
    ranged = {name for name in platforms if shards is not None and name == "discord"}
    if ranged != set(platforms) or not platforms:
        yield "gateway", [platform for name, platform in platforms.items() if name not in ranged]
    for name in ranged:
        yield f"gateway {shards}", [platforms[name]]


def pulses_of(engine: Engine, roles: Collection[str]) -> Iterator[Pulse]:
    """What these roles do without being asked. Deliverers re-read on the pulse of the one that is active."""
    if "tick" in roles:
        yield Pulse("tick", _SECOND, engine.compose.tick)
        yield Pulse("sweep", 2 * _SECOND, engine.compose.sweep)
        yield Pulse("expire", _DAY, engine.expire.round)
    if "refresh" in roles:
        for lane in range(engine.refresh.lanes):
            yield Pulse(f"refresh {lane}", 2 * _SECOND, engine.refresh.lane)
    if "read" in roles:
        yield Pulse("read", 5 * _SECOND, engine.read.due)
    if "deliver" in roles:
        yield Pulse("tell", _MINUTE, engine.tell.round)
        yield Pulse("reread", _REREAD, engine.reread.recent)
