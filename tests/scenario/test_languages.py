"""A channel is spoken to in its own language: digests, the answers to commands, and what went wrong with them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app import App
from bot.cli.show import print_records
from bot.commands import Commands
from bot.delivery.render import messages_of
from bot.locales import languages, say, say_date
from bot.model import Channel, Command, Message, Occurrence, Reply
from bot.records import preview_record, why_record
from tests.fakes.clock import FakeClock
from tests.scenario.steps import channel
from tests.scenario.world import read_all, world, write_world

OTHERS = [tag for tag in languages() if tag != "en"]
CONFIG = """
[http]
port = 0
[[sources]]
path = "articles"
""" + "".join(
    f"""
[[channels]]
name = "{tag}"
locale = "{tag}"
schedule = "0 9 * * *"
max_articles = 2
categories = ["ai"]
must = ["story"]
min_quality = 0.0
must_not = ["sponsored"]
interests = "story, of"
"""
    for tag in languages()
)
LINES = (
    "/why 1",
    "/why 3",
    "/votes",
    "/votes 1",
    "/help",
    "/schedule",
    "/sources",
    "/digest preview",
    "/digest history",
    "/article zzzzqqqq",
    "/article http://127.0.0.1/x",
    "/article http://nowhere.invalid/x",
    "/schedule set 61 9 * * *",
    "/schedule set 0 9 * *",
    "/schedule set 0 9 1 * mon",
    "/schedule set 0 9 31 2 *",
    "/schedule set 0 9 * * * Europe/Londn",
    "/schedule set 0 9 * * * Nowhere",
    "/sources add ftp://x",
    "/sources check 99",
    "/nonsense",
    "/digest now",
    "/why 1",
    "/schedule pause",
    "/schedule",
)


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    write_world(tmp_path, articles=3, config=CONFIG)
    async with world(tmp_path, FakeClock()) as app:
        await read_all(app)
        yield app


async def asked(app: App, place: str, line: str) -> Reply:
    name, _, text = line.removeprefix("/").partition(" ")
    commands = Commands(store=app.store, engine=app.engine, clock=app.clock)
    command = Command(
        name=name, text=text, platform="web", workspace="web", place=place, member="ada", admin=name != "sources"
    )
    return await commands.answer(command)


def own_words(message: Message) -> list[str]:
    """What the bot itself says in a message; the article's own words are not in it."""
    own = [message.byline, message.also_lead, message.why, *message.footer]
    own += [] if message.kind == "article" else [message.title]
    return own + [
        words for one in message.ballots for words in (one.question, *(option.label for option in one.options))
    ]


def words_of(reply: Reply) -> list[str]:
    """The same of a reply: of a table all but what names a command, a number or a mark."""
    cells = [cell for row in reply.rows for cell in row]
    return [reply.text, *reply.columns, *cells, *(words for one in reply.messages for words in own_words(one))]


def is_worded(text: str, titles: set[str]) -> bool:
    """Whether it is words of ours: neither a title nor a command, a number or a mark."""
    return any(sign.isalpha() for sign in text) and text not in titles and not text.startswith("/")


async def told(app: App, place: Channel) -> dict[str, list[str]]:
    (composition,) = await app.engine.compose.preview(place)
    following = Occurrence(app.clock.now(), "next")
    messages = messages_of(composition.digest, say=say, say_date=say_date, following=following)
    said = {"digest": [words for message in messages for words in own_words(message)]}
    return said | {f"{n} {line}": words_of(await asked(app, place.name, line)) for n, line in enumerate(LINES)}


async def test_nothing_is_said_in_english_where_another_language_is_spoken(app: App) -> None:
    async with app.store.read() as view:
        stored = await view.articles.get([1, 2, 3])
        sources = await view.sources.all()
    same = {one.article.title for one in stored} | {source.title or source.spec.address for source in sources}
    english = await told(app, await channel(app, "en"))
    for tag in OTHERS:
        here = await told(app, await channel(app, tag))
        assert here.keys() == english.keys()
        for what, words in here.items():
            again = [one for one in words if one in english[what] and is_worded(one, same)]
            assert again == [], (tag, what)


async def test_programs_are_told_in_english_whatever_the_channel_speaks(
    app: App, capsys: pytest.CaptureFixture[str]
) -> None:
    japanese = await channel(app, "ja")
    (composition,) = await app.engine.compose.preview(japanese)
    async with app.store.read() as view:
        (stored,) = await view.articles.get([1])
    gates = await app.engine.compose.why(japanese, stored)
    print_records([preview_record(composition.digest), why_record(1, "ja", gates)])
    preview, why = map(json.loads, capsys.readouterr().out.splitlines())
    assert all(reason.isascii() for item in preview["items"] for reason in item["why"])
    assert "new today" in preview["items"][0]["why"]
    reasons = [stage["reason"] for stage in why["stages"]]
    assert "new since its source was added" in reasons
    assert all(isinstance(reason, str) for reason in reasons)
