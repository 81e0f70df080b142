"""The real house on a local Discord, through the real discord.py: digests, votes, permissions, and what goes wrong."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import App, metrics_of
from bot.errors import ConfigError
from tests.fakes.clock import FakeClock
from tests.platforms.discord_server import DiscordServer, Limits, Message, Spec
from tests.platforms.discord_server.world import Channel as Place
from tests.platforms.discord_server.world import Guild
from tests.scenario.discord_world import discord_world, listening
from tests.scenario.steps import becomes, channel, composed, posted, state, tally, until, votes_come_to, working
from tests.scenario.world import read_all


@dataclass
class Scene:
    folder: Path
    server: DiscordServer
    guild: Guild
    place: Place
    members: list[str]

    @asynccontextmanager
    async def house(self, *, more: str = "", clock: FakeClock | None = None, articles: int = 3) -> AsyncIterator[App]:
        async with discord_world(
            self.folder, self.server, {"team": self.place.id}, more=more, clock=clock, articles=articles
        ) as app:
            await read_all(app)
            yield app

    @property
    def messages(self) -> list[Message]:
        return self.server.messages(self.place.id)


@pytest.fixture
async def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    """A guild with a channel and five members. Whatever happens, the bot asks for nothing that Discord forbids."""
    server = DiscordServer(spec=Spec.found(), limits=Limits(scale=20))
    server.nonce_window *= 20
    await server.start()
    monkeypatch.setenv("DISCORD_TOKEN", server.token)
    guild = server.add_guild()
    place = server.add_channel(guild, "ai-team")
    yield Scene(tmp_path, server, guild, place, [server.add_member(guild, f"member{n}") for n in range(5)])
    await server.stop()
    assert server.violations == []
    assert server.pings == []


async def test_a_digest_is_a_header_and_a_message_for_each_article_with_seeds_and_one_sound(scene: Scene) -> None:
    async with scene.house() as app:
        digest = await posted(app)
        assert await state(app, digest) == "posted"
        assert (await channel(app)).spec.workspace == scene.guild.id
        told = (await metrics_of(app)).decode()
    used = dict(re.findall(r'rate_limit_used_ratio\{limit="(\w+)",platform="discord"\} (\S+)', told))
    assert used.keys() == {"global", "route", "refused"}
    assert float(used["refused"]) == 0
    header, *articles = scene.messages
    assert len(articles) == 3
    assert not header.reactions
    assert [list(article.reactions) for article in articles] == [["👍", "👎"]] * 3
    assert [bool(message.payload["flags"] & 1 << 12) for message in scene.messages] == [False, True, True, True]
    assert scene.server.too_many == 0


async def test_votes_come_by_reactions_of_every_kind_and_bots_do_not_count(scene: Scene) -> None:
    server, (ada, bob, cid, dan, eve) = scene.server, scene.members
    robot = server.add_member(scene.guild, "robot", bot=True)
    async with scene.house() as app, listening(app):
        await posted(app)
        where = scene.place.id, scene.messages[1].id
        await server.react(*where, ada, "👍")
        await server.react(*where, ada, "👍", burst=True)  # the same person
        await server.react(*where, bob, "👎", burst=True)
        await server.react(*where, cid, "👍🏽")
        await server.react(*where, dan, "😀", with_member=False)  # whether dan is a bot has to be asked
        await server.react(*where, robot, "👍")
        await server.react(*where, robot, "😀", with_member=False)
        await server.react(*where, eve, "🍕")
        await server.react(scene.place.id, scene.messages[0].id, eve, "👍")  # on the header
        await votes_come_to(app, {"👍": 2, "👎": 1, "😀": 1})
        await server.unreact(*where, ada, "👍")
        await server.react(*where, ada, "👎")
        await server.clear(*where, "👍")
        await server.clear(*where)
        await server.react(*where, eve, "👍")
        await votes_come_to(app, {"👍": 3, "👎": 1, "😀": 1})


async def test_what_members_hold_after_downtime_and_after_a_lost_session_is_read_again(scene: Scene) -> None:
    server = scene.server
    many = [server.add_member(scene.guild, f"n{number}") for number in range(250)]
    robot = server.add_member(scene.guild, "robot", bot=True)
    async with scene.house() as app:
        await posted(app)
        where = scene.place.id, scene.messages[1].id
        for number, member in enumerate(many):
            server.react_now(*where, member, "👍", burst=number % 50 == 0)
        server.react_now(*where, many[1], "👍", burst=True)
        server.react_now(*where, robot, "👍")
        for emoji in ("👍", "👎"):
            server.react_now(*where, scene.members[0], emoji)  # which came first nobody knows
    async with scene.house() as app, working(app), listening(app):
        await votes_come_to(app, {"👍": 250})
        asked = server.gateway_asks
        server.invalidate_sessions()
        server.react_now(*where, scene.members[1], "👎")  # nobody hears of it
        await votes_come_to(app, {"👍": 250, "👎": 1})
        assert server.identifies >= 2
        assert server.gateway_asks > asked  # the address was asked for anew
        server.drop_gateways()
        await until(lambda: server.resumes)
        server.react_now(*where, scene.members[2], "👎")
        await votes_come_to(app, {"👍": 250, "👎": 2})


async def test_one_malformed_event_does_not_end_the_bot(scene: Scene) -> None:
    server = scene.server
    async with scene.house() as app, working(app), listening(app):
        await posted(app)
        server.dispatch_raw({"t": "CHANNEL_UPDATE", "d": {"nonsense": True}})
        await until(lambda: server.identifies == 2)
        server.react_now(scene.place.id, scene.messages[1].id, scene.members[0], "👍")
        await votes_come_to(app, {"👍": 1})


async def test_a_lost_permission_pauses_the_channel_tells_the_owner_once_and_its_return_resumes(scene: Scene) -> None:
    server = scene.server
    async with scene.house(clock=FakeClock(datetime.now(UTC))) as app, listening(app):
        server.fail("POST", r"/messages$", "slow", seconds=0)
        digest = await composed(app)
        server.permit(scene.place, send_messages=False)
        for _ in range(3):
            await app.engine.deliver.digest(digest)
        await until(lambda: server.direct_messages(scene.guild.owner))
        paused = await channel(app)
        assert paused.lost
        assert paused.paused is not None
        assert "Send Messages" in paused.paused
        (notice,) = server.direct_messages(scene.guild.owner)
        assert "Send Messages" in notice.payload["content"]
        assert scene.messages == []
        server.permit(scene.place, send_messages=True)

        await becomes(app, lost=False)
        await app.engine.deliver.digest(digest)
        assert await state(app, digest) == "posted"
        assert len(scene.messages) == 4


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda s: s.server.permit(s.place, view_channel=False), "View Channel"),
        (lambda s: s.server.permit(s.place, send_messages=False), "Send Messages"),
        (lambda s: s.server.delete_channel(s.place), "config.toml"),
        (lambda s: setattr(s.place, "kind", 15), "text channel"),
        (lambda s: setattr(s.place, "locked", True), "unlock"),
        (lambda s: setattr(s.guild, "removed", True), "config.toml"),
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


async def test_an_owner_who_takes_no_direct_messages_ends_nothing(scene: Scene) -> None:
    scene.server.close_dms(scene.guild.owner)
    scene.server.permit(scene.place, send_messages=False)
    async with scene.house() as app:
        await posted(app)
        assert (await channel(app)).lost


async def test_seeds_that_cannot_be_put_there_leave_the_digest_posted(scene: Scene) -> None:
    scene.server.permit(scene.place, add_reactions=False)
    async with scene.house() as app:
        digest = await posted(app)
        assert await state(app, digest) == "posted"
        assert (await channel(app)).paused is None
    assert len(scene.messages) == 4


async def test_a_message_that_has_all_its_twenty_reactions_or_is_gone_is_left_as_it_is(scene: Scene) -> None:
    async with scene.house(more="seed = []") as app:
        await posted(app)
        refs = [(await _refs(app))[n] for n in (1, 2)]
        full, gone = scene.messages[1], scene.messages[2]
        for number in range(20):
            scene.server.react_now(scene.place.id, full.id, scene.members[0], chr(0x1F600 + number))
        scene.server.delete_message(scene.place.id, gone.id)
        for ref in refs:
            await app.platforms["discord"].seed(ref, ["👍", "👎"])
    assert len(full.reactions) == 20


@pytest.mark.parametrize("layout", ["messages", "thread"])
async def test_an_article_that_is_removed_is_deleted_and_the_same_again_is_no_error(scene: Scene, layout: str) -> None:
    async with scene.house(more=f'layout = "{layout}"') as app:
        await posted(app)
        async with app.store.read() as view:
            refs = {posting.message.article: ref for ref, posting in await view.outbox.refs(1) if posting.message}
        team = await channel(app)
        for _ in range(2):
            assert await app.engine.remove.article(team, 2) == "taken_away"
        left = {one.id for place in {ref.place for ref in refs.values()} for one in scene.server.messages(place)}
    assert left & {ref.message for ref in refs.values()} == {ref.message for n, ref in refs.items() if n != 2}


async def _refs(app: App):
    async with app.store.read() as view:
        return [ref for ref, _ in await view.outbox.refs(1)]


async def test_slow_mode_puts_the_rest_off_and_loses_nothing(scene: Scene) -> None:
    scene.place.slowmode = 1
    async with scene.house() as app:
        digest = await posted(app)
        assert await state(app, digest) == "posted"
    assert len(scene.messages) == 4


@pytest.mark.parametrize("how", ["error_after", "drop_after", "bad_json"])
async def test_an_answer_that_was_lost_leaves_no_double(scene: Scene, how: str) -> None:
    scene.server.fail("POST", r"/messages$", how)
    async with scene.house(clock=FakeClock(datetime.now(UTC))) as app:
        digest = await posted(app, tries=2)
        assert await state(app, digest) == "posted"
    assert len(scene.messages) == 4


@pytest.mark.parametrize("how", ["drop_before", "503", "429", "429_global", "429_cloudflare"])
async def test_a_message_that_was_not_taken_is_posted_later(scene: Scene, how: str) -> None:
    scene.server.fail("POST", r"/messages$", how)
    async with scene.house(clock=FakeClock(datetime.now(UTC))) as app:
        digest = await posted(app, tries=7)
        assert await state(app, digest) == "posted"
    assert len(scene.messages) == 4


async def test_past_the_nonces_window_the_marker_in_the_history_is_what_finds_a_message(scene: Scene) -> None:
    server = scene.server
    server.honour_nonce = False  # as it is some minutes later
    server.fail("POST", r"/messages$", "drop_after")
    async with scene.house(clock=FakeClock(datetime.now(UTC))) as app:
        for number in range(230):  # a busy channel: the message is not on the first page
            server.put_message(scene.place, {"content": f"chat {number}"}, server.world.users[scene.members[0]])
        digest = await composed(app)
        await app.engine.deliver.digest(digest)
        for number in range(230):
            server.put_message(scene.place, {"content": f"more {number}"}, server.world.users[scene.members[0]])
        app.clock.advance(minutes=5)  # type: ignore[attr-defined]
        await app.engine.deliver.digest(digest)
        assert await state(app, digest) == "posted"
    assert len([message for message in scene.messages if message.author_id == server.bot_id]) == 4


async def test_a_message_that_was_deleted_before_it_was_saved_counts_as_posted(scene: Scene) -> None:
    server = scene.server
    server.fail("POST", r"/messages$", "drop_after")
    async with scene.house(clock=FakeClock(datetime.now(UTC))) as app:
        digest = await composed(app)
        await app.engine.deliver.digest(digest)
        server.delete_message(scene.place.id, scene.messages[0].id)
        app.clock.advance(minutes=1)  # type: ignore[attr-defined]
        await app.engine.deliver.digest(digest)
        assert await state(app, digest) == "posted"
    assert len(scene.messages) == 3


async def test_where_history_may_not_be_read_a_message_of_unknown_fate_waits_for_a_human(scene: Scene) -> None:
    server = scene.server
    server.permit(scene.place, read_message_history=False)
    server.fail("POST", r"/messages$", "drop_after")
    clock = FakeClock(datetime(2026, 1, 1, tzinfo=UTC))  # long ago: past what the nonce covers
    async with scene.house(clock=clock) as app:
        digest = await posted(app, tries=3)
        assert await state(app, digest) == "composed"
        async with app.store.read() as view:
            assert await view.outbox.waiting(app.clock.now(), 10) == ()
    assert len(scene.messages) == 1


async def test_in_a_thread_the_articles_are_under_the_header_and_votes_count_there(scene: Scene) -> None:
    server = scene.server
    async with scene.house(more='layout = "thread"') as app, listening(app):
        digest = await posted(app)
        assert await state(app, digest) == "posted"
        (header,) = scene.messages
        assert header.thread is not None
        articles = server.messages(header.thread)
        assert len(articles) == 3
        assert server.world.channels[header.thread].name.startswith("team digest · 20")
        await server.react(header.thread, articles[0].id, scene.members[0], "👍")
        await votes_come_to(app, {"👍": 1})
        reply = await server.command(server.world.channels[header.thread], scene.members[0], "votes")
        assert "👍 1" in str(reply.messages)


async def test_a_thread_that_is_deleted_amid_the_digest_ends_the_digest_and_not_the_channel(scene: Scene) -> None:
    server = scene.server
    async with scene.house(more='layout = "thread"') as app:
        digest = await composed(app)

        def delete(method: str, path: str, _body: object) -> None:
            if path.endswith("/threads"):
                server.world.channels[path.split("/")[4]].deleted = True

        server.on_commit = delete
        await app.engine.deliver.digest(digest)
        assert await state(app, digest) == "posted"
        assert (await channel(app)).paused is None


@pytest.mark.parametrize(("code", "said"), [(4004, "token"), (4013, "intents"), (4014, "intents")])
async def test_a_start_that_discord_refuses_ends_with_what_to_do(scene: Scene, code: int, said: str) -> None:
    scene.server.refuse_identify(code)
    async with scene.house() as app:
        with pytest.raises(ConfigError, match=said):
            async with listening(app):
                pass


async def test_a_wrong_token_is_told_at_once(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "another")
    async with scene.house() as app:
        with pytest.raises(Exception, match="DISCORD_TOKEN"):
            async with listening(app):
                pass


async def test_commands_are_sent_once_and_again_only_when_they_changed(scene: Scene) -> None:
    for _ in range(2):
        async with scene.house() as app, listening(app):
            pass
    assert scene.server.command_syncs == 1
    assert scene.server.commands[0]["name"] == "article"


async def test_a_channel_that_is_deleted_under_a_message_of_unknown_fate_is_paused_and_asks_no_human(
    scene: Scene,
) -> None:
    scene.server.fail("POST", r"/messages$", "drop_after")
    async with scene.house(clock=FakeClock(datetime(2026, 1, 1, tzinfo=UTC))) as app:
        digest = await posted(app)
        scene.server.delete_channel(scene.place)
        await app.engine.deliver.digest(digest)
        async with app.store.read() as view:
            assert (await view.schedules.in_state("composed", 1))[0].id == digest
        assert (await channel(app)).lost


async def test_every_configured_admin_is_told_though_one_takes_no_direct_messages(scene: Scene) -> None:
    shy, open_one = scene.members[:2]
    scene.server.close_dms(shy)
    scene.server.permit(scene.place, send_messages=False)
    async with scene.house(more=f'admins = ["{shy}", "{open_one}"]') as app:
        await posted(app)
    assert len(scene.server.direct_messages(open_one)) == 1
    assert scene.server.direct_messages(scene.guild.owner) == []


async def test_a_lock_that_is_told_by_the_gateway_pauses_and_its_opening_resumes(scene: Scene) -> None:
    async with scene.house(more='layout = "thread"') as app, listening(app):
        scene.server.permit(scene.place, create_public_threads=False)
        await becomes(app, lost=True)
        assert "Create Public Threads" in ((await channel(app)).paused or "")
        scene.server.permit(scene.place, create_public_threads=True)
        await becomes(app, lost=False)


async def test_a_message_that_is_gone_does_not_keep_the_others_from_being_read(scene: Scene) -> None:
    async with scene.house(more="seed = []") as app:
        digest = await posted(app)
        first, second = scene.messages[1:3]
        for message in (first, second):
            scene.server.react_now(scene.place.id, message.id, scene.members[0], "👍")
        rest = app.platforms["discord"]._rest  # type: ignore[attr-defined]
        get = rest.get

        async def deleting(path, **given):  # between the two readings
            if path.endswith("/reactions/{emoji}") and given["message_id"] == first.id:
                scene.server.delete_message(scene.place.id, first.id)
            return await get(path, **given)

        rest.get = deleting
        assert await app.engine.reread.digest(digest) == 1
        assert await tally(app) == {"👍": 1}


async def test_a_header_that_is_deleted_before_its_thread_is_there_leaves_the_articles_unposted(scene: Scene) -> None:
    server = scene.server
    async with scene.house(more='layout = "thread"') as app:
        digest = await composed(app)

        def delete(_method: str, path: str, _body: object) -> None:
            if path.endswith("/messages"):
                server.delete_message(scene.place.id, scene.messages[0].id)

        server.on_commit = delete
        await app.engine.deliver.digest(digest)
        assert await state(app, digest) == "posted"
        async with app.store.read() as view:
            assert len((await view.outbox.digest(digest)).messages) == 1  # the header alone
    assert scene.messages == []
