"""The local Discord's REST side, through the real discord.py: messages, nonces, reactions, threads, permissions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import discord
import pytest
from discord.http import HTTPClient, Route, handle_message_parameters

from tests.platforms.discord_server import Channel, DiscordServer, Guild, Spec
from tests.platforms.discord_server.routes import ROUTES


def _post(http: HTTPClient, place: str, **body: Any) -> Any:
    return http.request(Route("POST", "/channels/{channel_id}/messages", channel_id=place), json=body)


async def _refusal(awaited: Any) -> tuple[int, int]:
    """(status, code) of what Discord answers."""
    with pytest.raises(discord.HTTPException) as caught:
        await awaited
    return caught.value.status, caught.value.code


# ------------------------------------------------------------ the specification


def test_every_route_is_published(corpora: Path) -> None:
    spec = Spec.found()
    assert spec is not None
    assert {(route.method, route.template) for route in ROUTES} <= spec.routes()


async def test_what_the_specification_does_not_allow_is_noted(
    corpora: Path, server: DiscordServer, channel: Channel, http: HTTPClient
) -> None:
    await _post(http, channel.id, content="x", tts="yes")
    route = Route("GET", "/channels/{channel_id}/messages", channel_id=channel.id)
    await http.request(route, params={"limit": 5, "page": 2})
    with pytest.raises(discord.NotFound):
        await http.request(Route("GET", "/nowhere"))
    assert len(server.violations) == 3
    assert ["tts" in server.violations[0], "page" in server.violations[1], "no such route" in server.violations[2]] == [
        True
    ] * 3
    server.violations.clear()


async def test_without_the_specification_it_works_too(addresses: None) -> None:
    alone = DiscordServer(spec=None)
    await alone.start()
    Route.BASE = alone.api_url
    place = alone.add_channel(alone.add_guild(), "ai-team")
    http = HTTPClient(discord.utils.MISSING)
    await http.static_login(alone.token)
    await _post(http, place.id, content="x")
    await http.close()
    await alone.stop()
    assert len(alone.messages(place.id)) == 1


# ------------------------------------------------------------ messages


async def test_a_message_is_read_back_as_it_was_posted_but_for_its_nonce(
    server: DiscordServer, channel: Channel, http: HTTPClient
) -> None:
    embed = discord.Embed(title="t", description="d", url="https://example.org/", colour=5).set_footer(text="f")
    embed.add_field(name="n", value="v")
    with handle_message_parameters("hello", embeds=[embed], nonce=12345678901234567890) as params:
        made = await http.send_message(channel.id, params=params)
    assert made["nonce"] == 12345678901234567890 or made["nonce"] == "12345678901234567890"
    (read,) = await http.logs_from(channel.id, 50)
    assert "nonce" not in read
    assert (read["content"], read["embeds"][0]["fields"][0]["value"]) == ("hello", "v")
    assert server.messages(channel.id)[0].author_id == server.bot_id


async def test_the_same_nonce_is_the_same_message_for_a_while_and_in_its_channel(
    server: DiscordServer, guild: Guild, channel: Channel, http: HTTPClient
) -> None:
    body = {"content": "x", "nonce": "a" * 25, "enforce_nonce": True}
    first = await _post(http, channel.id, **body)
    again = await _post(http, channel.id, **body)
    assert again["id"] == first["id"]
    other = server.add_channel(guild, "other")
    assert (await _post(http, other.id, **body))["id"] != first["id"]
    server.delete_message(channel.id, first["id"])
    assert await _refusal(_post(http, channel.id, **body)) == (404, 10008)
    server.nonce_window = 0
    assert (await _post(http, channel.id, **body))["id"] != first["id"]
    server.nonce_window, server.honour_nonce = 120, False
    await _post(http, channel.id, **body)
    assert len(server.messages(channel.id)) == 2


async def test_components_v2_are_given_back_with_ids(server: DiscordServer, channel: Channel, http: HTTPClient) -> None:
    view = discord.ui.LayoutView()
    text, link = discord.ui.TextDisplay("**one**", id=7), discord.ui.Button(label="go", url="https://example.org/")
    picture = discord.ui.Thumbnail("https://example.org/a.png")
    section = discord.ui.Section("two", accessory=picture)
    view.add_item(discord.ui.Container(text, discord.ui.Separator(), section, discord.ui.ActionRow(link)))
    with handle_message_parameters(view=view, nonce=1) as params:
        await http.send_message(channel.id, params=params)
    (read,) = await http.logs_from(channel.id, 50)
    assert read["flags"] & 1 << 15
    (container,) = read["components"]
    assert [one["type"] for one in container["components"]] == [10, 14, 9, 1]
    assert container["components"][0]["id"] == 7
    changed = {"components": [{"type": 10, "content": "new"}], "flags": 0}
    route = Route("PATCH", "/channels/{channel_id}/messages/{message_id}", channel_id=channel.id, message_id=read["id"])
    after = await http.request(route, json=changed)
    assert after["flags"] & 1 << 15  # it cannot be taken away
    assert after["edited_timestamp"]


async def test_a_history_is_read_newest_first_and_around_and_past_a_message(
    server: DiscordServer, channel: Channel, http: HTTPClient
) -> None:
    ids = [server.put_message(channel, {"content": str(number)}).id for number in range(10)]

    async def read(limit: int, **where: str) -> list[int]:
        return [ids.index(one["id"]) for one in await http.logs_from(channel.id, limit, **where)]

    assert await read(3) == [9, 8, 7]
    assert await read(3, before=ids[5]) == [4, 3, 2]
    assert await read(3, after=ids[5]) == [8, 7, 6]
    assert await read(3, after=ids[8]) == [9]
    assert await read(4, around=ids[5]) == [6, 5, 4, 3]
    server.permit(channel, read_message_history=False)
    assert await read(3) == []


async def test_what_others_wrote_is_hidden_without_the_intent(
    server: DiscordServer, channel: Channel, http: HTTPClient
) -> None:
    ada = server.world.users[server.add_member(channel.guild, "ada")]
    server.put_message(channel, {"content": "secret"}, ada)
    server.put_message(channel, {"content": f"hi <@{server.bot_id}>"}, ada)
    assert [one["content"] for one in await http.logs_from(channel.id, 5)] == [f"hi <@{server.bot_id}>", ""]


async def test_who_would_be_pinged_is_noted(server: DiscordServer, channel: Channel, http: HTTPClient) -> None:
    await _post(http, channel.id, content=r"\@everyone <@5> <@&6> <@!7>", allowed_mentions={"parse": []})
    assert server.pings == []
    await _post(
        http, channel.id, content=r"\@everyone <@5> <@&6>", allowed_mentions={"parse": ["roles"], "users": ["5"]}
    )
    assert server.pings == ["<@5>", "<@&6>"]
    await _post(http, channel.id, flags=1 << 15, components=[{"type": 10, "content": "`@here`"}])
    assert server.pings == ["<@5>", "<@&6>", "@here"]


async def test_direct_messages_can_be_closed(server: DiscordServer, guild: Guild, http: HTTPClient) -> None:
    ada = server.add_member(guild, "ada")
    place = (await http.start_private_message(int(ada)))["id"]
    await _post(http, place, content="hello")
    assert [one.payload["content"] for one in server.direct_messages(ada)] == ["hello"]
    server.close_dms(ada)
    assert await _refusal(_post(http, place, content="hello")) == (403, 50007)


# ------------------------------------------------------------ reactions


async def test_reactors_are_paged_by_id_and_by_kind(server: DiscordServer, channel: Channel, http: HTTPClient) -> None:
    message = server.put_message(channel, {"content": "vote"})
    members = [server.add_member(channel.guild, f"m{number}") for number in range(130)]
    for member in reversed(members):
        server.react_now(channel.id, message.id, member, "👍")
    server.react_now(channel.id, message.id, members[0], "👍", burst=True)
    await http.add_reaction(channel.id, message.id, "👍")

    async def page(limit: int, after: str | None = None, kind: int = 0) -> list[str]:
        found = await http.get_reaction_users(channel.id, message.id, "👍", limit, after, type=kind)
        return [one["id"] for one in found]

    everybody = sorted([*members, server.bot_id], key=int)
    assert await page(100) == everybody[:100]
    assert await page(100, after=everybody[99]) == everybody[100:]
    assert await page(100, kind=1) == [members[0]]
    (read,) = await http.logs_from(channel.id, 1)
    assert (read["reactions"][0]["count"], read["reactions"][0]["me"]) == (132, True)
    await http.remove_own_reaction(channel.id, message.id, "👍")
    assert server.bot_id not in message.reactions["👍"]


async def test_a_reaction_can_be_refused(server: DiscordServer, channel: Channel, http: HTTPClient) -> None:
    ada = server.add_member(channel.guild, "ada")
    message = server.put_message(channel, {"content": "vote"}, server.world.users[ada])
    where = channel.id, message.id
    assert await _refusal(http.add_reaction(*where, "nothing")) == (400, 10014)
    assert await _refusal(http.add_reaction(*where, "party:123456789012345678")) == (400, 10014)
    own = server.add_emoji(channel.guild, "party")
    await http.add_reaction(*where, own)
    assert list(message.reactions) == [own]
    server.permit(channel, add_reactions=False)
    assert await _refusal(http.add_reaction(*where, "👍")) == (403, 50013)
    server.react_now(*where, ada, "👍")
    await http.add_reaction(*where, "👍")  # which is there already
    server.permit(channel, add_reactions=True)
    for number in range(18):
        server.react_now(*where, ada, chr(0x1F600 + number))
    assert await _refusal(http.add_reaction(*where, "👎")) == (400, 30010)
    server.block(ada)
    assert await _refusal(http.add_reaction(*where, chr(0x1F600))) == (403, 90001)
    server.permit(channel, read_message_history=False)
    assert await _refusal(http.add_reaction(*where, "👍")) == (403, 50013)


# ------------------------------------------------------------ places


async def test_a_channel_can_be_closed_to_the_bot(
    server: DiscordServer, guild: Guild, channel: Channel, http: HTTPClient
) -> None:
    for permission, code in (("send_messages", 50013), ("view_channel", 50001)):
        server.permit(channel, **{permission: False})
        assert await _refusal(_post(http, channel.id, content="x")) == (403, code)
        server.permit(channel, **{permission: True})
    server.permit(channel, embed_links=False)
    assert await _refusal(_post(http, channel.id, embeds=[{"title": "t"}])) == (403, 50013)
    assert await _refusal(_post(http, "123", content="x")) == (404, 10003)
    assert await _refusal(_post(http, server.add_channel(guild, "f", kind=15).id, content="x")) == (400, 50008)
    server.remove_bot(guild)
    assert await _refusal(_post(http, channel.id, content="x")) == (403, 50001)
    assert await _refusal(http.get_guild(int(guild.id))) == (404, 10004)
    server.return_bot(guild)
    server.delete_channel(channel)
    assert await _refusal(_post(http, channel.id, content="x")) == (404, 10003)
    server.revoke_token()
    assert await _refusal(_post(http, channel.id, content="x")) == (401, 0)
    assert server.invalid_requests == 5


async def test_a_thread_has_its_messages_id_and_opens_again_unless_it_is_locked(
    server: DiscordServer, channel: Channel, http: HTTPClient
) -> None:
    message = await _post(http, channel.id, content="header")
    where = {"channel_id": channel.id, "message_id": message["id"]}
    route = Route("POST", "/channels/{channel_id}/messages/{message_id}/threads", **where)
    made = await http.request(route, json={"name": "talk", "auto_archive_duration": 60})
    assert made["id"] == message["id"]
    assert await _refusal(http.request(route, json={"name": "talk"})) == (400, 160004)
    thread = server.world.channels[made["id"]]
    said = await _post(http, made["id"], content="x")
    server.archive(thread)
    assert await _refusal(http.add_reaction(made["id"], said["id"], "👍")) == (400, 50083)
    await _post(http, made["id"], content="y")
    assert not thread.archived
    server.archive(thread, locked=True)
    assert await _refusal(_post(http, made["id"], content="z")) == (403, 160005)
    assert [one.payload["content"] for one in server.messages(made["id"])] == ["x", "y"]
    assert [one["type"] for one in await http.logs_from(made["id"], 5)] == [0, 0, 21]  # the last is Discord's own
    server.permit(channel, send_messages_in_threads=False)
    assert await _refusal(_post(http, made["id"], content="z")) == (403, 50013)


async def test_a_forum_takes_posts_that_are_threads(server: DiscordServer, guild: Guild, http: HTTPClient) -> None:
    forum = server.add_channel(guild, "forum", kind=15)
    route = Route("POST", "/channels/{channel_id}/threads", channel_id=forum.id)
    made = await http.request(route, json={"name": "post", "message": {"content": "x"}})
    assert made["message"]["id"] == made["id"]
    assert len(server.messages(made["id"])) == 1


async def test_slow_mode_binds_a_bot_that_does_not_manage_messages(
    server: DiscordServer, guild: Guild, http: HTTPClient
) -> None:
    slow = server.add_channel(guild, "slow", slowmode=21600)
    http.max_ratelimit_timeout = 30
    await _post(http, slow.id, content="x")
    with pytest.raises(discord.RateLimited):
        await _post(http, slow.id, content="x")
    assert server.too_many == 0
    server.permit(slow, manage_messages=True)
    await _post(http, slow.id, content="x")
