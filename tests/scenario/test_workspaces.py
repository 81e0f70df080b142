"""Two workspaces of one platform on one bot: whatever a member of one types or clicks, the other's is not there."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import App, opened
from bot.commands import SPECS, Commands
from bot.config import load
from bot.engine import Engine, engine_of
from bot.errors import OutcomeUnknown
from bot.model import Channel, Command, MessageRef, Reaction, Reply, VoteResult
from bot.sources.workers import WorkerReader
from tests.fakes.clock import FakeClock
from tests.fakes.fetcher import FakeFetcher
from tests.fakes.platform import FakePlatform

CONFIG = """
[[sources]]
url = "https://house.example/feed"

[[channels]]
name = "one"
platform = "slack"
id = "C1"
workspace = "T1"
min_quality = 0.0
max_articles = 20

[[channels]]
name = "two"
platform = "slack"
id = "C2"
workspace = "T2"
min_quality = 0.0
max_articles = 20
"""
WORKSPACES, PLACES = {"one": "T1", "two": "T2"}, {"one": "C1", "two": "C2"}


def prose(name: str) -> str:
    """Words that no other article has, enough of them to need no page."""
    chance = random.Random(name)
    words = ["".join(chance.choices("bdfgklmnprstvz", k=5)) + "a" for _ in range(90)]
    return " ".join(" ".join(chance.choices(words, k=12)).capitalize() + "." for _ in range(30))


def page(name: str) -> str:
    return f"<html><head><title>Story {name}</title></head><body><article><p>{prose(name)}</p></article></body></html>"


def feed(title: str, *names: str) -> str:
    items = "".join(
        f"<item><title>Story {name}</title><link>https://{name}.example/</link>"
        f"<description>{prose(name)}</description></item>"
        for name in names
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>'


@dataclass
class Town:
    """The bot with both workspaces, on a web in memory."""

    app: App
    engine: Engine
    web: FakeFetcher
    platform: FakePlatform

    def command(self, who: str, line: str, *, admin: bool = True) -> Command:
        name, _, text = line.removeprefix("/").partition(" ")
        return Command(
            name=name,
            text=text,
            platform="slack",
            workspace=WORKSPACES[who],
            place=PLACES[who],
            member="ada",
            admin=admin,
        )

    def commands(self) -> Commands:
        return Commands(store=self.app.store, engine=self.engine, clock=self.app.clock)

    async def asks(self, who: str, line: str) -> Reply:
        return await self.commands().answer(self.command(who, line))

    async def suggested(self, who: str, line: str) -> list[str]:
        return [choice.label for choice in await self.commands().suggest(self.command(who, line))]

    async def reads(self) -> None:
        """Everything that is due an hour later."""
        assert isinstance(self.app.clock, FakeClock)
        self.app.clock.advance(hours=1)
        await self.engine.refresh.due()
        await self.engine.read.due()
        self.app.clock.advance(seconds=1)

    async def channel(self, who: str) -> Channel:
        async with self.app.store.read() as view:
            found = await view.channels.named(who)
        assert found is not None
        return found

    async def posts(self, who: str) -> list[str]:
        """The titles of a digest that is posted now."""
        compose = self.engine.compose
        digest = await compose.settle(await compose.open_now(await self.channel(who)))
        await self.engine.deliver.digest(digest.id)
        return sorted(item.article.article.title for item in digest.items)

    async def number(self, name: str) -> int:
        """Of the article, as the house sees it."""
        async with self.app.store.read() as view:
            (found,) = await view.articles.find(f"https://{name}.example/", 2)
        return found

    async def source(self, address: str) -> int:
        async with self.app.store.read() as view:
            return next(one.id for one in await view.sources.all() if one.spec.address == address)

    async def reacts(self, who: str, emoji: str = "👍", member: str = "ada", **on: object) -> VoteResult:
        """By a member of that workspace, wherever they say it was."""
        place = on.pop("place", PLACES[who])
        reaction = Reaction(
            platform="slack",
            workspace=WORKSPACES[who],
            place=str(place),
            member=member,
            emoji=emoji,
            **on,  # type: ignore[arg-type]
        )
        return (await self.engine.record.reaction(reaction)).result


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """The house reads `common`; workspace one added a feed with `secret` and `shared`, and read `asked` on the spot."""
    (tmp_path / "config.toml").write_text(CONFIG)
    web = FakeFetcher(
        {
            "https://house.example/feed": feed("House", "common"),
            "https://one.example/feed": feed("Feed of one", "secret", "shared"),
            "https://asked.example/": page("asked"),
            "https://secret.example/": page("secret"),
        }
    )
    reader, platform = WorkerReader(), FakePlatform()
    async with opened(load(tmp_path / "config.toml"), connect=False, clock=FakeClock()) as app:
        engine = engine_of(
            store=app.store,
            clock=app.clock,
            fetcher=web,
            reader=reader,
            jobs=app.jobs,
            platforms={"slack": platform},
            secret=b"secret",
            voting=timedelta(days=14),
        )
        town = Town(app, engine, web, platform)
        assert not (await town.asks("one", "/sources add https://one.example/feed")).failed
        assert (await town.asks("one", "/article https://asked.example/")).messages
        await town.reads()
        yield town
    await reader.aclose()


def told(reply: Reply, *own: object) -> Reply:
    """A reply without the words that were asked for."""
    text = reply.text
    for word in own:
        text = text.replace(str(word), "…")
    return replace(reply, text=text)


# ------------------------------------------------------------ sources


async def test_each_lists_its_own_sources_and_the_houses(town: Town) -> None:
    assert [row[1] for row in (await town.asks("one", "/sources list")).rows] == ["House", "Feed of one"]
    assert [row[1] for row in (await town.asks("two", "/sources list")).rows] == ["House"]


async def test_anothers_source_is_as_unknown_as_one_that_never_was(town: Town) -> None:
    number = await town.source("https://one.example/feed")
    for word in ("remove", "check"):
        for theirs, nobodys in ((number, 999), ("https://one.example/feed", "https://nowhere.example/feed")):
            reply = await town.asks("two", f"/sources {word} {theirs}")
            assert reply.failed
            assert told(reply, theirs) == told(await town.asks("two", f"/sources {word} {nobodys}"), nobodys)
    assert len((await town.asks("one", "/sources list")).rows) == 2


async def test_the_same_address_is_each_ones_own_and_removing_it_takes_it_from_nobody_else(town: Town) -> None:
    assert not (await town.asks("two", "/sources add https://one.example/feed")).failed
    assert len((await town.asks("two", "/sources list")).rows) == 2
    assert not (await town.asks("two", "/sources remove https://one.example/feed")).failed
    assert len((await town.asks("two", "/sources list")).rows) == 1
    assert len((await town.asks("one", "/sources list")).rows) == 2


async def test_what_the_house_reads_is_not_added_again_and_removed_by_nobody_in_a_channel(town: Town) -> None:
    await town.asks("two", "/sources add https://house.example/feed")
    reply = await town.asks("two", "/sources remove https://house.example/feed")
    assert reply.failed
    assert "House" in reply.text
    assert len((await town.asks("two", "/sources list")).rows) == 1
    assert not (await town.asks("two", "/sources check https://house.example/feed")).failed


# ------------------------------------------------------------ articles


@pytest.mark.parametrize("name", ["secret", "asked"])
async def test_anothers_article_is_as_unknown_as_one_that_never_was(town: Town, name: str) -> None:
    number = await town.number(name)
    for spec in SPECS:
        if not any(argument.kind == "article" for argument in spec.arguments):
            continue
        for theirs, nobodys in (
            (number, 999),
            (f"Story {name}", "Story zzzz"),
            (" ".join(prose(name).split()[:4]), "zzzz qqqq"),
        ):
            reply = await town.asks("two", f"/{spec.name} {theirs}")
            assert reply.failed, spec
            assert told(reply, theirs) == told(await town.asks("two", f"/{spec.name} {nobodys}"), nobodys)
            asked_back = spec.name == "digest remove" and theirs != number  # words remove nothing
            assert (await town.asks("one", f"/{spec.name} {theirs}")).failed == asked_back, spec


async def test_suggestions_are_of_ones_own_and_the_houses(town: Town) -> None:
    for typed in ("", "Story"):
        assert set(await town.suggested("two", f"/article {typed}")) == {"Story common"}
        assert len(await town.suggested("one", f"/article {typed}")) == 4
    assert await town.suggested("two", f"/why {await town.number('secret')}") == []
    assert await town.suggested("two", "/sources check ") == ["House"]
    assert await town.suggested("one", "/sources check ") == ["House", "Feed of one"]


async def test_digests_are_of_ones_own_and_the_houses(town: Town) -> None:
    assert [m.title for m in (await town.asks("two", "/digest preview")).messages] == ["Story common"]
    assert await town.posts("two") == ["Story common"]
    assert await town.posts("one") == ["Story asked", "Story common", "Story secret", "Story shared"]
    assert [row[1] for row in (await town.asks("two", "/digest history")).rows] == ["Story common"]


async def test_an_address_that_another_has_is_read_anew_and_then_there_for_both(town: Town) -> None:
    number = await town.number("secret")
    (message,) = (await town.asks("two", "/article https://secret.example/")).messages
    assert message.article != number
    assert "Feed of one" not in message.byline
    assert not (await town.asks("two", f"/why {message.article}")).failed
    assert not (await town.asks("one", f"/why {number}")).failed
    assert (await town.asks("two", f"/why {number}")).failed
    await town.reads()
    assert await town.posts("two") == ["Story common", "Story secret"]
    assert "Story secret" in await town.posts("one")


async def test_an_address_that_another_has_and_that_is_gone_is_gone(town: Town) -> None:
    theirs = await town.asks("two", "/article https://shared.example/")
    assert theirs.failed
    nobodys = await town.asks("two", "/article https://nowhere.example/")
    assert told(theirs, "shared") == told(nobodys, "nowhere")


async def test_what_the_house_brings_later_is_there_for_all(town: Town) -> None:
    town.web.pages["https://house.example/feed"] = feed("House", "common", "shared")
    assert "Story shared" in await town.posts("one")
    await town.reads()
    assert await town.posts("two") == ["Story common", "Story shared"]
    for who, source in (("one", "Feed of one"), ("two", "House")):
        (message,) = (await town.asks(who, "/article https://shared.example/")).messages
        assert source in message.byline
    assert await town.posts("one") == []  # who had it does not get it again


async def test_a_feed_that_claims_anothers_address_neither_reads_nor_rewrites_what_stands_there(town: Town) -> None:
    town.web.pages["https://forged.example/feed"] = feed("Forged", "forged").replace(
        "https://forged.example/<", "https://secret.example/<"
    )
    assert not (await town.asks("two", "/sources add https://forged.example/feed")).failed
    await town.reads()
    (theirs,) = (await town.asks("two", "/article https://secret.example/")).messages
    (own,) = (await town.asks("one", "/article https://secret.example/")).messages
    assert (theirs.title, own.title) == ("Story forged", "Story secret")
    assert not set(theirs.takeaways) & set(own.takeaways)


async def test_a_story_names_only_those_of_its_articles_that_are_there(town: Town) -> None:
    """The house's article says what the secret one says."""
    twin = feed("House", "secret").replace("https://secret.example/", "https://twin.example/")
    town.web.pages["https://house.example/feed"] = twin
    await town.reads()
    for who, others in (("one", 1), ("two", 0)):
        messages = (await town.asks(who, "/digest preview")).messages
        (story,) = [one for one in messages if one.title == "Story secret"]
        assert len(story.also) == others, who


# ------------------------------------------------------------ votes and postings


async def test_votes_count_only_where_they_were_cast(town: Town) -> None:
    await town.posts("one")
    await town.posts("two")
    common, secret = await town.number("common"), await town.number("secret")
    (message,) = [m for m, p in town.platform.messages.items() if p.message and p.message.article == secret]
    in_one = MessageRef("slack", "T1", "C1", message)
    assert await town.reacts("one", ref=in_one) == VoteResult.RECORDED
    for claim in (
        {"ref": in_one},
        {"ref": replace(in_one, workspace="T2")},
        {"ref": in_one, "place": "C1"},
        {"article": secret},
        {"article": secret, "place": "C1"},
    ):
        assert await town.reacts("two", member="eve", **claim) == VoteResult.NOT_A_VOTE, claim
    assert await town.reacts("two", "👎", article=common) == VoteResult.RECORDED
    assert [row[0] for row in (await town.asks("one", "/votes")).rows] == ["Story secret"]
    assert (await town.asks("one", f"/votes {common}")).rows == ()
    assert [row[1] for row in (await town.asks("two", "/votes")).rows] == ["👎 1"]


async def test_what_a_source_earned_is_told_to_whom_it_earned_it(town: Town) -> None:
    await town.posts("one")
    common = await town.number("common")
    await town.reacts("one", article=common)
    assert [row[3:] for row in (await town.asks("one", "/sources list")).rows] == [("1", "1"), ("2", "0")]
    assert [row[3:] for row in (await town.asks("two", "/sources list")).rows] == [("0", "0")]


async def test_votes_of_one_do_not_move_what_the_other_gets(town: Town) -> None:
    before = (await town.engine.compose.preview(await town.channel("two")))[0].digest
    await town.posts("one")
    for number in range(30):
        await town.reacts("one", "👎", member=f"m{number}", article=await town.number("common"))
    after = (await town.engine.compose.preview(await town.channel("two")))[0].digest
    assert [(item.score, item.why) for item in after.items] == [(item.score, item.why) for item in before.items]


async def test_what_is_uncertain_in_one_is_not_the_others_to_settle(town: Town) -> None:
    town.platform.errors = [OutcomeUnknown("dropped")]
    town.platform.history = OutcomeUnknown("no history here")
    compose = town.engine.compose
    digest = await compose.settle(await compose.open_now(await town.channel("one")))
    for _ in range(3):
        await town.engine.deliver.digest(digest.id)
        town.app.clock.advance(minutes=10)  # type: ignore[attr-defined]
    nothing = (await town.asks("two", "/digest settle there")).text
    assert (await town.asks("one", "/digest settle missing")).text != nothing
    assert (await town.asks("one", "/digest settle missing")).text == nothing
