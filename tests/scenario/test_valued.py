"""What the team valued, through the real engine: best-of digests, exports, being forgotten, counts, and old texts."""

from __future__ import annotations

import asyncio
import csv
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.app import App
from bot.cli import app as command_line
from bot.errors import BotError, ConfigError
from bot.model import Reaction, SourceSpec, VoteResult
from tests.fakes.clock import FakeClock
from tests.scenario.cli import digestbot
from tests.scenario.steps import channel, posted, state
from tests.scenario.test_commands import asked
from tests.scenario.world import CONFIG, article_text, read_all, titles_posted, world, write_articles, write_world

BEST = """
[[channels]]
name = "best"
platform = "web"
schedule = "0 17 * * fri"
best = "7d"
max_articles = 2
"""


def vote_on(article: int, member: str, emoji: str = "👍", place: str = "web") -> Reaction:
    return Reaction(
        platform="web", workspace="web", place=place, member=member, emoji=emoji, article=article, via="button"
    )


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    """Four articles posted on a Monday, of which 2 is valued most, then 3, and 1 is not for the team."""
    write_world(tmp_path, articles=4, config=CONFIG + BEST)
    async with world(tmp_path, FakeClock()) as app:  # 1 January 2026 is a Thursday
        app.clock.advance(days=4)  # type: ignore[attr-defined]
        await read_all(app)
        await posted(app, name="web")
        await app.engine.record.all(
            [
                *(vote_on(2, f"m{n}") for n in range(4)),
                vote_on(3, "m1"),
                vote_on(3, "m2"),
                vote_on(3, "m3", "👎"),
                vote_on(1, "m1", "👎"),
                vote_on(4, "m1", "😀"),
            ]
        )
        app.clock.advance(seconds=1)  # type: ignore[attr-defined]
        yield app


# ------------------------------------------------------------ the best-of digest


async def test_a_best_of_digest_comes_on_its_schedule_with_what_was_valued_most_elsewhere(app: App) -> None:
    clock: FakeClock = app.clock  # type: ignore[assignment]
    await app.engine.compose.tick()  # works out when each is due
    clock.set(clock.now().replace(day=9, hour=17, minute=0, second=1))  # Friday
    opened = await app.engine.compose.tick()
    async with app.store.read() as view:
        mine = [one for one in opened if (await view.outbox.digest(one)).channel.name == "best"]
    (digest_id,) = mine
    digest = await app.engine.compose.settle(digest_id)
    assert [item.article.id for item in digest.items] == [2, 3], "in the order of their votes; no others were for"
    await app.engine.deliver.digest(digest_id)
    assert await state(app, digest_id) == "posted"
    async with app.store.read() as view:
        header, first, _ = (await view.outbox.digest(digest_id)).messages
    assert header.title == "best: the best of the last 7 days"
    assert "valued by 4 of 4 votes" in first.why
    await app.engine.deliver.digest(digest_id)
    assert len(await titles_posted(app, "best")) == 2, "once"


async def test_what_it_had_it_does_not_bring_again_and_without_votes_it_is_silent(app: App) -> None:
    await posted(app, name="best")
    assert len(await titles_posted(app, "best")) == 2
    assert await state(app, await posted(app, name="best")) == "quiet"
    assert (await app.engine.record.reaction(vote_on(1, "m5", place="best"))).result == VoteResult.NOT_A_VOTE
    await app.engine.record.all([vote_on(4, "m1"), vote_on(4, "m2")])
    app.clock.advance(seconds=1)  # type: ignore[attr-defined]
    await posted(app, name="best")
    assert len(await titles_posted(app, "best")) == 3


async def test_votes_from_before_that_time_do_not_count(app: App) -> None:
    app.clock.advance(days=8)  # type: ignore[attr-defined]
    assert await state(app, await posted(app, name="best")) == "quiet"


async def test_a_vote_under_the_best_of_digest_is_the_same_vote(app: App) -> None:
    await posted(app, name="best")
    again = await app.engine.record.reaction(vote_on(2, "m0", "👎", place="best"))
    assert (again.result, again.option) == (VoteResult.ALREADY, "👍")
    assert (await app.engine.record.reaction(vote_on(2, "new", place="best"))).result == VoteResult.RECORDED


async def test_why_says_what_votes_an_article_has_or_lacks_there(app: App) -> None:
    best = await channel(app, "best")
    async with app.store.read() as view:
        stored = {one.id: one for one in await view.articles.get([1, 4])}
    for article in (1, 4):
        last = (await app.engine.compose.why(best, stored[article]))[-1]
        assert (last.stage, last.passed) == ("valued", False)
    assert "not for it on the whole" in (await asked(app, "/why 1", place="best")).rows[-1][-1]
    picked = await asked(app, "/why 2", place="best")
    assert {row[0] for row in picked.rows} == {"✓"}
    await posted(app, name="best")
    assert "had it" in (await asked(app, "/why 2", place="best")).rows[-1][-1]


async def test_a_best_of_may_come_where_other_digests_do_and_commands_speak_of_those(tmp_path: Path) -> None:
    write_world(tmp_path, articles=1, config=CONFIG + BEST + 'id = "web"\n')
    async with world(tmp_path, FakeClock()) as app:
        assert "0 9 * * *" in (await asked(app, "/digest next")).text


# ------------------------------------------------------------ /votes, /article, /forget


async def test_votes_alone_are_the_best_of_the_week_and_a_period_looks_further_back(app: App) -> None:
    week = await asked(app, "/votes")
    titles = [title for title, _ in week.rows]
    assert [votes for _, votes in week.rows] == ["👍 4", "👍 2  👎 1", "😀 1", "👎 1"]
    assert "last 7 days" in week.text
    app.clock.advance(days=20)  # type: ignore[attr-defined]
    none = await asked(app, "/votes")
    assert not none.rows
    assert "/votes 30d" in none.text
    assert [title for title, _ in (await asked(app, "/votes 30D")).rows] == titles


async def test_an_article_is_shown_with_its_votes(app: App) -> None:
    assert (await asked(app, "/article 3")).messages[0].footer == ("Votes: 👍 2  👎 1",)


async def with_counts(tmp_path: Path, show: str) -> None:
    write_world(tmp_path, articles=2, config=CONFIG + f'show_counts = "{show}"\n')


async def test_counts_are_hidden_until_one_has_voted_oneself(tmp_path: Path) -> None:
    await with_counts(tmp_path, "voted")
    async with world(tmp_path, FakeClock()) as app:
        await read_all(app)
        await posted(app, name="web")
        await app.engine.record.all([vote_on(1, "bob"), vote_on(2, "bob", "👎"), vote_on(1, "bob", "😀")])
        hidden = (await asked(app, "/votes")).rows
        assert {votes for _, votes in hidden} == {"shown once you have voted"}
        assert len(hidden) == 2
        await app.engine.record.reaction(vote_on(1, "ada", "👎"))
        assert (await asked(app, "/votes 1")).rows[0][1] == "👍 1  👎 1", "of that ballot alone"
        assert (await asked(app, "/votes 2")).rows[0][1] == "shown once you have voted"
        assert (await asked(app, "/article 1")).messages[0].footer == (), "it is for all to see"
        assert [votes for _, votes in (await asked(app, "/votes", member="bob")).rows] == ["😀 1 · 👍 1  👎 1", "👎 1"]


async def test_counts_that_are_never_shown_are_not(tmp_path: Path) -> None:
    await with_counts(tmp_path, "never")
    async with world(tmp_path, FakeClock()) as app:
        await read_all(app)
        await posted(app, name="web")
        await app.engine.record.reaction(vote_on(1, "ada"))
        for line in ("/votes", "/votes 1", "/votes 30d"):
            reply = await asked(app, line)
            assert not reply.rows
            assert not reply.failed
            assert "👍" not in reply.text
        assert (await asked(app, "/article 1")).messages[0].footer == ()


async def test_a_member_who_leaves_is_forgotten_when_no_ballot_is_open_and_cannot_vote_twice(app: App) -> None:
    assert (await asked(app, "/forget", member="m0")).failed
    assert "/forget me" in (await asked(app, "/forget them", member="m0")).text
    assert not (await asked(app, "/forget me", member="m0")).failed
    assert "Nothing is kept" in (await asked(app, "/forget me", member="stranger")).text
    await app.engine.expire.round()
    again = await app.engine.record.reaction(vote_on(2, "m0"))
    assert again.result == VoteResult.ALREADY, "the ballot is open, so whose vote it is is known"
    app.clock.advance(days=15)  # type: ignore[attr-defined]
    await app.engine.expire.round()
    assert not await app.engine.voters.forget((await channel(app, "web")).spec.home, "m0")
    assert (await app.engine.record.reaction(vote_on(2, "m0"))).result == VoteResult.CLOSED
    async with app.store.read() as view:
        assert [one.counts for one in await view.votes.tallies([2])] == [{"👍": 4}]


async def test_what_is_configured_to_be_forgotten_is(tmp_path: Path) -> None:
    config = CONFIG.replace("[bot]\n", '[bot]\nkeep_texts = "30d"\nforget_voters = "60d"\n')
    write_world(tmp_path, articles=2, config=config)
    async with world(tmp_path, FakeClock()) as app:
        await read_all(app)
        await posted(app, name="web")
        await app.engine.record.reaction(vote_on(1, "ada"))

        async def kept() -> tuple[bool, bool]:
            """Whether the texts are, and whether it is known that Ada voted."""
            await app.engine.expire.round()
            async with app.store.read() as view:
                (article,) = await view.articles.get([1])
                home = (await channel(app, "web")).spec.home
                return bool(article.article.text), bool(await app.engine.voters.voted(view, home, "ada", [1]))

        assert await kept() == (True, True)
        app.clock.advance(days=31)  # type: ignore[attr-defined]
        assert await kept() == (False, True)
        app.clock.advance(days=30)  # type: ignore[attr-defined]
        assert await kept() == (False, False)
        assert len(await titles_posted(app, "web")) == 2
        await posted(app, name="web")
        assert len(await titles_posted(app, "web")) == 2, "what lost its text is not taken for new"


async def test_an_article_that_no_channel_had_goes_for_good_and_old_words_go_from_the_pages(tmp_path: Path) -> None:
    config = CONFIG.replace("[bot]\n", '[bot]\nkeep_articles = "30d"\nkeep_digests = "60d"\n') + "max_articles = 1\n"
    write_world(tmp_path, articles=2, config=config)
    async with world(tmp_path, FakeClock()) as app:
        await read_all(app)
        await posted(app, name="web")
        (kept,) = await titles_posted(app, "web")

        async def found() -> set[str]:
            """What is there after a day's round, and after whoever reads the folder has told of both files again."""
            await app.engine.expire.round()
            for name in ("000.txt", "001.txt"):
                (tmp_path / "articles" / name).write_text(article_text(int(name[:3])) + " ", encoding="utf-8")
            await read_all(app)
            async with app.store.read() as view:
                return {one.article.title for one in await view.articles.get(await view.articles.find("", 9))}

        assert len(await found()) == 2
        write_articles(tmp_path, range(2, 3))
        app.clock.advance(days=31)  # type: ignore[attr-defined]
        await read_all(app)
        third = (await found()) - {kept}
        assert third == {"Story 2 of " + article_text(2).split("Story 2 of ")[1].splitlines()[0]}
        assert await titles_posted(app, "web") == [kept]
        app.clock.advance(days=30)  # type: ignore[attr-defined]
        assert kept in await found()
        assert await titles_posted(app, "web") == [], "its words are gone"
        await posted(app, name="web")
        assert kept not in await titles_posted(app, "web"), "and it does not come again"


# ------------------------------------------------------------ sources worth dropping


@pytest.mark.file
async def test_a_source_that_is_never_valued_is_named_in_the_list(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with app.store.begin() as tx:
        liked = await tx.sources.add(SourceSpec(address="https://liked.example/"), app.clock.now())
        dull = await tx.sources.add(SourceSpec(address="https://dull.example/"), app.clock.now())
    posting = (
        "INSERT INTO outbox (key, digest_id, part, kind, state, article_id, attempts, unsure)"
        " VALUES (?, 1, ?, 'message', 'posted', ?, 1, 0)"
    )
    with closing(sqlite3.connect(tmp_path / "digest.db")) as database, database:
        for number in range(80):
            article = 1000 + number
            database.execute(
                "INSERT INTO articles (id, key, state, complete, attempts, said, first_seen, aged_from, baseline,"
                " title, takeaways, text, blocks) VALUES (?, ?, 'read', 1, 0, 'x', 0, 0, 1, 'T', '[]', '', '[]')",
                (article, f"k{article}"),
            )
            source = liked.id if number % 2 else dull.id
            database.execute("INSERT INTO sightings VALUES (?, ?, 'x')", (article, source))
            database.execute(posting, (f"p{article}", article, article))
            if number % 2:
                database.execute(
                    "INSERT INTO votes (workspace, voter, article, ballot, option, value, platform, cast_at)"
                    " VALUES ('web', 1, ?, 'value', '👍', 1, 'web', 0)",
                    (article,),
                )
    listed = await asked(app, "/sources list")
    assert listed.text == f"Worth dropping: {dull.spec.address} (posted 40, valued 0)"
    for source, standing in await app.engine.standings.dropping(None):
        assert (source.id, standing.posted, standing.valued) == (dull.id, 40, 0)
    (record,) = [one for one in await asyncio.to_thread(records, "sources", "list", "--json") if one["worth_dropping"]]
    assert record["url"] == dull.spec.address
    best = await asyncio.to_thread(records, "best", "--json")
    assert [one.get("source") for one in best if one.get("worth_dropping")] == [dull.id]


# ------------------------------------------------------------ the command line


def ran(*arguments: str):  # typer keeps its own copy of click, whose types are private
    """The command line in this process, in the current folder."""
    return CliRunner().invoke(command_line, list(arguments))


def records(*arguments: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in ran(*arguments).stdout.splitlines()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with two posted articles of which the first is valued by Ada and Bob; a spreadsheet would
    work out its title."""
    write_world(tmp_path, articles=2)
    article = tmp_path / "articles" / "000.txt"
    article.write_text(article.read_text("utf-8").replace("Story 0", "=HYPERLINK(0)", 1), "utf-8")
    monkeypatch.chdir(tmp_path)

    async def work() -> None:
        async with world(tmp_path) as app:
            await read_all(app)
            await posted(app, name="web")
            await app.engine.record.all([vote_on(1, "ada"), vote_on(1, "bob")])

    asyncio.run(work())
    return tmp_path


def test_the_best_is_shown_to_people_and_programs(folder: Path) -> None:
    (best,) = records("best", "--last", "7d", "--json")
    assert (best["article"], best["value"], best["valued"], best["unvalued"]) == (1, 2, 2, 0)
    assert "HYPERLINK" in ran("best", "--channel", "web").stdout
    for wrong in (["--last", "soon"], ["--channel", "nowhere"]):
        assert isinstance(ran("best", *wrong).exception, ConfigError)


def test_votes_are_exported_without_voters_and_tallies_by_option(folder: Path) -> None:
    votes = list(csv.DictReader(ran("export", "votes").stdout.splitlines()))
    assert len(votes) == 2
    assert set(votes[0]) == {"article", "platform", "workspace", "ballot", "option", "value", "day"}
    assert [vote["option"] for vote in records("export", "votes", "--format", "json")] == ["👍", "👍"]
    (tally,) = records("export", "tallies", "--format", "json")
    assert (tally["tally"], tally["votes"]) == ({"👍": 2}, 2)
    (row,) = csv.DictReader(ran("export", "tallies").stdout.splitlines())
    assert (row["tally"], row["votes"]) == ("👍 2", "2")


def test_articles_are_exported_to_a_file_and_no_title_is_worked_out(folder: Path) -> None:
    out = ran("export", "articles", "--output", "articles.csv")
    assert (out.exit_code, out.stdout) == (0, "")
    with (folder / "articles.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["title"].startswith("'=HYPERLINK") for row in rows] == [True, False]
    assert all(row["takeaways"].count("\n") == 2 for row in rows)
    assert all(row["posted"].startswith("web ") for row in rows)
    first, _ = records("export", "articles", "--format", "json")
    assert {"text", "takeaways", "source", "quality"} <= set(first)
    refused = ran("export", "articles", "-o", "no/such/folder.csv")
    assert isinstance(refused.exception, BotError)
    assert "no/such/folder.csv" in str(refused.exception)


def test_a_member_is_forgotten_once_and_the_votes_stay(folder: Path) -> None:
    before = ran("export", "votes").stdout
    assert records("forget", "web", "web", "ada", "--json")[0]["forgotten"] is True
    again = digestbot("forget", "web", "web", "ada", cwd=folder)
    assert again.code == 1
    assert "ada" in again.err
    assert ran("export", "votes").stdout == before
