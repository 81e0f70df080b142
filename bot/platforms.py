"""Finds platforms by entry point, so that anyone can add one without touching bot/."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from importlib.metadata import entry_points
from pkgutil import resolve_name

from bot.errors import AdapterNotFound
from bot.ports import PlatformKit

_GROUP = "digestbot.platforms"


def kit_of(name: str, settings: Mapping[str, object]) -> PlatformKit:
    """The kit of an installed platform, or of `module:function`. Raises AdapterNotFound."""
    if ":" in name:
        make = _resolved(name)
    else:
        found = {entry.name: entry for entry in entry_points(group=_GROUP)}
        if name not in found:
            close = get_close_matches(name, found, 1)
            hint = f"did you mean {close[0]!r}?" if close else f"installed are: {', '.join(sorted(found)) or 'none'}"
            raise AdapterNotFound(f"platform {name!r} is not installed; {hint}")
        make = _resolved(found[name].value)
    kit: PlatformKit = make(settings)
    return kit


def _resolved(target: str):  # type: ignore[no-untyped-def]  # an entry point may be any callable
    try:
        return resolve_name(target)
    except (ImportError, AttributeError, ValueError) as error:
        raise AdapterNotFound(f"platform {target!r} could not be loaded: {error}") from error
