"""Block Kit as Slack holds it: what is wrong with the blocks of a message, and with the message around them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.platforms.slack_server.elements import (
    ACCESSORY,
    ACTION,
    BUTTON,
    ENTERED,
    FEEDBACK,
    IMAGE,
    OVERFLOW,
    PICTURE,
    RICH,
    SOURCE,
)
from tests.platforms.slack_server.grammar import (
    Check,
    Kind,
    anything,
    boolean,
    either,
    fault,
    listing,
    name,
    number,
    one_of,
    plain,
    plain_object,
    text,
    thing,
    web_address,
    words,
)
from tests.platforms.slack_server.pings import pings

__all__ = ["BLOCKS", "block_faults", "faults", "length", "pings"]
_MOST = 50
_TOTAL = 13_200  # characters of all text in blocks, which is written nowhere
_MARKDOWN = 12_000  # of all markdown blocks
_TEXT = 40_000
_METADATA = 8_000


def _has_words(where: str, value: Mapping[str, Any]) -> Iterator[str]:
    if not value.get("text") and not value.get("fields"):
        yield fault("must define either text or fields", where)


def _has_something(where: str, value: Mapping[str, Any]) -> Iterator[str]:
    if not any(value.get(one) for one in ("hero_image", "title", "actions", "body")):
        yield fault("must have one of hero_image, title, actions, body", where)


def _folds(where: str, value: Mapping[str, Any]) -> Iterator[str]:
    if not value.get("title") and not value.get("rich_text_title"):
        yield fault("must have title or rich_text_title", where)
    if value.get("is_collapsible") and value.get("has_header_divider"):
        yield fault("has_header_divider is not for what is collapsible", where)
    if value.get("default_collapsed") and not value.get("is_collapsible"):
        yield fault("default_collapsed needs is_collapsible", where)


def _shows(where: str, value: Mapping[str, Any]) -> Iterator[str]:
    if ("image_url" in value) == ("slack_file" in value):
        yield fault("must have either image_url or slack_file", where)


_RICH_TEXT = Kind({"elements": listing(thing(RICH), 1000)}, {"block_id": name})
_CELL = thing(
    {
        "raw_text": Kind({"text": text(13_200)}),
        "raw_number": Kind({"value": number, "text": text(100)}),
        "rich_text": _RICH_TEXT,
    }
)
_COLUMN = plain_object(Kind({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean}))
_CARD = Kind(
    {},
    {
        "hero_image": PICTURE,
        "icon": PICTURE,
        "title": words(150),
        "subtitle": words(150),
        "body": words(200),
        "actions": listing(BUTTON, 25),
    },
    more=_has_something,
)
_TASK = Kind(
    {
        "task_id": name,
        "title": text(150),
        "status": one_of("pending", "in_progress", "complete", "error"),
    },
    {
        "details": thing({"rich_text": _RICH_TEXT}),
        "output": thing({"rich_text": _RICH_TEXT}),
        "sources": listing(SOURCE, 25),
    },
)
_BARE: dict[str, Kind] = {
    "section": Kind(
        {},
        {"text": words(), "fields": listing(words(2000), 10), "accessory": ACCESSORY, "expand": boolean},
        more=_has_words,
    ),
    "divider": Kind(),
    "header": Kind({"text": plain(150)}),
    "image": Kind(IMAGE.required, {**IMAGE.optional, "title": plain(2000)}, more=_shows),
    "actions": Kind({"elements": listing(ACTION, 25)}),
    "context": Kind({"elements": listing(either(words(), PICTURE), 10)}),
    "context_actions": Kind({"elements": listing(FEEDBACK, 5)}),
    "input": Kind(
        {"label": plain(2000), "element": ENTERED},
        {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "file": Kind({"external_id": name, "source": one_of("remote")}),
    "call": Kind({"call_id": name}, {"api_decoration_available": boolean, "call": anything}),
    "markdown": Kind({"text": text(_MARKDOWN)}),
    "rich_text": Kind(_RICH_TEXT.required),
    "table": Kind(
        {"rows": listing(listing(_CELL, 20), 100)},
        {"column_settings": listing(either(_COLUMN, one_of(None)), 20)},
    ),
    "video": Kind(
        {"alt_text": text(2000), "title": plain(199), "video_url": web_address, "thumbnail_url": web_address},
        {
            "title_url": web_address,
            "description": plain(200),
            "provider_name": text(50),
            "provider_icon_url": web_address,
            "author_name": text(49),
        },
    ),
    "card": _CARD,
    "carousel": Kind({"elements": listing(thing({"card": _CARD}), 10)}),
    "alert": Kind({"text": words()}, {"level": one_of("default", "info", "warning", "error", "success")}),
    "task_card": _TASK,
    "plan": Kind({"title": text(150)}, {"tasks": listing(thing({"task_card": _TASK}), 50)}),
    "auth_provider": Kind(
        {"value": text(150), "name": plain(75), "is_connected": boolean},
        {
            "description": plain(150),
            "icon_url": web_address,
            "auth_url": web_address,
            "disconnect_url": web_address,
            "connected_identity": plain(75),
            "connected_context": plain(75),
            "accessory": OVERFLOW,
            "fallback": listing(anything, 50),
        },
    ),
}


def _named(kind: Kind) -> Kind:
    return Kind(kind.required, {**kind.optional, "block_id": name}, kind.more)


def _nested() -> Kind:
    inside = thing({one: _named(kind) for one, kind in _BARE.items()})
    optional: dict[str, Check] = {
        "title": plain(150),
        "rich_text_title": thing({"rich_text": _RICH_TEXT}),
        "subtitle": words(150),
        "width": one_of("narrow", "standard", "wide", "full"),
        "icon": PICTURE,
        "is_collapsible": boolean,
        "default_collapsed": boolean,
        "has_header_divider": boolean,
    }
    return Kind({"child_blocks": listing(inside, 10)}, optional, more=_folds)


BLOCKS: dict[str, Kind] = {one: _named(kind) for one, kind in (*_BARE.items(), ("container", _nested()))}
_ALL = listing(thing(BLOCKS), _MOST, 0)


def faults(payload: Mapping[str, Any]) -> list[str]:
    """What Slack would not take of a message, or would cut. What begins with an error's name is that error."""
    return [*_around(payload), *block_faults(payload.get("blocks"))]


def block_faults(given: object) -> list[str]:
    """The same of its blocks alone; JSON is read."""
    blocks = given
    if isinstance(given, str):
        try:
            blocks = json.loads(given)
        except ValueError:
            return [fault("must be valid JSON", "/blocks")]
    if blocks is None:
        return []
    wrong = list(_ALL("/blocks", blocks))
    return wrong or [*_ids(blocks), *_kinds(blocks)] if isinstance(blocks, list) else wrong


def length(value: object) -> int:
    """The characters of all text in blocks."""
    if isinstance(value, Mapping):
        own = value.get("text")
        return (len(own) if isinstance(own, str) else 0) + sum(length(one) for one in value.values())
    return sum(length(one) for one in value) if isinstance(value, list) else 0


def _around(payload: Mapping[str, Any]) -> Iterator[str]:
    said, blocks = payload.get("text"), payload.get("blocks")
    markdown = payload.get("markdown_text")
    if said is not None and not isinstance(said, str):
        yield "no_text: the text is no text"
    elif not (said and said.strip()) and not blocks and not payload.get("attachments") and not markdown:
        yield "no_text: there is neither text nor blocks"
    if isinstance(said, str) and len(said) > _TEXT:
        yield f"text_cut: Slack cuts text after {_TEXT} characters"
    if markdown is not None:
        if said or blocks:
            yield "markdown_text_conflict: markdown_text stands alone"
        if not isinstance(markdown, str) or len(markdown) > _MARKDOWN:
            yield f"msg_too_long: markdown_text is longer than {_MARKDOWN} characters"
    if length(blocks) > _TOTAL:
        yield f"msg_blocks_too_long: {length(blocks)} characters in blocks"
    yield from _metadata(payload.get("metadata"))


def _metadata(given: object) -> Iterator[str]:
    if given is None:
        return
    if not isinstance(given, Mapping) or given.keys() != {"event_type", "event_payload"}:
        yield "invalid_metadata: event_type and event_payload, and nothing else"
    elif not isinstance(given["event_type"], str) or not given["event_type"]:
        yield "invalid_metadata: event_type is no text"
    elif not isinstance(given["event_payload"], Mapping):
        yield "invalid_metadata: event_payload is no object"
    elif len(json.dumps(given)) > _METADATA:
        yield "invalid_metadata: it is too large"


def _ids(blocks: list[Any]) -> Iterator[str]:
    seen: set[str] = set()
    for position, block in enumerate(blocks):
        own = block.get("block_id")
        if own in seen:
            yield fault(f"block_id {own} is there twice", f"/blocks/{position}")
        seen |= {own} if own else set()
        for inner in _inner(block):
            actions = list(_actions(inner))
            for one in {one for one in actions if actions.count(one) > 1}:
                yield fault(f"action_id {one} is there twice", f"/blocks/{position}")


def _inner(block: Mapping[str, Any]) -> list[Any]:
    """The blocks in a block, each of which has names of its own; otherwise itself."""
    inside = block.get("child_blocks") or (block.get("elements") if block["type"] == "carousel" else None)
    return list(inside) if inside else [block]


def _actions(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("action_id"), str):
            yield value["action_id"]
        for one in value.values():
            yield from _actions(one)
    elif isinstance(value, list):
        for one in value:
            yield from _actions(one)


def _kinds(blocks: list[Any]) -> Iterator[str]:
    """What is counted over all blocks."""
    if sum(one["type"] == "table" for one in blocks) > 1:
        yield fault("only_one_table_allowed", "/blocks")
    if sum(len(one["text"]) for one in blocks if one["type"] == "markdown") > _MARKDOWN:
        yield fault(f"markdown must be less than {_MARKDOWN + 1} characters in all", "/blocks")
