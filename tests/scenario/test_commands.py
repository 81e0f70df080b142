"""Slash commands against the real engine and store: what each answers, who may, and what it says of nonsense."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import App
from bot.commands import SPECS, Commands
from bot.engine.deliver import Deliver
from bot.errors import OutcomeUnknown
from bot.model import Command, Posting, Reaction, Reply, VoteResult
from bot.schedule.calendar import next_run, offset_of
from tests.fakes.clock import FakeClock
from tests.fakes.platform import FakePlatform
from tests.scenario.world import CONFIG, read_all, world, write_world

NEEDING = {"article", "digest settle", "sources add", "sources remove", "sources check", "schedule set", "why"}


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    write_world(tmp_path, articles=3, config=CONFIG + 'ballots = ["value"]\n')
    async with world(tmp_path, FakeClock()) as app:
        await read_all(app)
        yield app


async def asked(app: App, line: str, *, admin: bool = False, place: str = "web", under: str = "") -> Reply:
    name, _, text = line.removeprefix("/").partition(" ")
    commands = Commands(store=app.store, engine=app.engine, clock=app.clock)
    command = Command(
        name=name, text=text, platform="web", workspace="web", place=place, member="ada", admin=admin, under=under
    )
    return await commands.answer(command)


async def posted(app: App) -> None:
    async with app.store.read() as view:
        channel = await view.channels.named("web")
    assert channel is not None
    digest = await app.engine.compose.settle(await app.engine.compose.open_now(channel))
    await app.engine.deliver.digest(digest.id)


async def test_every_command_answers_an_admin_without_failing_or_says_what_it_needs(app: App) -> None:
    for spec in SPECS:
        reply = await asked(app, f"/{spec.name}", admin=True)
        assert reply.text or reply.messages or reply.rows, spec
        assert reply.failed == (spec.name in NEEDING), (spec, reply.text)


async def test_what_needs_words_is_what_has_an_argument_that_is_required() -> None:
    needing = {spec.name for spec in SPECS if any(argument.required for argument in spec.arguments)}
    assert needing == NEEDING


async def test_what_changes_things_is_for_admins_alone(app: App) -> None:
    changing = [spec.name for spec in SPECS if spec.admin]
    assert "sources add" in changing
    for name in changing:
        reply = await asked(app, f"/{name} 1")
        assert reply.failed
        assert f"/{name}" in reply.text
    async with app.store.read() as view:
        (channel,) = await view.channels.all()
        assert channel.paused is None
        assert len(await view.sources.all()) == 1


async def test_an_article_is_found_by_number_and_by_words_and_shown_with_its_takeaways(app: App) -> None:
    by_number = await asked(app, "/article 1")
    (message,) = by_number.messages
    assert len(message.takeaways) == 3
    assert not by_number.private
    by_words = await asked(app, f"/article {message.title}")
    assert by_words.messages[0] == message


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/artcle 1", "/article"),
        ("/digest nwo", "/digest now"),
        ("/votes 999", "999"),
        ("/article https://127.0.0.1/secret", "127.0.0.1"),
        ("/article http://[::1]/secret", "::1"),
        ("/article http://169.254.169.254/latest/meta-data", "169.254.169.254"),
        ("/article zzzzqqqq", "zzzzqqqq"),
    ],
)
async def test_nonsense_is_answered_with_what_to_do(app: App, line: str, said: str) -> None:
    reply = await asked(app, line, admin=True)
    assert reply.failed
    assert said in reply.text


async def test_a_schedule_that_is_none_changes_nothing(app: App) -> None:
    for line in ("/schedule set 61 9 * * *", "/schedule set 0 9 * *", "/schedule set 0 9 * * * Nowhere/City"):
        assert (await asked(app, line, admin=True)).failed
    async with app.store.read() as view:
        (channel,) = await view.channels.all()
    assert channel.settings.schedule == "0 9 * * *"


async def test_a_schedule_set_by_command_holds_and_pausing_stops_it(app: App) -> None:
    reply = await asked(app, "/schedule set 30 7 * * 1-5 Asia/Taipei", admin=True)
    assert not reply.failed
    assert "Asia/Taipei" in reply.text
    async with app.store.read() as view:
        (channel,) = await view.channels.all()
    assert (channel.settings.schedule, channel.settings.timezone) == ("30 7 * * 1-5", "Asia/Taipei")
    await asked(app, "/schedule pause", admin=True)
    app.clock.advance(days=7)  # type: ignore[attr-defined]
    assert await app.engine.compose.tick() == ()
    await asked(app, "/schedule resume", admin=True)
    app.clock.advance(days=7)  # type: ignore[attr-defined]
    assert len(await app.engine.compose.tick()) == 1


async def test_a_schedule_set_by_command_comes_as_much_later_as_the_jitter_makes_it(tmp_path: Path) -> None:
    offset = offset_of("web", timedelta(hours=1))
    write_world(tmp_path, config=CONFIG + 'jitter = "1h"\n')
    async with world(tmp_path, FakeClock()) as app:
        said = [await asked(app, "/schedule set 0 7 * * *", admin=True), await asked(app, "/digest next")]
        async with app.store.read() as view:
            (channel,) = await view.channels.all()
    assert channel.next_run == next_run("0 7 * * *", "UTC", app.clock.now() - offset).at + offset
    assert all(f"{channel.next_run:%H:%M}" in reply.text for reply in said)


async def test_in_a_thread_a_channel_of_its_own_answers_before_the_one_above_it(tmp_path: Path) -> None:
    write_world(tmp_path, config=CONFIG + '[[channels]]\nname = "t"\nid = "thread"\nschedule = "15 6 * * *"\n')
    async with world(tmp_path, FakeClock()) as app:
        commands = Commands(store=app.store, engine=app.engine, clock=app.clock)
        told = {}
        for thread in (None, "thread", "another thread"):
            command = Command(
                name="schedule", text="", platform="web", workspace="web", place="web", member="ada", thread=thread
            )
            told[thread] = (await commands.answer(command)).text[:10]
    assert told == {None: "0 9 * * * ", "thread": "15 6 * * *", "another thread": "0 9 * * * "}


async def test_votes_are_told_by_command_after_they_are_cast(app: App) -> None:
    assert not (await asked(app, "/votes")).rows
    await posted(app)

    async def react(member: str, emoji: str, article: int) -> VoteResult:
        reaction = Reaction(
            platform="web", workspace="web", place="web", member=member, emoji=emoji, article=article, via="button"
        )
        return (await app.engine.record.reaction(reaction)).result

    assert await react("ada", "👍", 1) == VoteResult.RECORDED
    assert await react("ada", "👎", 1) == VoteResult.ALREADY
    assert await react("bob", "👍🏽", 1) == VoteResult.RECORDED
    assert await react("bob", "🍕", 1) == VoteResult.NOT_A_VOTE
    assert await react("bob", "👍", 999) == VoteResult.NOT_A_VOTE
    ((title, votes),) = (await asked(app, "/votes 1")).rows
    assert votes == "👍 2"
    assert title


async def test_why_names_the_gate_that_an_article_stopped_at(app: App) -> None:
    before = await asked(app, "/why 1")
    assert [mark for mark, *_ in before.rows] == ["✓"] * len(before.rows)
    await posted(app)
    after = await asked(app, "/why 1")
    assert after.rows[-1][0] == "✗"


async def test_a_channel_that_nobody_configured_is_told_so(app: App) -> None:
    assert (await asked(app, "/help", place="elsewhere")).failed


async def test_suggestions_complete_a_command_and_find_articles(app: App) -> None:
    commands = Commands(store=app.store, engine=app.engine, clock=app.clock)

    async def suggested(name: str, text: str, place: str = "web") -> list[str]:
        command = Command(name=name, text=text, platform="web", workspace="web", place=place, member="ada")
        return [choice.value for choice in await commands.suggest(command)]

    assert await suggested("digest", "p") == ["preview"]
    assert await suggested("sources", "re") == ["remove"]
    assert set(await suggested("article", "")) == {"1", "2", "3"}
    assert await suggested("sources", "remove artic") == ["1"]
    assert await suggested("sources", "remove nothing of this name") == []
    assert await suggested("schedule", "set 0 9 * * 1 Lond") == ["Europe/London"]
    assert await suggested("digest", "now any") == []
    assert await suggested("nonsense", "any") == []
    assert await suggested("article", "", place="elsewhere") == []


# ------------------------------------------------------------ as they are typed


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/help", ["/article", "/digest now", "/digest sources list", "/digest help"]),
        ("/schedule pause", ["/digest schedule resume"]),
        ("/digest next", ["/digest schedule resume"]),  # paused, and by whom
        ("/sources add nothing", ["/digest sources add https"]),
        ("/sources check 99", ["/digest sources lists"]),
        ("/digest", []),
        ("/article", ["/article <"]),
        ("/digest nwo", ["/digest nwo", "/digest now"]),
        ("/digest shedule", ["/digest shedule", "/digest schedule"]),
        ("/digest qqqqqqq", ["/digest qqqqqqq", "/digest help"]),
        ("/sources lst", ["/digest sources lst", "/digest sources list"]),
    ],
)
async def test_where_all_are_words_of_one_command_each_is_spelled_so(app: App, line: str, said: list[str]) -> None:
    if line == "/digest next":
        await asked(app, "/schedule pause", admin=True, under="digest")
    reply = await asked(app, line, admin=True, under="digest")
    text = "\n".join([reply.text, *(row[0] for row in reply.rows)])
    assert all(words in text for words in said), text
    bare = [word for word in ("/sources", "/schedule", "/votes", "/why", "/help") if word in text]
    assert bare == [], text


async def test_who_may_not_is_told_the_command_as_it_is_typed(app: App) -> None:
    assert "/digest sources add" in (await asked(app, "/sources add x", under="digest")).text
    assert "/digest sources" not in (await asked(app, "/sources add x")).text


# ------------------------------------------------------------ uncertain postings


async def uncertain(app: App) -> FakePlatform:
    """Two digests whose first message may or may not be there."""
    platform = FakePlatform(*[OutcomeUnknown("dropped")] * 2, history=OutcomeUnknown("no history here"))
    app.platforms["web"] = platform  # type: ignore[index]
    async with app.store.read() as view:
        channel = await view.channels.named("web")
    assert channel is not None
    short = replace(channel, spec=replace(channel.spec, settings=replace(channel.settings, max_articles=1)))
    async with app.store.begin() as tx:
        await tx.channels.declare([short.spec])
    for _ in range(2):
        digest = await app.engine.compose.settle(await app.engine.compose.open_now(short))
        for _ in range(2):
            await app.engine.deliver.digest(digest.id)
            app.clock.advance(minutes=10)  # type: ignore[attr-defined]
    return platform


async def test_an_admin_settles_what_is_uncertain_one_by_one_oldest_first(app: App) -> None:
    assert "Nothing is uncertain" in (await asked(app, "/digest settle there", admin=True)).text
    platform = await uncertain(app)
    for words in ("", "perhaps", "there there", "missing 1"):
        assert (await asked(app, f"/digest settle {words}", admin=True)).failed
    assert (await asked(app, "/digest settle there")).failed
    first = await asked(app, "/digest settle there", admin=True)
    assert first.private
    assert "“web digest” counts as posted. 1 more message is uncertain" in first.text
    second = await asked(app, "/digest settle missing", admin=True)
    assert "“web digest” is posted now. 0 more" in second.text
    assert "Nothing is uncertain" in (await asked(app, "/digest settle missing", admin=True)).text
    for digest in await app.engine.deliver.waiting():
        await app.engine.deliver.digest(digest)
    assert [p.message.kind for p in platform.messages.values() if p.message] == ["article", "header", "article"]


async def test_an_admin_who_is_late_is_told_that_it_is_settled(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    await uncertain(app)
    resolve = Deliver.resolve

    async def late(self: Deliver, posting: Posting, *, there: bool) -> bool:
        """Another admin was faster."""
        await resolve(self, posting, there=True)
        return await resolve(self, posting, there=there)

    monkeypatch.setattr(Deliver, "resolve", late)
    reply = await asked(app, "/digest settle missing", admin=True)
    assert reply.failed
    assert "settled “web digest” already" in reply.text
