"""Messages and replies as Discord's payloads: what they say, and that they keep every limit whatever is fetched."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings

from adapters.discord.format import is_marked, marker_of, payload_of, reply_payloads
from adapters.discord.markdown import inert, safe_url, units_of
from bot.delivery.render import posting_key
from bot.model import Ballot, BallotOption, Channel, ChannelSpec, Link, Message, Posting, Reply
from tests.platforms.discord_look.markdown import parsed, text_of, walked
from tests.unit.adapters.discord.naughty import VALUE, messages, replies
from tests.unit.adapters.discord.test_markdown import PINGS, folded

KEY = posting_key(1, "2026-11-24T09:00", 1)
CHANNEL = Channel(id=1, spec=ChannelSpec(name="reading", platform="discord", place="2", workspace="3"))
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
    rank=1,
)
Accepts = Callable[[object], None]


@pytest.fixture(scope="session")
def accepts(corpora: Path) -> Accepts:
    """Fails for a body that the published specification of creating a message does not allow."""
    spec = json.loads((corpora / "platforms" / "discord" / "openapi.json").read_text())
    schema = {"$ref": "#/components/schemas/MessageCreateRequest", "components": spec["components"]}
    return jsonschema_rs.validator_for(schema).validate


def posting(message: Message | None, key: str = KEY) -> Posting:
    kind = "message" if message else "seed"
    return Posting(id=1, key=key, digest=1, part=1, kind=kind, channel=CHANNEL, message=message)  # type: ignore[arg-type]


def components(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for part in body.get("components", ()):
        yield part
        yield from components(part)


def contents(body: Mapping[str, Any]) -> list[str]:
    return [part["content"] for part in components(body) if part["type"] == 10]


def test_an_article_says_first_itself_then_what_it_says_then_why_and_how_to_vote() -> None:
    body = payload_of(posting(ARTICLE))
    assert contents(body) == [
        "### 1\\. [Ten times faster](https://example.org/a)\n-# Quayside · Ilse Varga · Quality 0.83",
        "- One.\n- Two.",
        "\n".join(
            (
                "-# Also in 2 sources\\: [The same](https://other.example/b) · Again",
                "-# Why\\: new today",
                "-# Worth your time?  👍 Valuable · 👎 Not for us",
            )
        ),
    ]
    assert body | {"components": []} == {
        "nonce": KEY,
        "enforce_nonce": True,
        "allowed_mentions": {"parse": []},
        "flags": 1 << 15 | 1 << 12,
        "components": [],
    }
    assert len(KEY) <= 25


def test_a_header_notifies_and_says_its_notices_small() -> None:
    header = Message(kind="header", title="reading digest", byline="Tuesday · 5 articles", footer=("Final", "Next"))
    body = payload_of(posting(header))
    assert contents(body) == ["## reading digest", "Tuesday · 5 articles\n-# Final\n-# Next"]
    assert body["flags"] == 1 << 15


def test_a_note_is_a_line() -> None:
    assert contents(payload_of(posting(Message(kind="note", title="Nothing today.")))) == ["Nothing today."]


def test_a_seed_says_nothing() -> None:
    assert payload_of(posting(None)) == {}


@pytest.mark.parametrize(
    "message",
    [ARTICLE, Message(kind="note", title="x"), Message(kind="header", title="x"), Message(kind="article", title="")],
)
def test_a_message_is_known_again_in_history_by_its_component_ids(message: Message) -> None:
    body = json.loads(json.dumps(payload_of(posting(message))))
    ids = [part["id"] for part in components(body) if "id" in part]
    assert ids == list(marker_of(KEY))
    assert is_marked(body, KEY)
    assert not is_marked(body, posting_key(1, "2026-11-24T09:00", 2))


def test_no_two_postings_share_a_marker_and_none_meets_an_id_of_discords_own() -> None:
    markers = [marker_of(posting_key(channel, "2026", part)) for channel in range(100) for part in range(100)]
    assert len(set(markers)) == len(markers)
    assert all(40 < half < 1 << 31 for marker in markers for half in marker)
    assert all(first != second for first, second in markers)


@pytest.mark.parametrize("message", [{}, {"components": None}, {"components": "x"}, {"components": [None, {"id": 1}]}])
def test_a_strange_message_is_not_ours(message: dict[str, object]) -> None:
    assert not is_marked(message, KEY)


def test_an_unsafe_address_leaves_words() -> None:
    (title, *_) = contents(payload_of(posting(Message(kind="article", title="C#", url="javascript:x", rank=2))))
    assert title == "### 2\\. C＃"


def test_an_emoji_of_the_server_is_drawn() -> None:
    own = Ballot("own", "Well?", (BallotOption("<:yes:123456789012345678>", "Yes"), BallotOption("<@1>", "No")))
    body = payload_of(posting(Message(kind="article", title="x", ballots=(own,))))
    assert contents(body)[-1] == "-# Well?  <:yes:123456789012345678> Yes · \\<\\@1\\> No"


def test_what_has_no_room_is_counted() -> None:
    body = payload_of(posting(Message(kind="article", title="x", takeaways=("word " * 90,) * 20)))
    assert contents(body)[-1].endswith("\n-# … +11")


@pytest.mark.parametrize(
    ("reply", "texts"),
    [
        (Reply(text="Done."), ["Done."]),
        (Reply(text="one\ntwo"), ["one\ntwo"]),
        (Reply(), ["—"]),
        (
            Reply(
                text="Title", columns=("", "Stage", "Reason"), rows=(("✓", "quality", "0.8 ≥ 0.6"), ("✗", "limit", ""))
            ),
            ["**Title**", "✓ **quality** — 0.8 ≥ 0.6\n✗ **limit**"],
        ),
        (
            Reply(columns=("#", "Source", "State", "Posted"), rows=(("1", "Quay*side", "ok", "3"),)),
            ["1 **Quay\\*side** — ok · Posted 3"],
        ),
    ],
)
def test_a_reply_reads_well_on_a_phone(reply: Reply, texts: list[str]) -> None:
    (body,) = reply_payloads(reply)
    assert contents(body) == texts


def test_a_failed_reply_is_red_and_a_private_one_for_its_reader_alone() -> None:
    (body,) = reply_payloads(Reply(text="No.", failed=True))
    (public,) = reply_payloads(Reply(text="Yes.", private=False))
    assert [part.get("accent_color") for part in components(body)] == [0xD9434E, None]
    assert (body["flags"], public["flags"]) == (1 << 15 | 1 << 6, 1 << 15)


def test_articles_of_a_reply_ask_for_no_vote_that_would_not_count() -> None:
    (body,) = reply_payloads(Reply(messages=(ARTICLE,)))
    assert "👍" not in json.dumps(body, ensure_ascii=False)


def test_a_long_reply_goes_on_in_further_messages_and_says_what_is_left() -> None:
    long = Message(kind="article", title="x", takeaways=("word " * 90,) * 9)
    bodies = reply_payloads(Reply(messages=(long,) * 9))
    assert len(bodies) == 5
    assert contents(bodies[-1])[-1] == "-# … +4"


def test_a_long_table_is_cut_between_rows() -> None:
    (body,) = reply_payloads(Reply(columns=("A", "B"), rows=(("word " * 20, "word " * 50),) * 30))
    assert contents(body)[-1].endswith("\n-# … +20")


def keeps_the_limits(body: Mapping[str, Any]) -> None:
    parts, texts = list(components(body)), contents(body)
    assert sum(map(units_of, texts)) <= 4000
    assert all(text.strip() for text in texts)
    assert len(parts) <= 40
    assert not any(PINGS.search(text.replace("/discord.com/blog", "")) for text in texts)
    json.dumps(body, ensure_ascii=False).encode()


def dead(body: Mapping[str, Any], allowed: set[str], links: set[str]) -> None:
    nodes = [node for text in contents(body) for node in walked(parsed(text))]
    assert {node.kind for node in nodes} <= {"text", "small", "link", *allowed}
    assert {node.url for node in nodes if node.kind == "link"} <= links


def addresses(message: Message) -> set[str]:
    return {url for one in (message.url, *(link.url for link in message.also)) if (url := safe_url(one))}


@settings(max_examples=3 * settings.default.max_examples)
@given(message=messages)
def test_any_posting_keeps_the_limits_and_says_only_its_own_words(message: Message, accepts: Accepts) -> None:
    body = payload_of(posting(message))
    accepts(body)
    keeps_the_limits(body)
    assert is_marked(body, KEY)
    dead(body, {"heading", "list", "item", "emoji"} if message.kind == "article" else {"heading"}, addresses(message))
    if message.kind == "article":
        (heading,) = [node for node in parsed(contents(body)[0]) if node.kind == "heading"]
        says(text_of(heading.inner).removeprefix(f"{message.rank}. " if message.rank else ""), message.title)
        items = [node for text in contents(body) for node in walked(parsed(text)) if node.kind == "item"]
        for item, takeaway in zip(items, filter(None, map(inert, message.takeaways)), strict=False):
            says(text_of(item.inner), takeaway)


def says(shown: str, text: str) -> None:
    """The words, all of them or as far as they go before a "…"."""
    line = folded(inert(text))
    shown = folded(shown)
    head = shown.removesuffix("...")
    assert shown.startswith(line) or (head != shown and line.startswith(head))


@given(reply=replies)
def test_any_reply_keeps_the_limits_and_says_only_its_own_words(reply: Reply, accepts: Accepts) -> None:
    bodies = reply_payloads(reply)
    assert 1 <= len(bodies) <= 5
    links = {url for message in reply.messages for url in addresses(message)}
    for body in bodies:
        accepts(body)
        keeps_the_limits(body)
        dead(body, {"heading", "list", "item", "bold"}, links)
