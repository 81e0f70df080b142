"""Messages, replies and receipts as Slack's blocks: what they say, and how they are known again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from adapters.slack.format import is_marked, payload_of, receipt_payload, reply_payloads, vote_of_action
from bot.delivery.render import posting_key
from bot.model import Channel, ChannelSpec, Link, Message, Posting, Reply
from tests.unit.adapters.discord.naughty import VALUE

KEY = posting_key(1, "2026-11-24T09:00", 1)
CHANNEL = Channel(id=1, spec=ChannelSpec(name="reading", platform="slack", place="C2", workspace="T3"))
ARTICLE = Message(
    kind="article",
    title="Ten times faster",
    url="https://example.org/a",
    byline="Quayside · Ilse Varga · Quality 0.83",
    takeaways=("One.", "Two."),
    also=(Link("The same", "https://other.example/b"), Link("Again", None)),
    also_lead="Also in 2 sources:",
    why="Why: new today",
    ballots=(VALUE,),
    article=7,
    rank=1,
)
LONG = Message(kind="article", title="x", takeaways=("word " * 150,) * 40)


def posting(message: Message | None, key: str = KEY) -> Posting:
    kind = "message" if message else "seed"
    return Posting(id=1, key=key, digest=1, part=1, kind=kind, channel=CHANNEL, message=message)  # type: ignore[arg-type]


def walked(value: object) -> Iterator[Mapping[str, Any]]:
    """Every object in a payload, outermost first."""
    if isinstance(value, Mapping):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from walked(one)


def shown(payload: Mapping[str, Any]) -> list[str]:
    """What each block says, a line of rich text or a button to a line; nothing for a divider."""
    return [said for block in payload["blocks"] if (said := _said(block))]


def _said(part: Mapping[str, Any]) -> str:
    match part["type"]:
        case "rich_text" | "rich_text_list" | "actions":
            return "\n".join(map(_said, part["elements"]))
        case "rich_text_section" | "context":
            return "".join(map(_said, part["elements"]))
        case "header" | "button":
            return str(part["text"]["text"])
        case "link":
            return f"{part['text']}→{part['url']}"
        case "emoji":
            return f":{part['name']}:"
        case "divider":
            return ""
    return str(part["text"])


def buttons(payload: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [part for part in walked(payload) if part.get("type") == "button"]


def test_an_article_says_first_itself_then_what_it_says_then_how_to_vote_and_why() -> None:
    payload = payload_of(posting(ARTICLE))
    assert shown(payload) == [
        "1. Ten times faster→https://example.org/a",
        "Quayside · Ilse Varga · Quality 0.83",
        "One.\nTwo.",
        "Also in 2 sources: The same→https://other.example/b · Again",
        "Worth your time?",
        "👍 Valuable\n👎 Not for us",
        "Why: new today",
    ]
    assert [block["type"] for block in walked(payload) if block.get("type") in ("divider", "rich_text_list")] == [
        "divider", "rich_text_list",
    ]  # fmt: skip


def test_beside_its_blocks_it_carries_its_words_and_its_key_and_unfolds_no_link() -> None:
    assert {**payload_of(posting(ARTICLE)), "blocks": []} == {
        "text": "1. Ten times faster\nQuayside · Ilse Varga · Quality 0.83\nOne.\nTwo.",
        "blocks": [],
        "unfurl_links": False,
        "unfurl_media": False,
        "metadata": {"event_type": "digestbot_posting", "event_payload": {"key": KEY}},
    }


def test_a_header_is_a_header_and_says_its_notices_small() -> None:
    header = Message(kind="header", title="reading digest", byline="Tuesday · 5 articles", footer=("Final", "Next"))
    payload = payload_of(posting(header))
    assert [block["type"] for block in payload["blocks"]] == ["header", "context", "context", "context"]
    assert shown(payload) == ["reading digest", "Tuesday · 5 articles", "Final", "Next"]


def test_a_note_is_a_line() -> None:
    assert shown(payload_of(posting(Message(kind="note", title="Nothing today.")))) == ["Nothing today."]


def test_a_seed_says_nothing() -> None:
    assert payload_of(posting(None)) == {}


def test_a_title_leads_only_to_an_open_address_and_an_empty_one_is_a_dash() -> None:
    assert shown(payload_of(posting(Message(kind="article", title="C#", url="javascript:x", rank=2)))) == ["2. C#"]
    assert shown(payload_of(posting(Message(kind="article", title=" ", url="https://a.example/")))) == [
        "—→https://a.example/"
    ]


def test_what_is_fetched_is_shown_letter_by_letter() -> None:
    signs = "<!channel> *b* _i_ :tada: [a](b) &amp; <https://x|y>"
    payload = payload_of(posting(replace(ARTICLE, title=signs, takeaways=(signs,), byline=signs, also_lead="")))
    assert shown(payload)[:3] == [f"1. {signs}→https://example.org/a", signs, signs]
    assert not [part for part in walked(payload) if part.get("type") in ("mrkdwn", "markdown")]
    assert payload["text"].splitlines()[2] == "&lt;!channel&gt; *b* _i_ :tada: [a](b) &amp;amp; &lt;https://x|y&gt;"


def test_only_a_button_turns_shortcodes_into_emoji() -> None:
    emoji = [part["emoji"] for part in walked(payload_of(posting(ARTICLE))) if part.get("type") == "plain_text"]
    assert emoji == [False, False, True, True, False]


@pytest.mark.parametrize(
    "message",
    [ARTICLE, Message(kind="note", title="x"), Message(kind="header", title="x"), Message(kind="article", title="")],
)
def test_a_message_is_known_again_in_history_by_its_metadata(message: Message) -> None:
    stored = json.loads(json.dumps(payload_of(posting(message))))
    assert is_marked(stored, KEY)
    assert not is_marked(stored, posting_key(1, "2026-11-24T09:00", 2))


@pytest.mark.parametrize(
    "metadata",
    [None, "x", [], {}, {"event_type": "digestbot_posting"}, {"event_type": "x", "event_payload": {"key": KEY}},
     {"event_type": "digestbot_posting", "event_payload": [KEY]}],
)  # fmt: skip
def test_a_strange_message_is_not_ours(metadata: object) -> None:
    assert not is_marked({"metadata": metadata}, KEY)
    assert not is_marked({}, KEY)


def test_what_has_no_room_is_counted() -> None:
    takeaways = shown(payload_of(posting(LONG)))[1].splitlines()
    assert takeaways[-1] == f"… +{41 - len(takeaways)}"
    assert 12 < len(takeaways) < 30
    links = shown(payload_of(posting(replace(ARTICLE, also=(Link("word " * 20, "https://a.example/"),) * 100))))[3]
    assert links.endswith(f" · +{100 - links.count('→')}")
    assert links.count("→") > 3


@pytest.mark.parametrize(
    ("reply", "lines"),
    [
        (Reply(text="Done."), ["Done."]),
        (Reply(text="one\n\ntwo"), ["one\ntwo"]),
        (Reply(), ["—"]),
        (Reply(failed=True), [":warning: —"]),
        (Reply(text="No.", failed=True), [":warning: No."]),
        (
            Reply(
                text="Title", columns=("", "Stage", "Reason"), rows=(("✓", "quality", "0.8 ≥ 0.6"), ("✗", "limit", ""))
            ),
            ["Title", "✓ quality — 0.8 ≥ 0.6\n✗ limit"],
        ),
        (
            Reply(columns=("#", "Source", "State", "Posted"), rows=(("1", "Quay*side", "ok", "3"),)),
            ["1 Quay*side — ok · Posted 3"],
        ),
    ],
)
def test_a_reply_reads_well_on_a_phone(reply: Reply, lines: list[str]) -> None:
    (payload,) = reply_payloads(reply)
    assert shown(payload) == lines
    assert payload["text"] == "\n".join(lines).replace(":warning: ", "")


def test_rows_are_a_list_but_where_each_has_a_mark() -> None:
    (plain,) = reply_payloads(Reply(columns=("A", "B"), rows=(("a", "b"),)))
    (marked,) = reply_payloads(Reply(columns=("#", "B"), rows=(("1", "b"),)))
    kinds = [[part.get("type") for part in walked(payload["blocks"])] for payload in (plain, marked)]
    assert kinds[0][:3] == ["rich_text", "rich_text_list", "rich_text_section"]
    assert kinds[1][:2] == ["rich_text", "rich_text_section"]


def test_a_private_reply_is_for_its_reader_alone_and_replaces_nothing() -> None:
    (private,), (public,) = reply_payloads(Reply(text="x")), reply_payloads(Reply(text="x", private=False))
    assert (private["response_type"], public["response_type"]) == ("ephemeral", "in_channel")
    assert private["replace_original"] is public["replace_original"] is False


def test_articles_of_a_reply_can_be_voted_on_and_a_line_stands_between_them() -> None:
    (payload,) = reply_payloads(Reply(messages=(ARTICLE, replace(ARTICLE, article=8))))
    assert [vote_of_action(button) for button in buttons(payload)] == [(7, "👍"), (7, "👎"), (8, "👍"), (8, "👎")]
    kinds = [block["type"] for block in payload["blocks"]]  # type: ignore[attr-defined]
    assert kinds.count("divider") == 1
    assert kinds[0] == "rich_text"


def test_a_long_reply_goes_on_in_further_messages_and_says_what_is_left() -> None:
    payloads = reply_payloads(Reply(messages=(replace(LONG, title="this"),) * 9))
    assert len(payloads) == 5
    assert shown(payloads[-1])[-1] == "… +4"
    assert all(str(payload["text"]).startswith("this\n") for payload in payloads)


def test_a_long_table_goes_on_too() -> None:
    payloads = reply_payloads(
        Reply(columns=("A", "B"), rows=tuple((str(number), "word " * 50) for number in range(99)))
    )
    said = [line for payload in payloads for block in shown(payload) for line in block.splitlines()]
    assert [line.partition(" ")[0] for line in said] == [str(number) for number in range(99)]


def test_a_receipt_is_a_small_line() -> None:
    payload = receipt_payload("Recorded: 👍 on <b>\nFinal.")
    assert payload.keys() == {"text", "blocks"}
    assert payload["text"] == "Recorded: 👍 on &lt;b&gt; Final."
    assert shown(payload) == ["Recorded: 👍 on <b> Final."]
    assert shown(receipt_payload("")) == ["—"]
