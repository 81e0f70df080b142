"""Slash commands against the real engine and store: what each answers, who may, and what it says of nonsense."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import App
from bot.commands import SPECS, Commands
from bot.commands.quota import Quota
from bot.engine.deliver import Deliver
from bot.errors import ChannelLost, OutcomeUnknown, StaleWrite
from bot.model import Command, Fate, Posting, Reaction, Reply, SourceSpec, VoteResult
from bot.schedule.calendar import next_run, offset_of
from tests.fakes.clock import FakeClock
from tests.fakes.platform import FakePlatform
from tests.scenario.steps import channel, composed, state
from tests.scenario.world import CONFIG, read_all, world, write_world

NEEDING = {
    "article",
    "digest remove",
    "digest settle",
    "forget",
    "sources add",
    "sources remove",
    "sources check",
    "schedule set",
    "why",
}


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    write_world(tmp_path, articles=3, config=CONFIG + 'ballots = ["value"]\n')
    async with world(tmp_path, FakeClock()) as app:
        await read_all(app)
        yield app


async def asked(
    app: App, line: str, *, admin: bool = False, place: str = "web", under: str = "", member: str = "ada"
) -> Reply:
    name, _, text = line.removeprefix("/").partition(" ")
    commands = Commands(store=app.store, engine=app.engine, clock=app.clock)
    command = Command(
        name=name, text=text, platform="web", workspace="web", place=place, member=member, admin=admin, under=under
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
    assert "07:30" in reply.text
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


# ------------------------------------------------------------ what is typed is hostile

HOSTILE = (
    "'\"`$(reboot)`; DROP TABLE votes; --",
    "1' OR '1'='1",
    "\\x00\x00\x07\n\r\n\ttwo\nlines",
    "\u202e\u2066gnirts\u200b \u0645\u0631\u062d\u0628\u0627",
    "<script>alert(1)</script> <@everyone> @everyone *b* _i_ [x](javascript:y) {0} {words} %s",
    "http://[::1", "https://", "https://\u202eexample", "http:// a b",
    "https://example.org:99999/" + "a" * 3000,
    "ß" * 4000, "词" * 4000, "a " * 2000, "\ud800 lone", "NEAR(a b) AND * \"", "99999999999999999999",
    "-1", "١٢", "me", "0d", "9999d",
)  # fmt: skip


async def test_whatever_is_typed_every_command_answers_plainly_and_to_who_asked_alone(app: App) -> None:
    wrong = []
    for spec in SPECS:
        for typed in HOSTILE:
            reply = await asked(app, f"/{spec.name} {typed}", admin=True)
            said = reply.text + "".join(cell for row in reply.rows for cell in row)
            if not (said or reply.messages) or (reply.failed and (len(reply.text) > 1000 or not reply.private)):
                wrong.append((spec.name, typed[:20], reply))
            if reply.failed and set(reply.text) & set("\x00\u202e\u2066\ud800"):
                wrong.append((spec.name, typed[:20], reply))
    assert wrong == []
    async with app.store.read() as view:
        (channel,) = await view.channels.all()
        assert (await view.sources.all())[0].id == 1
        assert await view.votes.tallies([]) == ()
    assert channel.settings.schedule == "0 9 * * *"


async def test_whatever_the_command_it_is_called_by_is_answered(app: App) -> None:
    for typed in ("", " ", *HOSTILE):
        for under in ("", "digest"):
            reply = await asked(app, f"/{typed}", under=under)
            assert reply.text
            assert len(reply.text) <= 1000
            assert reply.private


async def test_whatever_is_typed_suggestions_are_few_and_short(app: App) -> None:
    commands = Commands(store=app.store, engine=app.engine, clock=app.clock)
    for spec in SPECS:
        for typed in HOSTILE:
            name, _, sub = spec.name.partition(" ")
            command = Command(
                name=name, text=f"{sub} {typed}".strip(), platform="web", workspace="web", place="web", member="ada"
            )
            choices = await commands.suggest(command)
            assert len(choices) <= 25
            assert all(len(choice.label) <= 100 for choice in choices)


@pytest.mark.parametrize(("typed", "said"), [("articles", "Did you mean 1"), ("/nowhere", "/sources lists")])
async def test_a_source_that_is_nearly_named_is_asked_back_and_not_removed(app: App, typed: str, said: str) -> None:
    async with app.store.begin() as tx:
        await tx.sources.add(SourceSpec(address="https://news.example/feed"), app.clock.now(), None)
    reply = await asked(app, f"/sources remove {typed}", admin=True)
    assert reply.failed
    assert said in reply.text
    async with app.store.read() as view:
        assert len(await view.sources.all()) == 2


async def test_new_addresses_are_read_so_many_in_an_hour_and_known_articles_always(app: App) -> None:
    quota = Quota(member=2, workspace=3)
    commands = Commands(store=app.store, engine=app.engine, clock=app.clock, quota=quota)

    async def read(number: int, member: str = "ada") -> str:
        command = Command(
            name="article", text=f"http://127.0.0.1/{number}", platform="web", workspace="web", place="web",
            member=member,
        )  # fmt: skip
        return (await commands.answer(command)).text

    assert ["within an hour" in await read(number) for number in range(4)] == [False, False, True, True]
    assert "01:00" in await read(5), "from when on"
    assert "within an hour" not in await read(6, "bob")
    assert "within an hour" in await read(7, "eve"), "the workspace's are used up"
    known = Command(name="article", text="1", platform="web", workspace="web", place="web", member="ada")
    assert not (await commands.answer(known)).failed
    app.clock.advance(hours=1)  # type: ignore[attr-defined]
    assert "within an hour" not in await read(8)


# ------------------------------------------------------------ as they are typed


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/help", ["/article", "/digest now", "/digest sources list", "/digest help"]),
        ("/schedule pause", ["/digest schedule resume"]),
        ("/digest next", ["/digest schedule resume"]),  # paused, and by whom
        ("/sources add nothing", ["/digest sources add https"]),
        ("/sources check 987654321", ["/digest sources lists"]),
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


# ------------------------------------------------------------ /digest remove


async def shown(app: App) -> list[int]:
    """The articles that the channel shows."""
    async with app.store.read() as view:
        channel = await view.channels.named("web")
        assert channel is not None
        digests = await view.channels.history(channel.id, None, 100)
    return [said.article for one in digests for said in one.messages if said.article is not None]


def vote_on(article: int, member: str = "ada", emoji: str = "👍") -> Reaction:
    return Reaction(
        platform="web", workspace="web", place="web", member=member, emoji=emoji, article=article, via="button"
    )


async def test_a_posted_article_that_is_removed_is_gone_for_good_and_its_votes_stay(app: App) -> None:
    await posted(app)
    await app.engine.record.reaction(vote_on(1))
    reply = await asked(app, "/digest remove 1", admin=True)
    assert not reply.failed
    assert "was taken out" in reply.text
    assert set(await shown(app)) == {2, 3}
    assert (await app.engine.record.reaction(vote_on(1, "bob"))).result == VoteResult.NOT_A_VOTE
    async with app.store.read() as view:
        assert [tally.counts for tally in await view.votes.tallies([1])] == [{"👍": 1}]
        assert not (await view.articles.get([1]))[0].posted
    app.clock.advance(days=1)  # type: ignore[attr-defined]
    await posted(app)
    assert set(await shown(app)) == {2, 3}
    assert "admin removed it" in (await asked(app, "/why 1")).rows[-1][-1]
    assert "Story 0" not in str((await asked(app, "/digest history")).rows)


async def test_an_article_that_was_not_posted_yet_never_is(app: App) -> None:
    assert "will not be posted" in (await asked(app, "/digest remove 2", admin=True)).text
    await posted(app)
    assert set(await shown(app)) == {1, 3}


async def test_what_waits_in_the_outbox_is_left_out_and_the_rest_is_posted(app: App) -> None:
    digest = await composed(app, "web")
    assert "will not be posted" in (await asked(app, "/digest remove 2", admin=True)).text
    assert await state(app, digest) == "composed"
    await app.engine.deliver.digest(digest)
    assert set(await shown(app)) == {1, 3}
    assert await state(app, digest) == "posted"


async def test_an_article_removed_while_a_digest_with_it_is_composed_is_not_in_it(app: App) -> None:
    async with app.store.read() as view:
        digest = await view.outbox.digest(await app.engine.compose.open_now(await channel(app, "web")))
        digest = (await app.engine.compose.composition(view, digest)).digest
    await asked(app, "/digest remove 1", admin=True)
    with pytest.raises(StaleWrite):
        async with app.store.begin() as tx:
            await tx.outbox.settle(replace(digest, state="composed"), digest.items, ())
    settled = await app.engine.compose.settle(digest.id)
    assert {item.article.id for item in settled.items} == {2, 3}


async def test_an_article_that_is_being_posted_at_this_moment_is_not_orphaned(app: App) -> None:
    digest = await composed(app, "web")
    until = app.clock.now() + timedelta(seconds=15)
    async with app.store.begin() as tx:
        header = await tx.outbox.lease(digest, token="a", now=app.clock.now(), until=until)
        assert header is not None
        await tx.outbox.close(header.id, "a", Fate(state="posted", at=app.clock.now()))
        posting = await tx.outbox.lease(digest, token="a", now=app.clock.now(), until=until)
    assert posting is not None
    assert posting.message is not None
    reply = await asked(app, f"/digest remove {posting.message.article}", admin=True)
    assert reply.failed
    assert "in a minute" in reply.text
    app.clock.advance(seconds=20)  # type: ignore[attr-defined]  # whoever held it is dead: it may be there or not
    assert not (await asked(app, f"/digest remove {posting.message.article}", admin=True)).failed
    await app.engine.deliver.digest(digest)
    assert posting.message.article not in await shown(app)
    assert await state(app, digest) == "posted"


async def test_a_message_that_cannot_be_taken_away_is_told_and_the_same_again_does_it(app: App) -> None:
    platform = app.platforms["web"] = FakePlatform()  # type: ignore[index]
    await posted(app)
    platform.remove_errors = [ChannelLost("the bot is not in the channel", fix="invite it")]
    reply = await asked(app, "/digest remove 1", admin=True)
    assert reply.failed
    assert "could not be taken away" in reply.text
    assert len(platform.titles) == 3
    assert not (await asked(app, "/digest remove 1", admin=True)).failed
    assert len(platform.titles) == 2
    assert not (await asked(app, "/digest remove 1", admin=True)).failed, "and once more harms nothing"


async def test_a_message_of_unknown_fate_is_looked_for_and_taken_away(app: App) -> None:
    platform = app.platforms["web"] = FakePlatform()  # type: ignore[index]
    digest = await composed(app, "web")
    async with app.store.read() as view:
        items = (await view.outbox.digest(digest)).items
    platform._keeps = True
    platform.errors = [OutcomeUnknown("dropped")]
    platform.history = OutcomeUnknown("no history here")
    for _ in range(2):
        await app.engine.deliver.digest(digest)
        app.clock.advance(minutes=10)  # type: ignore[attr-defined]
    platform.history = None  # the header is there all the same
    await asked(app, "/digest settle there", admin=True)
    platform.errors = [OutcomeUnknown("dropped")]
    await app.engine.deliver.digest(digest)
    app.clock.advance(minutes=10)  # type: ignore[attr-defined]
    first = items[0].article
    assert first.article.title in platform.titles
    assert "was taken out" in (await asked(app, f"/digest remove {first.id}", admin=True)).text
    assert first.article.title not in platform.titles
    await app.engine.deliver.digest(digest)
    assert len(platform.titles) == 2


async def test_words_do_not_remove_what_they_happen_to_find(app: App) -> None:
    title = (await asked(app, "/article 1")).messages[0].title
    reply = await asked(app, f"/digest remove {title}", admin=True)
    assert reply.failed
    assert f"Did you mean 1, “{title}”" in reply.text


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


# ------------------------------------------------------------ /digest doctor


async def test_an_admin_is_told_whether_a_digest_can_come(app: App) -> None:
    rows = (await asked(app, "/digest doctor", admin=True)).rows
    assert [(mark, what) for mark, what, _ in rows] == [
        ("✓", "Schedule"),
        ("✓", "Last digest"),
        ("✓", "Sources"),
        ("✓", "Uncertain messages"),
    ]
    assert "1 of 1 are well." in rows[2]


async def test_an_admin_is_told_what_is_in_a_digests_way_and_where_to_look(app: App) -> None:
    await uncertain(app)
    async with app.store.begin() as tx:
        source = await tx.sources.add(SourceSpec(address="http://127.0.0.1:1/feed"), app.clock.now())
    await app.engine.refresh.due()
    rows = (await asked(app, "/digest doctor", admin=True)).rows
    assert ("✗", "http://127.0.0.1:1/feed", f"failing; last read: never. Why: /sources check {source.id}") in rows
    assert ("✗", "Sources", "1 of 2 are well.") in rows
    assert ("✗", "Uncertain messages", "2 messages are uncertain: /digest settle") in rows
    assert (await asked(app, "/digest doctor")).failed, "it is for admins"
