"""How the local server's model behaves: well, and in each of the ways in which real ones do not."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from openai.types.chat import ChatCompletion

from bot.text.sentences import sentences_of


@dataclass(frozen=True)
class Call:
    """A question that was let through: its body, and the article in it."""

    request: web.Request
    body: dict[str, Any]
    closing: asyncio.Event

    @property
    def material(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self.body["messages"][-1]["content"])
        return found


Behaviour = Callable[[Call], Awaitable[web.StreamResponse]]


def error(status: int, message: str, *, code: str | None = None, retry_after: str | None = None) -> web.Response:
    body = {"error": {"message": message, "type": "error", "param": None, "code": code}}
    headers = {"Retry-After": retry_after} if retry_after else {}
    return web.json_response(body, status=status, headers=headers)


def completion(
    call: Call, content: str | None, *, finish: str = "stop", refusal: str | None = None, tokens: int | None = None
) -> dict[str, Any]:
    """A chat completion, as the SDK's type of it has it."""
    asked = sum(len(message["content"]) for message in call.body["messages"]) // 4
    answered = len(content or "") // 4
    message = {"role": "assistant", "content": content, "refusal": refusal}
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_780_000_000,
        "model": call.body["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}],
        "usage": {
            "prompt_tokens": asked,
            "completion_tokens": answered,
            "total_tokens": asked + answered if tokens is None else tokens,
        },
    }
    ChatCompletion.model_validate(body, strict=True)
    return body


async def well(call: Call) -> web.StreamResponse:
    """Three sentences of the article, each in words of the model's own: without what stands before a comma."""
    text = call.material["text"]
    sentences = [text[start:end] for start, end in sentences_of(text)]
    return web.json_response(completion(call, _listed(*(f"In short: {one}" for one in sentences[:3]))))


def says(*takeaways: object, tokens: int | None = None) -> Behaviour:
    """These takeaways, whatever the article."""

    async def answer(call: Call) -> web.StreamResponse:
        return web.json_response(completion(call, _listed(*takeaways), tokens=tokens))

    return answer


def writes(content: str | None, *, finish: str = "stop", refusal: str | None = None) -> Behaviour:
    """This content, JSON or not."""

    async def answer(call: Call) -> web.StreamResponse:
        return web.json_response(completion(call, content, finish=finish, refusal=refusal))

    return answer


def sends(body: bytes, *, content_type: str = "application/json", status: int = 200) -> Behaviour:
    """This body, which need not be a chat completion."""

    async def answer(_call: Call) -> web.StreamResponse:
        return web.Response(body=body, content_type=content_type, status=status)

    return answer


def fails(status: int, message: str = "no", *, code: str | None = None, retry_after: str | None = None) -> Behaviour:
    async def answer(_call: Call) -> web.StreamResponse:
        return error(status, message, code=code, retry_after=retry_after)

    return answer


async def obeys(call: Call) -> web.StreamResponse:
    """A model that does what the article tells it to, not what we do."""
    orders = re.findall(r"answer only with [\"“]([^\"”]+)[\"”]", call.material["text"])
    return web.json_response(completion(call, _listed(*orders)))


async def hangs(call: Call) -> web.StreamResponse:
    """Takes the question and says nothing."""
    await call.closing.wait()
    raise web.HTTPServiceUnavailable


async def drips(call: Call) -> web.StreamResponse:
    """A byte now and then, so that the connection never falls silent."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(call.request)
    while not call.closing.is_set():
        await response.write(b" ")
        await asyncio.sleep(0.02)
    return response


async def breaks(call: Call) -> web.StreamResponse:
    """Begins to answer and is gone."""
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "1000"})
    await response.prepare(call.request)
    await response.write(b'{"id": ')
    assert call.request.transport is not None
    call.request.transport.close()
    return response


def floods(status: int) -> Behaviour:
    """Never stops answering."""

    async def answer(call: Call) -> web.StreamResponse:
        response = web.StreamResponse(status=status, headers={"Content-Type": "application/json"})
        await response.prepare(call.request)
        while not call.closing.is_set():
            await response.write(b"x" * 65_536)
        return response

    return answer


async def explodes(_call: Call) -> web.StreamResponse:
    """Compressed, though nobody asked: a hundred kilobytes that are twenty megabytes."""
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    return web.Response(body=gzip.compress(b" " * 20_000_000, 1), headers=headers)


def _listed(*takeaways: object) -> str:
    return json.dumps({"takeaways": takeaways}, ensure_ascii=False)
