"""What Discord demands of a message's body beyond the specification: limits, exclusions, and who would be pinged."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tests.platforms.discord_server.world import walked

COMPONENTS_V2 = 1 << 15
_CONTENT, _TEXT, _COMPONENTS, _EMBEDS, _EMBED_TEXT = 2000, 4000, 40, 10, 6000
_EMBED_LIMITS = {"title": 256, "description": 4096, "url": 2048}
_PINGS = re.compile(r"@everyone|@here|<@&\d+>|<@!?\d+>")


def units(text: str) -> int:
    """Length as Discord's clients count: UTF-16."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def body_faults(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(path, what is wrong) of everything that Discord would refuse; empty: it takes the message."""
    content, embeds = body.get("content") or "", body.get("embeds") or []
    components = body.get("components") or []
    faults: list[tuple[str, str]] = []
    v2 = bool((body.get("flags") or 0) & COMPONENTS_V2)
    if units(content) > _CONTENT:
        faults.append(("content", f"Must be {_CONTENT} or fewer in length."))
    nonce = body.get("nonce")
    if isinstance(nonce, str) and len(nonce) > 25:
        faults.append(("nonce", "Must be 25 or fewer in length."))
    if v2 and (content or embeds):
        faults.append(("flags", "Components V2 cannot be used with content or embeds."))
    if not v2 and any(one.get("type") != 1 for one in components):
        faults.append(("components", "Value of field type must be 1 without the flag IS_COMPONENTS_V2."))
    faults += _components(components)
    faults += _embeds(embeds)
    return faults


def _components(components: list[dict[str, Any]]) -> list[tuple[str, str]]:
    faults = []
    every = list(walked(components))
    if len(every) > _COMPONENTS:
        faults.append(("components", f"Must be {_COMPONENTS} or fewer components."))
    texts = [one.get("content", "") for one in every if one.get("type") == 10]
    if any(not text.strip() for text in texts):
        faults.append(("components", "This field is required: content."))
    if sum(map(units, texts)) > _TEXT:
        faults.append(("components", f"Displayed text must be {_TEXT} or fewer in length."))
    ids = [one["id"] for one in every if one.get("id")]
    if len(ids) != len(set(ids)):
        faults.append(("components", "Component ids must be unique."))
    custom = [one["custom_id"] for one in every if "custom_id" in one]
    if len(custom) != len(set(custom)) or any(not 1 <= len(one) <= 100 for one in custom):
        faults.append(("components", "Custom ids must be unique, and 1 to 100 in length."))
    return faults


def _embeds(embeds: list[dict[str, Any]]) -> list[tuple[str, str]]:
    faults, total = [], 0
    if len(embeds) > _EMBEDS:
        faults.append(("embeds", f"Must be {_EMBEDS} or fewer in length."))
    for number, embed in enumerate(embeds):
        for name, most in _EMBED_LIMITS.items():
            if units((embed.get(name) or "").strip()) > most:
                faults.append((f"embeds.{number}.{name}", f"Must be {most} or fewer in length."))
        fields = embed.get("fields") or []
        if len(fields) > 25:
            faults.append((f"embeds.{number}.fields", "Must be 25 or fewer in length."))
        footer, author = (embed.get("footer") or {}).get("text"), (embed.get("author") or {}).get("name")
        parts = [embed.get("title"), embed.get("description"), footer, author]
        parts += [part for one in fields for part in (one.get("name"), one.get("value"))]
        total += sum(units((part or "").strip()) for part in parts)
    if total > _EMBED_TEXT:
        faults.append(("embeds", f"Embed size exceeds maximum size of {_EMBED_TEXT}"))
    return faults


def is_empty(body: Mapping[str, Any]) -> bool:
    return not (body.get("content") or body.get("embeds") or body.get("components") or body.get("poll"))


def pings_of(body: Mapping[str, Any]) -> list[str]:
    """Whom a message would ping: what the raw text names and `allowed_mentions` allows."""
    texts = [body.get("content") or ""]
    texts += [one.get("content", "") for one in walked(body.get("components") or []) if one.get("type") == 10]
    found = [ping for text in texts for ping in _PINGS.findall(text)]
    allowed = body.get("allowed_mentions")
    if allowed is None:
        return found
    kinds = set(allowed.get("parse") or ())

    def is_allowed(ping: str) -> bool:
        if ping.startswith("@"):
            return "everyone" in kinds
        number = re.sub(r"\D", "", ping)
        kind = "roles" if ping.startswith("<@&") else "users"
        return kind in kinds or number in (allowed.get(kind) or ())

    return [ping for ping in found if is_allowed(ping)]


def nested(faults: list[tuple[str, str]]) -> dict[str, Any]:
    """The faults as the `errors` of a 50035 body."""
    errors: dict[str, Any] = {}
    for path, message in faults:
        here = errors
        for key in path.split("."):
            here = here.setdefault(key, {})
        here.setdefault("_errors", []).append({"code": "BASE_TYPE_BAD_LENGTH", "message": message})
    return errors
