"""Slash commands on Discord: the tree that is sent there, and each use of one from interaction to reply."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

import aiohttp
import discord
import structlog
from discord.http import HTTPClient, Route

from adapters.discord.errors import UNKNOWN_INTERACTION, error_of
from adapters.discord.format import reply_payloads
from adapters.discord.permissions import THREAD_KINDS
from adapters.discord.reactions import PLATFORM
from bot.errors import StorageError
from bot.model import Argument, Command, CommandSpec, Reply
from bot.ports import Listener, Vault

_log = structlog.get_logger(__name__)
Say = Callable[..., str]
Json = Mapping[str, Any]
Tree = list[dict[str, object]]

_SUBCOMMAND, _STRING = 1, 3  # kinds of options
_COMMAND, _AUTOCOMPLETE = 2, 4  # kinds of interactions
_MESSAGE, _DEFERRED, _CHOICES = 4, 5, 8  # kinds of first answers
_EPHEMERAL = 1 << 6
_ADMIN = discord.Permissions(administrator=True).value | discord.Permissions(manage_guild=True).value
_MANAGE_GUILD = discord.Permissions(manage_guild=True).value
_UNKNOWN_WEBHOOK, _ACKNOWLEDGED = 10015, 40060  # the interaction is over; it was answered before
_LONGEST_HELP = 100
_LONGEST_TYPED = 4000
_PATIENCE = 1.5  # seconds until an answer is put off; Discord waits for 3
_LOCALES = {"zh-TW": "zh-Hant", "zh-CN": "zh-Hans", "en-US": "en", "en-GB": "en", "es-ES": "es", "pt-BR": "pt"}
_TRANSLATED = {"zh-TW": "zh-Hant", "ja": "ja", "de": "de"}  # the catalogues that there are, by Discord's names


# ------------------------------------------------------------ the tree


def command_tree(specs: Sequence[CommandSpec], say: Say) -> Tree:
    """The body of `PUT /applications/{id}/commands`: a command for each first word, its second words below it.

    Where most of a command is for admins, Discord shows it to who may manage the server alone, until the server's own
    settings say otherwise; the others it shows to all, and the engine refuses what is not for everybody.
    """
    heads: dict[str, list[CommandSpec]] = {}
    for spec in specs:
        heads.setdefault(spec.name.split()[0], []).append(spec)
    return [_command(head, below, say) for head, below in heads.items()]


def _command(head: str, specs: Sequence[CommandSpec], say: Say) -> dict[str, object]:
    whole = len(specs) == 1 and specs[0].name == head
    mostly_admins = sum(spec.admin for spec in specs) * 3 > len(specs) * 2  # what members use too stays in sight
    options = _arguments(specs[0].arguments, say) if whole else [_subcommand(spec, say) for spec in specs]
    return {
        "name": head,
        "type": 1,
        **_described(f"command.help.{head}", say),
        "options": options,
        "default_member_permissions": _MANAGE_GUILD if mostly_admins else None,
        "contexts": [0],
        "integration_types": [0],
    }


def _subcommand(spec: CommandSpec, say: Say) -> dict[str, object]:
    help_key = f"command.help.{spec.name.replace(' ', '_')}"
    return {
        "type": _SUBCOMMAND,
        "name": spec.name.split()[1],
        **_described(help_key, say),
        "options": _arguments(spec.arguments, say),
    }


def _arguments(arguments: Sequence[Argument], say: Say) -> list[dict[str, object]]:
    return [
        {
            "type": _STRING,
            "name": argument.name,
            **_described(f"command.option.{argument.name}", say),
            "required": argument.required,
            "autocomplete": argument.kind != "text",
        }
        for argument in sorted(arguments, key=lambda argument: not argument.required)
    ]


def _described(key: str, say: Say) -> dict[str, object]:
    return {
        "description": say(key, "en")[:_LONGEST_HELP],
        "description_localizations": {name: say(key, ours)[:_LONGEST_HELP] for name, ours in _TRANSLATED.items()},
    }


async def sync(http: HTTPClient, application: str, tree: Tree, vault: Vault) -> bool:
    """Sends the tree where it is not what was sent last. Discord allows 200 new commands a day.

    The bot does its work without them too: where Discord does not take them, they are sent at the next start.
    """
    digest = tree_hash(tree)
    try:
        kept = await vault.get(application, "commands")
    except StorageError:  # sealed under another secret
        kept = None
    if kept == digest:
        return False
    try:
        await http.bulk_upsert_global_commands(application, tree)
    except Exception as error:
        _log.warning("commands could not be sent to Discord", reason=str(error_of(error)))
        return False
    try:
        await vault.put(application, "commands", digest)
    except StorageError as error:
        _log.warning("that the commands were sent could not be kept", reason=str(error))
    return True


def tree_hash(tree: Tree) -> bytes:
    return blake2b(json.dumps(tree, sort_keys=True).encode(), digest_size=16).digest()


# ------------------------------------------------------------ an interaction


def command_of(interaction: Json, specs: Sequence[CommandSpec]) -> Command:
    """The command that a member typed; while they type, what they have so far, the unfinished word last.

    Discord gives the arguments in the order in which they were filled in: they are put in that of the spec.
    """
    data, member = interaction["data"], interaction["member"]
    words, options = [], data.get("options") or []
    while options and options[0]["type"] == _SUBCOMMAND:
        words.append(options[0]["name"])
        options = options[0].get("options") or []
    name = " ".join([data["name"], *words])
    order = [argument.name for spec in specs if spec.name == name for argument in spec.arguments]
    typed = [option for known in order for option in options if option["name"] == known]
    words += [str(option["value"]) for option in sorted(typed, key=lambda option: bool(option.get("focused")))]
    channel = interaction.get("channel") or {}
    in_thread = channel.get("type") in THREAD_KINDS and channel.get("parent_id")
    return Command(
        name=data["name"],
        text=" ".join(words)[:_LONGEST_TYPED],
        platform=PLATFORM,
        workspace=str(interaction.get("guild_id") or ""),
        place=str(channel["parent_id"] if in_thread else interaction.get("channel_id") or ""),
        member=str(member["user"]["id"]),
        admin=bool(int(member.get("permissions") or 0) & _ADMIN),
        locale=_locale(interaction.get("locale")),
        thread=str(interaction["channel_id"]) if in_thread else None,
    )


def _locale(discords: str | None) -> str | None:
    return _LOCALES.get(discords, discords) if discords else None


class Interactions:
    """`patience`: seconds that an answer may take before Discord is told to wait for it."""

    def __init__(
        self,
        listener: Listener,
        specs: Sequence[CommandSpec],
        *,
        http: HTTPClient,
        say: Say,
        patience: float = _PATIENCE,
    ) -> None:
        self._listener = listener
        self._specs = specs
        self._public = {spec.name for spec in specs if not spec.private}
        self._http = http
        self._say = say
        self._patience = patience

    async def on(self, interaction: Json) -> None:
        """Answers a command or an autocomplete. Nothing that goes wrong here reaches the caller."""
        try:
            if interaction["type"] == _COMMAND:
                await self._answer(interaction)
            elif interaction["type"] == _AUTOCOMPLETE:
                await self._suggest(interaction)
        except discord.HTTPException as error:
            over = error.code in (UNKNOWN_INTERACTION, _UNKNOWN_WEBHOOK)
            tell = _log.info if over else _log.warning
            tell("an interaction could not be answered", reason=error.text, code=error.code)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:  # no traceback: it names the token
            _log.warning("an interaction could not be answered", reason=str(error_of(error)))
        except Exception:
            _log.exception("an interaction could not be answered")

    async def _suggest(self, interaction: Json) -> None:
        try:
            async with asyncio.timeout(self._patience):
                choices = await self._listener.suggest(command_of(interaction, self._specs))
        except Exception as error:  # nothing to suggest is better than an error while somebody types
            _log.info("no suggestions", error=f"{type(error).__name__}: {error}")
            choices = ()
        shown = [{"name": choice.label or choice.value, "value": choice.value} for choice in choices]
        await self._callback(interaction, _CHOICES, {"choices": shown})

    async def _answer(self, interaction: Json) -> None:
        command = command_of(interaction, self._specs)
        work = asyncio.create_task(self._reply(command))
        done, _ = await asyncio.wait((work,), timeout=self._patience)
        others: Sequence[Mapping[str, object]]
        if done:
            first, *others = reply_payloads(work.result())
            await self._callback(interaction, _MESSAGE, first)
        else:
            others = await self._answer_late(interaction, command, work)
        for payload in others:
            await self._hook("POST", "", interaction, payload)

    async def _answer_late(
        self, interaction: Json, command: Command, work: asyncio.Task[Reply]
    ) -> Sequence[Mapping[str, object]]:
        """Says that the answer takes a while, then gives it; what is left to follow. Who sees it is settled by the
        first word, so one that was to be for all and is for one comes as a new message."""
        public = f"{command.name} {command.text.partition(' ')[0]}" in self._public or command.name in self._public
        await self._callback(interaction, _DEFERRED, {"flags": 0 if public else _EPHEMERAL})
        reply = await work
        first, *others = reply_payloads(reply)
        if public and reply.private:
            await self._hook("DELETE", "/messages/@original", interaction)
            return [first, *others]
        flags = int(str(first["flags"])) & ~_EPHEMERAL  # settled already, and refused in a change
        await self._hook("PATCH", "/messages/@original", interaction, {**first, "flags": flags})
        return others

    async def _reply(self, command: Command) -> Reply:
        try:
            return await self._listener.commanded(command)
        except Exception:
            _log.exception("a command failed", command=command.name)
            return Reply(text=self._say("command.trouble", command.locale or "en"), failed=True)

    async def _callback(self, interaction: Json, kind: int, data: Mapping[str, object]) -> None:
        route = Route(
            "POST",
            "/interactions/{webhook_id}/{webhook_token}/callback",
            webhook_id=interaction["id"],
            webhook_token=interaction["token"],
        )
        try:
            await self._http.request(route, json={"type": kind, "data": data})
        except discord.HTTPException as error:
            if error.code != _ACKNOWLEDGED:
                raise
            _log.info("an interaction was answered before")  # by a try of ours whose own answer was lost

    async def _hook(self, method: str, path: str, interaction: Json, body: Mapping[str, object] | None = None) -> None:
        route = Route(
            method,
            "/webhooks/{webhook_id}/{webhook_token}" + path,
            webhook_id=interaction["application_id"],
            webhook_token=interaction["token"],
        )
        await (self._http.request(route) if body is None else self._http.request(route, json=body))
