"""A local OpenAI-compatible server: /v1/chat/completions and /v1/models, for the real openai SDK.

It takes and gives what the SDK's own types, made from the published specification, allow. What its model answers is a
`Behaviour`: well by default, and as badly as a test likes.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from openai.types import Model
from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming
from pydantic import ConfigDict, TypeAdapter, ValidationError

from tests.platforms.model_server.behaviours import Behaviour, Call, error, well

__all__ = ["Call", "ModelServer", "model_server"]


class _Body(CompletionCreateParamsNonStreaming):  # type: ignore[misc, unused-ignore]
    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc, unused-ignore]


_BODY = TypeAdapter(_Body)


@dataclass(frozen=True)
class Takes:
    """The options that a server knows; another gets a 400 that names it, as servers say it."""

    formats: tuple[str, ...] = ("json_schema", "json_object")
    limit: tuple[str, ...] = ("max_tokens", "max_completion_tokens")
    temperature: bool = True


class ModelServer:
    """`key` None wants none. `behaves` answers every question; those in `first` come before it, one a question.

    What a test may look at: `calls` (questions that were let through to the model), `refused` (how many were not),
    `violations` (requests that the published API does not allow; it should be empty).
    """

    def __init__(
        self, *, key: str | None = None, models: tuple[str, ...] = ("small",), takes: Takes | None = None
    ) -> None:
        self.key, self.models, self.takes = key, models, takes or Takes()
        self.behaves: Behaviour = well
        self.first: list[Behaviour] = []
        self.calls: list[Call] = []
        self.refused = 0
        self.violations: list[str] = []
        self.closing = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def start(self, port: int = 0) -> None:
        app = web.Application(client_max_size=4 * 1024 * 1024)
        app.router.add_post("/v1/chat/completions", self._complete)
        app.router.add_get("/v1/models", self._list)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"

    async def stop(self) -> None:
        self.closing.set()  # whoever hangs lets go
        if self._runner is not None:
            await self._runner.cleanup()

    async def _list(self, request: web.Request) -> web.StreamResponse:
        if (refusal := self._unauthorised(request)) is not None:
            return refusal
        listed = [Model(id=name, created=0, object="model", owned_by="library").model_dump() for name in self.models]
        return web.json_response({"object": "list", "data": listed})

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        body: dict[str, Any] = json.loads(await request.read())
        refusal = self._unauthorised(request) or self._malformed(body) or self._unknown(body)
        if refusal is not None:
            self.refused += 1
            return refusal
        call = Call(request, body, self.closing)
        self.calls.append(call)
        behaviour = self.first.pop(0) if self.first else self.behaves
        return await behaviour(call)

    def _unauthorised(self, request: web.Request) -> web.Response | None:
        given = request.headers.get("Authorization")
        if self.key is None or given == f"Bearer {self.key}":
            return None
        return error(401, f"Incorrect API key provided: {given}.", code="invalid_api_key")

    def _malformed(self, body: dict[str, Any]) -> web.Response | None:
        try:
            _BODY.validate_python(body)
        except ValidationError as wrong:
            self.violations.append(str(wrong))
            return error(400, str(wrong))
        return None

    def _unknown(self, body: dict[str, Any]) -> web.Response | None:
        kind = body.get("response_format", {}).get("type")
        if body["model"] not in self.models:
            return error(404, f"The model `{body['model']}` does not exist", code="model_not_found")
        if kind is not None and kind not in self.takes.formats:
            return error(400, "This response_format type is unavailable now")
        if "temperature" in body and not self.takes.temperature:
            return error(400, "Unsupported value: 'temperature' does not support 0 with this model.")
        for name in ("max_tokens", "max_completion_tokens"):
            if name in body and name not in self.takes.limit:
                return error(400, f"Unsupported parameter: '{name}' is not supported with this model.")
        return None


@asynccontextmanager
async def model_server() -> AsyncIterator[ModelServer]:
    """A running one, of which nothing is asked in the end that the published API does not allow."""
    made = ModelServer()
    await made.start()
    yield made
    await made.stop()
    assert made.violations == []
