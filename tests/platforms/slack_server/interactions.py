"""Slash commands and clicks: asks the app as Slack does, and gathers what it answers, by its response_url too."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.platforms.slack_server import chat, web_api
from tests.platforms.slack_server.calls import Refused
from tests.platforms.slack_server.outlet import Unreachable
from tests.platforms.slack_server.pings import pings
from tests.platforms.slack_server.world import Channel, Ephemeral, Message, User

if TYPE_CHECKING:
    from tests.platforms.slack_server import SlackServer

PATH = "/response/"
_USES = 5
_LIFE = 1800.0  # seconds
_TRIGGER_LIFE = 3.0
_CONTROL = frozenset(("response_type", "replace_original", "delete_original"))
_SHOWN = ("text", "blocks", "attachments", "markdown_text")


@dataclass
class Answer:
    """What a member sees after a command or a click. Awaited, it is there with the first word.

    `ack` is what the app answered at once (an object or None), `acked_after` the seconds until then; `error` what
    Slack told the member instead. `responses` are the bodies that came by `response_url`; `shown` what is to be seen.
    """

    kind: str
    channel: Channel
    user: User
    response_url: str
    trigger_id: str
    since: float
    ack: Any = None
    acked_after: float | None = None
    error: str | None = None
    responses: list[dict[str, Any]] = field(default_factory=list)
    shown: list[Message | Ephemeral] = field(default_factory=list)
    source: Message | Ephemeral | None = None
    uses: int = 0
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    _acked: asyncio.Event = field(default_factory=asyncio.Event)

    def __await__(self) -> Generator[Any, None, Answer]:
        return self.first().__await__()

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The payloads of what is to be seen now."""
        return [one.payload for one in self.shown if not one.deleted]

    @property
    def text(self) -> str:
        """Of all that is to be seen now."""
        return "\n".join(one.text for one in self.shown if not one.deleted)

    @property
    def private(self) -> list[bool]:
        """For each message, whether that member alone sees it."""
        return [isinstance(one, Ephemeral) for one in self.shown if not one.deleted]

    async def first(self, timeout: float = 5) -> Answer:  # noqa: ASYNC109
        """Until the first word, or an error; or for `timeout` seconds."""
        await _within(self.heard, timeout)
        return self

    async def acked(self, timeout: float = 5) -> Answer:  # noqa: ASYNC109
        """Until the app has taken it, or Slack has given up."""
        await _within(self._acked, timeout)
        return self

    async def all(self, *, quiet: float = 0.2, timeout: float = 5) -> Answer:  # noqa: ASYNC109
        """Until the app has said nothing more for a moment."""
        await self.first(timeout)
        while self.heard.is_set() and self.error is None:
            self.heard.clear()
            await _within(self.heard, quiet)
        return self

    def note_ack(self, body: object, seconds: float) -> None:
        self.ack, self.acked_after = body, seconds
        self._acked.set()

    def note_error(self, error: str) -> None:
        self.error = error
        self._acked.set()
        self.heard.set()


class Interactions:
    def __init__(self, server: SlackServer) -> None:
        self._server = server
        self._open: dict[str, Answer] = {}  # by the end of their response_url
        self._triggers: dict[str, float] = {}
        self._running: set[asyncio.Task[None]] = set()

    def begin(self, kind: str, channel: Channel, user: User, source: Message | Ephemeral | None = None) -> Answer:
        """With its addresses; `ask` goes on."""
        world = self._server.world
        secret = world.secret()
        url = f"http://127.0.0.1:{self._server.port}{PATH}{channel.workspace.id}/{secret}"
        trigger = f"{time.time_ns()}.{world.new_id('')}"
        self._triggers[trigger] = world.now()
        answer = Answer(kind, channel, user, url, trigger, world.now(), source=source)
        self._open[secret] = answer
        return answer

    def ask(self, answer: Answer, payload: Mapping[str, Any]) -> None:
        task = asyncio.get_running_loop().create_task(self._asked(answer, payload))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def uses_trigger(self, trigger: str) -> bool:
        """Whether a trigger may still be used; it is used up by that."""
        began = self._triggers.pop(trigger, None)
        return began is not None and self._server.world.now() - began < _TRIGGER_LIFE

    def heard(self, made: Ephemeral) -> None:
        """Something for one member alone: it counts as an answer to what they asked last in that channel."""
        for answer in reversed(self._open.values()):
            if (answer.user.id, answer.channel.id) == (made.user, made.channel):
                answer.shown.append(made)
                answer.heard.set()
                return

    async def close(self) -> None:
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _asked(self, answer: Answer, payload: Mapping[str, Any]) -> None:
        began = time.monotonic()
        try:
            body = await self._server.outlet.ask(answer.kind, payload)
        except Unreachable as refused:
            answer.note_error(str(refused))
            return
        answer.note_ack(body, time.monotonic() - began)
        if isinstance(body, str):
            body = {"text": body}
        if isinstance(body, dict) and any(body.get(name) for name in _SHOWN):
            try:
                self._say(answer, body)
            except Refused as refused:
                self._server.violations.append(refused.fault or refused.error)
                answer.note_error(refused.error)

    # ------------------------------------------------------------ response_url

    async def respond(self, request: web.Request) -> web.StreamResponse:
        server = self._server
        fault = server.faults.of("response_url")
        if fault is not None:
            spoilt = await web_api.before(server, request, fault, ("response_url",))
            if spoilt is not None:
                return spoilt
        response = self._responded(request.match_info["secret"], await request.read())
        return response if fault is None else web_api.after(request, fault, response)

    def _responded(self, secret: str, raw: bytes) -> web.Response:
        answer = self._open.get(secret)
        if answer is None or self._server.world.now() - answer.since > _LIFE:
            return _refusal("expired_url", 404)
        if answer.uses >= _USES:
            return _refusal("used_url", 404)
        try:
            body = json.loads(raw)
        except ValueError:
            return _refusal("invalid_payload", 400)
        if not isinstance(body, dict):
            return _refusal("invalid_payload", 400)
        answer.uses += 1
        answer.responses.append(body)
        try:
            self._say(answer, body)
        except Refused as refused:
            self._server.violations.append(refused.fault or refused.error)
            return _refusal(refused.error, 400, **refused.more)
        if self._server.on_commit is not None:
            self._server.on_commit("response_url", body)
        return web.Response(text="ok")

    def _say(self, answer: Answer, body: Mapping[str, Any]) -> None:
        """Shows what the app answers: anew, or in place of the original; or takes that away."""
        original = answer.source or next((one for one in answer.shown if not one.deleted), None)
        if body.get("delete_original"):
            if original is not None:
                original.deleted = True
        else:
            payload = {name: value for name, value in body.items() if name not in _CONTROL}
            chat.refuse(self._server, "response_url", payload)
            self._server.pings += pings(payload)
            if body.get("replace_original") and original is not None:
                self._replace(answer, original, payload)
            else:
                self._add(answer, payload, in_channel=body.get("response_type") == "in_channel")
        answer.heard.set()

    def _add(self, answer: Answer, payload: dict[str, Any], *, in_channel: bool) -> None:
        world = self._server.world
        if in_channel:
            message = world.put(answer.channel, payload)
            self._server.tell.posted(answer.channel, message)
            answer.shown.append(message)
        else:
            answer.shown.append(world.whisper(answer.channel, answer.user.id, payload))

    def _replace(self, answer: Answer, original: Message | Ephemeral, payload: dict[str, Any]) -> None:
        world = self._server.world
        if isinstance(original, Message):
            chat.change(world, original, payload)
        else:
            original.payload, original.blocks = payload, world.with_ids(payload.get("blocks"))
        if original not in answer.shown:
            answer.shown.append(original)


async def _within(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


def _refusal(error: str, status: int, **more: object) -> web.Response:
    response = web_api.answer({"ok": False, "error": error, **more})
    response.set_status(status)
    return response
