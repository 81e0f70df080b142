"""Slash commands on Discord: the tree as its specification wants it, what an interaction means, how it is answered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import discord
import jsonschema_rs
import pytest

from adapters.discord.commands import Interactions, command_of, command_tree, sync, tree_hash
from bot.commands import SPECS
from bot.errors import StorageError
from bot.locales import say
from bot.model import Choice, Command, Message, Reply
from tests.fakes.house import FakeHouse, FakeVault

CALLBACK, HOOK = "/interactions/7/secret/callback", "/webhooks/99/secret"
ORIGINAL = f"{HOOK}/messages/@original"
EPHEMERAL, COMPONENTS = 1 << 6, 1 << 15
LONG = Reply(
    messages=tuple(
        Message(kind="article", title=f"Article {n}", takeaways=("A rather long one. " * 25,) * 6) for n in range(4)
    ),
    private=False,
)
Valid = Callable[[str, object], None]


@pytest.fixture(scope="module")
def valid(corpora: Path) -> Valid:
    """Raises where a value is not as Discord's published specification wants it."""
    spec = json.loads((corpora / "platforms" / "discord" / "openapi.json").read_bytes())

    def judge(schema: str, value: object) -> None:
        whole = {"$ref": f"#/components/schemas/{schema}", "components": spec["components"]}
        jsonschema_rs.Draft202012Validator(whole, validate_formats=False).validate(value)

    return judge


# ------------------------------------------------------------ the tree


TREE = command_tree(SPECS, say)


def everything(options: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Commands and options of every depth."""
    return [one for option in options for one in (option, *everything(option.get("options", ())))]


def test_the_tree_is_as_the_specification_wants_it(valid: Valid) -> None:
    for command in TREE:
        valid("ApplicationCommandUpdateRequest", command)
    for part in everything(TREE):
        assert part["name"] == part["name"].lower()
        assert 1 <= len(part["description"]) <= 100
        assert 1 <= len(part["description_localizations"]["zh-TW"]) <= 100
        required = [option.get("required", False) for option in part.get("options", ())]
        assert required == sorted(required, reverse=True), part["name"]


def test_every_command_has_its_place_in_the_tree() -> None:
    found = [
        " ".join(filter(None, (command["name"], sub["name"] if sub["type"] == 1 else "")))
        for command in everything(TREE)
        if command["type"] == 1 and "contexts" in command
        for sub in (command["options"] or [{"type": 0, "name": ""}])
    ]
    assert sorted(set(found)) == sorted(spec.name for spec in SPECS)
    assert {command["name"]: command["default_member_permissions"] for command in TREE} == {
        "article": None,
        "digest": None,
        "sources": 32,
        "schedule": 32,
        "votes": None,
        "why": None,
        "forget": None,
        "help": None,
    }
    assert all((command["contexts"], command["integration_types"]) == ([0], [0]) for command in TREE)


def test_what_can_be_suggested_is_asked_for_while_a_member_types() -> None:
    strings = {(one["name"], one["autocomplete"]) for one in everything(TREE) if one["type"] == 3}
    assert strings == {
        ("article", True),
        ("source", True),
        ("zone", True),
        ("url", False),
        ("cron", False),
        ("outcome", False),
        ("last", False),
        ("me", False),
    }


def test_words_longer_than_discord_takes_are_cut() -> None:
    for part in everything(command_tree(SPECS, lambda key, locale: f"{locale} {key} " * 50)):
        assert len(part["description"]) == len(part["description_localizations"]["zh-TW"]) == 100


# ------------------------------------------------------------ what an interaction means


def interaction(name: str = "help", *options: dict[str, Any], kind: int = 2, **more: Any) -> dict[str, Any]:
    member = {"user": {"id": "42"}, "permissions": str(1 << 11)}
    return {
        "id": "7",
        "application_id": "99",
        "token": "secret",
        "type": kind,
        "data": {"id": "1", "name": name, "type": 1, "options": list(options)},
        "guild_id": "5",
        "channel_id": "6",
        "channel": {"type": 0, "parent_id": "4"},  # of a text channel it is the category
        "member": member,
        "locale": "en-US",
        **more,
    }


def sub(name: str, *options: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "type": 1, "options": list(options)}


def typed(name: str, value: str, *, focused: bool = False) -> dict[str, Any]:
    return {"name": name, "type": 3, "value": value, **({"focused": True} if focused else {})}


@pytest.mark.parametrize(
    ("given", "name", "text"),
    [
        (interaction(), "help", ""),
        (interaction("article", typed("article", "open models")), "article", "open models"),
        (interaction("digest", sub("now")), "digest", "now"),
        (interaction("sources", sub("add", typed("url", "https://x.org"))), "sources", "add https://x.org"),
        (interaction("sources", sub("remove", typed("source", "", focused=True))), "sources", "remove "),
        (interaction("schedule", sub("set", typed("cron", "0 9 * * 1"))), "schedule", "set 0 9 * * 1"),
        (
            interaction("schedule", sub("set", typed("zone", "Asia/Taipei"), typed("cron", "0 9 * * 1"))),
            "schedule",
            "set 0 9 * * 1 Asia/Taipei",
        ),
        (
            interaction("schedule", sub("set", typed("zone", "Eur", focused=True), typed("cron", "0 9 * * 1"))),
            "schedule",
            "set 0 9 * * 1 Eur",
        ),
        (interaction("nonsense", typed("x", "y")), "nonsense", ""),
        (interaction("article", typed("article", "a" * 9000)), "article", "a" * 4000),
    ],
)
def test_what_was_typed(given: dict[str, Any], name: str, text: str) -> None:
    command = command_of(given, SPECS)
    assert (command.name, command.text) == (name, text)
    assert (command.platform, command.workspace, command.member) == ("discord", "5", "42")


@pytest.mark.parametrize(
    ("permissions", "admin"), [("0", False), ("2048", False), ("8", True), ("32", True), (str(2**50 | 32), True)]
)
def test_who_may_manage_the_server_is_an_admin(permissions: str, *, admin: bool) -> None:
    given = interaction(member={"user": {"id": "42"}, "permissions": permissions})
    assert command_of(given, SPECS).admin == admin


@pytest.mark.parametrize(
    ("channel", "place", "thread"),
    [
        ({"type": 0, "parent_id": "4"}, "6", None),
        ({"type": 11, "parent_id": "4"}, "4", "6"),
        ({"type": 12, "parent_id": "4"}, "4", "6"),
        ({"type": 11, "parent_id": None}, "6", None),
        (None, "6", None),
    ],
)
def test_a_thread_belongs_to_the_channel_above_it(channel: object, place: str, thread: str | None) -> None:
    command = command_of(interaction(channel=channel), SPECS)
    assert (command.place, command.thread) == (place, thread)


@pytest.mark.parametrize(
    ("discords", "ours"), [("zh-TW", "zh-Hant"), ("en-US", "en"), ("en-GB", "en"), ("fr", "fr"), (None, None)]
)
def test_languages_have_our_names(discords: str | None, ours: str | None) -> None:
    assert command_of(interaction(locale=discords), SPECS).locale == ours


# ------------------------------------------------------------ how it is answered


class FakeHttp:
    """Remembers what it is sent. `errors` are raised by the next requests, in their order."""

    def __init__(self, *errors: Exception) -> None:
        self.sent: list[tuple[str, str, Any]] = []
        self.trees: list[object] = []
        self.errors = list(errors)

    async def request(self, route: discord.http.Route, *, json: object = None) -> None:
        self.sent.append((route.method, route.url.removeprefix(route.BASE), json))
        if self.errors:
            raise self.errors.pop(0)

    async def bulk_upsert_global_commands(self, application: str, tree: object) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.trees.append((application, tree))

    @property
    def told(self) -> list[tuple[str, str]]:
        return [(method, path) for method, path, _ in self.sent]


class Answering:
    """A listener that answers a command by `answer`, and suggests `choices` or raises them."""

    def __init__(self, answer: Callable[[], Awaitable[Reply]], choices: Sequence[Choice] | Exception = ()) -> None:
        self.commands: list[Command] = []
        self._answer, self._choices = answer, choices

    async def commanded(self, command: Command) -> Reply:
        self.commands.append(command)
        return await self._answer()

    async def suggest(self, command: Command) -> Sequence[Choice]:
        self.commands.append(command)
        if isinstance(self._choices, Exception):
            raise self._choices
        return self._choices


def at_once(reply: Reply) -> Callable[[], Awaitable[Reply]]:
    async def answer() -> Reply:
        return reply

    return answer


def later(http: FakeHttp, reply: Reply) -> Callable[[], Awaitable[Reply]]:
    """The reply, after Discord was told to wait for it."""

    async def answer() -> Reply:
        while not http.sent:
            await asyncio.sleep(0)
        return reply

    return answer


def refused(status: int, code: int) -> discord.HTTPException:
    response: Any = SimpleNamespace(status=status, reason="Reason", headers={})
    return discord.HTTPException(response, {"code": code, "message": "said by Discord"})


async def used(listener: object, http: FakeHttp, given: dict[str, Any], *, patience: float = 60) -> None:
    house: Any = FakeHouse()
    ours: Any = listener
    client: Any = http
    await Interactions(ours, SPECS, http=client, say=house.say, patience=patience).on(given)


async def test_a_quick_answer_is_given_at_once(valid: Valid) -> None:
    http = FakeHttp()
    listener = Answering(at_once(Reply(text="Done.")))
    await used(listener, http, interaction("digest", sub("next")))
    ((method, path, body),) = http.sent
    assert (method, path, body["type"]) == ("POST", CALLBACK, 4)
    assert body["data"]["flags"] == EPHEMERAL | COMPONENTS
    assert "Done" in str(body)
    assert listener.commands[0].text == "next"
    valid("CreateMessageInteractionCallbackRequest", body)


async def test_what_is_longer_than_a_message_follows_in_others() -> None:
    http = FakeHttp()
    await used(Answering(at_once(LONG)), http, interaction("article", typed("article", "x")))
    assert http.told[0] == ("POST", CALLBACK)
    assert http.told[1:] == [("POST", HOOK)] * (len(http.sent) - 1) != []
    assert "Article 0" in str(http.sent[0])
    assert "Article 3" in str(http.sent[-1])


async def test_a_slow_answer_is_put_off_and_takes_the_place_of_the_first_word(valid: Valid) -> None:
    http = FakeHttp()
    await used(Answering(later(http, Reply(text="Done."))), http, interaction("digest", sub("preview")), patience=0)
    assert http.told == [("POST", CALLBACK), ("PATCH", ORIGINAL)]
    deferral, change = (body for *_, body in http.sent)
    assert deferral == {"type": 5, "data": {"flags": EPHEMERAL}}
    assert change["flags"] == COMPONENTS
    assert "Done" in str(change)
    valid("CreateMessageInteractionCallbackRequest", deferral)
    valid("IncomingWebhookUpdateRequestPartial", change)


async def test_a_slow_answer_for_all_is_put_off_for_all_to_see() -> None:
    http = FakeHttp()
    await used(Answering(later(http, LONG)), http, interaction("article", typed("article", "x")), patience=0)
    assert http.sent[0][2] == {"type": 5, "data": {"flags": 0}}
    assert http.told[1] == ("PATCH", ORIGINAL)
    assert http.told[2:] == [("POST", HOOK)] * (len(http.sent) - 2) != []
    assert not any(body["flags"] & EPHEMERAL for *_, body in http.sent[2:])


async def test_a_private_answer_to_what_was_put_off_for_all_stays_private() -> None:
    http = FakeHttp()
    nothing = Reply(text="Nothing found.", failed=True)
    await used(Answering(later(http, nothing)), http, interaction("article", typed("article", "x")), patience=0)
    assert http.told == [("POST", CALLBACK), ("DELETE", ORIGINAL), ("POST", HOOK)]
    assert http.sent[2][2]["flags"] & EPHEMERAL


async def test_what_goes_wrong_is_told_in_private_and_logged(capsys: pytest.CaptureFixture[str]) -> None:
    async def fails() -> Reply:
        raise RuntimeError("out of luck")

    http = FakeHttp()
    await used(Answering(fails), http, interaction("article", typed("article", "x")))
    ((_, _, body),) = http.sent
    assert body["data"]["flags"] & EPHEMERAL
    assert "trouble" in str(body)
    assert "out of luck" in capsys.readouterr().out


@pytest.mark.parametrize(
    "error",
    [refused(404, 10062), refused(400, 50035), refused(503, 0), OSError("gone"), discord.RateLimited(99)],
)
@pytest.mark.parametrize("patience", [0, 60])
async def test_an_interaction_that_discord_does_not_take_is_forgotten(
    error: Exception, patience: float, capsys: pytest.CaptureFixture[str]
) -> None:
    http = FakeHttp(error)
    answer = later(http, Reply(text="Done.")) if patience == 0 else at_once(Reply(text="Done."))
    await used(Answering(answer), http, interaction(), patience=patience)
    await asyncio.sleep(0)
    assert http.told == [("POST", CALLBACK)]
    assert "secret" not in capsys.readouterr().out


async def test_the_answer_comes_though_it_was_put_off_twice() -> None:
    http = FakeHttp(refused(400, 40060))
    await used(Answering(later(http, Reply(text="Done."))), http, interaction(), patience=0)
    assert http.told == [("POST", CALLBACK), ("PATCH", ORIGINAL)]


async def test_suggestions_are_shown_while_a_member_types(valid: Valid) -> None:
    http = FakeHttp()
    choices = [Choice("Inference costs fall", "3"), Choice("", "4")]
    listener = Answering(at_once(Reply()), choices)
    await used(listener, http, interaction("why", typed("article", "infer", focused=True), kind=4))
    ((_, path, body),) = http.sent
    assert path == CALLBACK
    assert body == {
        "type": 8,
        "data": {"choices": [{"name": "Inference costs fall", "value": "3"}, {"name": "4", "value": "4"}]},
    }
    assert listener.commands[0].text == "infer"
    valid("ApplicationCommandAutocompleteCallbackRequest", body)


async def test_where_suggesting_goes_wrong_there_are_none() -> None:
    http = FakeHttp()
    listener = Answering(at_once(Reply()), StorageError("the database is locked"))
    await used(listener, http, interaction("why", typed("article", "x", focused=True), kind=4))
    assert http.sent == [("POST", CALLBACK, {"type": 8, "data": {"choices": []}})]


@pytest.mark.parametrize("given", [{}, {"type": 2}, interaction(kind=3), interaction(member=None)])
async def test_what_is_no_command_is_left_alone(given: dict[str, Any]) -> None:
    http = FakeHttp()
    await used(Answering(at_once(Reply(text="Done."))), http, given)
    assert http.sent == []


# ------------------------------------------------------------ when the tree is sent


async def synced(http: FakeHttp, vault: Any, tree: Any = TREE, application: str = "99") -> bool:
    client: Any = http
    return await sync(client, application, tree, vault)


async def test_the_tree_is_sent_once_until_it_changes() -> None:
    http, vault = FakeHttp(), FakeVault()
    assert await synced(http, vault)
    assert not await synced(http, vault)
    assert await synced(http, vault, TREE[:-1])
    assert await synced(http, vault, TREE[:-1], application="100")
    assert http.trees == [("99", TREE), ("99", TREE[:-1]), ("100", TREE[:-1])]


async def test_a_tree_that_discord_refused_is_sent_at_the_next_start() -> None:
    http, vault = FakeHttp(refused(500, 0)), FakeVault()
    assert not await synced(http, vault)
    assert await synced(http, vault)


async def test_a_vault_that_does_not_open_is_filled_anew() -> None:
    class Sealed(FakeVault):
        async def get(self, workspace: str, name: str) -> bytes | None:
            raise StorageError("sealed under another secret")

    vault = Sealed()
    assert await synced(FakeHttp(), vault)
    assert vault.kept == {("99", "commands"): tree_hash(TREE)}


def test_the_hash_is_that_of_the_tree_and_not_of_its_order_of_keys() -> None:
    turned = [dict(reversed(command.items())) for command in TREE]
    assert tree_hash(turned) == tree_hash(TREE) != tree_hash(TREE[1:])
