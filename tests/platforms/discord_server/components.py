"""Components and embeds of messages: walking them, and giving them back as Discord does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

ROW, BUTTON, SECTION, TEXT, THUMBNAIL, GALLERY, SEPARATOR, CONTAINER = 1, 2, 9, 10, 11, 12, 14, 17
LINK, PREMIUM = 5, 6  # styles of buttons that have no custom id
_SELECTS = (3, 5, 6, 7, 8)
_MOST = 10_000


def walked(components: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Every component, nested ones too, in the order in which they are read."""
    for component in components:
        yield component
        yield from walked(component.get("components") or [])
        if isinstance(component.get("accessory"), Mapping):
            yield component["accessory"]


def shown(components: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """As Discord gives them back: each with an id, those without one numbered in order past the taken ones."""
    taken = {one["id"] for one in walked(components) if one.get("id")}
    free = (number for number in range(1, _MOST) if number not in taken)
    return [_shown(component, free) for component in components]


def _shown(component: Mapping[str, Any], free: Iterator[int]) -> dict[str, Any]:
    given = {name: value for name, value in component.items() if value is not None}
    told: dict[str, Any] = _defaults(given["type"]) | {**given, "id": given.get("id") or next(free)}
    if "components" in given:
        told["components"] = [_shown(child, free) for child in given["components"]]
    if "accessory" in given:
        told["accessory"] = _shown(given["accessory"], free)
    if "media" in given:
        told["media"] = _media(given["media"])
    if "items" in given:
        told["items"] = [
            {"description": None, "spoiler": False, **item, "media": _media(item["media"])} for item in given["items"]
        ]
    return told


def _defaults(kind: int) -> dict[str, Any]:
    match kind:
        case 2:
            return {"style": 2, "disabled": False}
        case 11:
            return {"description": None, "spoiler": False}
        case 14:
            return {"divider": True, "spacing": 1}
        case 17:
            return {"accent_color": None, "spoiler": False}
    return {"min_values": 1, "max_values": 1, "disabled": False} if kind in _SELECTS else {}


def _media(given: Mapping[str, Any]) -> dict[str, Any]:
    url = given["url"]
    return {"id": "1", "url": url, "proxy_url": url, "width": None, "height": None, "content_type": None}


def embed_shown(embed: Mapping[str, Any]) -> dict[str, Any]:
    """As Discord gives it back: without what was null, pictures with an address of Discord's own."""
    told = {"type": "rich"} | {name: value for name, value in embed.items() if value is not None}
    for name in ("image", "thumbnail"):
        if name in told:
            told[name] = {"url": told[name]["url"], "proxy_url": told[name]["url"], "width": 0, "height": 0, "flags": 0}
    if "fields" in told:
        told["fields"] = [{**one, "inline": bool(one.get("inline"))} for one in told["fields"]]
    return told
