"""What Discord demands of a message's body beyond the specification: limits, exclusions, and who would be pinged."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.platforms.discord_server.components import BUTTON, LINK, PREMIUM, ROW, TEXT, walked

Json = Mapping[str, Any]
Fault = tuple[str, str, str]  # path, code, what is wrong
COMPONENTS_V2 = 1 << 15
_CONTENT, _TEXT, _COMPONENTS, _ROWS, _EMBEDS, _EMBED_TEXT, _FIELDS = 2000, 4000, 40, 5, 10, 6000, 25
_NONCE, _CUSTOM_ID, _LABEL, _MENTIONED = 25, 100, 80, 100
_EMBED_LIMITS = {"title": 256, "description": 4096, "url": 2048}
_PINGS = re.compile(r"@everyone|@here|<@&\d+>|<@!?\d+>")
_LONG, _SHORT, _NEEDED, _CHOICE = (
    "BASE_TYPE_MAX_LENGTH",
    "BASE_TYPE_BAD_LENGTH",
    "BASE_TYPE_REQUIRED",
    "BASE_TYPE_CHOICES",
)


def units(text: str) -> int:
    """Length as Discord's clients count: UTF-16."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def body_faults(body: Json) -> list[Fault]:
    """Everything that Discord would refuse; empty: it takes the message."""
    return [*_top(body), *_components(body), *_embeds(body.get("embeds") or []), *_mentions(body)]


def is_v2(body: Json) -> bool:
    return bool((body.get("flags") or 0) & COMPONENTS_V2)


def is_empty(body: Json) -> bool:
    told = (body.get("content") or "").strip() or body.get("embeds") or body.get("components")
    return not (told or body.get("poll") or body.get("attachments") or body.get("sticker_ids"))


def _top(body: Json) -> Iterator[Fault]:
    if units(body.get("content") or "") > _CONTENT:
        yield "content", _LONG, f"Must be {_CONTENT} or fewer in length."
    nonce = body.get("nonce")
    if isinstance(nonce, str) and len(nonce) > _NONCE:
        yield "nonce", _LONG, f"Must be {_NONCE} or fewer in length."
    if is_v2(body):
        for name in ("content", "embeds", "poll", "sticker_ids"):
            if body.get(name):
                yield name, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", f"Not with IS_COMPONENTS_V2: {name}"


def _components(body: Json) -> Iterator[Fault]:
    top: Sequence[Json] = body.get("components") or []
    every = list(walked(top))
    if is_v2(body):
        if len(every) > _COMPONENTS:
            yield "components", _SHORT, f"Must be {_COMPONENTS} or fewer components."
    else:
        if len(top) > _ROWS:
            yield "components", _SHORT, f"Must be {_ROWS} or fewer in length."
        for number, one in enumerate(top):
            if one.get("type") != ROW:
                yield f"components.{number}.type", _CHOICE, f'Value of field "type" must be one of ({ROW},).'
    texts = [one.get("content") or "" for one in every if one.get("type") == TEXT]
    if any(not text.strip() for text in texts):
        yield "components", _NEEDED, "This field is required: content of a text display."
    if sum(map(units, texts)) > _TEXT:
        yield "components", _LONG, f"The total displayable text size exceeds {_TEXT}."
    ids = [one["id"] for one in every if one.get("id")]
    if len(ids) != len(set(ids)):
        yield "components", "COMPONENT_ID_DUPLICATED", "Component ids must be unique."
    custom = [one["custom_id"] for one in every if one.get("custom_id") is not None]
    if len(custom) != len(set(custom)):
        yield "components", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated."
    if any(not 1 <= len(one) <= _CUSTOM_ID for one in custom):
        yield "components", _SHORT, f"Must be between 1 and {_CUSTOM_ID} in length: custom_id."
    for one in every:
        if one.get("type") == BUTTON:
            yield from _button(one)


def _button(button: Json) -> Iterator[Fault]:
    style, url, custom = button.get("style"), button.get("url"), button.get("custom_id")
    if style == LINK:
        if not url or custom:
            yield "components", "BUTTON_COMPONENT_INVALID", "A link button has a url and no custom id."
        elif not str(url).startswith(("http://", "https://", "discord://")):
            yield "components", "URL_TYPE_INVALID_SCHEME", "Scheme must be one of ('http', 'https', 'discord')."
    elif style != PREMIUM and (url or not custom):
        yield "components", "BUTTON_COMPONENT_INVALID", "A custom id is required."
    if style != PREMIUM and not button.get("label") and not button.get("emoji"):
        yield "components", _NEEDED, "A button must have a label or an emoji."
    if units(button.get("label") or "") > _LABEL:
        yield "components", _LONG, f"Must be {_LABEL} or fewer in length: label."


def _embeds(embeds: Sequence[Json]) -> Iterator[Fault]:
    if len(embeds) > _EMBEDS:
        yield "embeds", _SHORT, f"Must be {_EMBEDS} or fewer in length."
    total = 0
    for number, embed in enumerate(embeds):
        at, parts = f"embeds.{number}", _embed_parts(embed)
        for name, text, most in parts:
            if units((text or "").strip()) > most:
                yield f"{at}.{name}", _LONG, f"Must be {most} or fewer in length."
            if name.startswith("fields.") and not (text or "").strip():
                yield f"{at}.{name}", _NEEDED, "This field is required"
        total += sum(units((text or "").strip()) for name, text, _ in parts if name != "url")
        if len(embed.get("fields") or []) > _FIELDS:
            yield f"{at}.fields", _SHORT, f"Must be {_FIELDS} or fewer in length."
        url = embed.get("url")
        if url and not url.startswith(("http://", "https://")):
            yield f"{at}.url", "URL_TYPE_INVALID_SCHEME", "Scheme must be one of ('http', 'https')."
    if total > _EMBED_TEXT:
        yield "embeds", "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {_EMBED_TEXT}"


def _embed_parts(embed: Json) -> list[tuple[str, str | None, int]]:
    """(name, text, limit) of all that counts into an embed's size, and its url."""
    parts: list[tuple[str, str | None, int]] = [(name, embed.get(name), most) for name, most in _EMBED_LIMITS.items()]
    parts.append(("footer.text", (embed.get("footer") or {}).get("text"), 2048))
    parts.append(("author.name", (embed.get("author") or {}).get("name"), 256))
    for number, one in enumerate(embed.get("fields") or []):
        parts.append((f"fields.{number}.name", one.get("name"), 256))
        parts.append((f"fields.{number}.value", one.get("value"), 1024))
    return parts


def _mentions(body: Json) -> Iterator[Fault]:
    allowed = body.get("allowed_mentions") or {}
    for kind in ("users", "roles"):
        named = allowed.get(kind) or []
        if named and kind in (allowed.get("parse") or ()):
            yield (
                "allowed_mentions",
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.',
            )
        if len(named) > _MENTIONED:
            yield f"allowed_mentions.{kind}", _SHORT, f"Must be {_MENTIONED} or fewer in length."


def pings_of(body: Json, *, parse: Sequence[str] = ("users", "roles", "everyone")) -> list[str]:
    """Whom a message would ping: what the raw text names and `allowed_mentions` allows.

    `parse` is what Discord allows where the body says nothing.
    """
    texts = [body.get("content") or ""]
    texts += [one.get("content") or "" for one in walked(body.get("components") or []) if one.get("type") == TEXT]
    found = [ping for text in texts if "@" in text for ping in _PINGS.findall(text)]
    if not found:
        return found
    allowed: Json = body["allowed_mentions"] if body.get("allowed_mentions") is not None else {"parse": parse}
    return [ping for ping in found if _is_allowed(ping, allowed)]


def _is_allowed(ping: str, allowed: Json) -> bool:
    kinds = allowed.get("parse") or ()
    if ping.startswith("@"):
        return "everyone" in kinds
    kind = "roles" if ping.startswith("<@&") else "users"
    return kind in kinds or ping.strip("<@&!>") in map(str, allowed.get(kind) or ())


def nested(faults: Sequence[Fault]) -> dict[str, Any]:
    """The faults as the `errors` of a 50035 body."""
    errors: dict[str, Any] = {}
    for path, code, message in faults:
        here = errors
        for key in path.split("."):
            here = here.setdefault(key, {})
        here.setdefault("_errors", []).append({"code": code, "message": message})
    return errors
