"""The local Slack's rules for blocks, side by side with slack_sdk's own; and whom a message pings."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError, SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.slack_server import Channel, SlackServer
from tests.platforms.slack_server.blocks import BLOCKS, faults, length, pings

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(text: str = "x", **more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain("b"), "action_id": "a", **more}


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def rich(*parts: Json, kind: str = "rich_text_section", **more: Any) -> Json:
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(parts), **more}]}


def table(rows: int, cells: int) -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * cells] * rows}


PICTURE = {"type": "image", "image_url": "https://a.example/a.png", "alt_text": "a"}
VIDEO = {
    "type": "video",
    "alt_text": "a",
    "title": plain("t"),
    "video_url": "https://a.example/v",
    "thumbnail_url": "https://a.example/t.png",
}
OPTION = {"text": plain("o"), "value": "v"}
CARD = {"type": "card", "title": mrkdwn("t"), "body": mrkdwn("b"), "actions": [button()]}
LIST = rich({"type": "rich_text_section", "elements": []}, kind="rich_text_list", style="bullet", indent=2)
TEXT = {"type": "text", "text": "x", "style": {"bold": True}}

TAKEN: list[Json] = [
    section("x" * 3000),
    {"type": "section", "fields": [mrkdwn("x" * 2000)] * 6},
    section(accessory=PICTURE),
    section(accessory={"type": "overflow", "action_id": "o", "options": [OPTION] * 5}),
    section(accessory={"type": "static_select", "placeholder": plain("p"), "options": [OPTION], "action_id": "s"}),
    {"type": "divider"},
    {"type": "header", "text": plain("x" * 150), "block_id": "b" * 255},
    PICTURE | {"title": plain("t")},
    actions(*(button(action_id=f"a{n}") for n in range(25))),
    actions(
        button(value="v" * 2000, url="https://a.example/" + "u" * 2980, style="primary", accessibility_label="l" * 75)
    ),
    {"type": "context", "elements": [mrkdwn("x"), PICTURE] * 5},
    {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "f",
                "positive_button": {"text": plain("+"), "value": "1"},
                "negative_button": {"text": plain("-"), "value": "0"},
            }
        ],
    },
    {"type": "markdown", "text": "x" * 12_000},
    rich(
        TEXT,
        {"type": "link", "url": "https://a.example", "text": "a", "style": {"italic": True}},
        {"type": "emoji", "name": "tada"},
        {"type": "user", "user_id": "U1"},
        {"type": "usergroup", "usergroup_id": "S1"},
        {"type": "channel", "channel_id": "C1"},
        {"type": "broadcast", "range": "here"},
        {"type": "date", "timestamp": 1720710212, "format": "{date_num}", "fallback": "f"},
        {"type": "color", "value": "#F405B3"},
    ),
    rich(TEXT, kind="rich_text_quote"),
    rich({"type": "text", "text": "x"}, kind="rich_text_preformatted", border=0),
    LIST,
    table(100, 20),
    VIDEO,
    CARD,
    {"type": "carousel", "elements": [CARD] * 10},
    {"type": "alert", "text": mrkdwn("x"), "level": "warning"},
    {
        "type": "container",
        "title": plain("t"),
        "child_blocks": [section()] * 10,
        "width": "wide",
        "is_collapsible": True,
    },
    {"type": "task_card", "task_id": "1", "title": "t", "status": "complete", "details": rich(TEXT)},
    {"type": "plan", "title": "t", "tasks": [{"type": "task_card", "task_id": "1", "title": "t", "status": "error"}]},
    {"type": "auth_provider", "value": "v", "name": plain("n"), "is_connected": True},
    {"type": "input", "label": plain("l"), "element": {"type": "plain_text_input", "action_id": "i"}},
    {"type": "file", "external_id": "f", "source": "remote"},
    {"type": "call", "call_id": "R1"},
]
REFUSED: list[tuple[str, Json | list[Json]]] = [
    ("less than 3001", section("x" * 3001)),
    ("more than 0", section("")),
    ("text or fields", {"type": "section"}),
    ("no more than 10", {"type": "section", "fields": [mrkdwn("x")] * 11}),
    ("less than 2001", {"type": "section", "fields": [mrkdwn("x" * 2001)]}),
    ("unsupported type", section(accessory={"type": "plain_text_input"})),
    ("no more than these fields", section(color="red")),
    ("no more than these fields", {"type": "section", "text": mrkdwn("x") | {"emoji": True}}),
    ("must be plain_text or mrkdwn", {"type": "section", "text": {"type": "html", "text": "x"}}),
    ("must be an object", {"type": "section", "text": "x"}),
    ("must be plain_text", {"type": "header", "text": mrkdwn("x")}),
    ("less than 151", {"type": "header", "text": plain("x" * 151)}),
    ("alt_text", {"type": "image", "image_url": "https://a.example/a.png"}),
    ("image_url or slack_file", {"type": "image", "alt_text": "a"}),
    ("valid URL", PICTURE | {"image_url": "a.png"}),
    ("no more than 25", actions(*(button(action_id=f"a{n}") for n in range(26)))),
    ("no less than 1", actions()),
    ("action_id a is there twice", actions(button(), button())),
    ("less than 76", actions(button(text=plain("x" * 76)))),
    ("less than 2001", actions(button(value="x" * 2001))),
    ("less than 3001", actions(button(url="https://a.example/" + "u" * 3000))),
    ("less than 76", actions(button(accessibility_label="x" * 76))),
    ("less than 256", actions(button(action_id="x" * 256))),
    ("one of primary, danger", actions(button(style="green"))),
    ("missing required field: text", actions({"type": "button", "action_id": "a"})),
    ("no more than 10", {"type": "context", "elements": [mrkdwn("x")] * 11}),
    ("must be plain_text or mrkdwn", {"type": "context", "elements": [button()]}),
    ("no more than 5", {"type": "context_actions", "elements": [button()] * 6}),
    ("less than 12001", {"type": "markdown", "text": "x" * 12_001}),
    ("in all", [{"type": "markdown", "text": "x" * 6001}] * 2),
    ("more than 0", rich({"type": "text", "text": ""})),
    ("must be one of here", rich({"type": "broadcast", "range": "all"})),
    ("must be a boolean", rich({"type": "text", "text": "x", "style": {"bold": 1}})),
    ("unsupported type: paragraph", rich({"type": "paragraph", "text": "x"})),
    ("unsupported type: user", rich({"type": "user", "user_id": "U1"}, kind="rich_text_preformatted")),
    ("missing required field: style", rich(TEXT, kind="rich_text_list")),
    ("no more than 100", table(101, 1)),
    ("no more than 20", table(1, 21)),
    ("only_one_table", [table(1, 1)] * 2),
    ("less than 200", VIDEO | {"title": plain("x" * 200)}),
    ("missing required field: video_url", {name: one for name, one in VIDEO.items() if name != "video_url"}),
    ("must have one of hero_image", {"type": "card", "subtitle": mrkdwn("s")}),
    ("less than 201", {"type": "card", "body": mrkdwn("x" * 201)}),
    ("no more than 10", {"type": "carousel", "elements": [CARD] * 11}),
    ("must be one of default", {"type": "alert", "text": mrkdwn("x"), "level": "loud"}),
    ("title or rich_text_title", {"type": "container", "child_blocks": [section()]}),
    ("no more than 10", {"type": "container", "title": plain("t"), "child_blocks": [section()] * 11}),
    ("less than 256", section(block_id="b" * 256)),
    ("block_id b is there twice", [section(block_id="b"), section(block_id="b")]),
    ("no more than 50", [section()] * 51),
    ("unsupported type: marquee", {"type": "marquee"}),
    ("unsupported type: None", {"text": "x"}),
]


def _message(blocks: Json | list[Json]) -> Json:
    return {"text": "x", "blocks": blocks if isinstance(blocks, list) else [blocks]}


@pytest.mark.parametrize("block", TAKEN, ids=lambda one: str(one["type"]))
def test_what_slack_takes_has_no_fault(block: Json) -> None:
    assert faults(_message(block)) == []


def test_every_kind_of_block_is_among_them() -> None:
    assert {one["type"] for one in TAKEN} == set(BLOCKS)


@pytest.mark.parametrize(("wrong", "blocks"), REFUSED)
def test_what_slack_refuses_is_named(wrong: str, blocks: Json | list[Json]) -> None:
    found = faults(_message(blocks))
    assert any(wrong in one for one in found), found
    assert all("[json-pointer:/blocks" in one for one in found)


@pytest.mark.parametrize("block", TAKEN, ids=lambda one: str(one["type"]))
def test_slack_sdk_has_no_fault_with_it_either(block: Json) -> None:
    parsed = Block.parse(block)
    assert parsed is not None
    parsed.validate_json()


def test_what_slack_sdk_refuses_is_refused_here() -> None:
    missed = []
    for _, blocks in REFUSED:
        if not isinstance(blocks, list) and _sdk_refuses(blocks) and not faults(_message(blocks)):
            missed.append(blocks)
    assert missed == []
    assert sum(_sdk_refuses(one) for _, one in REFUSED if not isinstance(one, list)) > 15


def _sdk_refuses(block: Json) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            parsed = Block.parse(block)
            if parsed is not None:
                parsed.validate_json()
        except (SlackObjectFormationError, TypeError, AttributeError, KeyError):
            return True
    return parsed is None


def test_what_stands_around_the_blocks_counts_too() -> None:
    assert faults({"text": "x"}) == faults({"text": "", "blocks": [section()]}) == []
    assert faults({})[0].startswith("no_text")
    assert faults({"text": "x" * 40_001})[0].startswith("text_cut")
    assert faults({"blocks": [section("x" * 2700)] * 5})[0].startswith("msg_blocks_too_long: 13500")
    assert faults({"markdown_text": "x", "text": "x"})[0].startswith("markdown_text_conflict")
    assert faults({"markdown_text": "x" * 12_001})[0].startswith("msg_too_long")
    assert faults({"text": "x", "metadata": {"event_type": "", "event_payload": {}}})[0].startswith("invalid_metadata")
    assert length([section("abc"), rich(TEXT), actions(button())]) == 5
    assert faults({"text": "x", "blocks": "[{"}) == ["must be valid JSON [json-pointer:/blocks]"]


async def test_the_server_names_what_is_wrong_and_where(slack: SlackServer, room: Channel, web: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as caught:
        await web.chat_postMessage(channel=room.id, text="x", blocks=[section("x" * 3001)])
    told = caught.value.response
    assert told["error"] == "invalid_blocks"
    assert told["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]
    assert slack.violations.pop().startswith("chat.postMessage: must be less than")
    assert slack.messages(room) == []


async def test_text_that_is_too_long_is_cut(slack: SlackServer, room: Channel, web: AsyncWebClient) -> None:
    told = await web.chat_postMessage(channel=room.id, text="x" * 40_001)
    assert len(told["message"]["text"]) == 40_000
    assert slack.violations.pop().startswith("chat.postMessage: text_cut")


PINGS: list[tuple[Json, list[str]]] = [
    (
        {"text": "<!channel> <!here|here> <!everyone> <!subteam^S1|@team> <@U1> <@U1|ada>"},
        ["<!channel>", "<!here|here>"],
    ),
    ({"text": "&lt;!channel&gt; @here <https://a.example|@here> <#C1> <!date^1^{date}|x>"}, []),
    ({"text": "@here <@U1> a@b.example", "link_names": True}, ["<@U1>", "@here"]),
    ({"text": "@channel", "parse": "full"}, ["@channel"]),
    ({"text": "x", "blocks": [section("<!here>")]}, ["<!here>"]),
    ({"text": "x", "blocks": [{"type": "header", "text": plain("<!here>")}]}, []),
    ({"text": "x", "blocks": [{"type": "markdown", "text": "<@U1>"}]}, ["<@U1>"]),
    ({"text": "x", "blocks": [rich({"type": "text", "text": "<!here>"})]}, []),
    ({"text": "x", "blocks": [rich({"type": "broadcast", "range": "here"})]}, ["<broadcast:here>"]),
    ({"text": "x", "blocks": [rich({"type": "user", "user_id": "U1"})]}, ["<user:U1>"]),
    ({"text": "x", "attachments": [{"text": "<!here>"}]}, ["<!here>"]),
    ({"text": "x", "blocks": [{"type": "context", "elements": [mrkdwn("<!subteam^S1>")]}]}, ["<!subteam^S1>"]),
]


@pytest.mark.parametrize(("payload", "found"), PINGS)
def test_whom_a_message_pings_is_read_as_slack_reads_it(payload: Json, found: list[str]) -> None:
    assert pings(payload)[: len(found) or None] == found
