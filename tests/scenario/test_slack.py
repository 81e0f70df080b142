"""The real house on the local Slack, through the real slack-bolt: digests, votes, permissions, and what goes wrong."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import App
from bot.errors import ConfigError, PlatformUnavailable
from tests.fakes.clock import FakeClock
from tests.platforms.slack_server import Limits, Message, SlackServer, Spec, User, Workspace
from tests.platforms.slack_server.world import Channel as Place
from tests.scenario.slack_world import environment, listening, slack_world
from tests.scenario.steps import becomes, channel, composed, posted, state, tally, until, votes_come_to, working
from tests.scenario.world import read_all


@dataclass
class Scene:
    folder: Path
    server: SlackServer
    workspace: Workspace
    place: Place
    members: list[User]

    @asynccontextmanager
    async def house(self, *, more: str = "", clock: FakeClock | None = None, articles: int = 3) -> AsyncIterator[App]:
        places = {"team": self.place.id}
        async with slack_world(self.folder, self.server, places, more=more, clock=clock, articles=articles) as app:
            await read_all(app)
            yield app

    @property
    def messages(self) -> list[Message]:
        return self.server.messages(self.place)

    @property
    def ours(self) -> list[Message]:
        return [message for message in self.messages if message.user == self.workspace.bot_user]

    def secrets(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in environment(self.server, self.workspace).items():
            monkeypatch.setenv(name, value)

    def react(self, member: User, number: int, name: str, **given: bool) -> None:
        self.server.react(member, self.place.id, self.ours[number].ts, name, **given)

    def receipts(self, member: User) -> list[str]:
        return [one.text for one in self.server.ephemerals if one.user == member.id]


@pytest.fixture
async def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    """A workspace with a channel and five members. Whatever happens, the bot asks for nothing that Slack forbids."""
    server = SlackServer(spec=Spec.found(), limits=Limits.wide(scale=20))
    server.sockets.in_time *= 20  # as it is in real seconds
    await server.start()
    workspace = server.add_workspace("Acme")
    place = server.add_channel(workspace, "ai-team")
    members = [server.add_member(workspace, f"member{n}") for n in range(5)]
    for member in members:
        server.join(place, member.id)
    made = Scene(tmp_path, server, workspace, place, members)
    made.secrets(monkeypatch)
    yield made
    await server.stop()
    assert server.violations == []
    assert server.pings == []
    assert server.ignored_429 == 0


async def test_a_digest_is_a_header_and_a_message_for_each_article_with_seeds(scene: Scene) -> None:
    async with scene.house() as app:
        digest = await posted(app)
        assert await state(app, digest) == "posted"
        assert (await channel(app)).spec.workspace == scene.workspace.id
    header, *articles = scene.ours
    assert len(articles) == 3
    assert not header.reactions
    assert [list(article.reactions) for article in articles] == [["+1", "-1"]] * 3
    assert all(one.text and one.payload["unfurl_links"] is False for one in scene.ours)


async def test_a_command_that_comes_before_the_channel_was_looked_at_is_answered_all_the_same(scene: Scene) -> None:
    scene.server.latency = 0.2
    async with scene.house() as app:
        runs = asyncio.create_task(app.platforms["slack"].run())
        try:
            await until(lambda: scene.server.sockets.opened)
            answer = await scene.server.command(scene.members[0], scene.place, "/digest", "next")
            await until(lambda: answer.messages)
        finally:
            runs.cancel()
            await asyncio.gather(runs, return_exceptions=True)
    assert "09:00" in answer.text


async def test_votes_come_by_reactions_of_every_name_and_bots_do_not_count(scene: Scene) -> None:
    ada, bob, cid, dan, eve = scene.members
    robot = scene.server.add_member(scene.workspace, "robot", bot=True)
    scene.server.join(scene.place, robot.id)
    async with scene.house() as app, listening(app, scene.server):
        await posted(app)
        scene.react(ada, 1, "+1")
        scene.react(ada, 1, "+1::skin-tone-4")  # the same person
        scene.react(bob, 1, "thumbsdown")
        scene.react(cid, 1, "+1::skin-tone-6")
        scene.react(dan, 1, "-1", item_user=False)
        scene.react(robot, 1, "+1")
        scene.react(eve, 1, "pizza")
        scene.react(eve, 0, "+1")  # on the header
        await votes_come_to(app, {"👍": 2, "👎": 2})
        scene.server.unreact(ada, scene.place.id, scene.ours[1].ts, "+1")
        scene.react(ada, 1, "-1")
        scene.react(eve, 1, "+1")
        await votes_come_to(app, {"👍": 3, "👎": 2})
        await until(lambda: len(scene.receipts(ada)) >= 2)
    assert "Recorded: 👍" in scene.receipts(ada)
    assert scene.receipts(ada)[-1] == "Your vote 👍 stands"
    assert scene.receipts(eve) == ["Recorded: 👍"]
    assert scene.receipts(robot) == []


async def test_a_button_votes_once_with_a_receipt_in_the_members_language(scene: Scene) -> None:
    hana = scene.server.add_member(scene.workspace, "hana", locale="zh-TW")
    scene.server.join(scene.place, hana.id)
    async with scene.house() as app, listening(app, scene.server):
        await posted(app)
        first = await scene.server.click(hana, scene.place.id, scene.ours[1].ts, "vote:value:0")
        await votes_come_to(app, {"👍": 1})
        again = await scene.server.click(hana, scene.place.id, scene.ours[1].ts, "vote:value:1")
        await until(lambda: again.messages)
        await votes_come_to(app, {"👍": 1})
    assert "👍" in first.text
    assert "👍" in again.text
    assert first.text != "Recorded: 👍"  # in Chinese
    assert first.private == again.private == [True]


async def test_reactions_that_come_late_or_twice_count_in_the_order_in_which_they_happened(scene: Scene) -> None:
    server, ada = scene.server, scene.members[0]
    server.events.duplicate = 1.0
    async with scene.house() as app, listening(app, server):
        await posted(app)
        server.events.reorder = 1.0
        scene.react(ada, 1, "+1")
        server.events.reorder = 0.0
        server.unreact(ada, scene.place.id, scene.ours[1].ts, "+1")
        scene.react(ada, 1, "-1")
        await votes_come_to(app, {"👍": 1})
        await until(lambda: len(scene.receipts(ada)) == 2)
    assert sorted(scene.receipts(ada)) == ["Recorded: 👍", "Your vote 👍 stands"]


async def test_a_first_choice_whose_member_is_asked_about_for_long_is_not_overtaken_by_the_second(scene: Scene) -> None:
    server, ada = scene.server, scene.members[0]
    async with scene.house() as app, listening(app, server):
        await posted(app)
        server.fail(r"users\.(info|list)", "429", times=None, seconds=2.0)
        scene.react(ada, 1, "+1")
        await until(lambda: server.faults.given)
        server.calm()
        scene.react(ada, 1, "-1")
        await votes_come_to(app, {"👍": 1})


async def test_what_was_acknowledged_is_counted_by_the_next_bot_though_slack_says_it_no_more(scene: Scene) -> None:
    server, ada = scene.server, scene.members[0]

    async def all_acknowledged() -> None:
        await until(lambda: server.sockets.delivered == len(server.events.log))

    async with scene.house() as app:
        await posted(app)
        app.platforms["slack"]._order._held_up = 60.0  # type: ignore[attr-defined]
        async with listening(app, server):
            scene.react(ada, 1, "+1")
            await all_acknowledged()
            assert await tally(app) == {}
    server.unreact(ada, scene.place.id, scene.ours[1].ts, "+1")
    scene.react(ada, 1, "-1")
    async with scene.house() as app, listening(app, server):
        await votes_come_to(app, {"👍": 1})
        await all_acknowledged()


async def test_a_button_that_was_pressed_is_counted_by_the_next_bot(scene: Scene) -> None:
    server, ada = scene.server, scene.members[0]
    async with scene.house() as app:
        await posted(app)
        app.platforms["slack"]._order._held_up = 60.0  # type: ignore[attr-defined]
        async with listening(app, server):
            click = server.click(ada.id, scene.place.id, scene.ours[1].ts, "vote:value:0")
            await click.acked()
            assert await tally(app) == {}
    async with scene.house() as app, listening(app, server):
        await votes_come_to(app, {"👍": 1})
        await until(lambda: click.text == "Recorded: 👍")


async def test_what_members_hold_after_downtime_and_after_a_lost_connection_is_read_again(scene: Scene) -> None:
    server = scene.server
    many = [server.add_member(scene.workspace, f"n{number}") for number in range(150)]
    robot = server.add_member(scene.workspace, "robot", bot=True)
    for one in (*many, robot):
        server.join(scene.place, one.id)
    server.events.keep_events_when_disconnected = False
    async with scene.house() as app:
        await posted(app)
        for number, member in enumerate(many):
            scene.react(member, 1, "+1::skin-tone-2" if number % 3 else "thumbsup")
        scene.react(many[1], 1, "+1")
        scene.react(robot, 1, "+1")
        for name in ("+1", "-1"):
            scene.react(scene.members[0], 1, name)  # which came first nobody knows
    async with scene.house() as app, working(app), listening(app, server):
        await votes_come_to(app, {"👍": 150})
        server.drop_sockets()
        scene.react(scene.members[1], 1, "-1")  # nobody hears of it
        await votes_come_to(app, {"👍": 150, "👎": 1})
        opened = server.sockets.opened
        server.refresh_sockets()
        await until(lambda: server.sockets.opened > opened)
        scene.react(scene.members[2], 1, "-1")
        await votes_come_to(app, {"👍": 150, "👎": 2})


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda s: s.server.archive(s.place), "unarchive"),
        (lambda s: s.server.remove_bot(s.place), "/invite"),
        (lambda s: s.server.delete_channel(s.place), "config.toml"),
        (lambda s: s.server.restrict(s.place), "restricted"),
        (lambda s: s.server.remove_scope(s.workspace, "chat:write"), "chat:write"),
        (lambda s: s.server.revoke_token(s.workspace), "install"),
        (lambda s: s.server.uninstall(s.workspace), "install"),
        (lambda s: setattr(s.place, "private", True) or s.server.remove_bot(s.place), "/invite"),
    ],
)
async def test_a_channel_that_cannot_be_posted_to_is_paused_with_the_fix(scene: Scene, spoil, said: str) -> None:
    async with scene.house() as app:
        digest = await composed(app)
        spoil(scene)
        await app.engine.deliver.digest(digest)
        paused = (await channel(app)).paused
        assert paused is not None
        assert said in paused
        assert await state(app, digest) == "composed"


async def test_a_channel_lost_amid_the_digest_goes_on_where_it_was_once_the_bot_is_back(scene: Scene) -> None:
    server = scene.server
    async with scene.house(clock=FakeClock(datetime.now(UTC))) as app, working(app), listening(app, server):
        digest = await composed(app)

        def remove(method: str, _arguments: object) -> None:
            if method == "chat.postMessage" and len(scene.ours) == 2:
                server.on_commit = None
                server.remove_bot(scene.place)

        server.on_commit = remove
        await app.engine.deliver.digest(digest)
        await becomes(app, lost=True)
        assert len(scene.ours) == 2
        owner = scene.workspace.owner
        await until(lambda: server.direct_messages(scene.workspace, owner))
        (notice,) = server.direct_messages(scene.workspace, owner)
        assert "team" in notice.text
        assert "/invite" in notice.text
        server.invite_bot(scene.place)
        await becomes(app, lost=False)
        await app.engine.deliver.digest(digest)
        assert await state(app, digest) == "posted"
    assert len(scene.ours) == 4


async def test_archiving_pauses_and_unarchiving_resumes(scene: Scene) -> None:
    async with scene.house() as app, listening(app, scene.server):
        await until(lambda: any(one.method == "conversations.info" for one in scene.server.requests))
        scene.server.archive(scene.place)
        await becomes(app, lost=True)
        scene.server.unarchive(scene.place)
        await becomes(app, lost=False)


@pytest.mark.parametrize("how", ["error_after", "drop_after", "bad_json", "fatal_error"])
@pytest.mark.parametrize("layout", ["messages", "thread"])
async def test_an_answer_that_was_lost_leaves_no_double(scene: Scene, how: str, layout: str) -> None:
    async with scene.house(more=f'layout = "{layout}"', clock=FakeClock(datetime.now(UTC))) as app:
        digest = await composed(app)
        scene.server.fail("chat.postMessage", "slow", seconds=0)
        scene.server.fail("chat.postMessage", how)
        for _ in range(3):
            await app.engine.deliver.digest(digest)
            app.clock.advance(minutes=1)  # type: ignore[attr-defined]
        assert await state(app, digest) == "posted"
    under = scene.server.replies(scene.place, scene.ours[0].ts)
    assert len([*scene.ours, *under]) == 4


@pytest.mark.parametrize("how", ["drop_before", "error_before", "503", "429", "internal_error", "fatal_error_before"])
async def test_a_message_that_was_not_taken_is_posted_later(scene: Scene, how: str) -> None:
    scene.server.fail("chat.postMessage", how)
    async with scene.house(clock=FakeClock(datetime.now(UTC))) as app:
        if how == "429":
            app.platforms["slack"]._web.limits.closed = lambda *_: None  # type: ignore[attr-defined]
        digest = await posted(app, tries=3)
        assert await state(app, digest) == "posted"
    assert len(scene.ours) == 4
    scene.server.gate.ignored = 0


async def test_a_busy_channel_is_looked_through_page_by_page(scene: Scene) -> None:
    scene.server.fail("chat.postMessage", "drop_after")
    async with scene.house(clock=FakeClock(datetime.now(UTC))) as app:
        digest = await composed(app)
        for number in range(230):
            scene.server.post_as(scene.members[0], scene.place.id, f"chat {number}")
        await app.engine.deliver.digest(digest)
        for number in range(230):
            scene.server.post_as(scene.members[0], scene.place.id, f"more {number}")
        app.clock.advance(minutes=5)  # type: ignore[attr-defined]
        await app.engine.deliver.digest(digest)
        assert await state(app, digest) == "posted"
    assert len(scene.ours) == 4


async def test_an_app_that_may_search_once_a_minute_finds_its_message_over_several_attempts(scene: Scene) -> None:
    """And where a slow Slack puts it there only while the search goes on, it is found too."""
    async with scene.house() as app:
        await posted(app)
        platform, ours = app.platforms["slack"], scene.ours[1]
        async with app.store.read() as view:
            (posting,) = [one for ref, one in await view.outbox.refs(1) if ref.message == ours.ts]
        home = scene.server.world.channels[scene.place.id].messages
        for number in range(250):
            scene.server.post_as(scene.members[0], scene.place.id, f"chat {number}")
        late = home.pop(ours.ts)
        web, asked = platform._web, []  # type: ignore[attr-defined]
        get = web.get

        async def once_an_attempt(team: str, method: str, arguments: object, **given: object) -> object:
            asked.append(method)
            if len(asked) % 2 == 0:
                raise PlatformUnavailable("Slack asks the bot to wait", retry_after=60)
            return await get(team, method, arguments, **given)

        web.get = once_an_attempt
        attempts, found = 0, None
        while found is None and attempts < 9:
            attempts += 1
            if attempts == 2:
                late.ts = scene.server.world.ts()
                home[late.ts] = late
            try:
                found = await platform.find(posting)
                break
            except PlatformUnavailable:
                continue
        assert found is not None
        assert found.message == late.ts
        assert 2 < attempts < 9


async def test_every_configured_admin_is_told_though_slacks_members_cannot_be_read(scene: Scene) -> None:
    ada, bob = scene.members[:2]
    scene.server.fail("users.list", "503", times=None)
    async with scene.house(more=f'admins = ["{ada.id}", "{bob.id}"]') as app:
        digest = await composed(app)
        scene.server.restrict(scene.place)
        await app.engine.deliver.digest(digest)
    for one in (ada, bob):
        (notice,) = scene.server.direct_messages(scene.workspace, one)
        assert "restricted" in notice.text


async def test_where_history_may_not_be_read_a_message_of_unknown_fate_waits_for_an_admin(scene: Scene) -> None:
    scene.server.remove_scope(scene.workspace, "channels:history")
    scene.server.fail("chat.postMessage", "drop_after")
    async with scene.house(clock=FakeClock(datetime.now(UTC))) as app, working(app), listening(app, scene.server):
        digest = await posted(app, tries=3)
        assert await state(app, digest) == "composed"
        assert len(scene.ours) == 1
        owner = scene.server.world.users[scene.workspace.owner]
        (notice,) = scene.server.direct_messages(scene.workspace, owner)
        assert "channels:history" in notice.text
        answer = await scene.server.command(owner, scene.place, "/digest", "settle there")
        assert answer.private == [True]
        await until(lambda: len(scene.ours) == 4)


async def test_in_a_thread_the_articles_are_under_the_header_and_votes_count_there(scene: Scene) -> None:
    async with scene.house(more='layout = "thread"') as app, listening(app, scene.server):
        digest = await posted(app)
        assert await state(app, digest) == "posted"
        (header,) = scene.ours
        articles = scene.server.replies(scene.place, header.ts)
        assert len(articles) == 3
        scene.server.react(scene.members[0], scene.place.id, articles[0].ts, "+1")
        await votes_come_to(app, {"👍": 1})


async def test_a_header_that_is_deleted_amid_the_digest_ends_the_digest_and_not_the_channel(scene: Scene) -> None:
    async with scene.house(more='layout = "thread"') as app:
        digest = await composed(app)

        def delete(method: str, _arguments: object) -> None:
            if method == "chat.postMessage" and len(scene.ours) == 1:
                scene.server.delete_message(scene.place, scene.ours[0].ts)

        scene.server.on_commit = delete
        await app.engine.deliver.digest(digest)
        assert await state(app, digest) == "posted"
        assert (await channel(app)).paused is None


async def test_a_message_that_is_gone_does_not_keep_the_others_from_being_read(scene: Scene) -> None:
    scene.server.events.keep_events_when_disconnected = False
    async with scene.house(more="seed = []") as app:
        digest = await posted(app)
        for number in (1, 2):
            scene.react(scene.members[0], number, "+1")
        scene.server.delete_message(scene.place, scene.ours[1].ts)
        async with listening(app, scene.server):
            assert await app.engine.reread.digest(digest) == 1
        assert await tally(app) == {"👍": 1}


async def test_seeds_that_cannot_be_put_there_leave_the_digest_posted(scene: Scene) -> None:
    scene.server.remove_scope(scene.workspace, "reactions:write")
    async with scene.house() as app:
        digest = await posted(app)
        assert await state(app, digest) == "posted"
        assert (await channel(app)).paused is None
    assert len(scene.ours) == 4


@pytest.mark.parametrize(
    ("name", "said"),
    [("SLACK_APP_TOKEN", "SLACK_APP_TOKEN"), ("SLACK_BOT_TOKEN", "SLACK_BOT_TOKEN")],
)
async def test_a_wrong_token_is_told_at_once(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    monkeypatch.setenv(name, "xoxb-another")
    async with scene.house() as app:
        if name == "SLACK_APP_TOKEN":
            with pytest.raises(ConfigError, match=said):
                async with listening(app, scene.server):
                    pass
        else:
            digest = await posted(app)
            assert await state(app, digest) == "composed"
            async with app.store.read() as view:
                posting = await view.outbox.digest(digest)
            assert posting.messages == ()


async def test_a_missing_token_is_named(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SLACK_APP_TOKEN")
    with pytest.raises(ConfigError, match="SLACK_APP_TOKEN"):
        async with scene.house():
            pass


async def test_commands_are_answered_privately_and_in_the_channel_and_late(scene: Scene) -> None:
    server, ada = scene.server, scene.members[0]
    async with scene.house() as app, listening(app, server):
        await posted(app)
        listed = await server.command(ada, scene.place, "/digest", "help")
        assert "/digest sources list" in str(listed.messages)
        assert "/article" in str(listed.messages)
        assert listed.private == [True]
        shown = await server.command(ada, scene.place, "/article", "1")
        assert shown.private == [False]
        assert "Story" in str(shown.messages)
        unknown = await server.command(ada, scene.place, "/digest", "sorces")
        assert "/digest sources" in unknown.text
        refused = await server.command(ada, scene.place, "/digest", "sources add https://example.org")
        assert "admin" in refused.text
        long = await server.command(ada, scene.place, "/digest", "why " + "<!channel> &amp; ßあ" * 4000)
        assert long.private == [True]
        elsewhere = await server.command(ada, server.add_channel(scene.workspace, "other"), "/digest", "preview")
        assert elsewhere.private == [True]
        for answer in (listed, shown, unknown, refused, long, elsewhere):
            assert answer.acked_after is not None
            assert answer.acked_after < 3
        app.platforms["slack"]._gateway._events._commands._patience = 0.0  # type: ignore[attr-defined]
        late = await server.command(ada, scene.place, "/digest", "history")
        assert late.ack is None
        assert late.private == [True]


async def test_an_answer_of_several_messages_comes_in_its_order(scene: Scene) -> None:
    async with scene.house(more="max_articles = 8", articles=8) as app, listening(app, scene.server):
        (composition,) = await app.engine.compose.preview(await channel(app))
        answer = await scene.server.command(scene.members[0], scene.place, "/digest", "preview")
        await until(lambda: "8." in answer.text)
        titles = [item.article.article.title for item in composition.digest.items]
        found = [answer.text.index(title) for title in titles]
        assert len(answer.messages) > 1
        assert found == sorted(found)


async def test_workspace_admins_and_configured_ones_change_things(scene: Scene) -> None:
    boss = scene.server.add_member(scene.workspace, "boss", admin=True)
    deputy = scene.members[1]
    async with scene.house(more=f'admins = ["{deputy.id}"]') as app, listening(app, scene.server):
        for one in (boss, deputy):
            answer = await scene.server.command(one, scene.place, "/digest", "schedule pause")
            assert "pause" in answer.text.lower()
            assert (await channel(app)).paused
            await scene.server.command(one, scene.place, "/digest", "schedule resume")
            assert not (await channel(app)).paused


@pytest.mark.parametrize("layout", ["messages", "thread"])
async def test_an_admin_takes_an_article_away_and_the_same_again_is_no_error(scene: Scene, layout: str) -> None:
    boss = scene.server.add_member(scene.workspace, "boss", admin=True)
    async with scene.house(more=f'layout = "{layout}"') as app, listening(app, scene.server):
        await posted(app)
        async with app.store.read() as view:
            refs = {posting.message.article: ref for ref, posting in await view.outbox.refs(1) if posting.message}
        refused = await scene.server.command(scene.members[0], scene.place, "/digest", "remove 2")
        assert "admin" in refused.text
        taken = await scene.server.command(boss, scene.place, "/digest", "remove 2")
        again = await scene.server.command(boss, scene.place, "/digest", "remove 2")
    assert "was taken out" in taken.text
    assert taken.private == again.private == [True]
    assert "was taken out" in again.text
    left = {ts for ts, one in scene.place.messages.items() if not one.deleted and one.user == scene.workspace.bot_user}
    assert left & {ref.message for ref in refs.values()} == {ref.message for n, ref in refs.items() if n != 2}


async def test_a_workspace_that_keeps_every_message_is_told_with_what_to_do(scene: Scene) -> None:
    boss = scene.server.add_member(scene.workspace, "boss", admin=True)
    async with scene.house() as app, listening(app, scene.server):
        await posted(app)
        for message in scene.ours:
            message.user = boss.id  # Slack lets an app delete its own alone
        answer = await scene.server.command(boss, scene.place, "/digest", "remove 2")
    assert "could not be taken away" in answer.text
    assert "ask an admin" in answer.text


async def test_buttons_under_an_answer_vote_on_what_was_posted_here(scene: Scene) -> None:
    async with scene.house() as app, listening(app, scene.server):
        await posted(app)
        answer = await scene.server.command(scene.members[0], scene.place, "/article", "1")
        where = answer.shown[0].ts
        await scene.server.click(scene.members[1], scene.place.id, where, "vote:value:1")
        await votes_come_to(app, {"👎": 1})


async def test_a_button_under_an_article_that_was_not_posted_here_says_so(scene: Scene) -> None:
    async with scene.house(more="max_articles = 1") as app, listening(app, scene.server):
        await posted(app)
        ids = [
            number
            for number in ("1", "2", "3")
            if scene.ours[1].blocks and f'\\"article\\":{number},' not in str(scene.ours[1].payload)
        ]
        answer = await scene.server.command(scene.members[0], scene.place, "/article", ids[0])
        pressed = await scene.server.click(scene.members[1], scene.place.id, answer.shown[0].ts, "vote:value:1")
        await until(lambda: pressed.messages)
        assert "not posted" in pressed.text
        await votes_come_to(app, {})


async def test_many_reactions_at_once_ask_slack_for_its_members_a_thousand_at_a_time(scene: Scene) -> None:
    many = [scene.server.add_member(scene.workspace, f"n{number}") for number in range(200)]
    for one in many:
        scene.server.join(scene.place, one.id)
    async with scene.house() as app, listening(app, scene.server):
        await posted(app)
        for member in many:
            scene.react(member, 1, "+1")
        await votes_come_to(app, {"👍": 200})
    asked = [one.method for one in scene.server.requests]
    assert asked.count("users.info") < 60
    assert asked.count("users.list") <= 3


async def test_who_reacts_to_what_others_said_is_not_asked_about(scene: Scene) -> None:
    server, ada, ben = scene.server, *scene.members[:2]
    async with scene.house() as app, listening(app, server):
        await posted(app)
        await until(lambda: any(one.method == "conversations.info" for one in server.requests))
        server.react(ada, scene.place.id, server.post_as(ben, scene.place, "hello").ts, "+1")
        scene.react(ben, 1, "+1")
        await votes_come_to(app, {"👍": 1})
    assert [one.args["user"] for one in server.requests if one.method == "users.info"] == [ben.id]


async def test_events_of_no_interest_and_malformed_ones_end_nothing(scene: Scene) -> None:
    async with scene.house() as app, listening(app, scene.server):
        await posted(app)
        for event in (
            {"type": "team_join", "user": {"id": "U1"}},
            {"type": "reaction_added", "item": {}, "event_ts": "x"},
            {"type": "reaction_added", "user": 5, "reaction": None, "item": {"type": "message"}, "event_ts": "1"},
        ):
            scene.server.tell.raw(scene.workspace, event)
        scene.react(scene.members[0], 1, "+1")
        await votes_come_to(app, {"👍": 1})


async def test_nothing_that_was_said_names_a_token(scene: Scene, capfd: pytest.CaptureFixture[str]) -> None:
    async with scene.house() as app, listening(app, scene.server):
        scene.server.revoke_token(scene.workspace)
        await posted(app)
        scene.server.drop_sockets()
        await asyncio.sleep(0)
    told = "".join(capfd.readouterr())
    assert scene.workspace.bot_token not in told
    assert scene.server.app_token not in told
