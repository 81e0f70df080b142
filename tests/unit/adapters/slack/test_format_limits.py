"""Whatever is fetched, each payload keeps Slack's limits, pings nobody and says only its own words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from adapters.slack.format import is_marked, payload_of, receipt_payload, reply_payloads, vote_of_action
from adapters.slack.mrkdwn import inert, safe_url, units_of
from bot.model import Ballot, BallotOption, Link, Message, Reply
from tests.platforms.slack_server.blocks import faults, pings
from tests.unit.adapters.slack.naughty import TEXTS, URLS, messages, replies, texts
from tests.unit.adapters.slack.test_format import KEY, buttons, posting, walked

_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_ALLOWED = frozenset(
    ("divider", "header", "plain_text", "context", "actions", "button", "rich_text", "rich_text_section", "text",
     "link", "rich_text_list", "emoji")
)  # fmt: skip


def keeps_the_limits(payload: Mapping[str, Any]) -> None:
    """By the local Slack's judgement, by the SDK's own models, and by what no judge looks at."""
    assert faults(payload) == []
    assert pings(payload) == []
    blocks = payload["blocks"]
    for block, parsed in zip(blocks, Block.parse_all(blocks), strict=True):
        parsed.validate_json()
        assert parsed.to_dict() == block
    assert 0 < units_of(payload["text"]) <= 4000
    assert units_of(json.dumps(blocks, ensure_ascii=False)) <= 12_000
    assert {part["type"] for part in walked(blocks) if "type" in part} <= _ALLOWED
    assert not re.search(r"<|>|&(?!amp;|lt;|gt;)", payload["text"])
    source = json.dumps(payload, ensure_ascii=False)
    assert json.loads(source.encode()) == payload
    assert not _UNSEEN.search(source)


def says_only(payload: Mapping[str, Any], message: Message) -> None:
    """Links lead where the message's do, and what is linked or listed is what it says, as far as it goes."""
    also = [(inert(link.title), safe_url(link.url)) for link in message.also]
    led = [(part["text"], part["url"]) for part in walked(payload) if part.get("type") == "link"]
    for text, url in led:
        assert any(
            url == one and says(text, title)
            for title, one in [(inert(message.title) or "—", safe_url(message.url)), *also]
        )
    items = [
        section["elements"][0]["text"]
        for part in walked(payload)
        if part.get("type") == "rich_text_list"
        for section in part["elements"]
    ]
    for item, takeaway in zip(items, filter(None, map(inert, message.takeaways)), strict=False):
        assert says(item, takeaway)


def says(shown: str, text: str) -> bool:
    return shown == text or (shown.endswith("…") and text.startswith(shown[:-1]))


@settings(max_examples=2 * settings.default.max_examples)
@given(some=st.lists(messages, min_size=4, max_size=4))
def test_any_posting_keeps_the_limits_and_says_only_its_own_words(some: Sequence[Message]) -> None:
    for message in some:
        payload = payload_of(posting(message))
        keeps_the_limits(payload)
        says_only(payload, message)
        assert is_marked(payload, KEY)
        votes = [vote_of_action(button) for button in buttons(payload)]
        assert all(vote is not None and vote[0] == message.article for vote in votes)


@given(reply=replies)
def test_any_reply_keeps_the_limits(reply: Reply) -> None:
    payloads = reply_payloads(reply)
    assert 1 <= len(payloads) <= 5
    for payload in payloads:
        keeps_the_limits(payload)


@given(text=texts)
def test_any_receipt_keeps_the_limits(text: str) -> None:
    keeps_the_limits(receipt_payload(text))


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_each_naughty_text_everywhere_at_once(number: int) -> None:
    text, url = TEXTS[number], URLS[number % len(URLS)]
    ballot = Ballot(text, text, (BallotOption("👍", text), BallotOption(text, text)))
    message = Message(
        kind="article",
        title=text,
        url=url,
        byline=text,
        takeaways=(text,) * 40,
        also=(Link(text, url), Link(text, "https://example.org/")) * 50,
        also_lead=text,
        why=text,
        footer=(text,) * 9,
        ballots=(ballot,) * 9,
        article=7,
        rank=1,
    )
    keeps_the_limits(payload_of(posting(message)))
    reply = Reply(text=text, messages=(message,) * 3, columns=(text,) * 9, rows=((text,) * 9,) * 40)
    for payload in reply_payloads(reply):
        keeps_the_limits(payload)
