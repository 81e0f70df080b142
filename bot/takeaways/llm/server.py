"""The model's server: questions sent by the openai SDK, and its errors in our words. Slow to import: done late."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx2
import openai

from bot.errors import SummaryError
from bot.takeaways.llm.asking import (
    FIRST_OPTIONS,
    Answer,
    Options,
    Question,
    answer_of,
    milder,
    models_in,
    plain_complaint,
)

_LARGEST_BODY = 1_000_000  # bytes
_CONNECT = 10.0  # seconds
_SEE_ITS_LOG = "See the model server's own log."
_REFUSED_OPTIONS = (openai.BadRequestError, openai.UnprocessableEntityError)
_OUT_OF_THE_ENVIRONMENT = ("OpenAI-Organization", "OpenAI-Project")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a model is. The key is never shown."""

    base_url: str
    model: str
    key: str | None = field(repr=False)
    timeout: float  # seconds that one question may take

    def __str__(self) -> str:
        return f"{self.model} at {self.base_url}"


class ModelServer:
    """One model on one OpenAI-compatible server."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._options: Options = FIRST_OPTIONS
        self._client = openai.AsyncOpenAI(
            api_key=place.key or "none",
            base_url=place.base_url,
            max_retries=0,  # the next digest that wants the article asks again
            timeout=openai.Timeout(place.timeout, connect=min(_CONNECT, place.timeout)),
            # What the environment holds is the configuration's to say: no proxy, no organisation is taken from there.
            http_client=openai.DefaultAsyncHttpxClient(
                trust_env=False, follow_redirects=False, event_hooks={"response": [_bound]}
            ),
        )
        unsaid = (*_OUT_OF_THE_ENVIRONMENT, *(() if place.key else ("Authorization",)))
        self._headers: dict[str, str | openai.Omit] = {"Accept-Encoding": "identity"}
        self._headers |= dict.fromkeys(unsaid, openai.omit)

    async def aclose(self) -> None:
        await self._client.close()

    async def ask(self, question: Question) -> Answer:
        """Raises SummaryError. A server that refuses an option is asked again without it, at once; what it takes is
        remembered."""
        options = self._options
        with _told(self._place):
            async with asyncio.timeout(self._place.timeout):
                while True:
                    try:
                        answer = answer_of(await self._said(question, options))
                    except _REFUSED_OPTIONS as error:
                        if error.code == "content_filter":
                            return Answer(trouble="the server's filter refuses the article")
                        without = milder(options, str(error.body))
                        if without is None:
                            raise
                        options = without
                    else:
                        self._options = options
                        return answer

    async def models(self) -> tuple[str, ...]:
        """The models that the server lists. Raises SummaryError."""
        with _told(self._place):
            async with asyncio.timeout(self._place.timeout):
                response = await self._client.models.with_raw_response.list(extra_headers=self._headers)
                return models_in(response.content)

    async def _said(self, question: Question, options: Options) -> bytes:
        """The raw answer: the SDK hands on what servers send unchecked, so `answer_of` reads it."""
        response = await self._client.chat.completions.with_raw_response.create(
            model=self._place.model,
            messages=[{"role": "system", "content": question.task}, {"role": "user", "content": question.material}],
            extra_body=dict(options),
            extra_headers=self._headers,
        )
        return response.content


class _Bounded(httpx2.AsyncByteStream):
    """A body, of an answer or of an error, that does not go on for ever."""

    def __init__(self, stream: AsyncIterable[bytes]) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for part in self._stream:
            size += len(part)
            if size > _LARGEST_BODY:
                raise httpx2.DecodingError(f"more than {_LARGEST_BODY} bytes")
            yield part

    async def aclose(self) -> None:
        if isinstance(self._stream, httpx2.AsyncByteStream):
            await self._stream.aclose()


async def _bound(response: httpx2.Response) -> None:
    if response.headers.get("content-encoding", "identity") != "identity":
        raise httpx2.DecodingError("it is compressed, though that was not asked for")  # a small bomb could be huge
    assert isinstance(response.stream, httpx2.AsyncByteStream)
    response.stream = _Bounded(response.stream)


@contextmanager
def _told(place: Place) -> Iterator[None]:
    try:
        yield
    except (openai.OpenAIError, httpx2.HTTPError, httpx2.InvalidURL, TimeoutError) as error:
        raise summary_error(error, place) from error


def summary_error(error: Exception, place: Place) -> SummaryError:
    """An error of the SDK, or of the connection below it, in our words; what the server says is cut to a line."""
    said = plain_complaint(str(error).replace(place.key, "…") if place.key else str(error))
    match error:
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            how = "the server does not take the key" if place.key else "the server wants a key, and there is none"
            return SummaryError(f"{place}: {how}", fix="Set OPENAI_API_KEY in the environment to a key that it takes.")
        case openai.NotFoundError():
            return SummaryError(f"{place}: {said}", fix="Correct [llm] base_url, which mostly ends in /v1, or model.")
        case openai.RateLimitError():
            fix = "Wait, or raise the limit of the account."
            return SummaryError(f"{place}: {said}", fix=fix, retry_after=_retry_after(error))
        case openai.APIStatusError():
            unsure = error.status_code >= 500
            return SummaryError(f"{place}: {said}", fix=_SEE_ITS_LOG, retry_after=_retry_after(error), unsure=unsure)
        case openai.APIConnectionError() if isinstance(error.__cause__, httpx2.ConnectError):
            return SummaryError(f"{place}: cannot be reached", fix="Start the server, or correct [llm] base_url.")
        case openai.APITimeoutError() | TimeoutError() | httpx2.TimeoutException():
            fix = "Raise [llm] timeout, or take a faster model."
            return SummaryError(f"{place}: no answer within {place.timeout:g} seconds", fix=fix, unsure=True)
        case _:
            why = plain_complaint(str(error.__cause__ or error))
            return SummaryError(f"{place}: the answer does not come through: {why}", fix=_SEE_ITS_LOG, unsure=True)


def _retry_after(error: openai.APIStatusError) -> float | None:
    """Seconds, where the server says how many."""
    try:
        seconds = float(error.response.headers.get("retry-after", ""))
    except ValueError:
        return None
    return seconds if 0 < seconds < float("inf") else None
