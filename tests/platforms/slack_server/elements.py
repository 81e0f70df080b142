"""The elements of Block Kit and their limits: buttons, menus, images, and the parts of rich text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.platforms.slack_server.grammar import (
    Check,
    Kind,
    address,
    anything,
    boolean,
    date,
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
    whole,
    words,
)

# ---------------------------------------------------------------- composition objects

_CONFIRM = plain_object(
    Kind(
        {"title": plain(100), "text": words(300)},
        {"confirm": plain(30), "deny": plain(30), "style": one_of("primary", "danger")},
    )
)
_OPTION = plain_object(Kind({"text": words(75), "value": text(150)}, {"description": words(75), "url": address}))
_GROUP = plain_object(Kind({"label": plain(75), "options": listing(_OPTION, 100)}))
_FILE = plain_object(Kind({}, {"id": name, "url": address}))
_FEEDBACK = plain_object(Kind({"text": plain(75), "value": text(2000)}, {"accessibility_label": text(75)}))
_STYLE = one_of("primary", "danger")


def _one_image(where: str, value: Mapping[str, Any]) -> Iterator[str]:
    if ("image_url" in value) == ("slack_file" in value):
        yield fault("must have either image_url or slack_file", where)


def _options(where: str, value: Mapping[str, Any]) -> Iterator[str]:
    if ("options" in value) == ("option_groups" in value):
        yield fault("must have either options or option_groups", where)


# ---------------------------------------------------------------- elements

IMAGE = Kind({"alt_text": text(2000)}, {"image_url": web_address, "slack_file": _FILE}, more=_one_image)
_INPUT: dict[str, Check] = {"action_id": name, "placeholder": plain(150), "confirm": _CONFIRM, "focus_on_load": boolean}
_SEVERAL: dict[str, Check] = {**_INPUT, "max_selected_items": whole(1)}
_FILTER = plain_object(
    Kind(
        {}, {"include": listing(text(20), 4), "exclude_bot_users": boolean, "exclude_external_shared_channels": boolean}
    )
)
_CHOICE: dict[str, Check] = {"options": listing(_OPTION, 100), "option_groups": listing(_GROUP, 100)}
_IDS = listing(name, 100)

ELEMENTS: dict[str, Kind] = {
    "image": IMAGE,
    "button": Kind(
        {"text": plain(75)},
        {
            "action_id": name,
            "url": address,
            "value": text(2000),
            "style": _STYLE,
            "confirm": _CONFIRM,
            "accessibility_label": text(75),
            "agent_prompt": text(4000),
            "agent_prompt_display": anything,
            "visible_to_user_ids": _IDS,
        },
    ),
    "workflow_button": Kind(
        {"text": plain(75), "workflow": anything},
        {"action_id": name, "style": _STYLE, "accessibility_label": text(75)},
    ),
    "overflow": Kind({"options": listing(_OPTION, 5)}, {"action_id": name, "confirm": _CONFIRM}),
    "feedback_buttons": Kind({"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, {"action_id": name}),
    "icon_button": Kind(
        {"icon": one_of("trash"), "text": plain(75)},
        {
            "action_id": name,
            "value": text(2000),
            "confirm": _CONFIRM,
            "accessibility_label": text(75),
            "visible_to_user_ids": _IDS,
        },
    ),
    "static_select": Kind({}, {**_INPUT, **_CHOICE, "initial_option": _OPTION}, more=_options),
    "multi_static_select": Kind({}, {**_SEVERAL, **_CHOICE, "initial_options": listing(_OPTION, 100)}, more=_options),
    "external_select": Kind({}, {**_INPUT, "initial_option": _OPTION, "min_query_length": whole()}),
    "multi_external_select": Kind(
        {}, {**_SEVERAL, "initial_options": listing(_OPTION, 100), "min_query_length": whole()}
    ),
    "users_select": Kind({}, {**_INPUT, "initial_user": name}),
    "multi_users_select": Kind({}, {**_SEVERAL, "initial_users": _IDS}),
    "conversations_select": Kind(
        {},
        {
            **_INPUT,
            "initial_conversation": name,
            "default_to_current_conversation": boolean,
            "response_url_enabled": boolean,
            "filter": _FILTER,
        },
    ),
    "multi_conversations_select": Kind(
        {},
        {**_SEVERAL, "initial_conversations": _IDS, "default_to_current_conversation": boolean, "filter": _FILTER},
    ),
    "channels_select": Kind({}, {**_INPUT, "initial_channel": name, "response_url_enabled": boolean}),
    "multi_channels_select": Kind({}, {**_SEVERAL, "initial_channels": _IDS}),
    "checkboxes": Kind({"options": listing(_OPTION, 10)}, {**_INPUT, "initial_options": listing(_OPTION, 10)}),
    "radio_buttons": Kind({"options": listing(_OPTION, 10)}, {**_INPUT, "initial_option": _OPTION}),
    "datepicker": Kind({}, {**_INPUT, "initial_date": date}),
    "timepicker": Kind({}, {**_INPUT, "initial_time": text(5), "timezone": text(100)}),
    "datetimepicker": Kind({}, {**_INPUT, "initial_date_time": whole(0, 9_999_999_999)}),
    "plain_text_input": Kind(
        {},
        {
            **_INPUT,
            "initial_value": text(3000),
            "multiline": boolean,
            "min_length": whole(0, 3000),
            "max_length": whole(1, 3000),
            "dispatch_action_config": anything,
        },
    ),
    "url": Kind({"url": address, "text": text(3000)}),
}
_PICKERS = frozenset(("datepicker", "timepicker", "checkboxes", "radio_buttons", "workflow_button"))
_MENUS = frozenset(one for one in ELEMENTS if one.endswith("_select")) | {"button", "overflow"}
ACCESSORY = thing(ELEMENTS, _MENUS | _PICKERS | {"image"})
ACTION = thing(ELEMENTS, _MENUS | _PICKERS | {"datetimepicker"})
FEEDBACK = thing(ELEMENTS, frozenset(("feedback_buttons", "icon_button")))
BUTTON = thing(ELEMENTS, frozenset(("button",)))
OVERFLOW = thing(ELEMENTS, frozenset(("overflow",)))
PICTURE = thing(ELEMENTS, frozenset(("image",)))
SOURCE = thing(ELEMENTS, frozenset(("url",)))
ENTERED = thing(ELEMENTS, frozenset(ELEMENTS) - {"image", "button", "workflow_button", "overflow", "url"})

# ---------------------------------------------------------------- rich text

_LOOKS = dict.fromkeys(("bold", "italic", "strike", "code", "underline"), boolean)
_STYLED: dict[str, Check] = {"style": plain_object(Kind({}, _LOOKS))}
_MARKED: dict[str, Check] = {
    "style": plain_object(Kind({}, {**_LOOKS, **dict.fromkeys(("highlight", "client_highlight", "unlink"), boolean)}))
}
PARTS: dict[str, Kind] = {
    "text": Kind({"text": text(13_200)}, _STYLED),
    "link": Kind({"url": address}, {**_STYLED, "text": text(13_200), "unsafe": boolean}),
    "emoji": Kind({"name": name}, {**_STYLED, "unicode": text(100), "skin_tone": whole(1, 6), "url": address}),
    "user": Kind({"user_id": name}, _MARKED),
    "usergroup": Kind({"usergroup_id": name}, _MARKED),
    "channel": Kind({"channel_id": name}, _MARKED),
    "team": Kind({"team_id": name}, _MARKED),
    "broadcast": Kind({"range": one_of("here", "channel", "everyone")}, _STYLED),
    "date": Kind({"timestamp": number, "format": text(255)}, {**_STYLED, "url": address, "fallback": text(255)}),
    "color": Kind({"value": text(7)}, _STYLED),
}
_LINE = listing(thing(PARTS), 1000, 0)
_BORDER: dict[str, Check] = {"border": one_of(0, 1)}
_SECTION = Kind({"elements": _LINE})
RICH: dict[str, Kind] = {
    "rich_text_section": _SECTION,
    "rich_text_quote": Kind({"elements": _LINE}, _BORDER),
    "rich_text_preformatted": Kind(
        {"elements": listing(thing(PARTS, frozenset(("text", "link"))), 1000, 0)}, {**_BORDER, "language": text(50)}
    ),
    "rich_text_list": Kind(
        {
            "style": one_of("bullet", "ordered"),
            "elements": listing(thing({"rich_text_section": _SECTION}), 1000, 1),
        },
        {**_BORDER, "indent": whole(0, 8), "offset": whole()},
    ),
}
