"""The local Discord's slash commands, buttons and autocomplete, through the real discord.py."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import discord
import pytest
from discord import app_commands
from discord.http import HTTPClient, Route

from tests.platforms.discord_server import Channel, DiscordServer

Watch = Callable[[], Any]


def _tree(client: discord.Client) -> app_commands.CommandTree:
    tree = app_commands.CommandTree(client)
    digest = app_commands.Group(name="digest", description="Digests")

    @digest.command(name="now", description="A digest now")
    async def now(interaction: discord.Interaction, count: int = 3) -> None:
        await interaction.response.defer(ephemeral=True)
        await asyncio.sleep(0.05)
        await interaction.followup.send(f"{count} articles in {interaction.locale.value}")
        await interaction.followup.send("and more", ephemeral=True)

    @tree.command(name="article", description="One article")
    async def article(interaction: discord.Interaction, article: str) -> None:
        await interaction.response.send_message(f"here is {article}", view=_buttons())

    @article.autocomplete("article")
    async def suggest(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"{typed}nce", value="7")]

    tree.add_command(digest)
    return tree


def _buttons() -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    button: discord.ui.Button[discord.ui.View] = discord.ui.Button(label="More", custom_id="more")

    async def pressed(interaction: discord.Interaction) -> None:
        await interaction.response.edit_message(content="pressed", view=None)

    button.callback = pressed  # type: ignore[method-assign]
    view.add_item(button)
    return view


async def test_commands_are_registered_deferred_followed_up_and_suggested(
    server: DiscordServer, channel: Channel, watch: Watch
) -> None:
    ada = server.add_member(channel.guild, "ada", manage_guild=True)
    async with watch() as watcher:
        synced = await _tree(watcher.client).sync()
        assert sorted(one.name for one in synced) == ["article", "digest"] == sorted(c["name"] for c in server.commands)
        assert server.command_syncs == 1
        answer = await server.command(channel, ada, "digest", "now", options={"count": 5}, locale="ja")
        assert answer.acked_after is not None
        assert answer.acked_after < 1
        assert (answer.deferred, answer.ephemeral) == (True, True)
        assert [one["content"] for one in answer.messages] == ["5 articles in ja", "and more"]
        assert answer.private == [True, True]
        assert server.messages(channel.id) == []
        choices = await server.autocomplete(channel, ada, "article", None, option="article", typed="infere")
        assert choices == [{"name": "inference", "value": "7"}]
        answer = await server.command(channel, ada, "article", options={"article": "7"})
        assert (answer.deferred, answer.ephemeral) == (False, False)
        (message,) = server.messages(channel.id)
        assert message.payload["content"] == "here is 7"
        answer = await server.button(channel, message.id, ada, "more")
        assert [one["content"] for one in answer.messages] == ["pressed"]
        assert message.payload["components"] == []
        silent = await server.command(channel, ada, "unknown", timeout=0.3)
        assert silent.acked_after is None


# ------------------------------------------------------------ by hand, for what discord.py does not do


async def _asked(server: DiscordServer, channel: Channel, **more: Any) -> tuple[asyncio.Task[Any], str, str]:
    """A command that nobody hears; (what comes of it, its id, its token)."""
    ada = server.add_member(channel.guild, "ada")
    asking = asyncio.create_task(server.command(channel, ada, "digest", "now", **more))
    await asyncio.sleep(0)
    (token, known), *_ = reversed(server.interactions._asked.items())
    return asking, known.id, token


def _callback(http: HTTPClient, number: str, token: str, body: dict[str, Any]) -> Any:
    template = "/interactions/{webhook_id}/{webhook_token}/callback"
    return http.request(Route("POST", template, webhook_id=number, webhook_token=token), json=body)


def _hook(server: DiscordServer, http: HTTPClient, token: str, method: str, path: str = "", **more: Any) -> Any:
    template = "/webhooks/{webhook_id}/{webhook_token}" + path
    return http.request(Route(method, template, webhook_id=server.application_id, webhook_token=token), **more)


async def _refusal(awaited: Any) -> int:
    with pytest.raises(discord.HTTPException) as caught:
        await awaited
    return caught.value.code


async def test_an_answer_is_given_once_and_in_time(server: DiscordServer, channel: Channel, http: HTTPClient) -> None:
    asking, number, token = await _asked(server, channel)
    assert await _refusal(_hook(server, http, token, "POST", json={"content": "early"})) == 10015
    await _callback(http, number, token, {"type": 4, "data": {"content": "first"}})
    assert await _refusal(_callback(http, number, token, {"type": 4, "data": {"content": "again"}})) == 40060
    assert await _refusal(_callback(http, number, "another", {"type": 4, "data": {"content": "x"}})) == 10062
    answer = await asking
    assert [one["content"] for one in answer.messages] == ["first"]
    asking, number, token = await _asked(server, channel, timeout=0.1)
    server.interactions._asked[token].began -= 4
    assert await _refusal(_callback(http, number, token, {"type": 5})) == 10062
    assert (await asking).acked_after is None


async def test_what_was_put_off_for_all_can_be_taken_back_and_said_to_one(
    server: DiscordServer, channel: Channel, http: HTTPClient
) -> None:
    asking, number, token = await _asked(server, channel)
    await _callback(http, number, token, {"type": 5, "data": {"flags": 0}})
    await asyncio.sleep(0.3)
    assert not asking.done()  # it waits for what was promised
    await _hook(server, http, token, "DELETE", "/messages/@original")
    await _hook(server, http, token, "POST", json={"content": "for you", "flags": 1 << 6})
    answer = await asking
    assert (answer.deferred, answer.ephemeral, answer.deleted) == (True, False, True)
    assert [one["content"] for one in answer.messages] == ["for you"]
    assert answer.private == [True]
    assert server.messages(channel.id) == []


async def test_the_first_follow_up_takes_the_place_of_what_was_put_off(
    server: DiscordServer, channel: Channel, http: HTTPClient
) -> None:
    asking, number, token = await _asked(server, channel)
    await _callback(http, number, token, {"type": 5})
    assert server.messages(channel.id) == []  # "… is thinking"
    made = await _hook(server, http, token, "POST", json={"content": "<@5> @everyone"})
    assert server.pings == ["<@5>"]  # an answer pings users only, where it does not say whom
    await _hook(server, http, token, "PATCH", "/messages/@original", json={"content": "changed"})
    read = await _hook(server, http, token, "GET", "/messages/@original")
    assert (read["id"], read["content"]) == (made["id"], "changed")
    assert [one["content"] for one in (await asking).messages] == ["changed"]
    assert [one.id for one in server.messages(channel.id)] == [made["id"]]


async def test_a_command_is_told_in_the_kinds_that_were_registered(
    server: DiscordServer, channel: Channel, http: HTTPClient
) -> None:
    ada = server.add_member(channel.guild, "ada")
    option = {"name": "where", "description": "a channel", "type": 7}
    command = {"name": "say", "description": "says", "type": 1, "options": [option]}
    await http.bulk_upsert_global_commands(server.application_id, [command])
    data = server.interactions.command_data(channel, "say", None, {"where": channel.id})
    assert data["options"] == [{"name": "where", "type": 7, "value": channel.id}]
    assert data["resolved"]["channels"][channel.id]["name"] == channel.name
    nested = server.interactions.command_data(channel, "digest", "show now", {"count": 3, "who": ada})
    assert nested["options"][0]["options"][0]["options"][0] == {"name": "count", "type": 4, "value": 3}


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Loud"},
        {"description": ""},
        {"description": "d" * 101},
        {"options": [{"name": f"o{n}", "description": "d", "type": 3, "required": n == 1} for n in range(2)]},
    ],
)
async def test_commands_that_discord_does_not_take_are_refused(
    server: DiscordServer, http: HTTPClient, wrong: dict[str, Any]
) -> None:
    command = {"name": "say", "description": "says", "type": 1} | wrong
    assert await _refusal(http.bulk_upsert_global_commands(server.application_id, [command])) == 50035
    assert server.violations
    server.violations.clear()
    assert server.commands == []
